//! What the journal and the findings prove, and what they do not.

use super::*;
use crate::model::{
    Actor, Area, Facts, Finding, JournalFacts, MaskedPan, Outcome, Role, Sale, SaleId, SaleState, Snapshot,
    SourceStatus, Stamp, Status, Terminal,
};

fn now() -> Stamp {
    Stamp::parse("2026-11-21T14:05:00+08:00").unwrap()
}

fn ago(seconds: i64) -> Stamp {
    Stamp { micros: now().micros - seconds * 1_000_000, ..now() }
}

/// A card by its last four; all of one bank.
fn card(last: &str) -> MaskedPan {
    MaskedPan::from_clear(&format!("622202000000{last}"))
}

fn sale(n: i64, seconds: i64, code: &str, last: &str) -> Sale {
    Sale {
        id: SaleId::new(1, n as u64 * 100),
        time: ago(seconds),
        kind: "sale".into(),
        method: Some("card".into()),
        amount: Some(1_000 + n),
        currency: Some("156".into()),
        stan: Some(format!("{n:06}").into()),
        rrn: Some("112112030551".into()),
        code: Some(code.into()),
        state: None,
        outcome: if code == "00" { Outcome::Approved } else { Outcome::Declined },
        tid: Some("12345678".into()),
        mid: None,
        entry_mode: Some("051".into()),
        card: Some(card(last)),
        latency_ms: Some(1_200),
        host: None,
        host_time: None,
        fallback: None,
        original_stan: None,
        issuer: None,
        text: None,
        late_by: None,
        undone_by: None,
        as_host: false,
        card_key: None,
        source: "pos".into(),
    }
}

fn snapshot(failed: Vec<Sale>, recent: Vec<Sale>) -> Snapshot {
    let source =
        SourceStatus { name: "pos".into(), profile: "unionpay".to_owned(), caught_up: true, ..SourceStatus::default() };
    Snapshot {
        at: now(),
        actor: Actor { uid: 1, name: "clerk".to_owned(), role: Role::Merchant, from: "tty1".to_owned(), session: None },
        terminal: Terminal { profile: "unionpay".to_owned(), ..Terminal::default() },
        findings: Vec::new(),
        root_cause: None,
        checking: false,
        recent,
        failed,
        unfinished: Vec::new(),
        last_good: Vec::new(),
        codes: Vec::new(),
        journal: JournalFacts { sources: vec![source], ..JournalFacts::default() },
        events: Vec::new(),
        run: None,
    }
}

fn finding(id: &str, status: Status, code: &str) -> Finding {
    Finding {
        id: id.to_owned(),
        area: Area::Network,
        screen: "22".to_owned(),
        status,
        code: code.to_owned(),
        facts: Facts::new(),
        remedy: None,
        at: now(),
        root: false,
        caused_by: None,
    }
}

/// The answer and its evidence, said in both languages.
fn ask(known: &Known<'_>, question: &Question) -> Truth {
    let told = known.tell(question);
    let evidence = told.evidence.unwrap();
    for lang in Lang::all() {
        let sentence = evidence.sentence(lang);
        // The findings made up here have no facts to put into their sentences.
        let whole = !evidence.key.starts_with("playbook-") || !sentence.contains("{$");
        assert!(!sentence.contains('[') && whole, "{sentence}");
    }
    told.truth
}

fn topic(known: &Known<'_>, topic: Topic) -> Truth {
    ask(known, &Question::Fact(topic))
}

/// The answer about the last of these failed sales.
fn about(failed: Vec<Sale>, asked: Topic) -> Truth {
    let state = snapshot(failed, Vec::new());
    let known = Known::new(&state).sale(state.failed.last().unwrap(), None);
    topic(&known, asked)
}

