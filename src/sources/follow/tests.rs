//! Journals that are torn, rotated and cut while nobody, or somebody, looks.

mod any_order;
mod packed;
mod records;
mod threads;

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use jiff::tz::TimeZone;

use super::*;
use crate::config::SourceConfig;
use crate::model::Sale;
use crate::sources::identity::PRINT_MAX;

/// A store in memory that holds every reader to its promises.
#[derive(Default)]
struct Shelf {
    rows: BTreeMap<SaleId, Sale>,
    marks: Vec<FileMark>,
    live: Vec<bool>,
    status: SourceStatus,
    statuses: u64,
    /// Commits that are still taken, and whether the refusal after them is for good.
    room: Option<(u64, bool)>,
    /// The next commit finds a store that began anew.
    anew: bool,
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Shelf>>);

impl Shared {
    fn with<T>(&self, act: impl FnOnce(&mut Shelf) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
    /// Trace numbers in the order of the rows.
    fn stans(&self) -> Vec<u64> {
        self.with(|shelf| {
            shelf.rows.values().map(|sale| sale.stan.as_ref().expect("a stan").parse().expect("a number")).collect()
        })
    }
}

impl Sink for Shared {
    fn marks(&mut self, _: &str) -> Result<Vec<FileMark>, SinkError> {
        Ok(self.with(|shelf| shelf.marks.clone()))
    }

    fn commit(&mut self, mut batch: Batch) -> Result<FileMark, SinkError> {
        self.with(|shelf| {
            if std::mem::take(&mut shelf.anew) {
                shelf.rows.clear();
                shelf.marks.clear();
                return Err(SinkError::Reset);
            }
            match &mut shelf.room {
                Some((0, true)) => return Err(SinkError::Closed),
                Some((0, false)) => return Err(SinkError::Store("full".to_owned())),
                Some((left, _)) => *left -= 1,
                None => {}
            }
            if batch.mark.ordinal == 0 {
                assert!(batch.rows.is_empty(), "rows need an ordinal");
                batch.mark.ordinal = shelf.marks.last().map_or(1, |mark| mark.ordinal + 1);
                shelf.marks.push(batch.mark.clone());
            }
            for row in batch.rows {
                assert_eq!(row.id.file(), batch.mark.ordinal);
                let inside = batch.mark.done.iter().any(|range| (range.0..range.1).contains(&row.id.offset()));
                assert!(inside, "a row outside of what is marked as read");
                assert!(shelf.rows.insert(row.id, row).is_none(), "a row twice");
            }
            let have = shelf.marks.iter_mut().find(|mark| mark.ordinal == batch.mark.ordinal).expect("a known file");
            have.clone_from(&batch.mark);
            shelf.live.push(batch.live);
            Ok(batch.mark)
        })
    }

