//! 54 KEYPAD: every digit into a box, yellow takes one away, green says which never came; and a page of signs in every
//! tone, to see what the display makes of them.

use crate::tui::screens::{Cx, Lines, ScreenSpec, nothing};
use crate::tui::view::{Entry, Para, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "54",
    zh: "键盘屏幕",
    name: "KEYPAD",
    lines: Lines::Read,
    green: &[],
    needs: nothing,
    content: view,
};

/// Keys that fit into the box.
const MOST: usize = 24;
/// The same digit so often in a row is more than a slip of the finger.
const BOUNCE: usize = 3;

fn view(cx: &Cx<'_>) -> View {
    let mut head = vec![Para::new(cx.t("device-key-how"))];
    if let Some(typed) = cx.place.typed.as_deref().filter(|typed| !typed.is_empty()) {
        head = judge(cx, typed);
        head.push(Para::tone(cx.t("device-key-how"), Tone::Dim));
    }
    let lines = [
        ("device-screen-plain", Tone::Plain),
        ("device-screen-strong", Tone::Strong),
        ("device-screen-good", Tone::Good),
        ("device-screen-warn", Tone::Warn),
        ("device-screen-bad", Tone::Bad),
    ];
    let mut tail = vec![Para::new(cx.t("device-screen-how"))];
    tail.extend(lines.map(|(key, tone)| Para::tone(cx.t(key), tone)));
    let entry = Entry { label: cx.t("device-key-label"), max: MOST, ..Entry::default() };
    View { head, tail, entry: Some(entry), ..View::default() }
}

/// Which digits came, which did not, and which came too often.
fn judge(cx: &Cx<'_>, typed: &str) -> Vec<Para> {
    let spaced = |keys: Vec<char>| keys.iter().map(char::to_string).collect::<Vec<_>>().join(" ");
    let missing: Vec<char> = ('0'..='9').filter(|digit| !typed.contains(*digit)).collect();
    let bounce = |digit: &char| typed.contains(&digit.to_string().repeat(BOUNCE));
    let twice: Vec<char> = ('0'..='9').filter(bounce).collect();
    let mut out = Vec::new();
    if missing.is_empty() {
        out.push(Para::tone(cx.t("device-key-whole"), Tone::Good));
    } else {
        out.push(Para::tone(cx.ta("device-key-missing", &[("keys", spaced(missing).into())]), Tone::Warn));
    }
    if !twice.is_empty() {
        out.push(Para::tone(cx.ta("device-key-twice", &[("keys", spaced(twice).into())]), Tone::Warn));
    }
    out
}
