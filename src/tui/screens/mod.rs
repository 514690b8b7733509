//! The screens: one file each, one entry in [`SCREENS`] each. A screen is a pure function from what is known to a
//! [`View`]; it holds nothing and asks nothing by itself.

mod acquirer;
mod action;
mod admin;
mod audit;
mod bench;
mod checkup;
mod codes;
mod compared;
mod confirm;
mod declines;
mod device;
mod device_part;
mod display;
mod events;
mod evidence;
mod explanation;
mod fix;
pub mod handbook;
mod help;
mod home;
mod keypad_test;
pub mod keys;
mod language;
mod later;
mod live;
mod net_setup;
mod network;
mod parts;
mod passcode;
mod path;
mod playbook;
mod reader;
mod round;
mod run;
mod sales;
mod signal;
mod surroundings;
mod system;
mod this_page;
mod trace;
mod trends;
mod unfinished;
mod update;
mod verdict;
mod versions;

use crate::model::Stamp;
use crate::proto::Request;
use crate::text::Lang;
use crate::tui::mirror::Mirror;
use crate::tui::view::{Arg, View};

pub use codes::behind_text;
pub use fix::SITE;
pub use parts::{clean, sentence, status_word, title};
pub use run::step_word;

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
        if let Arg::Playbook { .. } = cx.place.arg {
            return playbook::view(cx, self.id);
        }
        let mut view = (self.content)(cx);
        if cx.place.arg == Arg::None {
            view.rows.extend(playbook::of_screen(cx, self));
            codes::twin(cx, self, &mut view);
        }
        view
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
#[expect(clippy::struct_excessive_bools, reason = "four independent choices of this console")]
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
pub const SCREENS: &[&ScreenSpec] = &[
    &home::SCREEN,
    &confirm::SCREEN,
    &checkup::SCREEN,
    &verdict::SCREEN,
    &events::SCREEN,
    &network::SCREEN,
    &signal::SCREEN,
    &path::SCREEN,
    &acquirer::SCREEN,
    &trace::SCREEN,
    &sales::SCREEN,
    &codes::SCREEN,
    &declines::SCREEN,
    &unfinished::SCREEN,
    &live::SCREEN,
    &trends::SCREEN,
    &reader::SCREEN,
    &bench::SWIPE,
    &bench::CHIP,
    &bench::TAP,
    &bench::SCAN,
    &device::SCREEN,
    &device_part::PRINTER,
    &device_part::SUPPLY,
    &device_part::CLOCK,
    &keypad_test::SCREEN,
    &versions::SCREEN,
    &system::SCREEN,
    &fix::SCREEN,
    &action::NET_RESTART,
    &action::SYNC_TIME,
    &action::READER_RESET,
    &action::APP_RESTART,
    &action::SIGN_ON,
    &action::PRINT_RESET,
    &action::REBOOT,
    &update::SCREEN,
    &update::NEW_VERSION,
    &action::INSTALL,
    &action::ROLLBACK,
    &help::SCREEN,
    &later::FOLLOW,
    &later::QR,
    &later::BUNDLE,
    &handbook::SCREEN,
    &this_page::SCREEN,
    &admin::SCREEN,
    &language::SCREEN,
    &passcode::SCREEN,
    &display::SCREEN,
    &audit::SCREEN,
    &net_setup::SCREEN,
    &action::SHUT_DOWN,
];

/// The screen with this id.
pub fn by_id(id: &str) -> Option<&'static ScreenSpec> {
    SCREENS.iter().copied().find(|spec| spec.id == id)
}

/// The screen a person means: by id, NAME or 中文名, whatever the case.
pub fn find(word: &str) -> Option<&'static ScreenSpec> {
    let word = word.trim();
    SCREENS.iter().copied().find(|spec| {
        spec.id == word || spec.zh == word || spec.name.eq_ignore_ascii_case(word) || {
            // `net-restart` and `net_restart` where a shell makes spaces hard.
            word.replace(['-', '_'], " ").eq_ignore_ascii_case(&spec.name.replace('-', " "))
        }
    })
}

/// The screens below an area, in the order of their digits.
pub fn children(area: &str) -> impl Iterator<Item = &'static ScreenSpec> {
    SCREENS.iter().copied().filter(move |spec| {
        if area == "0" {
            spec.id.len() == 1 && spec.id != "0"
        } else {
            area.len() == 1 && spec.id.len() == 2 && spec.id.starts_with(area)
        }
    })
}

/// For screens that need nothing but the snapshot.
fn nothing(_place: &Place) -> Vec<Request> {
    Vec::new()
}
