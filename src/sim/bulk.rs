//! Big journals for benches and tests, fast and the same every time; garbage between the lines on request.

use std::io::{self, BufWriter, Write};

use super::history::{History, days_from};
use super::line::{Line, Pen};
use super::moment::DAY_MS;
use super::random::Random;
use super::shop::Shop;

/// 2026-11-21T00:00:00+08:00: the days of a bulk journal end here, whatever today is.
const UNTIL_MS: i64 = 1_795_190_400_000;

/// What to write.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// Lines, garbage included.
    pub lines: u64,
    pub seed: u64,
    /// Of 1000 lines, how many are garbage.
    pub garbage_permille: u64,
    /// Of 1000 requests, how many are logged before their answer.
    pub request_permille: u64,
    pub pen: Pen,
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub lines: u64,
    /// Well-formed lines with a time and a code or a state.
    pub transactions: u64,
    /// Request lines among them: each but a last one has a later line with the same trace number.
    pub requests: u64,
    /// Lines that are not one whole object.
    pub unreadable: u64,
    /// Objects that are no transaction.
    pub others: u64,
    pub bytes: u64,
}

/// Writes the journal.
pub fn write(order: &Order, out: impl Write) -> io::Result<Tally> {
    let mut out = BufWriter::with_capacity(256 * 1024, out);
    let mut tally = Tally::default();
    let mut shop = Shop::new(order.seed, order.request_permille);
    let mut dice = Random::of(&[order.seed, 0x6A4B]);
    // Dense enough for about a quarter of a year, but a day of one terminal has its limit.
    let days = (order.lines / 11_000).clamp(90, 390) as i64;
    let per_day = (order.lines as f64 / days as f64 / 1.2).max(60.0) as u32;
    let first = UNTIL_MS - days * DAY_MS;
    let mut history =
        History::new(&mut shop, order.seed, order.pen.offset, per_day, days_from(first, order.pen.offset));
    let mut buffer = Vec::with_capacity(1024);
    while tally.lines < order.lines {
        buffer.clear();
        // The last line is whole, so that the end of the file is a line's end and a transaction.
        if order.garbage_permille > 0 && tally.lines + 1 < order.lines && dice.permille(order.garbage_permille) {
            garbage(&mut dice, order.pen, &mut buffer, &mut tally);
        } else if let Some(line) = history.next() {
            // What an answer says beyond its code is left out: a journal to measure with stays the same.
            order.pen.write(&Line { host_time: None, issuer: None, fallback: None, ..line }, &mut buffer);
            tally.transactions += 1;
            tally.requests += u64::from(matches!(line.state, Some("sent" | "query-needed")));
        }
        out.write_all(&buffer)?;
        tally.lines += 1;
        tally.bytes += buffer.len() as u64;
    }
    out.flush()?;
    Ok(tally)
}

/// One line of what is really found in journals beside transactions.
fn garbage(dice: &mut Random, pen: Pen, out: &mut Vec<u8>, tally: &mut Tally) {
    match dice.below(8) {
        // Torn by a power cut; the application began a new line when it came back.
        0..=2 => {
            let stan = dice.below(999_999) as u32;
            let at_ms = UNTIL_MS - dice.below(DAY_MS as u64) as i64;
            pen.write(&Line { code: Some(*b"00"), amount: Some(4_200), ..Line::bare(at_ms, "sale", stan, 1) }, out);
            out.truncate(dice.between(1, out.len() as u64 - 3) as usize);
            tally.unreadable += 1;
        }
        3 => {
            binary(dice, 200, out);
            tally.unreadable += 1;
        }
        // Flash that was never written, and a buffer dumped into the wrong file.
        4 => {
            if dice.permille(20) {
                binary(dice, 70_000, out);
            } else {
                out.resize(dice.between(1, 4_096) as usize, 0);
            }
            tally.unreadable += 1;
        }
        // GBK: 系统启动.
        5 => {
            out.extend_from_slice(b"\xcf\xb5\xcd\xb3\xc6\xf4\xb6\xaf v1.0");
            tally.unreadable += 1;
        }
        6 => {
            out.extend_from_slice(dice.pick::<&[u8]>(&[
                b"[1,2,3]",
                b"\"sale\"",
                b"null",
                b"42",
                b"{}}",
                b"{\"time\":",
            ]));
            tally.unreadable += 1;
        }
        _ => {
            out.extend_from_slice(dice.pick::<&[u8]>(&[
                br#"{"event":"boot","version":"1.0"}"#,
                br#"{"event":"paper","state":"low"}"#,
                b"{}",
            ]));
            tally.others += 1;
        }
    }
    out.push(b'\n');
}

fn binary(dice: &mut Random, up_to: u64, out: &mut Vec<u8>) {
    let length = dice.between(1, up_to);
    // 0xFE leads and is in no UTF-8 text, so that no byte soup is ever an empty or a readable line.
    out.push(0xFE);
    out.extend((0..length).map(|_| dice.bits() as u8).map(|byte| if byte == b'\n' { b'.' } else { byte }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::line::Schema;

    fn order(garbage_permille: u64) -> Order {
        let pen = Pen { schema: Schema::Default, offset: 480 };
        Order { lines: 20_000, seed: 9, garbage_permille, request_permille: 300, pen }
    }

    #[test]
    fn the_tally_is_what_a_reader_counts() {
        let mut bytes = Vec::new();
        let tally = write(&order(50), &mut bytes).expect("to memory");
        let (mut transactions, mut unreadable, mut others, mut requests) = (0, 0, 0, 0);
        let lines: Vec<&[u8]> = bytes.strip_suffix(b"\n").expect("whole last line").split(|b| *b == b'\n').collect();
        for line in &lines {
            match serde_json::from_slice::<serde_json::Value>(line) {
                Ok(object) if object.is_object() => {
                    let whole =
                        object["time"].is_string() && (object["code"].is_string() || object["state"].is_string());
                    transactions += u64::from(whole);
                    others += u64::from(!whole);
                    requests += u64::from(matches!(object["state"].as_str(), Some("sent" | "query-needed")));
                }
                _ => unreadable += 1,
            }
        }
        let counted =
            Tally { lines: lines.len() as u64, transactions, requests, unreadable, others, bytes: bytes.len() as u64 };
        assert_eq!(tally, counted);
        assert!(unreadable > 500 && others > 50);
    }

    #[test]
    fn the_same_order_gives_the_same_bytes() {
        let run = || {
            let mut bytes = Vec::new();
            write(&order(20), &mut bytes).expect("to memory");
            bytes
        };
        assert!(run() == run());
    }
}
