//! `store.health`: does what the agent learns survive a restart.

use std::time::Duration;

use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Status};
use crate::platform::Fut;

pub(super) struct StoreHealth;

const SPEC: CheckSpec = CheckSpec {
    id: "store.health",
    area: Area::Store,
    screen: "56",
    every: Duration::from_secs(30),
    limit: Duration::from_secs(2),
    needs: &["sys.disk", "sys.readonly"],
};

impl Check for StoreHealth {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let store = &cx.journal.store;
            let (status, code) = match store.error.as_deref() {
                Some("full") => (Status::Fail, "store-full"),
                Some("read-only") => (Status::Warning, "store-read-only"),
                Some(_) => (Status::Warning, "store-error"),
                None if store.memory_only => (Status::Warning, "store-memory"),
                None if store.set_aside.is_some() => (Status::Warning, "store-set-aside"),
                None => (Status::Ok, "store-ok"),
            };
            let found = SPEC
                .found(&cx, status, code)
                .fact("path", store.path.as_str())
                .fact("sales", store.sales)
                .fact("bytes", store.bytes)
                .fact("mb", store.bytes / 1_000_000)
                .fact("reason", store.error.clone().unwrap_or_default());
            vec![found.fact("set_aside", store.set_aside.clone().unwrap_or_default())]
        })
    }
}
