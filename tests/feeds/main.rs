//! Sources that are no files, with real writers in processes of their own and the real store behind.

#![allow(clippy::panic)]

mod desk;
mod dumps;
mod killed;
mod sqlite;