    fn status(&mut self, status: SourceStatus) {
        self.with(|shelf| {
            shelf.status = status;
            shelf.statuses += 1;
        });
    }
}

/// A folder with a journal, and the application that writes it.
struct Shop {
    folder: tempfile::TempDir,
    shelf: Shared,
    written: u64,
    tick: u64,
}

impl Shop {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), shelf: Shared::default(), written: 0, tick: 0 }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn journal(&self) -> PathBuf {
        self.path("journal.jsonl")
    }

    fn spec(&self) -> SourceSpec {
        SourceSpec {
            config: SourceConfig { path: self.journal(), ..SourceConfig::default() },
            name: "app".into(),
            successes: Arc::new(["00".to_owned()].into()),
            zone_default: TimeZone::UTC,
            tail_first: true,
        }
    }

    /// A reader that has not looked yet.
    fn reader(&self) -> Follower {
        let spec = self.spec();
        let marks = self.shelf.with(|shelf| shelf.marks.clone());
        let parser = parser(&spec).expect("a parser");
        Follower::new(spec, parser, Box::new(self.shelf.clone()), marks)
    }

    fn line(&mut self) -> String {
        self.written += 1;
        format!("{{\"time\":\"2026-11-21T09:30:05Z\",\"code\":\"00\",\"stan\":\"{}\"}}\n", self.written)
    }

    fn lines(&mut self, count: u64) -> String {
        (0..count).map(|_| self.line()).collect()
    }

    fn append(&mut self, name: &str, text: &[u8]) {
        let mut file = OpenOptions::new().append(true).create(true).open(self.path(name)).expect("opened");
        file.write_all(text).expect("written");
        self.touch(&file);
    }

    fn write(&mut self, count: u64) {
        let text = self.lines(count);
        self.append("journal.jsonl", text.as_bytes());
    }

    /// Gives a file a time of its own: in a test all happens within one tick of the clock.
    fn touch(&mut self, file: &File) {
        self.tick += 1;
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + self.tick);
        file.set_modified(at).expect("a time");
    }

    fn rename(&self, from: &str, to: &str) {
        std::fs::rename(self.path(from), self.path(to)).expect("renamed");
    }

    /// Moves `journal.jsonl.1` to `.2` and so on, to make room for a new `.1`.
    fn shift(&self) {
        for (number, end) in (1..30).rev().flat_map(|number| [(number, ""), (number, ".gz")]) {
            let from = self.path(&format!("journal.jsonl.{number}{end}"));
            if from.exists() {
                std::fs::rename(from, self.path(&format!("journal.jsonl.{}{end}", number + 1))).expect("renamed");
            }
        }
    }

    fn rotate(&self) {
        if self.journal().exists() {
            self.shift();
            self.rename("journal.jsonl", "journal.jsonl.1");
        }
    }

    fn copytruncate(&mut self) {
        self.shift();
        std::fs::copy(self.journal(), self.path("journal.jsonl.1")).expect("copied");
        let copy = OpenOptions::new().write(true).open(self.path("journal.jsonl.1")).expect("opened");
        self.touch(&copy);
        let file = OpenOptions::new().write(true).open(self.journal()).expect("opened");
        file.set_len(0).expect("cut");
        self.touch(&file);
    }

    fn status(&self) -> SourceStatus {
        self.shelf.with(|shelf| shelf.status.clone())
    }

    /// Everything up to the last written line, once and in order.
    fn all(&self) {
        let stans = self.shelf.stans();
        let wrong = stans.iter().zip(1..).position(|(stan, line)| *stan != line);
        assert_eq!((wrong, stans.len() as u64), (None, self.written), "where the order breaks, lines");
    }
}

/// Lets a reader read as far as it can.
fn settle(reader: &mut Follower) {
    for round in 0.. {
        assert!(round < 10_000, "the reader never comes to rest");
        match reader.pass(round == 0) {
            Ok(true) | Err(Halt::Io(_)) => {}
            Ok(false) | Err(Halt::Closed | Halt::Store | Halt::Reset) => break,
        }
    }
    reader.report(true);
}

#[test]
fn lines_are_read_once_whole_and_in_order() {
    let mut shop = Shop::new();
    shop.write(10);
    let mut reader = shop.reader();
    settle(&mut reader);
    shop.all();
    assert!(shop.status().caught_up);
    let line = shop.line();
    shop.append("journal.jsonl", &line.as_bytes()[..20]);
    settle(&mut reader);
    assert_eq!(shop.shelf.stans().len(), 10);
    assert_eq!((shop.status().behind, shop.status().unreadable), (0, 0));
    shop.append("journal.jsonl", &line.as_bytes()[20..]);
    settle(&mut reader);
    shop.all();
    settle(&mut shop.reader());
    shop.all();
    assert_eq!(shop.status().read, 11);
}

#[test]
fn a_whole_object_without_line_end_counts_and_the_line_end_changes_nothing() {
    let mut shop = Shop::new();
    let line = shop.line();
    shop.append("journal.jsonl", line.trim_end().as_bytes());
    let mut reader = shop.reader();
    settle(&mut reader);
    shop.all();
    assert!(shop.status().caught_up);
    shop.append("journal.jsonl", b"\n");
    settle(&mut reader);
    let commits = shop.shelf.with(|shelf| shelf.live.len());
    shop.write(1);
    settle(&mut reader);
    settle(&mut shop.reader());
    shop.all();
    assert_eq!(shop.status().unreadable, 0);
    assert_eq!(shop.shelf.with(|shelf| shelf.live.len()), commits + 1);
}

