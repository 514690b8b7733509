//! Cells: how wide a text is on the screen, cut and filled by cells, never by bytes or characters.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Cells that `text` takes, exactly as ratatui lays it out.
pub fn width(text: &str) -> usize {
    text.width()
}

/// What the sources hand over may hold anything: signs that move the cursor, take no cell or turn the writing round
/// would spoil the line, and pictures have no certain width.
pub fn clean(text: &str) -> String {
    let stands = |c: char| c.width().is_some_and(|cells| cells > 0) && u32::from(c) < 0x1_f000;
    text.chars().map(|c| if stands(c) { c } else { '?' }).collect()
}

/// The longest start of `text` that fits into `cells`; what was cut is marked by `~`.
pub fn truncate(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        let wide = width(grapheme);
        if used + wide + 1 > cells {
            break;
        }
        out.push_str(grapheme);
        used += wide;
    }
    if cells > 0 {
        out.push('~');
    }
    out
}

/// `text` cut or filled with spaces to exactly `cells`.
pub fn pad(text: &str, cells: usize) -> String {
    let mut out = truncate(text, cells);
    let used = width(&out);
    out.extend(std::iter::repeat_n(' ', cells.saturating_sub(used)));
    out
}

/// Closing signs that may not begin a line.
const NOT_FIRST: &str = "，。、；：！？）》」』”’,.;:!?)]}%";

/// `text` in lines of at most `cells`: broken at spaces, between wide characters, and in a word that alone is too
/// long; closing punctuation stays with what it closes.
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    let cells = cells.max(2);
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for piece in pieces(paragraph) {
            if !line.is_empty() && width(&line) + width(piece.trim_end()) > cells {
                lines.push(line.trim_end().to_owned());
                line.clear();
            }
            let piece = if line.is_empty() { piece.trim_start().to_owned() } else { piece };
            if width(&piece) <= cells {
                line.push_str(&piece);
                continue;
            }
            for grapheme in piece.graphemes(true) {
                if width(&line) + width(grapheme) > cells {
                    lines.push(std::mem::take(&mut line));
                }
                line.push_str(grapheme);
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// Unbreakable pieces: words with the spaces behind them, single wide characters with closing signs.
fn pieces(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut open = false;
    for grapheme in text.graphemes(true) {
        let closes = NOT_FIRST.contains(grapheme);
        let wide = width(grapheme) > 1;
        match out.last_mut() {
            Some(last) if closes || grapheme == " " => {
                last.push_str(grapheme);
                open = !wide && grapheme != " ";
            }
            Some(last) if open && !wide => last.push_str(grapheme),
            _ => {
                out.push(grapheme.to_owned());
                open = !wide && grapheme != " ";
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_cannot_spoil_a_line() {
        assert_eq!(clean("a\u{1b}[2J\u{202e}b\u{200b}\u{1f4b3}\n银行 é"), "a?[2J?b???银行 é");
    }

    #[test]
    fn wraps_by_cells_and_keeps_closing_signs() {
        assert_eq!(wrap("余额不足，请换卡。", 10), ["余额不足，", "请换卡。"]);
        assert_eq!(wrap("not enough money", 10), ["not enough", "money"]);
        assert_eq!(wrap("abcdefghijkl", 5), ["abcde", "fghij", "kl"]);
        for line in wrap("断在第4步: 域名服务器不回应, 请看 22 线路检测 PATH。", 12) {
            assert!(width(&line) <= 12, "{line}");
        }
    }

    #[test]
    fn truncates_without_half_characters() {
        assert_eq!(truncate("余额不足", 8), "余额不足");
        assert_eq!(truncate("余额不足", 7), "余额不~");
        assert_eq!(pad("余额", 6), "余额  ");
        assert_eq!(width(&pad("余额不足", 6)), 6);
    }
}
