//! No card number gets out: whatever form it is written in, whatever field it stands in, whatever kind of source reads
//! it, and wherever one looks - screens, JSON, CSV, stderr, socket frames, the bytes of the database.
#![allow(clippy::panic, clippy::unwrap_used, reason = "tests")]

mod agent;
mod cards;
mod journals;

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Mutex;

use pos_console::model::Stamp;
use pos_console::text::Lang;
use pos_console::tui::mirror::Mirror;
use pos_console::tui::screens::{Cx, Place, SCREENS, by_id};
use pos_console::tui::view::{Act, Open};

use agent::Agent;
use cards::{Chance, Secrets, forms, rare_forms};
use journals::Shop;

/// Where something showed through, for the last word of the test.
#[derive(Default)]
struct Leaks(Vec<String>);

impl Leaks {
    fn note(&mut self, place: &str, found: Vec<String>) {
        self.0.extend(found.into_iter().take(3).map(|what| format!("{place}: {what}")));
    }
}

/// The console as a command, beside an agent that holds the folder.
fn console(dir: &Path, args: &[&str], input: &str) -> Output {
    use std::io::Write as _;
    let mut child = Command::new(env!("CARGO_BIN_EXE_pos-console"))
        .args(["--lang", "en", "--config"])
        .arg(dir.join("pos-console.toml"))
        .arg("--state-dir")
        .arg(dir.join("state"))
        .args(args)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // A command that reads nothing may have ended already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// Every place of every screen, in both languages.
fn screens(mirror: &Mirror, secrets: &Secrets, leaks: &mut Leaks) -> usize {
    let now = mirror.snapshot.as_ref().map_or_else(Stamp::default, |snapshot| snapshot.at);
    let mut drawn = 0;
    for spec in SCREENS {
        let mut places = vec![Place { screen: spec.id.to_owned(), ..Place::default() }];
        let mut at = 0;
        while at < places.len() && at < 10 {
            let place = places[at].clone();
            at += 1;
            for lang in Lang::all() {
                let cx = Cx {
                    mirror,
                    place: &place,
                    lang,
                    now,
                    width: 120,
                    ascii: false,
                    color: false,
                    large: false,
                    kiosk: false,
                };
                let view = by_id(&place.screen).unwrap().view(&cx);
                drawn += 1;
                leaks.note(&format!("screen {} {:?}", place.screen, place.arg), secrets.in_text(&format!("{view:?}")));
                let green = view.green.iter().filter_map(|green| match &green.act {
                    Act::Open(open) => Some(open),
                    _ => None,
                });
                for open in view.rows.iter().filter_map(|row| row.open.as_ref()).chain(green) {
                    if let Open::Place(screen, arg) = open
                        && !places.iter().any(|have| have.screen == *screen && have.arg == *arg)
                    {
                        places.push(Place { screen: (*screen).to_owned(), arg: arg.clone(), typed: None });
                    }
                }
            }
        }
    }
    drawn
}

/// What every command prints, on both streams. What says the same of every kind of source is asked `once`.
fn commands(dir: &Path, secrets: &Secrets, dumps: &str, once: bool, leaks: &mut Leaks) {
    let screens = ["0", "1", "11", "12", "3", "31", "32", "33", "34", "35", "94"];
    let mut calls: Vec<Vec<&str>> = vec![
        vec!["journal", "--limit", "0"],
        vec!["journal", "--limit", "0", "--json"],
        vec!["journal", "--limit", "0", "--csv"],
        vec!["check", "source", "transactions", "reader"],
    ];
    let same: Vec<Vec<&str>> = vec![
        vec!["journal", "--declined", "--limit", "0", "--json"],
        vec!["check", "--json"],
        vec!["check"],
        vec!["audit", "--json"],
        vec!["screens", "--json"],
        vec!["config", "check"],
        vec!["decode", "--json"],
        vec!["decode"],
        vec!["decode", "--packing", "iso87-bcd", "--json"],
        vec!["decode", "--packing", "iso87-ascii-hexbitmap", "--json"],
    ];
    calls.extend(same.into_iter().filter(|_| once));
    for id in &screens {
        calls.push(vec!["show", id]);
        calls.push(vec!["show", id, "--json"]);
    }
    for call in calls {
        let out = console(dir, &call, dumps);
        for (stream, bytes) in [("stdout", &out.stdout), ("stderr", &out.stderr)] {
            leaks.note(&format!("{} {stream}", call.join(" ")), secrets.in_text(&String::from_utf8_lossy(bytes)));
        }
    }
}

/// One kind of source with everything in it; says how many rows it gave.
fn everywhere(shop: &Shop, secrets: &Secrets, dumps: &str, once: bool) -> (u64, Vec<String>) {
    let mut leaks = Leaks::default();
    let mut agent = Agent::start(shop);
    shop.push();
    let rows = agent.wait_for_rows(shop);
    let mirror = agent.ask_everything(once);
    let drawn = screens(&mirror, secrets, &mut leaks);
    assert!(drawn >= 2 * SCREENS.len(), "{drawn} screens");
    leaks.note("socket", secrets.in_text(&String::from_utf8_lossy(agent.heard())));
    commands(shop.dir(), secrets, dumps, once, &mut leaks);
    // A dead agent leaves its log behind, as a power cut does.
    leaks.note("stderr of the agent", secrets.in_bytes(&agent.kill()));
    let mut files = 0;
    for entry in std::fs::read_dir(shop.dir().join("state")).unwrap().flatten() {
        if let Ok(bytes) = std::fs::read(entry.path()) {
            files += usize::from(!bytes.is_empty());
            leaks.note(&entry.path().display().to_string(), secrets.in_bytes(&bytes));
        }
    }
    assert!(files >= 1, "no database");
    (rows, leaks.0)
}

/// The cards of a run: for any field, and for card fields alone.
fn written(secrets: &mut Secrets) -> (Vec<String>, Vec<String>) {
    let mut chance = Chance(20_261_122);
    let (mut anywhere, mut in_cards) = (Vec::new(), Vec::new());
    let kinds = [
        ("4", 16, true),
        ("53", 16, true),
        ("37", 15, true),
        ("3530", 16, true),
        ("6011", 16, true),
        ("62", 16, false),
        ("62", 19, false),
        ("62", 17, true),
        ("8171", 16, false),
    ];
    for (head, length, valid) in kinds {
        let pan = chance.pan(head, length, valid);
        let track = secrets.track(&mut chance);
        secrets.pan(&pan);
        anywhere.extend(forms(&pan, &track));
        if matches!((head, length), ("4", _) | ("62", 16 | 19)) {
            anywhere.extend(rare_forms(&pan));
        }
    }
    for (head, length, valid) in
        [("4", 13, true), ("50", 12, false), ("99", 19, false), ("1", 14, false), ("62", 12, true)]
    {
        let pan = chance.pan(head, length, valid);
        let track = secrets.track(&mut chance);
        secrets.pan(&pan);
        in_cards.extend(forms(&pan, &track).into_iter().take(10));
    }
    (anywhere, in_cards)
}

#[test]
fn no_card_number_gets_out_of_any_source_on_any_way() {
    let mut secrets = Secrets::default();
    let (anywhere, in_cards) = written(&mut secrets);
    let mut dumps = String::new();
    for form in anywhere.iter().chain(&in_cards) {
        let ascii = form.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        dumps.extend([form.as_str(), "\n", &ascii, "\n"]);
    }
    // Two at a time: each waits for its agent as long as it works itself.
    let waiting = Mutex::new(journals::kinds().into_iter().enumerate().collect::<Vec<_>>());
    let faults = Mutex::new(Vec::new());
    let work = || {
        loop {
            let Some((at, kind)) = waiting.lock().unwrap().pop() else { return };
            let shop = match Shop::new(&kind, &anywhere, &in_cards) {
                Ok(shop) => shop,
                Err(why) => {
                    println!("skipped: {kind}: {why}");
                    continue;
                }
            };
            let (rows, leaks) = everywhere(&shop, &secrets, &dumps, at == 0);
            println!("{kind}: {rows} transactions, {} leaks", leaks.len());
            assert!(rows >= 20, "{kind}: only {rows} transactions were read");
            faults.lock().unwrap().extend(leaks.into_iter().map(|leak| format!("{kind}: {leak}")));
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    let mut faults = faults.into_inner().unwrap();
    faults.sort();
    faults.dedup();
    assert!(faults.is_empty(), "{} leaks:\n{}", faults.len(), faults[..faults.len().min(60)].join("\n"));
}

/// The eye of this test sees each form when nothing is masked.
#[test]
fn every_form_would_be_seen() {
    let mut secrets = Secrets::default();
    let (anywhere, in_cards) = written(&mut secrets);
    for form in anywhere.iter().chain(&in_cards) {
        assert!(!secrets.in_bytes(format!("{{\"host\":\"{form}\"}}").as_bytes()).is_empty(), "{form}");
    }
    let mut chance = Chance(20_261_122);
    let pan = chance.pan("4", 16, true);
    let packed: Vec<u8> = pan.as_bytes().chunks(2).map(|pair| (pair[0] - 48) << 4 | (pair[1] - 48)).collect();
    assert!(!secrets.in_bytes(&packed).is_empty());
    assert!(!secrets.in_bytes(&pan.parse::<u64>().unwrap().to_be_bytes()).is_empty());
    let masked = format!("{}******{}", &pan[..6], &pan[12..]);
    assert!(secrets.in_bytes(masked.as_bytes()).is_empty());
}
