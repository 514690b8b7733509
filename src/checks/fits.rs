//! What a root may have come from, where the terminal alone cannot tell: the causes that fit, as data. A cause that
//! something else speaks against is left out; with one left it is sure.

use crate::model::{Fact, Finding, Status};

/// A cause that fits, and the families of which one that is well speaks against it.
type Cause = (&'static str, &'static [&'static str]);

/// Causes by the root's code, likelier first.
const FITS: &[(&str, &[Cause])] = &[
    ("net-link-no-cable", &[("cable", &[]), ("router-power", &[])]),
    ("net-address-self", &[("dhcp", &[]), ("wrong-socket", &[])]),
    ("net-address-lost", &[("dhcp", &[]), ("wrong-socket", &[])]),
    ("net-address-seeking", &[("dhcp", &[]), ("wrong-socket", &[])]),
    ("net-address-unanswered", &[("dhcp", &[]), ("wrong-socket", &[])]),
    ("net-gateway-dead", &[("router-power", &[]), ("gateway-setting", &[])]),
    ("net-uplink-dead", &[("provider", &[]), ("router-login", &[])]),
    ("net-dns-hijacked", &[("portal", &["net.portal"]), ("dns-setting", &[])]),
    ("net-dns-no-name", &[("name-setting", &[]), ("dns-setting", &[])]),
    ("host-tcp-timeout", &[("provider", &["net.uplink"]), ("down", &[])]),
    ("host-tcp-filtered", &[("shop-firewall", &["net.firewall"]), ("far-firewall", &[])]),
    ("host-tls-web", &[("portal", &["net.portal"]), ("proxy", &[])]),
    ("host-cert-expired", &[("cert", &[]), ("clock", &["clock.offset"])]),
    ("host-cert-not-yet", &[("clock", &["clock.offset"]), ("cert", &[])]),
    ("host-cert-unknown-ca", &[("proxy", &[]), ("authority-missing", &[])]),
];

/// Writes the causes that fit into the root: `fits` where there are several, and `confidence`.
pub fn tell(root: usize, findings: &mut [Finding]) {
    let Some((_, causes)) = FITS.iter().find(|(code, _)| *code == findings[root].code) else { return };
    let well = |family: &&str| findings.iter().any(|other| other.family() == *family && other.status == Status::Ok);
    let left: Vec<String> =
        causes.iter().filter(|(_, against)| !against.iter().any(&well)).map(|(cause, _)| (*cause).to_owned()).collect();
    let sure = if left.len() > 1 { "several-fit" } else { "sure" };
    let facts = &mut findings[root].facts;
    facts.insert("confidence".to_owned(), Fact::from(sure));
    facts.insert("fits".to_owned(), Fact::List(left));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{self, Lang};

    #[test]
    fn every_cause_has_its_words() {
        for (_, causes) in FITS {
            assert!(causes.len() > 1);
            for (cause, against) in *causes {
                for lang in Lang::all() {
                    assert!(text::has(lang, &format!("checkup-fit-{cause}")), "{cause}");
                }
                assert!(against.iter().all(|family| crate::checks::CHECKS.iter().any(|c| c.spec().id == *family)));
            }
        }
    }
}
