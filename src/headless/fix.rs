//! `do`: an action by id, number or name, with the same checks as the screens; and `guard`, which keeps or undoes the
//! change that waits.

use std::io::{self, BufRead as _, IsTerminal as _};

use serde_json::{Value, json};

use super::output::{Exit, Output, complain, refusal_sentence};
use super::{choose, phone};
use crate::actions::phone::GUARD;
use crate::actions::{self, ActionSpec};
use crate::link::Link;
use crate::model::{Plan, RunEnd, RunPhase, RunView, Said, StepState};
use crate::proto::{Reply, Request, Update};
use crate::text::{self, Lang};
use crate::tui::screens;

/// What the command line said.
#[derive(Debug, Default)]
pub struct Ask {
    /// Only show what would be done.
    pub plan: bool,
    /// Do not ask.
    pub yes: bool,
    pub guard_s: Option<u32>,
    pub reason: Option<String>,
    /// What is chosen for it, in words.
    pub set: Vec<String>,
    /// Support is asked by phone to allow it.
    pub phone: bool,
}

/// The action behind an id, a screen number or a screen name.
pub fn find(word: &str) -> Option<&'static ActionSpec> {
    actions::find(word).or_else(|| {
        let screen = screens::SCREENS.iter().find(|spec| spec.zh == word || spec.name.eq_ignore_ascii_case(word))?;
        actions::find(screen.id)
    })
}

/// Plans it, shows that, and runs exactly that; or says why not.
pub async fn run(link: &mut Link, word: &str, ask: Ask, out: &mut Output) -> io::Result<Exit> {
    let Some(spec) = find(word) else {
        complain(&text::ta(out.lang, "refused-unknown-action", &[("detail", word.to_owned().into())]));
        return Ok(Exit::Usage);
    };
    // Open business is known only once the journals have been read to their end.
    if let Reply::Refused(refusal) = link.ask(Request::CaughtUp).await {
        return Ok(out.refused(&refusal));
    }
    if !ask.set.is_empty() {
        match choose::choose(link, spec.id, &ask.set, out).await? {
            Ok(()) => {}
            Err(exit) => return Ok(exit),
        }
    }
    if ask.phone
        && let Err(exit) = phone::allow(link, spec.id, out).await?
    {
        return Ok(exit);
    }
    let planned = link.ask(Request::Plan { action: spec.id.to_owned(), guard_s: ask.guard_s }).await;
    let plan = match planned {
        Reply::Planned(plan) => plan,
        Reply::Refused(refusal) => return Ok(out.refused(&refusal)),
        _ => return Ok(Exit::Internal),
    };
    if ask.plan {
        return show(&plan, out);
    }
    if !out.json {
        show(&plan, out)?;
        out.flush()?;
    }
    if !plan.token.is_empty() && !ask.yes && !agreed(out)? {
        complain(&text::t(out.lang, "cli-do-yes"));
        return Ok(Exit::Usage);
    }
    // A plan that cannot be started has an empty token: the agent keeps in the audit that it was wanted, and runs nothing
    // that was not shown, even where a moment later it could.
    let token = Some(plan.token);
    let request = Request::Do { action: spec.id.to_owned(), reason: ask.reason, token, guard_s: ask.guard_s };
    match link.ask(request).await {
        Reply::Accepted { run } => follow(link, spec, run, out).await,
        Reply::Refused(refusal) => {
            if out.json {
                out.json(&json!({
                    "action": spec.id, "ok": false, "reason": refusal.code,
                    "detail": refusal_sentence(out.lang, &refusal),
                }))?;
            }
            Ok(out.refused(&refusal))
        }
        _ => Ok(Exit::Internal),
    }
}

/// A person at a terminal is asked; a script has to say `--yes`.
fn agreed(out: &mut Output) -> io::Result<bool> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    out.line(&text::t(out.lang, "cli-do-ask"))?;
    out.flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes" | "1" | "是"))
}

fn show(plan: &Plan, out: &mut Output) -> io::Result<Exit> {
    let against = plan.blocks.iter().find(|block| !block.yes).or(plan.blocks.first());
    let exit = match against {
        _ if !plan.token.is_empty() => Exit::Ok,
        Some(block) => Exit::of_refusal(&block.code),
        None => Exit::Unavailable,
    };
    if out.json {
        let said = |list: &[Said]| list.iter().map(|said| sentence(out.lang, said)).collect::<Vec<_>>();
        let blocks: Vec<Value> = plan
            .blocks
            .iter()
            .map(
                |block| json!({"reason": block.code, "detail": block_sentence(out.lang, block), "overrule": block.yes}),
            )
            .collect();
        out.json(&json!({
            "action": plan.action, "ok": !plan.token.is_empty(), "hash": plan.hash, "guard": plan.guard_s,
            "steps": said(&plan.steps), "notes": said(&plan.notes), "blocks": blocks,
        }))?;
        return Ok(exit);
    }
    for (at, step) in plan.steps.iter().enumerate() {
        out.line(&format!("{} {}", at + 1, sentence(out.lang, step)))?;
    }
    for note in &plan.notes {
        out.line(&sentence(out.lang, note))?;
    }
    if let Some(seconds) = plan.guard_s {
        out.line(&text::ta(out.lang, "run-guard", &[("seconds", seconds.into())]))?;
    }
    for block in &plan.blocks {
        out.line(&block_sentence(out.lang, block))?;
    }
    Ok(exit)
}

