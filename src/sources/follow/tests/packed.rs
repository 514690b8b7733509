//! Rotated files that were there before the first start, and those that are packed, whenever that happens.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

impl Shop {
    /// Packs a file as gzip does: the copy keeps its time, the original goes.
    pub(super) fn pack(&self, name: &str) {
        let from = self.path(name);
        let text = std::fs::read(&from).expect("a file");
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(&text).expect("packed");
        let to = self.path(&format!("{name}.gz"));
        std::fs::write(&to, packer.finish().expect("packed")).expect("written");
        let changed = from.metadata().and_then(|meta| meta.modified()).expect("a time");
        File::options().write(true).open(&to).and_then(|file| file.set_modified(changed)).expect("a time");
        std::fs::remove_file(from).expect("removed");
    }
}

#[test]
fn the_history_that_rotation_has_left_is_read_once_and_oldest_first() {
    for names in [
        ["journal.jsonl.3", "journal.jsonl.2", "journal.jsonl.1"],
        ["journal.3", "journal.2", "journal.1"],
        ["journal-20260101.jsonl", "journal-20260102.jsonl", "journal-20260103.jsonl"],
        ["journal-20260101", "journal-20260102", "journal-20260103"],
    ] {
        let mut shop = Shop::new();
        let texts: Vec<String> = (0..3).map(|_| shop.lines(900)).collect();
        // Written in the wrong order, as a restored backup may be.
        for (name, text) in names.iter().zip(&texts).rev() {
            shop.append(name, text.as_bytes());
        }
        names.iter().take(2).for_each(|name| shop.pack(name));
        if !names[2].contains("jsonl") {
            shop.pack(names[2]);
        }
        shop.write(5);
        settle(&mut shop.reader());
        shop.all();
        assert!(shop.status().caught_up);
        settle(&mut shop.reader());
        shop.all();
        assert_eq!(shop.status().read, 2705, "{names:?}");
    }
}

#[test]
fn a_long_packed_history_goes_on_after_a_kill() {
    let mut shop = Shop::new();
    for name in ["journal.jsonl.2", "journal.jsonl.1"] {
        let text = shop.lines(40_000);
        shop.append(name, text.as_bytes());
        shop.pack(name);
    }
    shop.write(30_000);
    let mut rounds = 0;
    while (shop.shelf.stans().len() as u64) < shop.written {
        shop.shelf.with(|shelf| shelf.room = Some((5, true)));
        settle(&mut shop.reader());
        shop.shelf.with(|shelf| shelf.room = None);
        rounds += 1;
        assert!(rounds < 50, "it does not go on");
    }
    assert!(rounds > 1);
    shop.all();
    settle(&mut shop.reader());
    shop.all();
}

#[test]
fn what_is_packed_while_somebody_or_nobody_looks_is_read_once() {
    let mut shop = Shop::new();
    shop.write(5);
    let mut reader = shop.reader();
    settle(&mut reader);
    shop.write(3);
    shop.rotate();
    shop.pack("journal.jsonl.1");
    shop.write(2);
    settle(&mut reader);
    shop.all();
    drop(reader);
    // Nobody looks: the end of the known file, and a file that nobody has seen, are found packed.
    shop.write(4);
    shop.rotate();
    shop.pack("journal.jsonl.1");
    shop.write(6);
    shop.rotate();
    shop.pack("journal.jsonl.1");
    shop.write(1);
    settle(&mut shop.reader());
    shop.all();
    settle(&mut shop.reader());
    shop.all();
    assert_eq!(shop.status().unreadable, 0);
}

#[test]
fn a_packed_file_that_is_cut_off_gives_what_is_there_and_says_so() {
    let mut shop = Shop::new();
    let text = shop.lines(3_000);
    shop.append("journal.jsonl.1", text.as_bytes());
    shop.pack("journal.jsonl.1");
    let packed = std::fs::read(shop.path("journal.jsonl.1.gz")).expect("a file");
    std::fs::write(shop.path("journal.jsonl.1.gz"), &packed[..packed.len() / 2]).expect("written");
    shop.write(1);
    settle(&mut shop.reader());
    let stans = shop.shelf.stans();
    assert!(stans.len() > 500 && stans.windows(2).take(400).all(|pair| pair[1] == pair[0] + 1));
    assert!(shop.status().unreadable >= 1);
    let before = (stans.len(), shop.status().unreadable);
    settle(&mut shop.reader());
    assert_eq!((shop.shelf.stans().len(), shop.status().unreadable), before);
}

#[test]
fn files_in_other_packings_and_other_files_are_left_alone() {
    let mut shop = Shop::new();
    shop.append("journal.jsonl.2.xz", b"\xfd7zXZ\0\0\n");
    shop.append("journal.jsonl.1.gz", b"\x1f\x8b\x08 but no more\n");
    shop.append("other.jsonl.1", b"{}\n");
    shop.append("journal.jsonl.lock", b"1\n");
    shop.write(3);
    settle(&mut shop.reader());
    shop.all();
    assert_eq!((shop.status().error, shop.status().read), (None, 3));
}

#[test]
fn a_line_that_was_cut_into_a_copy_and_packed_is_read_once() {
    let mut shop = Shop::new();
    shop.write(1);
    let mut reader = shop.reader();
    settle(&mut reader);
    shop.copytruncate();
    settle(&mut reader);
    shop.write(1);
    shop.rotate();
    shop.write(1);
    shop.pack("journal.jsonl.1");
    shop.pack("journal.jsonl.2");
    shop.write(3);
    settle(&mut reader);
    shop.all();
    settle(&mut shop.reader());
    shop.all();
}

#[test]
fn a_journal_that_is_packed_itself_is_read_once() {
    let mut shop = Shop::new();
    shop.write(50);
    shop.pack("journal.jsonl");
    let packed = |shop: &Shop| {
        let config = SourceConfig { path: shop.path("journal.jsonl.gz"), ..SourceConfig::default() };
        let spec = SourceSpec { config, ..shop.spec() };
        let marks = shop.shelf.with(|shelf| shelf.marks.clone());
        Follower::new(spec.clone(), parser(&spec).expect("a parser"), Box::new(shop.shelf.clone()), marks)
    };
    let mut reader = packed(&shop);
    settle(&mut reader);
    shop.all();
    settle(&mut reader);
    shop.all();
    drop(reader);
    settle(&mut packed(&shop));
    shop.all();
    // The next day's stands at its path.
    shop.write(7);
    shop.pack("journal.jsonl");
    settle(&mut packed(&shop));
    shop.all();
}