#[test]
fn a_code_alone_is_no_answer() {
    let plain = sale(1, 60, "51", "0001");
    assert_eq!(about(vec![plain.clone()], Topic::Answered), Truth::Yes);
    let timed = Sale { rrn: None, ..plain.clone() };
    assert_eq!(about(vec![timed], Topic::Answered), Truth::Yes);
    let bare = Sale { rrn: None, latency_ms: None, ..plain.clone() };
    assert_eq!(about(vec![bare.clone()], Topic::Answered), Truth::Unknown);
    let reason = Sale { kind: "reversal".into(), outcome: Outcome::Pending, code: Some("98".into()), ..bare };
    assert_eq!(about(vec![reason], Topic::Answered), Truth::No);
    let offline = Sale { code: Some("Z3".into()), ..plain.clone() };
    assert_eq!(about(vec![offline], Topic::Answered), Truth::No);
    let silent = Sale { code: None, rrn: None, outcome: Outcome::NoResponse, state: Some(SaleState::Timeout), ..plain };
    assert_eq!(about(vec![silent], Topic::Answered), Truth::No);
    assert_eq!(topic(&Known::new(&snapshot(Vec::new(), Vec::new())), Topic::Answered), Truth::Unknown);
}

#[test]
fn different_masks_are_different_cards_and_few_sales_are_few_cards() {
    let three: Vec<Sale> = (1..=3).map(|n| sale(n, 600 * n, "51", &format!("000{n}"))).collect();
    assert_eq!(about(three.clone(), Topic::ManyCardsHour), Truth::Yes);
    assert_eq!(about(three[..2].to_vec(), Topic::ManyCardsHour), Truth::No);
    // The same mask three times may be one card or three.
    let same: Vec<Sale> = (1..=3).map(|n| sale(n, 600 * n, "51", "0001")).collect();
    assert_eq!(about(same.clone(), Topic::ManyCardsHour), Truth::Unknown);
    assert_eq!(about(same, Topic::SameCardAgain), Truth::Yes);
    // Another code, or yesterday, does not count.
    let mut mixed = three.clone();
    mixed[0].code = Some("61".into());
    assert_eq!(about(mixed, Topic::ManyCardsHour), Truth::No);
    let mut old = three.clone();
    old[0].time = ago(50_000);
    assert_eq!(about(old.clone(), Topic::ManyCardsHour), Truth::No);
    old.rotate_left(1);
    assert_eq!(about(old, Topic::ManyCardsDay), Truth::Yes);
    // What the agent counted decides where it counted.
    let state = snapshot(three[..1].to_vec(), Vec::new());
    let counted = |cards| topic(&Known::new(&state).sale(&state.failed[0], Some(cards)), Topic::ManyCardsHour);
    assert_eq!((counted(3), counted(2)), (Truth::Yes, Truth::No));
}

#[test]
fn a_list_that_is_cut_off_proves_no_absence() {
    let many: Vec<Sale> = (0..50).map(|n| sale(n, 50 - n, "55", "0001")).collect();
    let mut failed = many;
    failed[49].code = Some("51".into());
    assert_eq!(about(failed.clone(), Topic::ManyCardsHour), Truth::Unknown);
    failed[0].time = ago(4_000);
    assert_eq!(about(failed, Topic::ManyCardsHour), Truth::No);
    let mut unread = snapshot(vec![sale(1, 60, "51", "0001")], Vec::new());
    unread.journal.sources[0].caught_up = false;
    let known = Known::new(&unread).sale(&unread.failed[0], None);
    let told = known.tell(&Question::Fact(Topic::ManyCardsHour));
    // One sale is no riddle of several cards: what is missing is the rest of the journal.
    assert_eq!(told.evidence.unwrap().key, "playbook-seen-journal-unread");
    assert_eq!(told.truth, Truth::Unknown);
    assert_eq!(topic(&known, Topic::Unfinished), Truth::Unknown);
}

#[test]
fn banks_are_told_apart_only_one_way() {
    let two = vec![sale(1, 600, "91", "0001"), sale(2, 60, "91", "0002")];
    assert_eq!(about(two.clone(), Topic::OneBank), Truth::Yes);
    let mut other = two;
    other[0].card = Some(MaskedPan::from_clear("6217000000000001"));
    assert_eq!(about(other, Topic::OneBank), Truth::Unknown, "one bank has many beginnings");
}

#[test]
fn others_prove_that_the_way_worked() {
    let own = sale(9, 60, "91", "0009");
    let told = |recent: Vec<Sale>| {
        let state = snapshot(vec![own.clone()], recent);
        topic(&Known::new(&state).sale(&state.failed[0], None), Topic::OthersApproved)
    };
    assert_eq!(told(vec![sale(1, 900, "00", "0001")]), Truth::Yes);
    assert_eq!(told(vec![sale(1, 900, "91", "0001")]), Truth::No);
    assert_eq!(told(vec![sale(1, 9_000, "00", "0001")]), Truth::Unknown);
    assert_eq!(told(vec![sale(1, 900, "00", "0009")]), Truth::Unknown, "the same card is no other one");
}

