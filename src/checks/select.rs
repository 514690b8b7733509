//! Which checks a person asked for, and what they add up to.

use super::{CHECKS, Check};
use crate::model::{Area, Finding, Status};
use crate::text;

/// A word that is neither an area nor a check.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{word}")]
pub struct UnknownWord {
    pub word: String,
    /// The word that was probably meant.
    pub nearest: Option<String>,
}

/// Checks for these words (areas such as `network`, ids such as `host.tcp` or `host.tcp:primary`) with everything
/// they depend on, in the order of the ladder. No words: every check.
pub fn select(scope: &[String]) -> Result<Vec<&'static dyn Check>, UnknownWord> {
    if scope.is_empty() {
        return Ok(CHECKS.to_vec());
    }
    let mut families: Vec<&'static str> = Vec::new();
    for word in scope {
        let family = word.split(':').next().unwrap_or(word);
        let by_area = |check: &&&'static dyn Check| check.spec().area.word() == word.as_str();
        let mut found: Vec<&'static str> = CHECKS.iter().filter(by_area).map(|check| check.spec().id).collect();
        found.extend(CHECKS.iter().map(|check| check.spec().id).find(|id| *id == family));
        // An area or a frozen id without a check in this version is a right word with nothing to do.
        if found.is_empty() && !Area::ALL.iter().any(|area| area.word() == word) && !LATER.contains(&family) {
            return Err(UnknownWord { word: word.clone(), nearest: nearest(word) });
        }
        families.extend(found);
    }
    Ok(with_needs(families))
}

/// Checks whose result may be another one now that these families have changed, with the changed ones and everything
/// else that those checks depend on.
pub fn affected(changed: &[&str]) -> Vec<&'static dyn Check> {
    let mut families: Vec<&'static str> = Vec::new();
    // The table is in ladder order: whoever depends on a check comes after it.
    for check in CHECKS {
        let spec = check.spec();
        let hit = changed.contains(&spec.id) || spec.needs.iter().any(|need| families.contains(need));
        if hit {
            families.push(spec.id);
        }
    }
    // Nothing stands on them: whoever they stand on need not be asked again for their sake.
    if families.iter().all(|family| changed.contains(family)) {
        return CHECKS.iter().copied().filter(|check| families.contains(&check.spec().id)).collect();
    }
    with_needs(families)
}

/// Closes the set over what each family needs.
fn with_needs(mut families: Vec<&'static str>) -> Vec<&'static dyn Check> {
    let mut at = 0;
    while let Some(family) = families.get(at).copied() {
        let needs = CHECKS.iter().filter(|check| check.spec().id == family).flat_map(|check| check.spec().needs);
        for need in needs {
            if !families.contains(need) {
                families.push(need);
            }
        }
        at += 1;
    }
    CHECKS.iter().copied().filter(|check| families.contains(&check.spec().id)).collect()
}

/// Drops findings about other subjects where every word for a family names one: `host.tcp:primary` leaves no
/// `host.tcp:backup`.
pub fn narrow(scope: &[String], findings: &mut Vec<Finding>) {
    if scope.is_empty() {
        return;
    }
    findings.retain(|finding| {
        let about = |word: &&String| word.split(':').next() == Some(finding.family());
        let mut words = scope.iter().filter(about).peekable();
        words.peek().is_none()
            || finding.subject().is_none()
            || words.any(|word| !word.contains(':') || *word == finding.id)
            || scope.iter().any(|word| word == finding.area.word())
    });
}

/// Frozen ids whose checks come with later versions.
const LATER: &[&str] = &["net.tunnel", "notice.window"];

fn nearest(word: &str) -> Option<String> {
    let known = Area::ALL.iter().map(|area| area.word()).chain(CHECKS.iter().map(|check| check.spec().id));
    text::nearest(word, known).map(|(known, _)| known.to_owned())
}

/// The state of the whole: the worst of what was told. Absent and not tested never count; what was told too long ago
/// counts as unknown.
pub fn overall(findings: &[Finding]) -> Status {
    let of = |status: Status| findings.iter().any(|finding| finding.status == status);
    if of(Status::Fail) {
        Status::Fail
    } else if of(Status::Warning) {
        Status::Warning
    } else if of(Status::Unknown) || of(Status::Stale) {
        Status::Unknown
    } else {
        Status::Ok
    }
}

/// Exit code of `check`, as Nagios plugins have it: 0 ok, 1 warning, 2 fail, 3 unknown.
pub const fn exit_code(status: Status) -> u8 {
    match status {
        Status::Ok | Status::Absent | Status::NotTested => 0,
        Status::Warning => 1,
        Status::Fail => 2,
        Status::Unknown | Status::Stale => 3,
    }
}
