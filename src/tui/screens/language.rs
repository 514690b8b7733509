//! 91 LANGUAGE: a digit names a language, green takes it.

use crate::text::{self, Lang};
use crate::tui::screens::{Cx, Lines, ScreenSpec, nothing};
use crate::tui::view::{Act, Arg, Green, Local, Open, Para, Row, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "91",
    zh: "语言",
    name: "LANGUAGE",
    lines: Lines::Choices(2),
    green: &["admin-green-language"],
    needs: nothing,
    content: view,
};

fn view(cx: &Cx<'_>) -> View {
    let chosen = match &cx.place.arg {
        Arg::Word(tag) => Lang::from_tag(tag),
        _ => None,
    };
    let rows = Lang::all()
        .zip(1_u8..)
        .map(|(lang, n)| Row {
            n: Some(n),
            text: lang.own_name().to_owned(),
            right: if lang == cx.lang { cx.t("admin-now") } else { String::new() },
            tone: if Some(lang) == chosen { Tone::Strong } else { Tone::Plain },
            open: Some(Open::Place("91", Arg::Word(lang.tag().to_owned()))),
            key: lang.tag().to_owned(),
            ..Row::default()
        })
        .collect();
    let Some(lang) = chosen.filter(|lang| *lang != cx.lang) else {
        return View { head: vec![Para::tone(cx.t("admin-language-choose"), Tone::Dim)], rows, ..View::default() };
    };
    // Whoever does not read the present language reads the question in his own.
    View {
        head: vec![Para::tone(text::t(lang, "admin-language-ask"), Tone::Strong)],
        rows,
        green: Some(Green {
            label: text::t(lang, "admin-green-language"),
            act: Act::Local(Local::Lang(lang.tag().to_owned())),
        }),
        ..View::default()
    }
}
