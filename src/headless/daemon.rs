//! `agent`: the daemon. Waits for the state folder (a console that holds it gives way), then serves until told to end.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use super::output::{Exit, complain};
use crate::agent::{Agent, Boot, Folder, FolderError};
use crate::config::{Config, Paths};
use crate::link::dial::dial;
use crate::platform;
use crate::proto::{Reply, Request};
use crate::text::{self, Lang};

/// How long a console may take to give the folder away.
const HAND_OVER: Duration = Duration::from_secs(10);
const STEP: Duration = Duration::from_millis(20);

/// Runs until SIGTERM or SIGINT.
pub async fn run(config: &Arc<Config>, paths: &Paths, lang: Lang) -> io::Result<Exit> {
    let folder = match take_folder(paths).await {
        Ok(folder) => folder,
        Err(error) => {
            let path = paths.state.display().to_string();
            complain(&text::ta(
                lang,
                "cli-agent-folder",
                &[("path", path.into()), ("error", error.to_string().into())],
            ));
            return Ok(Exit::Unavailable);
        }
    };
    let own = Folder::socket_in(folder.path());
    let sockets = Some(paths.socket.clone()).filter(|socket| *socket != own).into_iter().collect();
    let boot = Boot {
        config: config.clone(),
        host: platform::real(),
        folder: Some(folder),
        sockets,
        in_process: false,
        watch: true,
    };
    let agent = Agent::start(boot)?;
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    agent.stop().await;
    Ok(Exit::Ok)
}

/// Takes the lock, asking whoever holds it to give way.
async fn take_folder(paths: &Paths) -> Result<Folder, FolderError> {
    let late = tokio::time::Instant::now() + HAND_OVER;
    let mut asked = false;
    loop {
        match Folder::lock(&paths.state) {
            Err(FolderError::Held) if tokio::time::Instant::now() < late => {}
            done => return done,
        }
        if !asked && let Ok(link) = dial(&Folder::socket_in(&paths.state), "agent").await {
            match link.ask(Request::HandOver).await {
                // Another agent stays: waiting would change nothing.
                Reply::Refused(refusal) if refusal.code != "lost" => return Err(FolderError::Held),
                _ => asked = true,
            }
        }
        tokio::time::sleep(STEP).await;
    }
}
