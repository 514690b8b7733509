//! Between a source's thread and the store: rows are committed first, then told.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::core::Msg;
use crate::model::{Batch, FileMark, Sale, SourceStatus};
use crate::sources::{Sink, SinkError};
use crate::store::{Store, StoreError};

/// Newest rows of a batch that are worth telling: no list on a screen is longer.
const TOLD: usize = crate::model::SNAPSHOT_ROWS;

/// What a batch changed.
#[derive(Debug)]
pub(super) struct Committed {
    /// Its newest rows, for live ones only.
    pub rows: Vec<Sale>,
    pub live: bool,
}

pub(super) struct StoreSink {
    pub store: Store,
    pub queue: mpsc::Sender<Msg>,
}

impl StoreSink {
    fn tell(&self, msg: Msg) -> Result<(), SinkError> {
        self.queue.blocking_send(msg).map_err(|_| SinkError::Closed)
    }
}

fn refused(error: StoreError) -> SinkError {
    match error {
        StoreError::Closed => SinkError::Closed,
        StoreError::Reset => SinkError::Reset,
        other => SinkError::Store(other.to_string()),
    }
}

impl Sink for StoreSink {
    fn marks(&mut self, source: &str) -> Result<Vec<FileMark>, SinkError> {
        self.store.marks(source).map_err(refused)
    }

    fn commit(&mut self, batch: Batch) -> Result<FileMark, SinkError> {
        self.commit_beside(batch, &mut || {})
    }

    fn commit_beside(&mut self, batch: Batch, meanwhile: &mut dyn FnMut()) -> Result<FileMark, SinkError> {
        let live = batch.live;
        let from = if live { batch.rows.len().saturating_sub(TOLD) } else { batch.rows.len() };
        let mut rows = batch.rows[from..].to_vec();
        let any = !batch.rows.is_empty();
        let mark = self.store.commit_beside(batch, meanwhile).map_err(refused)?;
        for row in &mut rows {
            // Cards are told apart in the store; nobody else holds their keys.
            row.card_key = None;
            // A new file gets its ordinal with its first commit.
            row.id = crate::model::SaleId::new(mark.ordinal, row.id.offset());
        }
        if any {
            self.tell(Msg::Committed(Committed { rows, live }))?;
        }
        Ok(mark)
    }

    fn recall(&mut self, rows: Vec<Sale>) -> Result<(), SinkError> {
        self.store.recall(rows).map_err(refused)
    }

    fn settle(&mut self) -> Result<bool, SinkError> {
        self.store.settle().map_err(refused)
    }

    fn status(&mut self, status: SourceStatus) {
        // When the agent is gone the next commit or stop ends the thread.
        let _ = self.tell(Msg::Source(status));
    }
}

/// A source that is being read.
pub(super) struct Running {
    pub status: SourceStatus,
    pub stop: crate::sources::Stop,
    pub thread: Option<std::thread::JoinHandle<()>>,
}

/// The name a source is shown with, unique among those before it.
pub(super) fn unique_name(taken: &[Running], wanted: &str) -> Arc<str> {
    let free = |name: &str| taken.iter().all(|running| &*running.status.name != name);
    if free(wanted) {
        return wanted.into();
    }
    (2..=taken.len() + 1)
        .map(|n| format!("{wanted} {n}"))
        .find(|name| free(name))
        .unwrap_or_else(|| wanted.to_owned())
        .into()
}
