//! Calls that may block (files, name service, sensors) run on a thread of their own, so that a hanging one holds up
//! nothing, not even the end of the program.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::platform::Trouble;

/// Threads that may hang at the same time; more calls fail at once.
const MOST: usize = 24;
/// The name service loads modules: more than a few pages are needed.
const STACK: usize = 512 * 1024;

static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// Counts a thread as long as it lives, however it ends.
struct Place;

impl Place {
    fn take() -> Option<Self> {
        RUNNING.fetch_update(Ordering::AcqRel, Ordering::Acquire, |n| (n < MOST).then_some(n + 1)).ok().map(|_| Self)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        RUNNING.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Runs `work` on its own thread and waits for it at most `limit`; a late one is left to itself.
pub async fn aside<T, F>(limit: Duration, work: F) -> Result<T, Trouble>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    let place = Place::take().ok_or_else(|| Trouble::Other("too many calls hang".to_owned()))?;
    let (tell, told) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name("aside".to_owned())
        .stack_size(STACK)
        .spawn(move || {
            let _place = place;
            let _ = tell.send(work());
        })
        .map_err(Trouble::from)?;
    match tokio::time::timeout(limit, told).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(_)) => Err(Trouble::Other("the call broke".to_owned())),
        Err(_) => Err(Trouble::Late),
    }
}
