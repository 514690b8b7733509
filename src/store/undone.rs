//! Sales that went through and were undone afterwards: which of them a later reversal or void is about. Journals rarely
//! say so by a number of their own (messages do), so a reversal is known by its trace number, a void by the reference
//! number, else by card and amount, where only one sale fits.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use rusqlite::Row;

use super::lookback::Lookback;
use super::packs::read::Line;
use super::tracker::equal_or_absent;
use super::walk::{self, Order, Table, Which};
use crate::model::{MaskedPan, Outcome, Sale};

/// Approved sales remembered per source: weeks of a busy till.
pub(super) const MOST: usize = 4_096;

/// Rows of all sources among which those are looked for.
const AROUND: usize = 4 * MOST;

/// Sales that one row is compared with.
pub(super) const MOST_CANDIDATES: usize = 64;

/// History that has brought nothing for so long brings no more: what it left out is left out.
const FILLING: Duration = Duration::from_secs(10);

/// A reversal may be sent days after the sale, when the line is back.
const WITHIN_DAYS: i64 = 3;

/// The numbers by which two rows may be about one sale, 21 bits of each in one word: no text is kept for thousands of
/// rows, and nearly all of them are told apart without one. A number that a row lacks is zero.
#[derive(Clone, Copy)]
pub(super) struct Brief(u64);

/// The bits of the first number.
const NUMBER: u64 = 0x1f_ffff;

/// The lowest bit of each number.
const ONES: u64 = 1 | 1 << 21 | 1 << 42;

impl Brief {
    pub fn of(sale: &Sale) -> Self {
        let card = sale.card.as_ref().map(MaskedPan::as_str);
        Self::new(sale.stan.as_deref(), sale.rrn.as_deref(), sale.amount, card)
    }

    /// Those of the row that this one undoes, as far as it tells them.
    pub fn undone_by(undo: &Sale) -> Self {
        let card = undo.card.as_ref().map(MaskedPan::as_str);
        let stan = undo.original_stan.as_deref().or(undo.stan.as_deref());
        Self::new(stan, undo.rrn.as_deref(), undo.amount, card)
    }

    pub fn new(stan: Option<&str>, rrn: Option<&str>, amount: Option<i64>, card: Option<&str>) -> Self {
        // Zero and one are kept free.
        let bits = |salt: u32, text: Option<&str>| {
            let bits = text.filter(|text| !text.is_empty()).map(|text| u64::from(some_bits(salt, text)) & NUMBER);
            bits.map_or(0, |bits| bits.max(2))
        };
        let both = amount.map_or(0, |amount| bits(amount.unsigned_abs() as u32, card));
        Self(bits(0, stan) | bits(0, rrn) << 21 | both << 42)
    }

    /// The same with ones for what it lacks, which no other has: to be looked for among many.
    fn sought(self) -> Self {
        let lacks = |at: u32| if self.0 & (NUMBER << at) == 0 { 1 << at } else { 0 };
        Self(self.0 | lacks(0) | lacks(21) | lacks(42))
    }

    /// Whether any of the three numbers is that of a [sought](Self::sought) one.
    #[inline]
    const fn is_like(self, sought: Self) -> bool {
        self.likeness(sought) != 0
    }

    #[inline]
    const fn likeness(self, sought: Self) -> u64 {
        let differs = self.0 ^ sought.0;
        // Taking one from each number borrows into its highest bit only where there was none.
        differs.wrapping_sub(ONES) & !differs & (ONES << 20)
    }

    /// False where [`undoes`] is none for certain.
    pub fn may_be(self, other: Self) -> bool {
        self.is_like(other.sought())
    }
}

/// A row that went through.
#[derive(Clone, Copy)]
struct Went {
    id: i64,
    brief: Brief,
}

/// Where rows come in the journal's order: behind all that are stored, or up to where a gap in the history ends.
#[derive(Clone, Copy)]
struct Front {
    last: i64,
    /// The first stored row behind the gap; none behind all rows.
    until: Option<i64>,
}

/// The rows of one source that went through. Rows that come in the journal's order are judged as they come, history
/// that fills a gap too; the rows behind such a gap are judged once more, see [`super::lookback`].
#[derive(Default)]
pub(super) struct Undone {
    /// Rows before the front.
    went: VecDeque<Went>,
    /// Rows of an earlier run are among them.
    loaded: bool,
    front: Option<Front>,
    /// The newest row that is stored.
    newest: Option<i64>,
    /// Rows from this one on are to be judged in their order.
    pub todo: Option<i64>,
    pub lookback: Option<Box<Lookback>>,
    /// When history came last.
    filled: Option<Instant>,
    /// Everything before the first gap in the journal has been judged.
    pub at_gap: bool,
}

/// The rows among which those that went through are: most of them rest in packs, and the table is not searched for the
/// next one beyond those that are read.
const WENT: Which =
    Which { table: "sales", condition: "true", packed: Some(|line| line.outcome() == Outcome::Approved) };

