//! To come.

pub mod show;
