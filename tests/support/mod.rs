//! Snapshots that the tests of screens, keys and the headless twin share: one shop at five moments.
//!
//! `connecting` (no snapshot yet), `empty` (no journal configured, nothing known), `normal` (a busy day, all well),
//! `degraded` (name server dead, declines, timeouts, unreadable lines, disk nearly full), `lost` (agent gone).
#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(clippy::unwrap_used, reason = "test data")]

use std::sync::Arc;

use pos_console::model::{
    Actor, Alike, Area, AuditDraft, AuditRow, BankCount, CodeSeen, Counts, Event, Evidence, Fact, Facts, Finding,
    JournalFacts, MaskedPan, Outcome, Role, Sale, SaleId, SaleState, SameCard, Snapshot, SourceStatus, Stamp, Status,
    Stood, StoreStatus, Terminal, TrendSpan, Trends, bucket, hour_of,
};
use pos_console::tui::mirror::{LinkState, Mirror, SaleDetail};

/// The moment of every fixture.
pub fn now() -> Stamp {
    Stamp::parse("2026-11-21T14:05:00+08:00").unwrap()
}

/// So many seconds before [`now`].
pub fn ago(seconds: i64) -> Stamp {
    Stamp { micros: now().micros - seconds * 1_000_000, offset: now().offset }
}

/// Makes a mirror.
pub type Make = fn() -> Mirror;

/// Every fixture with its name.
pub const FIXTURES: &[(&str, Make)] = &[
    ("connecting", Mirror::default),
    ("empty", || mirror(empty())),
    ("normal", || mirror(normal())),
    ("degraded", || mirror(degraded())),
    ("lost", lost),
];

/// The named fixture.
pub fn fixture(name: &str) -> Mirror {
    FIXTURES.iter().find(|(have, _)| *have == name).map(|(_, make)| make()).unwrap()
}

/// A finding as it stood from half an hour before this moment on.
fn stood(finding: &Finding, at: Stamp) -> Stood {
    Stood {
        area: finding.area,
        status: finding.status,
        id: finding.id.clone(),
        code: finding.code.clone(),
        facts: finding.facts.clone(),
        from: Stamp::new(at.micros - 1_800_000_000, at.offset),
        until: at,
    }
}

/// A mirror holding this snapshot, with its pages already fetched.
pub fn mirror(snapshot: Snapshot) -> Mirror {
    let detail = snapshot.failed.last().map(|sale| {
        let near = snapshot.findings.iter().filter(|f| matches!(f.family(), "net.link" | "clock.offset"));
        let stood = near.map(|finding| stood(finding, sale.time)).collect();
        let two = Alike { sales: 3, cards: 2, exact: true, since: None, banks: Some(1) };
        let same_card = Some(SameCard { times: 2, exact: true });
        let evidence = Evidence { stood, hour: Some(two), day: Some(two), same_card, ..Evidence::default() };
        let detail = SaleDetail { sale: sale.clone(), evidence };
        (sale.id, Some(detail))
    });
    Mirror {
        sales: snapshot.recent.iter().rev().cloned().collect(),
        events: snapshot.events.clone(),
        audit: audit(),
        detail,
        trends: Some(trends(&snapshot)),
        snapshot: Some(snapshot),
        link: LinkState::Live,
        ..Mirror::default()
    }
}

/// The sales of a month in numbers, today's last; nothing where there is no journal.
fn trends(snapshot: &Snapshot) -> Trends {
    let hour = hour_of(now());
    let today = hour.div_euclid(24) * 24;
    let mut trends = Trends { offset: now().offset, hour, ..Trends::default() };
    if snapshot.journal.sources.is_empty() {
        return trends;
    }
    let counts = |count: u64| Counts {
        count,
        declined: count / 9,
        no_response: count / 30,
        ways: [count / 3, count / 3, count / 20, count / 5, count / 40],
        codes: [("51".to_owned(), count / 10), ("A1".to_owned(), count / 40)].into(),
        banks: [(622_202, BankCount { count: count / 2, declined: count / 12 })].into(),
        times: [(bucket(900), count / 2), (bucket(1_900), count / 3)].into(),
    };
    let span = |hour: i64, count: u64| TrendSpan { hour, counts: counts(count) };
    trends.hours = (today + 8..=hour).zip(14..).map(|(hour, count)| span(hour, count)).collect();
    trends.hours_before = (today + 9..today + 22).map(|hour| span(hour - 168, 11)).collect();
    trends.days = (0..14).map(|day| span(today - (13 - day) * 24, 150 + day as u64 * 7)).collect();
    trends.weeks = (0..8).map(|week| span(today - (7 - week) * 168, 1_000 + week as u64 * 31)).collect();
    (trends.usual, trends.usual_days) = (counts(4_200), 26);
    trends
}

