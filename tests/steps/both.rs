//! What a screen shows as impossible `do` refuses, for the same reason; what it offers is done: every action, in every
//! circumstance that is the same for all of them.

use std::path::Path;
use std::sync::Arc;

use pos_console::actions::{ACTIONS, ActionSpec};
use pos_console::agent::{Agent, Boot, Folder};
use pos_console::config::Config;
use pos_console::headless::output::{Exit, Output};
use pos_console::headless::{first_snapshot, fix};
use pos_console::link::Link;
use pos_console::model::{Actor, AuditRow, Role, Session};
use pos_console::platform::fake::Machine;
use pos_console::proto::{Reply, Request};
use pos_console::text::{self, Lang};
use pos_console::tui::mirror::Mirror;
use pos_console::tui::screens::{Cx, Place, by_id};
use pos_console::tui::view::{Act, Arg, View};

use super::{UNITS, Worker, end, person};

/// Where the action stands, with the reason chosen where one is asked for.
fn place(action: &ActionSpec) -> Place {
    let (screen, arg) = match action.screen {
        "95" => ("95", Arg::Word("plan".to_owned())),
        "51" => ("51", Arg::Word("slip:en".to_owned())),
        number if number.len() == 3 => ("6", Arg::Word(number.to_owned())),
        screen if action.reason => (screen, Arg::Way(1)),
        screen => (screen, Arg::None),
    };
    Place { screen: screen.to_owned(), arg, typed: None }
}

/// The screen as this person has it in front of them.
async fn screen(link: &mut Link, action: &ActionSpec) -> (View, String, String) {
    let mut mirror = Mirror { snapshot: first_snapshot(link).await, ..Mirror::default() };
    let place = place(action);
    let mut token = String::new();
    for request in (by_id(&place.screen).unwrap().needs)(&place) {
        let reply = link.ask(request.clone()).await;
        if let Reply::Planned(plan) = &reply {
            token.clone_from(&plan.token);
        }
        mirror.answer(&request, reply);
    }
    let now = mirror.snapshot.as_ref().unwrap().at;
    let (ascii, color, large, kiosk) = (false, false, false, false);
    let cx = Cx { mirror: &mirror, place: &place, lang: Lang::EN, now, width: 80, ascii, color, large, kiosk };
    let view = by_id(&place.screen).unwrap().view(&cx);
    let said: Vec<&str> = view.head.iter().chain(&view.tail).map(|para| para.text.as_str()).collect();
    let said = said.join("\n");
    (view, said, token)
}

async fn last(link: &Link) -> AuditRow {
    match link.ask(Request::AuditTail { limit: 1 }).await {
        Reply::Audit { mut rows } => rows.pop().unwrap(),
        other => panic!("{other:?}"),
    }
}

fn boot(dir: &Path, in_process: bool) -> (Agent, Arc<Worker>) {
    let worker = Arc::new(Worker::default());
    let boot = Boot {
        config: Arc::new(Config { actions_dir: dir.join("actions.d"), ..Config::default() }),
        host: Arc::new(Machine { worked: Some(worker.clone()), ..Machine::parse(UNITS).unwrap() }),
        folder: Some(Folder::lock(&dir.join("state")).unwrap()),
        sockets: Vec::new(),
        in_process,
        watch: false,
    };
    (Agent::start(boot).unwrap(), worker)
}

