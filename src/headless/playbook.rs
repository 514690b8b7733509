//! `playbook`: walks a decision tree with the answers given, as far as they lead, and prints the way, what its checks
//! were answered from, and the question that stands now or the end.

use std::io;

use serde::Serialize;

use super::output::{Exit, Output, complain};
use crate::codes;
use crate::link::Link;
use crate::model::{Sale, Snapshot};
use crate::playbooks::{self, End, Known, Took, Walk};
use crate::proto::{Reply, Request};
use crate::text::{self, Lang};
use crate::tui::mirror::Mirror;

/// `playbook --json`: stable keys.
#[derive(Serialize)]
struct Report<'a> {
    id: &'a str,
    title: &'a str,
    steps: Vec<Step>,
    end: Option<Ended<'a>>,
    ask: Option<Asked<'a>>,
    /// The whole way as signs, what checks said included; `--answers` takes it again.
    path: String,
    /// Whether the end is kept in EVENTS (12); `null` before an end.
    kept: Option<bool>,
}

/// One node that was passed.
#[derive(Serialize)]
struct Step {
    node: String,
    kind: &'static str,
    text: String,
    /// `yes`, `no`, `unknown` of a check; the digit of an answer.
    answer: String,
    /// The answer in words.
    label: String,
    /// What a check was answered from.
    evidence: Option<String>,
}

#[derive(Serialize)]
struct Ended<'a> {
    call: &'static str,
    retry: &'static str,
    text: &'a str,
    node: &'a str,
    good: bool,
    money: Option<&'static str>,
    say: Option<&'a str>,
    opens: Option<&'a str>,
}

#[derive(Serialize)]
struct Asked<'a> {
    text: &'a str,
    answers: Vec<Answer>,
    node: &'a str,
    kind: &'static str,
    screen: Option<&'a str>,
}

#[derive(Serialize)]
struct Answer {
    n: u8,
    text: String,
}

/// Walks the playbook `id` with `answers` (`1,2,8`; a check may be answered for it by `y`, `n` or `u`) and prints it.
pub async fn run(link: &mut Link, id: &str, answers: &str, out: &mut Output) -> io::Result<Exit> {
    let Some(book) = playbooks::get(id) else {
        let args = [("id", id.trim().to_owned().into()), ("ids", playbooks::ids().join(", ").into())];
        complain(&text::ta(out.lang, "playbook-unknown-id", &args));
        return Ok(Exit::Usage);
    };
    if let Reply::Refused(refusal) = link.ask(Request::CaughtUp).await {
        return Ok(out.refused(&refusal));
    }
    let Some(snapshot) = fresh(link).await else { return Ok(Exit::Unavailable) };
    let known = Known::new(&snapshot).newest(|sale| is_meant(&snapshot, sale, &book.id));
    let path: String = answers.chars().filter(|sign| !matches!(sign, ',' | ' ')).collect();
    let walk = match Walk::replay(book, &path, &known) {
        Ok(walk) => walk,
        Err(wrong) => {
            let args = [("node", wrong.node.into()), ("answer", wrong.sign.to_string().into())];
            complain(&text::ta(out.lang, "playbook-bad-answer", &args));
            return Ok(Exit::Usage);
        }
    };
    let kept = if walk.end().is_some() { Some(keep(link, &walk, known.about(), &snapshot).await) } else { None };
    if out.json {
        let lang = out.lang;
        out.json(&report(&walk, kept, lang))?;
    } else {
        print(&walk, kept, out)?;
    }
    Ok(Exit::Ok)
}

/// Has the agent remember the end; false if it does not, or not beyond this process.
async fn keep(link: &mut Link, walk: &Walk, sale: Option<&Sale>, snapshot: &Snapshot) -> bool {
    let walked = Request::Walked {
        playbook: walk.book().id.clone(),
        answers: walk.path(),
        end: walk.node().name.clone(),
        sale: sale.map(|sale| sale.id),
    };
    matches!(link.ask(walked).await, Reply::Done) && !snapshot.journal.store.memory_only
}

/// The state with every check run anew, so that nothing is answered from memory.
async fn fresh(link: &mut Link) -> Option<Snapshot> {
    let mut snapshot = super::first_snapshot(link).await?;
    if let Reply::Checked { findings, root_cause } = link.ask(Request::Check { scope: Vec::new() }).await {
        snapshot.findings = findings;
        snapshot.root_cause = root_cause;
    }
    // What came in while the checks ran.
    let mut mirror = Mirror { snapshot: Some(snapshot), ..Mirror::default() };
    while let Ok(update) = link.updates.try_recv() {
        if matches!(update, crate::proto::Update::Sales { .. } | crate::proto::Update::Codes { .. }) {
            mirror.apply(update);
        }
    }
    let mut snapshot = mirror.snapshot?;
    // `CaughtUp` was answered: whoever could be read has been, though the word of it may still be on its way.
    for source in snapshot.journal.sources.iter_mut().filter(|source| source.error.is_none()) {
        source.caught_up = true;
    }
    Some(snapshot)
}

/// Whether a failed sale is one that this playbook is for.
fn is_meant(snapshot: &Snapshot, sale: &Sale, id: &str) -> bool {
    playbook_of(snapshot, sale).as_deref() == Some(id)
        || (id == "PCHARGED" && !matches!(sale.kind.as_str(), "signon" | "echo" | "settle" | "balance"))
}

