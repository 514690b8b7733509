//! 7 UPDATE and 71 NEW VERSION: what runs, what could be installed, whether its signature is good, and what changes. 72
//! and 73 are actions like others.

use crate::actions;
use crate::actions::update::older;
use crate::model::{OfferSeen, Signed, SlotSeen, UpdateSeen};
use crate::proto::Request;
use crate::text::{self, Lang};
use crate::tui::screens::{Cx, Lines, Place, ScreenSpec, parts, run};
use crate::tui::view::{Act, Green, Open, Para, Row, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "7",
    zh: "升级",
    name: "UPDATE",
    lines: Lines::Children,
    green: &["update-green-check", "update-green-plan"],
    needs: seen,
    content: view,
};

pub const NEW_VERSION: ScreenSpec = ScreenSpec {
    id: "71",
    zh: "新版本",
    name: "NEW VERSION",
    lines: Lines::Open,
    green: &["update-green-check", "update-green-plan"],
    needs,
    content: new_version,
};

fn seen(_: &Place) -> Vec<Request> {
    vec![Request::Updates]
}

fn needs(_: &Place) -> Vec<Request> {
    vec![Request::Rights, Request::Updates, Request::Plan { action: "update-check".to_owned(), guard_s: None }]
}

fn view(cx: &Cx<'_>) -> View {
    let right = |id: &str| {
        let seen = cx.mirror.updates.as_ref();
        match id {
            "71" => seen.and_then(|seen| seen.offer.as_ref()).map(|offer| parts::clean(&offer.version)),
            "73" => seen.and_then(UpdateSeen::other).map(|slot| parts::clean(&slot.version)),
            _ => None,
        }
        .unwrap_or_default()
    };
    let rows = parts::child_rows(cx, "7", |id| (None, right(id)));
    if cx.snapshot().is_none() {
        return View { rows, ..parts::connecting(cx) };
    }
    let mut head = under_way(cx);
    let Some(seen) = &cx.mirror.updates else {
        head.push(Para::tone(cx.t("run-planning"), Tone::Dim));
        return View { head, rows, live: true, ..View::default() };
    };
    head.push(runs(cx, seen));
    head.push(offered(cx, seen));
    head.extend(tried(cx, seen));
    let open = |id| Act::Open(Open::Screen(id));
    let green = if installable(seen) {
        Green { label: cx.t("update-green-plan"), act: open("72") }
    } else {
        Green { label: cx.t("update-green-check"), act: open("71") }
    };
    View { head, rows, green: Some(green), live: true, ..View::default() }
}

fn new_version(cx: &Cx<'_>) -> View {
    if cx.snapshot().is_none() {
        return parts::connecting(cx);
    }
    let mut head = under_way(cx);
    let Some(seen) = &cx.mirror.updates else {
        head.push(Para::tone(cx.t("run-planning"), Tone::Dim));
        return View { head, live: true, ..View::default() };
    };
    head.push(runs(cx, seen));
    head.push(offered(cx, seen));
    if let Some(offer) = &seen.offer {
        head.push(signature(cx, &offer.signed));
        head.extend(changes(cx, offer));
    }
    head.extend(tried(cx, seen));
    head.extend(may_not(cx));
    let mut rows: Vec<Row> = seen.slots.iter().map(|slot| slot_row(cx, slot)).collect();
    rows.extend(["72", "73"].map(|id| parts::screen_row(cx, None, id, String::new())));
    let mut tail = Vec::new();
    if !seen.source.is_empty() {
        tail.push(Para::tone(cx.ta("update-source", &[("source", parts::clean(&seen.source).into())]), Tone::Dim));
    }
    if let Some(at) = seen.asked.filter(|_| seen.source.contains("://")) {
        tail.push(Para::tone(cx.ta("update-asked", &[("time", cx.when(at).into())]), Tone::Dim));
    }
    View { head, rows, tail, green: green(cx, seen), live: true, ..View::default() }
}

/// The run that is about updates: how far it is, or how it ended.
fn under_way(cx: &Cx<'_>) -> Vec<Para> {
    let ours = cx.run().filter(|run| run.action.starts_with("update-"));
    ours.map(|shown| run::paras(cx, shown)).unwrap_or_default()
}

fn runs(cx: &Cx<'_>, seen: &UpdateSeen) -> Para {
    let by = if seen.by.is_empty() { String::new() } else { cx.t(&format!("update-by-{}", seen.by)) };
    let args = [("version", parts::clean(&seen.running).into()), ("by", by.into())];
    let key = match (seen.running.is_empty(), seen.by.is_empty()) {
        (true, _) => "update-runs-unknown",
        (_, true) => "update-runs",
        _ => "update-runs-by",
    };
    Para::new(cx.ta(key, &args))
}

