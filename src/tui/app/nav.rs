//! Going from place to place: opening, back, HOME, dialling.

use crate::proto::Request;
use crate::text;
use crate::tui::app::{App, Effect, Visit};
use crate::tui::screens::{self, Place, SCREENS};
use crate::tui::view::{Arg, Open};

/// Places one can go back through.
const TRAIL: usize = 32;

/// The first place.
pub(super) fn home() -> Place {
    Place { screen: "0".to_owned(), ..Place::default() }
}

/// What a place has to ask of the agent.
pub(super) fn needs(place: &Place) -> Vec<Effect> {
    let needs = screens::by_id(&place.screen).map(|spec| (spec.needs)(place));
    needs.unwrap_or_default().into_iter().map(Effect::Ask).collect()
}

/// Whether the id of some screen begins like this and goes on.
fn goes_on(prefix: &str) -> bool {
    SCREENS.iter().any(|spec| spec.id.len() > prefix.len() && spec.id.starts_with(prefix) && spec.id != "00")
}

impl App {
    pub(in crate::tui) fn visit(&self) -> &Visit {
        // Never empty: HOME is pushed first and `back` keeps it.
        static NOWHERE: std::sync::OnceLock<Visit> = std::sync::OnceLock::new();
        self.visits.last().unwrap_or_else(|| NOWHERE.get_or_init(Visit::default))
    }

    pub(super) fn visit_mut(&mut self) -> &mut Visit {
        if self.visits.is_empty() {
            self.visits.push(Visit { place: home(), ..Visit::default() });
        }
        let last = self.visits.len() - 1;
        &mut self.visits[last]
    }

    /// Opens a line or the target of green.
    pub(super) fn open(&mut self, open: &Open) -> Vec<Effect> {
        match open {
            Open::Screen(id) => self.go(Place { screen: (*id).to_owned(), ..Place::default() }),
            Open::Place(id, arg) => self.go(Place { screen: (*id).to_owned(), arg: arg.clone(), typed: None }),
        }
    }

    /// Goes to a place; what it needs is asked for.
    pub(super) fn go(&mut self, place: Place) -> Vec<Effect> {
        if screens::by_id(&place.screen).is_none() {
            self.unknown(&place.screen);
            return Vec::new();
        }
        // Coming from help or from where one is already leaves no second step to go back through.
        if self.visit().place == place {
            self.visits.pop();
        }
        if place == home() {
            self.visits.clear();
        }
        if self.visits.len() >= TRAIL {
            self.visits.remove(1);
        }
        self.visits.push(Visit { place, ..Visit::default() });
        self.arrive();
        self.wants()
    }

    /// HOME at once.
    pub(super) fn go_home(&mut self) -> Vec<Effect> {
        self.dial = None;
        self.go(home())
    }

    /// One step back; at the start, HOME.
    pub(super) fn back(&mut self) -> Vec<Effect> {
        self.dial = None;
        if self.visits.len() <= 1 {
            return self.go_home();
        }
        self.visits.pop();
        self.arrive();
        self.wants()
    }

    fn arrive(&mut self) {
        self.held = None;
        self.tap = None;
        self.mirror.typed_once = false;
        self.overlay = None;
        self.shown = None;
        self.touch();
    }

    /// What the place has to ask of the agent.
    pub(super) fn wants(&self) -> Vec<Effect> {
        needs(self.place())
    }

    /// 85 about where one is.
    pub(super) fn help(&mut self) -> Vec<Effect> {
        let here = self.place().screen.clone();
        if here == "85" {
            return Vec::new();
        }
        self.dial = None;
        self.open(&Open::Place("85", Arg::From(here)))
    }

    /// `0`: HOME, and the next digits are an id.
    pub(super) fn arm(&mut self) -> Vec<Effect> {
        let effects = self.go_home();
        self.dial = Some(String::new());
        effects
    }

    /// A digit of an id.
    pub(super) fn dialled(&mut self, prefix: &str, digit: u8) -> Vec<Effect> {
        if digit == 0 && !prefix.is_empty() {
            return self.arm();
        }
        let id = if digit == 0 { "00".to_owned() } else { format!("{prefix}{digit}") };
        let known = screens::by_id(&id).is_some();
        if !known && !goes_on(&id) {
            self.dial = None;
            self.unknown(&id);
            return Vec::new();
        }
        self.dial = goes_on(&id).then(|| id.clone());
        self.dirty = true;
        if known { self.go(Place { screen: id, ..Place::default() }) } else { self.more() }
    }

    pub(super) fn unknown(&mut self, id: &str) {
        self.notice = Some(text::ta(self.look.lang, "app-no-screen", &[("id", id.into())]));
        self.dirty = true;
    }

    /// The child of this area behind a digit.
    pub(super) fn child(&self, digit: u8) -> Option<&'static str> {
        let here = self.place();
        if here.arg != Arg::None || here.typed.is_some() {
            return None;
        }
        let id = if here.screen == "0" { digit.to_string() } else { format!("{}{digit}", here.screen) };
        screens::by_id(&id).map(|spec| spec.id).filter(|id| *id != "00")
    }

    /// Asks the agent for something, as an effect.
    pub(super) fn ask(request: Request) -> Vec<Effect> {
        vec![Effect::Ask(request)]
    }

    /// Whether there is nothing to go back to.
    pub(super) fn at_start(&self) -> bool {
        self.visits.len() <= 1 && self.at_home()
    }

    /// Whether `9` turns the page here, and is no child.
    pub(in crate::tui) fn nine_is_more(&self) -> bool {
        self.child(9).is_none()
    }
}
