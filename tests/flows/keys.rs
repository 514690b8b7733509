//! The key table, row by row: on a screen, in number entry, in the question on HOME, in the palette.

use pos_console::model::{Fact, Facts};
use pos_console::proto::{Request, Update};
use pos_console::text::{self, Lang};
use pos_console::tui::app::{Effect, Event};
use pos_console::tui::screens::SCREENS;
use pos_console::tui::view::Arg;

use crate::driver::{Console, options, spaced};
use crate::support;

const BASE: (u16, u16) = (40, 15);

fn console() -> Console {
    Console::new("degraded", Lang::ZH, BASE)
}

#[test]
fn a_digit_opens_its_line() {
    let mut console = console();
    assert_eq!(console.press("3").id(), "3");
    assert_eq!(console.press("2").id(), "32");
    console.press("2");
    assert!(matches!(console.app.place().arg, Arg::Sale(_)), "{:?}", console.app.place());
    assert_eq!(console.id(), "32");
}

#[test]
fn a_digit_without_a_line_says_so() {
    let mut console = Console::new("empty", Lang::ZH, BASE);
    console.press("3 2 7");
    assert_eq!(console.id(), "32");
    assert!(console.text().contains('7'), "{}", console.text());
}

#[test]
fn the_same_digits_lead_to_every_screen_from_anywhere() {
    let mut console = console();
    for spec in SCREENS.iter().chain(SCREENS.iter().rev()) {
        let digits = match spec.id {
            "0" => String::new(),
            "00" => "0".to_owned(),
            id => spaced(id),
        };
        // From a list, from a leaf, from 85: never from an entry box, where red comes first.
        console.press(&format!("0 {digits}"));
        assert_eq!(console.id(), spec.id);
        // The keyboard test takes every sign for one that is tried; red leaves it.
        if spec.id == "54" {
            console.press("R");
            continue;
        }
        console.press("?");
        assert_eq!(console.id(), "85");
    }
}

#[test]
fn zero_arms_dialling_and_says_so() {
    let mut console = console();
    assert!(console.press("3 2 0").title().contains("屏_"), "{}", console.title());
    assert_eq!(console.id(), "0");
    assert!(console.press("2").title().contains("屏2_"));
    assert!(!console.press("2").title().contains('屏'), "22 is whole: nothing more to dial");
    let mut english = Console::new("normal", Lang::EN, BASE);
    assert!(english.press("0").title().contains("SCR_"));
}

#[test]
fn while_an_id_is_dialled_no_key_is_a_line() {
    let mut console = console();
    // On CHECKUP 3 is a finding; dialled it is the screen 13, which does not exist.
    console.press("0 1 3");
    assert_eq!((console.id().as_str(), &console.app.place().arg), ("1", &Arg::None));
    assert!(console.text().contains("13"), "{}", console.text());
    // Not dialled, it opens the finding.
    console.press("R 1 3");
    assert!(console.app.place().arg != Arg::None || console.id() != "1", "{}", console.text());
}

#[test]
fn zero_twice_is_confirm_and_zero_in_the_middle_starts_again() {
    let mut console = console();
    assert_eq!(console.press("0 0").id(), "00");
    assert_eq!(console.press("0 2 0 3 2").id(), "32");
}

#[test]
fn six_nine_waits_for_a_third_digit_or_is_more() {
    let mut console = console();
    console.press("0 6 9");
    assert_eq!(console.id(), "6");
    assert!(!console.quit());
}

#[test]
fn nine_is_admin_on_home_and_more_elsewhere() {
    let mut console = console();
    assert_eq!(console.press("9").id(), "9");
    console.press("R 3 4");
    assert!(console.bar().contains("1/"), "{}", console.bar());
    console.press("9");
    assert!(console.bar().contains("2/"), "{}", console.bar());
    assert_eq!(console.id(), "34");
    let pages: usize = console.bar().rsplit('/').next().unwrap().trim().parse().unwrap();
    for _ in 1..pages {
        console.press("pgdn");
    }
    assert!(console.bar().contains("1/"), "wraps: {}", console.bar());
}

#[test]
fn green_does_what_the_bar_names() {
    let mut console = console();
    assert!(console.bar().starts_with("绿=去修复"), "{}", console.bar());
    assert_eq!(console.press("G").id(), "61");
    console.press("R 1");
    let before = console.asked().len();
    console.press("G");
    assert_eq!(console.asked().len(), before + 1, "runs the checks");
}

