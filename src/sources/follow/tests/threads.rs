//! The thread itself: woken by the journal, ended from outside.

use super::*;

/// Waits for a condition; fails after a time that only a hang reaches.
fn wait_for(what: &str, condition: impl Fn() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < Duration::from_mins(1), "never came: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_thread_follows_a_journal_that_comes_later_and_ends_when_told() {
    let mut shop = Shop::new();
    let folder = shop.path("later");
    let mut spec = shop.spec();
    spec.config.path = folder.join("journal.jsonl");
    let stop = Stop::new();
    let thread = spawn(spec, Box::new(shop.shelf.clone()), stop.clone()).expect("a thread");
    let shelf = shop.shelf.clone();
    wait_for("missing", || {
        shelf.with(|shelf| shelf.status.error.as_deref() == Some("missing") && shelf.status.caught_up)
    });
    std::fs::create_dir(&folder).expect("made");
    shop.append("later/journal.jsonl", b"");
    for _ in 0..5 {
        let text = shop.lines(2);
        shop.append("later/journal.jsonl", text.as_bytes());
        let written = shop.written;
        wait_for("the new lines", || shelf.stans().len() as u64 == written);
    }
    shop.rename("later/journal.jsonl", "later/journal.jsonl.1");
    let text = shop.lines(2);
    shop.append("later/journal.jsonl", text.as_bytes());
    wait_for("the lines behind the rotation", || shelf.stans().len() == 12);
    assert!(!shop.status().polled, "inotify works here");
    stop.stop();
    thread.join().expect("ended");
    shop.all();
}

#[test]
fn a_closed_sink_ends_the_thread() {
    let mut shop = Shop::new();
    shop.write(1);
    shop.shelf.with(|shelf| shelf.room = Some((0, true)));
    spawn(shop.spec(), Box::new(shop.shelf.clone()), Stop::new()).expect("a thread").join().expect("ended");
    assert!(shop.shelf.stans().is_empty());
}

#[test]
fn a_bad_pattern_is_told_and_ends_the_thread() {
    let shop = Shop::new();
    let mut spec = shop.spec();
    spec.config.kind = "regex".to_owned();
    spec.config.patterns = vec!["(?P<time>".to_owned()];
    spawn(spec, Box::new(shop.shelf.clone()), Stop::new()).expect("a thread").join().expect("ended");
    assert_eq!((shop.status().error.as_deref(), shop.status().caught_up), (Some("pattern"), true));
}

#[test]
fn a_store_that_began_anew_gets_everything_again() {
    let mut shop = Shop::new();
    shop.write(5);
    let stop = Stop::new();
    let thread = spawn(shop.spec(), Box::new(shop.shelf.clone()), stop.clone()).expect("a thread");
    let shelf = shop.shelf.clone();
    wait_for("the first lines", || shelf.stans().len() == 5);
    shelf.with(|shelf| shelf.anew = true);
    shop.write(1);
    wait_for("everything again", || shelf.stans().len() == 6);
    stop.stop();
    thread.join().expect("ended");
    shop.all();
}