/// The agent went away 95 seconds ago, in the middle of trouble.
pub fn lost() -> Mirror {
    Mirror { link: LinkState::Lost(95), ..mirror(degraded()) }
}

/// No journal configured, no check has run.
pub fn empty() -> Snapshot {
    Snapshot {
        at: now(),
        actor: actor(Role::Technician),
        terminal: Terminal {
            machine: "terminal".to_owned(),
            version: "0.1.0".to_owned(),
            in_process: true,
            profile: "unionpay".to_owned(),
            ..Terminal::default()
        },
        findings: Vec::new(),
        root_cause: None,
        checking: false,
        recent: Vec::new(),
        failed: Vec::new(),
        unfinished: Vec::new(),
        last_good: Vec::new(),
        codes: Vec::new(),
        journal: JournalFacts { store: store(0), ..JournalFacts::default() },
        events: Vec::new(),
        run: None,
    }
}

/// A busy shop day; everything that can be tested is well.
pub fn normal() -> Snapshot {
    let recent: Vec<Sale> = (0..40).map(|i| approved(i, ago(7200 - i * 170))).collect();
    let last = recent.last().unwrap().time;
    let journal = JournalFacts {
        sources: vec![source(1240, 0)],
        store: store(1240),
        last_sale: Some(last),
        last_answer: Some(last),
        recent_answered: 50,
        recent_declined: 2,
        top_decline: Some(("51".to_owned(), 2)),
        latency_p50_ms: Some(980),
        latency_p95_ms: Some(1840),
        batch_open: Some(118),
        ..JournalFacts::default()
    };
    let failed = vec![declined(50, ago(86_000), "51", Some("112112030551")), declined(51, ago(9_000), "55", None)];
    Snapshot {
        actor: actor(Role::Merchant),
        terminal: terminal(),
        findings: healthy(),
        recent,
        failed,
        last_good: vec![
            ("insert".to_owned(), last),
            ("tap".to_owned(), ago(1900)),
            ("swipe".to_owned(), ago(90_000)),
            ("scan".to_owned(), ago(610)),
        ],
        codes: vec![seen("51", 14, ago(86_000)), seen("55", 6, ago(9_000)), seen("61", 2, ago(190_000))],
        journal,
        events: vec![start_event(1, ago(20_000))],
        ..empty()
    }
}

/// The name server is dead since half an hour: declines before it, timeouts since, a torn journal, a full disk.
pub fn degraded() -> Snapshot {
    let mut failed: Vec<Sale> = ["51", "61", "21", "55", "A1", "98", "51"]
        .iter()
        .zip(0_i64..)
        .map(|(code, i)| declined(100 + i, ago(4000 - i * 200), code, Some("112112030551")))
        .collect();
    let timeout = unanswered(110, ago(900), SaleState::Timeout, Outcome::NoResponse);
    let query = unanswered(111, ago(700), SaleState::QueryNeeded, Outcome::Pending);
    let mut reversal = unanswered(112, ago(600), SaleState::Sent, Outcome::Pending);
    reversal.kind = "reversal".into();
    let mut reversed = unanswered(113, ago(500), SaleState::Reversed, Outcome::Reversed);
    reversed.card = Some(card("12345678"));
    failed.push(timeout.clone());
    let unfinished = vec![timeout, query, reversal];
    let mut recent: Vec<Sale> = (0..20).map(|i| approved(i, ago(9000 - i * 200))).collect();
    recent.extend(failed.iter().take(7).cloned());
    recent.extend(unfinished.iter().cloned());
    recent.push(reversed);
    let base = normal();
    let journal = JournalFacts {
        sources: vec![
            source(1210, 37),
            SourceStatus {
                name: Arc::from("wallet"),
                path: "/var/log/pos/wallet.log".to_owned(),
                profile: "acquirer-wallet".to_owned(),
                error: Some("denied".to_owned()),
                ..SourceStatus::default()
            },
        ],
        waiting: 3,
        query_needed: 1,
        recent_declined: 31,
        unanswered_in_a_row: 3,
        latency_p95_ms: Some(21_400),
        last_sale: Some(ago(500)),
        last_answer: Some(ago(2800)),
        store: StoreStatus { memory_only: true, error: Some("full".to_owned()), ..store(1210) },
        ..base.journal
    };
    let findings = broken();
    let events = findings.iter().filter(|f| f.status.is_bad()).zip(1_i64..).map(|(finding, id)| Event {
        id: id + 1,
        at: finding.at,
        kind: "finding".to_owned(),
        finding: Some(finding.clone()),
        code: String::new(),
        facts: Facts::new(),
    });
    Snapshot {
        actor: actor(Role::Technician),
        terminal: Terminal { demo: true, ..terminal() },
        root_cause: Some("net.dns".to_owned()),
        events: std::iter::once(start_event(1, ago(20_000))).chain(events).collect(),
        findings,
        recent,
        failed,
        unfinished,
        codes: vec![seen("51", 22, ago(2800)), seen("A1", 1, ago(3000)), seen("ZZ", 1, ago(3100))],
        journal,
        ..base
    }
}

