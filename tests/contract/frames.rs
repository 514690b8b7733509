//! Frames that were spoilt on their way, or made to be: whoever sends them ends his own connection at most, gets nothing
//! done that he did not ask for, and everybody else goes on.

use std::path::Path;

use pos_console::model::{Draft, NetChange, Role, SaleId, Secret, WifiLock};
use pos_console::proto::{Frame, Reply, Request, SaleQuery, VERSION};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;

use super::{Folder, dial_soon, start};

/// Connections of the gate, and frames on each.
const ROUNDS: usize = 400;
const FRAMES: usize = 6;

/// The same numbers at every run (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % most.max(1)
    }
}

/// One of nearly every kind; none that could be begun here.
fn requests() -> Vec<Request> {
    let secret = || Secret::new("274951".to_owned());
    let act = |action: &str| Request::Do {
        action: action.into(),
        reason: Some("other".into()),
        token: Some("00112233445566778899aabbccddeeff".into()),
        guard_s: Some(30),
    };
    let wifi = NetChange::Wifi { ssid: "53484f50".into(), lock: WifiLock::Psk, hidden: false, password: secret() };
    vec![
        act("61"),
        act("plugin-691"),
        Request::Plan { action: "update-install".into(), guard_s: None },
        Request::Sales(SaleQuery { limit: 5, ..SaleQuery::default() }),
        Request::Sale { id: SaleId(7) },
        Request::Evidence { ids: vec![SaleId(7); 4] },
        Request::Check { scope: vec!["clock.offset".into()] },
        Request::Events { before: Some(9), limit: 3 },
        Request::Audit { after: 0, limit: 3 },
        Request::Draft { draft: Draft::Net { change: wifi } },
        Request::Draft { draft: Draft::Time { local: "202611211001".into() } },
        Request::Guard { keep: true },
        Request::Set { key: "lang".into(), value: "en".into() },
        Request::Walked { playbook: "P51".into(), answers: "y1n13".into(), end: "x".into(), sale: None },
        Request::Round { round: "daily".into(), marks: "1".into() },
        Request::Unlock { role: Role::Technician, passcode: secret() },
        Request::Challenge { action: "96".into() },
        Request::Answer { answer: secret() },
        Request::Rights,
        Request::Signals,
        Request::Present,
        Request::Lock,
    ]
}

fn spoil(frame: &mut Vec<u8>, dice: &mut Dice) {
    for _ in 0..=dice.below(3) {
        let at = dice.below(frame.len());
        match dice.below(9) {
            0 | 1 => frame[at] ^= 1 << dice.below(8),
            2 => frame.truncate(at.max(1)),
            3 => {
                let end = (at + 1 + dice.below(12)).min(frame.len());
                frame.drain(at..end);
            }
            4 => {
                let part: Vec<u8> = frame.iter().skip(at).take(1 + dice.below(40)).copied().collect();
                frame.splice(at..at, part);
            }
            // A number too large, below nothing, or of another kind.
            5 => {
                let number: &[u8] = [&b"18446744073709551616"[..], b"-1", b"1e999", b"0.5", b"null"][dice.below(5)];
                let digit = (at..frame.len()).find(|at| frame[*at].is_ascii_digit());
                if let Some(digit) = digit {
                    frame.splice(digit..=digit, number.iter().copied());
                }
            }
            // Deeper than anybody reads.
            6 => {
                let deep = b"[".repeat(dice.below(3_000));
                frame.splice(at..at, deep);
            }
            7 => {
                let odd: &[u8] = [&b"\xff\xfe"[..], b"\0", b"\\ud800", b"\"", b"}", b"\n"][dice.below(6)];
                frame.splice(at..at, odd.iter().copied());
            }
            // A word as long as nobody's.
            _ => {
                frame.splice(at..at, b"A".repeat(dice.below(60_000)));
            }
        }
        if frame.is_empty() {
            frame.push(b'x');
        }
    }
}

async fn talk(socket: &Path, seeds: &[Vec<u8>], dice: &mut Dice) {
    let mut stream = UnixStream::connect(socket).await.unwrap();
    let mut said = if dice.below(20) == 0 { Vec::new() } else { seeds[0].clone() };
    for _ in 0..FRAMES {
        let mut frame = seeds[dice.below(seeds.len())].clone();
        if dice.below(4) > 0 {
            spoil(&mut frame, dice);
        }
        said.extend(frame);
        said.push(b'\n');
    }
    // The agent may hang up before all of it is out; its words are not waited for.
    let _ = stream.write_all(&said).await;
    let _ = stream.shutdown().await;
    let mut rest = Vec::new();
    let closed = tokio::time::timeout(std::time::Duration::from_mins(1), stream.read_to_end(&mut rest)).await;
    assert!(closed.is_ok(), "still open: {}", String::from_utf8_lossy(&said[..said.len().min(400)]));
}

#[tokio::test]
async fn spoilt_frames_end_their_own_connection_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let agent = start(dir.path(), false);
    let socket = Folder::socket_in(&dir.path().join("state"));
    let mut good = dial_soon(&socket).await;
    let hello = Frame::Hello { version: VERSION, build: "x".into(), from: "tty1".into(), session: None };
    let mut seeds = vec![serde_json::to_vec(&hello).unwrap()];
    seeds[0].push(b'\n');
    for (id, request) in (1..).zip(requests()) {
        seeds.push(serde_json::to_vec(&Frame::Call { id, request }).unwrap());
    }
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for round in 0..ROUNDS {
        talk(&socket, &seeds, &mut dice).await;
        if round % 50 == 0 {
            while good.updates.try_recv().is_ok() {}
            assert!(matches!(good.ask(Request::CaughtUp).await, Reply::CaughtUp { .. }), "round {round}");
        }
    }
    match good.ask(Request::AuditVerify).await {
        Reply::AuditVerified(report) => assert!(report.faults.is_empty(), "{report:?}"),
        other => panic!("{other:?}"),
    }
    let Reply::Audit { rows } = good.ask(Request::Audit { after: 0, limit: 1_000 }).await else { panic!("audit") };
    let begun: Vec<_> = rows.iter().filter(|row| row.draft.phase == "intent" && row.draft.action != "phone").collect();
    assert!(begun.is_empty(), "{begun:?}");
    // Some of them came through whole and were refused: it was no noise alone.
    assert!(
        rows.iter().any(|row| row.draft.action == "restart-network" && row.draft.detail == "stale-plan"),
        "{rows:?}"
    );
    assert!(!rows.iter().any(|row| format!("{row:?}").contains("274951")), "what was typed is kept");
    agent.stop().await;
}