#[test]
fn money_is_as_the_journal_says_it() {
    let own = |code: &str, outcome, state| Sale { state, outcome, ..sale(1, 60, code, "0001") };
    for (code, outcome, approved, refused, reversed) in [
        ("00", Outcome::Approved, Truth::Yes, Truth::No, Truth::No),
        ("51", Outcome::Declined, Truth::No, Truth::Yes, Truth::No),
        ("68", Outcome::Declined, Truth::No, Truth::No, Truth::No),
        ("98", Outcome::Declined, Truth::No, Truth::No, Truth::No),
        ("09", Outcome::Declined, Truth::No, Truth::No, Truth::No),
        ("00", Outcome::Reversed, Truth::No, Truth::No, Truth::Yes),
    ] {
        let told = |asked| about(vec![own(code, outcome, None)], asked);
        let all = (told(Topic::SaleApproved), told(Topic::SaleRefused), told(Topic::SaleReversed));
        assert_eq!(all, (approved, refused, reversed), "{code} {outcome:?}");
    }
    let mut state = snapshot(vec![sale(1, 60, "68", "0001")], Vec::new());
    let waits = |state: &Snapshot| topic(&Known::new(state).sale(&state.failed[0], None), Topic::ReversalWaits);
    assert_eq!(waits(&state), Truth::No);
    let reversal = Sale { kind: "reversal".into(), state: Some(SaleState::Sent), ..sale(1, 50, "68", "0001") };
    state.unfinished.push(reversal);
    assert_eq!(waits(&state), Truth::Yes);
    assert_eq!(topic(&Known::new(&state), Topic::Unfinished), Truth::Yes);
}

#[test]
fn charged_but_failed_is_told_from_the_journal() {
    let outcome = |sale: Sale| {
        let state = snapshot(vec![sale], Vec::new());
        let known = Known::new(&state).sale(&state.failed[0], None);
        let walk = Walk::start(one("PCHARGED"), &known);
        walk.end().map_or_else(|| walk.node().name.clone(), |end| end.money.unwrap().word().to_owned())
    };
    assert_eq!(outcome(sale(1, 60, "51", "0001")), "not-charged");
    assert_eq!(outcome(sale(1, 60, "00", "0001")), "charged");
    assert_eq!(outcome(Sale { outcome: Outcome::Reversed, ..sale(1, 60, "00", "0001") }), "reversed");
    assert_eq!(outcome(sale(1, 60, "68", "0001")), "query");
    let silent = Sale { code: None, rrn: None, outcome: Outcome::NoResponse, ..sale(1, 60, "68", "0001") };
    assert_eq!(outcome(silent), "query");
}

#[test]
fn trace_numbers_sign_ons_and_amounts() {
    let own = sale(7, 60, "94", "0007");
    let told = |recent: Vec<Sale>, asked| {
        let state = snapshot(vec![own.clone()], recent);
        topic(&Known::new(&state).sale(&state.failed[0], None), asked)
    };
    let twin = Sale { id: SaleId(5), amount: Some(99), ..own.clone() };
    assert_eq!(told(vec![twin.clone()], Topic::StanAgain), Truth::Yes);
    assert_eq!(told(vec![Sale { kind: "reversal".into(), ..twin }], Topic::StanAgain), Truth::No);
    let sign_on = |seconds| Sale { kind: "signon".into(), card: None, ..sale(3, seconds, "00", "0000") };
    assert_eq!(told(vec![sign_on(600)], Topic::AgainAfterSignOn), Truth::Yes);
    assert_eq!(told(vec![sign_on(30)], Topic::AgainAfterSignOn), Truth::No);
    assert_eq!(told(Vec::new(), Topic::AgainAfterSignOn), Truth::Unknown);
    let usual: Vec<Sale> = (10..30).map(|n| sale(n, 100 * n, "00", "0001")).collect();
    assert_eq!(told(usual.clone(), Topic::AmountUnusual), Truth::No);
    assert_eq!(told(usual[..3].to_vec(), Topic::AmountUnusual), Truth::Unknown);
    let state = snapshot(vec![Sale { amount: Some(999_999), ..own.clone() }], usual);
    assert_eq!(topic(&Known::new(&state).sale(&state.failed[0], None), Topic::AmountUnusual), Truth::Yes);
}