/// A finding with its facts.
pub fn finding(id: &str, area: Area, screen: &str, status: Status, code: &str, facts: &[(&str, Fact)]) -> Finding {
    Finding {
        id: id.to_owned(),
        area,
        screen: screen.to_owned(),
        status,
        code: code.to_owned(),
        facts: facts.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        remedy: None,
        at: ago(40),
        root: false,
        caused_by: None,
    }
}

/// What a healthy terminal's checks say.
pub fn healthy() -> Vec<Finding> {
    use Status::{Absent, Ok};
    let host = ("host", Fact::from("primary"));
    let of_host = |id: &str, code: &str, fact: (&str, Fact)| {
        finding(id, Area::Host, "23", Ok, code, &[host.clone(), ("port", 6000_i64.into()), fact])
    };
    let net = |id: &str, screen: &str, code: &str, facts: &[(&str, Fact)]| {
        finding(id, Area::Network, screen, Ok, code, facts)
    };
    let eth = ("interface", Fact::from("eth0"));
    let sys = |id: &str, code: &str, facts: &[(&str, Fact)]| finding(id, Area::System, "56", Ok, code, facts);
    let sales = |id: &str, screen: &str, code: &str, facts: &[(&str, Fact)]| {
        finding(id, Area::Transactions, screen, Ok, code, facts)
    };
    let journal = |id: &str, code: &str| {
        let facts = [("source", "payment-app".into()), ("read", 1240_i64.into())];
        finding(id, Area::Source, "3", Ok, code, &facts)
    };
    vec![
        net("net.link:eth0", "2", "net-link-ok", std::slice::from_ref(&eth)),
        net("net.address:eth0", "2", "net-address-ok", &[eth.clone(), ("address", "192.168.1.20/24".into())]),
        net("net.gateway", "22", "net-gateway-ok", &[("gateway", "192.168.1.1".into()), ("rtt_ms", 2.4.into())]),
        net("net.wifi:wlan0", "21", "net-wifi-ok", &radio()),
        trace("net-trace-whole", &["1 192.168.1.1 0 0.8 1.1 2.4", "2 - 100", "3 203.0.113.7 0 31.0 33.5 40.2"]),
        net("net.dns", "22", "net-dns-ok", &[("servers_count", 1_i64.into()), ("rtt_ms", 11.0.into())]),
        of_host("host.tcp:primary", "host-tcp-ok", ("connect_ms", 34.0.into())),
        of_host("host.tls:primary", "host-tls-ok", ("tls_version", "TLSv1.3".into())),
        of_host("host.cert:primary", "host-cert-ok", ("days_left", 88_i64.into())),
        finding("clock.offset", Area::Clock, "53", Ok, "clock-ok", &[("offset_ms", 400_i64.into())]),
        sys("sys.disk:/", "sys-disk-ok", &[("mount", "/".into()), ("free_percent", 61_i64.into())]),
        sys("sys.memory", "sys-memory-ok", &[("available_percent", 54_i64.into())]),
        sys("sys.load", "sys-load-ok", &[("load_5", 0.4.into()), ("cores", 2_i64.into())]),
        finding("sys.temperature", Area::System, "56", Absent, "sys-temperature-none", &[]),
        sales("txn.pending", "33", "txn-pending-ok", &[]),
        sales("txn.declines", "32", "txn-declines-ok", &[("answered", 50_i64.into()), ("declined", 2_i64.into())]),
        sales("txn.latency", "34", "txn-latency-ok", &[("p95_s", 1.8.into())]),
        sales("trend.bank", "35", "trend-ok", &[]),
        sales("trend.fallback", "42", "trend-ok", &[]),
        journal("source.lag", "source-lag-ok"),
        journal("source.unknown", "source-ok"),
        finding("store.health", Area::Store, "56", Ok, "store-ok", &[("sales", 1240_i64.into())]),
    ]
}

