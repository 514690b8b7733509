//! What holds for every text of every place, whatever the terminal's state.

use std::sync::OnceLock;

use pos_console::text::{self, Lang};
use pos_console::tui::screens::{Lines, Place, SCREENS, by_id};
use pos_console::tui::view::{Act, Arg, Open, View};
use unicode_width::UnicodeWidthChar;

use crate::{places, support, view};

/// What one place says in one state of the terminal.
struct Shown {
    at: String,
    place: Place,
    lang: Lang,
    view: View,
}

/// Every place of every screen in every state and language, made once for all tests.
fn shown() -> &'static [Shown] {
    static ALL: OnceLock<Vec<Shown>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all = Vec::new();
        for (name, make) in support::FIXTURES {
            let mirror = make();
            for spec in SCREENS {
                // The code tables say the same in every state.
                let tables = matches!(spec.id, "31" | "84") && *name != "normal";
                let places = if tables { vec![crate::plain(spec.id)] } else { places(spec.id, &mirror) };
                for place in places {
                    for lang in Lang::all() {
                        let at = format!("{name} {} {:?} {}", spec.id, place.arg, lang.tag());
                        let view = view(&mirror, &place, lang);
                        all.push(Shown { at, place: place.clone(), lang, view });
                    }
                }
            }
        }
        all
    })
}

/// Runs `check` on all of them.
fn everywhere(check: impl Fn(&str, &Place, Lang, &View)) {
    for shown in shown() {
        check(&shown.at, &shown.place, shown.lang, &shown.view);
    }
}

/// Every single text of a view.
fn texts(view: &View) -> Vec<String> {
    let mut out: Vec<String> = view.lamps.iter().map(pos_console::tui::view::Lamp::text).collect();
    out.extend(view.head.iter().chain(&view.tail).map(|para| para.text.clone()));
    for row in &view.rows {
        out.extend([row.text.clone(), row.right.clone()]);
        out.extend(row.blocked.clone());
    }
    out.extend(view.green.iter().map(|green| green.label.clone()));
    out.extend(view.entry.iter().map(|entry| entry.label.clone()));
    out
}

#[test]
fn no_key_is_shown_instead_of_its_sentence() {
    let missing = regex::Regex::new(r"\[[a-z]+(-[a-z0-9_]+)+\]|\{ ?\$|\{\}").unwrap();
    everywhere(|at, _, _, view| {
        for text in texts(view) {
            assert!(!missing.is_match(&text), "{at}: {text}");
        }
    });
}

#[test]
fn nothing_is_empty_and_nothing_moves_the_cursor() {
    everywhere(|at, _, _, view| {
        assert!(!texts(view).is_empty(), "{at} says nothing");
        for row in &view.rows {
            assert!(!row.text.trim().is_empty(), "{at}: an empty row");
        }
        for text in texts(view) {
            assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{at}: {text:?}");
        }
    });
}

#[test]
fn every_sign_has_one_width_everywhere() {
    everywhere(|at, _, _, view| {
        for text in texts(view) {
            for sign in text.chars() {
                assert_eq!(sign.width(), sign.width_cjk(), "{at}: {sign:?} in {text}");
                assert!(u32::from(sign) < 0x1_f000, "{at}: {sign:?} in {text}");
            }
        }
    });
}

#[test]
fn words_are_calm() {
    everywhere(|at, place, lang, view| {
        // The handbook may quote what terminals show.
        let quotes = matches!(place.arg, Arg::Way(4) | Arg::Word(_));
        for text in texts(view) {
            for word in ["拒付", "没收卡", "作弊", "盗", "stolen", "fraud", "chargeback"] {
                assert!(quotes || !text.to_lowercase().contains(word), "{at} {}: {text}", lang.tag());
            }
        }
    });
}

