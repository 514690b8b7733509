//! Whole records out of a file, in bounded memory: lines, mostly.

use std::io;

use super::body::Body;

/// Bytes read at once, and so about the size of one commit of history.
pub const CHUNK: usize = 1 << 20;
/// A longer line is skipped, not held.
pub const LINE_MAX: usize = 16 << 20;

/// How a journal's bytes fall into records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Every line is one; a border can be found from anywhere.
    Lines,
    /// Several lines are one: read in order, from the first.
    Records,
    /// Binary: read in order, and zeros are nothing special.
    Frames,
}

/// What stands at a record's border.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Whole records; lines with their line feeds.
    Lines(&'a [u8]),
    /// The beginning of a record that goes on behind the end.
    Torn(&'a [u8]),
    /// A line longer than [`LINE_MAX`], up to here.
    TooLong(u64),
    /// Zero bytes with something behind them, up to here.
    Zeros(u64),
    /// A line longer than [`LINE_MAX`], or zeros, that go on behind the end; or nothing.
    Wait,
}

/// Reads pieces into one buffer.
#[derive(Default)]
pub struct Lines {
    buffer: Vec<u8>,
    /// Bytes of it that were read; what stands behind them is old, and spares filling it with zeros each time.
    filled: usize,
}

impl Lines {
    /// What stands between the border `from` and `end`. In a `closed` stretch the end is a border, too. `border` finds
    /// the end of the last whole record of a text that begins with one.
    pub fn next(
        &mut self,
        file: &Body,
        (from, end, closed): (u64, u64, bool),
        shape: Shape,
        border: impl Fn(&[u8]) -> usize,
    ) -> io::Result<Piece<'_>> {
        // One long line must not hold its memory for ever.
        if self.buffer.capacity() > 2 * CHUNK {
            self.buffer = Vec::new();
        }
        self.filled = 0;
        loop {
            let at = from + self.filled as u64;
            let got = self.more(file, at, end)?;
            let (buffer, fresh) = (&self.buffer[..self.filled], self.filled - got);
            let whole = match shape {
                Shape::Lines => memchr::memrchr(b'\n', &buffer[fresh..]).map_or(0, |last| fresh + last + 1),
                // What is too long to be one record is taken line by line.
                Shape::Records if buffer.len() >= LINE_MAX => line_border(buffer),
                Shape::Records | Shape::Frames => border(buffer),
            };
            if whole > 0 {
                return Ok(Piece::Lines(&self.buffer[..whole]));
            }
            let short = got < CHUNK;
            match buffer.first() {
                None => return Ok(Piece::Wait),
                Some(0) if (!short || closed) && shape != Shape::Frames => {
                    let found = find(file, from, end, |bytes| bytes.iter().position(|byte| *byte != 0))?;
                    return Ok(found.map_or(Piece::Wait, Piece::Zeros));
                }
                Some(_) if short && closed => return Ok(Piece::Lines(&self.buffer[..self.filled])),
                Some(_) if short => return Ok(Piece::Torn(&self.buffer[..self.filled])),
                Some(_) if buffer.len() >= LINE_MAX => {
                    let feed = find(file, at, end, |bytes| memchr::memchr(b'\n', bytes))?;
                    let to = feed.map(|at| at + 1).or(closed.then_some(end));
                    return Ok(to.map_or(Piece::Wait, Piece::TooLong));
                }
                Some(_) => {}
            }
        }
    }

    /// Reads up to [`CHUNK`] bytes more; fewer only at the end.
    fn more(&mut self, file: &Body, at: u64, end: u64) -> io::Result<usize> {
        let want = end.saturating_sub(at).min(CHUNK as u64) as usize;
        let upto = self.filled + want;
        if self.buffer.len() < upto {
            self.buffer.resize(upto, 0);
        }
        let got = file.read_at(&mut self.buffer[self.filled..upto], at)?;
        self.filled += got;
        Ok(got)
    }
}

/// End of the last line feed.
pub fn line_border(bytes: &[u8]) -> usize {
    memchr::memrchr(b'\n', bytes).map_or(0, |feed| feed + 1)
}

/// Bytes looked at at once when only a place is wanted.
const STRIDE: u64 = 1 << 16;

/// The first place between `from` and `end` that `wanted` finds.
pub fn find(file: &Body, from: u64, end: u64, wanted: impl Fn(&[u8]) -> Option<usize>) -> io::Result<Option<u64>> {
    let mut buffer = vec![0; STRIDE as usize];
    let mut at = from;
    while at < end {
        let want = (end - at).min(STRIDE) as usize;
        let got = file.read_at(&mut buffer[..want], at)?;
        if let Some(found) = wanted(&buffer[..got]) {
            return Ok(Some(at + found as u64));
        }
        if got < want {
            break;
        }
        at += got as u64;
    }
    Ok(None)
}

