//! Rows in packs read, change and go as rows do that stand alone.

use super::*;
use crate::model::{Evidence, JournalFacts, StoreStatus};

/// What happens to a store, whichever way it keeps its rows.
#[derive(Clone, Debug)]
enum Step {
    /// So many lines come; some stand behind a gap that is read later.
    Lines(usize, bool),
    /// The oldest gap, or the newest one, is read.
    Fill(bool),
    /// Lines that were read read differently now.
    Again(usize, usize),
    /// What is older than this share of all, in hundredths, is deleted.
    Delete(u64),
    /// Another journal of the same shop is configured, and tells these sales too.
    Twins(usize),
    Restart,
    Fail,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (1..40_usize, prop::bool::weighted(0.3)).prop_map(|(lines, gap)| Step::Lines(lines, gap)),
        3 => any::<bool>().prop_map(Step::Fill),
        2 => (0..100_usize, 1..4_usize).prop_map(|(from, lines)| Step::Again(from, lines)),
        1 => (0..60_u64).prop_map(Step::Delete),
        1 => (1..20_usize).prop_map(Step::Twins),
        1 => Just(Step::Restart),
        1 => Just(Step::Fail),
    ]
}

/// A shop's journal on its way into a store.
struct Shop {
    dir: tempfile::TempDir,
    store: Store,
    packs: bool,
    sources: Vec<Arc<str>>,
    mark: FileMark,
    twin: FileMark,
    /// Lines that were read, by their place in the file.
    read: Vec<Sale>,
    end: u64,
    gaps: Vec<Vec<Sale>>,
}

impl Shop {
    fn new(packs: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path());
        let (mark, twin) = (Journal::new(&store, "app").mark, Journal::new(&store, "log").mark);
        let sources = vec![Arc::from("app")];
        let shop = Self { dir, store, packs, sources, mark, twin, read: Vec::new(), end: 0, gaps: Vec::new() };
        shop.begin();
        shop
    }

    fn begin(&self) {
        self.store.set_sources(&self.sources);
        if !self.packs {
            one_by_one(&self.store);
        }
    }

    fn commit(&mut self, rows: Vec<Sale>, live: bool) {
        let (from, to) = (rows[0].id.offset(), rows[rows.len() - 1].id.offset() + 10);
        let mut journal = Journal { store: &self.store, mark: self.mark.clone() };
        journal.commit(rows.clone(), from, to, live);
        self.mark = journal.mark;
        self.read.extend(rows);
    }

    fn go(&mut self, step: &Step, lines: &mut impl Iterator<Item = Sale>) {
        match step {
            Step::Lines(count, gap) => {
                let from = self.end;
                self.end += *count as u64 * 10;
                let place = |(row, n): (Sale, u64)| Sale { id: SaleId::new(0, from + n * 10), ..row };
                let rows: Vec<Sale> = lines.take(*count).zip(0..).map(place).collect();
                if *gap { self.gaps.push(rows) } else { self.commit(rows, true) }
            }
            Step::Fill(first) if !self.gaps.is_empty() => {
                let rows = self.gaps.remove(if *first { 0 } else { self.gaps.len() - 1 });
                self.commit(rows, false);
            }
            Step::Again(from, count) if !self.read.is_empty() => {
                let from = from % self.read.len();
                let rows: Vec<Sale> = self.read.iter().skip(from).take(*count).cloned().collect();
                let differs = |(at, row): (usize, Sale)| Sale { amount: Some(at as i64 * 7), code: None, ..row };
                let rows = rows.into_iter().enumerate().map(differs).collect();
                self.mark =
                    self.store.commit(Batch { mark: self.mark.clone(), rows, live: true, again: true }).unwrap();
            }
            Step::Delete(share) if self.mark.ordinal > 0 => {
                let last = SaleId::new(self.mark.ordinal, self.end * share / 100).0;
                inside(&self.store, move |keeper| {
                    keeper.flush();
                    keeper.db.begin().unwrap();
                    keeper.db.delete_up_to("app", last).unwrap();
                    keeper.db.commit().unwrap();
                });
            }
            Step::Twins(count) => {
                self.sources = vec![Arc::from("log"), Arc::from("app")];
                self.begin();
                let from = self.twin.read * 10;
                let rows: Vec<Sale> = self.read.iter().rev().take(*count).cloned().collect();
                let place = |(row, n): (Sale, u64)| Sale { id: SaleId::new(0, from + n * 10), ..row };
                let rows: Vec<Sale> = rows.into_iter().zip(0..).map(place).collect();
                let mut journal = Journal { store: &self.store, mark: self.twin.clone() };
                let to = from + rows.len() as u64 * 10;
                journal.commit(rows, from, to, true);
                self.twin = journal.mark;
            }
            Step::Restart => {
                std::mem::replace(&mut self.store, memory()).close();
                self.store = open(self.dir.path());
                self.begin();
            }
            Step::Fail => inside(&self.store, |keeper| {
                keeper.db.rollback();
                keeper.db.reload().unwrap();
                keeper.take_again();
            }),
            Step::Fill(_) | Step::Again(..) | Step::Delete(_) => {}
        }
    }

    /// Everything that anybody is told of the rows.
    fn told(&self) -> Told {
        wait(self.store.flush()).unwrap();
        let filters = [SaleFilter::All, SaleFilter::Declined, SaleFilter::Failed, SaleFilter::Unfinished];
        let listed = filters.map(|filter| (all(&self.store, filter, true, 7), all(&self.store, filter, false, 100)));
        let since = SaleQuery { since: Some(Stamp::new(BASE + 3_600 * SECOND, 480)), ..SaleQuery::default() };
        let since = [true, false].map(|ascending| page(&self.store, SaleQuery { ascending, ..since.clone() }).0);
        let ids: Vec<SaleId> = (0..self.end).step_by(10).map(|at| SaleId::new(self.mark.ordinal, at)).collect();
        let single = ids.iter().map(|id| wait(self.store.sale(*id)).unwrap()).collect();
        let facts = JournalFacts { store: StoreStatus::default(), ..wait(self.store.journal_facts(now(), 60)) };
        let trends = inside(&self.store, |keeper| keeper.db.trend_hours(-1_000_000, 1_000_000).unwrap());
        let marks = ["app", "log"].map(|source| self.store.marks(source).unwrap());
        Told {
            listed,
            since,
            single,
            evidence: wait(self.store.evidence_of(ids)).unwrap(),
            facts,
            trends: format!("{trends:?}"),
            counts: format!("{:?} {:?}", wait(self.store.codes_seen()), wait(self.store.last_good())),
            sales: self.store.status().sales,
            marks,
        }
    }
}