/// How certain it is that one row undoes another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Undoes {
    /// By its numbers.
    Surely,
    /// Card and amount fit.
    Likely,
}

/// Whether a row undoes one that went through.
pub(super) fn is_undoing(sale: &Sale) -> bool {
    sale.outcome == Outcome::Reversed || (sale.kind == "void" && sale.outcome == Outcome::Approved)
}

/// Whether a row went through and can be undone.
pub(super) fn can_be_undone(sale: &Sale) -> bool {
    sale.outcome == Outcome::Approved && kind_can_be_undone(&sale.kind)
}

/// Whether rows of this kind can be undone.
pub(super) fn kind_can_be_undone(kind: &str) -> bool {
    matches!(kind, "sale" | "void" | "refund" | "preauth" | "completion")
}

/// Whether `undo` is about `sale`.
pub(super) fn undoes(undo: &Sale, sale: &Sale) -> Option<Undoes> {
    let equal = |a: Option<&str>, b: Option<&str>| a.is_some_and(|a| !a.is_empty() && Some(a) == b);
    let amounts = match (undo.amount, sale.amount) {
        (Some(a), Some(b)) => Some(a.abs() == b.abs()),
        _ => None,
    };
    if !can_be_undone(sale)
        || amounts == Some(false)
        || !equal_or_absent(undo.tid.as_deref(), sale.tid.as_deref())
        || (undo.time.day() - sale.time.day()).abs() > WITHIN_DAYS
    {
        return None;
    }
    let same_stan = equal(undo.original_stan.as_deref().or(undo.stan.as_deref()), sale.stan.as_deref());
    if undo.kind != "void" {
        return same_stan.then_some(Undoes::Surely);
    }
    if matches!(sale.kind.as_str(), "void" | "refund") {
        return None;
    }
    if same_stan || equal(undo.rrn.as_deref(), sale.rrn.as_deref()) {
        return Some(Undoes::Surely);
    }
    if undo.original_stan.is_some() {
        return None;
    }
    let card = |sale: &'_ Sale| {
        let shown = |card: &&MaskedPan| card.as_str().bytes().filter(u8::is_ascii_digit).count() >= 4;
        sale.card.as_ref().filter(shown).map(|card| card.as_str().to_owned())
    };
    (amounts == Some(true) && card(undo).is_some() && card(undo) == card(sale)).then_some(Undoes::Likely)
}

impl Undone {
    /// What is known at start: the newest row, and from where on rows are to be judged.
    pub fn begin(&mut self, newest: Option<i64>, todo: Option<i64>) {
        (self.newest, self.todo) = (newest, todo);
    }

    /// Rows come, of history or of now.
    pub fn expect(&mut self, live: bool) {
        self.at_gap = false;
        if !live {
            self.filled = Some(Instant::now());
        }
    }

    /// Whether everything before this row is stored and judged, so that it can be judged as it comes; what comes in
    /// between is left to be judged later. `next` finds the first stored row of this source behind it, `given_back` a
    /// void before it that a row from there on undid: what the void had undone is not known any more.
    pub fn in_order(
        &mut self,
        id: i64,
        next: impl FnOnce() -> rusqlite::Result<Option<i64>>,
        given_back: impl FnOnce(i64) -> rusqlite::Result<Option<i64>>,
    ) -> rusqlite::Result<bool> {
        let history = self.newest.is_some_and(|newest| id <= newest);
        if !history {
            self.newest = Some(id);
        }
        let goes_on = |front: &Front| id > front.last && front.until.map_or(!history, |until| id < until);
        let until = if let Some(front) = self.front.filter(goes_on) {
            front.until
        } else {
            self.forget();
            if history && self.todo.is_some_and(|todo| todo <= id) {
                return Ok(false);
            }
            let until = if history { next()? } else { None };
            if let Some(void) = until.map_or(Ok(None), given_back)? {
                self.judge_from(void);
                return Ok(false);
            }
            until
        };
        if let Some(until) = until {
            self.wait_from(until);
        }
        if history && self.todo.is_none_or(|todo| todo <= id) {
            self.judge_from(id);
            return Ok(false);
        }
        self.front = Some(Front { last: id, until });
        Ok(true)
    }

    /// Rows from this one on are to be judged again.
    pub fn judge_from(&mut self, id: i64) {
        self.forget();
        self.wait_from(id);
    }

    /// What stands between the remembered rows now is read when it is needed.
    fn forget(&mut self) {
        self.went.clear();
        (self.loaded, self.front) = (false, None);
    }

    fn wait_from(&mut self, id: i64) {
        if self.todo.is_none_or(|todo| id <= todo) {
            (self.todo, self.lookback) = (Some(id), None);
        }
    }

    /// A row is said to be undone by another one now, or by none any more.
    pub fn told(&mut self, id: i64, by: Option<i64>) {
        if let Some(lookback) = &mut self.lookback {
            lookback.told(id, by);
        }
    }

    /// History may still fill a gap before rows that wait to be judged.
    pub fn is_filling(&self) -> bool {
        self.filled.is_some_and(|at| at.elapsed() < FILLING)
    }

