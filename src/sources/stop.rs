//! Ending and waking the readers' threads.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use rustix::event::{EventfdFlags, eventfd};

/// Ends readers promptly; clones end the same ones.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    stopped: AtomicBool,
    sleepers: Mutex<Vec<Weak<Wake>>>,
}

impl Stop {
    /// Nobody is stopped yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends every reader that was started with this or a clone of it.
    pub fn stop(&self) {
        self.0.stopped.store(true, Ordering::SeqCst);
        for wake in self.0.sleepers.lock().unwrap_or_else(PoisonError::into_inner).iter().filter_map(Weak::upgrade) {
            wake.ring();
        }
    }

    /// Whether [`Self::stop`] was called.
    pub fn is_stopped(&self) -> bool {
        self.0.stopped.load(Ordering::SeqCst)
    }

    /// Has this sleeper woken by [`Self::stop`].
    pub(super) fn wakes(&self, wake: &Arc<Wake>) {
        self.0.sleepers.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(wake));
    }
}

/// A reader asleep until something may have changed; a ring before the sleep is not lost.
#[derive(Debug, Default)]
pub(super) struct Wake {
    rung: Mutex<bool>,
    bell: Condvar,
    /// The same for a reader that waits for descriptors, too.
    line: OnceLock<OwnedFd>,
}

impl Wake {
    pub(super) fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.bell.notify_all();
        if let Some(line) = self.line.get() {
            // Full means that it has been rung already.
            let _ = rustix::io::write(line, &1_u64.to_ne_bytes());
        }
    }

    /// Becomes readable with every ring from now on, until [`Self::hush`].
    pub(super) fn line(&self) -> io::Result<BorrowedFd<'_>> {
        if self.line.get().is_none() {
            let line = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
            let _ = self.line.set(line);
        }
        self.line.get().map(AsFd::as_fd).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// The rings so far have been heard.
    pub(super) fn hush(&self) {
        if let Some(line) = self.line.get() {
            let _ = rustix::io::read(line, &mut [0_u8; 8]);
        }
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = false;
    }

    /// Sleeps until the next ring, at most this long.
    pub(super) fn sleep(&self, most: Duration) {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let slept = self.bell.wait_timeout_while(rung, most, |rung| !*rung);
        *slept.unwrap_or_else(PoisonError::into_inner).0 = false;
    }
}