#[test]
fn the_newest_lines_come_first_and_history_fills_in() {
    let mut shop = Shop::new();
    shop.write(40_000);
    let mut reader = shop.reader();
    assert!(reader.pass(true).expect("read"));
    let first = shop.shelf.stans();
    assert_eq!(first.last(), Some(&40_000));
    assert!(first.len() > 500 && first.len() < 2000, "{}", first.len());
    assert_eq!(shop.shelf.with(|shelf| shelf.live.clone()), [false, true]);
    reader.report(true);
    assert!(!shop.status().caught_up && shop.status().behind > 2_000_000);
    assert!(reader.pass(true).expect("read"));
    shop.write(1);
    assert!(reader.pass(true).expect("read"));
    assert_eq!(shop.shelf.stans().last(), Some(&40_001), "new lines go before history");
    // Killed here: another reader goes on.
    let mut reader = shop.reader();
    settle(&mut reader);
    shop.all();
    assert_eq!(shop.shelf.with(|shelf| shelf.marks[0].done.len()), 1);
    assert!(shop.status().caught_up);
    assert_eq!(shop.status().last_unreadable, None);
}

#[test]
fn a_rotated_file_is_read_to_its_end_before_the_new_one() {
    let mut shop = Shop::new();
    shop.write(5);
    let mut reader = shop.reader();
    settle(&mut reader);
    shop.write(5);
    shop.rotate();
    settle(&mut reader);
    assert_eq!(shop.status().error.as_deref(), Some("missing"));
    // The application has not noticed yet.
    let late = shop.lines(1);
    shop.append("journal.jsonl.1", late.as_bytes());
    settle(&mut reader);
    shop.write(5);
    settle(&mut reader);
    shop.all();
    assert_eq!(shop.status().error, None);
    for _ in 0..3 {
        shop.rotate();
        shop.write(5);
    }
    settle(&mut reader);
    shop.all();
    settle(&mut shop.reader());
    shop.all();
}

#[test]
fn rotations_that_nobody_saw_are_found_again() {
    let mut shop = Shop::new();
    let old = shop.lines(3);
    shop.append("journal.jsonl.1", old.as_bytes());
    shop.write(5);
    settle(&mut shop.reader());
    shop.all();
    shop.write(3);
    for _ in 0..3 {
        shop.rotate();
        shop.write(4);
    }
    std::fs::copy(shop.path("journal.jsonl.2"), shop.path("journal.jsonl.bak")).expect("copied");
    shop.append("journal.jsonl.lock", b"1");
    settle(&mut shop.reader());
    shop.all();
    settle(&mut shop.reader());
    shop.all();
}

#[test]
fn the_tail_of_a_journal_that_was_cut_comes_from_its_copy() {
    let mut shop = Shop::new();
    shop.write(5);
    let mut reader = shop.reader();
    settle(&mut reader);
    shop.write(3);
    shop.copytruncate();
    settle(&mut reader);
    shop.all();
    shop.write(2);
    settle(&mut reader);
    shop.all();
    drop(reader);
    shop.write(2);
    shop.copytruncate();
    shop.write(20);
    shop.copytruncate();
    shop.write(1);
    settle(&mut shop.reader());
    shop.all();
    settle(&mut shop.reader());
    shop.all();
}

#[test]
fn a_copy_that_is_not_cut_yet_is_not_read_twice() {
    let mut shop = Shop::new();
    shop.write(30);
    let mut reader = shop.reader();
    settle(&mut reader);
    std::fs::copy(shop.journal(), shop.path("journal.jsonl.1")).expect("copied");
    settle(&mut reader);
    settle(&mut shop.reader());
    shop.all();
}

#[test]
fn a_deleted_journal_comes_back_as_a_new_one() {
    let mut shop = Shop::new();
    shop.write(5);
    let mut reader = shop.reader();
    settle(&mut reader);
    for _ in 0..3 {
        std::fs::remove_file(shop.journal()).expect("removed");
        settle(&mut reader);
        assert_eq!(shop.status().error.as_deref(), Some("missing"));
        shop.write(5);
        settle(&mut reader);
        shop.all();
    }
}

#[test]
fn identical_lines_are_different_transactions() {
    let mut shop = Shop::new();
    let same = shop.line().repeat(50);
    shop.append("journal.jsonl", same.as_bytes());
    let mut reader = shop.reader();
    settle(&mut reader);
    shop.rotate();
    shop.append("journal.jsonl", same.as_bytes());
    settle(&mut reader);
    drop(reader);
    shop.rotate();
    shop.append("journal.jsonl", same.as_bytes());
    shop.rotate();
    shop.append("journal.jsonl", same.as_bytes());
    settle(&mut shop.reader());
    assert_eq!(shop.shelf.stans().len(), 200);
}

