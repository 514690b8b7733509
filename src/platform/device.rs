//! Devices that answer single bytes, and programs that run.

/// Why a device gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceFault {
    #[error("missing")]
    Missing,
    #[error("denied")]
    Denied,
    /// Somebody else has it open.
    #[error("held")]
    Held,
    /// It took the question and said nothing.
    #[error("silent")]
    Silent,
    /// It does not stop talking.
    #[error("flood")]
    Flood,
    #[error("late")]
    Late,
    /// The system's own words.
    #[error("{0}")]
    Other(String),
}

/// A program that runs.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct ProcessSeen {
    pub pid: u32,
    /// Seconds since it was started.
    pub age_s: u64,
    /// Memory it holds, bytes.
    pub memory: u64,
}