/// The playbook of a sale that did not go through: its code's; without a code that of the silence.
pub fn playbook_of(snapshot: &Snapshot, sale: &Sale) -> Option<String> {
    let source = snapshot.journal.sources.iter().find(|source| source.name == sale.source);
    let profile = source.map(|source| source.profile.as_str()).filter(|profile| !profile.is_empty());
    let profile = profile.unwrap_or(&snapshot.terminal.profile);
    playbooks::for_sale(sale, sale.code.as_deref().and_then(|code| codes::explain(profile, code, Lang::EN).playbook))
}

fn report(walk: &Walk, kept: Option<bool>, lang: Lang) -> Report<'_> {
    Report {
        id: &walk.book().id,
        title: walk.book().title.get(lang),
        steps: steps(walk, lang),
        end: walk.end().map(|end| ended(walk, end, lang)),
        ask: walk.end().is_none().then(|| asked(walk, lang)),
        path: walk.path(),
        kept,
    }
}

fn steps(walk: &Walk, lang: Lang) -> Vec<Step> {
    let step = |taken: &playbooks::Taken| {
        let node = walk.node_of(taken);
        Step {
            node: node.name.clone(),
            kind: node.kind.word(),
            text: node.text.get(lang).to_owned(),
            answer: match taken.took {
                Took::Truth(truth) => truth.word().to_owned(),
                Took::Digit(digit) => digit.to_string(),
            },
            label: walk.answer_words(taken, lang),
            evidence: taken.evidence.as_ref().map(|evidence| evidence.sentence(lang)),
        }
    };
    walk.taken().iter().map(step).collect()
}

fn ended<'a>(walk: &'a Walk, end: &'a End, lang: Lang) -> Ended<'a> {
    Ended {
        call: end.call,
        retry: end.retry,
        text: walk.node().text.get(lang),
        node: &walk.node().name,
        good: end.good,
        money: end.money.map(playbooks::Money::word),
        say: Some(end.say.get(lang)).filter(|say| !say.is_empty()),
        opens: end.opens.as_deref(),
    }
}

fn asked(walk: &Walk, lang: Lang) -> Asked<'_> {
    let node = walk.node();
    let answers = walk.choices(lang).into_iter().map(|choice| Answer { n: choice.n, text: choice.text }).collect();
    Asked { text: node.text.get(lang), answers, node: &node.name, kind: node.kind.word(), screen: node.screen() }
}

/// The same for people.
fn print(walk: &Walk, kept: Option<bool>, out: &mut Output) -> io::Result<()> {
    let lang = out.lang;
    out.line(&format!("{} {}", walk.book().id, walk.book().title.get(lang)))?;
    for (step, n) in steps(walk, lang).into_iter().zip(1_u32..) {
        let args = [("question", step.text.into()), ("answer", step.label.into())];
        out.line(&format!("{n}. {}", text::ta(lang, "playbook-check-line", &args)))?;
        if let Some(evidence) = step.evidence {
            out.line(&format!("   {}", text::ta(lang, "playbook-evidence", &[("text", evidence.into())])))?;
        }
    }
    out.line(walk.node().text.get(lang))?;
    for choice in walk.choices(lang) {
        out.line(&format!("  {} {}", choice.n, choice.text))?;
    }
    if let Some(end) = walk.end() {
        for line in playbooks::end_lines(end, lang) {
            out.line(&line)?;
        }
    }
    if let Some(kept) = kept {
        out.line(&text::t(lang, if kept { "playbook-kept" } else { "playbook-not-kept" }))?;
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may")]
mod tests {
    use super::*;
    use crate::playbooks::{Knows, Question, Told, Truth};

    struct Nothing;

    impl Knows for Nothing {
        fn tell(&self, _: &Question) -> Told {
            Told { truth: Truth::Unknown, evidence: None }
        }
    }

    fn json(id: &str, path: &str) -> serde_json::Value {
        let walk = Walk::replay(playbooks::get(id).unwrap(), path, &Nothing).unwrap();
        serde_json::to_value(report(&walk, None, Lang::EN)).unwrap()
    }

    fn keys(value: &serde_json::Value) -> Vec<&str> {
        value.as_object().unwrap().keys().map(String::as_str).collect()
    }

    #[test]
    fn the_question_that_stands_is_told_with_its_answers() {
        let told = json("P51", "");
        assert!(["id", "title", "steps", "end", "ask"].iter().all(|key| keys(&told).contains(key)), "{told}");
        assert!(told["end"].is_null());
        let step = &told["steps"][0];
        assert!(["node", "kind", "text", "answer", "evidence"].iter().all(|key| keys(step).contains(key)), "{step}");
        assert_eq!((&step["kind"], &step["answer"]), (&"check".into(), &"unknown".into()));
        let answers = told["ask"]["answers"].as_array().unwrap();
        let digits: Vec<u64> = answers.iter().map(|answer| answer["n"].as_u64().unwrap()).collect();
        assert_eq!(digits, [1, 2, 3, 8]);
        assert_eq!((&told["ask"]["kind"], &told["ask"]["screen"]), (&"do".into(), &"32".into()));
    }

    #[test]
    fn an_end_says_whom_to_call_and_whether_to_do_it_again() {
        let told = json("P51", "y1n13");
        assert!(told["ask"].is_null());
        let end = &told["end"];
        assert_eq!((&end["call"], &end["retry"]), (&"issuer".into(), &"after-fix".into()));
        assert!(end["text"].as_str().is_some_and(|text| !text.is_empty()) && end["money"] == "not-charged");
        // The path that was printed leads to the same end.
        assert_eq!(json("P51", told["path"].as_str().unwrap()), told);
    }
}
