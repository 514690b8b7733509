//! Runs checks: beginnings spread, each with its own end, none able to take another down.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::found::Build;
use super::memo::Memo;
use super::turns::{Turns, in_turn};
use super::{Check, Cx};
use crate::model::{Finding, Status};

/// Ends the task with its owner.
struct Running<T>(JoinHandle<T>);

impl<T> Drop for Running<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Runs these checks with fresh probes and returns their findings in the order of the ladder, not judged yet. A check
/// that is late gives `unknown` with `check-late`, one that breaks or says nothing with `check-broken`.
pub async fn run(cx: Cx, wanted: &[&'static dyn Check]) -> Vec<Finding> {
    run_in(cx, wanted, Turns::USUAL).await
}

/// The same, begun in these turns.
pub(super) async fn run_in(mut cx: Cx, wanted: &[&'static dyn Check], turns: Turns) -> Vec<Finding> {
    let off = cx.config.checks.off.clone();
    let is_off = |id: &str| off.iter().any(|word| word == id);
    let wanted: Vec<&'static dyn Check> = wanted.iter().copied().filter(|check| !is_off(check.spec().id)).collect();
    let plain = !wanted.iter().any(|check| matches!(check.spec().id, "host.tls" | "host.cert" | "net.mtu"));
    cx.host = Arc::new(Memo::new(cx.host, plain));
    let last = Instant::now() + turns.whole;
    let gate = Arc::new(Semaphore::new(turns.places as usize));
    let mut begun = Vec::with_capacity(wanted.len());
    for (at, check) in in_turn(&wanted) {
        // Nobody closes the gate; without a place a check would run all the same.
        let place = gate.clone().acquire_many_owned(turns.places_of(check.spec())).await.ok();
        let last = (check.spec().limit <= turns.whole).then_some(last);
        begun.push((at, check, Running(tokio::spawn(one(check, cx.clone(), (place, turns.head), last)))));
    }
    let ended = join_all(begun.into_iter().map(async |(at, check, mut running)| {
        let found = (&mut running.0).await;
        (at, found.unwrap_or_else(|_| vec![broken(check, &cx)]))
    }));
    let mut results = ended.await;
    results.sort_by_key(|(at, _)| *at);
    let found = results.into_iter().flat_map(|(_, found)| found);
    found.filter(|finding| !is_off(&finding.id)).map(clean).collect()
}

/// Names, paths and a machine's own words may hold a card number: none goes beyond this.
fn clean(mut finding: Finding) -> Finding {
    finding.facts = finding.facts.into_iter().map(|(name, fact)| (name, fact.scrubbed())).collect();
    finding
}

/// One check, from its own beginning; its place is another's once it is seen to wait.
async fn one(
    check: &'static dyn Check,
    cx: Cx,
    (place, head): (Option<OwnedSemaphorePermit>, Duration),
    last: Option<Instant>,
) -> Vec<Finding> {
    let limit = check.spec().limit;
    let own = Instant::now() + limit;
    let end = last.map_or(own, |last| own.min(last));
    let mut running = Running(tokio::spawn(check.run(cx.clone())));
    let early = timeout_at(end.min(Instant::now() + head), &mut running.0).await;
    drop(place);
    let ended = match early {
        Ok(ended) => Ok(ended),
        Err(_) => timeout_at(end, &mut running.0).await,
    };
    match ended {
        Ok(Ok(findings)) if !findings.is_empty() => findings,
        Ok(_) => vec![broken(check, &cx)],
        Err(_) => {
            let found = check.spec().found(&cx, Status::Unknown, "check-late").fact("check", check.spec().id);
            vec![found.fact("limit_s", limit.as_secs_f64())]
        }
    }
}

fn broken(check: &'static dyn Check, cx: &Cx) -> Finding {
    check.spec().found(cx, Status::Unknown, "check-broken").fact("check", check.spec().id)
}
