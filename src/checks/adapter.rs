//! Vendors' commands (`[adapter.*]`): one JSON object each, by a published schema, for what no open interface tells.
//!
//! A command that fails, hangs, floods or prints something else gives `unknown` with the reason, and touches nothing
//! else. Its text is shown as it is, never acted on.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Fact, Finding, Status};
use crate::platform::{ExecFault, Fut};

/// Most a command may print, bytes.
const BOUND: usize = 16 * 1024;
/// Longest text of an answer that is shown, signs.
const TEXT: usize = 120;
/// Most facts of an answer.
const FACTS: usize = 24;

/// What there may be a command for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Reader,
    Printer,
    Power,
    Signal,
    Keys,
    Tamper,
    Scanner,
    Payment,
    /// The stripe reader (41), the chip slot (42) and the field (43) of a terminal without open interfaces for them.
    Swipe,
    Chip,
    Tap,
}

impl Kind {
    /// The word behind `adapter.`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Printer => "printer",
            Self::Power => "power",
            Self::Signal => "signal",
            Self::Keys => "keys",
            Self::Tamper => "tamper",
            Self::Scanner => "scanner",
            Self::Payment => "payment",
            Self::Swipe => "swipe",
            Self::Chip => "chip",
            Self::Tap => "tap",
        }
    }

    /// Codes whose sentences are our own.
    const fn codes(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Printer => &[
                ("ok", "printer-ok"),
                ("paper", "printer-paper"),
                ("near-end", "printer-near-end"),
                ("cover", "printer-cover"),
                ("hot", "printer-hot"),
                ("voltage", "printer-voltage"),
                ("cutter", "printer-cutter"),
                ("offline", "printer-offline"),
                ("gone", "printer-gone"),
            ],
            Self::Tamper => &[("ok", "sec-tamper-ok"), ("tampered", "sec-tamper-set")],
            _ => &[],
        }
    }
}

/// Names behind `adapter.` that a config may use.
pub const NAMES: [&str; 11] =
    ["reader", "printer", "power", "signal", "keys", "tamper", "scanner", "payment", "swipe", "chip", "tap"];

/// What a command prints.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[schemars(rename = "adapter answer")]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Version of this schema: 1.
    #[schemars(range(min = 1, max = 1))]
    pub version: u32,
    /// How the thing is.
    pub state: State,
    /// A word for what is wrong. Printer: `paper`, `near-end`, `cover`, `hot`, `voltage`, `cutter`, `offline`, `gone`;
    /// tamper: `tampered`. Other words are shown as they are.
    #[serde(default)]
    #[schemars(regex(pattern = "^[a-z0-9-]{1,32}$"))]
    pub code: Option<String>,
    /// One sentence for people, at most 120 signs are shown.
    #[serde(default)]
    pub text: Option<String>,
    /// Measured values; the unit is in the name (`voltage_mv`).
    #[serde(default)]
    pub facts: BTreeMap<String, Value>,
}

/// How a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Ok,
    Warning,
    Fail,
    /// The command itself cannot tell.
    Unknown,
    /// This terminal has none.
    Absent,
}

/// A measured value.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Value {
    Bool(bool),
    Int(i64),
    Real(f64),
    Text(String),
}

/// The published schema, as JSON.
pub fn schema() -> String {
    let schema = schemars::schema_for!(Answer);
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// What the command for `kind` says, as a finding of `spec`; none where the site has no such command.
pub(super) async fn finding(cx: &Cx, kind: Kind, spec: &CheckSpec) -> Option<Finding> {
    let adapter = cx.config.adapter.get(kind.word())?;
    let limit = Duration::from_secs(adapter.timeout_s.clamp(1, 8).into());
    let told = match cx.host.exec(&adapter.command, limit, BOUND).await {
        Ok(output) if output.code == 0 => read(&output.stdout),
        Ok(output) => Err(format!("exit {}", output.code)),
        Err(ExecFault::Other(words)) => Err(words),
        Err(fault) => Err(fault.to_string()),
    };
    let found = match told {
        Ok(answer) => put(cx, kind, spec, answer),
        Err(reason) => spec.found(cx, Status::Unknown, "check-adapter-bad").fact("reason", short(&reason)),
    };
    Some(found.fact("adapter", kind.word()))
}

fn read(bytes: &[u8]) -> Result<Answer, String> {
    let answer: Answer = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    match answer.version {
        1 => Ok(answer),
        other => Err(format!("version {other}")),
    }
}

fn put(cx: &Cx, kind: Kind, spec: &CheckSpec, answer: Answer) -> Finding {
    let status = match answer.state {
        State::Ok => Status::Ok,
        State::Warning => Status::Warning,
        State::Fail => Status::Fail,
        State::Unknown => Status::Unknown,
        State::Absent => Status::Absent,
    };
    let word = answer.code.clone().unwrap_or_else(|| if status == Status::Ok { "ok" } else { "" }.to_owned());
    let own = kind.codes().iter().find(|(theirs, _)| *theirs == word).map(|(_, ours)| *ours);
    let fits = |code: &&str| (status == Status::Ok) == (code.ends_with("-ok"));
    let generic = match status {
        Status::Ok => "check-adapter-ok",
        Status::Absent => "check-adapter-absent",
        _ => "check-adapter-told",
    };
    let said = answer.text.filter(|text| !text.trim().is_empty()).unwrap_or(word);
    let found = spec.found(cx, status, own.filter(fits).unwrap_or(generic)).fact("text", short(&said));
    answer.facts.into_iter().take(FACTS).fold(found, |found, (name, value)| {
        let value = match value {
            Value::Bool(value) => Fact::Bool(value),
            Value::Int(value) => Fact::Int(value),
            Value::Real(value) => Fact::Real(value),
            Value::Text(value) => Fact::Text(short(&value)),
        };
        found.fact(&short(&name), value)
    })
}

/// A foreign text on one line, card numbers hidden.
fn short(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(TEXT).collect();
    crate::model::scrub(line.trim(), 12).into_owned()
}

pub(super) struct Signal;

const SIGNAL: CheckSpec = spec("net.modem", Area::Network, "21");

pub(super) struct Keys;

const KEYS: CheckSpec = spec("sec.keys", Area::Security, "55");

pub(super) struct Tamper;

const TAMPER: CheckSpec = spec("sec.tamper", Area::Security, "55");

const fn spec(id: &'static str, area: Area, screen: &'static str) -> CheckSpec {
    CheckSpec { id, area, screen, every: Duration::from_mins(1), limit: Duration::from_secs(9), needs: &[] }
}

/// A thing that only a vendor's command can tell.
async fn alone(cx: &Cx, kind: Kind, spec: &CheckSpec) -> Vec<Finding> {
    vec![finding(cx, kind, spec).await.unwrap_or_else(|| spec.found(cx, Status::Absent, "check-adapter-none"))]
}

impl Check for Signal {
    fn spec(&self) -> &'static CheckSpec {
        &SIGNAL
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move { alone(&cx, Kind::Signal, &SIGNAL).await })
    }
}

impl Check for Keys {
    fn spec(&self) -> &'static CheckSpec {
        &KEYS
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move { alone(&cx, Kind::Keys, &KEYS).await })
    }
}

impl Check for Tamper {
    fn spec(&self) -> &'static CheckSpec {
        &TAMPER
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move { alone(&cx, Kind::Tamper, &TAMPER).await })
    }
}
