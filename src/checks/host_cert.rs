//! `host.cert`: would the payment application accept the certificate that each host shows.

use std::time::Duration;

use super::found::Build;
use super::reach::{PerHost, Reached, about_host, path, reach};
use super::{CheckSpec, Cx};
use crate::config::HostConfig;
use crate::model::{Area, Finding, Stamp, Status};
use crate::platform::{CertSeen, Trust};

/// Days before its end at which a certificate is a warning.
const SOON: i64 = 14;
const DAY: i64 = 86_400;

const SPEC: CheckSpec = CheckSpec {
    id: "host.cert",
    area: Area::Host,
    screen: "23",
    every: Duration::from_mins(5),
    limit: Duration::from_millis(9_400),
    needs: &["host.tls", "clock.offset", "host.tcp"],
};

pub(super) const CHECK: PerHost = PerHost { spec: &SPEC, look: |cx, name, host| Box::pin(look(cx, name, host)) };

async fn look(cx: &Cx, name: String, host: &HostConfig) -> Finding {
    let found = |status, code| about_host(&SPEC, cx, host, &name, status, code);
    if !host.tls {
        return found(Status::Absent, "host-tls-none");
    }
    let Reached::Dialled { to, dialled } = reach(cx, host).await else {
        return found(Status::NotTested, "host-cert-untested");
    };
    let Some(Ok(seen)) = dialled.tls else {
        return found(Status::NotTested, "host-cert-untested").fact("path", path(cx, to.ip()).await);
    };
    let cert = match seen.cert {
        Ok(cert) => cert,
        Err(reason) => return found(Status::Unknown, "host-cert-unjudged").fact("reason", reason),
    };
    let now = cx.host.now();
    let (status, code) = judge(&cert, now);
    let days_left = (cert.not_after - seconds(now)).div_euclid(DAY);
    let expected = if host.server_name.is_empty() { host.address.as_str() } else { host.server_name.as_str() };
    let reason = if let Trust::Bad(words) = &cert.trust { words.as_str() } else { "" };
    let found = found(status, code).fact("days_left", days_left).fact("reason", reason);
    // Only where dates are at fault the clock may be.
    let found =
        if code == "host-cert-not-yet" || code == "host-cert-expired" { found.remedy("sync-time") } else { found };
    found
        .fact("expected_name", expected)
        .fact("names", cert.names)
        .fact("subject", cert.subject)
        .fact("issuer", cert.issuer)
        .fact("valid_from", day(cert.not_before, now))
        .fact("valid_until", day(cert.not_after, now))
        .fact("valid_from_s", cert.not_before)
        .fact("valid_until_s", cert.not_after)
        .fact("path", path(cx, to.ip()).await)
}

/// Dates first (they may be the clock's fault), then who vouches for it, then the name.
fn judge(cert: &CertSeen, now: Stamp) -> (Status, &'static str) {
    let now = seconds(now);
    if now < cert.not_before {
        return (Status::Fail, "host-cert-not-yet");
    }
    if now > cert.not_after {
        return (Status::Fail, "host-cert-expired");
    }
    match &cert.trust {
        Trust::UnknownIssuer => (Status::Fail, "host-cert-unknown-ca"),
        Trust::SelfSigned => (Status::Fail, "host-cert-self-signed"),
        Trust::Bad(_) => (Status::Fail, "host-cert-bad"),
        Trust::Trusted | Trust::NoRoots if !cert.name_ok => (Status::Fail, "host-cert-wrong-name"),
        Trust::NoRoots => (Status::Unknown, "host-cert-no-roots"),
        Trust::Trusted if cert.not_after - now < SOON * DAY => (Status::Warning, "host-cert-soon"),
        Trust::Trusted => (Status::Ok, "host-cert-ok"),
    }
}

fn seconds(at: Stamp) -> i64 {
    at.micros.div_euclid(1_000_000)
}

/// A date on the calendar of the terminal.
fn day(seconds: i64, like: Stamp) -> String {
    Stamp::new(seconds.saturating_mul(1_000_000), like.offset).strftime("%Y-%m-%d")
}
