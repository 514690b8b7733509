//! The agent's side of the socket: each connection becomes a [`Link`] to the agent, as if it were in the process.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use tokio::io::BufReader;
use tokio::net::{UnixListener, UnixStream};

use super::{Call, Link, lines};
use crate::proto::{Frame, VERSION};

/// A client has this long to say hello.
const HELLO_LIMIT: Duration = Duration::from_secs(5);

/// Calls of one connection that may be under way; further ones wait in the socket.
const UNDER_WAY: usize = 16;

/// What the kernel and the client said of a connection; the second half is evidence, never a right.
#[derive(Clone, Debug)]
pub struct Caller {
    pub uid: u32,
    /// Where the client says it is used from.
    pub from: String,
    /// The TCP connection it says it sits behind.
    pub session: Option<crate::model::Session>,
}

/// Listens at `path` with mode 0660; a socket file nobody answers on is replaced.
pub async fn listen(path: &Path) -> io::Result<UnixListener> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    if path.exists() {
        if UnixStream::connect(path).await.is_ok() {
            return Err(io::Error::new(io::ErrorKind::AddrInUse, "another process answers on this socket"));
        }
        std::fs::remove_file(path)?;
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o660))?;
    Ok(listener)
}

/// Establishes who is at the other end and greets them.
pub async fn greet(stream: &mut BufReader<UnixStream>, build: &str) -> io::Result<Caller> {
    let uid = stream.get_ref().peer_cred()?.uid();
    let hello = Frame::Hello { version: VERSION, build: build.to_owned(), from: String::new(), session: None };
    lines::write(stream.get_mut(), &hello).await?;
    let first = tokio::time::timeout(HELLO_LIMIT, lines::read(stream, &mut Vec::new()))
        .await
        .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "no hello"))??;
    match first {
        Some(Frame::Hello { version: VERSION, from, session, .. }) => Ok(Caller { uid, from: plain(&from), session }),
        _ => Err(io::Error::new(io::ErrorKind::InvalidData, "hello of another version")),
    }
}

/// At most 64 printable characters: this ends up in the audit and on screens.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(64).collect()
}

/// Carries frames between the connection and the agent until either ends.
pub async fn pump(stream: BufReader<UnixStream>, link: Link) -> io::Result<()> {
    let (reader, mut writer) = tokio::io::split(stream);
    let mut reader = BufReader::new(reader);
    let Link { calls, mut updates } = link;
    let (answers, mut answered) = tokio::sync::mpsc::channel(UNDER_WAY);
    let slots = std::sync::Arc::new(tokio::sync::Semaphore::new(UNDER_WAY));

    let read = async {
        let mut buffer = Vec::new();
        while let Some(frame) = lines::read(&mut reader, &mut buffer).await? {
            let Frame::Call { id, request } = frame else {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "a client may only call"));
            };
            let Ok(slot) = slots.clone().acquire_owned().await else { return Ok(()) };
            let (answer, reply) = tokio::sync::oneshot::channel();
            if calls.send(Call { request, answer }).await.is_err() {
                return Ok(());
            }
            let answers = answers.clone();
            tokio::spawn(async move {
                if let Ok(reply) = reply.await {
                    // The connection may be gone by now; then nobody waits for this answer.
                    let _ = answers.send(Frame::Answer { id, reply }).await;
                }
                drop(slot);
            });
        }
        Ok(())
    };
    let write = async {
        loop {
            // Updates first: an answer never overtakes the state it speaks of.
            let frame = tokio::select! {
                biased;
                update = updates.recv() => match update {
                    Some(update) => Frame::Update { update },
                    None => return Ok(()),
                },
                Some(frame) = answered.recv() => frame,
            };
            lines::write(&mut writer, &frame).await?;
        }
    };
    tokio::select! { done = read => done, done = write => done }
}
