//! What no screen offers yet: the question before an action.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::model::Role;
use crate::tui::view::{Act, Confirm, Para};

fn request() -> Request {
    Request::Do { action: "restart-network".to_owned(), reason: None, token: None, guard_s: None }
}

fn app() -> App {
    App::new(Options { lang: Lang::ZH, ascii: false, color: true, kiosk: false, lang_given: false, seed: 1 })
}

fn at(ms: u64) -> Moment {
    Moment { wall: Stamp::default(), mono: Millis(ms) }
}

/// Asks at one second on the clock.
fn asked(code_digits: u8) -> App {
    let mut app = app();
    app.on(at(1000), Event::Tick);
    let body = vec![Para::new("断开再连上网络, 约20秒。"), Para::new("不能解决代码51或61。")];
    app.act(Act::Confirm(Confirm { title: "61 重启网络".to_owned(), body, code_digits, request: request() }));
    app
}

fn code(app: &App) -> String {
    match &app.overlay {
        Some(Overlay::Dialog(dialog)) => dialog.code.clone(),
        other => panic!("{other:?}"),
    }
}

fn press(app: &mut App, ms: u64, keys: &[Key]) -> Vec<Effect> {
    keys.iter().flat_map(|key| app.on(at(ms), Event::Key(*key))).collect()
}

fn digits(code: &str) -> Vec<Key> {
    code.bytes().map(|digit| Key::Digit(digit - b'0')).collect()
}

fn text(app: &mut App, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| app.draw(frame)).unwrap();
    let buffer = terminal.backend().buffer().clone();
    let cells: String = buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
    cells.replace(' ', "")
}

#[test]
fn keys_of_the_first_moment_were_meant_for_something_else() {
    let mut app = asked(0);
    assert_eq!(press(&mut app, 1699, &[Key::Green, Key::Red, Key::Green]), []);
    assert!(app.overlay.is_some());
    assert_eq!(press(&mut app, 1700, &[Key::Green]), [Effect::Ask(request())]);
    assert!(app.overlay.is_none());
}

#[test]
fn green_is_a_yes_only_with_the_shown_code() {
    for many in [2, 4] {
        let mut app = asked(many);
        let code = code(&app);
        assert_eq!(code.len(), usize::from(many));
        assert!(text(&mut app, 40, 15).contains(&code), "the code is shown");
        assert_eq!(press(&mut app, 2000, &[Key::Green]), []);
        let mut wrong = digits(&code);
        wrong[0] = if wrong[0] == Key::Digit(1) { Key::Digit(2) } else { Key::Digit(1) };
        press(&mut app, 2000, &wrong);
        assert_eq!(press(&mut app, 2000, &[Key::Green]), [], "a wrong code is no yes");
        press(&mut app, 2000, &[Key::Yellow]);
        press(&mut app, 2000, &digits(&code));
        assert!(app.bar().green.contains("执行"));
        assert_eq!(press(&mut app, 2000, &[Key::Green]), [Effect::Ask(request())]);
    }
}

#[test]
fn red_is_a_no_and_stays_on_the_screen() {
    let mut app = asked(2);
    assert_eq!(press(&mut app, 3000, &[Key::Red, Key::Green]), []);
    assert!(app.overlay.is_none() && app.at_home());
}

#[test]
fn zero_is_a_digit_in_a_dialog() {
    let mut app = asked(2);
    press(&mut app, 3000, &[Key::Digit(0)]);
    assert!(app.dial.is_none() && app.overlay.is_some());
}

#[test]
fn codes_differ_between_questions_and_hold_no_zero() {
    let mut app = app();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..50 {
        let confirm = Confirm { title: String::new(), body: Vec::new(), code_digits: 4, request: request() };
        app.act(Act::Confirm(confirm));
        let code = code(&app);
        assert!(!code.contains('0'));
        seen.insert(code);
    }
    assert!(seen.len() > 40);
}

#[test]
fn the_code_is_in_sight_at_the_smallest_size() {
    let mut app = asked(2);
    let code = code(&app);
    let shown = text(&mut app, 20, 8);
    assert!(shown.contains(&code) && shown.contains("61重启网络"), "{shown}");
}

#[test]
fn what_became_of_it_is_said() {
    let mut app = asked(0);
    press(&mut app, 2000, &[Key::Green]);
    let refusal = crate::proto::Refusal { code: "role".to_owned(), detail: Role::Viewer.word().to_owned() };
    app.on(at(2100), Event::Answer(request(), Reply::Refused(refusal)));
    assert!(app.notice.as_ref().is_some_and(|notice| !notice.contains('[')), "{:?}", app.notice);
    // The next key takes the sentence away.
    press(&mut app, 2200, &[Key::Down]);
    assert!(app.notice.is_none());
    app.on(at(2300), Event::Answer(request(), Reply::Accepted { run: 1 }));
    assert!(app.notice.is_some());
}

#[test]
fn a_question_for_data_that_was_lost_is_no_news() {
    let mut app = app();
    let refusal = crate::proto::Refusal { code: "lost".to_owned(), detail: String::new() };
    app.on(at(1), Event::Answer(Request::AuditVerify, Reply::Refused(refusal)));
    assert!(app.notice.is_none(), "the header says it");
}

#[test]
fn local_changes_are_seen_at_once() {
    let mut app = app();
    app.act(Act::Local(crate::tui::view::Local::Lang("en".to_owned())));
    assert_eq!(app.lang(), Lang::EN);
    app.act(Act::Local(crate::tui::view::Local::Color(false)));
    assert!(!app.color() && app.dirty());
    app.act(Act::Local(crate::tui::view::Local::Large(true)));
    for (width, height) in [(20, 8), (40, 15), (80, 24)] {
        assert!(!text(&mut app, width, height).is_empty());
    }
}
