//! Screens that offer one action each: what it does, what it does not cure, what it asks for, and whether it can be
//! done now. Only green acts, and only behind a dialog.

use crate::actions::{self, ActionSpec};
use crate::model::{Plan, Role};
use crate::proto::Request;
use crate::text;
use crate::tui::screens::{Cx, Lines, Place, ScreenSpec, parts, run};
use crate::tui::view::{Act, Arg, Confirm, Green, Open, Para, Row, Tone, View};

/// Why somebody restarts a terminal or switches it off: the word of the audit, and the sentence.
const REASONS: [(&str, &str); 5] = [
    ("frozen", "fix-reason-frozen"),
    ("support", "fix-reason-support"),
    ("update", "fix-reason-update"),
    ("move", "fix-reason-move"),
    ("other", "fix-reason-other"),
];

/// Why somebody goes back to the version before.
const BACK: [(&str, &str); 4] = [
    ("broken", "update-reason-broken"),
    ("wrong", "update-reason-wrong"),
    ("support", "fix-reason-support"),
    ("other", "fix-reason-other"),
];

fn reasons(action: &ActionSpec) -> &'static [(&'static str, &'static str)] {
    if action.screen == "73" { &BACK } else { &REASONS }
}

const fn offer(id: &'static str, zh: &'static str, name: &'static str) -> ScreenSpec {
    ScreenSpec { id, zh, name, lines: Lines::Open, green: &["fix-green-do"], needs, content: view }
}

pub const NET_RESTART: ScreenSpec = offer("61", "重启网络", "NET RESTART");
pub const SYNC_TIME: ScreenSpec = offer("62", "对时", "SYNC TIME");
pub const READER_RESET: ScreenSpec = offer("63", "读卡复位", "READER RESET");
pub const APP_RESTART: ScreenSpec = offer("64", "重启应用", "APP RESTART");
pub const SIGN_ON: ScreenSpec = offer("65", "签到/参数", "SIGN-ON");
pub const PRINT_RESET: ScreenSpec = offer("66", "打印复位", "PRINT RESET");
pub const REBOOT: ScreenSpec = offer("68", "重启终端", "REBOOT");
pub const INSTALL: ScreenSpec = offer("72", "安装", "INSTALL");
pub const ROLLBACK: ScreenSpec = offer("73", "回退", "ROLLBACK");
pub const SHUT_DOWN: ScreenSpec = offer("96", "关机", "SHUT DOWN");

/// What it would do on this machine now; actions that this version lacks have no plan.
pub(super) fn needs(place: &Place) -> Vec<Request> {
    let action = action_of(place).filter(|action| action.runs.is_some());
    let plan = action.map(|action| Request::Plan { action: action.id.to_owned(), guard_s: None });
    // Support may have allowed it.
    plan.into_iter().flat_map(|plan| [Request::Rights, plan]).collect()
}

/// The action of a place: a screen's own, or one of the site's below FIX.
pub(super) fn action_of(place: &Place) -> Option<&'static ActionSpec> {
    match &place.arg {
        // Their words are what one has chosen there.
        Arg::Word(_) if matches!(place.screen.as_str(), "95" | "53" | "51") => actions::find(chosen_by(&place.screen)),
        Arg::Word(number) => actions::find(number),
        _ => actions::find(&place.screen),
    }
}

/// The action that a choice on this screen is for.
fn chosen_by(screen: &str) -> &str {
    if screen == "53" { "62" } else { screen }
}

