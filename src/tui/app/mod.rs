//! The console's state: events in, effects out. Synchronous; no I/O and no clock: every event comes with its moment.
//!
//! What a key means depends on what stands on the screen *as it was drawn last*: a change that has not been painted
//! yet never turns a digit into something else.

mod keys;
mod nav;
mod show;
#[cfg(test)]
mod tests;

use ratatui::Frame;

use crate::model::{Secret, Stamp};
use crate::proto::{Reply, Request, Update};
use crate::text::{self, Lang};
use crate::tui::dialog::Dialog;
use crate::tui::keypad::Key;
use crate::tui::mirror::{LinkState, Mirror};
use crate::tui::multitap::Tap;
use crate::tui::palette::Palette;
use crate::tui::render;
use crate::tui::screens::Place;
use crate::tui::still::Still;
use crate::tui::theme::Look;

pub use show::Shown;

/// Milliseconds of a clock that never goes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millis(pub u64);

impl Millis {
    /// So many milliseconds later.
    #[must_use]
    pub const fn plus(self, ms: u64) -> Self {
        Self(self.0 + ms)
    }

    /// Milliseconds since `earlier`.
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// When an event happened: on the wall, for people, and on the steady clock, for deadlines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    pub wall: Stamp,
    pub mono: Millis,
}

/// What a console is started with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    pub lang: Lang,
    pub ascii: bool,
    pub color: bool,
    /// Started from the payment application's menu: leaving returns there.
    pub kiosk: bool,
    /// The command line named the language.
    pub lang_given: bool,
    /// Seed of the codes shown in dialogs.
    pub seed: u64,
}

/// What happens to a console.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Key(Key),
    Update(Update),
    Answer(Request, Reply),
    /// The agent is gone.
    LinkLost,
    /// An agent answers again; its snapshot follows.
    LinkBack,
    /// Time has passed: a minute, or [`App::wakes_at`].
    Tick,
    Resize(u16, u16),
}

/// What a console wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Ask(Request),
    /// Paint every cell again.
    Repaint,
    Quit,
}

/// A place a person is at or was at.
#[derive(Clone, Debug, Default)]
pub(in crate::tui) struct Visit {
    pub(in crate::tui) place: Place,
    page: usize,
    /// The row pointed at, by its place in the view.
    pub(in crate::tui) marked: Option<usize>,
    /// What has been typed into the entry box; it may be a passcode.
    pub(in crate::tui) input: zeroize::Zeroizing<String>,
    /// What is typed is shown, not stars.
    reveal: bool,
    /// Letters came from a keyboard: its digits are digits.
    typed_letters: bool,
    still: Still,
    /// What the agent was told last about what stood here.
    told: Option<Request>,
}

/// What lies over the screen.
#[derive(Clone, Debug)]
pub(in crate::tui) enum Overlay {
    /// Red on HOME: leave?
    Leaving,
    Dialog(Dialog),
    Palette(Palette),
}

/// The console.
#[derive(Debug)]
pub struct App {
    pub(in crate::tui) look: Look,
    pub(in crate::tui) kiosk: bool,
    lang_given: bool,
    pub(in crate::tui) mirror: Mirror,
    /// Never empty; the last one is where the person is.
    visits: Vec<Visit>,
    /// An id is being dialled: its digits so far.
    pub(in crate::tui) dial: Option<String>,
    pub(in crate::tui) overlay: Option<Overlay>,
    /// One sentence until the next key.
    pub(in crate::tui) notice: Option<String>,
    pub(in crate::tui) now: Moment,
    /// When the pending change is undone by itself.
    guard_until: Option<Millis>,
    /// Since when the agent is gone.
    pub(in crate::tui) lost_at: Option<Moment>,
    /// A new passcode, typed once.
    held: Option<Secret>,
    /// The letter that a digit is choosing.
    tap: Option<Tap>,
    /// When the agent was told last that somebody presses keys.
    present_at: Millis,
    /// A card reader types as a keyboard: its keys are dropped until it pauses.
    wedged_until: Millis,
    size: (u16, u16),
    shown: Option<Shown>,
    /// The place whose preview has been asked for.
    previewed: Option<Place>,
    /// What is shown is older than what is known.
    stale: bool,
    dirty: bool,
    seed: u64,
}

/// The agent is told this often at most that somebody presses keys, milliseconds.
const PRESENT_MS: u64 = 20_000;

/// Shortest and narrowest screen that is drawn.
pub(in crate::tui) const LEAST: (u16, u16) = (20, 8);

impl App {
    /// At HOME, knowing nothing.
    pub fn new(options: Options) -> Self {
        let home = Visit { place: nav::home(), ..Visit::default() };
        Self {
            look: Look { lang: options.lang, ascii: options.ascii, color: options.color, large: false },
            kiosk: options.kiosk,
            lang_given: options.lang_given,
            mirror: Mirror::default(),
            visits: vec![home],
            dial: None,
            overlay: None,
            notice: None,
            now: Moment::default(),
            guard_until: None,
            lost_at: None,
            held: None,
            tap: None,
            present_at: Millis::default(),
            wedged_until: Millis::default(),
            size: (80, 24),
            shown: None,
            previewed: None,
            stale: true,
            dirty: true,
            seed: options.seed,
        }
    }

