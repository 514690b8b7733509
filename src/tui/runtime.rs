//! The console's loop: tty, link and clock in, frames and requests out. Everything that waits, waits here.
//!
//! A key paints at once; data paint at most ten times a second (twice over SSH), the last state wins. Nothing runs
//! while nothing happens but the clock's minute.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::time::Duration;

use ratatui::Terminal;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

use crate::link::{self, Call, Link};
use crate::model::Stamp;
use crate::platform;
use crate::proto::{Refusal, Reply, Request, Update};
use crate::tui::app::{App, Effect, Event, Millis, Moment, Options};
use crate::tui::keypad::Decoder;
use crate::tui::paper::Paper;
use crate::tui::terminal::{Line, Tty};

pub use crate::tui::terminal::TuiError;

/// Reaches an agent: through its socket, or one in this process.
pub trait Connector {
    /// A fresh link. Called again, with a pause, whenever the last one has ended.
    fn connect(&mut self) -> impl Future<Output = io::Result<Link>>;
}

/// How a console is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunOptions {
    pub app: Options,
    /// `TERM`.
    pub term: String,
    /// Over SSH: paint data less often.
    pub remote: bool,
}

/// Why a console ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitReason {
    /// The person left.
    Quit,
    /// By this signal.
    Signal(i32),
    /// The tty is gone.
    Gone,
}

/// The first frame waits this long for a snapshot: one paint less on a slow line.
const FIRST_FRAME: Duration = Duration::from_millis(150);

/// Between frames that no key asked for.
const FRAME_GAP: Duration = Duration::from_millis(100);
const FRAME_GAP_REMOTE: Duration = Duration::from_millis(500);

/// Pauses between tries to reach the agent.
const RETRY_FIRST: Duration = Duration::from_millis(200);
const RETRY_MOST: Duration = Duration::from_secs(5);

/// Updates taken before looking at the keys again.
const BATCH: usize = 256;

/// Runs a console on the terminal of this process until the person leaves or the terminal does.
pub async fn run(connector: impl Connector, options: RunOptions) -> Result<ExitReason, TuiError> {
    let tty = Tty::open(&options.term)?;
    tty.restorer().hook_panics();
    run_on(tty, connector, &options).await
}

/// Runs a console on this tty.
pub async fn run_on(tty: Tty, connector: impl Connector, options: &RunOptions) -> Result<ExitReason, TuiError> {
    let mut signals = Signals::new()?;
    let (line, mut updates) = mpsc::channel(link::DEPTH);
    let (answers, mut answered) = mpsc::channel(link::DEPTH);
    let mut keeper = pin!(keep(connector, line));
    let mut console = Console::new(tty, options, answers);
    loop {
        if let Some(reason) = console.paint() {
            return Ok(reason);
        }
        let wake = console.wakes_at();
        let ended = tokio::select! {
            biased;
            number = signals.next() => console.signalled(number),
            () = console.tty.put_back() => return Err(TuiError::Panicked),
            () = console.tty.readable() => console.read(),
            () = console.tty.writable(), if console.tty.busy() => console.push(),
            Some(answer) = answered.recv() => console.event(Event::Answer(answer.0, answer.1)),
            Some(first) = updates.recv() => console.linked(first, &mut updates),
            () = &mut keeper => None,
            () = sleep_until(wake) => console.woken(),
        };
        if let Some(reason) = ended {
            return Ok(reason);
        }
    }
}

/// What comes from the link's keeper.
#[derive(Debug)]
enum FromLink {
    Back(mpsc::Sender<Call>),
    Update(Box<Update>),
    Lost,
}

/// Keeps a link: passes its updates on and connects again when it has ended, for ever.
async fn keep(mut connector: impl Connector, line: mpsc::Sender<FromLink>) {
    let mut pause = RETRY_FIRST;
    loop {
        if let Ok(mut link) = connector.connect().await {
            if line.send(FromLink::Back(link.calls)).await.is_err() {
                return;
            }
            while let Some(update) = link.updates.recv().await {
                pause = RETRY_FIRST;
                let leaving = matches!(update, Update::Leaving);
                if line.send(FromLink::Update(Box::new(update))).await.is_err() {
                    return;
                }
                if leaving {
                    break;
                }
            }
        }
        if line.send(FromLink::Lost).await.is_err() {
            return;
        }
        sleep(pause).await;
        pause = (pause * 2).min(RETRY_MOST);
    }
}

