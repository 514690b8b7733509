//! `host.tls`: does the handshake with each host that speaks TLS come about.

use std::time::Duration;

use super::found::{Build, ms};
use super::reach::{PerHost, Reached, about_host, path, reach};
use super::{CheckSpec, Cx};
use crate::config::HostConfig;
use crate::model::{Area, Finding, Status};
use crate::platform::TlsFault;

const SPEC: CheckSpec = CheckSpec {
    id: "host.tls",
    area: Area::Host,
    screen: "23",
    every: Duration::from_mins(5),
    limit: Duration::from_millis(9_400),
    needs: &["net.mtu", "host.tcp"],
};

pub(super) const CHECK: PerHost = PerHost { spec: &SPEC, look: |cx, name, host| Box::pin(look(cx, name, host)) };

async fn look(cx: &Cx, name: String, host: &HostConfig) -> Finding {
    let found = |status, code| about_host(&SPEC, cx, host, &name, status, code);
    if !host.tls {
        return found(Status::Absent, "host-tls-none");
    }
    let Reached::Dialled { to, dialled } = reach(cx, host).await else {
        return found(Status::NotTested, "host-tls-untested");
    };
    let found = match dialled.tls {
        None => found(Status::NotTested, "host-tls-untested"),
        Some(Ok(seen)) => found(Status::Ok, "host-tls-ok")
            .fact("handshake_ms", ms(seen.took))
            .fact("tls_version", seen.version.replace("TLSv1_", "TLS 1.")),
        Some(Err(TlsFault::BadName)) => found(Status::Unknown, "host-tls-bad-name"),
        Some(Err(TlsFault::Silent)) => found(Status::Fail, "host-tls-silent"),
        Some(Err(TlsFault::Closed)) => found(Status::Fail, "host-tls-closed"),
        Some(Err(TlsFault::Web)) => found(Status::Fail, "host-tls-web"),
        Some(Err(TlsFault::NotTls)) => found(Status::Fail, "host-tls-not-tls"),
        Some(Err(TlsFault::Alert(alert))) => found(Status::Fail, "host-tls-alert").fact("reason", alert),
        Some(Err(TlsFault::Broken(reason))) => found(Status::Fail, "host-tls-broken").fact("reason", reason),
    };
    found.fact("path", path(cx, to.ip()).await)
}