/// A Wi-Fi that went to another access point once.
fn radio() -> Vec<(&'static str, Fact)> {
    let roam = "11-21 09:12 02:00:00:00:00:01 > 02:00:00:00:00:02";
    vec![
        ("interface", "wlan0".into()),
        ("ssid", "SHOP".into()),
        ("dbm", (-61_i64).into()),
        ("channel", 6_i64.into()),
        ("mbit", 72_i64.into()),
        ("retries", 4_i64.into()),
        ("roams_count", 1_i64.into()),
        ("roams", Fact::List(vec![roam.to_owned()])),
    ]
}

/// What a trace saw; it is no finding any more.
fn trace(code: &str, hops: &[&str]) -> Finding {
    let hops = Fact::List(hops.iter().map(|hop| (*hop).to_owned()).collect());
    let facts = [
        ("host", "primary".into()),
        ("port", 6000_i64.into()),
        ("hops_count", 3_i64.into()),
        ("rtt_ms", 33.5.into()),
        ("last", "192.168.1.1".into()),
        ("hops", hops),
    ];
    finding("net.trace:primary", Area::Network, "24", Status::Absent, code, &facts)
}

/// The same checks after the name server died and the disk filled up.
pub fn broken() -> Vec<Finding> {
    let mut findings = healthy();
    let root = "net.dns".to_owned();
    for finding in &mut findings {
        match finding.family() {
            "net.dns" => {
                turn(finding, Status::Fail, "net-dns-dead", 1800);
                finding.root = true;
                finding.remedy = Some("restart-network".to_owned());
            }
            "net.trace" => *finding = trace("net-trace-router", &["1 192.168.1.1 0 0.8 1.1 2.4"]),
            "host.tcp" => turn(finding, Status::NotTested, "host-tcp-unresolved", 40),
            "host.tls" => turn(finding, Status::NotTested, "host-tls-untested", 40),
            "host.cert" => turn(finding, Status::NotTested, "host-cert-untested", 40),
            "sys.disk" => {
                turn(finding, Status::Warning, "sys-disk-low", 1200);
                finding.facts.insert("free_percent".to_owned(), 6_i64.into());
                finding.facts.insert("free_mb".to_owned(), 880_i64.into());
            }
            "txn.pending" => {
                turn(finding, Status::Warning, "txn-waiting", 900);
                finding.facts.insert("waiting".to_owned(), 3_i64.into());
            }
            "trend.fallback" => {
                turn(finding, Status::Warning, "trend-fallback", 600);
                let facts = [("events", 6_i64.into()), ("trials", 50_i64.into()), ("since", "11-21 12:00".into())];
                finding.facts.extend(facts.map(|(name, fact): (&str, Fact)| (name.to_owned(), fact)));
                let shares = [("percent", 12.0), ("usual_percent", 2.0)];
                finding.facts.extend(shares.map(|(name, share)| (name.to_owned(), share.into())));
            }
            "source.unknown" => {
                turn(finding, Status::Warning, "source-lines", 40);
                finding.facts.insert("unreadable".to_owned(), 37_i64.into());
            }
            "clock.offset" => turn(finding, Status::Unknown, "clock-silent", 40),
            _ => {}
        }
        if matches!(finding.family(), "host.tcp" | "host.tls" | "host.cert" | "txn.pending") {
            finding.caused_by = Some(root.clone());
        }
    }
    findings
}

/// What a finding has become, so many seconds ago.
fn turn(finding: &mut Finding, status: Status, code: &str, seconds: i64) {
    finding.status = status;
    code.clone_into(&mut finding.code);
    finding.at = ago(seconds);
}

/// The shop's terminal.
pub fn terminal() -> Terminal {
    Terminal {
        tid: Some("12345678".to_owned()),
        mid: Some("898000000000001".to_owned()),
        serial: Some("SN0042-7".to_owned()),
        machine: "terminal".to_owned(),
        version: "0.1.0".to_owned(),
        demo: false,
        in_process: false,
        support_phone: "400-000-0000".to_owned(),
        support_hours: "08:00-22:00".to_owned(),
        lang: None,
        profile: "unionpay".to_owned(),
    }
}

