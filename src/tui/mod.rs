//! The screens: a synchronous [`app`] (events in, effects out), drawn from [`view`]s that the headless twin prints too.

pub mod app;
mod dialog;
pub mod keypad;
pub mod mirror;
mod overlay;
mod palette;
mod paper;
mod render;
pub mod screens;
mod sheet;
mod still;
pub mod theme;
pub mod view;
