//! The handbook on the screens: reached by code and by finding, read by digits, walked item by item.

#![allow(clippy::panic)]

use pos_console::handbook;
use pos_console::model::{Baselines, Event, Fact, Facts, Role, Snapshot, Status, StoodOn, standing};
use pos_console::proto::Request;
use pos_console::text::Lang;
use pos_console::tui::screens::Place;
use pos_console::tui::view::{Act, Arg, Open, View};

use crate::support::{ago, fixture, mirror, normal, now};
use crate::{inside, plain, said, view};

fn chapter(id: &str, page: usize) -> Place {
    inside("84", Arg::Chapter { id: id.to_owned(), page })
}

/// Where the line with this key leads.
fn line(shown: &View, key: &str) -> Place {
    let row = shown.rows.iter().find(|row| row.key == key).unwrap_or_else(|| panic!("{key}: {}", said(shown)));
    match row.open.as_ref() {
        Some(Open::Place(screen, arg)) => inside(screen, arg.clone()),
        other => panic!("{key}: {other:?}"),
    }
}

#[test]
fn a_code_leads_to_its_chapter() {
    let mirror = fixture("normal");
    for (code, chapter) in
        [("51", "code-51"), ("61", "code-61"), ("21", "code-21"), ("01", "contact-bank"), ("55", "pin"), ("97", "shop")]
    {
        let page = inside("31", Arg::Code { profile: "unionpay".to_owned(), code: code.to_owned() });
        let shown = view(&mirror, &page, Lang::ZH);
        let row = shown.rows.iter().find(|row| row.key == format!("chapter.{chapter}"));
        assert_eq!(row.map(|row| row.n), Some(Some(2)), "{code}: {}", said(&shown));
    }
}

#[test]
fn a_finding_leads_to_its_chapter() {
    let mirror = fixture("degraded");
    let shown = view(&mirror, &inside("11", Arg::Finding("net.dns".to_owned())), Lang::ZH);
    assert_eq!(line(&shown, "chapter.no-answer"), chapter("no-answer", 0));
}

#[test]
fn pages_are_turned_by_green_and_steps_open_the_screen_they_name() {
    let mirror = fixture("normal");
    for book in handbook::all().iter().filter(|book| book.every.is_none()) {
        let mut at = chapter(&book.id, 0);
        for (page, n) in book.pages.iter().zip(1..) {
            let shown = view(&mirror, &at, Lang::EN);
            assert!(said(&shown).contains(page.title.get(Lang::EN)), "{} {n}", book.id);
            for (step, row) in page.steps.iter().zip(&shown.rows) {
                let screen = step.screen.as_deref();
                let opens = row.open.as_ref().map(|open| match open {
                    Open::Screen(id) => *id,
                    Open::Place(..) => "a place",
                });
                assert_eq!(opens, screen, "{} {n}: {}", book.id, row.text);
            }
            let Some(Act::Open(open)) = shown.green.map(|green| green.act) else { panic!("{} {n}", book.id) };
            if n < book.pages.len() {
                at = chapter(&book.id, n);
                assert_eq!(open, Open::Place("84", at.arg.clone()), "{} {n}", book.id);
            }
        }
    }
    let none = view(&mirror, &chapter("code-51", 99), Lang::ZH);
    assert!(none.rows.is_empty() && !said(&none).is_empty());
}

#[test]
fn a_round_is_walked_by_digits_and_its_end_is_kept() {
    let mut state = normal();
    state.actor.role = Role::Merchant;
    let shop = mirror(state.clone());
    let round = |marks: &str| inside("84", Arg::Round { id: "daily".to_owned(), marks: marks.to_owned() });
    let first = view(&shop, &round(""), Lang::ZH);
    let digits: Vec<Option<u8>> = first.rows.iter().map(|row| row.n).collect();
    assert_eq!(digits, [Some(1), Some(2), Some(3), Some(7)]);
    assert!(first.tell.is_none());
    assert_eq!(line(&first, "mark.2"), round("2"));
    let items = handbook::get("daily").map_or(0, |daily| daily.items().count());
    let marks = format!("2{}", "1".repeat(items - 1));
    let end = view(&shop, &round(&marks), Lang::ZH);
    assert_eq!(end.tell, Some(Request::Round { round: "daily".to_owned(), marks: marks.clone() }));
    assert_eq!(end.rows.len(), 1, "{}", said(&end));
    assert_eq!(end.rows[0].open, Some(Open::Screen("1")));
    // Too many marks, wrong ones, no round at all: said, not guessed.
    for (id, marks) in [("daily", format!("{marks}1")), ("daily", "9".to_owned()), ("card", String::new())] {
        let shown = view(&shop, &inside("84", Arg::Round { id: id.to_owned(), marks }), Lang::ZH);
        assert!(shown.rows.is_empty() && shown.tell.is_none(), "{id}: {}", said(&shown));
    }
    // Whoever only looks leaves nothing behind.
    state.actor.role = Role::Viewer;
    assert!(view(&mirror(state), &round(&marks), Lang::ZH).tell.is_none());
}

