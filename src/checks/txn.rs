//! `txn.*`: what the payment journal says of the sales themselves.

use std::time::Duration;

use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Status};
use crate::platform::Fut;

/// Answered sales before a share of declines means anything.
const ENOUGH: u64 = 10;
/// Unanswered sales in a row that are no accident any more.
const ROW: u64 = 3;

const HOSTS: &[&str] =
    &["host.echo", "host.cert", "host.tls", "host.tcp", "net.dns", "net.gateway", "net.address", "net.link"];

pub(super) struct Last;

const LAST: CheckSpec = CheckSpec {
    id: "txn.last",
    area: Area::Transactions,
    screen: "34",
    every: Duration::from_mins(1),
    limit: Duration::from_secs(2),
    needs: &[],
};

impl Check for Last {
    fn spec(&self) -> &'static CheckSpec {
        &LAST
    }

    /// When a host last answered a sale: the top of the ladder. How long ago is no fault by itself: shops close.
    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let found = match cx.journal.last_answer {
                Some(at) => LAST
                    .found(&cx, Status::Ok, "txn-last-ok")
                    .fact("last", at.strftime("%m-%d %H:%M"))
                    .fact("ago_s", cx.now.seconds_since(at).max(0)),
                None => LAST.found(&cx, Status::Absent, "txn-last-none"),
            };
            vec![found]
        })
    }
}

pub(super) struct Pending;

const PENDING: CheckSpec = CheckSpec {
    id: "txn.pending",
    area: Area::Transactions,
    screen: "33",
    every: Duration::from_secs(15),
    limit: Duration::from_secs(2),
    needs: HOSTS,
};

impl Check for Pending {
    fn spec(&self) -> &'static CheckSpec {
        &PENDING
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let facts = &cx.journal;
            let (status, code) = if facts.last_sale.is_none() {
                (Status::Absent, "txn-none")
            } else if facts.unanswered_in_a_row >= ROW {
                (Status::Fail, "txn-unanswered")
            } else if facts.query_needed > 0 {
                (Status::Warning, "txn-query-needed")
            } else if facts.waiting > 0 {
                (Status::Warning, "txn-waiting")
            } else {
                (Status::Ok, "txn-pending-ok")
            };
            let found = PENDING
                .found(&cx, status, code)
                .fact("waiting", facts.waiting)
                .fact("query_needed", facts.query_needed)
                .fact("in_flight", facts.in_flight)
                .fact("unanswered_in_a_row", facts.unanswered_in_a_row);
            vec![found]
        })
    }
}

pub(super) struct Declines;

const DECLINES: CheckSpec = CheckSpec {
    id: "txn.declines",
    area: Area::Transactions,
    screen: "32",
    every: Duration::from_secs(15),
    limit: Duration::from_secs(2),
    needs: &["txn.terminal", "txn.keys", "txn.issuer", "trend.bank", "trend.code", "trend.declines"],
};

impl Check for Declines {
    fn spec(&self) -> &'static CheckSpec {
        &DECLINES
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let facts = &cx.journal;
            if facts.recent_answered == 0 {
                return vec![DECLINES.found(&cx, Status::Absent, "txn-none")];
            }
            let percent = facts.recent_declined * 100 / facts.recent_answered;
            let many = percent >= u64::from(cx.config.transactions.declines_warn_percent);
            let (status, code) = match (many, facts.recent_answered >= ENOUGH) {
                (true, true) => (Status::Warning, "txn-declines-many"),
                _ => (Status::Ok, "txn-declines-ok"),
            };
            let mut found = DECLINES
                .found(&cx, status, code)
                .fact("declined", facts.recent_declined)
                .fact("answered", facts.recent_answered)
                .fact("declined_percent", percent);
            let (top, count) = facts.top_decline.clone().unwrap_or_else(|| ("-".to_owned(), 0));
            found = found.fact("top_code", top).fact("top_count", count);
            vec![found]
        })
    }
}

pub(super) struct Latency;

const LATENCY: CheckSpec = CheckSpec {
    id: "txn.latency",
    area: Area::Transactions,
    screen: "35",
    every: Duration::from_secs(15),
    limit: Duration::from_secs(2),
    needs: HOSTS,
};

impl Check for Latency {
    fn spec(&self) -> &'static CheckSpec {
        &LATENCY
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let limits = &cx.config.transactions;
            let Some(p95) = cx.journal.latency_p95_ms else {
                return vec![LATENCY.found(&cx, Status::Absent, "txn-latency-none")];
            };
            let (status, code) = match p95 {
                slow if slow >= limits.latency_fail_ms => (Status::Fail, "txn-latency-slow"),
                slow if slow >= limits.latency_warn_ms => (Status::Warning, "txn-latency-slow"),
                _ => (Status::Ok, "txn-latency-ok"),
            };
            let found = LATENCY.found(&cx, status, code).fact("p95_ms", p95).fact("p95_s", f64::from(p95) / 1_000.0);
            vec![found.fact("p50_ms", cx.journal.latency_p50_ms.unwrap_or(p95))]
        })
    }
}
