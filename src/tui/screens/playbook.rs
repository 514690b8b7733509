//! A playbook, one step at a time: what it was answered from, one instruction or question, digits to go on. Places
//! inside 12, 31, 32, 33, 34 and 84; a place is a path, so yellow goes one step back.

use std::sync::Arc;

use crate::model::{Role, Sale, Status};
use crate::playbooks::{self, End, Kind, Known, Playbook, Question, Walk};
use crate::proto::Request;
use crate::tui::mirror::LinkState;
use crate::tui::screens::{self, Cx, ScreenSpec, evidence, explanation, parts};
use crate::tui::view::{Act, Arg, Green, Open, Para, Row, Tone, View};

/// What green may be called where sales are shown, steps included.
pub const SALES_GREEN: &[&str] = &[
    "sale-green-customer",
    "playbook-green-next",
    "playbook-green-screen",
    "playbook-green-check",
    "playbook-green-on",
];

/// What green may be called where codes are shown, steps included.
pub const CODES_GREEN: &[&str] = &[
    "sale-green-evidence",
    "playbook-start",
    "playbook-green-next",
    "playbook-green-screen",
    "playbook-green-check",
    "playbook-green-on",
];

/// Checks said above the question; the others stand below it.
const ABOVE: usize = 1;
/// The digit that opens the screen an instruction names.
const SCREEN_DIGIT: u8 = 7;

/// Playbooks of screens: a last line leads there.
const OF_SCREENS: &[(&str, &str)] = &[
    ("22", "PNORESP"),
    ("33", "PCHARGED"),
    ("41", "PCARD"),
    ("42", "PCARD"),
    ("43", "PCARD"),
    ("44", "PQR"),
    ("51", "PPRN"),
    ("52", "PPWR"),
    ("53", "PTIME"),
];

/// The line of a screen that leads to its playbook.
pub fn of_screen(cx: &Cx<'_>, spec: &ScreenSpec) -> Option<Row> {
    let (_, id) = OF_SCREENS.iter().find(|(screen, _)| *screen == spec.id)?;
    let open = start(if spec.id == "33" { "33" } else { "84" }, id, None, None)?;
    Some(Row { open: Some(open), key: "playbook".to_owned(), ..titled_row(cx, id)? })
}

/// The line that begins a playbook in the handbook and says its name.
pub fn titled_row(cx: &Cx<'_>, id: &str) -> Option<Row> {
    let title = playbooks::get(id)?.title.get(cx.lang).to_owned();
    let text = cx.ta("playbook-start-of", &[("title", title.into())]);
    let key = format!("playbook.{id}");
    Some(Row { text, tone: Tone::Dim, open: start("84", id, None, None), key, ..Row::default() })
}

/// Where a playbook begins, if there is one of this id.
pub fn start(on: &'static str, id: &str, sale: Option<&Sale>, code: Option<&str>) -> Option<Open> {
    playbooks::get(id)?;
    let arg = Arg::Playbook {
        id: id.to_owned(),
        path: String::new(),
        sale: sale.map(|sale| sale.id),
        code: code.map(str::to_owned),
    };
    Some(Open::Place(on, arg))
}

/// The line `一步一步处理`.
pub fn start_row(cx: &Cx<'_>, n: Option<u8>, open: Open) -> Row {
    Row { n, text: cx.t("playbook-start"), open: Some(open), key: "playbook".to_owned(), ..Row::default() }
}

