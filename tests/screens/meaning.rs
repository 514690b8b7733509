//! What screens must say, and what they must not.

use pos_console::model::{Area, Outcome, SaleState, Status};
use pos_console::proto::Request;
use pos_console::text::{self, Lang};
use pos_console::tui::mirror::Mirror;
use pos_console::tui::screens::by_id;
use pos_console::tui::view::{Act, Arg, Open};

use crate::support::{ago, declined, finding, fixture, mirror, normal, unanswered};
use crate::{inside, plain, said, view};

/// HOME's lamp for this screen.
fn lamp(mirror: &Mirror, screen: &str) -> Status {
    let home = view(mirror, &plain("0"), Lang::ZH);
    home.lamps.iter().find(|lamp| lamp.screen == screen).unwrap().status
}

#[test]
fn home_fits_forty_by_fifteen() {
    for name in ["connecting", "empty", "normal", "degraded", "lost"] {
        for lang in Lang::all() {
            let home = view(&fixture(name), &plain("0"), lang);
            let lamps = pos_console::tui::view::lamp_lines(&home.lamps, 40).len();
            let head: usize = home.head.iter().map(|para| text::wrap(&para.text, 40).len()).sum();
            let widest = home.rows.iter().map(|row| text::width(&row.text) + 2).max().unwrap();
            let columns = (1..=usize::from(home.columns)).rev().find(|n| widest * n + (n - 1) * 2 <= 40).unwrap();
            let rows = home.rows.len().div_ceil(columns);
            assert!(lamps + head + rows <= 13, "{name} {}: {lamps} + {head} + {rows}", lang.tag());
        }
    }
}

#[test]
fn what_nobody_tested_is_never_green() {
    let empty = fixture("empty");
    for screen in ["2", "23", "4", "51", "52", "53", "64", "56"] {
        assert_eq!(lamp(&empty, screen), Status::NotTested, "{screen}");
    }
    let shop = fixture("normal");
    assert_eq!(lamp(&shop, "2"), Status::Ok);
    assert_eq!(lamp(&shop, "4"), Status::NotTested, "no check of the reader has run");
    let mut snapshot = normal();
    for finding in &mut snapshot.findings {
        finding.status = Status::Absent;
    }
    assert_eq!(lamp(&mirror(snapshot), "53"), Status::NotTested, "a clock that nobody compared is still a clock");
    for screen in ["2", "23", "53", "56"] {
        assert_ne!(lamp(&fixture("lost"), screen), Status::Ok, "{screen}: the agent is gone");
    }
}

#[test]
fn home_leads_to_what_helps_most() {
    let act = |mirror: &Mirror| view(mirror, &plain("0"), Lang::ZH).green.unwrap().act;
    assert_eq!(act(&fixture("empty")), Act::Open(Open::Screen("1")));
    assert_eq!(act(&fixture("degraded")), Act::Open(Open::Screen("61")));
    let mut snapshot = normal();
    let sale = declined(70, ago(5), "51", Some("112112030551"));
    snapshot.recent.push(sale.clone());
    snapshot.failed.push(sale.clone());
    assert_eq!(act(&mirror(snapshot)), Act::Open(Open::Place("32", Arg::Sale(sale.id))));
}

#[test]
fn home_says_when_money_may_not_come_in() {
    let pay = |name: &str| view(&fixture(name), &plain("0"), Lang::EN).head[0].text.clone();
    assert!(pay("normal").starts_with("Can take money"), "{}", pay("normal"));
    assert!(pay("degraded").starts_with("May not take money"), "{}", pay("degraded"));
    assert!(pay("empty").contains("journal"), "{}", pay("empty"));
}

#[test]
fn the_ladder_names_the_first_broken_step_and_claims_nothing_behind_it() {
    let path = view(&fixture("degraded"), &plain("22"), Lang::EN);
    assert!(said(&path).contains("Broken at step 4"), "{}", said(&path));
    let states: Vec<Status> = path.rows.iter().filter_map(|row| row.status).collect();
    assert_eq!(states[3], Status::Fail);
    let hosts = path.rows.iter().filter(|row| row.key.starts_with("host."));
    assert_eq!(hosts.filter_map(|row| row.status).collect::<Vec<_>>(), [Status::NotTested; 3]);
    let untested = view(&fixture("empty"), &plain("22"), Lang::EN);
    assert!(untested.rows.iter().filter_map(|row| row.status).all(|status| status == Status::NotTested));
    assert!(!said(&untested).contains("Every step works"));
}

