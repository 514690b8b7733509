//! 12 EVENTS: what changed on this terminal, newest first; survives a restart.

use crate::model::{Event, Fact, SaleId};
use crate::playbooks;
use crate::proto::Request;
use crate::text;
use crate::tui::screens::{Cx, Lines, Place, ScreenSpec, parts, round};
use crate::tui::view::{Arg, Open, Para, Row, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "12",
    zh: "事件",
    name: "EVENTS",
    lines: Lines::Open,
    green: &["playbook-green-on"],
    needs,
    content: view,
};

fn needs(_place: &Place) -> Vec<Request> {
    vec![Request::Events { before: None, limit: 200 }]
}

fn view(cx: &Cx<'_>) -> View {
    if cx.snapshot().is_none() {
        return parts::connecting(cx);
    }
    let mut events: Vec<&Event> = cx.mirror.events.iter().collect();
    events.sort_by_key(|event| std::cmp::Reverse(event.id));
    events.dedup_by_key(|event| event.id);
    let head = if events.is_empty() { vec![Para::tone(cx.t("event-none"), Tone::Dim)] } else { Vec::new() };
    View { head, rows: events.into_iter().map(|event| row(cx, event)).collect(), live: true, ..View::default() }
}

fn row(cx: &Cx<'_>, event: &Event) -> Row {
    let shared = Row { right: cx.when(event.at), key: event.id.to_string(), ..Row::default() };
    if let Some(finding) = &event.finding {
        return Row {
            status: Some(finding.status),
            text: parts::sentence(cx.lang, finding),
            tone: parts::status_tone(finding.status),
            open: Some(Open::Place("11", Arg::Finding(finding.id.clone()))),
            ..shared
        };
    }
    if event.kind == "walk" {
        return walk(cx, event, shared);
    }
    if event.kind == "round" {
        let (text, open) = round::walked(cx, event);
        return Row { text, open, ..shared };
    }
    let key = match (event.kind.as_str(), event.code.as_str()) {
        ("action", "done") => "event-run-done".to_owned(),
        ("action", "failed") => "event-run-failed".to_owned(),
        ("action", "undone") => "event-run-undone".to_owned(),
        (_, code) => format!("event-{code}"),
    };
    let text = if text::has(cx.lang, &key) {
        parts::clean(&text::tf(cx.lang, &key, &event.facts))
    } else {
        parts::clean(&cx.ta("event-other", &[("code", event.code.as_str().into())]))
    };
    Row { text, ..shared }
}

/// A playbook that was walked to its end: whom it said to call, and the end itself behind the digit.
fn walk(cx: &Cx<'_>, event: &Event, shared: Row) -> Row {
    let fact = |name: &str| match event.facts.get(name) {
        Some(Fact::Text(text)) => parts::clean(text),
        _ => String::new(),
    };
    let id = fact("playbook");
    let word = |list: &str| {
        let key = format!("playbook-{list}-{}", fact(list));
        if text::has(cx.lang, &key) { cx.t(&key) } else { fact(list) }
    };
    let title = playbooks::get(&id).map_or_else(|| id.clone(), |book| book.title.get(cx.lang).to_owned());
    let args = [("title", title.into()), ("who", word("call").into()), ("rule", word("retry").into())];
    let sale = match event.facts.get("sale") {
        Some(Fact::Int(id)) => Some(SaleId(*id)),
        _ => None,
    };
    let arg = Arg::Playbook { id, path: fact("answers"), sale, code: None };
    Row { text: cx.ta("event-walk", &args), open: Some(Open::Place("12", arg)), ..shared }
}
