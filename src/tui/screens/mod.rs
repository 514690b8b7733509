//! The screens: one file each, one entry in [`SCREENS`] each. A screen is a pure function from what is known to a
//! [`View`]; it holds nothing and asks nothing by itself.

use crate::model::Stamp;
use crate::proto::Request;
use crate::text::Lang;
use crate::tui::mirror::Mirror;
use crate::tui::view::{Arg, View};

/// What is fixed about a screen. `id` is the digits pressed from HOME; ids and names never change.
pub struct ScreenSpec {
    pub id: &'static str,
    pub zh: &'static str,
    pub name: &'static str,
    /// What the digits do there.
    pub lines: Lines,
    /// Locale keys of what green may be called there; none where green does nothing.
    pub green: &'static [&'static str],
    /// What the agent has to be asked before it can be shown; the snapshot is always there.
    pub needs: fn(&Place) -> Vec<Request>,
    content: fn(&Cx<'_>) -> View,
}

/// What the digits of a screen do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// They open the screens below this one, and nothing else.
    Children,
    /// They open the numbered line; `9` is more.
    Open,
    /// Lines are numbered to be read out; `9` is more.
    Read,
    /// Digits 1 to this one are choices.
    Choices(u8),
}

impl ScreenSpec {
    /// What the screen says now.
    pub fn view(&self, cx: &Cx<'_>) -> View {
        (self.content)(cx)
    }
}

/// Where a person is: a screen, what it is about, and what has been typed on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub screen: String,
    pub arg: Arg,
    /// Accepted text of the entry box.
    pub typed: Option<String>,
}

/// What a screen is drawn from.
pub struct Cx<'a> {
    pub mirror: &'a Mirror,
    pub place: &'a Place,
    pub lang: Lang,
    pub now: Stamp,
    /// Cells for text.
    pub width: u16,
    /// The look of this console, for 93.
    pub ascii: bool,
    pub color: bool,
    pub large: bool,
    /// Words of the configuration that a screen needs come with the snapshot; nothing else is read here.
    pub kiosk: bool,
}

/// Every screen, in the order of `screens --json`.
pub const SCREENS: &[&ScreenSpec] = &[];

/// The screen with this id.
pub fn by_id(id: &str) -> Option<&'static ScreenSpec> {
    SCREENS.iter().copied().find(|spec| spec.id == id)
}
