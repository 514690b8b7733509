//! The screens: a synchronous [`app`] (events in, effects out), drawn from [`view`]s that the headless twin prints too.

pub mod app;
mod dialog;
pub mod keypad;
pub mod mirror;
pub mod multitap;
mod overlay;
pub mod palette;
mod paper;
mod render;
pub mod runtime;
pub mod screens;
mod sheet;
pub mod start;
mod still;
pub mod terminal;
pub mod theme;
pub mod view;
