//! Where the headless commands write, and what they exit with.

use std::io::{self, BufWriter, StdoutLock, Write};

use crate::model::{Status, scrub};
use crate::proto::Refusal;
use crate::text::{self, Lang};

/// Exit codes that scripts may rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Ok,
    Warning,
    Fail,
    /// Also: a response code nobody knows.
    Unknown,
    /// The command line makes no sense (sysexits EX_USAGE).
    Usage,
    /// An input cannot be read (EX_NOINPUT).
    Input,
    /// This version or this terminal lacks it (EX_UNAVAILABLE).
    Unavailable,
    /// Something inside failed (EX_SOFTWARE).
    Internal,
    /// The caller may not (EX_NOPERM).
    Refused,
    /// The configuration has faults (EX_CONFIG).
    Config,
    /// Ended by this signal.
    Signal(i32),
}

impl Exit {
    /// The number.
    pub const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Warning => 1,
            Self::Fail => 2,
            Self::Unknown => 3,
            Self::Usage => 64,
            Self::Input => 66,
            Self::Unavailable => 69,
            Self::Internal => 70,
            Self::Refused => 77,
            Self::Config => 78,
            // As a shell reports it.
            Self::Signal(number) => 128 + number as u8,
        }
    }

    /// What a refusal exits with, by its code.
    pub fn of_refusal(code: &str) -> Self {
        match code {
            "role" | "needs-agent" | "passcode-root" | "passcode-wrong" | "phone-wrong" => Self::Refused,
            "unknown-action" | "unknown-check" | "bad-request" | "passcode-weak" | "phone-key" => Self::Usage,
            "audit" | "store" => Self::Internal,
            // Not now, or not here: open business, another run, no manager, nothing to keep.
            _ => Self::Unavailable,
        }
    }

    /// What a state of the terminal exits with; absent and not tested are no findings.
    pub const fn of(status: Status) -> Self {
        match status {
            Status::Ok | Status::Absent | Status::NotTested => Self::Ok,
            Status::Warning => Self::Warning,
            Status::Fail => Self::Fail,
            Status::Unknown | Status::Stale => Self::Unknown,
        }
    }
}

/// Standard output in big writes, with the language and form that were asked for.
pub struct Output {
    out: BufWriter<StdoutLock<'static>>,
    pub lang: Lang,
    pub json: bool,
    /// What is shown is simulated: every JSON object says so.
    pub demo: bool,
}

impl Output {
    pub fn new(lang: Lang, json: bool) -> Self {
        Self { out: BufWriter::with_capacity(64 * 1024, io::stdout().lock()), lang, json, demo: false }
    }

    /// One line of text.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    /// One JSON document.
    pub fn json(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        if self.demo {
            serde_json::to_writer_pretty(&mut self.out, &marked(serde_json::to_value(value)?))?;
        } else {
            serde_json::to_writer_pretty(&mut self.out, value)?;
        }
        writeln!(self.out)
    }

    /// Text as it is.
    pub fn raw(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    /// A JSON value without line break.
    pub fn json_inline(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        if self.demo {
            serde_json::to_writer(&mut self.out, &marked(serde_json::to_value(value)?))?;
        } else {
            serde_json::to_writer(&mut self.out, value)?;
        }
        Ok(())
    }

    /// What has been written so far goes out now: the rest takes its time.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Everything must be out before the process ends.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Says on stderr why the agent would not, and with what to exit.
    pub fn refused(&self, refusal: &Refusal) -> Exit {
        complain(&refusal_sentence(self.lang, refusal));
        Exit::of_refusal(&refusal.code)
    }
}

/// The document with `"demo": true` in it; in each object of a list.
fn marked(mut value: serde_json::Value) -> serde_json::Value {
    match &mut value {
        serde_json::Value::Object(object) => {
            object.insert("demo".to_owned(), true.into());
        }
        serde_json::Value::Array(list) => list.iter_mut().for_each(|item| *item = marked(item.take())),
        _ => {}
    }
    value
}

/// The sentence behind a refusal.
pub fn refusal_sentence(lang: Lang, refusal: &Refusal) -> String {
    let key = format!("refused-{}", refusal.code);
    text::ta(lang, &key, &[("detail", refusal.detail.clone().into())])
}

/// One sentence on stderr; a closed stderr is nobody's fault.
pub fn complain(sentence: &str) {
    // It may name a file or repeat an argument.
    let _ = writeln!(io::stderr(), "pos-console: {}", scrub(sentence, 13));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simulated_data_say_so_in_every_object() {
        let list = serde_json::json!([{"a": 1}, {"a": 2}]);
        assert_eq!(marked(list), serde_json::json!([{"a": 1, "demo": true}, {"a": 2, "demo": true}]));
        assert_eq!(marked(serde_json::json!({})), serde_json::json!({"demo": true}));
    }
}