/// One step, on the screen `on`.
pub fn view(cx: &Cx<'_>, on: &'static str) -> View {
    let Arg::Playbook { id, path, sale, code } = &cx.place.arg else { return View::default() };
    let Some(snapshot) = cx.snapshot() else { return parts::connecting(cx) };
    let known = Known::new(snapshot).stale(matches!(cx.mirror.link, LinkState::Lost(_)));
    let known = match (sale.and_then(|sale| evidence::find(cx, sale)), code) {
        (Some(sale), _) => known.sale(sale, evidence::same_code_cards(cx, sale.id)),
        (None, Some(code)) => known.code(code),
        (None, None) => known,
    };
    // A site may lay another file over a playbook while somebody stands in it.
    let walk = playbooks::get(id).and_then(|book: Arc<Playbook>| Walk::replay(book, path, &known).ok());
    match walk {
        Some(walk) => Page { cx, on, walk, known }.view(),
        None => View { head: vec![Para::tone(cx.t("playbook-changed"), Tone::Dim)], ..View::default() },
    }
}

struct Page<'a> {
    cx: &'a Cx<'a>,
    on: &'static str,
    walk: Walk,
    known: Known<'a>,
}

impl Page<'_> {
    fn view(&self) -> View {
        let cx = self.cx;
        let args = [("title", self.walk.book().title.get(cx.lang).into()), ("n", self.step().into())];
        let mut head = vec![Para::tone(cx.ta("playbook-head", &args), Tone::Dim)];
        let mut seen = self.evidence();
        let below = seen.split_off(seen.len().min(ABOVE));
        head.extend(seen);
        let tone = self.walk.end().map_or(Tone::Strong, |end| if end.good { Tone::Good } else { Tone::Strong });
        head.push(Para::tone(self.walk.node().text.get(cx.lang), tone));
        head.extend(self.walk.end().into_iter().flat_map(|end| playbooks::end_lines(end, cx.lang)).map(Para::new));
        // Findings come in while a person reads: what is shown is what is known now.
        View {
            head,
            rows: self.rows(),
            tail: below,
            green: self.green(),
            tell: self.walked(),
            live: true,
            ..View::default()
        }
    }

    /// What the terminal remembers of a walk that came to its end; looking at one on 12 again is no new walk.
    fn walked(&self) -> Option<Request> {
        let looks_only = self.cx.snapshot().is_none_or(|snapshot| snapshot.actor.role == Role::Viewer);
        self.walk.end().filter(|_| self.on != "12" && !looks_only)?;
        let sale = if let Arg::Playbook { sale, .. } = &self.cx.place.arg { *sale } else { None };
        Some(Request::Walked {
            playbook: self.walk.book().id.clone(),
            answers: self.walk.path(),
            end: self.walk.node().name.clone(),
            sale,
        })
    }

    /// Questions and instructions met, this one included.
    fn step(&self) -> usize {
        self.walk.path().bytes().filter(u8::is_ascii_digit).count() + 1
    }

    /// What the checks since the last answer were answered from, the newest first.
    fn evidence(&self) -> Vec<Para> {
        let cx = self.cx;
        let told = self.walk.since_answer().iter().rev().filter_map(|taken| taken.evidence.as_ref());
        let mut lines: Vec<String> = Vec::new();
        for sentence in told.map(|evidence| evidence.sentence(cx.lang)) {
            if !lines.contains(&sentence) {
                lines.push(sentence);
            }
        }
        let line = |text: String| Para::tone(cx.ta("playbook-evidence", &[("text", text.into())]), Tone::Dim);
        lines.into_iter().map(line).collect()
    }

    fn here(&self, id: &str, path: String) -> Open {
        let (sale, code) = match &self.cx.place.arg {
            Arg::Playbook { sale, code, .. } => (*sale, code.clone()),
            _ => (None, None),
        };
        // From an end that 12 kept, one goes on in the handbook.
        let on = if self.on == "12" { "84" } else { self.on };
        Open::Place(on, Arg::Playbook { id: id.to_owned(), path, sale, code })
    }

    fn rows(&self) -> Vec<Row> {
        let cx = self.cx;
        let line = |n: u8, text: String, open| Row {
            n: Some(n),
            text,
            open: Some(open),
            key: format!("{}.{n}", self.walk.node().name),
            ..Row::default()
        };
        let id = &self.walk.book().id;
        if let Some(end) = self.walk.end() {
            let on = self.goes_on(end).map(|(text, open)| line(1, text, open));
            let again = line(2, cx.t("playbook-again"), self.here(id, String::new()));
            return on.into_iter().chain([again]).collect();
        }
        // Each answer carries what the checks before its question said: it can never be one to another question.
        let choices = self.walk.choices(cx.lang).into_iter();
        let path = self.walk.path();
        let mut rows: Vec<Row> =
            choices.map(|choice| line(choice.n, choice.text, self.here(id, format!("{path}{}", choice.n)))).collect();
        if let Some(spec) = self.screen() {
            let args = [("screen", format!("{} {}", spec.id, parts::title(spec, cx.lang)).into())];
            rows.push(line(SCREEN_DIGIT, cx.ta("playbook-open-screen", &args), Open::Screen(spec.id)));
            rows.sort_by_key(|row| row.n);
        }
        rows
    }

    /// The screen that an instruction names.
    fn screen(&self) -> Option<&'static ScreenSpec> {
        screens::by_id(self.walk.node().screen()?)
    }

    /// Where an end leads.
    fn goes_on(&self, end: &End) -> Option<(String, Open)> {
        let cx = self.cx;
        match end.opens.as_deref()? {
            "code" => {
                let code = self.known.code_meant().map(str::to_owned);
                let profile = self.known.about().map(|sale| explanation::profile(cx, sale));
                let profile = profile.unwrap_or_else(|| explanation::default_profile(cx));
                let open = code.map_or(Open::Screen("31"), |code| Open::Place("31", Arg::Code { profile, code }));
                Some((cx.t("playbook-go-code"), open))
            }
            id => {
                let title = playbooks::get(id)?.title.get(cx.lang).to_owned();
                Some((cx.ta("playbook-go", &[("title", title.into())]), self.here(id, String::new())))
            }
        }
    }

    fn green(&self) -> Option<Green> {
        let green = |key: &str, act| Some(Green { label: self.cx.t(key), act });
        if let Some((_, open)) = self.walk.end().and_then(|end| self.goes_on(end)) {
            return green("playbook-green-on", Act::Open(open));
        }
        if let (Kind::Do { answers, .. }, Some(spec)) = (&self.walk.node().kind, self.screen()) {
            if answers.is_empty() {
                let path = format!("{}1", self.walk.path());
                return green("playbook-green-next", Act::Open(self.here(&self.walk.book().id, path)));
            }
            return green("playbook-green-screen", Act::Open(Open::Screen(spec.id)));
        }
        self.asked_findings()
            .then(|| Request::Check { scope: Vec::new() })
            .and_then(|check| green("playbook-green-check", Act::Ask(check)))
    }

    /// Whether what stands here hangs on findings, which may change.
    fn asked_findings(&self) -> bool {
        self.walk.since_answer().iter().any(|taken| {
            let Kind::Check { question, .. } = &self.walk.node_of(taken).kind else { return false };
            matches!(question, Question::Works(_) | Question::Fine(_) | Question::Says { .. })
        })
    }
}

/// The playbook for a sale that did not go through.
pub fn of_sale(cx: &Cx<'_>, sale: &Sale) -> Option<String> {
    let profile = explanation::profile(cx, sale);
    let of_code = sale.code.as_deref().and_then(|code| explanation::told(cx, &profile, code).playbook);
    playbooks::for_sale(sale, of_code)
}

/// Whether this finding is bad enough to be worth a playbook, and which.
pub fn of_finding(family: &str, status: Status) -> Option<&'static str> {
    let id = match family.split('.').next()? {
        "net" | "host" => "PNORESP",
        "clock" => "PTIME",
        "reader" => "PCARD",
        "printer" => "PPRN",
        "power" => "PPWR",
        _ => match family {
            "params.keys" | "txn.keys" => "PKEY",
            "params.tid" | "params.mid" => "PREG",
            "txn.pending" => "PCHARGED",
            _ => return None,
        },
    };
    status.is_bad().then_some(id)
}
