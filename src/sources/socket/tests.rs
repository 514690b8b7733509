//! Real clients on a real socket.

use std::io::{BufRead, BufReader, Write};
use std::net::Shutdown;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use crate::config::SourceConfig;
use crate::model::SaleState;
use crate::sources::shelf::{Running, Shelf, config, line};

struct Shop {
    folder: tempfile::TempDir,
    shelf: Shelf,
}

impl Shop {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), shelf: Shelf::default() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("sales.sock")
    }

    fn config(&self) -> SourceConfig {
        SourceConfig { ack: true, ..config("socket", &self.path()) }
    }

    fn start(&self) -> Running {
        let running = Running::start(&self.config(), &self.shelf);
        self.shelf.until("the socket", |state| state.status.caught_up);
        running
    }

    fn client(&self) -> UnixStream {
        UnixStream::connect(self.path()).expect("connected")
    }

    fn rows(&self, count: usize) {
        self.shelf.until("the rows", |state| state.rows.len() >= count);
    }
}

fn answer(reader: &mut impl BufRead) -> String {
    let mut text = String::new();
    reader.read_line(&mut text).expect("an answer");
    text.trim().to_owned()
}

#[test]
fn every_line_is_answered_after_it_is_stored() {
    let shop = Shop::new();
    let _running = shop.start();
    let mut client = shop.client();
    let mut answers = BufReader::new(client.try_clone().expect("an ear"));
    write!(client, "{}\n  \n{}", line(1), line(2)).expect("sent");
    assert_eq!((answer(&mut answers), answer(&mut answers)), (r#"{"ack":1}"#.to_owned(), r#"{"ack":2}"#.to_owned()));
    assert_eq!(shop.shelf.stans(), ["1", "2"]);
    assert!(shop.shelf.with(|state| state.settled) > 0, "answered without being on the medium");
    client.write_all(b"nonsense\n{\"code\":\"00\"}\n").expect("sent");
    assert_eq!(answer(&mut answers), r#"{"ack":3,"error":"not-object"}"#);
    assert_eq!(answer(&mut answers), r#"{"ack":4,"error":"no-time"}"#);
    // In pieces, and the last one without its line feed.
    let text = line(3);
    for piece in text.trim_end().as_bytes().chunks(7) {
        client.write_all(piece).expect("sent");
    }
    client.shutdown(Shutdown::Write).expect("shut");
    assert_eq!(answer(&mut answers), r#"{"ack":5}"#);
    assert_eq!(shop.shelf.stans(), ["1", "2", "3"]);
    shop.shelf.until("the counts", |state| (state.status.read, state.status.unreadable) == (3, 2));
    // Nobody who only listens to the store is told what is not so.
    shop.shelf.with(|state| state.memory = true);
    let mut client = shop.client();
    client.write_all(line(4).as_bytes()).expect("sent");
    assert_eq!(answer(&mut BufReader::new(client)), r#"{"ack":1,"stored":"memory"}"#);
}

#[test]
fn wallet_sales_and_their_states_come_through() {
    let shop = Shop::new();
    let _running = shop.start();
    let mut client = shop.client();
    client
        .write_all(
            concat!(
                r#"{"time":"2026-11-21T09:30:05Z","method":"scan-pay","stan":"1","code":null,"state":"query-needed","amount":5}"#,
                "\n",
                r#"{"time":"2026-11-21T09:30:06Z","method":"scan-show","stan":"2","code":"00","card":"6222021234567890123"}"#,
                "\n",
            )
            .as_bytes(),
        )
        .expect("sent");
    shop.rows(2);
    shop.shelf.with(|state| {
        let rows: Vec<_> = state.rows.values().collect();
        assert_eq!((rows[0].method.as_deref(), rows[0].state), (Some("scan-pay"), Some(SaleState::QueryNeeded)));
        assert_eq!(rows[1].method.as_deref(), Some("scan-show"));
        let card = rows[1].card.as_ref().map(crate::model::MaskedPan::as_str);
        assert_eq!(card, Some("622202*********0123"));
    });
}

#[test]
fn many_clients_at_once_lose_nothing() {
    let shop = Shop::new();
    let _running = shop.start();
    std::thread::scope(|scope| {
        for client in 0..80_u64 {
            let path = shop.path();
            scope.spawn(move || {
                let mut stream = UnixStream::connect(path).expect("connected");
                for at in 0..25 {
                    stream.write_all(line(client * 1_000 + at).as_bytes()).expect("sent");
                }
                stream.shutdown(Shutdown::Write).expect("shut");
                let answers = BufReader::new(stream).lines().map_while(Result::ok).count();
                assert_eq!(answers, 25);
            });
        }
    });
    let mut stans = shop.shelf.stans();
    stans.sort();
    stans.dedup();
    assert_eq!(stans.len(), 80 * 25);
}

#[test]
fn a_line_torn_by_a_client_that_dies_and_an_endless_one_are_counted() {
    let shop = Shop::new();
    let _running = shop.start();
    let mut dying = shop.client();
    dying.write_all(b"{\"time\":\"2026-11-21T09:3").expect("sent");
    drop(dying);
    shop.shelf.until("the torn line", |state| state.status.unreadable == 1);
    let mut babbler = shop.client();
    let flood = vec![b'x'; 3 << 20];
    babbler.write_all(&flood).expect("sent");
    babbler.write_all(b"\n").expect("sent");
    babbler.write_all(line(7).as_bytes()).expect("sent");
    shop.rows(1);
    shop.shelf.until("the long line", |state| state.status.unreadable == 2);
    assert!(
        shop.shelf.with(|state| state.status.last_unreadable.clone()).is_some_and(|last| last.ends_with("too-long"))
    );
}

#[test]
fn while_the_store_refuses_the_client_waits_and_nothing_is_lost() {
    let shop = Shop::new();
    let _running = shop.start();
    shop.shelf.with(|state| state.room = Some(1));
    let mut client = shop.client();
    let mut answers = BufReader::new(client.try_clone().expect("an ear"));
    for at in 0..50 {
        client.write_all(line(at).as_bytes()).expect("sent");
    }
    for at in 1..=50 {
        assert_eq!(answer(&mut answers), format!("{{\"ack\":{at}}}"));
    }
    assert_eq!(shop.shelf.stans().len(), 50);
    assert!(shop.shelf.with(|state| state.errors.contains(&"store".to_owned())));
}

#[test]
fn what_was_only_in_memory_is_stored_again_where_the_store_moves() {
    let shop = Shop::new();
    let _running = shop.start();
    shop.shelf.with(|state| state.memory = true);
    let mut client = shop.client();
    let mut answers = BufReader::new(client.try_clone().expect("an ear"));
    client.write_all((line(1) + &line(2)).as_bytes()).expect("sent");
    answer(&mut answers);
    answer(&mut answers);
    shop.shelf.with(|state| (state.memory, state.anew) = (false, true));
    client.write_all(line(3).as_bytes()).expect("sent");
    assert_eq!(answer(&mut answers), r#"{"ack":3}"#);
    assert_eq!(shop.shelf.stans(), ["1", "2", "3"]);
}

#[test]
fn the_socket_is_made_where_it_is_safe_and_gone_with_its_reader() {
    let shop = Shop::new();
    let path = shop.path();
    // A stale one: nobody listens any more.
    drop(UnixListener::bind(&path).expect("bound"));
    assert!(path.exists());
    let running = shop.start();
    let mode = std::fs::metadata(&path).expect("there").permissions().mode() & 0o7777;
    assert_eq!(mode, 0o660);
    // A second reader finds the first one.
    let second = Shelf::default();
    let other = Running::start(&shop.config(), &second);
    second.until("in use", |state| state.status.error.as_deref() == Some("in-use"));
    drop(other);
    assert!(path.exists(), "the second one took the first one's socket away");
    drop(running);
    assert!(!path.exists());
}

fn refusal(shelf: &Shelf, path: &Path) -> String {
    let _running = Running::start(&config("socket", path), shelf);
    shelf.until("a refusal", |state| state.status.error.is_some());
    shelf.with(|state| state.status.error.clone()).unwrap_or_default()
}

#[test]
fn what_stands_in_the_way_is_told_and_left_alone() {
    let shop = Shop::new();
    std::fs::write(shop.path(), "precious").expect("written");
    assert_eq!(refusal(&Shelf::default(), &shop.path()), "occupied");
    assert_eq!(std::fs::read_to_string(shop.path()).expect("there"), "precious");
    let open = shop.folder.path().join("open");
    std::fs::create_dir(&open).expect("made");
    std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o777)).expect("opened");
    assert_eq!(refusal(&Shelf::default(), &open.join("s")), format!("unsafe-folder {}", open.display()));
    let missing = shop.folder.path().join("missing");
    assert_eq!(refusal(&Shelf::default(), &missing.join("s")), format!("no-folder {}", missing.display()));
    let config = SourceConfig { group: "no-such-group".to_owned(), ..config("socket", &shop.folder.path().join("s")) };
    let shelf = Shelf::default();
    let _running = Running::start(&config, &shelf);
    shelf.until("the group", |state| state.status.error.as_deref() == Some("group no-such-group"));
}

#[test]
fn a_socket_that_was_taken_away_is_made_again() {
    let shop = Shop::new();
    let _running = shop.start();
    std::fs::remove_file(shop.path()).expect("removed");
    shop.shelf.until("a new socket", |_| shop.path().exists());
    let mut client = shop.client();
    client.write_all(line(1).as_bytes()).expect("sent");
    shop.rows(1);
}
