//! What is known around a transaction and the verdict on it: as JSON with frozen keys, and words of closed lists instead
//! of sentences; and in one line for a person. Shared by `journal` and `explain`.

use serde::Serialize;

use crate::codes;
use crate::link::Link;
use crate::model::{Alike, Area, Evidence, Finding, Others, Outcome, Sale, SameCard, Snapshot, Stamp, Status};
use crate::proto::{MAX_EVIDENCE, Reply, Request};
use crate::text::{self, Lang};
use crate::verdict::{self, Proof, Scene, Verdict};

/// How a part of the terminal stood.
#[derive(Serialize)]
struct Stood<'a> {
    status: Status,
    finding: &'a str,
    since: Stamp,
    until: Stamp,
}

/// Line, host, clock, reader and supply within a minute; `null` was not looked at.
#[derive(Serialize)]
struct Around<'a> {
    network: Option<Stood<'a>>,
    host: Option<Stood<'a>>,
    clock: Option<Stood<'a>>,
    reader: Option<Stood<'a>>,
    power: Option<Stood<'a>>,
    parameters: Option<Stood<'a>>,
}

/// Cards that got the same code.
#[derive(Serialize)]
struct SameCode {
    minutes_60: Option<Alike>,
    hours_24: Option<Alike>,
}

#[derive(Serialize)]
struct Late {
    time: Stamp,
    outcome: Outcome,
}

/// The reversal or void that undid it.
#[derive(Serialize)]
struct Undone<'a> {
    time: Stamp,
    kind: &'a str,
}

/// The key `evidence`.
#[derive(Serialize)]
pub struct Surroundings<'a> {
    /// A host answered; `null` where only a code says so.
    answered: Option<bool>,
    proof: Proof,
    host_time: Option<Stamp>,
    /// Seconds by which the host's clock is ahead of ours.
    host_ahead_s: Option<i64>,
    issuer: Option<&'a str>,
    text: Option<&'a str>,
    fallback: Option<bool>,
    around: Around<'a>,
    same_code: SameCode,
    same_card: Option<SameCard>,
    others: Others,
    late: Option<Late>,
    undone: Option<Undone<'a>>,
}

/// A transaction's keys `evidence` and `verdict`; both `null` for what went through.
#[derive(Serialize)]
pub struct Told<'a> {
    evidence: Option<Surroundings<'a>>,
    verdict: Option<Verdict>,
}

/// Whether there is something to be explained.
pub fn explains(sale: &Sale) -> bool {
    sale.outcome != Outcome::Approved
}

impl<'a> Told<'a> {
    /// Nothing to explain.
    pub const NOTHING: Self = Self { evidence: None, verdict: None };

    /// Judges one transaction of the journal that this snapshot knows.
    pub fn of(sale: &'a Sale, evidence: &'a Evidence, snapshot: Option<&Snapshot>) -> Self {
        let verdict = judge(sale, evidence, snapshot);
        Self { evidence: Some(surroundings(sale, evidence, verdict.proof)), verdict: Some(verdict) }
    }
}

fn judge(sale: &Sale, evidence: &Evidence, snapshot: Option<&Snapshot>) -> Verdict {
    let code = sale.code.as_deref().and_then(|code| codes::bare(&profile(sale, snapshot), code));
    let now = now(sale, snapshot);
    verdict::judge(&Scene { sale, evidence, code: code.as_ref(), now })
}

/// The verdict on one transaction for a person: who refused, what to do, whose job it is.
pub fn said(lang: Lang, sale: &Sale, evidence: &Evidence, snapshot: Option<&Snapshot>) -> String {
    let verdict = judge(sale, evidence, snapshot);
    let known = sale.code.as_deref().map(|code| codes::explain(&profile(sale, snapshot), code, lang));
    let meaning = known.filter(|told| told.known).map(|told| told.meaning).unwrap_or_default();
    let said = verdict::said(lang, sale, evidence, &verdict, &meaning);
    match said.job {
        Some(job) => text::ta(lang, "cli-verdict", &[("line", said.line.into()), ("job", job.into())]),
        None => said.line,
    }
}

