//! 6 FIX: what one key can do here, how long it takes, what it asks for; on its second page the site's own actions.

use crate::actions;
use crate::proto::Request;
use crate::text::Lang;
use crate::tui::screens::{Cx, Lines, Place, ScreenSpec, action, parts};
use crate::tui::view::{Arg, Open, Para, Row, Tone, View};

pub const SCREEN: ScreenSpec =
    ScreenSpec { id: "6", zh: "修复", name: "FIX", lines: Lines::Children, green: &[], needs, content: view };

/// The page of the site's own actions.
pub const SITE: &str = "site";

fn needs(place: &Place) -> Vec<Request> {
    match &place.arg {
        Arg::Word(word) if word != SITE => action::needs(place),
        _ => vec![Request::Plugins],
    }
}

fn view(cx: &Cx<'_>) -> View {
    match &cx.place.arg {
        Arg::Word(word) if word == SITE => site(cx),
        Arg::Word(_) => action::view(cx),
        _ => ours(cx),
    }
}

fn ours(cx: &Cx<'_>) -> View {
    let offered = |id: &str| actions::find(id);
    let rows: Vec<Row> = parts::child_rows(cx, "6", |id| {
        let Some(action) = offered(id) else { return (None, String::new()) };
        let args = [("seconds", i64::from(action.seconds).into()), ("risk", i64::from(action.risk).into())];
        (None, cx.ta("fix-line", &args))
    })
    .into_iter()
    .map(|row| {
        let here = offered(&row.key).is_some_and(|action| action.runs.is_some());
        Row { tone: if here { Tone::Plain } else { Tone::Dim }, ..row }
    })
    .collect();
    let head = vec![Para::new(cx.t("fix-head"))];
    let plugins = if cx.mirror.plugins.is_empty() { "fix-plugins" } else { "fix-plugins-some" };
    let tail = vec![Para::tone(cx.t("fix-codes-not-cured"), Tone::Dim), Para::tone(cx.t(plugins), Tone::Dim)];
    View { head, rows, tail, ..View::default() }
}

/// 691 to 698, each with its name, or why it does not count.
fn site(cx: &Cx<'_>) -> View {
    let rows = (1_u8..=8).map(|n| {
        let number = 690 + u16::from(n);
        let found = cx.mirror.plugins.iter().find(|plugin| plugin.number == number);
        let name = found.map(|plugin| if cx.lang == Lang::ZH { &plugin.zh } else { &plugin.en });
        let blocked = match found.map(|plugin| &plugin.fault) {
            None => Some(cx.t("fix-plugin-none")),
            Some(Some((code, detail))) => {
                Some(cx.ta(&format!("refused-{code}"), &[("detail", parts::clean(detail).into())]))
            }
            Some(None) => None,
        };
        Row {
            n: Some(n),
            text: format!("{number} {}", parts::clean(name.map_or("", String::as_str))).trim_end().to_owned(),
            tone: if blocked.is_some() { Tone::Dim } else { Tone::Plain },
            open: blocked.is_none().then(|| Open::Place("6", Arg::Word(number.to_string()))),
            blocked,
            key: number.to_string(),
            ..Row::default()
        }
    });
    View { rows: rows.collect(), ..View::default() }
}
