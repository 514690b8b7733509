//! `explain`: what a response code means, whose it is and what it is not. Opens no store.

use std::io;

use super::output::{Exit, Output};
use crate::codes;
use crate::text;

/// Prints the explanation; an unknown code says so.
pub fn run(code: &str, profile: &str, out: &mut Output) -> io::Result<Exit> {
    let explanation = codes::explain(profile, code, out.lang);
    let exit = if explanation.known { Exit::Ok } else { Exit::Unknown };
    if out.json {
        out.json(&explanation)?;
        return Ok(exit);
    }
    let lang = out.lang;
    out.line(&format!("{} {} ({})", text::t(lang, "cli-explain-code"), explanation.code, explanation.profile))?;
    out.line(&explanation.meaning)?;
    if let Some(detail) = &explanation.detail {
        out.line(detail)?;
    }
    if !explanation.say.is_empty() {
        out.line(&text::ta(lang, "cli-explain-say", &[("text", explanation.say.clone().into())]))?;
    }
    for (n, step) in explanation.steps.iter().enumerate() {
        out.line(&format!("{}. {step}", n + 1))?;
    }
    for not in &explanation.not {
        out.line(&format!("- {not}"))?;
    }
    Ok(exit)
}