    /// Takes an event.
    pub fn on(&mut self, at: Moment, event: Event) -> Vec<Effect> {
        let minute = |moment: Moment| moment.wall.micros.div_euclid(60_000_000);
        if minute(at) != minute(self.now) {
            self.touch();
        }
        self.now = at;
        self.age();
        match event {
            Event::Key(key) => {
                let present = self.present();
                let effects = self.key(key);
                present.into_iter().chain(effects).collect()
            }
            Event::Update(update) => self.update(update),
            Event::Answer(request, reply) => {
                self.answer(&request, reply);
                // A plan is good for one run: the screen shows what a next one would do.
                let anew = matches!(request, Request::Do { .. } | Request::Lock) || request.secret();
                if anew { self.wants() } else { Vec::new() }
            }
            Event::LinkLost => {
                if self.lost_at.is_none() {
                    self.lost_at = Some(at);
                    self.mirror.link = LinkState::Lost(0);
                }
                self.touch();
                Vec::new()
            }
            Event::LinkBack => {
                self.previewed = None;
                self.wants()
            }
            Event::Tick => {
                if self.visit().still.until().is_some_and(|until| until <= at.mono) {
                    self.touch();
                }
                Vec::new()
            }
            Event::Resize(width, height) => {
                self.resize(width, height);
                Vec::new()
            }
        }
    }

    /// Draws what is known. Drawing twice draws the same.
    pub fn draw(&mut self, frame: &mut Frame<'_>) {
        let area = frame.area();
        self.resize(area.width, area.height);
        self.refresh();
        self.dirty = false;
        render::draw(self, area, frame.buffer_mut());
    }

    /// What the preview that has just been drawn still has to ask, and what the agent is told about what stands
    /// here; to be called after [`App::draw`].
    pub fn follow_up(&mut self) -> Vec<Effect> {
        let mut effects = self.told();
        let drawn = self.drawn().and_then(|shown| shown.preview.as_ref()).map(|preview| preview.place.clone());
        if drawn != self.previewed {
            self.previewed = drawn;
            effects.extend(self.previewed.iter().flat_map(nav::needs));
        }
        effects
    }

    /// Each thing is told once, however often it is drawn.
    fn told(&mut self) -> Vec<Effect> {
        let tell = self.drawn().and_then(|shown| shown.view.tell.clone());
        let new = tell.filter(|tell| self.visit().told.as_ref() != Some(tell) && self.lost_at.is_none());
        let Some(tell) = new else { return Vec::new() };
        self.visit_mut().told = Some(tell.clone());
        Self::ask(tell)
    }

    /// Whether drawing now would change the screen.
    pub const fn dirty(&self) -> bool {
        self.dirty
    }

    /// Whether a snapshot has come: the first frame waits a moment for it.
    pub const fn informed(&self) -> bool {
        self.mirror.snapshot.is_some()
    }

    /// When a [`Event::Tick`] is wanted besides each minute.
    pub fn wakes_at(&self) -> Option<Millis> {
        let waiting = self.shown.as_ref().is_some_and(|shown| shown.waiting > 0);
        let release = self.visit().still.until().filter(|_| waiting);
        let age = self.lost_at.map(|_| {
            // Seconds up to a minute, then the minute's tick is enough.
            let lost = self.lost_seconds().unwrap_or(0);
            self.now.mono.plus(if lost < 60 { 1000 } else { 60_000 })
        });
        let guard = self.guard_until.map(|_| self.now.mono.plus(1000));
        let tap = self.tap.map(Tap::until);
        release.into_iter().chain(age).chain(guard).chain(tap).min()
    }

    /// Colours may be sent.
    pub const fn color(&self) -> bool {
        self.look.color
    }

    /// The language shown.
    pub const fn lang(&self) -> Lang {
        self.look.lang
    }

    /// Where the person is.
    pub fn place(&self) -> &Place {
        &self.visit().place
    }

    /// What is known.
    pub const fn mirror(&self) -> &Mirror {
        &self.mirror
    }

    /// Whoever presses keys keeps the role that a passcode gave.
    fn present(&mut self) -> Option<Effect> {
        let due = self.mirror.raised() && self.now.mono.since(self.present_at) >= PRESENT_MS;
        due.then(|| {
            self.present_at = self.now.mono;
            Effect::Ask(Request::Present)
        })
    }

