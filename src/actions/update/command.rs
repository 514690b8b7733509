//! A command of the site installs. A bundle counts only where it carries the signature of the configured key, with the
//! version among the words that are signed.

use std::time::Duration;

use super::{Going, Restart, offer, rauc, restart};
use crate::actions::{Cx, Prepared};
use crate::model::{OfferSeen, Signed};
use crate::platform::{Deed, Installer, Trouble};

const PROGRAM: Duration = Duration::from_secs(10);
const OUTPUT: usize = 64 * 1024;
/// How minisign names a signature beside its file.
const SIGNATURE: &str = ".minisig";

/// The first line of the site's command.
pub async fn running(cx: &Cx) -> String {
    let argv = &cx.config.update.version_command;
    if argv.is_empty() {
        return String::new();
    }
    let output = cx.host.exec(argv, PROGRAM, OUTPUT).await.ok().filter(|output| output.code == 0);
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    offer::line(text.lines().next().unwrap_or_default(), 60)
}

/// What the source offers; a bundle that is on this machine is read past its signature.
pub async fn offer(cx: &Cx, fresh: bool) -> Result<OfferSeen, offer::Fault> {
    let key = &cx.config.update.key;
    if key.is_empty() {
        return Err(("upgrade-no-key", String::new()));
    }
    let mut found = offer::find(cx, fresh, SIGNATURE).await?;
    if found.bundle.contains("://") {
        return Ok(found);
    }
    // In a folder without a manifest the signature names the bundle.
    if let Some(bundle) = found.bundle.strip_suffix(SIGNATURE) {
        let seen = cx.host.file(bundle).await.map_err(|_| ("upgrade-nothing", bundle.to_owned()))?;
        let stamp = format!("{} {}", seen.size, seen.changed_us);
        found = OfferSeen { size: seen.size, stamp, bundle: bundle.to_owned(), ..found };
    }
    // Another key is another question.
    found.stamp = format!("{} {key}", found.stamp);
    if let Some(known) = cx.updates.proved(&found) {
        return Ok(known);
    }
    match cx.host.signed(&found.bundle, key).await {
        Ok(words) => {
            let signed = words.split_whitespace().find_map(|word| word.strip_prefix("version:"));
            found.signed = match signed {
                None => Signed::Bad("version".to_owned()),
                Some(version) if !found.version.is_empty() && found.version != version => {
                    Signed::Bad(format!("version {version}"))
                }
                Some(_) => Signed::Good,
            };
            found.version = offer::line(signed.unwrap_or(&found.version), 60);
            Ok(found)
        }
        Err(Trouble::Other(why)) => {
            Ok(OfferSeen { signed: Signed::Bad(why.trim_start_matches("signature ").to_owned()), ..found })
        }
        Err(trouble) => Err(("upgrade-source", trouble.to_string())),
    }
}

/// Into our own folder first: root's unit takes it from there, checks it once more, and a stick may be pulled.
pub fn install(cx: &Cx, found: &OfferSeen, going: &mut Going, plan: &mut Prepared) {
    let config = &cx.config.update;
    let bundle = format!("{}/bundle", cx.updates.folder);
    let signature = OfferSeen { size: 0, sha256: String::new(), ..found.clone() };
    going.go = vec![
        rauc::fetch(cx, &signature, &format!("{}{SIGNATURE}", found.bundle), &format!("{bundle}{SIGNATURE}")),
        rauc::fetch(cx, found, &found.bundle, &bundle),
        Deed::Update {
            verb: "install".to_owned(),
            with: Installer::Command {
                argv: config.install_command.clone(),
                bundle,
                key: config.key.clone(),
                version: found.version.clone(),
            },
        },
    ];
    going.back.extend(back(cx));
    if going.back.is_empty() {
        going.returns = false;
        plan.ask("upgrade-no-way-back", String::new());
    }
    going.restart = restart(cx, Restart::Never);
}

fn back(cx: &Cx) -> Option<Deed> {
    let argv = cx.config.update.rollback_command.clone();
    let none = String::new;
    (!argv.is_empty()).then(|| Deed::Update {
        verb: "rollback".to_owned(),
        with: Installer::Command { argv, bundle: none(), key: none(), version: none() },
    })
}

/// By the site's command.
pub fn rollback(cx: &Cx, going: &mut Going, plan: &mut Prepared) {
    match back(cx) {
        Some(deed) => going.go.push(deed),
        None => plan.block("upgrade-no-way-back", String::new()),
    }
    going.restart = restart(cx, Restart::Never);
}
