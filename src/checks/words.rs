//! Findings in words: the sentence, the short name of its check, who acts, and why it matters.

use crate::model::Finding;
use crate::text::{self, Lang};

/// The sentence of a finding, with its facts filled in.
pub fn sentence(lang: Lang, finding: &Finding) -> String {
    text::tf(lang, &key(&finding.code), &finding.facts)
}

/// Short name of a check's family, such as "gateway" for `net.gateway`; a family without one keeps its id.
pub fn name(lang: Lang, family: &str) -> String {
    message(lang, &format!("name-{}", dashed(family))).unwrap_or_else(|| family.to_owned())
}

/// Who acts on a bad finding: by its code, else by its family.
pub fn who(lang: Lang, finding: &Finding) -> Option<String> {
    if !finding.status.is_bad() {
        return None;
    }
    let by_code = message(lang, &format!("who-{}", finding.code));
    by_code.or_else(|| message(lang, &format!("who-{}", dashed(finding.family()))))
}

/// Why it matters, or what it is not, where there is more to say than the sentence does.
pub fn why(lang: Lang, finding: &Finding) -> Option<String> {
    message(lang, &format!("why-{}", finding.code))
}

fn dashed(family: &str) -> String {
    family.replace('.', "-")
}

fn message(lang: Lang, word: &str) -> Option<String> {
    let key = key(word);
    text::has(lang, &key).then(|| text::t(lang, &key))
}

fn key(word: &str) -> String {
    format!("finding-{word}")
}