#[test]
fn the_list_says_which_round_is_due() {
    let mut state = mirror(normal());
    let of = |state: &_, id: &str| {
        let shown = view(state, &plain("84"), Lang::ZH);
        shown
            .rows
            .iter()
            .find(|row| row.key == format!("chapter.{id}"))
            .map(|row| row.right.clone())
            .unwrap_or_default()
    };
    assert_eq!(of(&state, "daily"), "该做了");
    assert_eq!(of(&state, "card"), "");
    let mut walked = |id: i64, round: &str, at| {
        let facts: Facts = [("round".to_owned(), Fact::Text(round.to_owned()))].into();
        let event = Event { id, at, kind: "round".to_owned(), finding: None, code: "round".to_owned(), facts };
        state.events.push(event);
    };
    walked(9001, "daily", ago(86_400));
    walked(9002, "weekly", ago(86_400));
    assert_eq!(of(&state, "daily"), "该做了", "yesterday's round is not today's");
    assert!(of(&state, "weekly").contains("已做"));
}

#[test]
fn an_item_of_the_acceptance_is_answered_by_its_check_while_that_is_fresh() {
    let at = handbook::get("acceptance")
        .and_then(|round| round.items().position(|item| item.checks == ["clock.offset"]))
        .unwrap();
    let marks = "1".repeat(at);
    let item = |state: &Snapshot| {
        view(
            &mirror(state.clone()),
            &inside("84", Arg::Round { id: "acceptance".to_owned(), marks: marks.clone() }),
            Lang::ZH,
        )
    };
    let mut state = normal();
    let digits = |shown: &View| shown.rows.iter().filter_map(|row| row.n).collect::<Vec<_>>();
    let clock = state.findings.iter().position(|found| found.id == "clock.offset").unwrap();
    state.findings[clock].at = now();
    let shown = item(&state);
    let proved = Open::Place("84", Arg::Round { id: "acceptance".to_owned(), marks: format!("{marks}5") });
    assert_eq!(shown.green.map(|green| green.act), Some(Act::Open(proved)));
    state.findings[clock].at = ago(3_600);
    let shown = item(&state);
    let scope = vec!["clock.offset".to_owned()];
    assert_eq!(shown.green.as_ref().map(|green| &green.act), Some(&Act::Ask(Request::Check { scope })));
    assert_eq!(digits(&shown), [1, 2, 3, 4, 7], "a person may answer");
    // A check that says no is not overruled.
    state.findings[clock].at = now();
    state.findings[clock].status = Status::Fail;
    assert_eq!(digits(&item(&state)), [2, 3, 4, 7]);
}

#[test]
fn what_differs_from_the_acceptance_stands_on_55_and_what_changed_on_11() {
    let mut state = normal();
    let then = |change: &str| {
        let mut parts = standing(&normal().findings, &normal().terminal);
        parts.insert("tid".to_owned(), change.to_owned());
        Some(StoodOn { at: ago(86_400), parts })
    };
    let mut here = mirror(state.clone());
    let bare = said(&view(&here, &plain("55"), Lang::ZH));
    assert!(!bare.contains("验收时"), "{bare}");
    here.baselines = Some(Baselines { install: then("99999999"), good: then("88888888"), accepted: None });
    let shown = said(&view(&here, &plain("55"), Lang::ZH));
    assert!(shown.contains("1处不同") && shown.contains("88888888"), "{shown}");
    here.baselines = Some(Baselines { install: then("99999999"), ..Baselines::default() });
    assert!(said(&view(&here, &plain("55"), Lang::EN)).contains("99999999"));
    // 11, where something is wrong.
    let clock = state.findings.iter().position(|found| found.id == "clock.offset").unwrap();
    (state.findings[clock].status, state.findings[clock].root) = (Status::Fail, true);
    state.root_cause = Some("clock.offset".to_owned());
    let mut broken = mirror(state);
    assert!(!said(&view(&broken, &plain("11"), Lang::ZH)).contains("正常日"));
    broken.baselines = Some(Baselines { good: then("88888888"), ..Baselines::default() });
    assert!(said(&view(&broken, &plain("11"), Lang::ZH)).contains("以来变了: 终端号"));
}
