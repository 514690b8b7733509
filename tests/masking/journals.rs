//! Journals of every kind with a card number in every field, in keys, in torn lines and in plain garbage.

use std::fmt::Write as _;
use std::fs::Permissions;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use pos_console::sources::{FEEDS, KINDS, field_names};
use serde_json::{Map, Value, json};

/// Every kind of source there is.
pub fn kinds() -> Vec<String> {
    let files = KINDS.iter().map(|kind| kind.word.to_owned());
    files.chain(FEEDS.iter().map(|kind| kind.word.to_owned())).collect()
}

/// A folder with a journal and a configuration that names it.
pub struct Shop {
    dir: tempfile::TempDir,
    /// Lines that are pushed to a socket.
    pushed: Vec<u8>,
    at_least: u64,
}

impl Shop {
    /// `anywhere`: forms for any field; `in_cards`: for card fields alone. Says why where a kind needs what is not here.
    pub fn new(kind: &str, anywhere: &[String], in_cards: &[String]) -> Result<Self, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        let objects = objects(anywhere, in_cards);
        let mut settings = String::new();
        let (mut pushed, mut at_least) = (Vec::new(), 1);
        match kind {
            "jsonl" => {
                // The older half has been rotated and packed.
                let (old, new) = objects.split_at(objects.len() / 2);
                let packed = std::fs::File::create(dir.path().join("journal.1.gz")).unwrap();
                let mut packed = flate2::write::GzEncoder::new(packed, flate2::Compression::fast());
                packed.write_all(&json_lines(old, &[])).unwrap();
                packed.finish().unwrap();
                std::fs::write(&path, json_lines(new, anywhere)).unwrap();
            }
            "regex" => {
                writeln!(settings, "patterns = ['{}']", pattern()).unwrap();
                // As an older application in Chinese writes it.
                let text = text_lines(&objects, anywhere);
                std::fs::write(&path, encoding_rs::GBK.encode(&text).0).unwrap();
            }
            "iso8583" => std::fs::write(&path, dumps(anywhere, in_cards)).unwrap(),
            "jpos" => std::fs::write(&path, jpos(anywhere, in_cards)).unwrap(),
            "socket" => {
                pushed = json_lines(&objects, anywhere);
                at_least = objects.len() as u64;
            }
            "sqlite" => {
                writeln!(settings, "table = \"sales\"").unwrap();
                table(&path, &objects);
            }
            "journald" => {
                own_mounts()?;
                journalctl(dir.path(), &objects, anywhere);
            }
            other => return Err(format!("no journal of this kind is made here: {other}")),
        }
        let config = format!(
            "[[source]]\nname = \"app\"\nkind = \"{kind}\"\npath = \"{}\"\ntimezone = \"UTC\"\n{settings}",
            path.display()
        );
        std::fs::write(dir.path().join("pos-console.toml"), config).unwrap();
        Ok(Self { dir, pushed, at_least })
    }

    /// How a program is started that is to read this shop's journal.
    pub fn command(&self, program: &str) -> Command {
        if !self.dir.path().join("journalctl").exists() {
            return Command::new(program);
        }
        let mut command = Command::new("unshare");
        command
            .args(OWN_MOUNTS)
            .args(["sh", "-c", STAND_IN, "sh"])
            .arg(self.dir.path().join("journalctl"))
            .arg(program);
        command
    }

    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub fn at_least(&self) -> u64 {
        self.at_least
    }

    /// Sends what has to be sent, to the socket that the agent has made.
    pub fn push(&self) {
        if self.pushed.is_empty() {
            return;
        }
        let path: PathBuf = self.dir.path().join("journal");
        let mut stream = loop {
            if let Ok(stream) = UnixStream::connect(&path) {
                break stream;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        };
        stream.write_all(&self.pushed).unwrap();
    }
}

/// Mounts of its own, for whoever may not make any in everybody's.
const OWN_MOUNTS: [&str; 2] = ["--map-root-user", "--mount"];

/// Puts a stand-in where programs are looked for first, then becomes the program.
const STAND_IN: &str =
    "mount -t tmpfs tmpfs /usr/local/sbin && cp \"$1\" /usr/local/sbin/journalctl && shift && exec \"$@\"";

fn own_mounts() -> Result<(), String> {
    let tried =
        Command::new("unshare").args(OWN_MOUNTS).args(["mount", "-t", "tmpfs", "tmpfs", "/usr/local/sbin"]).output();
    match tried {
        Ok(out) if out.status.success() => Ok(()),
        Ok(out) => Err(format!("no mounts of its own here: {}", String::from_utf8_lossy(&out.stderr).trim())),
        Err(error) => Err(format!("no unshare here: {error}")),
    }
}

