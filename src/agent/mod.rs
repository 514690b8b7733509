//! The owner of the truth: one task, one queue. It awaits nothing but its queue and its clock; whatever is slow is
//! spawned and comes back as a message. It cannot tell whether a front end sits in its process or behind a socket.
//!
//! ```text
//! source threads --commit--> store       front ends --Call--> queue --> core --Update--> outlets --> front ends
//!        '---------Committed, Status-------------------------> queue
//! ```

mod calls;
mod core;
mod door;
mod folder;
mod ingest;
mod load;
mod outlets;
pub mod policy;
mod proofs;
pub mod reach;
mod rights;
mod runner;
mod schedule;
mod slip;
mod standing;
mod walks;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use crate::config::Config;
use crate::link::{Link, Peer, pair};
use crate::model::Actor;
use crate::platform::Host;

pub use folder::{Folder, FolderError};

/// Messages that may wait for the agent.
const QUEUE: usize = 256;

/// What an agent is started with.
pub struct Boot {
    pub config: Arc<Config>,
    pub host: Arc<dyn Host>,
    /// The state folder and its lock; none keeps everything in memory and writes nothing.
    pub folder: Option<Folder>,
    /// Sockets to listen on beside the folder's own.
    pub sockets: Vec<PathBuf>,
    /// The agent lives in a front end's process: its owner is technician, and it gives way to `pos-console agent`.
    pub in_process: bool,
    /// Run checks by themselves; off for a command that only reads the journal.
    pub watch: bool,
}

/// A running agent on its own thread.
pub struct Agent {
    handle: Handle,
    thread: JoinHandle<()>,
}

/// A way to reach a running agent.
#[derive(Clone)]
pub struct Handle {
    queue: mpsc::Sender<core::Msg>,
}

impl Agent {
    /// Starts the agent's thread; sources begin to be read at once.
    pub fn start(boot: Boot) -> io::Result<Self> {
        let (queue, inbox) = mpsc::channel(QUEUE);
        let handle = Handle { queue: queue.clone() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::Builder::new()
            .name("agent".to_owned())
            .spawn(move || runtime.block_on(core::Core::new(boot, queue).run(inbox)))?;
        Ok(Self { handle, thread })
    }

    /// A way to reach it.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Stops sources, closes the store and gives the folder free.
    pub async fn stop(self) {
        self.handle.stop().await;
        // The thread has answered that it is done; a panic in it has been reported by the panic hook.
        let _ = self.thread.join();
    }

    /// Waits until it has ended by itself (handed over, or told to stop).
    pub fn join(self) {
        let _ = self.thread.join();
    }
}

impl Handle {
    /// A new front end for this person.
    pub async fn attach(&self, actor: Actor) -> Link {
        let (link, peer) = pair(actor);
        self.accept(peer).await;
        link
    }

    /// Takes the agent's end of a link; if the agent is gone the link simply closes.
    async fn accept(&self, peer: Peer) {
        let _ = self.queue.send(core::Msg::Attach(peer)).await;
    }

    /// Asks the agent to end and waits for it.
    pub async fn stop(&self) {
        let (done, finished) = oneshot::channel();
        if self.queue.send(core::Msg::Stop(done)).await.is_ok() {
            let _ = finished.await;
        }
    }
}
