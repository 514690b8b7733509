//! `show` and `screens`: brings what a screen needs, then prints it as [`show`] renders it.

use std::io;

use super::output::{Exit, Output, complain};
use super::{handbook, show, trends};
use crate::link::Link;
use crate::platform;
use crate::proto::{Reply, Request};
use crate::text;
use crate::tui::mirror::Mirror;
use crate::tui::screens::{Cx, Place, ScreenSpec};

/// Cells of a printed line.
const WIDTH: u16 = 100;

/// Prints one screen.
pub async fn run(link: &mut Link, word: &str, out: &mut Output) -> io::Result<Exit> {
    if let Some((spec, chapter)) = handbook::asked(word) {
        let demo = super::first_snapshot(link).await.is_some_and(|snapshot| snapshot.terminal.demo);
        return handbook::run(spec, chapter, demo, out);
    }
    let Some(spec) = show::find(word) else {
        complain(&text::ta(out.lang, "cli-unknown-screen", &[("word", word.to_owned().into())]));
        return Ok(Exit::Usage);
    };
    let mut mirror = Mirror::default();
    if let Reply::Refused(refusal) = link.ask(Request::CaughtUp).await {
        return Ok(out.refused(&refusal));
    }
    while mirror.snapshot.is_none() {
        let Some(update) = link.updates.recv().await else { return Ok(Exit::Unavailable) };
        mirror.apply(update);
    }
    drain(link, &mut mirror);
    if let Some(scope) = findings_shown(spec)
        && !known(&mirror, spec)
    {
        check(link, &mut mirror, spec, scope).await;
    }
    let place = Place { screen: spec.id.to_owned(), ..Place::default() };
    for request in (spec.needs)(&place) {
        let reply = link.ask(request.clone()).await;
        mirror.answer(&request, reply);
    }
    let demo = mirror.snapshot.as_ref().is_some_and(|snapshot| snapshot.terminal.demo);
    let cx = Cx {
        mirror: &mirror,
        place: &place,
        lang: out.lang,
        now: platform::now(),
        width: WIDTH,
        ascii: false,
        color: false,
        large: false,
        kiosk: false,
    };
    let view = spec.view(&cx);
    if out.json {
        let mut said = show::json(spec, &view, out.lang, demo);
        if let Some(trends) = mirror.trends.as_ref().filter(|_| spec.id == "35") {
            said["trends"] = trends::json(trends, mirror.snapshot.as_ref());
        }
        out.json(&said)?;
    } else {
        out.raw(&show::text(spec, &view, out.lang, demo, usize::from(WIDTH)))?;
    }
    Ok(Exit::Ok)
}

/// Prints the table of screens.
pub fn list(out: &mut Output) -> io::Result<Exit> {
    if out.json {
        out.json(&show::screens_json(out.lang))?;
    } else {
        out.raw(&show::screens_text(out.lang))?;
    }
    Ok(Exit::Ok)
}

/// Screens of sales, help and administration say nothing that a check has to find out first.
/// The others are given the checks they need, none meaning all.
fn findings_shown(spec: &ScreenSpec) -> Option<Vec<String>> {
    match spec.id {
        "24" => Some(vec!["net.trace".to_owned()]),
        "35" => Some(TRENDS.iter().map(|id| (*id).to_owned()).collect()),
        id if id.starts_with(['3', '8', '9']) => None,
        _ => Some(Vec::new()),
    }
}

/// Checks that 35 shows.
const TRENDS: [&str; 5] = ["trend.fallback", "trend.bank", "trend.code", "trend.declines", "trend.latency"];

/// Checks have told what this screen shows; a way is traced when somebody wants to see it and nobody has yet.
fn known(mirror: &Mirror, spec: &ScreenSpec) -> bool {
    let Some(snapshot) = &mirror.snapshot else { return false };
    if spec.id != "24" {
        return !snapshot.findings.is_empty();
    }
    let asked = |code: &str| !matches!(code, "net-trace-none" | "net-trace-running");
    snapshot.findings.iter().any(|found| found.family() == "net.trace" && asked(&found.code))
}

/// Runs checks and waits until the agent has told what it made of them.
async fn check(link: &mut Link, mirror: &mut Mirror, spec: &ScreenSpec, scope: Vec<String>) {
    if !matches!(link.ask(Request::Check { scope }).await, Reply::Checked { findings, .. } if !findings.is_empty()) {
        return;
    }
    while !known(mirror, spec) {
        let Some(update) = link.updates.recv().await else { return };
        mirror.apply(update);
    }
}

fn drain(link: &mut Link, mirror: &mut Mirror) {
    while let Ok(update) = link.updates.try_recv() {
        mirror.apply(update);
    }
}