#[test]
fn reading_today_is_proof_and_not_reading_is_none() {
    let mut state = snapshot(Vec::new(), Vec::new());
    assert_eq!(topic(&Known::new(&state), Topic::ReadInsert), Truth::Unknown);
    state.last_good = vec![("insert".to_owned(), ago(600)), ("tap".to_owned(), ago(90_000))];
    assert_eq!(topic(&Known::new(&state), Topic::ReadInsert), Truth::Yes);
    assert_eq!(topic(&Known::new(&state), Topic::ReadTap), Truth::Unknown);
}

#[test]
fn findings_answer_as_they_stand() {
    let works = |families: &[&str]| Question::Works(families.iter().map(|f| (*f).to_owned()).collect());
    let fine = Question::Fine(vec!["net.dns".to_owned()]);
    let told = |findings: Vec<Finding>, question: &Question| {
        let mut state = snapshot(Vec::new(), Vec::new());
        state.findings = findings;
        ask(&Known::new(&state), question)
    };
    let dns = |status| vec![finding("net.dns", status, "net-dns-slow")];
    for (status, as_works, as_fine) in [
        (Status::Ok, Truth::Yes, Truth::Yes),
        (Status::Warning, Truth::Yes, Truth::No),
        (Status::Fail, Truth::No, Truth::No),
        (Status::Unknown, Truth::Unknown, Truth::Unknown),
        (Status::NotTested, Truth::Unknown, Truth::Unknown),
        (Status::Stale, Truth::Unknown, Truth::Unknown),
        (Status::Absent, Truth::Unknown, Truth::Unknown),
    ] {
        assert_eq!(told(dns(status), &works(&["net.dns"])), as_works, "{status:?}");
        assert_eq!(told(dns(status), &fine), as_fine, "{status:?}");
    }
    assert_eq!(told(Vec::new(), &works(&["host.echo"])), Truth::Unknown);
    let hosts = vec![finding("host.tcp:a", Status::Ok, "x"), finding("host.tcp:b", Status::Fail, "own-made-code")];
    assert_eq!(told(hosts, &works(&["host.tcp"])), Truth::No);
    let spare = vec![finding("net.link:a", Status::Ok, "x"), finding("net.link:b", Status::Absent, "x")];
    assert_eq!(told(spare, &works(&["net.link"])), Truth::Yes);
    let half = vec![finding("params.tid", Status::Ok, "x")];
    assert_eq!(told(half, &works(&["params.tid", "params.mid"])), Truth::Unknown);
    let says = Question::Says { codes: vec!["host-cert-expired".to_owned()], of: vec!["host.cert".to_owned()] };
    let cert = |status, code| vec![finding("host.cert:a", status, code)];
    assert_eq!(told(cert(Status::Fail, "host-cert-expired"), &says), Truth::Yes);
    assert_eq!(told(cert(Status::Fail, "host-cert-bad"), &says), Truth::No);
    assert_eq!(told(cert(Status::NotTested, "host-cert-untested"), &says), Truth::Unknown);
    assert_eq!(told(Vec::new(), &says), Truth::Unknown);
    let mut state = snapshot(Vec::new(), Vec::new());
    state.findings = dns(Status::Ok);
    assert_eq!(ask(&Known::new(&state).stale(true), &works(&["net.dns"])), Truth::Unknown);
}

#[test]
fn the_sale_meant_is_the_newest_of_the_last_day_that_fits() {
    let state = snapshot(
        vec![sale(1, 90_000, "61", "0001"), sale(2, 600, "51", "0002"), sale(3, 60, "55", "0003")],
        Vec::new(),
    );
    assert_eq!(Known::new(&state).code("51").about().unwrap().id, state.failed[1].id);
    assert!(Known::new(&state).code("61").about().is_none(), "yesterday's sale is not meant");
    assert_eq!(ask(&Known::new(&state).code("61"), &Question::Code(vec!["61".to_owned()])), Truth::Yes);
    assert_eq!(Known::new(&state).sale_id(state.failed[0].id).about().unwrap().id, state.failed[0].id);
}
