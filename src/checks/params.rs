//! `params.*` and `version.expected`: are the payment application's parameters there, well formed, and what they
//! should be. Whatever looks like a key is compared, never shown.

mod read;

use std::path::Path;
use std::time::Duration;

use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Status};
use crate::platform::{Fut, Trouble};
use read::Values;

/// Longest parameter file, bytes.
const FILE: usize = 1 << 20;

/// Our names of parameters, as `[parameters.keys]` and `[parameters.expected]` have them.
pub const NAMES: &[&str] = &[
    "tid",
    "mid",
    "limit_single",
    "limit_daily",
    "limit_contactless",
    "code_table",
    "aid_count",
    "ca_key_count",
    "app_version",
    "param_version",
];

/// Formats of a parameter file.
pub const FORMATS: &[&str] = &["ini", "json", "xml", "properties", "sqlite"];

const fn spec(id: &'static str, area: Area, needs: &'static [&'static str]) -> CheckSpec {
    CheckSpec { id, area, screen: "55", every: Duration::from_mins(1), limit: Duration::from_secs(5), needs }
}

const FILE_SPEC: CheckSpec = spec("params.file", Area::Params, &[]);
const TID_SPEC: CheckSpec = spec("params.tid", Area::Params, &["params.file"]);
const MID_SPEC: CheckSpec = spec("params.mid", Area::Params, &["params.file"]);
const LIMITS_SPEC: CheckSpec = spec("params.limits", Area::Params, &["params.file"]);
const KEYS_SPEC: CheckSpec = spec("params.keys", Area::Params, &["params.file"]);
const VERSION_SPEC: CheckSpec = spec("version.expected", Area::Version, &["params.file"]);

/// Why there are no values: none are looked at, or the code with its facts.
enum Without {
    Unasked,
    Fault { code: &'static str, reason: String, line: usize },
}

/// The parameters with the names they go by.
struct Params<'c> {
    cx: &'c Cx,
    values: Values,
}

impl Params<'_> {
    async fn load(cx: &Cx) -> Result<Params<'_>, Without> {
        let config = &cx.config.parameters;
        if config.file.as_os_str().is_empty() {
            return Err(Without::Unasked);
        }
        let path = config.file.to_string_lossy().into_owned();
        let format = read::format(config);
        let values = if format == "sqlite" {
            let (path, config) = (path.clone(), config.clone());
            let asked = tokio::task::spawn_blocking(move || read::table(Path::new(&path), &config)).await;
            let asked =
                asked.map_err(|fault| fault.to_string()).and_then(|read| read.map_err(|fault| fault.to_string()));
            asked.map_err(|reason| match reason.as_str() {
                "missing" => fault("params-missing", reason, 0),
                "denied" => fault("params-denied", reason, 0),
                _ => fault("params-unreadable", reason, 0),
            })?
        } else {
            let bytes = cx.host.read(&path, FILE).await.map_err(|trouble| match trouble {
                Trouble::Missing => fault("params-missing", "missing".to_owned(), 0),
                Trouble::Denied => fault("params-denied", "denied".to_owned(), 0),
                other => fault("params-unreadable", other.to_string(), 0),
            })?;
            read::text(format, &bytes).map_err(|bad| fault("params-unreadable", bad.reason, bad.line))?
        };
        Ok(Params { cx, values })
    }

    /// What a parameter is called in the file.
    fn path<'n>(&'n self, name: &'n str) -> &'n str {
        self.cx.config.parameters.keys.get(name).map_or(name, String::as_str)
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.values.get(self.path(name))
    }

    fn expected(&self, name: &str) -> Option<&str> {
        let expected = self.cx.config.parameters.expected.get(name);
        expected.map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The first of these that is not what it should be, if any has to be something.
    fn unexpected(&self, names: &[&'static str]) -> Option<(&'static str, String, String)> {
        names.iter().find_map(|name| {
            let (expected, have) = (self.expected(name)?, self.get(name).unwrap_or_default());
            (!same(name, expected, have)).then(|| (*name, Values::shown(have), Values::shown(expected)))
        })
    }

    /// A finding that says which parameter differs.
    fn differs(&self, spec: &CheckSpec, status: Status, (name, have, expected): (&str, String, String)) -> Finding {
        let found = spec.found(self.cx, status, "params-differs");
        found.fact("name", name).fact("have", have).fact("expected", expected)
    }
}

/// Amounts and counts are the same however they are written (`50000`, `50,000.00`); numbers of terminals and versions
/// only when they are spelled alike.
fn same(name: &str, expected: &str, have: &str) -> bool {
    let numbers = LIMITS.contains(&name) || COUNTS.contains(&name);
    let both = amount(expected).zip(amount(have)).filter(|_| numbers);
    both.map_or(expected.trim() == have, |(expected, have)| (expected - have).abs() < 0.001)
}

/// An amount as parameter files write it.
fn amount(text: &str) -> Option<f64> {
    text.replace([',', ' ', '_'], "").parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0)
}

