//! The screens: a synchronous [`app`] (events in, effects out), drawn from [`view`]s that the headless twin prints too.

pub mod mirror;
pub mod screens;
pub mod view;
