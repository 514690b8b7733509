//! `do`: an action by id, number or name, with the same checks as the screens.

use std::io;

use serde_json::json;

use super::output::{Exit, Output, complain, refusal_sentence};
use crate::actions::{self, ActionSpec};
use crate::link::Link;
use crate::proto::{Reply, Request};
use crate::text::{self, Lang};
use crate::tui::screens;

/// The action behind an id, a screen number or a screen name.
pub fn find(word: &str) -> Option<&'static ActionSpec> {
    actions::find(word).or_else(|| {
        let screen = screens::SCREENS.iter().find(|spec| spec.zh == word || spec.name.eq_ignore_ascii_case(word))?;
        actions::find(screen.id)
    })
}

/// Runs it, or says why not.
pub async fn run(link: &Link, word: &str, reason: Option<String>, out: &mut Output) -> io::Result<Exit> {
    let Some(spec) = find(word) else {
        complain(&text::ta(out.lang, "refused-unknown-action", &[("detail", word.to_owned().into())]));
        return Ok(Exit::Usage);
    };
    let reply = link.ask(Request::Do { action: spec.id.to_owned(), reason, token: None, guard_s: None }).await;
    if out.json {
        out.json(&as_json(spec, &reply, out.lang))?;
    }
    Ok(match reply {
        Reply::Refused(refusal) => out.refused(&refusal),
        _ => Exit::Ok,
    })
}

fn as_json(spec: &ActionSpec, reply: &Reply, lang: Lang) -> serde_json::Value {
    match reply {
        Reply::Refused(refusal) => json!({
            "action": spec.id, "ok": false, "reason": refusal.code, "detail": refusal_sentence(lang, refusal),
        }),
        _ => json!({ "action": spec.id, "ok": true, "reason": null, "detail": null }),
    }
}
