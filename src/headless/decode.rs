//! `decode`: masked ISO 8583 messages, one hex message a line. Opens no store.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::output::{Exit, Output, complain};
use crate::iso8583::{self, Decoded, Packing};
use crate::text;

/// Longest line that is looked at, bytes: far more than any message.
const LINE_LIMIT: u64 = 256 * 1024;

/// Decodes a file, or standard input for `-` and none.
pub fn run(packing: Option<&str>, file: Option<&Path>, out: &mut Output) -> io::Result<Exit> {
    let fixed = match packing.map(|name| iso8583::by_name(name).ok_or(name)).transpose() {
        Ok(fixed) => fixed,
        Err(name) => {
            let args = [("name", name.into()), ("known", iso8583::names().join(", ").into())];
            complain(&text::ta(out.lang, "cli-unknown-packing", &args));
            return Ok(Exit::Usage);
        }
    };
    let input: Box<dyn Read> = match file.filter(|path| *path != Path::new("-")) {
        None => Box::new(io::stdin().lock()),
        Some(path) => match open(path) {
            Ok(file) => Box::new(file),
            Err(error) => {
                let args = [("path", path.display().to_string().into()), ("error", error.to_string().into())];
                complain(&text::ta(out.lang, "cli-unreadable", &args));
                return Ok(Exit::Input);
            }
        },
    };
    let mut input = BufReader::new(input);
    let mut line = Vec::new();
    loop {
        line.clear();
        if (&mut input).take(LINE_LIMIT).read_until(b'\n', &mut line)? == 0 {
            return Ok(Exit::Ok);
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        print(&message(&line, fixed.as_deref()), out)?;
    }
}

/// A folder opens too; reading it would only fail later, with a worse sentence.
fn open(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() { Err(io::ErrorKind::IsADirectory.into()) } else { Ok(file) }
}

/// One line: spaces between bytes are allowed.
fn message(line: &[u8], fixed: Option<&Packing>) -> Decoded {
    let digits: Vec<(usize, u8)> =
        line.iter().copied().enumerate().filter(|(_, byte)| !byte.is_ascii_whitespace()).collect();
    let mut bytes = Vec::with_capacity(digits.len() / 2);
    for pair in digits.chunks(2) {
        let nibble = |at: usize| pair.get(at).and_then(|(_, byte)| char::from(*byte).to_digit(16));
        let (Some(high), Some(low)) = (nibble(0), nibble(1)) else { return Decoded::not_hex(bytes.len()) };
        bytes.push((high << 4 | low) as u8);
    }
    match fixed {
        Some(packing) => iso8583::decode_as(&bytes, packing),
        None => iso8583::decode_any(&bytes),
    }
}

fn print(decoded: &Decoded, out: &mut Output) -> io::Result<()> {
    if out.json {
        out.json_inline(decoded)?;
        return out.raw("\n");
    }
    out.line(&format!("{} {}", decoded.mti().unwrap_or("----"), decoded.packing))?;
    for (number, value) in decoded.fields() {
        out.line(&format!("  {number:>3}  {value}"))?;
    }
    for warning in &decoded.warnings {
        out.line(&text::t(out.lang, &format!("cli-decode-{warning}")))?;
    }
    if let Some(fault) = &decoded.error {
        let args = [
            ("field", fault.field.to_string().into()),
            ("offset", fault.offset.into()),
            ("kind", text::t(out.lang, &format!("cli-fault-{}", fault.kind)).into()),
        ];
        out.line(&text::ta(out.lang, "cli-decode-fault", &args))?;
    }
    if let Some(name) = &decoded.fits {
        out.line(&text::ta(out.lang, "cli-decode-fits", &[("name", name.to_string().into())]))?;
    }
    Ok(())
}
