//! 93 DISPLAY: signs, colours and size of this console; a digit names one, green changes it.

use crate::tui::screens::{Cx, Lines, ScreenSpec, nothing};
use crate::tui::view::{Act, Arg, Green, Local, Open, Para, Row, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "93",
    zh: "显示",
    name: "DISPLAY",
    lines: Lines::Choices(3),
    green: &["admin-green-change"],
    needs: nothing,
    content: view,
};

/// What can be changed, by the word of its place.
const CHOICES: [&str; 3] = ["ascii", "color", "large"];

fn view(cx: &Cx<'_>) -> View {
    let chosen = match &cx.place.arg {
        Arg::Word(word) => CHOICES.into_iter().find(|choice| choice == word),
        _ => None,
    };
    let on = |choice: &str| match choice {
        "ascii" => cx.ascii,
        "color" => cx.color,
        _ => cx.large,
    };
    let rows = CHOICES
        .into_iter()
        .zip(1_u8..)
        .map(|(choice, n)| Row {
            n: Some(n),
            text: cx.t(&format!("admin-display-{choice}")),
            right: cx.t(if on(choice) { "admin-on" } else { "admin-off" }),
            tone: if Some(choice) == chosen { Tone::Strong } else { Tone::Plain },
            open: Some(Open::Place("93", Arg::Word(choice.to_owned()))),
            key: choice.to_owned(),
            ..Row::default()
        })
        .collect();
    let Some(choice) = chosen else {
        return View { head: vec![Para::tone(cx.t("admin-display-choose"), Tone::Dim)], rows, ..View::default() };
    };
    let local = match choice {
        "ascii" => Local::Ascii(!cx.ascii),
        "color" => Local::Color(!cx.color),
        _ => Local::Large(!cx.large),
    };
    View {
        head: vec![Para::new(cx.t(&format!("admin-display-about-{choice}")))],
        rows,
        green: Some(Green { label: cx.t("admin-green-change"), act: Act::Local(local) }),
        ..View::default()
    }
}