#[test]
fn yellow_goes_back_the_way_one_came() {
    let mut console = console();
    console.press("3 2 2");
    assert!(matches!(console.app.place().arg, Arg::Sale(_)));
    console.press("Y");
    assert_eq!((console.id().as_str(), &console.app.place().arg), ("32", &Arg::None));
    assert_eq!(console.press("Y").id(), "3");
    assert_eq!(console.press("Y").id(), "0");
    assert_eq!(console.press("Y").id(), "0");
    assert!(!console.quit());
}

#[test]
fn red_is_home_and_on_home_it_asks() {
    let mut console = console();
    assert_eq!(console.press("3 2 R").id(), "0");
    assert!(console.press("R").bar().contains("绿=退出"), "{}", console.bar());
    assert!(!console.quit());
    // A digit closes the question and counts as that digit.
    assert_eq!(console.press("3").id(), "3");
    console.press("R R Y");
    assert!(!console.bar().contains("绿=退出") && !console.quit());
    console.press("R G");
    assert!(console.quit(), "red, red, green leaves");
}

#[test]
fn red_red_green_returns_to_the_till_in_kiosk_mode() {
    let kiosk = pos_console::tui::app::Options { kiosk: true, ..options(Lang::ZH) };
    let mut console = Console::with("normal", kiosk, BASE);
    console.press("3 R R");
    assert!(console.bar().contains("绿=回收银"), "{}", console.bar());
    console.press("G");
    assert!(console.quit());
}

#[test]
fn q_on_home_and_ctrl_c_anywhere_leave_at_once() {
    let mut console = console();
    console.press("3 q");
    assert!(!console.quit(), "q leaves from HOME only");
    console.press("R q");
    assert!(console.quit());
    for keys in ["^C", "3 2 ^C", "0 3 1 5 6 ^C", ": ^C", "R ^C"] {
        let mut console = self::console();
        console.press(keys);
        assert!(console.quit(), "{keys}");
    }
}

#[test]
fn in_number_entry_digits_are_digits() {
    let mut console = console();
    console.press("0 3 1 5");
    console.press("6 0 1");
    assert!(console.text().contains("601"), "{}", console.text());
    assert!(console.press("Y Y").text().contains("6_"), "yellow deletes a digit");
    assert!(console.bar().contains("黄=删除"));
    console.press("1 G");
    assert_eq!(console.app.place().typed.as_deref(), Some("61"));
    assert_eq!(console.id(), "31");
    // Yellow goes back to the box, then out of it.
    console.press("Y");
    assert_eq!((console.app.place().typed.as_deref(), &console.app.place().arg), (None, &Arg::Way(5)));
    console.press("5 1 R");
    assert_eq!(console.id(), "0", "red is HOME at once");
    assert!(!console.quit());
}

#[test]
fn an_entry_box_takes_letters_and_no_more_than_fit() {
    let mut console = console();
    console.press("0 3 1 5 A 1 2 3 4 5 6 7");
    assert!(console.text().contains("A123_"), "{}", console.text());
    console.press("Y Y Y Y");
    assert_eq!(console.id(), "31");
    // Nothing left to delete: back.
    console.press("Y");
    assert_eq!(console.app.place().arg, Arg::None);
}

#[test]
fn help_is_about_the_screen_one_came_from() {
    for key in ["?", "F1"] {
        let mut console = console();
        console.press("3 4");
        console.press(key);
        assert_eq!(console.id(), "85");
        assert_eq!(console.app.place().arg, Arg::From("34".to_owned()));
        assert_eq!(console.press("Y").id(), "34");
    }
}

#[test]
fn the_palette_finds_by_id_name_chinese_and_initials() {
    for (typed, id) in [("9", "9"), ("p a t h", "22"), ("对 时", "62"), ("c q w l", "61"), ("s s j y", "34")] {
        for opens in [":", "/"] {
            let mut console = console();
            console.press(opens).press(typed).press("G");
            assert_eq!(console.id(), id, "{typed}");
        }
    }
    // Nothing found: green opens nothing.
    let mut console = console();
    assert_eq!(console.press(": z z z z G R").id(), "0");
}

