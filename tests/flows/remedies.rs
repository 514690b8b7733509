//! HOME, green, the plan, green: whatever is found to be broken and can be mended here is one key away, and after it
//! HOME asks for nothing.

use pos_console::actions::ACTIONS;
use pos_console::model::{Area, Finding, Plan, Role, Said, Status};
use pos_console::proto::{Reply, Request, Update};
use pos_console::text::Lang;
use pos_console::tui::app::Event;

use crate::driver::{Console, spaced};
use crate::support;

/// The worst finding of a terminal, and what mends it.
fn broken(status: Status, remedy: &str) -> Finding {
    let mut found = support::fixture("normal").snapshot.unwrap_or_else(support::empty).findings.remove(0);
    "app.alive".clone_into(&mut found.id);
    (found.area, found.status, found.root) = (Area::App, status, true);
    "app-dead".clone_into(&mut found.code);
    found.remedy = Some(remedy.to_owned());
    found
}

/// At HOME of a technician, with this finding.
fn at_home(lang: Lang, size: (u16, u16), finding: Option<Finding>) -> Console {
    let mut console = Console::new("normal", lang, size);
    let mut snapshot = support::normal();
    snapshot.actor.role = Role::Technician;
    snapshot.root_cause = finding.as_ref().map(|found| found.id.clone());
    snapshot.findings.splice(0..0, finding);
    console.event(Event::Update(Update::Snapshot(Box::new(snapshot))));
    console.draw();
    console
}

fn planned(console: &mut Console, action: &str) {
    let plan = Plan {
        action: action.to_owned(),
        token: format!("token of {action}"),
        token_s: 180,
        steps: vec![Said::new("run-deed-reload")],
        ..Plan::default()
    };
    let request = Request::Plan { action: action.to_owned(), guard_s: None };
    console.event(Event::Answer(request, Reply::Planned(Box::new(plan))));
    console.draw();
}

#[test]
fn every_remedy_is_one_key_from_home_and_two_from_done() {
    for spec in ACTIONS.iter().filter(|spec| spec.runs.is_some() && spec.screen.len() == 2) {
        for size in [(40, 15), (80, 24)] {
            let mut console = at_home(Lang::ZH, size, Some(broken(Status::Fail, spec.id)));
            console.press("G");
            assert_eq!(console.id(), spec.screen, "{}", console.text());
            // What is to be set up or printed has to be chosen first; 71 looks by itself and then shows what there is.
            if matches!(spec.id, "net-setup" | "update-check" | "test-slip") {
                continue;
            }
            let wanted = Request::Plan { action: spec.id.to_owned(), guard_s: None };
            assert!(console.asked().contains(&wanted), "{}: no plan", spec.id);
            planned(&mut console, spec.id);
            if spec.reason {
                console.press("1");
                planned(&mut console, spec.id);
                assert!(console.text().contains("已选"), "{}", console.text());
            }
            console.press("G");
            console.wait(800);
            // The code that is shown, where one is asked for.
            let code: String = console.code().unwrap_or_default();
            console.press(&spaced(&code));
            console.press("G");
            let did = console.asked().into_iter().find_map(|asked| match asked {
                Request::Do { action, token, .. } => Some((action, token)),
                _ => None,
            });
            let token = Some(format!("token of {}", spec.id));
            assert_eq!(did, Some((spec.id.to_owned(), token)), "{}", console.text());
        }
    }
}

#[test]
fn a_home_that_is_well_asks_for_a_check_up_again() {
    let mut console = at_home(Lang::EN, (40, 15), Some(broken(Status::Fail, "restart-app")));
    assert!(console.bar().contains("mend it"), "{}", console.bar());
    let well = support::normal();
    let update = Update::Findings { findings: well.findings, root_cause: None, checking: false, at: well.at };
    console.event(Event::Update(update));
    console.draw();
    assert!(console.bar().contains("check-up"), "{}", console.text());
}

#[test]
fn what_nothing_here_mends_is_explained_instead() {
    let no_remedy = Finding { remedy: None, ..broken(Status::Fail, "") };
    let mut console = at_home(Lang::EN, (40, 15), Some(no_remedy));
    console.press("G");
    assert_eq!(console.id(), "11");
    // Not in this version: the verdict says what to do instead.
    let mut console = at_home(Lang::EN, (40, 15), Some(broken(Status::Fail, "unheard-of")));
    console.press("G");
    assert_eq!(console.id(), "11");
    let mut console = at_home(Lang::EN, (40, 15), Some(broken(Status::Warning, "sync-time")));
    console.press("G");
    assert_eq!(console.id(), "62", "a warning too, while no customer waits");
}
