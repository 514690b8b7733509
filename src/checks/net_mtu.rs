//! `net.mtu`: do packets of full size get through. A way that swallows them without a word lets a connection stand and
//! then nothing more happens; it is tried again with small packets only, and if that works it is proved.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::found::Build;
use super::reach::{PerHost, Reached, about_host, path, reach, tls_ask};
use super::{CheckSpec, Cx};
use crate::config::HostConfig;
use crate::model::{Area, Finding, Status};
use crate::platform::{TlsFault, Train};

const ECHOES: Train = Train { count: 3, gap: Duration::from_millis(60), wait: Duration::from_millis(1_500), size: 16 };
/// The largest packet of an ordinary wire.
const MTU: u32 = 1_500;

const SPEC: CheckSpec = CheckSpec {
    id: "net.mtu",
    area: Area::Network,
    screen: "22",
    every: Duration::from_mins(5),
    limit: Duration::from_millis(9_400),
    needs: &["host.tcp"],
};

pub(super) const CHECK: PerHost = PerHost { spec: &SPEC, look: |cx, name, host| Box::pin(look(cx, name, host)) };

async fn look(cx: &Cx, name: String, host: &HostConfig) -> Finding {
    let found = |status, code| about_host(&SPEC, cx, host, &name, status, code);
    let Reached::Dialled { to, dialled } = reach(cx, host).await else {
        return found(Status::Absent, "net-mtu-untested");
    };
    let way = path(cx, to.ip()).await;
    if dialled.tcp.is_err() || way == "loopback" {
        return found(Status::Absent, "net-mtu-untested");
    }
    let mtu = cx.host.route(to.ip()).await.map_or(0, |hop| hop.mtu);
    let swallowed = match dialled.tls {
        // Its certificates alone fill packets.
        Some(Ok(_)) => false,
        Some(Err(TlsFault::Silent | TlsFault::Closed | TlsFault::Broken(_))) => {
            let small = async { cx.host.dial_small(to, Some(tls_ask(host))).await.tls.is_some_and(|tls| tls.is_ok()) };
            let (small, echoes) = tokio::join!(small, only_small_echoes(cx, to, mtu));
            small || echoes
        }
        // Nothing large is said before a sale: only where sales stay unanswered it is worth the packets.
        None if cx.journal.unanswered_in_a_row > 0 => only_small_echoes(cx, to, mtu).await,
        Some(Err(_)) | None => return found(Status::Absent, "net-mtu-untested"),
    };
    let (status, code) = if swallowed { (Status::Fail, "net-mtu-blackhole") } else { (Status::Ok, "net-mtu-ok") };
    found(status, code).fact("mtu", mtu).fact("path", way)
}

/// Small echoes come back, those of full size do not.
async fn only_small_echoes(cx: &Cx, to: SocketAddr, mtu: u32) -> bool {
    let head = if matches!(to.ip(), IpAddr::V4(_)) { 28 } else { 48 };
    let full = if mtu == 0 { MTU } else { mtu.min(MTU) };
    let size = usize::try_from(full.saturating_sub(head)).unwrap_or(0);
    let (small, large) = tokio::join!(cx.host.train(to.ip(), ECHOES), cx.host.train(to.ip(), Train { size, ..ECHOES }));
    small.lost() == 0 && large.rtts.is_empty() && !large.denied
}
