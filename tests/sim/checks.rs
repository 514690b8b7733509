//! The console's real checks against a real acquirer port with each fault: what the simulation breaks is what they say.

use std::path::Path;
use std::sync::Arc;

use pos_console::checks::{Cx, run, select};
use pos_console::config::Config;
use pos_console::model::{JournalFacts, Status};
use pos_console::platform;

use super::{sim, started};

/// Family, status and sentence of the three checks of the host, as they stand now.
async fn host_checks(config: &Arc<Config>) -> Vec<(String, Status, String)> {
    let wanted = select(&["host.tcp".to_owned(), "host.tls".to_owned(), "host.cert".to_owned()]).expect("known ids");
    let cx = Cx {
        host: platform::real(),
        config: Arc::clone(config),
        journal: Arc::new(JournalFacts::default()),
        now: platform::now(),
        previous: Arc::new(Vec::new()),
        asked: Arc::default(),
    };
    let findings = run(cx, &wanted).await;
    let of_host = findings.into_iter().filter(|finding| finding.id.starts_with("host."));
    of_host.map(|finding| (finding.family().to_owned(), finding.status, finding.code)).collect()
}

fn config(dir: &Path) -> Arc<Config> {
    let text = std::fs::read_to_string(dir.join("pos-console.toml")).expect("config");
    Arc::new(toml::from_str(&text).expect("valid"))
}

#[tokio::test]
async fn each_fault_is_found_by_the_check_it_belongs_to() {
    use Status::{Fail, NotTested, Ok};
    let dir = tempfile::tempdir().expect("folder");
    let (mut child, _out) = started(dir.path());
    let config = config(dir.path());
    for (fault, tcp, tls, cert, sentence) in [
        ("none", Ok, Ok, Ok, "host-cert-ok"),
        ("refuse", Fail, NotTested, NotTested, "host-tcp-refused"),
        ("mute", Ok, Fail, NotTested, "host-tls-silent"),
        ("close", Ok, Fail, NotTested, "host-tls-closed"),
        ("garbage", Ok, Fail, NotTested, "host-tls-not-tls"),
        ("expired", Ok, Ok, Fail, "host-cert-expired"),
        ("not-yet-valid", Ok, Ok, Fail, "host-cert-not-yet"),
        ("wrong-name", Ok, Ok, Fail, "host-cert-wrong-name"),
        ("untrusted", Ok, Ok, Fail, "host-cert-unknown-ca"),
        ("decline-91", Ok, Ok, Ok, "host-cert-ok"),
    ] {
        let switched = sim(&["fault", "--dir", dir.path().to_str().expect("a plain path"), fault]);
        assert!(switched.status.success(), "{fault}");
        let found = host_checks(&config).await;
        for (family, status) in [("host.tcp", tcp), ("host.tls", tls), ("host.cert", cert)] {
            let (_, is, code) = found.iter().find(|(id, ..)| id == family).expect(family);
            assert_eq!(*is, status, "{fault}: {family} is {code}");
        }
        assert!(found.iter().any(|(.., code)| code == sentence), "{fault}: {found:?}");
    }
    child.kill().expect("is ours");
    child.wait().expect("ends");
}
