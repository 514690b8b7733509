//! The front end's side of the socket: a [`Link`] that reaches an agent in another process.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::BufReader;
use tokio::net::UnixStream;
use tokio::sync::{mpsc, oneshot};

use super::{Call, DEPTH, Link, lines};
use crate::model::Session;
use crate::proto::{Frame, Reply, Update, VERSION};

/// An agent has this long to greet.
const HELLO_LIMIT: Duration = Duration::from_secs(3);

/// Why no agent could be reached.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    #[error("no agent answers: {0}")]
    Io(#[from] io::Error),
    #[error("the agent speaks version {theirs} of the protocol, this console version {ours}")]
    Version { theirs: u32, ours: u32 },
}

/// Connects to the agent behind `path`, saying where this front end is used `from`.
pub async fn dial(path: &Path, from: &str) -> Result<Link, DialError> {
    dial_over(path, from, None).await
}

/// The same, behind a TCP connection.
pub async fn dial_over(path: &Path, from: &str, session: Option<Session>) -> Result<Link, DialError> {
    let mut stream = BufReader::new(UnixStream::connect(path).await?);
    let late = || io::Error::new(io::ErrorKind::TimedOut, "no greeting");
    let first =
        tokio::time::timeout(HELLO_LIMIT, lines::read(&mut stream, &mut Vec::new())).await.map_err(|_| late())??;
    match first {
        Some(Frame::Hello { version: VERSION, .. }) => {}
        Some(Frame::Hello { version, .. }) => return Err(DialError::Version { theirs: version, ours: VERSION }),
        _ => return Err(io::Error::new(io::ErrorKind::InvalidData, "no greeting").into()),
    }
    let build = env!("CARGO_PKG_VERSION").to_owned();
    let hello = Frame::Hello { version: VERSION, build, from: from.to_owned(), session };
    lines::write(stream.get_mut(), &hello).await?;

    let (calls, asked) = mpsc::channel(DEPTH);
    let (told, updates) = mpsc::channel(DEPTH);
    tokio::spawn(pump(stream, asked, told));
    Ok(Link { calls, updates })
}

/// Carries frames until either end goes; then the link's channels close and the front end sees the agent as lost.
async fn pump(stream: BufReader<UnixStream>, mut asked: mpsc::Receiver<Call>, told: mpsc::Sender<Update>) {
    let (reader, mut writer) = tokio::io::split(stream);
    let mut reader = BufReader::new(reader);
    let waiting = Mutex::new(HashMap::<u64, oneshot::Sender<Reply>>::new());

    let write = async {
        let mut id = 0;
        while let Some(Call { request, answer }) = asked.recv().await {
            id += 1;
            locked(&waiting).insert(id, answer);
            lines::write(&mut writer, &Frame::Call { id, request }).await?;
        }
        Ok::<(), io::Error>(())
    };
    let read = async {
        let mut buffer = Vec::new();
        while let Some(frame) = lines::read(&mut reader, &mut buffer).await? {
            match frame {
                Frame::Answer { id, reply } => {
                    let waiter = locked(&waiting).remove(&id);
                    if let Some(answer) = waiter {
                        // Whoever asked may have left.
                        let _ = answer.send(reply);
                    }
                }
                Frame::Update { update } => {
                    if told.send(update).await.is_err() {
                        return Ok(());
                    }
                }
                Frame::Hello { .. } | Frame::Call { .. } => {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, "unexpected frame"));
                }
            }
        }
        Ok::<(), io::Error>(())
    };
    // Either way the link is over; its state is what the front end shows, so the reason is not needed here.
    let _ = tokio::select! { done = read => done, done = write => done };
}

/// A map of waiters is whole at every point, so a poisoned lock is as good as another.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
