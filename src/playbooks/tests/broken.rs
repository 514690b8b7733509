//! The judge catches each kind of fault, with its line, and all of them at once.

use super::*;

/// A small playbook that stands.
const GOOD: &str = r#"id = "PX"
title = { zh = "标题", en = "Title" }
start = "a"

[nodes.a]
kind = "check"
works = ["net.link"]
zh = "通吗？"
en = "Does it work?"
yes = "well"
no = "b"
unknown = "b"

[nodes.b]
kind = "ask"
zh = "什么样？"
en = "How is it?"
answers = [ { to = "c", zh = "一", en = "one" }, { to = "call", zh = "二", en = "two" } ]
unclear = "call"

[nodes.c]
kind = "do"
screen = "61"
zh = "按 0 6 1 重启网络。"
en = "0 6 1 restarts the network."
answers = [ { to = "well", zh = "好了", en = "It works" }, { to = "call", zh = "不行", en = "Not" } ]
unclear = "call"

[nodes.well]
kind = "end"
call = "none"
retry = "yes"
good = true
zh = "好。"
en = "Fine."

[nodes.call]
kind = "end"
call = "isp"
retry = "later"
zh = "打电话。"
en = "Call."
"#;

fn faults(text: &str) -> Vec<(&'static str, usize, String)> {
    let Err(faults) = read::read("x.toml", text) else { return Vec::new() };
    for fault in &faults {
        for lang in Lang::all() {
            let told = fault.sentence(lang);
            assert!(
                told.starts_with("x.toml") && !told.contains('[') | told.contains("[\"") | told.contains("[{"),
                "{told}"
            );
        }
    }
    faults.into_iter().map(|fault| (fault.what, fault.line, fault.at)).collect()
}

/// What is wrong after one change.
fn after(from: &str, to: &str) -> Vec<&'static str> {
    assert!(GOOD.contains(from), "{from}");
    faults(&GOOD.replacen(from, to, 1)).into_iter().map(|(what, ..)| what).collect()
}

#[test]
fn the_small_one_stands() {
    assert_eq!(faults(GOOD), []);
}

#[test]
fn each_fault_is_found() {
    for (from, to, what) in [
        ("no = \"b\"", "no = \"nowhere\"", "dead-link"),
        ("start = \"a\"", "start = \"nowhere\"", "dead-link"),
        ("start = \"a\"", "start = \"b\"", "unreachable"),
        ("unclear = \"call\"\n\n[nodes.c]", "unclear = \"a\"\n\n[nodes.c]", "loop"),
        ("unknown = \"b\"\n", "", "no-unknown"),
        ("unknown = \"b\"", "unknown = \"well\"", "unknown-green"),
        ("unclear = \"call\"\n\n[nodes.c]", "\n\n[nodes.c]", "no-unclear"),
        ("unclear = \"call\"\n\n[nodes.well]", "unclear = \"well\"\n\n[nodes.well]", "unknown-green"),
        ("no = \"b\"\nunknown = \"b\"", "no = \"well\"\nunknown = \"well\"", "unknown-green"),
        ("yes = \"well\"", "yes = \"b\"", "dead-question"),
        ("en = \"Does it work?\"\n", "", "no-language"),
        ("zh = \"标题\", ", "", "no-language"),
        ("{ to = \"c\", zh = \"一\", en = \"one\" }", "{ to = \"c\", zh = \"一\" }", "no-language"),
        ("screen = \"61\"", "screen = \"67\"", "no-screen"),
        ("screen = \"61\"\n", "", "missing"),
        ("按 0 6 1 重启网络。", "重启网络。", "no-dial"),
        ("call = \"isp\"", "call = \"police\"", "word"),
        ("call = \"isp\"\n", "", "missing"),
        ("retry = \"later\"", "retry = \"now\"", "word"),
        ("retry = \"later\"\n", "", "missing"),
        ("call = \"none\"", "call = \"isp\"", "good-calls"),
        ("call = \"isp\"", "call = \"isp\"\nmoney = \"may-be-charged\"", "asks-twice"),
        ("call = \"isp\"", "call = \"isp\"\nyes = \"a\"", "wrong-kind"),
        ("works = [\"net.link\"]", "works = [\"net.link\"]\nfact = \"answered\"", "one-question"),
        ("works = [\"net.link\"]\n", "", "one-question"),
        ("works = [\"net.link\"]", "fact = \"guessed\"", "word"),
        ("works = [\"net.link\"]", "works = []", "type"),
        ("works = [\"net.link\"]", "says = [\"net-link-off\"]", "missing"),
        ("kind = \"ask\"", "kind = \"quiz\"", "word"),
        ("kind = \"ask\"\n", "", "missing"),
        ("id = \"PX\"", "id = \"px 1\"", "bad-id"),
        ("id = \"PX\"\n", "", "missing"),
        ("zh = \"打电话。\"", "zh = \"\"", "empty"),
        ("zh = \"打电话。\"", "zh = \"打\\u0007电话。\"", "control"),
        ("zh = \"打电话。\"", "zh = 3", "type"),
        ("zh = \"打电话。\"", "zh = \"打电话。\"\nfr = \"Appeler.\"", "unknown-key"),
        ("start = \"a\"", "start = \"a\"\ncolour = \"red\"", "unknown-key"),
        ("answers = [ { to = \"c\"", "answers = [ { too = \"c\"", "missing"),
        ("unclear = \"call\"\n\n[nodes.well]", "unclear = \"call\"\nnext = \"call\"\n\n[nodes.well]", "both"),
        ("start = \"a\"", "start = ", "syntax"),
    ] {
        let found = after(from, to);
        assert!(found.contains(&what), "{from} -> {to}: {found:?} instead of {what}");
    }
    let long = format!("en = \"{}\"", "long ".repeat(50));
    assert!(after("en = \"Call.\"", &long).contains(&"long"));
    let many = "{ to = \"c\", zh = \"一\", en = \"one\" }, ".repeat(7);
    assert!(after("{ to = \"c\", zh = \"一\", en = \"one\" },", &many).contains(&"answers"));
}

