//! `helper`: root's side of the shipped units. Not for people, and not for whoever is not root.

use std::path::Path;

use super::output::{Exit, complain};
use crate::actions::guard::Armed;
use crate::platform;
use crate::store::ArmedFile;

/// Does one fixed thing.
pub async fn run(verb: &str, place: Option<&str>, state: &Path) -> Exit {
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

/// What the guard kept, and only that: the deeds beside it are the agent's own business.
fn kept(state: &Path) -> Option<platform::NetKept> {
    let text = ArmedFile::new(state).read().ok()??;
    serde_json::from_str::<Armed>(&text).ok().map(|armed| armed.kept)
}
