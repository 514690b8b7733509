//! How a front end comes to an agent: one that answers on a socket, else one in its own process. Nobody is locked out:
//! where neither the folder nor its holder can be had, an agent in memory serves, and says so.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::{Agent, Boot, Folder, FolderError, policy};
use crate::config::Config;
use crate::link::Link;
use crate::link::dial::{DialError, dial_over};
use crate::platform;

/// The holder of the folder may just be starting.
const HOLDER_LIMIT: Duration = Duration::from_secs(3);
const STEP: Duration = Duration::from_millis(50);

/// What a front end wants.
#[derive(Clone)]
pub struct Wish {
    pub config: Arc<Config>,
    /// State folder to own when no agent answers.
    pub state: PathBuf,
    /// Sockets on which an agent may answer, in this order.
    pub dial: Vec<PathBuf>,
    /// Run checks by themselves when the agent is in this process.
    pub watch: bool,
}

/// How the agent was reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    Dialed,
    InProcess,
    /// In this process, writing nothing, for this reason.
    Memory(String),
}

/// A link, and the agent itself where it lives in this process.
pub struct Reached {
    pub link: Link,
    pub agent: Option<Agent>,
    pub how: How,
}

/// Why no agent could be had.
#[derive(Debug, thiserror::Error)]
pub enum ReachError {
    #[error(transparent)]
    Dial(#[from] DialError),
    #[error("the agent's thread cannot be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// Comes to an agent.
pub async fn reach(wish: &Wish) -> Result<Reached, ReachError> {
    let (from, session) = (platform::remote_from_env(), policy::session());
    let late = tokio::time::Instant::now() + HOLDER_LIMIT;
    let reason = loop {
        for socket in &wish.dial {
            match dial_over(socket, &from, session).await {
                Ok(link) => return Ok(Reached { link, agent: None, how: How::Dialed }),
                Err(error @ DialError::Version { .. }) => return Err(error.into()),
                Err(DialError::Io(_)) => {}
            }
        }
        match Folder::lock(&wish.state) {
            Ok(folder) => return start(wish, Some(folder), How::InProcess).await,
            Err(FolderError::Held) if tokio::time::Instant::now() < late => tokio::time::sleep(STEP).await,
            Err(error) => break error.to_string(),
        }
    };
    start(wish, None, How::Memory(reason)).await
}

/// Comes back to an agent in another process after it was lost: it restarts, or another one took the folder. Nothing
/// is started here, or a console would keep its own agent for ever although the terminal's is back.
pub async fn redial(wish: &Wish) -> Result<Link, DialError> {
    let (from, session) = (platform::remote_from_env(), policy::session());
    let mut last = DialError::Io(std::io::ErrorKind::NotFound.into());
    for socket in &wish.dial {
        match dial_over(socket, &from, session).await {
            Ok(link) => return Ok(link),
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn start(wish: &Wish, folder: Option<Folder>, how: How) -> Result<Reached, ReachError> {
    let boot = Boot {
        config: wish.config.clone(),
        host: platform::real(),
        folder,
        sockets: Vec::new(),
        in_process: true,
        watch: wish.watch,
    };
    let agent = Agent::start(boot)?;
    let link = agent.handle().attach(policy::owner(&wish.config.roles)).await;
    Ok(Reached { link, agent: Some(agent), how })
}