#[test]
fn all_faults_come_at_once_each_with_its_line() {
    let text = GOOD.replace("no = \"b\"", "no = \"x\"").replace("screen = \"61\"", "screen = \"99\"");
    let found = faults(&text.replace("retry = \"later\"", "retry = \"soon\""));
    let named: Vec<(&str, &str)> = found.iter().map(|(what, _, at)| (*what, at.as_str())).collect();
    assert!(named.contains(&("dead-link", "nodes.a.no")), "{named:?}");
    assert!(named.contains(&("no-screen", "nodes.c.screen")), "{named:?}");
    assert!(named.contains(&("word", "nodes.call.retry")), "{named:?}");
    let line = |what: &str| found.iter().find(|(have, ..)| *have == what).unwrap().1;
    assert_eq!((line("dead-link"), line("no-screen"), line("word")), (5, 21, 40));
}

#[test]
fn a_site_adds_and_replaces_and_a_faulty_file_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    put("own.toml", GOOD);
    put("p51.toml", &GOOD.replace("\"PX\"", "\"P51\""));
    put("p61.toml", &GOOD.replace("\"PX\"", "\"P61\"").replace("no = \"b\"", "no = \"x\""));
    put("lost.toml", &GOOD.replace("\"PX\"", "\"PY\"").replace("call = \"isp\"", "call = \"isp\"\nopens = \"PZ\""));
    put("binary.toml", "\u{0}\u{1}");
    put("notes.txt", "no playbook");
    let (good, faults) = load(dir.path());
    let shelf = Shelf::new(good);
    assert!(shelf.get("PX").is_some() && shelf.get("PY").is_none());
    assert_eq!(shelf.get("P51").unwrap().title.get(Lang::EN), "Title");
    assert_ne!(shelf.get("P61").unwrap().title.get(Lang::EN), "Title");
    assert_eq!(shelf.ids().len(), BUILT_IN.len() + 1);
    let whats: Vec<&str> = faults.iter().map(|fault| fault.what).collect();
    assert!(whats.contains(&"dead-link") && whats.contains(&"no-playbook") && whats.contains(&"syntax"), "{whats:?}");
    assert!(load(&dir.path().join("nowhere")).1.is_empty());
}
