//! `sec.ports`, `sec.cert`: what listens to the network that should not, and certificates that end.

use std::collections::BTreeSet;
use std::time::Duration;

use x509_parser::pem::Pem;

use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Status};
use crate::platform::Fut;

pub(super) struct Ports;

const PORTS: CheckSpec = CheckSpec {
    id: "sec.ports",
    area: Area::Security,
    screen: "55",
    every: Duration::from_mins(5),
    limit: Duration::from_secs(8),
    needs: &[],
};

/// The kernel's tables, and the state of a socket that waits for anybody.
const TABLES: [(&str, &str, &str); 4] = [
    ("/proc/net/tcp", "tcp", "0A"),
    ("/proc/net/tcp6", "tcp", "0A"),
    ("/proc/net/udp", "udp", "07"),
    ("/proc/net/udp6", "udp", "07"),
];

impl Check for Ports {
    fn spec(&self) -> &'static CheckSpec {
        &PORTS
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move { vec![ports(&cx).await] })
    }
}

async fn ports(cx: &Cx) -> Finding {
    let wanted = &cx.config.security;
    if wanted.firewall {
        let argv = ["nft", "list", "ruleset"].map(str::to_owned);
        match cx.host.exec(&argv, Duration::from_secs(3), 1024 * 1024).await {
            Ok(output) if output.code == 0 && String::from_utf8_lossy(&output.stdout).contains("hook input") => {}
            Ok(output) if output.code == 0 => return PORTS.found(cx, Status::Fail, "sec-ports-no-filter"),
            Ok(output) => {
                let found = PORTS.found(cx, Status::Unknown, "sec-ports-filter-unknown");
                return found.fact("reason", format!("exit {}", output.code));
            }
            Err(fault) => {
                let found = PORTS.found(cx, Status::Unknown, "sec-ports-filter-unknown");
                return found.fact("reason", fault.to_string());
            }
        }
    }
    let allowed = &wanted.ports;
    if allowed.iter().any(|port| port == "any") {
        return PORTS.found(cx, Status::Absent, "sec-ports-not-looked");
    }
    let mut open = BTreeSet::new();
    let mut read = false;
    for (path, protocol, state) in TABLES {
        if let Ok(bytes) = cx.host.read(path, 1024 * 1024).await {
            read = true;
            let text = String::from_utf8_lossy(&bytes);
            open.extend(
                text.lines().filter_map(|line| listening(line, state)).map(|port| format!("{port}/{protocol}")),
            );
        }
    }
    if !read {
        return PORTS.found(cx, Status::Unknown, "sec-ports-unknown");
    }
    let extra: Vec<String> = open.iter().filter(|port| !allowed.contains(port)).cloned().collect();
    let found = match extra.first() {
        Some(_) => PORTS.found(cx, Status::Warning, "sec-ports-open").fact("ports", extra.join(", ")),
        None => PORTS.found(cx, Status::Ok, "sec-ports-ok"),
    };
    found.fact("open_count", open.len())
}

/// The port of a line of these tables, if anybody from outside may reach it.
fn listening(line: &str, wanted: &str) -> Option<u16> {
    let mut words = line.split_whitespace().skip(1);
    let (local, remote, state) = (words.next()?, words.next()?, words.next()?);
    let (address, port) = local.split_once(':')?;
    // Addresses are words of the machine's own order: 127.x.x.x ends in 7F, ::1 is three zero words and 01000000.
    let inside = address.len() == 8 && address.ends_with("7F")
        || address == "00000000000000000000000001000000"
        || address.len() == 32 && address.starts_with("0000000000000000FFFF0000") && address.ends_with("7F");
    let waits = state == wanted && remote.ends_with(":0000");
    (waits && !inside).then(|| u16::from_str_radix(port, 16).ok())?
}

pub(super) struct Certificates;

const CERTIFICATES: CheckSpec = CheckSpec {
    id: "sec.cert",
    area: Area::Security,
    screen: "55",
    every: Duration::from_hours(1),
    limit: Duration::from_secs(5),
    needs: &["clock.offset"],
};

impl Check for Certificates {
    fn spec(&self) -> &'static CheckSpec {
        &CERTIFICATES
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            let mut found = Vec::new();
            for path in &cx.config.security.certificates {
                let path = path.to_string_lossy();
                let file = path.rsplit('/').next().unwrap_or(&path).to_owned();
                found.push(certificate(&cx, &path).await.fact("file", file));
            }
            // One finding for all: the worst, and among equals the first to end.
            let worst = found.into_iter().max_by_key(|found| {
                let days = match found.facts.get("days") {
                    Some(crate::model::Fact::Int(days)) => *days,
                    _ => i64::MAX,
                };
                (found.status.weight(), std::cmp::Reverse(days))
            });
            vec![worst.unwrap_or_else(|| CERTIFICATES.found(&cx, Status::Absent, "sec-cert-none"))]
        })
    }
}

