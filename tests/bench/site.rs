//! A terminal to measure on: a journal of the simulator, a config, a state folder that has read it.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{CONSOLE, SIM};

pub struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    /// An empty folder with a journal of so many lines.
    pub fn with_journal(lines: u64) -> Self {
        let site = Self { folder: tempfile::tempdir().expect("a folder") };
        let done = Command::new(SIM)
            .args(["journal", "--lines", &lines.to_string(), "--out"])
            .arg(site.journal())
            .stderr(Stdio::null())
            .status()
            .expect("pos-sim starts");
        assert!(done.success(), "pos-sim journal: {done}");
        let config = format!("[[source]]\nname = \"journal\"\npath = \"{}\"\n", site.journal().display());
        std::fs::write(site.config(), config).expect("a config");
        site
    }

    /// The same, read into the history.
    pub fn with_history(lines: u64) -> Self {
        let site = Self::with_journal(lines);
        site.read_all();
        site
    }

    pub fn journal(&self) -> PathBuf {
        self.folder.path().join("journal.jsonl")
    }

    /// The agent's socket, while one runs.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("state/agent.sock")
    }

    /// The history.
    pub fn database(&self) -> PathBuf {
        self.folder.path().join("state/store.db")
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("pos-console.toml")
    }

    /// The console's command line on this site.
    pub fn console(&self, words: &[&str]) -> Vec<String> {
        let path = |path: PathBuf| path.to_string_lossy().into_owned();
        let mut line = vec![CONSOLE.to_owned(), "--config".to_owned(), path(self.config())];
        line.extend(["--state-dir".to_owned(), path(self.folder.path().join("state")), "--lang".to_owned()]);
        line.push("en".to_owned());
        line.extend(words.iter().map(|word| (*word).to_owned()));
        line
    }

    /// Reads the whole journal into the history; seconds.
    pub fn read_all(&self) -> f64 {
        let line = self.console(&["journal", "--limit", "1", "--json"]);
        crate::timed(Command::new(&line[0]).args(&line[1..]).stdout(Stdio::null()))
    }

    /// Forgets what was read.
    pub fn forget(&self) {
        let _ = std::fs::remove_dir_all(self.folder.path().join("state"));
    }

    /// Starts the agent and waits until it answers.
    pub fn agent(&self) -> Agent {
        let line = self.console(&["agent"]);
        let child = Command::new(&line[0])
            .args(&line[1..])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the agent starts");
        let socket = self.socket();
        let end = Instant::now() + Duration::from_secs(20);
        while std::os::unix::net::UnixStream::connect(&socket).is_err() {
            assert!(Instant::now() < end, "the agent does not answer on {}", socket.display());
            std::thread::sleep(Duration::from_millis(20));
        }
        Agent(child)
    }
}

/// A running agent; it ends with this.
pub struct Agent(Child);

impl Agent {
    pub fn pid(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
