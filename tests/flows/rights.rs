//! 92 by keypad: what is typed is stars, goes to the agent alone, and is no place that one could come back to.

use pos_console::model::{Challenge, Rights, Role, Secret};
use pos_console::proto::{Reply, Request};
use pos_console::text::Lang;
use pos_console::tui::app::Event;
use pos_console::tui::view::Arg;

use crate::driver::Console;

fn rights(role: Role) -> Rights {
    Rights { base: Role::Merchant, role, granted: None, merchant: true, technician: true, phone: true, idle_s: 180 }
}

fn told(console: &mut Console, rights: Rights) {
    console.event(Event::Answer(Request::Rights, Reply::Rights(rights)));
    console.draw();
}

fn at_92() -> Console {
    let mut console = Console::new("normal", Lang::ZH, (40, 15));
    console.press("0 9 2");
    told(&mut console, rights(Role::Merchant));
    assert_eq!(console.id(), "92");
    console
}

#[test]
fn a_passcode_is_stars_and_goes_to_the_agent_alone() {
    let mut console = at_92();
    console.press("1 2 7 4 0 5");
    assert!(console.text().contains("*****_") && !console.text().contains("2740"), "{}", console.text());
    console.press("Y Y 5 1 1 G");
    let wanted = Request::Unlock { role: Role::Technician, passcode: Secret::new("274511".to_owned()) };
    assert_eq!(console.asked().last(), Some(&wanted));
    assert_eq!(console.app.place().typed, None);
    assert!(!console.text().contains('*'), "the box is empty again");
    assert!(!format!("{:?}", console.effects).contains("274511"));
}

#[test]
fn a_role_that_was_taken_is_kept_by_keys_told_now_and_then() {
    let mut console = at_92();
    assert!(!console.asked().contains(&Request::Present));
    told(&mut console, rights(Role::Technician));
    console.press("0 1 0 2");
    let told = |console: &Console| console.asked().iter().filter(|asked| **asked == Request::Present).count();
    assert_eq!(told(&console), 1, "once for keys that come together");
    console.wait(30_000);
    assert_eq!(told(&console), 1, "nobody pressed a key");
    console.press("0");
    assert_eq!(told(&console), 2);
}

#[test]
fn one_action_is_allowed_by_phone() {
    let mut console = at_92();
    console.press("3 9 6 G");
    assert_eq!(console.app.place().typed.as_deref(), Some("96"));
    // Looking draws nothing: green does.
    let challenge = Request::Challenge { action: "power-off".to_owned() };
    assert!(!console.asked().contains(&challenge));
    console.press("G");
    assert_eq!(console.asked().last(), Some(&challenge));
    let told = Challenge {
        digits: "4821093755".to_owned(),
        terminal: "12345678".to_owned(),
        action: "power-off".to_owned(),
        role: Role::Technician,
        seconds: 1_800,
    };
    console.event(Event::Answer(challenge, Reply::Challenged(told)));
    console.draw();
    assert!(console.text().contains("4821 0937 55") && console.text().contains("12345678"), "{}", console.text());
    console.press("1 2 3 4 5 6 7 8 G");
    assert_eq!(console.asked().last(), Some(&Request::Answer { answer: Secret::new("12345678".to_owned()) }));
}

#[test]
fn a_new_passcode_is_typed_twice() {
    let mut console = at_92();
    console.press("5");
    assert_eq!(console.app.place().arg, Arg::Word("forgot-technician".to_owned()));
    told(&mut console, Rights { granted: Some("passcode-technician".to_owned()), ..rights(Role::Merchant) });
    let set =
        |console: &Console| console.asked().iter().filter(|asked| matches!(asked, Request::SetPasscode { .. })).count();
    console.press("2 7 4 9 5 1 G 2 7 4 9 5 2 G");
    assert_eq!(set(&console), 0, "they differ");
    console.press("2 7 4 9 5 1 G 2 7 4 9 5 1 G");
    assert_eq!(set(&console), 1);
}

#[test]
fn on_a_terminal_without_passcodes_every_reason_stands_whole() {
    for lang in Lang::all() {
        let mut console = Console::new("normal", lang, (40, 15));
        console.press("0 9 2");
        let bare = Rights { merchant: false, technician: false, phone: false, ..rights(Role::Merchant) };
        told(&mut console, bare);
        assert!(!console.text().contains('~'), "{}", console.text());
        console.press("9");
        let about = pos_console::text::t(lang, "rights-about").replace(' ', "");
        let start: String = about.chars().take(8).collect();
        assert!(console.text().replace(' ', "").contains(&start), "{}", console.text());
        assert!(console.text().contains("400-000-0000"), "whom to call: {}", console.text());
    }
}