/// Everything the loop holds.
struct Console {
    app: App,
    tty: Tty,
    paper: Terminal<Paper>,
    decoder: Decoder,
    /// When the decoder's wait is over.
    decoder_due: Option<Instant>,
    calls: Option<mpsc::Sender<Call>>,
    answers: mpsc::Sender<(Request, Reply)>,
    started: Instant,
    painted: Option<Instant>,
    /// A key was pressed since the last frame.
    urgent: bool,
    gap: Duration,
}

impl Console {
    fn new(tty: Tty, options: &RunOptions, answers: mpsc::Sender<(Request, Reply)>) -> Self {
        let paper = Paper::new(tty.manners().speech(options.app.color), tty.size());
        let Ok(paper) = Terminal::new(paper);
        Self {
            app: App::new(options.app),
            tty,
            paper,
            decoder: Decoder::default(),
            decoder_due: None,
            calls: None,
            answers,
            started: Instant::now(),
            painted: None,
            urgent: false,
            gap: if options.remote { FRAME_GAP_REMOTE } else { FRAME_GAP },
        }
    }

    fn moment(&self) -> Moment {
        let mono = Instant::now().saturating_duration_since(self.started).as_millis() as u64;
        Moment { wall: platform::now(), mono: Millis(mono) }
    }

    fn event(&mut self, event: Event) -> Option<ExitReason> {
        let effects = self.app.on(self.moment(), event);
        self.perform(effects)
    }

    fn perform(&mut self, effects: Vec<Effect>) -> Option<ExitReason> {
        for effect in effects {
            match effect {
                Effect::Ask(request) => self.ask(request),
                Effect::Repaint => {
                    let Ok(()) = self.paper.clear();
                }
                Effect::Quit => return Some(ExitReason::Quit),
            }
        }
        None
    }

    /// Asks the agent; the answer comes back as an event, however long it takes.
    fn ask(&self, request: Request) {
        let (calls, answers) = (self.calls.clone(), self.answers.clone());
        tokio::spawn(async move {
            let reply = match &calls {
                Some(calls) => link::ask(calls, request.clone()).await,
                None => Reply::Refused(Refusal { code: "lost".to_owned(), detail: String::new() }),
            };
            // A console that is gone needs no answer.
            let _ = answers.send((request, reply)).await;
        });
    }

    fn read(&mut self) -> Option<ExitReason> {
        let mut buffer = [0; 1024];
        match self.tty.read(&mut buffer)? {
            Line::Gone => Some(ExitReason::Gone),
            Line::Read(read) => {
                let keys = self.decoder.feed(buffer.get(..read).unwrap_or_default());
                self.decoder_due = self.decoder.waits().map(|wait| Instant::now() + wait);
                self.keys(keys)
            }
        }
    }

    fn keys(&mut self, keys: Vec<crate::tui::keypad::Key>) -> Option<ExitReason> {
        for key in keys {
            self.urgent = true;
            let ended = self.event(Event::Key(key));
            if ended.is_some() {
                return ended;
            }
        }
        None
    }

    /// Takes everything the link has brought, so that one frame shows all of it.
    fn linked(&mut self, first: FromLink, more: &mut mpsc::Receiver<FromLink>) -> Option<ExitReason> {
        let mut next = Some(first);
        for _ in 0..BATCH {
            let from = match next.take() {
                Some(from) => from,
                None => more.try_recv().ok()?,
            };
            let event = match from {
                FromLink::Back(calls) => {
                    self.calls = Some(calls);
                    Event::LinkBack
                }
                FromLink::Update(update) => Event::Update(*update),
                FromLink::Lost => {
                    self.calls = None;
                    Event::LinkLost
                }
            };
            let ended = self.event(event);
            if ended.is_some() {
                return ended;
            }
        }
        None
    }