fn offered(cx: &Cx<'_>, seen: &UpdateSeen) -> Para {
    let Some(offer) = &seen.offer else {
        let (code, detail) = seen.fault.clone().unwrap_or_else(|| ("upgrade-nothing".to_owned(), String::new()));
        let key = format!("refused-{code}");
        let key = if text::has(cx.lang, &key) { key.as_str() } else { "refused-upgrade-source" };
        return Para::tone(cx.ta(key, &[("detail", parts::clean(&detail).into())]), Tone::Plain);
    };
    let args = [("version", parts::clean(&offer.version).into()), ("size", size(offer.size).into())];
    let (key, tone) = if offer.version == seen.running {
        ("update-offer-same", Tone::Plain)
    } else if older(&offer.version, &seen.running) {
        ("update-offer-older", Tone::Warn)
    } else if offer.size == 0 {
        ("update-offer", Tone::Strong)
    } else {
        ("update-offer-size", Tone::Strong)
    };
    Para::tone(cx.ta(key, &args), tone)
}

/// Megabytes with one place.
fn size(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000);
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn signature(cx: &Cx<'_>, signed: &Signed) -> Para {
    match signed {
        Signed::Good => Para::tone(cx.t("update-signed-good"), Tone::Good),
        Signed::Later => Para::tone(cx.t("update-signed-later"), Tone::Dim),
        Signed::ByManager => Para::tone(cx.t("update-signed-manager"), Tone::Dim),
        Signed::Bad(why) => {
            Para::tone(cx.ta("refused-upgrade-signature", &[("detail", parts::clean(why).into())]), Tone::Bad)
        }
    }
}

/// What changes, in the maker's words.
fn changes(cx: &Cx<'_>, offer: &OfferSeen) -> Option<Para> {
    let (first, second) = if cx.lang == Lang::ZH { (&offer.zh, &offer.en) } else { (&offer.en, &offer.zh) };
    let words = if first.is_empty() { second } else { first };
    (!words.is_empty()).then(|| Para::new(cx.ta("update-changes", &[("words", parts::clean(words).into())])))
}

fn tried(cx: &Cx<'_>, seen: &UpdateSeen) -> Option<Para> {
    let tried = &seen.tried;
    let ours = seen.offer.as_ref().is_none_or(|offer| offer.version == tried.version);
    (tried.failed > 0 && ours).then(|| {
        let args = [("version", parts::clean(&tried.version).into()), ("count", i64::from(tried.failed).into())];
        Para::tone(cx.ta("update-tried", &args), Tone::Warn)
    })
}

fn slot_row(cx: &Cx<'_>, slot: &SlotSeen) -> Row {
    let version = if slot.version.is_empty() { cx.t("update-slot-untold") } else { parts::clean(&slot.version) };
    let place = cx.t(if slot.booted { "update-slot-runs" } else { "update-slot-other" });
    let good = cx.t(match slot.good {
        Some(true) => "update-slot-good",
        Some(false) => "update-slot-bad",
        None => "update-slot-unknown",
    });
    let next = if slot.next && !slot.booted { cx.t("update-slot-next") } else { String::new() };
    let args = [
        ("slot", parts::clean(&slot.boot).into()),
        ("version", version.into()),
        ("place", place.into()),
        ("good", good.into()),
        ("next", next.into()),
    ];
    Row { text: cx.ta("update-slot", &args), key: slot.name.clone(), ..Row::default() }
}

/// A version that is offered, is not what runs and has no bad signature.
fn installable(seen: &UpdateSeen) -> bool {
    seen.offer.as_ref().is_some_and(|offer| offer.version != seen.running && !matches!(offer.signed, Signed::Bad(_)))
}

/// Whose job it is to ask, where it is not this person's.
fn may_not(cx: &Cx<'_>) -> Option<Para> {
    let needed = actions::find("update-check")?.role;
    let may =
        cx.snapshot().is_some_and(|snapshot| snapshot.actor.role.may(needed)) || cx.mirror.granted("update-check");
    let role = cx.t(&format!("status-role-{}", needed.word()));
    (!may).then(|| Para::tone(cx.ta("fix-role", &[("role", role.into())]), Tone::Warn))
}

/// Asks, or leads on to the plan.
fn green(cx: &Cx<'_>, seen: &UpdateSeen) -> Option<Green> {
    if installable(seen) {
        return Some(Green { label: cx.t("update-green-plan"), act: Act::Open(Open::Screen("72")) });
    }
    let action = actions::find("update-check")?;
    let may = cx.snapshot().is_some_and(|snapshot| snapshot.actor.role.may(action.role));
    let busy = cx.run().is_some_and(|run| !run.ended());
    let plan = cx.plan(action.id).filter(|plan| !plan.token.is_empty() && may && !busy)?;
    let request =
        Request::Do { action: action.id.to_owned(), reason: None, token: Some(plan.token.clone()), guard_s: None };
    Some(Green { label: cx.t("update-green-check"), act: Act::Ask(request) })
}
