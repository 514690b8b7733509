//! Dumps of one message over several lines, as tools and applications print them: an offset, bytes in hex, the same as
//! text; or nothing but hex. Only lines are read here; what they are a part of is known to [`super::walk`].

/// Bytes of one line: wider ones are no dump of a tool.
const WIDEST: usize = 64;
/// Bytes of a usual line, behind which two spaces end the hex.
const USUAL: usize = 16;
/// Digits of a line's single word of hex, without gaps.
const LONG_WORD: usize = 16;

/// What a line of a dump can be; one of hex in long groups can be both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// Bytes that begin at this offset. Signs on the right may look like hex: there may be fewer.
    pub numbered: Option<(Offsets, Vec<u8>)>,
    /// Hex and nothing else.
    pub bare: Option<Vec<u8>>,
}

/// An offset as it reads in hex and in decimal digits.
pub(super) type Offsets = [Option<usize>; 2];

/// The row that stands in a line without its time; nothing for other lines.
pub(super) fn row(text: &str) -> Row {
    let trimmed = text.trim_end();
    let start = trimmed.len() - trimmed.trim_start().len();
    let (found, rest) = bytes(&trimmed[start..]);
    let bare = (rest.is_empty() && !found.is_empty()).then_some(found);
    Row { numbered: numbered(trimmed, start), bare }
}

fn numbered(trimmed: &str, start: usize) -> Option<(Offsets, Vec<u8>)> {
    let mut at = start;
    // An offset begins the line, or is marked as one behind what the log writes in front of every line.
    while let Some((word, from, to)) = word(trimmed, at) {
        let offset = offset(word).filter(|(_, marked)| from == start || *marked);
        if let Some((offsets, _)) = offset {
            let (bytes, _) = bytes(&trimmed[to..]);
            if !bytes.is_empty() && trimmed[to..].starts_with([' ', '\t', '-']) {
                return Some((offsets, bytes));
            }
        }
        at = to;
    }
    None
}

/// The next word from this place, and where it stands.
fn word(text: &str, at: usize) -> Option<(&str, usize, usize)> {
    let rest = text.get(at..)?;
    let from = at + rest.len() - rest.trim_start().len();
    let rest = text.get(from..).filter(|rest| !rest.is_empty())?;
    let to = from + rest.find(char::is_whitespace).unwrap_or(rest.len());
    Some((&text[from..to], from, to))
}

/// A word as an offset, read as hex and as decimal, and whether it is marked as one: `0010:`, `[0010]`, `0x0010`.
fn offset(word: &str) -> Option<(Offsets, bool)> {
    let bare = word.trim_start_matches(['[', '(', '<']).trim_end_matches([']', ')', '>', ':', '|', '-', 'h']);
    let digits = bare.strip_prefix("0x").or_else(|| bare.strip_prefix("0X")).unwrap_or(bare);
    if !(3..=8).contains(&digits.len()) {
        return None;
    }
    let hex = usize::from_str_radix(digits, 16).ok()?;
    Some(([Some(hex), digits.parse().ok()], digits.len() < word.len()))
}

/// The bytes at the beginning of a text, in groups of equal size, and what stands behind them besides the column of
/// text that a wide gap or a bar sets off.
fn bytes(text: &str) -> (Vec<u8>, &str) {
    let (mut found, mut group, mut rest) = (Vec::new(), 0, text);
    loop {
        let trimmed = rest.trim_start_matches([' ', '\t', '-']);
        let gap = rest.len() - trimmed.len();
        let apart = gap >= 3 || rest.starts_with('\t') || (gap >= 2 && found.len() >= USUAL);
        if trimmed.is_empty() || trimmed.starts_with(['|', ';']) || (apart && !found.is_empty()) {
            return (found, "");
        }
        let end = trimmed.find([' ', '\t', '-', '|', ',']).unwrap_or(trimmed.len());
        let word = trimmed[..end].strip_prefix("0x").unwrap_or(&trimmed[..end]);
        let fits = match group {
            0 => matches!(word.len(), 2 | 4 | 8) || (word.len() >= LONG_WORD && word.len() % 2 == 0),
            2 => word.len() == 2,
            _ => word.len() <= group && word.len() % 2 == 0,
        };
        let read = if fits { super::unhex(word).unwrap_or_default() } else { Vec::new() };
        if read.is_empty() || (found.len() + read.len() > WIDEST && group != 0) {
            return (found, trimmed);
        }
        group = if group == 0 { word.len() } else { group };
        found.extend(read);
        rest = trimmed[end..].trim_start_matches(',');
    }
}

/// The bytes of a dump, row after row.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub bytes: Vec<u8>,
    /// Where the last row began in them.
    last: usize,
    /// Bytes of a whole row, once two are there.
    wide: Option<usize>,
}

