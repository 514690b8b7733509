//! 92 PASSCODE: takes a role by its passcode, asks support by phone for one action, sets a forgotten passcode anew.
//! What is typed here goes to the agent only; a passcode is shown as stars.

use crate::actions;
use crate::model::{Challenge, Rights, Role};
use crate::proto::Request;
use crate::tui::screens::{Cx, Lines, Place, ScreenSpec, parts};
use crate::tui::view::{Act, Arg, Entry, Green, Hidden, Open, Para, Row, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "92",
    zh: "维护口令",
    name: "PASSCODE",
    lines: Lines::Choices(6),
    green: &["rights-green-lock", "rights-green-draw"],
    needs,
    content: view,
};

/// Digits of a passcode at most.
const MOST: usize = 12;

fn needs(_place: &Place) -> Vec<Request> {
    vec![Request::Rights]
}

fn view(cx: &Cx<'_>) -> View {
    let Some(rights) = &cx.mirror.rights else { return parts::connecting(cx) };
    let Arg::Word(word) = &cx.place.arg else { return list(cx, rights) };
    match word.as_str() {
        "technician" => unlock(cx, rights, Role::Technician),
        "merchant" => unlock(cx, rights, Role::Merchant),
        "phone" => match cx.place.typed.as_deref() {
            None => {
                let entry = Entry { label: cx.t("rights-type-screen"), max: 3, ..Entry::default() };
                View { head: head(cx, rights), entry: Some(entry), ..View::default() }
            }
            Some(typed) => phone(cx, rights, typed.trim()),
        },
        "forgot-merchant" => forgot(cx, rights, Role::Merchant),
        "forgot-technician" => forgot(cx, rights, Role::Technician),
        _ => lock(cx, rights),
    }
}

/// Who one is now, and what support allowed.
fn head(cx: &Cx<'_>, rights: &Rights) -> Vec<Para> {
    let role = |role: Role| cx.t(&format!("status-role-{}", role.word()));
    let now = if rights.role == rights.base {
        cx.ta("rights-now", &[("role", role(rights.role).into())])
    } else {
        let args = [
            ("role", role(rights.role).into()),
            ("base", role(rights.base).into()),
            ("minutes", (rights.idle_s / 60).into()),
        ];
        cx.ta("rights-now-raised", &args)
    };
    let granted = rights
        .granted
        .as_deref()
        .map(|word| Para::tone(cx.ta("rights-granted", &[("what", what(cx, word).into())]), Tone::Good));
    std::iter::once(Para::tone(now, Tone::Strong)).chain(granted).collect()
}

/// What support is asked for, in words.
fn what(cx: &Cx<'_>, word: &str) -> String {
    match word {
        "passcode-merchant" => cx.t("rights-what-merchant"),
        "passcode-technician" => cx.t("rights-what-technician"),
        actions::phone::GUARD => cx.t("rights-what-guard"),
        _ => {
            let number = actions::find(word).map_or("", |spec| spec.screen);
            format!("{number} {}", cx.t(&format!("action-{word}")))
        }
    }
}

fn list(cx: &Cx<'_>, rights: &Rights) -> View {
    let unset = |set: bool| (!set).then(|| cx.t("rights-none-set"));
    let have = |role: Role| rights.role.may(role).then(|| cx.t("rights-have"));
    let phone = (!rights.phone).then(|| cx.t("rights-no-phone"));
    let away = (rights.base == Role::Support).then(|| cx.t("rights-support"));
    let nothing = (rights.role == rights.base && rights.granted.is_none()).then(|| cx.t("rights-nothing"));
    let lines = [
        ("technician", "rights-line-technician", have(Role::Technician).or_else(|| unset(rights.technician))),
        ("merchant", "rights-line-merchant", have(Role::Merchant).or_else(|| unset(rights.merchant))),
        ("phone", "rights-line-phone", phone.clone()),
        ("forgot-merchant", "rights-line-forgot-merchant", phone.clone()),
        ("forgot-technician", "rights-line-forgot-technician", phone),
        ("lock", "rights-line-lock", nothing),
    ];
    let rows = lines.into_iter().zip(1_u8..).map(|((word, key, blocked), n)| {
        let blocked = if word == "lock" { blocked } else { away.clone().or(blocked) };
        Row {
            n: Some(n),
            text: cx.t(key),
            open: blocked.is_none().then(|| Open::Place("92", Arg::Word(word.to_owned()))),
            tone: if blocked.is_some() { Tone::Dim } else { Tone::Plain },
            blocked,
            key: word.to_owned(),
            ..Row::default()
        }
    });
    let rows = rows.collect();
    let mut tail = vec![Para::tone(cx.t("rights-about"), Tone::Dim)];
    if !(rights.technician || rights.merchant || rights.phone) {
        // Every line above leads nowhere: who can help is another.
        let ask = match support_phone(cx) {
            number if number.is_empty() => cx.t("rights-ask-provider"),
            number => cx.ta("rights-ask-support", &[("phone", number.into())]),
        };
        tail.insert(0, Para::new(ask));
    }
    View { head: head(cx, rights), rows, tail, ..View::default() }
}

