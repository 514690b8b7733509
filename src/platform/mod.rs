//! The only door to the machine: files, processes, links, name servers, hosts, clocks. `fake` is a machine written as
//! TOML, for tests.

use std::future::Future;
use std::pin::Pin;

/// A boxed future, so that machines can be swapped behind `dyn Host`.
pub type Fut<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A machine.
pub trait Host: Send + Sync {}
