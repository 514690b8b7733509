//! What `NetworkManager` tells once and not again: why a device failed. A moment after it has given up its own state
//! says nothing of it any more, so somebody has to have listened. Asks nothing and does nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt as _;
use tokio::task::JoinHandle;
use zbus::{Connection, MessageStream};

/// `NM_DEVICE_STATE_DISCONNECTED`
const DISCONNECTED: u32 = 30;
/// `NM_DEVICE_STATE_PREPARE` to `NM_DEVICE_STATE_SECONDARIES`: it is being connected.
const CONNECTING: std::ops::RangeInclusive<u32> = 40..=90;
/// `NM_DEVICE_STATE_FAILED`
const FAILED: u32 = 120;
const RULE: &str = "type='signal',sender='org.freedesktop.NetworkManager',\
                    interface='org.freedesktop.NetworkManager.Device',member='StateChanged'";

/// Why each device failed last, by its path.
type Reasons = Arc<Mutex<BTreeMap<String, u32>>>;

/// Listens from the first look on.
#[derive(Debug, Default)]
pub(super) struct Ears {
    reasons: Reasons,
    task: tokio::sync::Mutex<Option<JoinHandle<()>>>,
}

impl Ears {
    /// Begins to listen where nobody does yet, or where the bus has gone meanwhile.
    pub async fn listen(&self, bus: &Connection) {
        let mut task = self.task.lock().await;
        if task.as_ref().is_some_and(|task| !task.is_finished()) {
            return;
        }
        // Where that is refused a device's own state has to do.
        let Ok(changes) = MessageStream::for_match_rule(RULE, bus, None).await else { return };
        *task = Some(tokio::spawn(hear(changes, self.reasons.clone())));
    }

    /// `NMDeviceStateReason` of the last failure, until it is connected, or somebody else decides about it.
    pub fn why(&self, device: &str) -> Option<u32> {
        self.reasons.lock().unwrap_or_else(PoisonError::into_inner).get(device).copied()
    }
}

async fn hear(mut changes: MessageStream, reasons: Reasons) {
    while let Some(Ok(message)) = changes.next().await {
        let Some(device) = message.header().path().map(ToString::to_string) else { continue };
        let Ok((state, before, reason)) = message.body().deserialize::<(u32, u32, u32)>() else { continue };
        let mut reasons = reasons.lock().unwrap_or_else(PoisonError::into_inner);
        match state {
            FAILED => {
                reasons.insert(device, reason);
            }
            // Given up, or tried once more: the reason stands until something else is known.
            DISCONNECTED if before == FAILED => {}
            state if CONNECTING.contains(&state) => {}
            _ => {
                reasons.remove(&device);
            }
        }
    }
}
