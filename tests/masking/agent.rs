//! A real agent and a front end that keeps every byte it hears.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::process::{Child, Stdio};
use std::time::Duration;

use pos_console::model::{Sale, SaleId};
use pos_console::proto::{Frame, Reply, Request, SaleFilter, SaleQuery, VERSION};
use pos_console::tui::mirror::Mirror;

use crate::journals::Shop;

/// The agent of one folder.
pub struct Agent {
    child: Child,
    log: File,
    reader: BufReader<UnixStream>,
    heard: Vec<u8>,
    mirror: Mirror,
    calls: u64,
}

impl Agent {
    /// Starts it and dials its socket.
    pub fn start(shop: &Shop) -> Self {
        let dir = shop.dir();
        let path = dir.join("agent.log");
        let log = File::create(&path).unwrap();
        let mut command = shop.command(env!("CARGO_BIN_EXE_pos-console"));
        let child = command
            .arg("--config")
            .arg(dir.join("pos-console.toml"))
            .arg("--state-dir")
            .arg(dir.join("state"))
            .arg("agent")
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let socket = dir.join("state/agent.sock");
        let stream = loop {
            if let Ok(stream) = UnixStream::connect(&socket) {
                break stream;
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        let reader = BufReader::new(stream);
        let log = File::open(path).unwrap();
        let mut agent = Self { child, log, reader, heard: Vec::new(), mirror: Mirror::default(), calls: 0 };
        let build = String::new();
        agent.say(&Frame::Hello { version: VERSION, build, from: "test".to_owned(), session: None });
        agent
    }

    fn say(&mut self, frame: &Frame) {
        let line = serde_json::to_string(frame).unwrap();
        self.reader.get_mut().write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// The next frame; what it tells goes into the mirror.
    fn hear(&mut self) -> Frame {
        let mut line = Vec::new();
        let read = self.reader.read_until(b'\n', &mut line).unwrap();
        assert!(read > 0, "the agent is gone");
        self.heard.extend(&line);
        let frame: Frame = serde_json::from_slice(&line).unwrap();
        if let Frame::Update { update } = &frame {
            self.mirror.apply(update.clone());
        }
        frame
    }

    #[allow(clippy::needless_pass_by_value, reason = "calls read as sentences")]
    fn ask(&mut self, request: Request) -> Reply {
        self.calls += 1;
        let call = self.calls;
        self.say(&Frame::Call { id: call, request: request.clone() });
        loop {
            if let Frame::Answer { id, reply } = self.hear()
                && id == call
            {
                self.mirror.answer(&request, reply.clone());
                return reply;
            }
        }
    }

    /// Waits until everything that the journal holds has been read.
    pub fn wait_for_rows(&mut self, shop: &Shop) -> u64 {
        loop {
            let Reply::CaughtUp { read, unreadable } = self.ask(Request::CaughtUp) else { panic!("caught up") };
            if read + unreadable >= shop.at_least() {
                return read;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn page(&mut self, filter: SaleFilter) -> Vec<Sale> {
        let query = SaleQuery { filter, limit: 1_000, ..SaleQuery::default() };
        match self.ask(Request::Sales(query)) {
            Reply::Sales { rows, .. } => rows,
            other => panic!("{other:?}"),
        }
    }

    /// Asks all there is to ask; gives what a front end then knows.
    pub fn ask_everything(&mut self, once: bool) -> Mirror {
        let of_journal = ["source", "transactions", "reader"].map(str::to_owned).to_vec();
        self.ask(Request::Check { scope: if once { Vec::new() } else { of_journal } });
        self.ask(Request::Events { before: None, limit: 1_000 });
        for reason in ["4111 1111 1111 1111", ";4111111111111111=29121010000?"] {
            let (action, reason) = ("plugin-691".to_owned(), Some(reason.to_owned()));
            self.ask(Request::Do { action, reason, guard_s: None, token: None });
        }
        self.ask(Request::AuditTail { limit: 1_000 });
        self.ask(Request::Trends);
        let rows: Vec<SaleId> = self.page(SaleFilter::All).iter().map(|sale| sale.id).collect();
        for id in rows.iter().step_by(40) {
            self.ask(Request::Sale { id: *id });
        }
        self.page(SaleFilter::Unfinished);
        self.page(SaleFilter::Failed);
        self.mirror.clone()
    }

    /// Every byte that came over the socket.
    pub fn heard(&self) -> &[u8] {
        &self.heard
    }

    /// Ends it as a power cut does; gives what it had written to its log.
    pub fn kill(&mut self) -> Vec<u8> {
        // Live rows are stored within 30 s; what is on the medium now is what counts.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let mut log = Vec::new();
        self.log.read_to_end(&mut log).unwrap();
        log
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // Ends with the test, however that ends.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