/// The reason that has been chosen.
fn reason(cx: &Cx<'_>, action: &ActionSpec) -> Option<&'static (&'static str, &'static str)> {
    let Arg::Way(n) = cx.place.arg else { return None };
    reasons(action).get(usize::from(n).checked_sub(1)?)
}

fn reason_rows(cx: &Cx<'_>, action: &ActionSpec) -> Vec<Row> {
    let chosen = reason(cx, action);
    let row = |(n, (word, key)): (u8, &(&str, &str))| {
        let chosen = chosen.is_some_and(|chosen| chosen.0 == *word);
        Row {
            n: Some(n),
            text: cx.t(key),
            right: if chosen { cx.t("fix-reason-chosen") } else { String::new() },
            tone: if chosen { Tone::Strong } else { Tone::Plain },
            open: Some(Open::Place(action.screen, Arg::Way(n))),
            key: (*word).to_owned(),
            ..Row::default()
        }
    };
    (1_u8..).zip(reasons(action)).map(row).collect()
}

pub(super) fn view(cx: &Cx<'_>) -> View {
    let Some(action) = action_of(cx.place) else { return View::default() };
    if let Some(run) = cx.run().filter(|run| run.action == action.id && !run.ended()) {
        return View { head: run::paras(cx, run), rows: run::step_rows(cx, run), live: true, ..View::default() };
    }
    let mut head: Vec<Para> =
        cx.run().filter(|run| run.action == action.id).map(|run| run::paras(cx, run)).unwrap_or_default();
    head.extend(does(cx, action));
    let not = format!("action-not-{}", action.id);
    if text::has(cx.lang, &not) {
        head.push(Para::new(cx.t(&not)));
    }
    let plan = cx.plan(action.id);
    let asks = [("seconds", i64::from(action.seconds).into()), ("risk", i64::from(risk(action, plan)).into())];
    head.push(Para::tone(cx.ta("fix-asks", &asks), Tone::Dim));
    let blocked = blocked(cx, action);
    head.extend(blocked.iter().cloned());
    let decided = action.runs.is_none() || plan.is_some();
    if decided && !blocked.is_empty() && text::has(cx.lang, &format!("fix-instead-{}", action.id)) {
        // Where it goes on without the action.
        head.push(Para::new(cx.t(&format!("fix-instead-{}", action.id))));
    }
    let mut rows = if action.reason && blocked.is_empty() { reason_rows(cx, action) } else { Vec::new() };
    let steps = plan.map(|plan| run::plan_rows(cx, plan)).unwrap_or_default();
    if rows.is_empty() {
        rows = steps;
    } else {
        // With a digit before them they would pass for reasons.
        head.extend(steps.into_iter().map(|step| Para::new(step.text)));
        head.push(Para::tone(cx.t("fix-reason-ask"), Tone::Strong));
    }
    rows.extend(parts::finding_rows(cx, action.screen));
    rows.extend(elsewhere(cx, action));
    let tail = plan.map(|plan| notes(cx, plan)).unwrap_or_default();
    let said_why = !action.reason || reason(cx, action).is_some();
    let ready = said_why && blocked.is_empty() && plan.is_some_and(|plan| !plan.token.is_empty());
    // The plan comes a moment later: it is no news that has to wait.
    View { head, rows, tail, green: ready.then(|| green(cx, action)), live: true, ..View::default() }
}

/// How it is asked: a site's own action says so itself.
fn risk(action: &ActionSpec, plan: Option<&Plan>) -> u8 {
    plan.and_then(|plan| plan.risk).unwrap_or(action.risk)
}

/// What one should know before, and the guard's time.
fn notes(cx: &Cx<'_>, plan: &Plan) -> Vec<Para> {
    let guard = plan.guard_s.map(|seconds| cx.ta("run-guard", &[("seconds", seconds.into())]));
    let notes = plan.notes.iter().map(|note| cx.said(note));
    guard.into_iter().chain(notes).map(|text| Para::tone(text, Tone::Dim)).collect()
}

/// Why it cannot be done now; empty when it can.
fn blocked(cx: &Cx<'_>, action: &ActionSpec) -> Vec<Para> {
    let warn = |text: String| vec![Para::tone(text, Tone::Warn)];
    if action.runs.is_none() {
        return warn(cx.t("fix-unavailable"));
    }
    let Some(snapshot) = cx.snapshot() else { return warn(cx.t("status-connecting")) };
    let granted = cx.mirror.granted(action.id);
    if !snapshot.actor.role.may(action.role) && !granted {
        let role = cx.t(&format!("status-role-{}", action.role.word()));
        return warn(cx.ta("fix-role", &[("role", role.into())]));
    }
    let Some(plan) = cx.plan(action.id) else { return vec![Para::tone(cx.t("run-planning"), Tone::Dim)] };
    let role = if granted { Role::Technician } else { snapshot.actor.role };
    plan.blocking(role).map(|block| run::block(cx, block)).collect()
}

/// Screens that help meanwhile.
fn elsewhere(cx: &Cx<'_>, action: &ActionSpec) -> Vec<Row> {
    let screens: &[&'static str] = match action.screen {
        "61" | "95" => &["22", "2"],
        "62" => &["53"],
        "63" => &["4", "34"],
        "64" => &["34"],
        "65" => &["23"],
        "66" => &["51"],
        "51" => &["66"],
        "68" | "96" => &["33"],
        "72" | "73" => &["71"],
        _ => &["8"],
    };
    screens.iter().map(|id| parts::screen_row(cx, None, id, String::new())).collect()
}

/// What it does; of a site's own action its plan tells.
fn does(cx: &Cx<'_>, action: &ActionSpec) -> Option<Para> {
    let key = format!("action-does-{}", action.id);
    text::has(cx.lang, &key).then(|| Para::new(cx.t(&key)))
}

fn green(cx: &Cx<'_>, action: &ActionSpec) -> Green {
    let plan = cx.plan(action.id);
    let mut body: Vec<Para> = Vec::new();
    // What a technician says yes to stands first.
    let asks: Vec<Para> = plan.into_iter().flat_map(|plan| &plan.blocks).map(|block| run::block(cx, block)).collect();
    let asked = !asks.is_empty();
    body.extend(asks);
    body.extend(does(cx, action));
    for (at, step) in plan.into_iter().flat_map(|plan| &plan.steps).enumerate() {
        body.push(Para::new(format!("{} {}", at + 1, cx.said(step))));
    }
    body.extend(plan.map(|plan| notes(cx, plan)).unwrap_or_default());
    let not = format!("action-not-{}", action.id);
    if text::has(cx.lang, &not) {
        body.push(Para::new(cx.t(&not)));
    }
    let confirm = Confirm {
        title: cx.t(&format!("action-{}", action.id)),
        body,
        code_digits: match risk(action, plan) {
            0 | 1 if !asked => 0,
            0..=2 => 2,
            _ => 4,
        },
        request: Request::Do {
            action: action.id.to_owned(),
            reason: reason(cx, action).map(|(word, _)| (*word).to_owned()),
            token: plan.map(|plan| plan.token.clone()),
            guard_s: None,
        },
    };
    Green { label: cx.t("fix-green-do"), act: Act::Confirm(confirm) }
}
