//! Every screen in every language from every fixture, and everything a digit or green opens inside it.

#![allow(clippy::unwrap_used, reason = "a test may fail here")]

#[path = "../support/mod.rs"]
mod support;

mod frozen;
mod handbook;
mod ladder;
mod meaning;
mod playbooks;
mod sweep;
mod twin;
mod unfinished;
mod words;

use pos_console::text::Lang;
use pos_console::tui::mirror::Mirror;
use pos_console::tui::screens::{Cx, Place, SCREENS, ScreenSpec, by_id};
use pos_console::tui::view::{Act, Arg, Open, View};

/// The context of a place at 40 columns.
fn cx<'a>(mirror: &'a Mirror, place: &'a Place, lang: Lang) -> Cx<'a> {
    let now = support::now();
    Cx { mirror, place, lang, now, width: 40, ascii: false, color: true, large: false, kiosk: false }
}

/// The plain place of a screen.
fn plain(id: &str) -> Place {
    Place { screen: id.to_owned(), ..Place::default() }
}

/// A place inside a screen.
fn inside(id: &str, arg: Arg) -> Place {
    Place { screen: id.to_owned(), arg, typed: None }
}

/// What a place says.
fn view(mirror: &Mirror, place: &Place, lang: Lang) -> View {
    by_id(&place.screen).unwrap().view(&cx(mirror, place, lang))
}

/// All of a view's texts in one.
fn said(view: &View) -> String {
    let paras = view.head.iter().chain(&view.tail).map(|para| para.text.clone());
    let rows = view.rows.iter().map(|row| format!("{} {}", row.text, row.right));
    paras.chain(rows).collect::<Vec<_>>().join("\n")
}

/// A round marked in more than two ways: there are far too many, and they look alike.
fn is_mixed(arg: &Arg) -> bool {
    let Arg::Round { id, marks } = arg else { return false };
    if id == "acceptance" {
        // The longest, with the most marks: all alike.
        return marks.chars().any(|mark| !marks.starts_with(mark));
    }
    let beginning = marks.trim_end_matches('1').trim_end_matches('2').trim_end_matches('3');
    !beginning.is_empty()
}

/// Every place of a screen that a person can get to from its plain view, one after the other.
fn places(id: &str, mirror: &Mirror) -> Vec<Place> {
    let mut found = vec![plain(id)];
    let mut at = 0;
    while at < found.len() {
        let view = view(mirror, &found[at], Lang::ZH);
        let green = view.green.into_iter().filter_map(|green| match green.act {
            Act::Open(open) => Some(open),
            _ => None,
        });
        for open in view.rows.into_iter().filter_map(|row| row.open).chain(green) {
            if let Open::Place(screen, arg) = open
                && screen == id
                && !found.iter().any(|place| place.arg == arg)
                && !is_mixed(&arg)
            {
                found.push(inside(screen, arg));
            }
        }
        at += 1;
    }
    if id == "31" {
        let typed = |code: &str| Place { typed: Some(code.to_owned()), ..inside(id, Arg::Way(5)) };
        found.extend(["51", "7", "ZZ", "9999"].map(typed));
    }
    if id == "85" {
        found.extend(SCREENS.iter().map(|spec: &&ScreenSpec| inside(id, Arg::From(spec.id.to_owned()))));
    }
    if let Some(snapshot) = mirror.snapshot.as_ref().filter(|_| id == "11") {
        found.extend(snapshot.findings.iter().map(|f| inside(id, Arg::Finding(f.id.clone()))));
    }
    found
}