#[test]
fn what_is_no_journal_is_refused_with_a_word() {
    let shop = Shop::new();
    let mut reader = shop.reader();
    settle(&mut reader);
    assert_eq!((shop.status().error.as_deref(), shop.status().caught_up), (Some("missing"), true));
    std::fs::create_dir(shop.journal()).expect("made");
    settle(&mut reader);
    assert_eq!(shop.status().error.as_deref(), Some("directory"));
    std::fs::remove_dir(shop.journal()).expect("removed");
    rustix::fs::mknodat(rustix::fs::CWD, shop.journal(), rustix::fs::FileType::Fifo, 0o600.into(), 0).expect("made");
    settle(&mut reader);
    assert_eq!(shop.status().error.as_deref(), Some("special"));
    std::fs::remove_file(shop.journal()).expect("removed");
    File::create(shop.journal()).expect("made");
    settle(&mut reader);
    assert_eq!((shop.status().error, shop.status().read), (None, 0));
}

#[test]
fn a_journal_behind_a_link_is_followed_when_the_link_turns() {
    let mut shop = Shop::new();
    for day in ["day-21.jsonl", "day-22.jsonl"] {
        let text = shop.lines(4);
        shop.append(day, text.as_bytes());
    }
    shop.written = 4;
    std::os::unix::fs::symlink(shop.path("day-21.jsonl"), shop.journal()).expect("linked");
    let mut reader = shop.reader();
    settle(&mut reader);
    shop.all();
    std::fs::remove_file(shop.journal()).expect("removed");
    std::os::unix::fs::symlink(shop.path("day-22.jsonl"), shop.journal()).expect("linked");
    shop.written = 8;
    settle(&mut reader);
    shop.all();
}

#[test]
fn bad_stretches_are_counted_once_and_lose_nothing_else() {
    let mut shop = Shop::new();
    shop.write(3);
    shop.append("journal.jsonl", &[0; 5000]);
    shop.write(3);
    let long = [&vec![b'x'; 10 << 20][..], b"\n"].concat();
    shop.append("journal.jsonl", &long);
    shop.write(3);
    shop.append("journal.jsonl", b"\xff\xfe\xfd\x01\n\r\n   \n{\"time\":\n");
    let torn = shop.lines(1);
    shop.append("journal.jsonl", &torn.as_bytes()[..30]);
    shop.append("journal.jsonl", torn.as_bytes());
    settle(&mut shop.reader());
    shop.all();
    let status = shop.status();
    assert_eq!((status.read, status.unreadable), (10, 5));
    assert!(status.last_unreadable.expect("told").ends_with(" not-object"));
    settle(&mut shop.reader());
    shop.all();
    assert_eq!(shop.status().unreadable, 5);
    // A start that finds nothing new to read knows it still.
    assert!(shop.status().last_unreadable.expect("kept").ends_with(" not-object"));
}

#[test]
fn a_store_that_refuses_gets_the_same_again() {
    let mut shop = Shop::new();
    shop.write(20_000);
    let mut reader = shop.reader();
    for room in 0..4 {
        shop.shelf.with(|shelf| shelf.room = Some((room, false)));
        settle(&mut reader);
    }
    shop.shelf.with(|shelf| shelf.room = None);
    settle(&mut reader);
    shop.all();
}

#[test]
fn a_print_covers_more_as_the_file_grows() {
    let mut shop = Shop::new();
    shop.write(1);
    let mut reader = shop.reader();
    settle(&mut reader);
    let first = shop.shelf.with(|shelf| shelf.marks[0].print_len);
    shop.write(50);
    settle(&mut reader);
    let later = shop.shelf.with(|shelf| shelf.marks[0].print_len);
    assert!(first > 0 && first < later && later as usize <= PRINT_MAX);
}

#[test]
fn files_that_begin_alike_and_came_while_nobody_looked_are_all_read() {
    let mut shop = Shop::new();
    shop.write(1);
    settle(&mut shop.reader());
    shop.rotate();
    shop.append("journal.jsonl", b"# journal\n");
    shop.rotate();
    shop.append("journal.jsonl", b"# journal\n");
    shop.write(1);
    shop.rotate();
    shop.write(1);
    settle(&mut shop.reader());
    shop.all();
}