fn fault(code: &'static str, reason: String, line: usize) -> Without {
    Without::Fault { code, reason, line }
}

/// What a check says when there is nothing to look at; the file's own check tells why.
fn without(cx: &Cx, spec: &CheckSpec, why: &Without) -> Finding {
    match why {
        Without::Unasked => spec.found(cx, Status::Absent, "params-none"),
        Without::Fault { .. } => spec.found(cx, Status::NotTested, "params-untested"),
    }
}

pub(super) struct File;

impl Check for File {
    fn spec(&self) -> &'static CheckSpec {
        &FILE_SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let file = cx.config.parameters.file.to_string_lossy().into_owned();
            let found = match Params::load(&cx).await {
                Err(Without::Unasked) => FILE_SPEC.found(&cx, Status::Absent, "params-none"),
                Err(Without::Fault { code, reason, line }) => {
                    FILE_SPEC.found(&cx, Status::Fail, code).fact("reason", reason).fact("line", line)
                }
                Ok(params) => judge_file(&params),
            };
            vec![found.fact("file", file)]
        })
    }
}

/// Every key that the config names must be in the file.
fn judge_file(params: &Params<'_>) -> Finding {
    let named = &params.cx.config.parameters.keys;
    let lost = named.iter().find(|(name, _)| params.get(name).is_none());
    let mut found = match lost {
        Some((name, theirs)) => {
            let found = FILE_SPEC.found(params.cx, Status::Warning, "params-no-key");
            found.fact("name", name.as_str()).fact("key", theirs.as_str())
        }
        None => FILE_SPEC.found(params.cx, Status::Ok, "params-ok"),
    };
    let held: Vec<(&str, String)> =
        NAMES.iter().filter_map(|name| Some((*name, Values::shown(params.get(name)?)))).collect();
    found = found.fact("count", held.len());
    held.into_iter().fold(found, |found, (name, value)| found.fact(name, value))
}

/// A number of the terminal or the merchant: its form, what was configured, what the journal says.
fn judge_identity(params: &Params<'_>, spec: &CheckSpec, name: &'static str, length: usize) -> Finding {
    let cx = params.cx;
    let Some(value) = params.get(name) else { return spec.found(cx, Status::Absent, "params-not-told") };
    let shown = Values::shown(value);
    let good = value.chars().count() == length && value.chars().all(|sign| sign.is_ascii_alphanumeric());
    if !good {
        return spec
            .found(cx, Status::Fail, "params-bad-form")
            .fact("name", name)
            .fact("have", shown)
            .fact("length", length);
    }
    if let Some(differs) = params.unexpected(&[name]) {
        return params.differs(spec, Status::Fail, differs);
    }
    let (configured, journal) = match name {
        "tid" => (cx.config.terminal.tid.as_str(), cx.journal.tid.as_deref()),
        _ => (cx.config.terminal.mid.as_str(), cx.journal.mid.as_deref()),
    };
    if !configured.is_empty() && configured != value {
        return params.differs(spec, Status::Fail, (name, shown, Values::shown(configured)));
    }
    if let Some(journal) = journal.filter(|journal| *journal != value) {
        let found = spec.found(cx, Status::Fail, "params-not-journal");
        return found.fact("name", name).fact("have", shown).fact("journal", Values::shown(journal));
    }
    spec.found(cx, Status::Ok, "params-identity-ok").fact("name", name).fact("have", shown)
}

pub(super) struct Tid;

impl Check for Tid {
    fn spec(&self) -> &'static CheckSpec {
        &TID_SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            vec![match Params::load(&cx).await {
                Ok(params) => judge_identity(&params, &TID_SPEC, "tid", 8),
                Err(why) => without(&cx, &TID_SPEC, &why),
            }]
        })
    }
}

pub(super) struct Mid;

impl Check for Mid {
    fn spec(&self) -> &'static CheckSpec {
        &MID_SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            vec![match Params::load(&cx).await {
                Ok(params) => judge_identity(&params, &MID_SPEC, "mid", 15),
                Err(why) => without(&cx, &MID_SPEC, &why),
            }]
        })
    }
}

pub(super) struct Limits;