#[derive(Debug, PartialEq)]
struct Told {
    listed: [(Vec<Sale>, Vec<Sale>); 4],
    since: [Vec<Sale>; 2],
    single: Vec<Option<Sale>>,
    evidence: Vec<Evidence>,
    facts: JournalFacts,
    trends: String,
    counts: String,
    sales: u64,
    marks: [Vec<FileMark>; 2],
}

fn packs(store: &Store) -> i64 {
    inside(store, |keeper| keeper.db.conn.query_row("SELECT count(*) FROM packs", [], |row| row.get(0)).unwrap())
}

fn play(lines: &[Sale], steps: &[Step]) {
    let mut shops = [Shop::new(true), Shop::new(false)];
    for (n, step) in steps.iter().enumerate() {
        for shop in &mut shops {
            // Each line once: what comes first decides what follows.
            let mut next = lines.iter().cloned().cycle().skip(shop.end as usize / 10);
            shop.go(step, &mut next);
        }
        if n % 4 == 3 || n + 1 == steps.len() {
            assert_eq!(shops[0].told(), shops[1].told(), "after step {n}");
        }
    }
    assert_eq!(packs(&shops[1].store), 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn nobody_can_tell_where_a_row_rests(
        lines in prop::collection::vec(line(), 1..80),
        steps in prop::collection::vec(step(), 1..24),
    ) {
        play(&lines, &steps);
    }
}

#[test]
fn memory_takes_the_newest_rows_of_many_files_however_they_rest() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    for file in 0..100_u64 {
        let mut journal = Journal::new(&store, "app");
        journal.mark.ino = file;
        let row = |n: u64| if n % 10 == 3 { declined(n * 10, n as i64, "51") } else { sale(n * 10, n as i64) };
        journal.commit((0..300).map(row).collect(), 0, 3_000, false);
    }
    wait(store.flush()).unwrap();
    let stored = all(&store, SaleFilter::All, false, 1_000);
    inside(&store, |keeper| keeper.move_to_memory("full".to_owned()));
    let held = inside(&store, |keeper| keeper.db.files.held());
    assert!((15_000..=25_000).contains(&held), "{held}");
    let kept = all(&store, SaleFilter::All, false, 1_000);
    assert!(stored.starts_with(&kept), "{} rows, and some between them are left out", kept.len());
    assert_eq!(inside(&store, |keeper| keeper.db.files.held()), kept.len() as i64);
}

#[test]
fn the_open_batch_goes_on_in_the_next_file_and_counts_each_pack_once() {
    for packed in [true, false] {
        let store = memory();
        if !packed {
            one_by_one(&store);
        }
        for file in 0..3_u64 {
            let mut journal = Journal::new(&store, "app");
            journal.mark.ino = file;
            let kind = |n| if (file, n) == (1, 2) { "settle" } else { "sale" };
            let rows = (0..20).map(|n| Sale { kind: kind(n).into(), ..sale(n * 10, n as i64) }).collect();
            journal.commit(rows, 0, 200, false);
        }
        assert_eq!(wait(store.journal_facts(now(), 60)).batch_open, Some(37), "in packs: {packed}");
    }
}

#[test]
fn lines_that_are_read_twice_stay_in_their_pack_once() {
    let store = memory();
    let mut journal = Journal::new(&store, "app");
    for _ in 0..2 {
        journal.commit((0..20).map(|n| sale(n * 10, n as i64)).collect(), 0, 200, false);
    }
    assert_eq!(offsets(&store, SaleFilter::All), (0..20).map(|n| n * 10).collect::<Vec<_>>());
    assert_eq!((packs(&store), store.status().sales), (1, 20));
}

#[test]
fn after_a_restart_history_before_packed_rows_is_known_to_be_history() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let void = Sale { kind: "void".into(), original_stan: Some("000000".into()), ..sale(300, 30) };
    let rows: Vec<Sale> = (20..40).map(|n| if n == 30 { void.clone() } else { sale(n * 10, n as i64) }).collect();
    let mark = Journal::new(&store, "app").commit(rows, 200, 400, true);
    wait(store.flush()).unwrap();
    assert_eq!(packs(&store), 1);
    store.close();
    let store = open(dir.path());
    Journal { store: &store, mark }.commit((0..20).map(|n| sale(n * 10, n as i64)).collect(), 0, 200, false);
    let undone = all(&store, SaleFilter::All, true, 50).into_iter().find(|sale| sale.undone_by.is_some()).unwrap();
    assert_eq!((undone.id.offset(), undone.undone_by.unwrap().offset()), (0, 300));
}
