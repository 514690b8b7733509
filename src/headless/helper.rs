//! `helper`: root's side of the shipped units. Not for people, and not for whoever is not root.

use super::output::{Exit, complain};
use std::path::Path;
use std::time::Duration;

use crate::actions::guard::Armed;
use crate::actions::update::trial::Trial;
use crate::config::Config;
use crate::platform::{self, Deed, Installer};
use crate::store::ArmedFile;

/// An installer that has not ended by then does not end.
const INSTALL: Duration = Duration::from_hours(1);

/// What the shipped units ask for.
pub const VERBS: [&str; 7] =
    ["restore", "step-clock", "usb-rebind", "upgrade-refresh", "upgrade-fetch", "upgrade-install", "upgrade-rollback"];

/// Does one fixed thing.
pub async fn run(verb: &str, place: Option<&str>, config: &Config, state: &Path) -> Exit {
    if !rustix::process::geteuid().is_root() {
        complain("helper: only for the units of pos-console, as root");
        return Exit::Refused;
    }
    let done = match (verb, place) {
        ("usb-rebind", Some(place)) => platform::usb_rebind(place).await,
        ("step-clock", Some(word)) => platform::step_clock(word),
        ("restore", None) => match kept(state) {
            Some(kept) => platform::restore(kept).await,
            // Nothing is armed: there is nothing to put back.
            None => return Exit::Input,
        },
        ("upgrade-refresh", None) => {
            platform::update("refresh", &Installer::Apt { packages: Vec::new() }, INSTALL).await
        }
        ("upgrade-fetch" | "upgrade-install" | "upgrade-rollback", None) => {
            let verb = verb.trim_start_matches("upgrade-");
            match wanted(verb, config, state) {
                Some(with) => platform::update(verb, &with, INSTALL).await,
                // Nothing is under way that this configuration knows.
                None => return Exit::Input,
            }
        }
        _ => return Exit::Usage,
    };
    match done {
        Ok(_) => Exit::Ok,
        Err(trouble) => {
            complain(&format!("helper {verb}: {trouble}"));
            Exit::Fail
        }
    }
}

/// What is to be installed or gone back to: the versions are the agent's to say, the packages, the commands and the key
/// root's configuration's.
fn wanted(verb: &str, config: &Config, state: &Path) -> Option<Installer> {
    let text = ArmedFile::of_update(state).read().ok()??;
    let trial: Trial = serde_json::from_str(&text).ok()?;
    let own = trial.go.iter().chain(&trial.back).find_map(|deed| match deed {
        Deed::Update { verb: own, with } if own == verb => Some(with),
        _ => None,
    })?;
    let update = &config.update;
    match own {
        Installer::Apt { packages } => {
            let good = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.~:_".contains(&b));
            let ours = |package: &String| {
                let (name, version) = package.split_once('=')?;
                (update.packages.iter().any(|own| own == name) && !version.is_empty() && good(version)).then_some(())
            };
            let all = !packages.is_empty() && packages.iter().all(|package| ours(package).is_some());
            all.then(|| own.clone())
        }
        Installer::Command { version, .. } if verb != "fetch" => {
            let argv = if verb == "install" { &update.install_command } else { &update.rollback_command };
            let bundle = state.join("update/bundle").display().to_string();
            let (key, version) = (update.key.clone(), version.clone());
            (!argv.is_empty()).then(|| Installer::Command { argv: argv.clone(), bundle, key, version })
        }
        Installer::Command { .. } => None,
    }
}

/// What the guard kept, and only that: the deeds beside it are the agent's own business.
fn kept(state: &Path) -> Option<platform::NetKept> {
    let text = ArmedFile::new(state).read().ok()??;
    serde_json::from_str::<Armed>(&text).ok().map(|armed| armed.kept)
}
