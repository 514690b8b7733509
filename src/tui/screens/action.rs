//! Screens that offer one action each: what it does, what it does not cure, what it asks for, and whether it can be
//! done now. Only green acts, and only behind a dialog.

use crate::actions::{self, ActionSpec};
use crate::proto::Request;
use crate::text;
use crate::tui::screens::{Cx, Lines, ScreenSpec, nothing, parts};
use crate::tui::view::{Act, Confirm, Green, Para, Tone, View};

const fn offer(id: &'static str, zh: &'static str, name: &'static str) -> ScreenSpec {
    ScreenSpec { id, zh, name, lines: Lines::Open, green: &["fix-green-do"], needs: nothing, content: view }
}

pub const NET_RESTART: ScreenSpec = offer("61", "重启网络", "NET RESTART");
pub const SYNC_TIME: ScreenSpec = offer("62", "对时", "SYNC TIME");
pub const READER_RESET: ScreenSpec = offer("63", "读卡复位", "READER RESET");
pub const APP_RESTART: ScreenSpec = offer("64", "重启应用", "APP RESTART");
pub const SIGN_ON: ScreenSpec = offer("65", "签到/参数", "SIGN-ON");
pub const PRINT_RESET: ScreenSpec = offer("66", "打印复位", "PRINT RESET");
pub const REBOOT: ScreenSpec = offer("68", "重启终端", "REBOOT");
pub const NEW_VERSION: ScreenSpec = offer("71", "新版本", "NEW VERSION");
pub const INSTALL: ScreenSpec = offer("72", "安装", "INSTALL");
pub const ROLLBACK: ScreenSpec = offer("73", "回退", "ROLLBACK");
pub const NET_SETUP: ScreenSpec = offer("95", "网络设置", "NET SETUP");
pub const SHUT_DOWN: ScreenSpec = offer("96", "关机", "SHUT DOWN");

fn view(cx: &Cx<'_>) -> View {
    let Some(action) = actions::find(&cx.place.screen) else { return View::default() };
    let mut head = vec![Para::new(cx.t(&format!("action-does-{}", action.id)))];
    let not = format!("action-not-{}", action.id);
    if text::has(cx.lang, &not) {
        head.push(Para::new(cx.t(&not)));
    }
    let asks = [("seconds", i64::from(action.seconds).into()), ("risk", i64::from(action.risk).into())];
    head.push(Para::tone(cx.ta("fix-asks", &asks), Tone::Dim));
    let mut rows = parts::finding_rows(cx, action.screen);
    let blocked = blocked(cx, action);
    if let Some(reason) = &blocked {
        head.push(Para::tone(reason.clone(), Tone::Warn));
        // Where it goes on without the action.
        let instead = text::has(cx.lang, &format!("fix-instead-{}", action.id));
        if instead {
            head.push(Para::new(cx.t(&format!("fix-instead-{}", action.id))));
        }
    }
    rows.extend(elsewhere(cx, action));
    View { head, rows, green: blocked.is_none().then(|| green(cx, action)), ..View::default() }
}

/// Why it cannot be done now.
fn blocked(cx: &Cx<'_>, action: &ActionSpec) -> Option<String> {
    if action.runs.is_none() {
        return Some(cx.t("fix-unavailable"));
    }
    let snapshot = cx.snapshot()?;
    if !snapshot.actor.role.may(action.role) {
        return Some(cx.ta("fix-role", &[("role", cx.t(&format!("status-role-{}", action.role.word())).into())]));
    }
    let busy = snapshot.journal.in_flight;
    if busy > 0 && action.waits != actions::Waits::Never {
        return Some(cx.ta("fix-in-flight", &[("count", busy.into())]));
    }
    let open = snapshot.journal.batch_open.unwrap_or_default();
    if open > 0 && action.waits == actions::Waits::Batch {
        return Some(cx.ta("fix-batch", &[("count", open.into())]));
    }
    None
}

/// Screens that help meanwhile.
fn elsewhere(cx: &Cx<'_>, action: &ActionSpec) -> Vec<crate::tui::view::Row> {
    let screens: &[&'static str] = match action.screen {
        "61" | "95" => &["22", "2"],
        "62" => &["53"],
        "63" => &["4", "34"],
        "64" => &["34"],
        "65" => &["23"],
        "66" => &["51"],
        "68" | "96" => &["33"],
        _ => &["8"],
    };
    screens.iter().map(|id| parts::screen_row(cx, None, id, String::new())).collect()
}

fn green(cx: &Cx<'_>, action: &ActionSpec) -> Green {
    let mut body = vec![Para::new(cx.t(&format!("action-does-{}", action.id)))];
    let not = format!("action-not-{}", action.id);
    if text::has(cx.lang, &not) {
        body.push(Para::new(cx.t(&not)));
    }
    let confirm = Confirm {
        title: cx.t(&format!("action-{}", action.id)),
        body,
        code_digits: match action.risk {
            0 | 1 => 0,
            2 => 2,
            _ => 4,
        },
        request: Request::Do { action: action.id.to_owned(), reason: None, token: None, guard_s: None },
    };
    Green { label: cx.t("fix-green-do"), act: Act::Confirm(confirm) }
}