    fn update(&mut self, update: Update) -> Vec<Effect> {
        let snapshot = matches!(update, Update::Snapshot(_));
        let counted = matches!(update, Update::Journal { .. } | Update::Snapshot(_));
        if update == Update::Leaving {
            return Vec::new();
        }
        let first = snapshot && !self.informed();
        let busy = self.mirror.snapshot.as_ref().map(|snapshot| snapshot.journal.in_flight);
        let told = snapshot || matches!(update, Update::Run { .. });
        let ended = matches!(&update, Update::Run { run: Some(run) } if run.ended());
        self.mirror.apply(update);
        if told {
            self.guard();
        }
        // A sale came or went: what can be done now is another thing.
        let now = self.mirror.snapshot.as_ref().map(|snapshot| snapshot.journal.in_flight);
        // ... and a plan that has been carried out is used up.
        let plans = if !first && (busy != now || ended) { self.plans() } else { Vec::new() };
        if snapshot {
            self.lost_at = None;
            self.mirror.link = LinkState::Live;
        }
        if first {
            self.speak_as_chosen();
        }
        self.touch();
        if first {
            return self.first_wants();
        }
        plans.into_iter().chain(self.numbers().filter(|_| counted)).collect()
    }

    /// Whoever comes while something waits for a person sees that first.
    fn first_wants(&mut self) -> Vec<Effect> {
        let waits = self.mirror.snapshot.as_ref().and_then(|s| s.run.as_ref()).is_some_and(|run| !run.ended());
        if waits && self.visits.len() <= 1 && self.at_home() {
            return self.go(Place { screen: "00".to_owned(), ..Place::default() });
        }
        self.wants()
    }

    /// Plans that the place shows, asked for anew.
    fn plans(&self) -> Vec<Effect> {
        let plan = |effect: &Effect| matches!(effect, Effect::Ask(Request::Plan { .. } | Request::Updates));
        self.wants().into_iter().filter(plan).collect()
    }

    /// Numbers that the place shows, asked for anew.
    fn numbers(&self) -> Option<Effect> {
        self.wants().into_iter().find(|effect| *effect == Effect::Ask(Request::Trends))
    }

    /// Takes over how long the pending change still waits.
    fn guard(&mut self) {
        let left = self.mirror.snapshot.as_ref().and_then(|snapshot| snapshot.run.as_ref()?.guard_left_ms);
        self.guard_until = left.map(|ms| self.now.mono.plus(ms));
        self.mirror.guard_left = left.map(|ms| u32::try_from(ms.div_ceil(1000)).unwrap_or(u32::MAX));
    }

    /// At the terminal itself the language stays as the shop chose it last.
    fn speak_as_chosen(&mut self) {
        let chosen = self.mirror.snapshot.as_ref().and_then(|snapshot| snapshot.terminal.lang.as_deref());
        if let Some(lang) = chosen.and_then(Lang::from_tag).filter(|_| self.kiosk && !self.lang_given) {
            self.look.lang = lang;
        }
    }

    fn answer(&mut self, request: &Request, reply: Reply) {
        let acted = matches!(request, Request::Do { .. } | Request::Guard { .. } | Request::Lock) || request.secret();
        // A choice does nothing yet: its plan says what it would do.
        let chosen = matches!(request, Request::Draft { .. });
        match &reply {
            Reply::Refused(_) if matches!(request, Request::Plan { .. }) => {}
            // 95 itself says it, where it has nothing else to show.
            Reply::Refused(_) if matches!(request, Request::Net { .. }) && self.mirror.net.is_none() => {}
            Reply::Refused(refusal) if acted || refusal.code != "lost" => {
                let lang = self.look.lang;
                let key = format!("refused-{}", refusal.code);
                let key = if text::has(lang, &key) { key.as_str() } else { "app-refused" };
                self.notice = Some(text::ta(lang, key, &[("detail", refusal.detail.as_str().into())]));
            }
            Reply::Accepted { .. } if acted => self.say("app-accepted"),
            Reply::Done if acted && !chosen => self.say("app-done"),
            _ => {}
        }
        self.mirror.answer(request, reply);
        self.touch();
    }

    /// Something that may be on the screen has changed.
    fn touch(&mut self) {
        self.stale = true;
        self.dirty = true;
    }

    fn say(&mut self, key: &str) {
        self.notice = Some(text::t(self.look.lang, key));
        self.dirty = true;
    }

    fn resize(&mut self, width: u16, height: u16) {
        if self.size != (width, height) {
            self.size = (width, height);
            self.touch();
        }
    }

    /// Seconds since the agent went.
    pub(in crate::tui) fn lost_seconds(&self) -> Option<u32> {
        let lost = self.lost_at?;
        u32::try_from(self.now.mono.since(lost.mono) / 1000).ok()
    }

    /// Keeps the age of the data in the mirror, where screens read it.
    fn age(&mut self) {
        if self.tap.is_some_and(|tap| tap.until() <= self.now.mono) {
            self.tap = None;
            self.touch();
        }
        if let Some(until) = self.guard_until {
            let left = u32::try_from(until.since(self.now.mono).div_ceil(1000)).unwrap_or(u32::MAX);
            if self.mirror.guard_left != Some(left) {
                self.mirror.guard_left = Some(left);
                self.touch();
            }
        }
        let Some(seconds) = self.lost_seconds() else { return };
        let shown = if seconds < 60 { seconds } else { seconds / 60 * 60 };
        if self.mirror.link != LinkState::Lost(shown) {
            self.mirror.link = LinkState::Lost(shown);
            self.touch();
        }
    }

    /// The next number of the dialogs' codes (SplitMix64).
    fn random(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
