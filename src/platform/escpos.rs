//! What a receipt printer says of itself, and what it is told to print (Epson ESC/POS; makers differ little in this).
//! Bytes only, no I/O.

/// Transmit real-time status (`DLE EOT n`): printer, cause of being offline, cause of the error, paper.
pub const QUESTIONS: [[u8; 3]; 4] = [[0x10, 0x04, 1], [0x10, 0x04, 2], [0x10, 0x04, 3], [0x10, 0x04, 4]];

/// What four status bytes say; of several faults the one that has to be mended first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrinterSays {
    /// This byte is no status.
    Garbage(u8),
    Paper,
    Cover,
    Voltage,
    Hot,
    Cutter,
    Mechanics,
    Error,
    Offline,
    NearEnd,
    /// It tells less than it was asked for, and no fault.
    Half,
    Well,
}

/// Reads the answers to [`QUESTIONS`], as many as came.
pub fn said(answers: &[u8]) -> PrinterSays {
    // Bits 0 and 7 are always 0, bits 1 and 4 always 1: anything else is no status.
    if let Some(odd) = answers.iter().find(|byte| **byte & 0x93 != 0x12) {
        return PrinterSays::Garbage(*odd);
    }
    let has = |at: usize, bits: u8| answers.get(at).is_some_and(|byte| byte & bits != 0);
    match () {
        () if has(1, 0x20) || has(3, 0x60) => PrinterSays::Paper,
        () if has(1, 0x04) => PrinterSays::Cover,
        () if has(2, 0x20) => PrinterSays::Voltage,
        () if has(2, 0x40) => PrinterSays::Hot,
        () if has(2, 0x08) => PrinterSays::Cutter,
        () if has(2, 0x04) => PrinterSays::Mechanics,
        () if has(1, 0x40) => PrinterSays::Error,
        () if has(0, 0x08) => PrinterSays::Offline,
        () if has(3, 0x0C) => PrinterSays::NearEnd,
        // A printer that tells less than it was asked for is no proof of anything but what it told.
        () if answers.len() < QUESTIONS.len() => PrinterSays::Half,
        () => PrinterSays::Well,
    }
}

/// A slip: cleared settings, Chinese characters on, the lines as GBK, and so much feed that it can be torn off.
pub fn slip(lines: &[String]) -> Vec<u8> {
    // ESC @, FS &
    let mut bytes = vec![0x1B, b'@', 0x1C, b'&'];
    for line in lines {
        // Nothing in a line is a command.
        let plain: String = line.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
        bytes.extend_from_slice(&encoding_rs::GBK.encode(&plain).0);
        bytes.push(b'\n');
    }
    // ESC d n
    bytes.extend([0x1B, b'd', 4]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_its_lines_and_no_command_hides_in_them() {
        let bytes = slip(&["测试 A".to_owned(), "\u{1b}p\u{0}1".to_owned()]);
        assert_eq!(bytes, *b"\x1b@\x1c&\xb2\xe2\xca\xd4 A\n p 1\n\x1bd\x04");
        let odd = slip(&["\u{1f9fe}".to_owned()]);
        assert!(odd.is_ascii(), "what GBK lacks is written in ASCII: {odd:02X?}");
    }
}