#[test]
fn the_palette_lists_the_code_before_the_screen() {
    let mut console = console();
    console.press(": 6 1");
    let rows = console.rows();
    let code = rows.iter().position(|row| row.starts_with("码 61")).expect("the code");
    let screen = rows.iter().position(|row| row.starts_with("屏 61")).expect("the screen");
    assert!(code < screen);
    console.press("G");
    assert_eq!(console.id(), "31");
    assert!(matches!(&console.app.place().arg, Arg::Code { code, .. } if code == "61"));
    console.press("R : 6 1 down G");
    assert_eq!(console.id(), "61");
    // Red closes it and stays.
    assert_eq!(console.press("R 3 2 : 6 R").id(), "32");
}

#[test]
fn a_screen_with_the_digits_of_a_code_leads_to_the_code() {
    let mut console = console();
    console.press("0 6 1");
    assert!(console.text().contains("代码61"), "{}", console.text());
    console.press("8");
    assert_eq!(console.id(), "31");
    assert!(matches!(&console.app.place().arg, Arg::Code { code, .. } if code == "61"));
}

#[test]
fn arrows_mark_a_line_and_the_bar_says_what_green_does_then() {
    let mut console = console();
    console.press("3 2 down down");
    assert!(console.bar().starts_with("绿=打开2"), "{}", console.bar());
    console.press("k j G");
    assert!(matches!(console.app.place().arg, Arg::Sale(_)));
    assert_eq!(console.press("left").id(), "32");
    console.press("right");
    assert!(matches!(console.app.place().arg, Arg::Sale(_)), "the mark is where it was");
}

#[test]
fn ctrl_l_paints_everything_again() {
    let mut console = console();
    console.press("^L");
    assert!(console.effects.contains(&Effect::Repaint));
}

#[test]
fn what_a_card_reader_types_presses_nothing() {
    let mut console = console();
    console.rush("% B 4 1 1 1 = 3 2 ? G");
    assert_eq!(console.id(), "0");
    assert!(console.asked().is_empty() && !console.quit());
    console.wait(400);
    assert_eq!(console.press("3").id(), "3");
}

#[test]
fn rows_stand_still_while_a_person_aims() {
    let mut console = console();
    console.press("3 2");
    let before = console.rows();
    let sale = |n: i64| support::declined(900 + n, support::ago(10 - n), "05", None);
    for n in 0..3 {
        let journal = console.app.mirror().snapshot.as_ref().unwrap().journal.clone();
        let update = Update::Sales { rows: vec![sale(n)], journal: Box::new(journal), last_good: Vec::new() };
        console.event(Event::Update(update));
    }
    console.draw();
    assert!(console.text().contains("有3条新的"), "{}", console.text());
    let still = |rows: &[String], n: &str| rows.iter().find(|row| row.starts_with(n)).cloned();
    for n in ["1 ", "2 ", "3 "] {
        assert_eq!(still(&before, n), still(&console.rows(), n));
    }
    // Green lets them in.
    assert!(console.bar().starts_with("绿=看新的"), "{}", console.bar());
    console.press("G");
    assert!(!console.text().contains("有3条新的"));
    assert_ne!(still(&before, "1 "), still(&console.rows(), "1 "));
}

#[test]
fn a_live_list_moves_until_a_key_is_pressed() {
    let mut console = console();
    console.press("3 4");
    let push = |console: &mut Console, n: i64| {
        let journal = console.app.mirror().snapshot.as_ref().unwrap().journal.clone();
        let rows = vec![support::declined(900 + n, support::ago(9 - n), "05", None)];
        console.event(Event::Update(Update::Sales { rows, journal: Box::new(journal), last_good: Vec::new() }));
        console.draw();
    };
    let first = |console: &Console| console.rows().into_iter().find(|row| row.starts_with("1 "));
    let before = first(&console);
    push(&mut console, 1);
    let moved = first(&console);
    assert_ne!(before, moved);
    console.wait(1000);
    console.press("down");
    push(&mut console, 2);
    assert_eq!(first(&console), moved);
    assert!(console.text().contains("有1条新的"));
    // Nobody aims for ever.
    console.wait(31_000);
    assert!(!console.text().contains("有1条新的"), "{}", console.text());
}

#[test]
fn the_header_says_that_the_agent_is_gone_and_how_old_the_data_are() {
    let mut console = console();
    console.event(Event::LinkLost);
    console.wait(12_000);
    assert!(console.text().contains("代理断开 12s 数据 14:05"), "{}", console.text());
    let snapshot = support::degraded();
    console.event(Event::LinkBack);
    console.event(Event::Update(Update::Snapshot(Box::new(snapshot))));
    console.draw();
    assert!(!console.text().contains("代理断开"));
}