    /// When rows can be judged; none when none wait.
    pub fn due(&self) -> Option<Duration> {
        self.todo?;
        let waits = self.filled.filter(|_| self.at_gap);
        Some(waits.map_or(Duration::ZERO, |at| FILLING.saturating_sub(at.elapsed())))
    }

    /// Remembers a row that went through.
    pub fn note(&mut self, sale: &Sale, id: i64) {
        if self.went.len() >= MOST {
            self.went.pop_front();
        }
        self.went.push_back(Went { id, brief: Brief::of(sale) });
    }

    /// The next row before `id` that `undo` may be about, newest first: mostly it is one of the last.
    pub fn candidate(&self, undo: Brief, id: i64, behind: &mut Option<usize>) -> Option<i64> {
        let sought = undo.sought();
        let (older, newer) = self.went.as_slices();
        let mut end = behind.unwrap_or(self.went.len());
        while end > 0 {
            let part = if end > older.len() { &newer[..end - older.len()] } else { &older[..end] };
            // Thousands are passed for each that undoes one, to see that no other is like it: four at a time.
            let (rest, fours) = part.as_rchunks::<4>();
            let none = |[a, b, c, d]: &&[Went; 4]| {
                let like = |went: &Went| went.brief.likeness(sought);
                like(a) | like(b) | like(c) | like(d) == 0
            };
            let passed = fours.iter().rev().take_while(none).count();
            end -= 4 * passed;
            let next = fours[..fours.len() - passed].last().map_or(rest, |four| four);
            for went in next.iter().rev() {
                end -= 1;
                if went.brief.is_like(sought) && went.id < id {
                    *behind = Some(end);
                    return Some(went.id);
                }
            }
        }
        *behind = Some(0);
        None
    }

    /// The first void of a source, among the rows before `id` that would be remembered, that a row from `until` on undid.
    pub fn given_back(table: Table<'_>, source: &str, (id, until): (i64, i64)) -> rusqlite::Result<Option<i64>> {
        let row = |row: &Row<'_>| {
            let undone = row.get::<_, Option<i64>>(2)?.is_some_and(|by| by >= until);
            let given_back = undone && table.words.text(row, 1)?.is_some_and(|kind| kind == "void");
            Ok((row.get(3)?, given_back))
        };
        let (mut seen, mut first, span) = (0, None, (i64::MIN, id));
        table.walk(
            (WENT, "id, kind, reversed_by, outcome = 0"),
            (span, Order::Newest),
            row,
            |_| (true, false),
            |id, (went, given_back)| {
                seen += usize::from(went);
                let given_back = went && given_back;
                if given_back && table.files.source_of(id).is_some_and(|known| **known == *source) {
                    first = Some(id);
                }
                walk::until(seen >= AROUND)
            },
        )?;
        Ok(first)
    }

    /// Reads rows from before those that are remembered, or before `id`, once: many runs never see a row that undoes
    /// anything.
    pub fn load(&mut self, table: Table<'_>, source: &str, id: i64) -> rusqlite::Result<()> {
        if std::mem::replace(&mut self.loaded, true) {
            return Ok(());
        }
        let before = self.went.front().map_or(id, |went| went.id);
        // As many as would be remembered had there been no restart: where two sales are alike, it matters that both are.
        let columns = "id, stan, rrn, amount, card, kind, outcome = 0 AND answered_by IS NULL \
                       AND NOT (as_host IS NOT NULL AND same_as IS NOT NULL)";
        let row = |row: &Row<'_>| {
            if !row.get::<_, bool>(6)? {
                return Ok(None);
            }
            let text = |at| row.get_ref(at)?.as_str_or_null().map_err(rusqlite::Error::from);
            let can_be = table.words.text(row, 5)?.is_some_and(|kind| kind_can_be_undone(&kind));
            Ok(Some((can_be, Brief::new(text(1)?, text(2)?, row.get(3)?, text(4)?))))
        };
        let packed = |line: &Line<'_>| {
            let sale = line.is_listed().then(|| line.sale(table))?;
            Some((kind_can_be_undone(&sale.kind), Brief::of(&sale)))
        };
        let (span, mut seen) = ((i64::MIN, before), 0);
        table.walk((WENT, columns), (span, Order::Newest), row, packed, |id, went| {
            let Some((can_be, brief)) = went else { return ControlFlow::Continue(()) };
            seen += 1;
            let own = table.files.source_of(id).is_some_and(|known| **known == *source);
            if own && can_be {
                self.went.push_front(Went { id, brief });
            }
            walk::until(seen >= AROUND || self.went.len() >= MOST)
        })
    }
}

/// Enough of a hash to tell one number from some thousands, eight bytes at a time.
fn some_bits(salt: u32, text: &str) -> u32 {
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let start = u64::from(salt) << 32 | text.len() as u64;
    let mixed = words.iter().chain([&last]).fold(start, |sum, word| {
        let mixed = (sum ^ u64::from_le_bytes(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed ^ mixed >> 32
    });
    mixed as u32
}
