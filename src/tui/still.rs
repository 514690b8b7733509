//! Rows that stand still while a person aims: what a digit opens is what was on the screen when the hand moved.

use crate::tui::app::Millis;
use crate::tui::view::Row;

/// How long a person aims after a key, milliseconds; then new rows come in by themselves.
const AIM_MS: u64 = 30_000;

/// How long a hand is on its way: a digit pressed this soon after rows moved means the row that was there before.
const REACH_MS: u64 = 400;

/// The rows of one place as they are shown.
#[derive(Clone, Debug, Default)]
pub struct Still {
    until: Option<Millis>,
    rows: Vec<Row>,
    before: Option<(Vec<Row>, Millis)>,
}

impl Still {
    /// Rows stand still from now on.
    pub fn aim(&mut self, at: Millis) {
        self.until = Some(at.plus(AIM_MS));
    }

    /// New rows come in.
    pub fn release(&mut self) {
        self.until = None;
    }

    /// When new rows come in by themselves.
    pub fn until(&self) -> Option<Millis> {
        self.until
    }

    /// Takes the rows of a fresh view; gives those to show and how many new ones wait.
    pub fn settle(&mut self, fresh: Vec<Row>, at: Millis) -> (Vec<Row>, usize) {
        if self.only_fixed() && self.all_stay(&fresh) {
            // Every digit means what it meant: the first of what comes is no news.
            self.rows.clone_from(&fresh);
            return (fresh, 0);
        }
        let held = self.until.is_some_and(|until| at < until)
            && !self.rows.is_empty()
            && self.rows.iter().chain(&fresh).all(known);
        if !held {
            if !self.rows.is_empty() && !same(&self.rows, &fresh) {
                self.before = Some((std::mem::take(&mut self.rows), at));
            }
            self.until = None;
            self.rows.clone_from(&fresh);
            return (fresh, 0);
        }
        let held = |row: &Row| self.rows.iter().any(|have| have.key == row.key);
        // What comes below everything that is held (an older page) moves nothing: it need not wait.
        let last = fresh.iter().rposition(|row| loose(row) && held(row));
        let below: Vec<Row> =
            fresh.iter().skip(last.map_or(fresh.len(), |at| at + 1)).filter(|row| loose(row)).cloned().collect();
        let waiting = fresh.iter().filter(|row| loose(row) && !held(row)).count() - below.len();
        // Fixed rows and known ones are kept up to date in their places; one that is gone stays as it was.
        for have in &mut self.rows {
            if let Some(row) = fresh.iter().find(|row| row.key == have.key && row.n == have.n) {
                have.clone_from(row);
            }
        }
        let anchored = fresh.iter().filter(|row| !loose(row));
        for row in anchored {
            if !self.rows.iter().any(|have| have.key == row.key && have.n == row.n) {
                self.rows.push(row.clone());
            }
        }
        let anchor = self.rows.iter().rposition(loose).map_or(self.rows.len(), |at| at + 1);
        self.rows.splice(anchor..anchor, below);
        (self.rows.clone(), waiting)
    }

    fn only_fixed(&self) -> bool {
        !self.rows.is_empty() && self.rows.iter().all(|row| row.n.is_some())
    }

    /// Whether each row is among the fresh ones, with its digit.
    fn all_stay(&self, fresh: &[Row]) -> bool {
        self.rows.iter().all(|have| fresh.iter().any(|row| row.key == have.key && row.n == have.n))
    }

    /// Whether the rows moved so short a time ago that a digit still means the rows before.
    pub fn just_moved(&self, at: Millis) -> Option<&[Row]> {
        let (rows, moved) = self.before.as_ref()?;
        (at < moved.plus(REACH_MS) && self.until.is_none()).then_some(rows)
    }
}

/// A row that can be told from others; one that cannot cannot be held.
fn known(row: &Row) -> bool {
    row.n.is_some() || !row.key.is_empty()
}

/// A row that may come, go and move.
fn loose(row: &Row) -> bool {
    row.n.is_none() && !row.key.is_empty()
}