    fn signalled(&mut self, number: i32) -> Option<ExitReason> {
        match number {
            SIGWINCH => {
                let size = self.tty.size();
                self.event(Event::Resize(size.width, size.height))
            }
            SIGCONT => {
                self.tty.again();
                let Ok(()) = self.paper.clear();
                self.urgent = true;
                self.event(Event::Key(crate::tui::keypad::Key::Redraw))
            }
            number => Some(ExitReason::Signal(number)),
        }
    }

    fn woken(&mut self) -> Option<ExitReason> {
        if self.decoder_due.is_some_and(|due| due <= Instant::now()) {
            self.decoder_due = None;
            let keys = self.decoder.expire();
            let ended = self.keys(keys);
            if ended.is_some() {
                return ended;
            }
        }
        self.event(Event::Tick)
    }

    fn push(&mut self) -> Option<ExitReason> {
        self.tty.push().err().map(|_| ExitReason::Gone)
    }

    /// When the next frame may be drawn; none when there is nothing to draw or the line is still busy.
    fn frame_due(&self) -> Option<Instant> {
        if !self.app.dirty() || self.tty.busy() {
            return None;
        }
        if self.urgent {
            return Some(self.started);
        }
        match self.painted {
            Some(painted) => Some(painted + self.gap),
            None if self.app.informed() => Some(self.started),
            None => Some(self.started + FIRST_FRAME),
        }
    }

    /// Draws, if it is time; one frame is one write.
    fn paint(&mut self) -> Option<ExitReason> {
        let now = Instant::now();
        if self.frame_due().is_none_or(|due| due > now) {
            return None;
        }
        let size = self.tty.size();
        let color = self.app.color() && self.tty.manners().color;
        self.paper.backend_mut().resize(size);
        self.paper.backend_mut().set_color(color);
        let Ok(_) = self.paper.draw(|frame| self.app.draw(frame));
        if let Some(way_in) = self.tty.lead_in() {
            self.paper.backend_mut().lead_in(&way_in);
        }
        self.urgent = false;
        self.painted = Some(now);
        let frame = self.paper.backend_mut().take().unwrap_or_default();
        if self.tty.send(frame).is_err() {
            return Some(ExitReason::Gone);
        }
        let effects = self.app.follow_up();
        self.perform(effects)
    }

    /// The next moment at which something happens by itself.
    fn wakes_at(&self) -> Instant {
        let asked = self.app.wakes_at().map(|at| self.started + Duration::from_millis(at.0));
        let minute = Instant::now() + to_next_minute(platform::now());
        [asked, self.decoder_due, self.frame_due()].into_iter().flatten().fold(minute, Instant::min)
    }
}

/// Until the clock in the title row changes.
fn to_next_minute(wall: Stamp) -> Duration {
    let into = wall.micros.rem_euclid(60_000_000);
    Duration::from_micros((60_000_000 - into) as u64) + Duration::from_millis(5)
}

const SIGWINCH: i32 = SignalKind::window_change().as_raw_value();
const SIGCONT: i32 = 18;

/// Signals that end a console or change its terminal.
struct Signals {
    all: Vec<(i32, Signal)>,
}

impl Signals {
    fn new() -> Result<Self, TuiError> {
        let kinds = [
            SignalKind::hangup(),
            SignalKind::terminate(),
            SignalKind::interrupt(),
            SignalKind::quit(),
            SignalKind::window_change(),
            SignalKind::from_raw(SIGCONT),
        ];
        let all = kinds.into_iter().map(|kind| Ok((kind.as_raw_value(), signal(kind)?)));
        Ok(Self { all: all.collect::<io::Result<_>>()? })
    }

    /// The number of the next one.
    async fn next(&mut self) -> i32 {
        std::future::poll_fn(|cx| {
            for (number, signal) in &mut self.all {
                if let std::task::Poll::Ready(Some(())) = signal.poll_recv(cx) {
                    return std::task::Poll::Ready(*number);
                }
            }
            std::task::Poll::Pending
        })
        .await
    }
}