/// A stand-in for journalctl that tells these messages once, some of them as bytes, and then waits for more.
fn journalctl(dir: &Path, objects: &[Map<String, Value>], anywhere: &[String]) {
    let mut out = String::new();
    let lines = String::from_utf8(json_lines(objects, anywhere)).unwrap();
    for (n, line) in lines.lines().enumerate() {
        let message = if n % 5 == 0 { json!(line.as_bytes()) } else { json!(line) };
        let stamp = (1_795_252_800_000_000 + n as u64).to_string();
        let cursor = format!("s=a;i={n:x}");
        let entry = json!({ "__CURSOR": cursor, "__REALTIME_TIMESTAMP": stamp, "MESSAGE": message });
        writeln!(out, "{entry}").unwrap();
    }
    std::fs::write(dir.join("messages"), out).unwrap();
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in *--follow*) exec sleep 600;; *) cat '{}';; esac\n",
        dir.join("messages").display()
    );
    std::fs::write(dir.join("journalctl"), script).unwrap();
    std::fs::set_permissions(dir.join("journalctl"), Permissions::from_mode(0o755)).unwrap();
}

fn base(n: usize) -> Map<String, Value> {
    let line = json!({
        "time": format!("2026-11-21T{:02}:{:02}:{:02}+00:00", 8 + n / 3_600 % 12, n / 60 % 60, n % 60),
        "kind": "sale", "method": "card", "amount": 1234, "currency": "156", "stan": format!("{:06}", n % 999_999),
        "rrn": format!("1121{n:08}"), "code": if n.is_multiple_of(3) { "51" } else { "00" }, "tid": "12345678",
        "mid": "898000000000001", "entry_mode": "051", "card": "622202******1234", "latency_ms": 900, "host": "primary",
    });
    line.as_object().cloned().unwrap()
}

/// Lines with a card number in one of their fields each, known or not.
fn objects(anywhere: &[String], in_cards: &[String]) -> Vec<Map<String, Value>> {
    let mut out = Vec::new();
    let mut add = |key: &str, value: Value| {
        let mut line = base(out.len());
        line.insert(key.to_owned(), value);
        out.push(line);
    };
    for (n, form) in anywhere.iter().enumerate() {
        // Each form stands in a third of the fields, each field holds each form of some card.
        for (_, field) in field_names().chain(["note", "track2"]).enumerate().filter(|(at, _)| (at + n) % 3 == 0) {
            add(field, json!(form));
        }
        add(form, json!("a key"));
        if let Ok(number) = form.parse::<u64>() {
            for field in ["amount", "stan", "code", "rrn", "host", "card", "latency_ms"] {
                add(field, json!(number));
            }
        }
    }
    for form in in_cards {
        add("card", json!(form));
    }
    out
}

fn json_lines(objects: &[Map<String, Value>], anywhere: &[String]) -> Vec<u8> {
    let mut out = String::new();
    for (n, line) in objects.iter().enumerate() {
        let text = Value::Object(line.clone()).to_string();
        match n % 50 {
            // The application died in the middle of this one.
            7 => writeln!(out, "{}", &text[..text.floor_char_boundary(text.len() - 20)]).unwrap(),
            9 => writeln!(out, "[{text}]").unwrap(),
            _ => writeln!(out, "{text}").unwrap(),
        }
    }
    for form in anywhere {
        writeln!(out, "{form}\n{{\"time\":\"{form}\",\"code\":\"00\"}}\n{{\"{form}").unwrap();
    }
    out.into_bytes()
}

fn pattern() -> String {
    let fields = field_names().map(|name| format!("{name}=(?P<{name}>[^\\t]*)"));
    fields.collect::<Vec<_>>().join("\\t")
}

fn text_lines(objects: &[Map<String, Value>], anywhere: &[String]) -> String {
    let mut out = String::new();
    for line in objects {
        let value = |name: &str| match line.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        let fields: Vec<String> = field_names().map(|name| format!("{name}={}", value(name))).collect();
        writeln!(out, "{}", fields.join("\t")).unwrap();
    }
    for form in anywhere {
        writeln!(out, "2026-11-21 09:00:00 TRACE read {form} from reader").unwrap();
    }
    out
}

/// One table with every field as a column, and one that is not asked for.
fn table(path: &Path, objects: &[Map<String, Value>]) {
    let conn = rusqlite::Connection::open(path).unwrap();
    let columns: Vec<&str> = field_names().collect();
    conn.execute_batch(&format!("BEGIN; CREATE TABLE sales({}, note);", columns.join(", "))).unwrap();
    let places = vec!["?"; columns.len() + 1].join(", ");
    let mut insert = conn.prepare(&format!("INSERT INTO sales VALUES({places})")).unwrap();
    for line in objects {
        let values = columns.iter().copied().chain(["note"]).map(|name| match line.get(name) {
            Some(Value::String(text)) => rusqlite::types::Value::Text(text.clone()),
            Some(Value::Number(number)) => {
                number.as_i64().map_or_else(|| rusqlite::types::Value::Text(number.to_string()), Into::into)
            }
            _ => rusqlite::types::Value::Null,
        });
        insert.execute(rusqlite::params_from_iter(values)).unwrap();
    }
    conn.execute_batch("COMMIT").unwrap();
}

