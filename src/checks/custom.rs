//! `custom:<name>`: the site's own commands by the convention of Nagios plugins: exit 0 to 3, a line of text, figures
//! behind a bar. A command that hangs, floods or says nonsense is unknown, with the reason; the others do not notice.

use std::time::Duration;

use futures_util::future::join_all;

use super::found::{Build, ms};
use super::{Check, CheckSpec, Cx};
use crate::config::CommandConfig;
use crate::model::{Area, Fact, Finding, Status, scrub};
use crate::platform::{ExecFault, Fut, Output};

/// Bytes that a command may write.
const BOUND: usize = 64 * 1024;
/// Characters of its text that are kept; figures that are.
const TEXT: usize = 200;
const FIGURES: usize = 24;
/// Digits in a row that could be a card number.
const CARD: usize = 12;
/// Commands that run.
const MOST: usize = 32;

pub(super) struct Custom;

const SPEC: CheckSpec = CheckSpec {
    id: "custom",
    area: Area::System,
    screen: "56",
    every: Duration::from_mins(1),
    limit: Duration::from_secs(10),
    needs: &[],
};

impl Check for Custom {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            if cx.config.check.is_empty() {
                return vec![SPEC.found(&cx, Status::Absent, "custom-none")];
            }
            join_all(cx.config.check.iter().take(MOST).map(|own| one(&cx, own))).await
        })
    }
}

async fn one(cx: &Cx, own: &CommandConfig) -> Finding {
    let limit = Duration::from_secs(own.timeout_s.clamp(1, 9));
    let user = Some(own.user.as_str()).filter(|user| !user.is_empty());
    let unknown = |code: &str| SPEC.found(cx, Status::Unknown, code);
    let found = match cx.host.exec_as(&own.command, user, limit, BOUND).await {
        Ok(output) => said(cx, &output),
        Err(ExecFault::Late) => unknown("custom-late").fact("limit_s", own.timeout_s),
        Err(ExecFault::Flood) => unknown("custom-flood"),
        Err(ExecFault::Missing) => unknown("custom-missing"),
        Err(ExecFault::Denied) => unknown("custom-denied"),
        Err(ExecFault::Other(reason)) => unknown("custom-broken").fact("reason", reason),
    };
    let program = own.command.first().map_or("", String::as_str);
    found.about(&own.name).fact("name", own.name.as_str()).fact("command", program)
}

fn said(cx: &Cx, output: &Output) -> Finding {
    let all = String::from_utf8_lossy(&output.stdout);
    let (text, figures) = take_apart(&all);
    let (status, code) = match output.code {
        0 => (Status::Ok, "custom-said"),
        1 => (Status::Warning, "custom-said"),
        2 => (Status::Fail, "custom-said"),
        3 => (Status::Unknown, "custom-said"),
        _ => (Status::Unknown, "custom-odd"),
    };
    let code = if text.is_empty() && code == "custom-said" { "custom-mute" } else { code };
    let mut found = SPEC.found(cx, status, code).fact("text", text).fact("exit", i64::from(output.code));
    for (label, value, unit) in figures {
        // A figure is named as the plugin does, so that it can be told from our own.
        let name = if unit.is_empty() { format!("perf_{label}") } else { format!("perf_{label}_{unit}") };
        found = found.fact(&name, Fact::Real(value));
    }
    found.fact("took_ms", ms(output.took))
}

/// A figure: label, value, unit.
type Figure = (String, f64, String);

/// The first line's text and every figure, as the plugin guidelines have it: behind a bar on the first line, and
/// behind the next bar in all that follows.
fn take_apart(all: &str) -> (String, Vec<Figure>) {
    let mut lines = all.lines();
    let first = lines.next().unwrap_or_default();
    let (text, figures) = first.split_once('|').unwrap_or((first, ""));
    let rest = lines.collect::<Vec<_>>().join(" ");
    let more = rest.split_once('|').map_or("", |(_, figures)| figures);
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(TEXT).collect();
    let figures = words(figures).into_iter().chain(words(more)).filter_map(|word| figure(&word)).take(FIGURES);
    (scrub(clean.trim(), CARD).into_owned(), figures.collect())
}

/// Words parted by spaces; a label in single quotes may have some, and a doubled quote stands for one.
fn words(figures: &str) -> Vec<String> {
    let (mut out, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in figures.chars().take(8 * 1024) {
        match c {
            '\'' => {
                quoted = !quoted;
                word.push(c);
            }
            c if c.is_whitespace() && !quoted => out.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    out.push(word);
    out
}

/// `label=value[unit];warn;crit;min;max`.
fn figure(word: &str) -> Option<Figure> {
    let (label, rest) = word.rsplit_once('=')?;
    let value = rest.split(';').next()?.trim();
    let end = value.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | ','))).unwrap_or(value.len());
    let (number, unit) = value.split_at(end);
    let number: f64 = number.replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite())?;
    let label = label.trim().trim_matches('\'').replace("''", "'");
    let plain: String = label.chars().filter(|c| !c.is_control()).take(40).collect();
    (!plain.is_empty()).then(|| (scrub(&plain, CARD).into_owned(), number, unit.chars().take(8).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_and_figures_are_taken_apart_as_the_guidelines_have_them() {
        let (text, figures) =
            take_apart("DISK OK - free space: / 3326 MB (56%);| /=2643MB;5948;5958;0;5968 'a b'=1,5s\nmore | x=-3");
        assert_eq!(text, "DISK OK - free space: / 3326 MB (56%);");
        let plain: Vec<(&str, f64, &str)> = figures.iter().map(|(l, v, u)| (l.as_str(), *v, u.as_str())).collect();
        assert_eq!(plain, [("/", 2643.0, "MB"), ("a b", 1.5, "s"), ("x", -3.0, "")]);
        assert_eq!(take_apart("PING OK"), ("PING OK".to_owned(), Vec::new()));
        assert_eq!(take_apart(""), (String::new(), Vec::new()));
        assert_eq!(take_apart("x|rta=U;;; =3 y= z=1e").1, vec![("z".to_owned(), 1.0, "e".to_owned())]);
        let (text, _) = take_apart("card 6222021234567890123 seen");
        assert!(!text.contains("6222021234567890123"), "{text}");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,200}") {
            let (said, figures) = take_apart(&text);
            prop_assert!(said.chars().count() <= TEXT + 8 && figures.len() <= FIGURES);
        }
    }
}