/// Somebody with this role at the keypad.
pub fn actor(role: Role) -> Actor {
    Actor { uid: 1000, name: "shop".to_owned(), role, from: "tty1".to_owned(), session: None }
}

/// A masked card, as it comes over the link.
pub fn card(shown: &str) -> MaskedPan {
    serde_json::from_value(serde_json::Value::String(shown.to_owned())).unwrap()
}

/// An approved sale; every fourth one is scanned, every third tapped.
pub fn approved(i: i64, time: Stamp) -> Sale {
    let scanned = i % 4 == 3;
    Sale {
        id: SaleId::new(1, u64::try_from(i).unwrap() * 300),
        time,
        kind: "sale".into(),
        method: Some(if scanned { "scan-pay" } else { "card" }.into()),
        amount: Some(1234 + i * 311),
        currency: Some("156".into()),
        stan: Some(format!("{:06}", 120 + i).into()),
        rrn: Some(format!("1121120{:05}", 30_500 + i).into()),
        code: Some("00".into()),
        state: None,
        outcome: Outcome::Approved,
        tid: Some("12345678".into()),
        mid: Some("898000000000001".into()),
        entry_mode: Some(if i % 3 == 2 { "071" } else { "051" }.into()),
        card: (!scanned).then(|| card("622202*********0123")),
        latency_ms: Some(900 + u32::try_from(i).unwrap() * 7),
        host: Some("primary".into()),
        host_time: None,
        fallback: None,
        original_stan: None,
        issuer: None,
        text: None,
        late_by: None,
        undone_by: None,
        as_host: false,
        card_key: None,
        source: Arc::from("payment-app"),
    }
}

/// A sale that a host refused with this code; without a reference number if `rrn` is none.
pub fn declined(i: i64, time: Stamp, code: &str, rrn: Option<&str>) -> Sale {
    Sale {
        code: Some(code.into()),
        rrn: rrn.map(Into::into),
        outcome: Outcome::Declined,
        entry_mode: Some("051".into()),
        method: Some("card".into()),
        card: Some(card("622202*********0123")),
        ..approved(i, time)
    }
}

/// A request that no host answered.
pub fn unanswered(i: i64, time: Stamp, state: SaleState, outcome: Outcome) -> Sale {
    Sale { code: None, rrn: None, latency_ms: None, state: Some(state), ..Sale { outcome, ..approved(i, time) } }
}

fn source(read: u64, unreadable: u64) -> SourceStatus {
    SourceStatus {
        name: Arc::from("payment-app"),
        path: "/var/log/pos/journal.jsonl".to_owned(),
        profile: "unionpay".to_owned(),
        read,
        unreadable,
        last_unreadable: (unreadable > 0).then(|| "byte 48213: not one whole object".to_owned()),
        caught_up: true,
        last: Some(ago(500)),
        ..SourceStatus::default()
    }
}

fn store(sales: u64) -> StoreStatus {
    StoreStatus {
        path: "/var/lib/pos-console/store.db".to_owned(),
        sales,
        bytes: sales * 400,
        memory_only: false,
        error: None,
        set_aside: None,
    }
}

fn seen(code: &str, count: u64, last: Stamp) -> CodeSeen {
    CodeSeen { code: code.to_owned(), count, last, source: Arc::from("payment-app") }
}

fn start_event(id: i64, at: Stamp) -> Event {
    Event {
        id,
        at,
        kind: "start".to_owned(),
        finding: None,
        code: "agent-started".to_owned(),
        facts: Facts::from([("version".to_owned(), "0.1.0".into())]),
    }
}

fn audit() -> Vec<AuditRow> {
    ["intent", "refused"]
        .iter()
        .zip(1_i64..)
        .map(|(phase, seq)| AuditRow {
            seq,
            draft: AuditDraft {
                time: ago(3000 - seq),
                who: "shop".to_owned(),
                role: "merchant".to_owned(),
                from: "tty1".to_owned(),
                action: "restart-network".to_owned(),
                phase: (*phase).to_owned(),
                reason: if *phase == "refused" { "unavailable" } else { "" }.to_owned(),
                detail: String::new(),
            },
            hash: format!("{seq:064x}"),
        })
        .collect()
}
