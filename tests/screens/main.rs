//! Every screen in every language from every fixture.

#[path = "../support/mod.rs"]
mod support;

use pos_console::headless::show;
use pos_console::text::Lang;
use pos_console::tui::mirror::Mirror;
use pos_console::tui::screens::{Cx, Place, SCREENS, ScreenSpec, by_id};
use pos_console::tui::view::{Act, Arg, Open};

#[test]
#[ignore = "prints every screen for a person to read"]
fn print() {
    let only = std::env::var("ONLY").unwrap_or_default();
    let fixture = std::env::var("FIXTURE").unwrap_or_else(|_| "degraded".to_owned());
    let mirror = support::fixture(&fixture);
    for lang in Lang::all() {
        for spec in SCREENS {
            if !only.is_empty() && !only.split(',').any(|id| id == spec.id) {
                continue;
            }
            for place in places(spec.id, &mirror) {
                let cx = cx(&mirror, &place, lang);
                println!("# {:?} {:?}", place.arg, place.typed);
                println!("{}", show::text(spec, &spec.view(&cx), lang, false, 40));
            }
        }
    }
}

fn cx<'a>(mirror: &'a Mirror, place: &'a Place, lang: Lang) -> Cx<'a> {
    let now = support::now();
    Cx { mirror, place, lang, now, width: 40, ascii: false, color: true, large: false, kiosk: false }
}

/// Every place of a screen that a person can get to from its plain view, one after the other.
fn places(id: &str, mirror: &Mirror) -> Vec<Place> {
    let plain = Place { screen: id.to_owned(), ..Place::default() };
    let mut found = vec![plain];
    let mut at = 0;
    while at < found.len() && found.len() < 400 {
        let spec = by_id(&found[at].screen).unwrap();
        let view = spec.view(&cx(mirror, &found[at], Lang::ZH));
        let green = view.green.into_iter().filter_map(|green| match green.act {
            Act::Open(open) => Some(open),
            _ => None,
        });
        for open in view.rows.into_iter().filter_map(|row| row.open).chain(green) {
            if let Open::Place(screen, arg) = open
                && screen == id
            {
                let place = Place { screen: screen.to_owned(), arg, typed: None };
                if !found.contains(&place) {
                    found.push(place);
                }
            }
        }
        at += 1;
    }
    if id == "31" {
        let typed = |code: &str| Place { screen: id.to_owned(), arg: Arg::Way(5), typed: Some(code.to_owned()) };
        found.extend(["51", "7", "ZZ", "9999"].map(typed));
    }
    if id == "85" {
        let from =
            |spec: &&ScreenSpec| Place { screen: id.to_owned(), arg: Arg::From(spec.id.to_owned()), typed: None };
        found.extend(SCREENS.iter().map(from));
    }
    found
}