const LIMITS: &[&str] = &["limit_single", "limit_daily", "limit_contactless"];

impl Check for Limits {
    fn spec(&self) -> &'static CheckSpec {
        &LIMITS_SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            vec![match Params::load(&cx).await {
                Ok(params) => judge_limits(&params),
                Err(why) => without(&cx, &LIMITS_SPEC, &why),
            }]
        })
    }
}

fn judge_limits(params: &Params<'_>) -> Finding {
    let cx = params.cx;
    let held: Vec<(&'static str, &str)> = LIMITS.iter().filter_map(|name| Some((*name, params.get(name)?))).collect();
    if held.is_empty() {
        return LIMITS_SPEC.found(cx, Status::Absent, "params-not-told");
    }
    if let Some((name, value)) = held.iter().find(|(_, value)| amount(value).is_none()) {
        let found = LIMITS_SPEC.found(cx, Status::Warning, "params-no-number");
        return found.fact("name", *name).fact("have", Values::shown(value));
    }
    // Nothing is no limit.
    let limit = |name: &str| params.get(name).and_then(amount).filter(|limit| *limit > 0.0);
    let found = if let Some(differs) = params.unexpected(LIMITS) {
        params.differs(&LIMITS_SPEC, Status::Warning, differs)
    } else if limit("limit_single").zip(limit("limit_daily")).is_some_and(|(single, daily)| single > daily) {
        LIMITS_SPEC.found(cx, Status::Warning, "params-limits-crossed")
    } else {
        LIMITS_SPEC.found(cx, Status::Ok, "params-limits-ok")
    };
    let blank = LIMITS.iter().fold(found, |found, name| found.fact(name, "-"));
    held.into_iter().fold(blank, |found, (name, value)| found.fact(name, Values::shown(value)))
}

pub(super) struct Keys;

const COUNTS: &[&str] = &["aid_count", "ca_key_count"];

impl Check for Keys {
    fn spec(&self) -> &'static CheckSpec {
        &KEYS_SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            vec![match Params::load(&cx).await {
                Ok(params) => judge_keys(&params),
                Err(why) => without(&cx, &KEYS_SPEC, &why),
            }]
        })
    }
}

fn judge_keys(params: &Params<'_>) -> Finding {
    let cx = params.cx;
    let held: Vec<(&'static str, &str)> = COUNTS.iter().filter_map(|name| Some((*name, params.get(name)?))).collect();
    if held.is_empty() {
        return KEYS_SPEC.found(cx, Status::Absent, "params-not-told");
    }
    let none = held.iter().find(|(_, value)| value.parse::<u64>().is_ok_and(|count| count == 0));
    let found = if let Some((name, _)) = none {
        KEYS_SPEC.found(cx, Status::Fail, "params-keys-none").fact("name", *name)
    } else if let Some((name, value)) = held.iter().find(|(_, value)| value.parse::<u64>().is_err()) {
        let found = KEYS_SPEC.found(cx, Status::Warning, "params-no-number");
        found.fact("name", *name).fact("have", Values::shown(value))
    } else if let Some(differs) = params.unexpected(COUNTS) {
        params.differs(&KEYS_SPEC, Status::Warning, differs)
    } else {
        KEYS_SPEC.found(cx, Status::Ok, "params-keys-ok")
    };
    let blank = COUNTS.iter().fold(found, |found, name| found.fact(name, "-"));
    held.into_iter().fold(blank, |found, (name, value)| found.fact(name, Values::shown(value)))
}

pub(super) struct Version;

const VERSIONS: &[&str] = &["app_version", "param_version", "code_table"];

impl Check for Version {
    fn spec(&self) -> &'static CheckSpec {
        &VERSION_SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let expected = VERSIONS.iter().any(|name| cx.config.parameters.expected.contains_key(*name));
            vec![match Params::load(&cx).await {
                Ok(params) => {
                    let found = match params.unexpected(VERSIONS) {
                        Some(differs) => params.differs(&VERSION_SPEC, Status::Warning, differs),
                        None if expected => VERSION_SPEC.found(&cx, Status::Ok, "version-ok"),
                        None => VERSION_SPEC.found(&cx, Status::Absent, "version-nothing-expected"),
                    };
                    // They are shown also where nothing is expected of them.
                    let held = VERSIONS.iter().filter_map(|name| Some((*name, params.get(name)?)));
                    held.fold(found, |found, (name, value)| found.fact(name, Values::shown(value)))
                }
                Err(why) => without(&cx, &VERSION_SPEC, &why),
            }]
        })
    }
}
