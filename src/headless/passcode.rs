//! `passcode`: which are set, setting and taking away; `answer`: support's side of an action allowed by phone.

use std::io;
use std::path::PathBuf;

use serde_json::json;

use super::output::{Exit, Output, complain};
use crate::actions::{self, phone};
use crate::link::Link;
use crate::model::{Role, Secret};
use crate::platform;
use crate::proto::{Reply, Request};
use crate::text;

/// What can be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Code(Role),
    /// This terminal's key for support's answers.
    Phone,
}

impl What {
    /// `merchant`, `technician` or `phone`.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "merchant" => Some(Self::Code(Role::Merchant)),
            "technician" => Some(Self::Code(Role::Technician)),
            "phone" => Some(Self::Phone),
            _ => None,
        }
    }
}

/// Says which are set; exits 1 while none is.
pub async fn status(link: &Link, out: &mut Output) -> io::Result<Exit> {
    let rights = match link.ask(Request::Rights).await {
        Reply::Rights(rights) => rights,
        Reply::Refused(refusal) => return Ok(out.refused(&refusal)),
        _ => return Ok(Exit::Internal),
    };
    if out.json {
        out.json(&json!({
            "merchant": rights.merchant, "technician": rights.technician, "phone": rights.phone,
            "role": rights.role, "base": rights.base,
        }))?;
    } else {
        for (key, set) in [
            ("rights-is-merchant", rights.merchant),
            ("rights-is-technician", rights.technician),
            ("rights-is-phone", rights.phone),
        ] {
            let set = text::t(out.lang, if set { "rights-set" } else { "rights-not-set" });
            out.line(&text::ta(out.lang, key, &[("set", set.into())]))?;
        }
    }
    Ok(if rights.merchant || rights.technician { Exit::Ok } else { Exit::Warning })
}

/// Sets one, asked for twice at a terminal, or takes it away.
pub async fn change(link: &Link, what: What, clear: bool, out: &mut Output) -> io::Result<Exit> {
    use std::io::IsTerminal as _;
    let mut given = Secret::default();
    if !clear {
        let ask = if what == What::Phone { "rights-ask-key" } else { "rights-ask-new" };
        given = platform::private_line(&text::t(out.lang, ask))?;
        let again = io::stdin().is_terminal() && what != What::Phone;
        if again && platform::private_line(&text::t(out.lang, "rights-ask-again"))? != given {
            complain(&text::t(out.lang, "rights-differ"));
            return Ok(Exit::Usage);
        }
        if given.is_empty() {
            complain(&text::t(out.lang, "rights-empty"));
            return Ok(Exit::Usage);
        }
    }
    let request = match what {
        What::Code(role) => Request::SetPasscode { role, passcode: given },
        What::Phone => Request::SetPhoneKey { key: given },
    };
    match link.ask(request).await {
        Reply::Done => {
            out.line(&text::t(out.lang, if clear { "rights-cleared" } else { "rights-kept" }))?;
            Ok(Exit::Ok)
        }
        Reply::Refused(refusal) => Ok(out.refused(&refusal)),
        _ => Ok(Exit::Internal),
    }
}

/// What the command line of `answer` said.
#[derive(Debug)]
pub struct Ask {
    pub key: PathBuf,
    pub terminal: String,
    pub action: Option<String>,
    pub digits: Vec<String>,
    /// Print the terminal's own key instead.
    pub derive: bool,
}

/// Makes the answer; needs no agent and no terminal.
pub fn answer(ask: &Ask, out: &mut Output) -> io::Result<Exit> {
    let lang = out.lang;
    let text = match platform::private_text(&ask.key) {
        Ok(text) => text,
        Err(error) => {
            let args = [("path", ask.key.display().to_string().into()), ("error", error.to_string().into())];
            complain(&text::ta(lang, "cli-unreadable", &args));
            return Ok(Exit::Input);
        }
    };
    let Some(master) = phone::Key::parse(text.expose()) else {
        complain(&text::t(lang, "refused-phone-key"));
        return Ok(Exit::Input);
    };
    let own = master.of_terminal(&ask.terminal);
    if ask.derive {
        out.line(own.expose())?;
        return Ok(Exit::Ok);
    }
    let (Some(asked), Some(key)) = (phone::Asked::parse(&ask.digits.concat()), phone::Key::parse(own.expose())) else {
        complain(&text::t(lang, "rights-bad-digits"));
        return Ok(Exit::Usage);
    };
    let word = ask.action.as_deref().unwrap_or_default();
    let Some((action, role)) = phone_word(word) else {
        complain(&text::ta(lang, "refused-unknown-action", &[("detail", word.to_owned().into())]));
        return Ok(Exit::Usage);
    };
    let away = asked.windows_away(platform::now());
    if away > 1 {
        // Its clock may be what has to be mended; somebody else's old digits look the same.
        complain(&text::t(lang, "rights-clock-away"));
    }
    let answer = asked.answer(&key, phone::Deal { terminal: &ask.terminal, action: &action, role });
    if out.json {
        out.json(&json!({"answer": answer.expose(), "action": action, "role": role, "clock_near": away <= 1}))?;
    } else {
        out.line(&format!("{} {}", &answer.expose()[..4], &answer.expose()[4..]))?;
    }
    Ok(Exit::Ok)
}

fn phone_word(word: &str) -> Option<(String, Role)> {
    match What::of(word.strip_prefix("passcode-").unwrap_or_default()) {
        Some(What::Code(role)) => Some((word.to_owned(), role)),
        _ if matches!(word, phone::GUARD | phone::GUARD_SCREEN) => Some((phone::GUARD.to_owned(), Role::Technician)),
        _ => actions::find(word).map(|spec| (spec.id.to_owned(), Role::Technician)),
    }
}
