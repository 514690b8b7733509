//! What is on the screen: the view of the place, laid out for the size, with the rows that stand still.

use crate::tui::app::{App, Moment, Visit};
use crate::tui::screens::{self, Cx, Place};
use crate::tui::sheet::{self, Sheet};
use crate::tui::theme::Look;
use crate::tui::view::{Act, Arg, Open, View};

/// Width from which a preview stands beside the list.
pub(in crate::tui) const WIDE: u16 = 80;

/// What was laid out last; what keys refer to.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    pub(in crate::tui) view: View,
    pub(in crate::tui) sheet: Sheet,
    /// New rows that wait behind the ones shown.
    pub(in crate::tui) waiting: usize,
    pub(in crate::tui) preview: Option<Preview>,
    /// Cells of the list; the whole width without a preview.
    pub(in crate::tui) list_width: u16,
}

/// The place that the marked line leads to, beside the list.
#[derive(Clone, Debug)]
pub(in crate::tui) struct Preview {
    pub(in crate::tui) place: Place,
    pub(in crate::tui) sheet: Sheet,
}

impl App {
    /// What is on the screen, laid out now if it never was.
    pub(in crate::tui) fn shown(&mut self) -> &Shown {
        if self.shown.is_none() {
            self.refresh();
        }
        self.shown.get_or_insert_default()
    }

    /// What was laid out last.
    pub(in crate::tui) const fn drawn(&self) -> Option<&Shown> {
        self.shown.as_ref()
    }

    /// The page shown and how many there are, when there are several.
    pub(in crate::tui) fn pages(&self) -> Option<(usize, usize)> {
        let sheet = self.drawn().map(|shown| &shown.sheet).filter(|_| self.overlay.is_none())?;
        (sheet.pages > 1).then_some((sheet.page + 1, sheet.pages))
    }

    /// Lays out what is known now, if that has changed.
    pub(in crate::tui) fn refresh(&mut self) {
        if !self.stale && self.shown.is_some() {
            return;
        }
        let (width, height) = self.size;
        let first = self.shown.is_none();
        let mut view = self.view_of(&self.visit().place, width);
        let now = self.now.mono;
        let rows = std::mem::take(&mut view.rows);
        let live = view.live;
        let visit = self.visit_mut();
        let (rows, waiting) = visit.still.settle(rows, now);
        // A list stands still from the first look; a live one from the first key.
        if first && !live && !rows.is_empty() && visit.still.until().is_none() {
            visit.still.aim(now);
        }
        view.rows = rows;
        visit.marked =
            visit.marked.map(|at| at.min(view.rows.len().saturating_sub(1))).filter(|_| !view.rows.is_empty());
        let target = preview_target(&view, self.visit()).filter(|_| width >= WIDE && !self.look.large);
        let list_width = if target.is_some() { (width * 11 / 20).min(64) } else { width };
        let sheet = self.lay_out(&view, list_width, height, waiting);
        self.visit_mut().page = sheet.page;
        let preview = target.map(|place| self.preview(place, width - list_width - 3, height));
        self.shown = Some(Shown { view, sheet, waiting, preview, list_width });
        self.stale = false;
    }

    fn lay_out(&self, view: &View, width: u16, height: u16, waiting: usize) -> Sheet {
        let visit = self.visit();
        // Title and bottom rows; a line of its own for what waits.
        let taken = 2 + u16::from(waiting > 0) + u16::from(self.strip_needed());
        let frame = sheet::Frame {
            width: usize::from(width),
            height: usize::from(height.saturating_sub(taken)),
            look: self.look,
            numbered: true,
            reveal: visit.reveal,
            tapping: self.tap.is_some(),
            typed: &visit.input,
        };
        let sheet = sheet::sheet(view, visit.page, frame);
        // The page follows the mark.
        let Some(marked) = visit.marked.filter(|row| !sheet.rows.contains(row)) else { return sheet };
        let with_mark = (0..sheet.pages).map(|page| sheet::sheet(view, page, frame));
        with_mark.into_iter().find(|other| other.rows.contains(&marked)).unwrap_or(sheet)
    }

    fn preview(&self, place: Place, width: u16, height: u16) -> Preview {
        let look = Look { large: false, ..self.look };
        let mut view = self.view_of(&place, width);
        // Says which digit to press, which here would press something else.
        view.rows.retain(|row| row.key != "code");
        let height = usize::from(height.saturating_sub(3));
        let frame = sheet::Frame {
            width: usize::from(width),
            height,
            look,
            numbered: false,
            reveal: false,
            tapping: false,
            typed: "",
        };
        Preview { sheet: sheet::sheet(&view, 0, frame), place }
    }

    fn view_of(&self, place: &Place, width: u16) -> View {
        let Moment { wall: now, .. } = self.now;
        let Look { lang, ascii, color, large } = self.look;
        let cx = Cx { mirror: &self.mirror, place, lang, now, width, ascii, color, large, kiosk: self.kiosk };
        screens::by_id(&place.screen).map(|spec| spec.view(&cx)).unwrap_or_default()
    }
}

/// Opening such a place chooses something or listens for radios: looking beside it must not.
fn chosen(place: &Place) -> bool {
    matches!(place.screen.as_str(), "95" | "53") && place.arg != Arg::None
}

/// What stands beside the list: where the marked line leads, else where green leads, else the first line in trouble,
/// else the first that leads anywhere.
fn preview_target(view: &View, visit: &Visit) -> Option<Place> {
    let place = |open: &Open| match open {
        Open::Screen(id) => Place { screen: (*id).to_owned(), ..Place::default() },
        Open::Place(id, arg) => Place { screen: (*id).to_owned(), arg: arg.clone(), typed: None },
    };
    let leads = |row: usize| view.rows.get(row).and_then(|row| row.open.as_ref()).map(place);
    if let Some(row) = visit.marked {
        return leads(row).filter(|place| !chosen(place));
    }
    // On 95 every line chooses something: beside it there would only be the code with its number.
    let choosing = visit.place.screen == "95" && visit.place.arg == Arg::None;
    if view.rows.is_empty() || choosing {
        return None;
    }
    let green =
        view.green.iter().find_map(|green| if let Act::Open(open) = &green.act { Some(place(open)) } else { None });
    let bad =
        view.rows.iter().position(|row| row.open.is_some() && row.status.is_some_and(crate::model::Status::is_bad));
    let first = view.rows.iter().position(|row| row.open.is_some());
    green.or_else(|| leads(bad.or(first)?)).filter(|place| *place != visit.place && !chosen(place))
}
