//! 85 THIS PAGE: help of the screen one came from: what it shows, and what each key does there.

use crate::tui::screens::{self, Cx, Lines, ScreenSpec, keys, nothing, parts};
use crate::tui::view::{Act, Arg, Green, Open, Para, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "85",
    zh: "本页说明",
    name: "THIS PAGE",
    lines: Lines::Read,
    green: &["help-green-back"],
    needs: nothing,
    content: view,
};

fn view(cx: &Cx<'_>) -> View {
    let from = match &cx.place.arg {
        Arg::From(id) => id.as_str(),
        _ => "0",
    };
    let Some(spec) = screens::by_id(from).or_else(|| screens::by_id("0")) else { return View::default() };
    let named = [("id", spec.id.into()), ("title", parts::title(spec, cx.lang).into())];
    let mut head = vec![
        Para::tone(cx.ta("help-about", &named), Tone::Strong),
        Para::new(cx.t(&format!("screen-about-{}", spec.id))),
    ];
    // Not rows: a line's own number before a key's digit would be read as the key.
    head.extend(keys::keys(spec, cx.lang).into_iter().map(|key| Para::new(format!("{}: {}", key.key, key.does))));
    let back = Green { label: cx.t("help-green-back"), act: Act::Open(Open::Screen(spec.id)) };
    View { head, green: Some(back), ..View::default() }
}
