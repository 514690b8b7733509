//! How fast ISO 8583 messages are decoded on one core, masked as always, beside the Python library that made the
//! published vectors.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use pos_console::iso8583::{by_name, decode};
use serde_json::Value;

use crate::report::Report;

/// Each side works for so long.
const LONG: Duration = Duration::from_secs(3);

fn unhex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().as_chunks::<2>().0;
    pairs.iter().filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

pub fn run(report: &mut Report) {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let vectors = top.join("tests/fixtures/iso8583/vectors.jsonl");
    let text = std::fs::read_to_string(&vectors).expect("the vectors");
    let all = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let good = all.filter(|vector| vector["packing"] == "cup-pos" && vector.get("error").is_none());
    let messages: Vec<Vec<u8>> = good.map(|vector| unhex(vector["hex"].as_str().expect("hex"))).collect();
    let packing = by_name("cup-pos").expect("built in");
    let (began, mut count) = (Instant::now(), 0_u64);
    while began.elapsed() < LONG {
        for message in &messages {
            let decoded = decode(std::hint::black_box(message), &packing);
            assert!(decoded.error.is_none());
            std::hint::black_box(decoded);
            count += 1;
        }
    }
    let ours = count as f64 / began.elapsed().as_secs_f64();
    let theirs = peer(top, &vectors);
    let peers: Vec<(&str, f64)> = theirs.into_iter().map(|speed| ("pyiso8583", speed)).collect();
    report.row("decode cup-pos", "messages/s", ours, &peers, ">= 200,000 and >= 50 x pyiso8583");
}

/// Messages a second of pyiso8583, where a Python that has it is named by `BENCH_PYTHON`, or found.
fn peer(top: &Path, vectors: &Path) -> Option<f64> {
    let python = std::env::var("BENCH_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut command = Command::new(&python);
    command.arg(top.join("tests/bench/decode.py")).arg(top.join("config/iso8583/cup-pos.toml")).arg(vectors);
    let done = command.arg(LONG.as_secs().to_string()).output();
    let speed = done.ok().and_then(|done| String::from_utf8_lossy(&done.stdout).trim().parse().ok());
    if speed.is_none() {
        println!("skipped: {python} has no pyiso8583");
    }
    speed
}
