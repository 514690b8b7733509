//! The pair of channels between a front end and the agent: the same in one process and across a Unix socket.

pub mod dial;
mod lines;
pub mod serve;

use tokio::sync::{mpsc, oneshot};

use crate::model::Actor;
use crate::proto::{Reply, Request, Update};

/// A question on its way, with the place for its answer.
#[derive(Debug)]
pub struct Call {
    pub request: Request,
    pub answer: oneshot::Sender<Reply>,
}

/// What a front end holds.
#[derive(Debug)]
pub struct Link {
    pub calls: mpsc::Sender<Call>,
    pub updates: mpsc::Receiver<Update>,
}

/// What the agent holds of a front end. The actor was established by the kernel before this was built.
#[derive(Debug)]
pub struct Peer {
    pub actor: Actor,
    pub calls: mpsc::Receiver<Call>,
    pub updates: mpsc::Sender<Update>,
}

/// Calls and updates that may wait on one link.
pub const DEPTH: usize = 64;

/// Both ends of a link for this person.
pub fn pair(actor: Actor) -> (Link, Peer) {
    let (calls, their_calls) = mpsc::channel(DEPTH);
    let (their_updates, updates) = mpsc::channel(DEPTH);
    (Link { calls, updates }, Peer { actor, calls: their_calls, updates: their_updates })
}

impl Link {
    /// Asks and waits for the answer; a lost agent answers as a refusal.
    pub async fn ask(&self, request: Request) -> Reply {
        ask(&self.calls, request).await
    }
}

/// Asks over a link's sending half.
pub async fn ask(calls: &mpsc::Sender<Call>, request: Request) -> Reply {
    let (answer, answered) = oneshot::channel();
    let lost = || Reply::Refused(crate::proto::Refusal { code: "lost".to_owned(), detail: String::new() });
    if calls.send(Call { request, answer }).await.is_err() {
        return lost();
    }
    answered.await.unwrap_or_else(|_| lost())
}