async fn certificate(cx: &Cx, path: &str) -> Finding {
    let bad = |reason: String| CERTIFICATES.found(cx, Status::Unknown, "sec-cert-unread").fact("reason", reason);
    let bytes = match cx.host.read(path, 256 * 1024).await {
        Ok(bytes) => bytes,
        Err(trouble) => return bad(trouble.to_string()),
    };
    let now = cx.host.now().micros / 1_000_000;
    let mut ends: Option<(i64, i64)> = None;
    for pem in Pem::iter_from_buffer(&bytes).take(32).flatten().filter(|pem| pem.label == "CERTIFICATE") {
        let Ok(seen) = pem.parse_x509() else { return bad("not a certificate".to_owned()) };
        let validity = seen.validity();
        let span = (validity.not_after.timestamp(), validity.not_before.timestamp());
        ends = Some(ends.map_or(span, |have| have.min(span)));
    }
    let Some((end, begin)) = ends else { return bad("no certificate".to_owned()) };
    let days = (end - now).div_euclid(86_400);
    let (status, code) = match () {
        () if now < begin => (Status::Fail, "sec-cert-not-yet"),
        () if now >= end => (Status::Fail, "sec-cert-expired"),
        () if days <= i64::from(cx.config.security.certificate_warn_days) => (Status::Warning, "sec-cert-soon"),
        () => (Status::Ok, "sec-cert-ok"),
    };
    CERTIFICATES.found(cx, status, code).fact("days", days)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn what_only_the_machine_itself_reaches_is_not_open() {
        let line = |local: &str, remote: &str, state: &str| {
            listening(&format!("   0: {local} {remote} {state} 00000000:00000000 00:00000000"), "0A")
        };
        assert_eq!(line("00000000:0016", "00000000:0000", "0A"), Some(22));
        assert_eq!(line("0100007F:0016", "00000000:0000", "0A"), None);
        assert_eq!(line("00000000000000000000000001000000:0016", "00000000000000000000000000000000:0000", "0A"), None);
        assert_eq!(
            line("00000000000000000000000000000000:1F90", "00000000000000000000000000000000:0000", "0A"),
            Some(8080)
        );
        assert_eq!(line("0A00A8C0:0016", "0B00A8C0:C000", "01"), None);
        assert_eq!(listening("  sl  local_address rem_address   st", "0A"), None);
        assert_eq!(listening("", "0A"), None);
    }

    /// A machine whose clock stands in November 2026, with certificates that begin and end in these years.
    fn with_certificates(years: &[(&str, i32, i32)]) -> Cx {
        let mut machine = crate::platform::fake::Machine::default();
        let mut config = crate::config::Config::default();
        for (name, from, to) in years {
            let key = rcgen::KeyPair::generate().expect("a key");
            let mut params = rcgen::CertificateParams::new(vec!["pos.example".to_owned()]).expect("a name");
            params.not_before = rcgen::date_time_ymd(*from, 1, 1);
            params.not_after = rcgen::date_time_ymd(*to, 12, 10);
            let path = format!("/etc/pos/{name}.pem");
            machine.files.insert(path.clone(), params.self_signed(&key).expect("signed").pem());
            config.security.certificates.push(path.into());
        }
        Cx { host: Arc::new(machine), config: Arc::new(config), ..crate::checks::tests::bare_cx() }
    }

    async fn judged(cx: Cx) -> (Status, String, Option<crate::model::Fact>) {
        let found = Certificates.run(cx).await.pop().expect("one finding");
        (found.status, found.code.clone(), found.facts.get("file").cloned())
    }

    #[tokio::test]
    async fn of_several_certificates_the_worst_is_told() {
        let file = |name: &str| Some(crate::model::Fact::from(format!("{name}.pem").as_str()));
        for (years, status, code, name) in [
            (&[("client", 2026, 2030)][..], Status::Ok, "sec-cert-ok", "client"),
            (&[("client", 2026, 2030), ("soon", 2020, 2026)], Status::Warning, "sec-cert-soon", "soon"),
            (
                &[("soon", 2020, 2026), ("over", 2020, 2025), ("client", 2026, 2030)],
                Status::Fail,
                "sec-cert-expired",
                "over",
            ),
            (&[("client", 2026, 2030), ("early", 2028, 2030)], Status::Fail, "sec-cert-not-yet", "early"),
        ] {
            assert_eq!(judged(with_certificates(years)).await, (status, code.to_owned(), file(name)), "{years:?}");
        }
        assert_eq!(judged(with_certificates(&[])).await.0, Status::Absent);
        let mut cx = with_certificates(&[("client", 2026, 2030)]);
        let mut config = (*cx.config).clone();
        config.security.certificates = vec!["/etc/pos/none.pem".into()];
        cx.config = Arc::new(config);
        let (status, code, _) = judged(cx).await;
        assert_eq!((status, code.as_str()), (Status::Unknown, "sec-cert-unread"));
    }
}