#[test]
fn no_card_number_is_whole() {
    let long = regex::Regex::new(r"\d{16,}").unwrap();
    everywhere(|at, _, _, view| {
        for text in texts(view) {
            assert!(!long.is_match(&text), "{at}: {text}");
        }
    });
}

#[test]
fn each_language_speaks_for_itself() {
    let english = regex::Regex::new(r"[a-z]{2,} [a-z]{2,} [a-z]{2,} [a-z]{2,}").unwrap();
    let han = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    everywhere(|at, place, lang, view| {
        // Tills and terminals show Chinese texts, and a language is called by its own name.
        let quotes = matches!(place.arg, Arg::Way(4) | Arg::Word(_)) || matches!(place.screen.as_str(), "91" | "9");
        for text in texts(view) {
            if lang == Lang::ZH {
                assert!(han(&text) || !english.is_match(&text), "{at}: {text}");
            } else if !quotes && !text.starts_with("Terminals often show") {
                assert!(!han(&text), "{at}: {text}");
            }
        }
    });
}

#[test]
fn what_opens_exists_and_digits_are_single() {
    everywhere(|at, _, _, view| {
        let green = view.green.iter().filter_map(|green| match &green.act {
            Act::Open(open) => Some(open),
            _ => None,
        });
        for open in view.rows.iter().filter_map(|row| row.open.as_ref()).chain(green) {
            let (Open::Screen(id) | Open::Place(id, _)) = open;
            assert!(by_id(id).is_some(), "{at} opens {id}");
        }
        let mut fixed: Vec<u8> = view.rows.iter().filter_map(|row| row.n).collect();
        let all = fixed.len();
        fixed.sort_unstable();
        fixed.dedup();
        assert_eq!(fixed.len(), all, "{at}: two rows with one digit");
        assert!(fixed.iter().all(|n| (1..=9).contains(n)), "{at}: {fixed:?}");
    });
}

#[test]
fn digits_of_an_area_open_its_children() {
    everywhere(|at, place, _, view| {
        if by_id(&place.screen).unwrap().lines != Lines::Children {
            return;
        }
        for row in view.rows.iter().filter(|row| row.n.is_some()) {
            let digit = row.n.unwrap().to_string();
            let id = if place.screen == "0" { digit } else { format!("{}{digit}", place.screen) };
            let opened = matches!(&row.open, Some(Open::Screen(screen)) if *screen == id);
            assert!(opened, "{at}: {:?} opens {:?}", row.n, row.open);
        }
    });
}

#[test]
fn green_is_in_the_table_and_never_acts_unasked() {
    everywhere(|at, place, _, view| {
        let Some(green) = &view.green else { return };
        let spec = by_id(&place.screen).unwrap();
        let listed = Lang::all().any(|lang| spec.green.iter().any(|label| text::t(lang, label) == green.label));
        assert!(listed, "{at}: {} is not in the table of keys", green.label);
        assert!(!matches!(&green.act, Act::Ask(pos_console::proto::Request::Do { .. })), "{at} acts without a dialog");
        // What cannot run in this version offers no dialog either.
        assert!(!matches!(&green.act, Act::Confirm(_)), "{at} offers an action that this version lacks");
    });
}

#[test]
fn rows_are_readable_at_forty_columns() {
    everywhere(|at, _, lang, view| {
        for row in &view.rows {
            let right = text::width(&row.right);
            assert!(right <= 24, "{at}: the right-hand column takes {right}: {}", row.right);
            if row.open.is_some() && row.n.is_some() && lang == Lang::ZH {
                assert!(text::width(&row.text) <= 38, "{at}: {}", row.text);
            }
        }
    });
}

#[test]
fn line_keys_are_unique() {
    everywhere(|at, _, _, view| {
        let mut keys: Vec<&str> = view.rows.iter().map(|row| row.key.as_str()).collect();
        assert!(!keys.contains(&""), "{at}: a row without a key cannot be frozen");
        let all = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), all, "{at}");
    });
}