fn unlock(cx: &Cx<'_>, rights: &Rights, role: Role) -> View {
    let head = head(cx, rights);
    if rights.role.may(role) {
        return View { head, ..View::default() };
    }
    let label = format!("{} {}", cx.t(&format!("status-role-{}", role.word())), cx.t("rights-type"));
    let entry = Entry { label, max: MOST, hidden: Some(Hidden::Unlock(role)), ..Entry::default() };
    View { head, entry: Some(entry), ..View::default() }
}

/// The action behind the screen number that was typed.
fn phone(cx: &Cx<'_>, rights: &Rights, typed: &str) -> View {
    if typed == actions::phone::GUARD_SCREEN {
        return ask(cx, rights, actions::phone::GUARD);
    }
    if let Some(spec) = actions::find(typed) {
        return ask(cx, rights, spec.id);
    }
    let sorry = cx.ta("refused-unknown-action", &[("detail", parts::clean(typed).into())]);
    View { head: vec![Para::tone(sorry, Tone::Warn)], ..View::default() }
}

fn forgot(cx: &Cx<'_>, rights: &Rights, role: Role) -> View {
    let word = format!("passcode-{}", role.word());
    if rights.granted.as_deref() != Some(word.as_str()) {
        return ask(cx, rights, &word);
    }
    let again = cx.mirror.typed_once;
    let label = cx.t(if again { "rights-type-again" } else { "rights-type-new" });
    let entry = Entry { label, max: MOST, hidden: Some(Hidden::New(role)), ..Entry::default() };
    View { head: vec![Para::new(cx.t("rights-new-how"))], entry: Some(entry), ..View::default() }
}

/// The digits to be read out, and the box for what support says; green draws them.
fn ask(cx: &Cx<'_>, rights: &Rights, word: &str) -> View {
    let mut head = head(cx, rights);
    if rights.granted.as_deref() == Some(word) {
        return View { head, ..View::default() };
    }
    head.push(Para::new(cx.ta("rights-phone-for", &[("what", what(cx, word).into())])));
    let Some(challenge) = cx.mirror.challenge.as_ref().filter(|challenge| challenge.action == word) else {
        let act = Act::Ask(Request::Challenge { action: word.to_owned() });
        return View { head, green: Some(Green { label: cx.t("rights-green-draw"), act }), ..View::default() };
    };
    head.extend(read_out(cx, challenge));
    let entry = Entry {
        label: cx.t("rights-type-answer"),
        max: actions::phone::ANSWER_DIGITS,
        hidden: Some(Hidden::Answer),
        ..Entry::default()
    };
    let tail = vec![Para::tone(cx.t("rights-phone-once"), Tone::Dim)];
    View { head, entry: Some(entry), tail, live: true, ..View::default() }
}

fn support_phone(cx: &Cx<'_>) -> String {
    cx.snapshot().map(|snapshot| parts::clean(&snapshot.terminal.support_phone)).unwrap_or_default()
}

fn read_out(cx: &Cx<'_>, challenge: &Challenge) -> [Para; 2] {
    let args = [("phone", support_phone(cx).into()), ("terminal", parts::clean(&challenge.terminal).into())];
    let digits: Vec<char> = challenge.digits.chars().collect();
    let groups: Vec<String> = digits.chunks(4).map(|group| group.iter().collect()).collect();
    [Para::new(cx.ta("rights-phone-how", &args)), Para::tone(groups.join(" "), Tone::Big)]
}

fn lock(cx: &Cx<'_>, rights: &Rights) -> View {
    let some = rights.role != rights.base || rights.granted.is_some();
    let green = some.then(|| Green { label: cx.t("rights-green-lock"), act: Act::Ask(Request::Lock) });
    View { head: head(cx, rights), green, ..View::default() }
}