/// An answer with these fields (number, text) as a packing with an ASCII bitmap in hex writes it.
fn message(fields: &[(u8, String)]) -> String {
    let bits = fields.iter().fold(0_u64, |bits, (field, _)| bits | 1 << (64 - field));
    let mut out = format!("0210{bits:016X}");
    for (_, text) in fields {
        out.push_str(text);
    }
    out.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02X}"))
}

fn whole_digits(form: &str) -> bool {
    (12..=19).contains(&form.len()) && form.bytes().all(|byte| byte.is_ascii_digit())
}

/// A dump as rows of so many bytes: with offset and text beside, with the offset alone, or of nothing but hex.
fn rows(out: &mut String, dump: &str, wide: usize, shape: usize) {
    let bytes: Vec<&str> = (0..dump.len() / 2).map(|at| &dump[2 * at..2 * at + 2]).collect();
    for (at, row) in bytes.chunks(wide).enumerate() {
        let shown: String = row
            .iter()
            .map(|hex| char::from(u8::from_str_radix(hex, 16).unwrap()))
            .map(|sign| if sign.is_ascii_graphic() { sign } else { '.' })
            .collect();
        match shape {
            0 => writeln!(out, "{:08x}  {:<width$}   |{shown}|", at * wide, row.join(" "), width = wide * 3),
            1 => writeln!(out, "[{:04}] {}", at * wide, row.join(" ")),
            _ => writeln!(out, "{}", row.concat()),
        }
        .unwrap();
    }
}

/// A log with dumps of messages that hold a number where one belongs and where none does, and lines between them.
fn dumps(anywhere: &[String], in_cards: &[String]) -> String {
    let mut out = String::new();
    for (n, form) in anywhere.iter().chain(in_cards).enumerate() {
        let time = format!("2026-11-21 {:02}:{:02}:{:02}", 8 + n / 3_600, n / 60 % 60, n % 60);
        writeln!(out, "{time} DEBUG read {form}").unwrap();
        let pan = if whole_digits(form) { form.as_str() } else { "6222021234567" };
        let text: String = form.chars().filter(char::is_ascii).take(30).collect();
        let mut fields = vec![
            (2, format!("{:02}{pan}", pan.len())),
            (3, "000000".to_owned()),
            (4, "000000001234".to_owned()),
            (11, format!("{n:06}")),
            (39, "51".to_owned()),
            (41, "12345678".to_owned()),
        ];
        if whole_digits(form) {
            fields.insert(4, (35, format!("{:02}{pan}={}", pan.len() + 5, "2912")));
        }
        fields.push((44, format!("{:02}{text}", text.len().min(25)).chars().take(27).collect()));
        let dump = message(&fields);
        writeln!(out, "{time} RECV {dump}").unwrap();
        // Over several lines in three ways, so that numbers are broken at any place.
        if n % 4 == 0 {
            let (wide, shape) = (8 + n / 4 % 9, n / 4 % 3);
            writeln!(out, "{time} RECV {} bytes:", dump.len() / 2).unwrap();
            rows(&mut out, &dump, wide, shape);
            // Torn: the rest of the rows was never written.
            writeln!(out, "{time} SEND").unwrap();
            rows(&mut out, &dump[..dump.len() / 3 / 2 * 2], wide, shape);
        }
        // Cut in the middle.
        writeln!(out, "{time} RECV {}", &dump[..dump.len() / 4 * 2]).unwrap();
    }
    out
}

/// A jPOS log with a number in fields of a message, in attributes and between the records.
fn jpos(anywhere: &[String], in_cards: &[String]) -> String {
    let escaped = |form: &str| form.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let mut out = String::new();
    let fields = ["2", "11", "35", "37", "39", "41", "44", "63", "120"];
    for (n, (form, field)) in anywhere
        .iter()
        .flat_map(|form| fields.iter().map(move |field| (form, *field)))
        .chain(in_cards.iter().map(|form| (form, "2")))
        .enumerate()
    {
        let form = escaped(form);
        let time = format!("2026-11-21T{:02}:{:02}:{:02}.000", 8 + n / 3_600 % 12, n / 60 % 60, n % 60);
        write!(
            out,
            "<log realm=\"channel/{form}\" at=\"{time}\" lifespan=\"5ms\">\n  <receive>\n    <isomsg direction=\"incoming\">\n"
        )
        .unwrap();
        let trace = format!("{n:06}");
        let mut message = vec![("0", "0210"), ("3", "000000"), ("4", "000000001234"), ("11", &trace), ("39", "51")];
        message.retain(|(known, _)| *known != field);
        message.push((field, form.as_str()));
        for (field, value) in message {
            writeln!(out, "      <field id=\"{field}\" value=\"{value}\"/>").unwrap();
        }
        writeln!(out, "    </isomsg>\n  </receive>\n</log>").unwrap();
        writeln!(out, "java.lang.Exception: {form}\n\tat org.jpos.Something({form})").unwrap();
    }
    out
}
