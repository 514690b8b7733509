//! Pure data that every part shares: transactions, findings, people, state. Knows nobody else in the crate.

mod actor;
mod audit;
mod evidence;
mod facts;
mod finding;
mod journal;
mod net;
mod pan;
mod rights;
mod run;
mod sale;
mod scrub;
mod secret;
mod signal;
mod snapshot;
mod stamp;
mod standing;
mod trend;
mod update;

pub use actor::{Actor, Role};
pub use audit::{AuditDraft, AuditRow, ChainFault, ChainReport};
pub use evidence::{Alike, EVIDENCE_S, Evidence, Others, SameCard, Stood, Undone};
pub use facts::JournalFacts;
pub use finding::{Area, Fact, Facts, Finding, Status};
pub use journal::{Batch, FileMark};
pub use net::{
    Draft, NetChange, NetDevice, NetKind, NetProfile, NetSeen, SlipOf, WifiLock, WifiNear, bytes_of, hex_of, ssid_name,
};
pub use pan::{CardKey, MaskedPan};
pub use rights::{Challenge, Rights};
pub use run::{Block, Plan, PluginSeen, RunEnd, RunPhase, RunView, Said, Session, StepSeen, StepState};
pub use sale::{CodeSeen, Outcome, Sale, SaleId, SaleState, Short};
pub use scrub::{scrub, scrub_dump};
pub use secret::Secret;
pub use signal::{SignalDay, SignalHour};
pub use snapshot::{Event, SNAPSHOT_ROWS, Snapshot, SourceStatus, StoreStatus, Terminal};
pub use stamp::Stamp;
pub use standing::{Accepted, Baselines, Difference, STANDING, Standing, StoodOn, VERSIONS, differences, standing};
pub use trend::{
    BUCKETS, BankCount, Counts, TrendFacts, TrendSpan, Trends, WEEK_HOURS, Way, bucket, bucket_from, hour_begins,
    hour_of,
};
pub use update::{OfferSeen, Progress, Signed, SlotSeen, TriedSeen, UpdateSeen};
