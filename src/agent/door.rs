//! The sockets: every connection is greeted, judged by the kernel's word and attached.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::io::BufReader;
use tokio::net::{UnixListener, UnixStream};

use super::{Handle, policy};
use crate::config::RolesConfig;
use crate::link::serve;
use crate::model::Actor;

/// Front ends over the socket at once; further ones are turned away.
const GUESTS: usize = 64;

/// A socket that is being listened on; its file goes with it.
pub(super) struct Door {
    path: PathBuf,
    task: tokio::task::JoinHandle<()>,
}

impl Door {
    /// Listens at `path` for front ends of `agent`.
    pub async fn open(path: PathBuf, agent: Handle, roles: Arc<RolesConfig>) -> std::io::Result<Self> {
        let listener = serve::listen(&path).await?;
        // Without that group on this machine the socket stays with its owner: fewer people, never more.
        let _ = crate::platform::give_to_group(&path, &roles.socket_group);
        let task = tokio::spawn(answer(listener, agent, roles));
        Ok(Self { path, task })
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.task.abort();
        // Gone already is as good.
        let _ = std::fs::remove_file(&self.path);
    }
}

async fn answer(listener: UnixListener, agent: Handle, roles: Arc<RolesConfig>) {
    let guests = Arc::new(tokio::sync::Semaphore::new(GUESTS));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, say: leave room to recover instead of spinning.
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            continue;
        };
        let Ok(place) = guests.clone().try_acquire_owned() else { continue };
        let (agent, roles) = (agent.clone(), roles.clone());
        tokio::spawn(async move {
            // A guest who breaks off or babbles ends only his own connection.
            let _ = receive(stream, agent, &roles).await;
            drop(place);
        });
    }
}

async fn receive(stream: UnixStream, agent: Handle, roles: &RolesConfig) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let caller = serve::greet(&mut stream, env!("CARGO_PKG_VERSION")).await?;
    let actor = Actor { session: caller.session, ..policy::actor(caller.uid, &caller.from, roles) };
    let link = agent.attach(actor).await;
    serve::pump(stream, link).await
}
