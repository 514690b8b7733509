//! `decode`: masked ISO 8583 messages, one hex message a line. Opens no store.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::output::{Exit, Output, complain};
use crate::iso8583::{self, Decoded, Packing};
use crate::text;

/// Longest line that is looked at, bytes: far more than any message.
const LINE_LIMIT: u64 = 256 * 1024;
/// What some editors put in front of a text.
const BYTE_ORDER: &[u8] = b"\xef\xbb\xbf";

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
    let (mut line, mut number) = (Vec::new(), 0_u64);
    while next(&mut input, &mut line)? {
        number += 1;
        let text = if number == 1 { line.strip_prefix(BYTE_ORDER).unwrap_or(&line) } else { &line };
        if text.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        print(&message(text, fixed.as_deref()), number, out)?;
    }
    Ok(Exit::Ok)
}

/// The next line; what stands behind [`LINE_LIMIT`] in it is passed over. False at the end.
fn next(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let got = input.by_ref().take(LINE_LIMIT).read_until(b'\n', line)?;
    if got as u64 == LINE_LIMIT && !line.ends_with(b"\n") {
        input.skip_until(b'\n')?;
    }
    Ok(got > 0)
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

fn print(decoded: &Decoded, line: u64, out: &mut Output) -> io::Result<()> {
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
            ("line", line.into()),
            ("field", fault.field.to_string().into()),
            ("offset", fault.offset.into()),
            ("kind", text::t(out.lang, &format!("cli-fault-{}", fault.kind)).into()),
        ];
        out.line(&text::ta(out.lang, "cli-decode-fault", &args))?;
    }
    if let Some(name) = &decoded.fits {
        let key = if decoded.fits_whole { "cli-decode-fits" } else { "cli-decode-fits-partly" };
        out.line(&text::ta(out.lang, key, &[("name", name.to_string().into())]))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_one_message_however_long_it_is() {
        let long = vec![b'4'; 3 * LINE_LIMIT as usize];
        let text = [&long[..], b"\n0800\n", &long[..LINE_LIMIT as usize], b"\n0810"].concat();
        let (mut input, mut line, mut lengths) = (text.as_slice(), Vec::new(), Vec::new());
        while next(&mut input, &mut line).expect("read") {
            lengths.push(line.trim_ascii_end().len() as u64);
        }
        assert_eq!(lengths, [LINE_LIMIT, 4, LINE_LIMIT, 4]);
    }
}