#[test]
fn the_clock_is_painted_once_a_minute_and_nothing_else_is() {
    let mut console = console();
    console.event(Event::Tick);
    assert!(!console.app.dirty(), "nothing happened");
    console.wait(59_000);
    assert!(console.title().contains("14:05"));
    console.wait(1_000);
    assert!(console.title().contains("14:06"), "{}", console.title());
    assert_eq!(console.app.wakes_at(), None);
}

#[test]
fn demo_stands_in_the_title_whatever_has_to_go() {
    let mut snapshot = support::degraded();
    snapshot.terminal.demo = true;
    for (width, height) in [(20, 8), (40, 15), (80, 24)] {
        let mut console = Console::new("connecting", Lang::ZH, (width, height));
        console.event(Event::Update(Update::Snapshot(Box::new(snapshot.clone()))));
        for spec in SCREENS.iter().filter(|spec| spec.id.len() == 2 && spec.id != "00") {
            console.rush("R 0");
            console.rush(&spaced(spec.id));
            let title = console.title();
            assert!(title.ends_with("DEMO") && title.contains(spec.name), "{title}");
        }
    }
}

#[test]
fn a_walk_that_ends_is_told_once_and_opens_again_from_the_events() {
    let mut console = console();
    console.press("0 3 1 5 5 1 G");
    console.press("G");
    assert!(matches!(console.app.place().arg, Arg::Playbook { .. }), "{:?}", console.app.place());
    let walks = |console: &Console| -> Vec<Request> {
        let asked = console.effects.iter().filter_map(|effect| match effect {
            Effect::Ask(request @ Request::Walked { .. }) => Some(request.clone()),
            _ => None,
        });
        asked.collect()
    };
    for _ in 0..12 {
        if walks(&console).is_empty() {
            console.press("1");
        }
    }
    let told = walks(&console);
    let [Request::Walked { playbook, answers, end, .. }] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((playbook.as_str(), end.is_empty()), ("P51", false));
    console.press("^L down up");
    assert_eq!(walks(&console).len(), 1, "told again");
    // The agent keeps it; 12 shows it, and looking at it again is no new walk.
    let facts = [("playbook", playbook), ("answers", answers), ("end", end)];
    let text = |word: &str| Fact::Text(word.to_owned());
    let mut facts: Facts = facts.into_iter().map(|(name, word)| (name.to_owned(), text(word))).collect();
    facts.extend([("call".to_owned(), text("issuer")), ("retry".to_owned(), text("never"))]);
    let event = pos_console::model::Event {
        id: 9000,
        at: support::now(),
        kind: "walk".to_owned(),
        finding: None,
        code: "walk".to_owned(),
        facts,
    };
    console.event(Event::Update(Update::Event { event }));
    console.press("0 1 2 1");
    let shown = console.text();
    assert!(matches!(&console.app.place().arg, Arg::Playbook { .. }) && console.id() == "12", "{shown}");
    assert!(shown.contains("由谁处理") || shown.contains("处理"), "{shown}");
    assert_eq!(walks(&console).len(), 1, "looking is no walk");
}

#[test]
fn the_keyboard_test_names_the_digits_that_never_came() {
    for lang in [Lang::ZH, Lang::EN] {
        let mut console = Console::new("degraded", lang, BASE);
        console.press("0 5 4 1 2 3 4 6 7 8 9 G");
        assert_eq!(console.id(), "54", "green judges and stays");
        let said = text::ta(lang, "device-key-missing", &[("keys", "0 5".into())]);
        assert!(flat(&console).contains(&said.replace(' ', "")), "{}", console.text());
        // Yellow takes one away, red leaves; zero is a digit here and dials nothing.
        console.press("R 0 5 4 1 2 3 4 5 5 Y 6 7 8 9 0 G");
        assert_eq!(console.id(), "54");
        assert!(flat(&console).contains(&text::t(lang, "device-key-whole").replace(' ', "")), "{}", console.text());
        console.press("R 0 5 4 7 7 7 7 G");
        let bounce = text::ta(lang, "device-key-twice", &[("keys", "7".into())]);
        assert!(flat(&console).contains(&bounce.replace(' ', "")), "{}", console.text());
        console.press("R");
        assert_eq!(console.id(), "0");
        assert!(console.effects.iter().all(|effect| !matches!(effect, Effect::Ask(Request::Do { .. }))));
    }
}

/// The frame without blanks and line ends: sentences are broken where the width wants it.
fn flat(console: &Console) -> String {
    console.text().split_whitespace().collect()
}
