//! Checks that ask the findings.

use crate::model::{Finding, Status};
use crate::text::{self, Lang};

use super::{Evidence, Known, Told, Truth};

/// How a finding counts now.
fn status(known: &Known<'_>, finding: &Finding) -> Status {
    if known.stale && finding.status == Status::Ok { Status::Stale } else { finding.status }
}

/// The finding's own sentence, else its id.
fn evidence(finding: &Finding) -> Evidence {
    let key = format!("finding-{}", finding.code);
    if text::has(Lang::ZH, &key) {
        return Evidence { key, facts: finding.facts.clone() };
    }
    Evidence::new("playbook-seen-finding").fact("check", finding.id.as_str()).fact("status", finding.status.word())
}

fn of_families<'k>(known: &Known<'k>, families: &[String]) -> Vec<&'k Finding> {
    let belongs = |finding: &&Finding| families.iter().any(|family| family == finding.family());
    known.snapshot.findings.iter().filter(belongs).collect()
}

/// Nothing was found out about these checks.
fn untold(families: &[String]) -> Told {
    let check = families.first().map(String::as_str).unwrap_or_default();
    Told::new(Truth::Unknown, Evidence::new("playbook-seen-no-check").fact("check", check))
}

/// Whether the parts behind these checks work; with `fine` a warning counts against them. The worst finding decides:
/// one that could not be told leaves the whole open, and a part that is not there proves nothing.
pub(super) fn works(known: &Known<'_>, families: &[String], fine: bool) -> Told {
    let found = of_families(known, families);
    let bad = |status: Status| status == Status::Fail || (fine && status == Status::Warning);
    let open = |status: Status| matches!(status, Status::Unknown | Status::NotTested | Status::Stale);
    let well = |status: Status| matches!(status, Status::Ok | Status::Warning);
    let first = |wanted: &dyn Fn(Status) -> bool| found.iter().find(|finding| wanted(status(known, finding)));
    // A family that nobody has looked at leaves the whole open too.
    let missing = families.iter().find(|family| found.iter().all(|finding| finding.family() != family.as_str()));
    if let Some(finding) = first(&bad) {
        Told::new(Truth::No, evidence(finding))
    } else if let Some(finding) = first(&open) {
        Told::new(Truth::Unknown, evidence(finding))
    } else if let Some(family) = missing {
        untold(std::slice::from_ref(family))
    } else if let Some(finding) = first(&well) {
        Told::new(Truth::Yes, evidence(finding))
    } else if let Some(finding) = found.first() {
        Told::new(Truth::Unknown, evidence(finding))
    } else {
        untold(families)
    }
}

/// Whether one of these findings was made.
pub(super) fn says(known: &Known<'_>, codes: &[String], of: &[String]) -> Told {
    let found = of_families(known, of);
    let told = |finding: &&&Finding| codes.contains(&finding.code);
    if let Some(finding) = found.iter().find(told) {
        return Told::new(Truth::Yes, evidence(finding));
    }
    let sure = |finding: &&&Finding| {
        matches!(status(known, finding), Status::Ok | Status::Warning | Status::Fail | Status::Absent)
    };
    match found.iter().find(|finding| !sure(finding)).or_else(|| found.first()) {
        Some(finding) if sure(&finding) => Told::new(Truth::No, evidence(finding)),
        Some(finding) => Told::new(Truth::Unknown, evidence(finding)),
        None => untold(of),
    }
}
