//! Runs checks: all at once, each with its own end, none able to take another down.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::task::JoinHandle;

use super::found::Build;
use super::memo::Memo;
use super::{Check, Cx};
use crate::model::{Finding, Status};

/// Ends the task with its owner.
struct Running(JoinHandle<Vec<Finding>>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Runs these checks with fresh probes and returns their findings in the order of the ladder, not judged yet. A check
/// that is late gives `unknown` with `check-late`, one that breaks or says nothing with `check-broken`.
pub async fn run(mut cx: Cx, wanted: &[&'static dyn Check]) -> Vec<Finding> {
    let off = cx.config.checks.off.clone();
    let is_off = |id: &str| off.iter().any(|word| word == id);
    let wanted: Vec<&'static dyn Check> = wanted.iter().copied().filter(|check| !is_off(check.spec().id)).collect();
    let plain = !wanted.iter().any(|check| matches!(check.spec().id, "host.tls" | "host.cert" | "net.mtu"));
    cx.host = Arc::new(Memo::new(cx.host, plain));
    let results = join_all(wanted.iter().map(|check| one(*check, cx.clone()))).await;
    results.into_iter().flatten().filter(|finding| !is_off(&finding.id)).collect()
}

async fn one(check: &'static dyn Check, cx: Cx) -> Vec<Finding> {
    let spec = check.spec();
    let mut running = Running(tokio::spawn(check.run(cx.clone())));
    match tokio::time::timeout(spec.limit, &mut running.0).await {
        Ok(Ok(findings)) if !findings.is_empty() => findings,
        Ok(_) => vec![spec.found(&cx, Status::Unknown, "check-broken").fact("check", spec.id)],
        Err(_) => {
            let found = spec.found(&cx, Status::Unknown, "check-late").fact("check", spec.id);
            vec![found.fact("limit_s", seconds(spec.limit))]
        }
    }
}

fn seconds(limit: Duration) -> f64 {
    limit.as_secs_f64()
}