#[test]
fn the_verdict_is_the_root_and_lists_what_follows() {
    let degraded = fixture("degraded");
    let verdict = view(&degraded, &plain("11"), Lang::EN);
    assert!(verdict.head[0].text.starts_with("root cause [network]"), "{}", verdict.head[0].text);
    let follows = verdict.rows.iter().filter(|row| row.right == text::t(Lang::EN, "checkup-follows")).count();
    assert_eq!(follows, 4);
    let consequence = view(&degraded, &inside("11", Arg::Finding("host.tcp:primary".to_owned())), Lang::EN);
    assert!(said(&consequence).contains("consequence"), "{}", said(&consequence));
    let fine = view(&fixture("normal"), &plain("11"), Lang::EN);
    assert!(said(&fine).contains("No problem found"));
    assert!(!said(&view(&fixture("empty"), &plain("11"), Lang::EN)).contains("No problem found"));
}

#[test]
fn a_finding_that_is_gone_hides_no_problem() {
    let gone = inside("11", Arg::Finding("reader.card".to_owned()));
    assert!(!said(&view(&fixture("degraded"), &gone, Lang::EN)).contains("No problem found"));
    let mut snapshot = normal();
    for finding in &mut snapshot.findings {
        finding.status = Status::Unknown;
    }
    let unsure = said(&view(&mirror(snapshot), &plain("11"), Lang::EN));
    assert!(unsure.contains("Cannot be told") && !unsure.contains("No problem found"), "{unsure}");
}

#[test]
fn a_refusal_is_evidence_first_and_never_the_networks_fault() {
    let mut snapshot = normal();
    let sale = declined(70, ago(5), "51", Some("112112030551"));
    snapshot.failed.push(sale.clone());
    let mirror = mirror(snapshot);
    let shown = view(&mirror, &inside("32", Arg::Sale(sale.id)), Lang::EN);
    assert!(shown.head[0].text.contains("code 51") && shown.head[0].text.contains("112112030551"));
    assert!(said(&shown).contains("Worked for this one: reader, terminal, line, host"));
    assert!(said(&shown).contains("Nothing was charged"));
    assert!(said(&shown).contains("will not change this answer"));
    let customer = view(&mirror, &inside("32", Arg::ForCustomer(sale.id)), Lang::ZH);
    assert!(!said(&customer).contains("余额"), "the customer is not told about his balance: {}", said(&customer));
    assert!(!said(&customer).contains("622202"), "no card number towards the shop");
}

#[test]
fn without_an_answer_nobody_is_told_to_pay_again() {
    for (state, outcome) in [
        (SaleState::Timeout, Outcome::NoResponse),
        (SaleState::QueryNeeded, Outcome::Pending),
        (SaleState::Sent, Outcome::Pending),
    ] {
        let mut snapshot = normal();
        let sale = unanswered(70, ago(300), state, outcome);
        snapshot.unfinished.push(sale.clone());
        let mirror = mirror(snapshot);
        let shown = said(&view(&mirror, &inside("33", Arg::Sale(sale.id)), Lang::EN));
        assert!(shown.to_lowercase().contains("may be charged") && shown.contains("do not charge again"), "{shown}");
        assert!(!shown.contains("terminal, line"), "{shown}");
        let customer = said(&view(&mirror, &inside("33", Arg::ForCustomer(sale.id)), Lang::EN));
        assert!(customer.contains("do not pay again"), "{customer}");
    }
}

#[test]
fn an_answer_that_leaves_the_outcome_open_is_no_refusal() {
    for code in ["09", "68", "98"] {
        let mut snapshot = normal();
        let sale = declined(70, ago(5), code, Some("112112030551"));
        snapshot.failed.push(sale.clone());
        let shown = said(&view(&mirror(snapshot), &inside("32", Arg::Sale(sale.id)), Lang::EN));
        assert!(shown.contains("May be charged") && !shown.contains("Nothing was charged"), "{code}: {shown}");
    }
}

#[test]
fn a_screen_with_the_digits_of_a_code_leads_to_the_code() {
    let shown = view(&fixture("normal"), &plain("61"), Lang::ZH);
    let row = shown.rows.last().unwrap();
    assert_eq!(row.n, Some(8));
    assert!(row.text.contains("61") && row.text.contains("按8"), "{}", row.text);
    let code = Arg::Code { profile: "unionpay".to_owned(), code: "61".to_owned() };
    assert_eq!(row.open, Some(Open::Place("31", code)));
}

#[test]
fn every_code_way_leads_to_an_explanation() {
    let mirror = fixture("normal");
    for way in 1..=4 {
        let shown = view(&mirror, &inside("31", Arg::Way(way)), Lang::ZH);
        assert!(shown.rows.len() + shown.head.len() > 1, "{way}");
    }
    assert!(view(&mirror, &inside("31", Arg::Way(5)), Lang::ZH).entry.is_some());
    let text = Arg::Word("交易失败，请联系发卡行".to_owned());
    let behind = view(&mirror, &inside("31", text), Lang::ZH);
    assert!(behind.rows.len() >= 20, "{} codes behind the text", behind.rows.len());
}