/// The line border next before `end`, not before `floor`; none where a line is longer than any may be.
pub fn border_before(file: &Body, floor: u64, end: u64) -> io::Result<Option<u64>> {
    let mut buffer = vec![0; STRIDE as usize];
    let mut high = end;
    while high > floor {
        let low = high.saturating_sub(STRIDE).max(floor);
        let part = &mut buffer[..(high - low) as usize];
        let got = file.read_at(part, low)?;
        if let Some(feed) = memchr::memrchr(b'\n', &part[..got]) {
            return Ok(Some(low + feed as u64 + 1));
        }
        if end - low > LINE_MAX as u64 {
            return Ok(None);
        }
        high = low;
    }
    Ok(Some(floor))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file(parts: &[&[u8]]) -> (Body, u64) {
        let mut file = tempfile::tempfile().expect("a file");
        for part in parts {
            file.write_all(part).expect("written");
        }
        (Body::Plain(file), parts.iter().map(|part| part.len() as u64).sum())
    }

    #[test]
    fn gives_whole_lines_only() {
        let (file, end) = file(&[b"one\ntwo\nthr"]);
        let mut lines = Lines::default();
        assert_eq!(
            lines.next(&file, (0, end, false), Shape::Lines, line_border).expect("read"),
            Piece::Lines(b"one\ntwo\n")
        );
        assert_eq!(lines.next(&file, (8, end, false), Shape::Lines, line_border).expect("read"), Piece::Torn(b"thr"));
        assert_eq!(lines.next(&file, (8, end, true), Shape::Lines, line_border).expect("read"), Piece::Lines(b"thr"));
        assert_eq!(lines.next(&file, (end, end, false), Shape::Lines, line_border).expect("read"), Piece::Wait);
        // Somebody cut the file meanwhile.
        assert_eq!(lines.next(&file, (20, 30, false), Shape::Lines, line_border).expect("read"), Piece::Wait);
    }

    #[test]
    fn a_line_longer_than_a_chunk_is_whole_and_one_longer_than_any_may_be_is_skipped() {
        let long = vec![b'x'; 10 << 20];
        let (held, end) = file(&[&long, b"\nnext\n"]);
        let mut lines = Lines::default();
        let whole = match lines.next(&held, (0, end, false), Shape::Lines, line_border).expect("read") {
            Piece::Lines(bytes) => bytes.len(),
            _ => 0,
        };
        assert_eq!(whole as u64, end);
        let longer = vec![b'x'; LINE_MAX + 1000];
        let (skipped, end) = file(&[&longer, b"\nnext\n"]);
        let after = longer.len() as u64 + 1;
        assert_eq!(
            lines.next(&skipped, (0, end, false), Shape::Lines, line_border).expect("read"),
            Piece::TooLong(after)
        );
        assert_eq!(
            lines.next(&skipped, (after, end, false), Shape::Lines, line_border).expect("read"),
            Piece::Lines(b"next\n")
        );
        assert_eq!(lines.next(&skipped, (0, after - 1, false), Shape::Lines, line_border).expect("read"), Piece::Wait);
        assert!(lines.buffer.capacity() <= LINE_MAX + 2 * CHUNK);
    }

    #[test]
    fn a_great_gap_of_zeros_is_passed_over_and_zeros_at_the_end_wait() {
        let zeros = vec![0; LINE_MAX + 1000];
        let (file, end) = file(&[&zeros, b"next\n"]);
        let mut lines = Lines::default();
        let gap = zeros.len() as u64;
        assert_eq!(lines.next(&file, (0, end, false), Shape::Lines, line_border).expect("read"), Piece::Zeros(gap));
        assert_eq!(lines.next(&file, (0, gap, false), Shape::Lines, line_border).expect("read"), Piece::Wait);
        assert_eq!(
            lines.next(&file, (gap, end, false), Shape::Lines, line_border).expect("read"),
            Piece::Lines(b"next\n")
        );
    }

    #[test]
    fn the_border_before_a_place_is_found_across_strides() {
        let long = vec![b'x'; 3 * STRIDE as usize];
        let (file, end) = file(&[b"one\n", &long]);
        assert_eq!(border_before(&file, 0, end).expect("read"), Some(4));
        assert_eq!(border_before(&file, 0, 3).expect("read"), Some(0));
        assert_eq!(border_before(&file, 10, end).expect("read"), Some(10));
    }
}