fn block_sentence(lang: Lang, block: &crate::model::Block) -> String {
    text::ta(lang, &format!("refused-{}", block.code), &[("detail", block.detail.as_str().into())])
}

fn sentence(lang: Lang, said: &Said) -> String {
    text::tf(lang, &said.key, &said.facts)
}

/// Tells how far the run is until it has ended.
async fn follow(link: &mut Link, spec: &ActionSpec, run: i64, out: &mut Output) -> io::Result<Exit> {
    let mut told = Told::default();
    loop {
        let Some(update) = link.updates.recv().await else {
            complain(&text::t(out.lang, "cli-do-lost"));
            return Ok(Exit::Unavailable);
        };
        let view = match update {
            Update::Run { run: Some(view) } => *view,
            Update::Snapshot(snapshot) => match snapshot.run {
                Some(view) => view,
                None => continue,
            },
            _ => continue,
        };
        if view.id != run {
            continue;
        }
        if !out.json {
            told.tell(&view, out)?;
        }
        if view.ended() {
            if out.json {
                out.json(&as_json(spec, &view, out.lang))?;
            }
            return Ok(if view.end == Some(RunEnd::Done) { Exit::Ok } else { Exit::Fail });
        }
    }
}

/// What has been told already.
#[derive(Default)]
struct Told {
    steps: Vec<StepState>,
    said: Vec<Said>,
    tenths: u8,
}

impl Told {
    fn tell(&mut self, view: &RunView, out: &mut Output) -> io::Result<()> {
        self.steps.resize(view.steps.len(), StepState::Waiting);
        for (at, step) in view.steps.iter().enumerate() {
            if self.steps[at] != step.state {
                self.steps[at] = step.state;
                let word = text::t(out.lang, screens::step_word(step.state));
                out.line(&format!("{} {} {word} {}", at + 1, sentence(out.lang, &step.said), step.detail))?;
            }
        }
        if let Some(progress) = &view.progress
            && progress.percent / 10 != self.tenths
        {
            self.tenths = progress.percent / 10;
            out.line(&format!("{}% {}", progress.percent, progress.text))?;
        }
        if self.said != view.said {
            self.said.clone_from(&view.said);
            for said in &view.said {
                out.line(&sentence(out.lang, said))?;
            }
            if let Some(ms) = view.guard_left_ms.filter(|_| view.phase == RunPhase::Confirming) {
                out.line(&text::ta(out.lang, "cli-do-confirm", &[("seconds", (ms / 1_000).into())]))?;
            }
        }
        out.flush()
    }
}

fn as_json(spec: &ActionSpec, view: &RunView, lang: Lang) -> Value {
    let steps: Vec<Value> = view
        .steps
        .iter()
        .map(|step| {
            json!({"text": sentence(lang, &step.said), "state": step.state, "took_ms": step.took_ms, "detail": step.detail})
        })
        .collect();
    let end = view.end.map(RunEnd::word);
    let said: Vec<String> = view.said.iter().map(|said| sentence(lang, said)).collect();
    let ok = view.end == Some(RunEnd::Done);
    json!({
        "action": spec.id, "ok": ok, "reason": if ok { Value::Null } else { json!(end) }, "detail": said.join(" "),
        "run": view.id, "end": end, "steps": steps,
    })
}

/// `guard`: what waits; `guard keep|undo`, as 00 and 92 have it: by whoever may, or whom support allows it by phone.
pub async fn guard(link: &mut Link, verb: Option<&str>, by_phone: bool, out: &mut Output) -> io::Result<Exit> {
    let Some(verb) = verb else { return pending(link, out).await };
    if by_phone && let Err(exit) = phone::allow(link, GUARD, out).await? {
        return Ok(exit);
    }
    match link.ask(Request::Guard { keep: verb == "keep" }).await {
        Reply::Done => {
            out.line(&text::t(out.lang, if verb == "keep" { "run-kept-now" } else { "run-undo-now" }))?;
            Ok(Exit::Ok)
        }
        Reply::Refused(refusal) => Ok(out.refused(&refusal)),
        _ => Ok(Exit::Internal),
    }
}

/// Exits 0 when nothing waits, 1 when something does.
async fn pending(link: &mut Link, out: &mut Output) -> io::Result<Exit> {
    let run = loop {
        match link.updates.recv().await {
            Some(Update::Snapshot(snapshot)) => break snapshot.run,
            Some(_) => {}
            None => return Ok(Exit::Unavailable),
        }
    };
    let waits = run.as_ref().is_some_and(|run| !run.ended());
    if out.json {
        let left = run.as_ref().and_then(|run| run.guard_left_ms).map(|ms| ms / 1_000);
        out.json(&json!({"pending": waits, "seconds": left, "run": run}))?;
    } else if let Some(run) = &run {
        for said in &run.said {
            out.line(&sentence(out.lang, said))?;
        }
        if let Some(ms) = run.guard_left_ms {
            out.line(&text::ta(out.lang, "cli-do-confirm", &[("seconds", (ms / 1_000).into())]))?;
        }
    } else {
        out.line(&text::t(out.lang, "fix-confirm-none"))?;
    }
    Ok(if waits { Exit::Warning } else { Exit::Ok })
}
