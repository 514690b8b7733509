//! 85 THIS PAGE: help of the screen one came from: what it shows, and what each key does there.

use crate::tui::screens::{self, Cx, Lines, ScreenSpec, keys, nothing, parts};
use crate::tui::view::{Act, Arg, Green, Open, Para, Row, Tone, View};

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
    let head = vec![
        Para::tone(cx.ta("help-about", &named), Tone::Strong),
        Para::new(cx.t(&format!("screen-about-{}", spec.id))),
    ];
    let rows = keys::keys(spec, cx.lang)
        .into_iter()
        .map(|key| Row { text: format!("{}  {}", key.key, key.does), key: key.key, ..Row::default() })
        .collect();
    let back = Green { label: cx.t("help-green-back"), act: Act::Open(Open::Screen(spec.id)) };
    View { head, rows, green: Some(back), ..View::default() }
}
