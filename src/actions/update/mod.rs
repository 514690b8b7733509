//! 7 UPDATE: which version runs, which could be installed and from where, whether it may be now, and the way back. One
//! file for each installer (RAUC, apt, a command of the site); what becomes of a new version after it was installed is
//! [`trial`]'s.

mod apt;
mod command;
mod offer;
mod rauc;
mod ready;
pub mod trial;

use super::prepare::{Cx, Prepared, said};
use crate::model::{OfferSeen, Said, Signed, Stamp, TriedSeen, UpdateSeen, scrub};
use crate::platform::{Deed, RaucSeen};

pub use offer::older;
pub use ready::{bytes, still as still_ready};

/// What is wanted of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Check,
    Install,
    Rollback,
}

/// What the agent keeps about updates.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// Our own folder for bundles.
    pub folder: String,
    /// What the source told last, and when.
    pub offer: Option<(OfferSeen, Stamp)>,
    pub tried: TriedSeen,
    /// Packages as `name=version` before the last update.
    pub previous: Vec<String>,
}

impl Kept {
    /// What was found of this very file before: its signature is not read anew each time that somebody looks. Whoever
    /// installs it reads it again.
    fn proved(&self, found: &OfferSeen) -> Option<OfferSeen> {
        let (known, _) = self.offer.as_ref()?;
        let same = !found.stamp.is_empty() && known.stamp == found.stamp && known.bundle == found.bundle;
        let told = found.version.is_empty() || found.version == known.version;
        (same && told && matches!(known.signed, Signed::Good)).then(|| known.clone())
    }
}

/// An update or a rollback made ready.
#[derive(Clone, Debug, Default)]
pub struct Going {
    pub by: &'static str,
    pub old: String,
    pub new: String,
    pub old_slot: String,
    pub new_slot: String,
    pub go: Vec<Deed>,
    pub back: Vec<Deed>,
    pub restart: Restart,
    /// It comes back by itself when the new version is sick.
    pub returns: bool,
    /// What was found, for a check.
    pub seen: UpdateSeen,
}

/// Whether the machine starts anew afterwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Restart {
    #[default]
    Never,
    Always,
    /// Where the system says that it has to.
    Asked,
}

/// Debian's word for it.
pub const RESTART_ASKED: &str = "/run/reboot-required";

/// Whoever installs here.
enum Backend {
    Rauc(RaucSeen),
    Apt,
    Command,
}

impl Backend {
    const fn word(&self) -> &'static str {
        match self {
            Self::Rauc(_) => "rauc",
            Self::Apt => "apt",
            Self::Command => "command",
        }
    }
}

/// The configured one, else the first that is there: RAUC, a command, packages.
async fn backend(cx: &Cx) -> Option<Backend> {
    let config = &cx.config.update;
    let wanted = config.backend.as_str();
    let auto = wanted == "auto";
    if (auto || wanted == "rauc")
        && let Ok(seen) = cx.hands.rauc().await
        && !seen.slots.is_empty()
    {
        return Some(Backend::Rauc(seen));
    }
    if (auto || wanted == "command") && !config.install_command.is_empty() {
        return Some(Backend::Command);
    }
    ((auto || wanted == "apt") && !config.packages.is_empty()).then_some(Backend::Apt)
}

/// What runs, and what could be installed: `fresh` asks a source that is not on this machine, else what it said last
/// counts.
pub async fn look(cx: &Cx, fresh: bool) -> UpdateSeen {
    match backend(cx).await {
        Some(backend) => look_by(cx, &backend, fresh).await,
        None => UpdateSeen {
            running: offer::os_version(cx).await,
            source: shown(&cx.config.update.source),
            fault: Some(("upgrade-none".to_owned(), cx.config.update.backend.clone())),
            tried: cx.updates.tried.clone(),
            ..UpdateSeen::default()
        },
    }
}

async fn look_by(cx: &Cx, backend: &Backend, fresh: bool) -> UpdateSeen {
    let mut seen = UpdateSeen {
        by: backend.word().to_owned(),
        source: shown(&cx.config.update.source),
        tried: cx.updates.tried.clone(),
        ..UpdateSeen::default()
    };
    let found = match backend {
        Backend::Rauc(rauc) => {
            seen.slots.clone_from(&rauc.slots);
            seen.running = seen.booted().map(|slot| slot.version.clone()).unwrap_or_default();
            rauc::offer(cx, rauc, fresh).await
        }
        Backend::Apt => {
            seen.running = apt::running(cx).await;
            seen.source = cx.config.update.packages.join(" ");
            apt::offer(cx).await
        }
        Backend::Command => {
            seen.running = command::running(cx).await;
            command::offer(cx, fresh).await
        }
    };
    if seen.running.is_empty() {
        seen.running = offer::os_version(cx).await;
    }
    match found {
        Ok(offer) => seen.offer = Some(offer),
        Err((code, detail)) => seen.fault = Some((code.to_owned(), detail)),
    }
    let away = seen.source.contains("://");
    seen.asked = if away && !fresh { cx.updates.offer.as_ref().map(|(_, at)| *at) } else { Some(cx.host.now()) };
    seen
}

