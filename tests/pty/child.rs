//! The console's own loop with an agent of straw, as a program: what a real agent does not do on demand.

use std::io;

use pos_console::link::{Link, Peer, pair};
use pos_console::model::Role;
use pos_console::proto::{Reply, Request, Update};
use pos_console::text::Lang;
use pos_console::tui::app::Options;
use pos_console::tui::runtime::{Connector, ExitReason, RunOptions, run};

use crate::support;
use crate::terminal::{Session, Start};

/// An agent that knows one shop.
struct Straw {
    kind: String,
    connected: u32,
}

impl Connector for Straw {
    async fn connect(&mut self) -> io::Result<Link> {
        self.connected += 1;
        if self.kind == "gone" && self.connected > 1 {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        let (link, peer) = pair(support::actor(Role::Technician));
        tokio::spawn(serve(peer, self.kind.clone(), self.connected));
        Ok(link)
    }
}

async fn serve(mut peer: Peer, kind: String, connected: u32) {
    let snapshot = if connected == 1 { support::degraded() } else { support::normal() };
    let _ = peer.updates.send(Update::Snapshot(Box::new(snapshot))).await;
    while let Some(call) = peer.calls.recv().await {
        // What 94 asks for; screens may ask for more by themselves.
        let audit = matches!(call.request, Request::Audit { .. } | Request::AuditTail { .. });
        match kind.as_str() {
            "panic" if audit => panic!("a part failed on purpose"),
            // Ends the link: the console has to find its way back.
            "gone" | "back" if audit && connected == 1 => return,
            _ => {
                let _ = call.answer.send(Reply::Done);
            }
        }
    }
}

/// Not a test: a terminal emulator that can be killed, with a console in it. Says the console's process id.
#[test]
fn is_a_terminal() {
    let Ok(kind) = std::env::var("PTY_TERMINAL") else { return };
    let shielded = kind == "shielded";
    let mut session = Session::straw("well", &Start { shielded, ..Start::default() });
    session.at("0");
    let pid = if shielded { below(session.pid()) } else { session.pid() };
    println!("console {pid}");
    loop {
        std::thread::park();
    }
}

/// The process below this one.
fn below(pid: u32) -> u32 {
    let list = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    list.split_whitespace().next().unwrap().parse().unwrap()
}

/// Not a test: the program behind `Session::straw`.
#[test]
fn is_a_console() {
    let Ok(kind) = std::env::var("PTY_CHILD") else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let app = Options { lang: Lang::ZH, ascii: false, color: true, kiosk: false, lang_given: false, seed: 1 };
    let options = RunOptions { app, term: std::env::var("TERM").unwrap_or_default(), remote: false };
    let ended = runtime.block_on(run(Straw { kind, connected: 0 }, options));
    std::process::exit(match ended {
        Ok(ExitReason::Quit) => 0,
        Ok(ExitReason::Gone) => 40,
        Ok(ExitReason::Signal(number)) => 100 + number,
        Err(_) => 50,
    });
}