/// The code table of the journal that a transaction stands in.
fn profile(sale: &Sale, snapshot: Option<&Snapshot>) -> String {
    let own = snapshot.and_then(|snapshot| {
        let source = snapshot.journal.sources.iter().find(|source| source.name == sale.source)?;
        Some(source.profile.clone())
    });
    own.filter(|profile| !profile.is_empty()).unwrap_or_else(|| "unionpay".to_owned())
}

/// What is wrong now counts for the newest transaction only.
fn now<'s>(sale: &Sale, snapshot: Option<&'s Snapshot>) -> &'s [Finding] {
    let newest = |snapshot: &&Snapshot| snapshot.recent.last().is_none_or(|last| last.id == sale.id);
    snapshot.filter(newest).map(|snapshot| snapshot.findings.as_slice()).unwrap_or_default()
}

fn surroundings<'a>(sale: &'a Sale, evidence: &'a Evidence, proof: Proof) -> Surroundings<'a> {
    let at = |area: Area| {
        let stood = evidence.area(area, sale.time)?;
        Some(Stood { status: stood.status, finding: &stood.id, since: stood.from, until: stood.until })
    };
    Surroundings {
        answered: match proof {
            Proof::None => Some(false),
            Proof::Code => None,
            Proof::Reference | Proof::HostTime | Proof::Issuer | Proof::Latency => Some(true),
        },
        proof,
        host_time: sale.host_time,
        host_ahead_s: sale.host_time.map(|host| host.seconds_since(sale.time)),
        issuer: sale.issuer.as_deref(),
        text: sale.text.as_deref(),
        fallback: verdict::fallback(sale, evidence),
        around: Around {
            network: at(Area::Network),
            host: at(Area::Host),
            clock: at(Area::Clock),
            reader: at(Area::Reader),
            power: at(Area::Power),
            parameters: at(Area::Params),
        },
        same_code: SameCode { minutes_60: evidence.hour, hours_24: evidence.day },
        same_card: evidence.same_card,
        others: evidence.others,
        late: evidence.late.map(|(time, outcome)| Late { time, outcome }),
        undone: evidence.undone.as_ref().map(|undone| Undone { time: undone.time, kind: &undone.kind }),
    }
}

/// The state as told so far, with the parameters looked at where nobody has yet and the newest transaction was
/// refused: they do not change by themselves, and some codes are about them.
pub async fn snapshot(link: &mut Link) -> Option<Snapshot> {
    let mut snapshot = super::first_snapshot(link).await?;
    let ours = |found: &Finding| matches!(found.area, Area::Params | Area::Version);
    let refused = snapshot.recent.last().is_some_and(|sale| sale.outcome == Outcome::Declined);
    if refused && !snapshot.findings.iter().any(ours) {
        let scope = ["params", "version.expected"].map(str::to_owned).to_vec();
        if let Reply::Checked { findings, .. } = link.ask(Request::Check { scope }).await {
            snapshot.findings.extend(findings.into_iter().filter(ours));
        }
    }
    Some(snapshot)
}

/// The surroundings of those that need explaining, in the order of the rows; empty where nothing is known.
pub async fn fetch(link: &Link, rows: &[Sale]) -> Vec<Evidence> {
    let wanted: Vec<_> = rows.iter().filter(|sale| explains(sale)).map(|sale| sale.id).collect();
    let mut found = Vec::with_capacity(wanted.len());
    for ids in wanted.chunks(MAX_EVIDENCE) {
        let mut told = match link.ask(Request::Evidence { ids: ids.to_vec() }).await {
            Reply::Evidence { rows } => rows,
            _ => Vec::new(),
        };
        told.resize_with(ids.len(), Evidence::default);
        found.append(&mut told);
    }
    let mut found = found.into_iter();
    rows.iter().map(|sale| if explains(sale) { found.next() } else { None }.unwrap_or_default()).collect()
}