/// Support asks: "on 32, read me line 1".
#[test]
fn refused_sales_stand_on_32_with_code_and_time() {
    let mut snapshot = normal();
    snapshot.failed = vec![
        declined(1, ago(600), "61", Some("112112030551")),
        unanswered(2, ago(300), SaleState::Timeout, Outcome::NoResponse),
        declined(3, ago(60), "51", Some("112112030552")),
    ];
    let mirror = mirror(snapshot);
    for (lang, money, limit) in
        [(Lang::ZH, "51 可用余额", "61 金额超过"), (Lang::EN, "51 Not enough", "61 Amount over")]
    {
        let rows = view(&mirror, &plain("32"), lang).rows;
        assert_eq!(rows.len(), 3);
        // Newest first, each with its time and what its code means; no code is made up for silence.
        for (row, time, words) in [(0, ago(60), money), (2, ago(600), limit)] {
            assert!(rows[row].text.contains(words) && rows[row].text.contains(&time.hh_mm()), "{}", rows[row].text);
        }
        assert!(rows[1].text.contains(&ago(300).hh_mm()) && !rows[1].text.contains("51"), "{}", rows[1].text);
    }
}

#[test]
fn screens_ask_for_what_they_show() {
    let needs = |id: &str, arg: Arg| (by_id(id).unwrap().needs)(&inside(id, arg));
    let sale = unanswered(1, ago(1), SaleState::Sent, Outcome::Pending).id;
    assert_eq!(needs("32", Arg::Sale(sale)), [Request::Sale { id: sale }]);
    assert!(matches!(needs("32", Arg::None)[..], [Request::Sales(_)]));
    assert!(matches!(needs("94", Arg::None)[..], [Request::AuditTail { .. }]));
    assert!(needs("0", Arg::None).is_empty());
}

#[test]
fn helps_names_the_keys_of_the_screen_one_came_from() {
    let help = said(&view(&fixture("normal"), &inside("85", Arg::From("2".to_owned())), Lang::ZH));
    assert!(help.contains("22 线路检测 PATH") && help.contains("绿键"), "{help}");
}

#[test]
fn fixtures_hold_findings_that_checks_really_make() {
    for mirror in ["normal", "degraded"].map(fixture) {
        for finding in &mirror.snapshot.unwrap().findings {
            for lang in Lang::all() {
                assert!(text::has(lang, &format!("finding-{}", finding.code)), "{}", finding.code);
            }
        }
    }
}

#[test]
fn every_check_has_advice_in_every_language() {
    for check in pos_console::checks::CHECKS {
        let spec = check.spec();
        for lang in Lang::all() {
            let keys = [spec.id.replace('.', "-"), spec.area.word().to_owned()];
            assert!(keys.iter().any(|key| text::has(lang, &format!("checkup-do-{key}"))), "{}", spec.id);
            assert!(by_id(spec.screen).is_some(), "{} belongs to screen {}", spec.id, spec.screen);
        }
    }
}

#[test]
fn only_what_is_missing_is_called_missing() {
    for name in ["connecting", "empty", "normal", "degraded", "lost"] {
        let shop = fixture(name);
        for area in 0..=9 {
            for row in view(&shop, &plain(&area.to_string()), Lang::EN).rows {
                let Some(Open::Screen(id)) = row.open else { continue };
                if row.right == text::t(Lang::EN, "screen-not-yet") {
                    let there = said(&view(&shop, &plain(id), Lang::EN));
                    assert!(there.contains("not in this version"), "{name}: {area} says so of {id}: {there}");
                }
            }
        }
    }
}

#[test]
fn a_terminal_without_a_contactless_reader_is_told_so_and_not_that_the_service_runs() {
    let mut snapshot = normal();
    let told = |id, code| finding(id, Area::Reader, "4", Status::Ok, code, &[("readers_count", 2_i64.into())]);
    snapshot.findings.retain(|found| found.area != Area::Reader);
    snapshot.findings.extend([told("reader.service", "reader-service-ok"), told("reader.device", "reader-device-ok")]);
    let shop = mirror(snapshot.clone());
    for lang in Lang::all() {
        let tap = said(&view(&shop, &plain("43"), lang));
        assert!(tap.contains(&text::t(lang, "reader-none-43")), "{tap}");
    }
    let service = snapshot.findings.iter_mut().find(|found| found.id == "reader.service").unwrap();
    (service.status, service.code) = (Status::Fail, "reader-service-stopped".to_owned());
    let tap = said(&view(&mirror(snapshot), &plain("43"), Lang::EN));
    assert!(tap.contains("does not run") && !tap.contains("contactless."), "{tap}");
}

#[test]
fn where_digits_are_typed_no_digit_is_promised_to_open_something() {
    for lang in Lang::all() {
        for spec in pos_console::tui::screens::SCREENS {
            let shown = view(&fixture("normal"), &plain(spec.id), lang);
            assert!(shown.entry.is_none() || shown.rows.is_empty(), "{}: {}", spec.id, said(&shown));
        }
        assert!(said(&view(&fixture("normal"), &plain("54"), lang)).contains("0 3 1"));
    }
}
