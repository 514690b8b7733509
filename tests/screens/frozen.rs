//! Ids and names never change; every screen can be found by each of them.

use pos_console::text::{self, Lang};
use pos_console::tui::screens::{Lines, SCREENS, by_id, children, find, keys};

#[test]
fn ids_and_names_are_the_frozen_ones() {
    let frozen = include_str!("../snapshots/screens.tsv").trim();
    let now: Vec<String> = SCREENS.iter().map(|spec| format!("{}\t{}\t{}", spec.id, spec.zh, spec.name)).collect();
    assert_eq!(format!("id\tzh\tname\n{}", now.join("\n")), frozen);
}

#[test]
fn every_screen_is_found_by_id_name_and_chinese_name() {
    for spec in SCREENS {
        for word in [spec.id, spec.name, spec.zh, &spec.name.to_lowercase(), &spec.name.replace(' ', "-")] {
            assert_eq!(find(word).map(|found| found.id), Some(spec.id), "{word}");
        }
    }
    for word in ["", "99", "67", "nothing", "001"] {
        assert!(find(word).is_none(), "{word}");
    }
}

#[test]
fn every_screen_is_a_digit_away_from_its_area() {
    for spec in SCREENS.iter().filter(|spec| spec.id != "0" && spec.id != "00") {
        let area = if spec.id.len() == 1 { "0" } else { &spec.id[..1] };
        assert!(children(area).any(|child| child.id == spec.id), "{}", spec.id);
        let digit = &spec.id[spec.id.len() - 1..];
        let shown = keys::keys(by_id(area).unwrap(), Lang::EN);
        assert!(shown.iter().any(|key| key.key == digit && key.does.contains(spec.name)), "{}", spec.id);
    }
}

#[test]
fn every_key_has_a_word_in_every_language() {
    for lang in Lang::all() {
        for spec in SCREENS {
            assert!(text::has(lang, &format!("screen-about-{}", spec.id)), "{}", spec.id);
            for label in spec.green {
                assert!(text::has(lang, label), "{} {label}", spec.id);
            }
            for key in keys::keys(spec, lang) {
                assert!(!key.does.contains("[screen") && !key.key.contains("[screen"), "{} {key:?}", spec.id);
            }
        }
    }
}

#[test]
fn areas_have_children_and_leaves_have_none() {
    for spec in SCREENS {
        let has = spec.id != "00" && children(spec.id).next().is_some();
        assert_eq!(spec.lines == Lines::Children, has, "{}", spec.id);
    }
}
