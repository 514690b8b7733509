//! `show` and `screens`: stable keys, and the same lines as on the screen.

use pos_console::headless::show;
use pos_console::text::{self, Lang};
use pos_console::tui::screens::SCREENS;

use crate::{places, plain, support, view};

#[test]
fn show_has_its_keys_on_every_screen() {
    for (name, make) in support::FIXTURES {
        let mirror = make();
        for spec in SCREENS {
            let json = show::json(spec, &view(&mirror, &plain(spec.id), Lang::ZH), Lang::ZH, true);
            assert_eq!(json["id"], spec.id);
            assert_eq!(json["name"], spec.name);
            assert_eq!(json["zh"], spec.zh);
            assert_eq!(json["demo"], true);
            assert_eq!(json.get("state_code").is_some(), spec.id == "0", "{}", spec.id);
            let lines = json["lines"].as_array().unwrap();
            assert!(!lines.is_empty(), "{name} {}", spec.id);
            for line in lines {
                assert!(line["text"].is_string(), "{line}");
                assert!(line["n"].is_null() || line["n"].as_u64().is_some_and(|n| (1..=9).contains(&n)), "{line}");
            }
        }
    }
}

#[test]
fn lines_of_a_leaf_are_numbered_as_on_its_pages() {
    let mirror = support::fixture("normal");
    let spec = show::find("LIVE").unwrap();
    let json = show::json(spec, &view(&mirror, &plain("34"), Lang::EN), Lang::EN, false);
    let lines = json["lines"].as_array().unwrap();
    // 8 is taken: 34 is also a code.
    let digits: Vec<u64> = lines.iter().take(8).filter_map(|line| line["n"].as_u64()).collect();
    assert_eq!(digits, [1, 2, 3, 4, 5, 6, 7, 1]);
    assert_eq!(lines[7]["page"], 2);
    assert!(lines.last().unwrap()["text"].as_str().unwrap().contains("code 34"));
}

#[test]
fn plain_text_keeps_to_its_width() {
    for (_, make) in support::FIXTURES {
        let mirror = make();
        for spec in SCREENS.iter().filter(|spec| !matches!(spec.id, "31" | "84")) {
            for place in places(spec.id, &mirror) {
                for lang in Lang::all() {
                    let shown = show::text(spec, &view(&mirror, &place, lang), lang, true, 40);
                    assert!(shown.starts_with(&format!("{} ", spec.id)) && shown.contains(spec.name), "{shown}");
                    for line in shown.lines() {
                        assert!(text::width(line) <= 42, "{} {:?}: {line}", spec.id, place.arg);
                    }
                }
            }
        }
    }
}

#[test]
fn screens_are_listed_with_their_keys() {
    let list = show::screens_json(Lang::EN);
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), SCREENS.len());
    for entry in list {
        assert!(!entry["keys"].as_array().unwrap().is_empty(), "{entry}");
    }
    assert_eq!(show::screens_text(Lang::ZH).lines().count(), SCREENS.len());
}

/// For a person to read: `ONLY=22,32 FIXTURE=degraded cargo test --test screens print -- --nocapture`.
#[test]
fn print_when_asked() {
    let Ok(only) = std::env::var("ONLY") else { return };
    let mirror = support::fixture(&std::env::var("FIXTURE").unwrap_or_else(|_| "degraded".to_owned()));
    for lang in Lang::all() {
        for spec in SCREENS.iter().filter(|spec| only == "all" || only.split(',').any(|id| id == spec.id)) {
            for place in places(spec.id, &mirror) {
                println!("# {:?}\n{}", place.arg, show::text(spec, &view(&mirror, &place, lang), lang, true, 40));
            }
        }
    }
}
