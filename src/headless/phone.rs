//! `--phone`: support allows one action, or keeping and undoing, as 92 has it: the digits are read out, the answer comes
//! on standard input, and what it allows belongs to this command alone.

use std::io::{self, IsTerminal as _};

use super::output::{Exit, Output, complain};
use crate::link::Link;
use crate::proto::{Reply, Request};
use crate::{platform, text};

/// Draws digits and takes the answer; the exit where it is not allowed.
pub(super) async fn allow(link: &Link, action: &str, out: &mut Output) -> io::Result<Result<(), Exit>> {
    let asked = match link.ask(Request::Challenge { action: action.to_owned() }).await {
        Reply::Challenged(asked) => asked,
        Reply::Refused(refusal) => return Ok(Err(out.refused(&refusal))),
        _ => return Ok(Err(Exit::Internal)),
    };
    let digits: Vec<char> = asked.digits.chars().collect();
    let groups: Vec<String> = digits.chunks(4).map(|group| group.iter().collect()).collect();
    let args = [("terminal", asked.terminal.as_str().into()), ("digits", groups.join(" ").into())];
    // For the person who telephones; a script's JSON stays whole.
    complain(&text::ta(out.lang, "cli-phone-read", &args));
    loop {
        let typed = platform::private_line(&text::t(out.lang, "rights-type-answer"))?;
        if typed.is_empty() {
            complain(&text::t(out.lang, "rights-empty"));
            return Ok(Err(Exit::Refused));
        }
        match link.ask(Request::Answer { answer: typed }).await {
            Reply::Done => return Ok(Ok(())),
            Reply::Refused(refusal) => {
                let exit = out.refused(&refusal);
                // Misheard: it may be typed again, as often as the agent lets one.
                if refusal.code != "phone-wrong" || !io::stdin().is_terminal() {
                    return Ok(Err(exit));
                }
            }
            _ => return Ok(Err(Exit::Internal)),
        }
    }
}
