//! `host.tcp`: does each payment host accept connections.

use std::time::Duration;

use super::found::{Build, ms};
use super::reach::{PerHost, Reached, about_host, path, reach};
use super::{CheckSpec, Cx};
use crate::config::HostConfig;
use crate::model::{Area, Finding, Status};
use crate::platform::ConnectFault;

const SPEC: CheckSpec = CheckSpec {
    id: "host.tcp",
    area: Area::Host,
    screen: "23",
    every: Duration::from_mins(1),
    limit: Duration::from_millis(9_500),
    needs: &[
        "net.firewall",
        "net.route",
        "net.dns",
        "net.portal",
        "net.loss",
        "net.gateway",
        "net.address",
        "net.link",
    ],
};

pub(super) const CHECK: PerHost = PerHost { spec: &SPEC, look: |cx, name, host| Box::pin(look(cx, name, host)) };

async fn look(cx: &Cx, name: String, host: &HostConfig) -> Finding {
    let found = |status, code| about_host(&SPEC, cx, host, &name, status, code);
    match reach(cx, host).await {
        Reached::BadAddress => found(Status::Unknown, "host-tcp-bad-address"),
        Reached::Unresolved => found(Status::NotTested, "host-tcp-unresolved"),
        Reached::Dialled { to, dialled } => {
            let found = match dialled.tcp {
                Ok((took, own)) => {
                    let view = cx.host.net().await.unwrap_or_default();
                    let interface = view.link_of(own).map(|link| link.name.clone()).unwrap_or_default();
                    found(Status::Ok, "host-tcp-ok").fact("connect_ms", ms(took)).fact("interface", interface)
                }
                Err(fault) => {
                    let code = match fault {
                        ConnectFault::Refused => "host-tcp-refused",
                        ConnectFault::Filtered => "host-tcp-filtered",
                        ConnectFault::Timeout => "host-tcp-timeout",
                        ConnectFault::Unreachable => "host-tcp-unreachable",
                    };
                    found(Status::Fail, code).fact("reason", fault.word())
                }
            };
            found
                .fact("ip", to.ip().to_string())
                .fact("port", u32::from(to.port()))
                .fact("path", path(cx, to.ip()).await)
        }
    }
}