#[tokio::test]
async fn what_a_screen_shows_as_impossible_is_refused_for_the_same_reason() {
    let session = Session { peer: "198.51.100.7:5000".parse().unwrap(), local: "192.0.2.10:22".parse().unwrap() };
    let far = Actor { from: "ssh 198.51.100.7".into(), session: Some(session), ..person(Role::Technician) };
    let people = [
        (person(Role::Viewer), false),
        (person(Role::Support), false),
        (person(Role::Merchant), false),
        (person(Role::Technician), false),
        // Nobody is there who would outlive the line.
        (far, true),
    ];
    let (mut offered, mut refused) = (0, std::collections::BTreeSet::new());
    for (who, in_process) in people {
        let dir = tempfile::tempdir().unwrap();
        let (agent, worker) = boot(dir.path(), in_process);
        for action in ACTIONS {
            let name = format!("{} by {} from {}", action.id, who.role.word(), who.from);
            let mut link = agent.handle().attach(who.clone()).await;
            let (view, said, token) = screen(&mut link, action).await;
            let green = view.green.is_some_and(|green| matches!(green.act, Act::Confirm(_) | Act::Ask(_)));
            let done = worker.done.lock().unwrap().len();
            let (reason, token) = (Some("other".to_owned()), Some(token));
            let wanted = Request::Do { action: action.id.into(), reason, token, guard_s: None };
            match link.ask(wanted).await {
                Reply::Accepted { .. } => {
                    assert!(green, "{name} is done and not offered: {said}");
                    end(&mut link).await;
                    offered += 1;
                }
                Reply::Refused(refusal) => {
                    // 71 looks, and says what it found.
                    assert!(!green || action.risk == 0, "{name} is offered and refused: {refusal:?}");
                    let detail = [("detail", refusal.detail.as_str().into())];
                    let sentence = text::ta(Lang::EN, &format!("refused-{}", refusal.code), &detail);
                    let role = action.role.word();
                    let role = text::ta(
                        Lang::EN,
                        "fix-role",
                        &[("role", text::t(Lang::EN, &format!("status-role-{role}")).into())],
                    );
                    let told = said.contains(&sentence) || (refusal.code == "role" && said.contains(&role));
                    assert!(told, "{name}: refused with {refusal:?}, and the screen says: {said}");
                    assert_eq!(worker.done.lock().unwrap().len(), done, "{name}");
                    let row = last(&link).await.draft;
                    assert_eq!((row.action.as_str(), row.phase.as_str()), (action.id, "refused"), "{name}");
                    assert_eq!(
                        (row.detail.as_str(), row.role.as_str()),
                        (refusal.code.as_str(), who.role.word()),
                        "{name}"
                    );
                    refused.insert(refusal.code);
                }
                other => panic!("{name}: {other:?}"),
            }
        }
        agent.stop().await;
    }
    assert!(offered >= 5, "{offered}");
    for code in ["role", "needs-agent", "no-interface", "no-app", "plugin-none", "upgrade-none", "set-nothing"] {
        assert!(refused.contains(code), "{code} is missing of {refused:?}");
    }
}

#[tokio::test]
async fn a_script_is_told_the_same_by_its_exit_code() {
    let dir = tempfile::tempdir().unwrap();
    let (agent, worker) = boot(dir.path(), false);
    for (role, word, plan, exit) in [
        (Role::Viewer, "61", false, Exit::Refused),
        (Role::Viewer, "61", true, Exit::Refused),
        (Role::Merchant, "SHUT DOWN", false, Exit::Refused),
        (Role::Technician, "restart-app", false, Exit::Unavailable),
        (Role::Technician, "restart-app", true, Exit::Unavailable),
        (Role::Technician, "no-such-thing", false, Exit::Usage),
        (Role::Merchant, "63", true, Exit::Ok),
        (Role::Merchant, "63", false, Exit::Ok),
    ] {
        let mut link = agent.handle().attach(person(role)).await;
        let ask = fix::Ask { plan, yes: true, reason: Some("other".into()), ..fix::Ask::default() };
        let before = worker.done.lock().unwrap().len();
        let told = fix::run(&mut link, word, ask, &mut Output::new(Lang::EN, true)).await.unwrap();
        assert_eq!(told, exit, "{word} by {}", role.word());
        let acted = worker.done.lock().unwrap().len() > before;
        assert_eq!(acted, exit == Exit::Ok && !plan, "{word} by {}", role.word());
    }
    agent.stop().await;
}