impl Block {
    /// A block that begins with these bytes.
    pub fn of(bytes: Vec<u8>) -> Self {
        Self { bytes, last: 0, wide: None }
    }

    /// Takes the row at this offset if it goes on where the last one ends; what was read too much of that one goes.
    pub fn goes_on(&mut self, offsets: Offsets, bytes: &[u8]) -> bool {
        let (last, end) = (self.last, self.bytes.len());
        let known = offsets.into_iter().flatten();
        let exact = known.clone().find(|offset| *offset == end);
        let Some(offset) = exact.or_else(|| known.clone().find(|offset| (last + 1..end).contains(offset))) else {
            return false;
        };
        self.bytes.truncate(offset);
        let wide = *self.wide.get_or_insert(offset - last);
        self.last = offset;
        self.bytes.extend(&bytes[..bytes.len().min(wide)]);
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> (usize, usize) {
        let (offsets, bytes) = row(text).numbered.expect(text);
        (offsets[0].expect("hex"), bytes.len())
    }

    #[test]
    fn rows_of_every_tool_are_read() {
        for (text, expected) in [
            ("00000010  24 06 80 20 c0 92 10 16  62 22 02 12 34 56 78 90  |$.. ....b\"..4Vx.|", (16, 16)),
            ("00000010: 2406 8020 c092 1016 6222 0212 3456 7890  $.. ....b\"..4Vx.", (16, 16)),
            ("\t0x0020:  4500 003c 1c46 4000 4006 b1e6 ac10 0a63  E..<.F@.@......c", (32, 16)),
            ("0010  32 30 30 30 31 32 33 34  35 36 37 38 39 38 30 31  2000123456789801", (16, 16)),
            ("0080  31 32                                             12", (128, 2)),
            ("[0016] 24 06 80 20 C0 92 10 16", (0x16, 8)),
            ("[DEBUG] iso.c:90 - 0010: 24 06 80 20 C0 92 10 16-62 22 02 12 34 56 78 90", (16, 16)),
            ("0000: 6000030000603100310000020070240680", (0, 17)),
        ] {
            assert_eq!(at(text), expected, "{text}");
        }
        let bare = |text: &str| row(text).bare;
        assert_eq!(bare("  60 00 03 00 00 60 31 00"), Some(vec![0x60, 0, 3, 0, 0, 0x60, 0x31, 0]));
        assert_eq!(bare("60000300 00603100"), Some(vec![0x60, 0, 3, 0, 0, 0x60, 0x31, 0]));
        for text in ["", "application V1.2.3 starts", "RECV 94 bytes:", "total 1234 5678 sales"] {
            assert_eq!(row(text), Row::default(), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_hex_on_the_right_is_cut_by_the_next_row() {
        // The text beside it reads `12 34`, one space behind the hex.
        let (_, bytes) = row("0000: 31 32 20 33 34 20 35 36 12 34 56").numbered.expect("a row");
        let mut block = Block::of(bytes);
        assert_eq!(block.bytes.len(), 11);
        assert!(block.goes_on([Some(8), Some(8)], &[1, 2, 3, 4, 5, 6, 7, 8, 9]));
        assert_eq!(block.bytes.len(), 16);
        assert!(!block.goes_on([Some(32), Some(32)], &[1]), "a row is missing");
        assert!(block.goes_on([Some(0x16), Some(16)], &[1]), "decimal offsets");
    }

    proptest! {
        #[test]
        fn no_line_makes_it_stumble(text in "[ 0-9a-fA-Fx:|\\[\\]\\-\\t，号]{0,120}") {
            let _ = row(&text);
        }

        #[test]
        fn a_dump_comes_back_whole(
            message in prop::collection::vec(any::<u8>(), 1..200), wide in prop_oneof![Just(8_usize), Just(16)],
        ) {
            let mut block: Option<Block> = None;
            for (n, part) in message.chunks(wide).enumerate() {
                let hex: Vec<String> = part.iter().map(|byte| format!("{byte:02x}")).collect();
                let shown: String = part.iter().map(|b| if (32..127).contains(b) { *b as char } else { '.' }).collect();
                let line = format!("{:08x}  {:<width$}   |{shown}|", n * wide, hex.join(" "), width = wide * 3);
                let Some((offsets, bytes)) = row(&line).numbered else { return Err(TestCaseError::fail(line)) };
                match &mut block {
                    Some(block) => prop_assert!(block.goes_on(offsets, &bytes), "{}", line),
                    None => block = Some(Block::of(bytes)),
                }
            }
            prop_assert_eq!(block.map(|block| block.bytes), Some(message));
        }
    }
}
