//! `host.echo`: does each host that takes echo tests answer one. The only message that is ever sent; it moves nothing.

use std::time::{Duration, Instant};

use super::found::{Build, ms};
use super::reach::{PerHost, Reached, about_host, path, reach, tls_ask};
use super::{CheckSpec, Cx};
use crate::config::{EchoConfig, HostConfig};
use crate::iso8583::{EchoAnswer, EchoTest, read_echo};
use crate::model::{Area, Finding, Status};
use crate::platform::{Dialled, Talk};

/// Nobody waits longer for what an echo test would add.
const ENOUGH: Duration = Duration::from_millis(7_500);

const SPEC: CheckSpec = CheckSpec {
    id: "host.echo",
    area: Area::Host,
    screen: "23",
    every: Duration::from_mins(5),
    limit: Duration::from_millis(9_300),
    needs: &["net.mtu", "host.cert", "host.tls", "host.tcp"],
};

pub(super) const CHECK: PerHost = PerHost { spec: &SPEC, look: |cx, name, host| Box::pin(look(cx, name, host)) };

async fn look(cx: &Cx, name: String, host: &HostConfig) -> Finding {
    let began = Instant::now();
    let found = |status, code| about_host(&SPEC, cx, host, &name, status, code);
    let Some(echo) = &host.echo else { return found(Status::Absent, "host-echo-not-asked") };
    let Some(frame) = frame(cx, echo) else { return found(Status::Unknown, "host-echo-unset") };
    let Reached::Dialled { to, dialled } = reach(cx, host).await else {
        return found(Status::NotTested, "host-echo-untested");
    };
    let way = path(cx, to.ip()).await;
    if dialled.tcp.is_err() || matches!(dialled.tls, Some(Err(_))) {
        return found(Status::NotTested, "host-echo-untested").fact("path", way);
    }
    // It goes the whole way once more, and waits for an answer. On a line so slow that this takes until nobody waits for
    // the verdict any more, that it is slow is the verdict.
    if began.elapsed() + again(&dialled) > ENOUGH {
        return found(Status::NotTested, "host-echo-slow").fact("path", way);
    }
    let ask = host.tls.then(|| tls_ask(host));
    match cx.host.talk(to, ask, frame).await {
        Talk::Answer { bytes, took } => match read_echo(&bytes) {
            EchoAnswer::Answered(code) if code.as_deref().is_none_or(|code| code == "00") => {
                found(Status::Ok, "host-echo-ok").fact("echo_ms", ms(took))
            }
            EchoAnswer::Answered(code) => found(Status::Warning, "host-echo-refused")
                .fact("code", code.unwrap_or_default())
                .fact("echo_ms", ms(took)),
            EchoAnswer::Garbage => found(Status::Fail, "host-echo-garbage"),
        },
        Talk::Garbage => found(Status::Fail, "host-echo-garbage"),
        Talk::Silent => found(Status::Fail, "host-echo-silent"),
        Talk::Closed => found(Status::Fail, "host-echo-closed"),
        // The first connection stood a moment ago: this one is the same host on another day.
        Talk::NoConnection(_) | Talk::NoHandshake(_) | Talk::NotTrusted => {
            found(Status::NotTested, "host-echo-untested")
        }
    }
    .fact("path", way)
}

/// What connecting, the handshake and one answer took or will take.
fn again(dialled: &Dialled) -> Duration {
    let connect = dialled.tcp.as_ref().map_or(Duration::ZERO, |(took, _)| *took);
    let handshake = dialled.tls.as_ref().and_then(|tls| tls.as_ref().ok()).map_or(Duration::ZERO, |seen| seen.took);
    connect * 2 + handshake
}

/// The message with the terminal's numbers.
fn frame(cx: &Cx, echo: &EchoConfig) -> Option<Vec<u8>> {
    let first = |own: &str, configured: &str, seen: Option<&String>| {
        [own, configured, seen.map_or("", String::as_str)].into_iter().find(|text| !text.is_empty()).map(str::to_owned)
    };
    let tid = first(&echo.tid, &cx.config.terminal.tid, cx.journal.tid.as_ref())?;
    let mid = first(&echo.mid, &cx.config.terminal.mid, cx.journal.mid.as_ref())?;
    EchoTest { tpdu: &echo.tpdu, header: &echo.header, tid: &tid, mid: &mid, batch: &echo.batch }.frame()
}