fn same(a: &[Row], b: &[Row]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.key == b.key && a.n == b.n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(keys: &[&str]) -> Vec<Row> {
        keys.iter().map(|key| Row { key: (*key).to_owned(), text: format!("row {key}"), ..Row::default() }).collect()
    }

    fn keys(rows: &[Row]) -> Vec<&str> {
        rows.iter().map(|row| row.key.as_str()).collect()
    }

    #[test]
    fn new_rows_wait_while_a_person_aims() {
        let mut still = Still::default();
        still.settle(rows(&["b", "a"]), Millis(0));
        still.aim(Millis(10));
        let (shown, waiting) = still.settle(rows(&["d", "c", "b", "a"]), Millis(20));
        assert_eq!((keys(&shown), waiting), (vec!["b", "a"], 2));
        still.release();
        let (shown, waiting) = still.settle(rows(&["d", "c", "b", "a"]), Millis(30));
        assert_eq!((keys(&shown), waiting), (vec!["d", "c", "b", "a"], 0));
    }

    #[test]
    fn what_comes_first_beside_fixed_rows_is_no_news() {
        let fixed = || Row { n: Some(8), key: "code".to_owned(), ..Row::default() };
        let mut still = Still::default();
        still.settle(vec![fixed()], Millis(0));
        still.aim(Millis(10));
        let fresh = || [rows(&["b", "a"]), vec![fixed()]].concat();
        let (shown, waiting) = still.settle(fresh(), Millis(20));
        assert_eq!((keys(&shown), waiting), (vec!["b", "a", "code"], 0));
        let (shown, waiting) = still.settle([rows(&["c"]), fresh()].concat(), Millis(30));
        assert_eq!((keys(&shown), waiting), (vec!["b", "a", "code"], 1), "now something stands there to aim at");
    }

    #[test]
    fn an_older_page_comes_in_below_what_is_held() {
        let mut still = Still::default();
        still.settle(rows(&["c", "b"]), Millis(0));
        still.aim(Millis(10));
        let (shown, waiting) = still.settle(rows(&["d", "c", "b", "a"]), Millis(20));
        assert_eq!((keys(&shown), waiting), (vec!["c", "b", "a"], 1));
        let (shown, waiting) = still.settle(rows(&["d", "c", "b", "a"]), Millis(30));
        assert_eq!((keys(&shown), waiting), (vec!["c", "b", "a"], 1));
    }

    #[test]
    fn nobody_aims_for_ever() {
        let mut still = Still::default();
        still.settle(rows(&["a"]), Millis(0));
        still.aim(Millis(0));
        assert_eq!(still.settle(rows(&["b", "a"]), Millis(AIM_MS - 1)).1, 1);
        assert_eq!(keys(&still.settle(rows(&["b", "a"]), Millis(AIM_MS)).0), ["b", "a"]);
    }

    #[test]
    fn a_row_that_changes_changes_in_its_place_and_one_that_goes_stays() {
        let mut still = Still::default();
        still.settle(rows(&["a", "b"]), Millis(0));
        still.aim(Millis(0));
        let mut fresh = rows(&["b"]);
        fresh[0].text = "answered".to_owned();
        let (shown, _) = still.settle(fresh, Millis(1));
        assert_eq!(shown.iter().map(|row| row.text.as_str()).collect::<Vec<_>>(), ["row a", "answered"]);
    }

    #[test]
    fn rows_without_a_key_are_never_mixed_up() {
        let mut still = Still::default();
        let row = |text: &str| Row { text: text.to_owned(), ..Row::default() };
        still.settle(vec![row("a"), row("b")], Millis(0));
        still.aim(Millis(0));
        let (shown, waiting) = still.settle(vec![row("c"), row("d"), row("e")], Millis(1));
        assert_eq!((shown.iter().map(|row| row.text.as_str()).collect::<String>(), waiting), ("cde".to_owned(), 0));
    }

    #[test]
    fn a_digit_right_after_a_move_means_the_row_before() {
        let mut still = Still::default();
        still.settle(rows(&["a"]), Millis(0));
        assert!(still.just_moved(Millis(0)).is_none());
        still.settle(rows(&["b", "a"]), Millis(1000));
        assert_eq!(still.just_moved(Millis(1300)).map(keys), Some(vec!["a"]));
        assert!(still.just_moved(Millis(1400)).is_none());
    }
}