/// A source as it may be shown: no path is worth a card number.
fn shown(source: &str) -> String {
    scrub(source, 13).into_owned()
}

/// Looks at the machine and says what would be done.
pub async fn prepare(cx: &Cx, verb: Verb) -> Prepared {
    let mut plan = Prepared { at: cx.hands.steady(), ..Prepared::default() };
    let Some(backend) = backend(cx).await else {
        plan.block("upgrade-none", cx.config.update.backend.clone());
        return plan;
    };
    // Packages have their sources in a place of their own.
    if verb == Verb::Check && !matches!(backend, Backend::Apt) && cx.config.update.source.is_empty() {
        plan.block("upgrade-no-source", String::new());
        return plan;
    }
    let mut going = match verb {
        Verb::Check => check(&backend),
        Verb::Install => install(cx, &backend, &mut plan).await,
        Verb::Rollback => rollback(cx, &backend, &mut plan).await,
    };
    going.by = backend.word();
    plan.steps = going.go.iter().map(said).collect();
    match verb {
        Verb::Check => plan.steps.push(Said::new("update-step-ask")),
        Verb::Install | Verb::Rollback => {
            match going.restart {
                Restart::Always => plan.steps.push(Said::new("update-step-restart")),
                Restart::Asked => plan.steps.push(Said::new("update-step-restart-asked")),
                Restart::Never => {}
            }
            let proves = Said::new("update-step-prove").fact("seconds", i64::from(cx.config.update.health_s));
            plan.steps.push(proves);
            if going.returns {
                plan.notes.push(Said::new("update-note-returns").fact("version", going.old.as_str()));
            }
            ready::judge(cx, verb, ready::bytes(&going.go), &mut plan).await;
        }
    }
    plan.rungs = vec![going.go.clone()];
    plan.update = Some(Box::new(going));
    plan
}

fn check(backend: &Backend) -> Going {
    let go = match backend {
        Backend::Apt => vec![apt::refresh()],
        Backend::Rauc(_) | Backend::Command => Vec::new(),
    };
    Going { go, ..Going::default() }
}

async fn install(cx: &Cx, backend: &Backend, plan: &mut Prepared) -> Going {
    let seen = look_by(cx, backend, false).await;
    if let Some((code, detail)) = &seen.fault {
        plan.block(code, detail.clone());
    }
    let mut going = Going { old: seen.running.clone(), returns: true, ..Going::default() };
    if let Some(found) = &seen.offer {
        judge(cx, &seen, found, plan);
        going.new.clone_from(&found.version);
        plan.notes.push(versions(&seen.running, &found.version));
        match backend {
            Backend::Rauc(rauc) => rauc::install(cx, rauc, found, &mut going, plan),
            Backend::Apt => apt::install(cx, &mut going, plan).await,
            Backend::Command => command::install(cx, found, &mut going, plan),
        }
    }
    going.seen = seen;
    going
}

async fn rollback(cx: &Cx, backend: &Backend, plan: &mut Prepared) -> Going {
    let seen = look_by(cx, backend, false).await;
    let mut going = Going { old: seen.running.clone(), ..Going::default() };
    match backend {
        Backend::Rauc(_) => rauc::rollback(cx, &seen, &mut going, plan),
        Backend::Apt => apt::rollback(cx, &mut going, plan),
        Backend::Command => command::rollback(cx, &mut going, plan),
    }
    if !going.new.is_empty() {
        plan.notes.push(versions(&going.old, &going.new));
    }
    going
}

/// What stands against this version, whoever installs it.
fn judge(cx: &Cx, seen: &UpdateSeen, found: &OfferSeen, plan: &mut Prepared) {
    let config = &cx.config.update;
    if let Signed::Bad(why) = &found.signed {
        plan.block("upgrade-signature", why.clone());
    }
    if found.size > config.max_mb.saturating_mul(1_000_000) {
        plan.block("upgrade-too-big", (found.size / 1_000_000).to_string());
    }
    let tried = &cx.updates.tried;
    if tried.version == found.version && tried.failed >= config.tries {
        plan.ask("upgrade-gave-up", found.version.clone());
    }
    if found.version == seen.running {
        plan.ask("upgrade-same", found.version.clone());
    } else if older(&found.version, &seen.running) {
        plan.ask("upgrade-older", found.version.clone());
    }
}

/// From where to where, where somebody knows.
fn versions(old: &str, new: &str) -> Said {
    let known = |text: &str| if text.is_empty() { "?".to_owned() } else { text.to_owned() };
    Said::new("update-note-versions").fact("old", known(old)).fact("new", known(new))
}

/// Whether a machine of this configuration starts anew after an update.
fn restart(cx: &Cx, auto: Restart) -> Restart {
    match cx.config.update.restart.as_str() {
        "always" => Restart::Always,
        "never" => Restart::Never,
        _ => auto,
    }
}
