//! Playbooks on the screens: every code leads to one, digits lead through it, and the evidence is the terminal's own.

#![allow(clippy::panic)]

use std::collections::BTreeSet;

use pos_console::codes;
use pos_console::model::{Outcome, SaleState};
use pos_console::playbooks;
use pos_console::text::Lang;
use pos_console::tui::mirror::Mirror;
use pos_console::tui::screens::Place;
use pos_console::tui::view::{Act, Arg, Open, View};

use crate::support::{ago, declined, fixture, mirror, normal, unanswered};
use crate::{inside, plain, said, view};

/// Where a digit leads.
fn press(shown: &View, digit: u8) -> Place {
    let row = shown.rows.iter().find(|row| row.n == Some(digit)).unwrap_or_else(|| panic!("{digit}: {}", said(shown)));
    open(row.open.as_ref().unwrap())
}

fn open(open: &Open) -> Place {
    match open {
        Open::Screen(id) => plain(id),
        Open::Place(id, arg) => inside(id, arg.clone()),
    }
}

fn green(shown: &View) -> Place {
    match &shown.green.as_ref().unwrap().act {
        Act::Open(to) => open(to),
        act => panic!("{act:?}"),
    }
}

fn code(profile: &str, code: &str) -> Place {
    inside("31", Arg::Code { profile: profile.to_owned(), code: code.to_owned() })
}

#[test]
fn every_refusal_of_every_table_leads_to_a_playbook_that_exists() {
    let mut used = BTreeSet::new();
    for profile in codes::profiles() {
        for name in codes::listed(profile) {
            let told = codes::explain(profile, &name, Lang::ZH);
            let unionpay = profile.starts_with("unionpay");
            match told.playbook {
                Some(id) => {
                    assert!(playbooks::get(&id).is_some(), "{profile} {name}: {id}");
                    used.insert(id);
                }
                None => assert!(!unionpay || told.category.is_success(), "{profile} {name} leads nowhere"),
            }
        }
    }
    for id in ["P51", "P61", "P21", "P01", "PCARD", "PNORESP", "PKEY", "PREG", "PFMT", "PPIN", "PCARDREF", "PPICKUP"] {
        assert!(used.contains(id), "no code leads to {id}");
    }
}

#[test]
fn every_code_behind_contact_your_bank_leads_somewhere() {
    for words in ["请与银行联系", "请持卡人与发卡银行联系", "请与发卡方联系", "交易失败，请联系发卡行"]
    {
        let hint = codes::text_hint("unionpay-old", words, Lang::ZH).unwrap_or_else(|| panic!("{words}"));
        assert_eq!(hint.playbook.as_deref(), Some("P01"), "{words}");
    }
    let behind = codes::behind_text("unionpay-old", "交易失败，请联系发卡行");
    assert!(behind.len() >= 20, "{behind:?}");
    for name in behind {
        let id = codes::explain("unionpay-old", &name, Lang::ZH).playbook;
        assert!(id.is_some_and(|id| playbooks::get(&id).is_some()), "{name}");
    }
}

#[test]
fn every_code_page_offers_its_steps_by_green_and_by_a_digit() {
    let mirror = fixture("normal");
    for name in codes::listed("unionpay") {
        let shown = view(&mirror, &code("unionpay", &name), Lang::ZH);
        if codes::is_success("unionpay", &name) == Some(true) {
            assert!(shown.green.is_none(), "{name}");
            continue;
        }
        assert_eq!(shown.green.as_ref().unwrap().label, "一步一步处理", "{name}");
        let first = green(&shown);
        assert_eq!(first, press(&shown, 1), "{name}");
        assert!(said(&view(&mirror, &first, Lang::ZH)).contains("第 1 步"), "{name}");
    }
}

#[test]
fn a_refused_sale_is_walked_with_its_own_evidence() {
    let mut snapshot = normal();
    let sale = declined(70, ago(5), "51", Some("112112030551"));
    snapshot.failed.push(sale.clone());
    let mirror = mirror(snapshot);
    let shown = view(&mirror, &inside("32", Arg::Sale(sale.id)), Lang::ZH);
    let first = press(&shown, 5);
    let step = view(&mirror, &first, Lang::ZH);
    assert!(said(&step).contains("参考号 112112030551"), "{}", said(&step));
    assert!(said(&step).contains("重启或换网络不会改变结果"), "{}", said(&step));
    // Green goes on as 1 does; 7 opens the screen that is named.
    assert_eq!(green(&step), press(&step, 1));
    assert_eq!(press(&step, 7), plain("32"));
    let amount = view(&mirror, &press(&step, 1), Lang::ZH);
    assert!(said(&amount).contains("核对屏幕上的金额"), "{}", said(&amount));
    assert!(amount.rows.iter().any(|row| row.n == Some(8) && row.text == "不清楚"));
    let way = view(&mirror, &press(&amount, 1), Lang::ZH);
    let end = view(&mirror, &press(&way, 1), Lang::ZH);
    for part in ["未扣款", "谁来处理", "能否重做: 换一张卡或换一种方式", "这张卡这次没有通过"]
    {
        assert!(said(&end).contains(part), "{part}: {}", said(&end));
    }
    assert_eq!(press(&end, 2), first, "from the start again");
}

#[test]
fn without_an_answer_the_money_comes_first_and_the_network_is_shown_as_it_is() {
    let mut snapshot = crate::support::degraded();
    let sale = unanswered(170, ago(60), SaleState::Timeout, Outcome::NoResponse);
    snapshot.failed.push(sale.clone());
    snapshot.unfinished.push(sale.clone());
    let mirror = mirror(snapshot);
    let shown = view(&mirror, &inside("33", Arg::Sale(sale.id)), Lang::EN);
    let money = view(&mirror, &press(&shown, 5), Lang::EN);
    assert!(said(&money).contains("Do not take the money again yet"), "{}", said(&money));
    // The name server is dead there: that is where the ladder stops, with what was found.
    let stop = view(&mirror, &press(&money, 2), Lang::EN);
    assert!(said(&stop).contains("0 9 5"), "{}", said(&stop));
    assert!(said(&stop).contains("name server"), "{}", said(&stop));
}

#[test]
fn after_68_98_and_09_nobody_is_asked_to_try_again() {
    for name in ["68", "98", "09"] {
        let mut snapshot = normal();
        let sale = declined(70, ago(5), name, Some("112112030551"));
        snapshot.failed.push(sale.clone());
        let mirror = mirror(snapshot);
        let shown = view(&mirror, &inside("32", Arg::Sale(sale.id)), Lang::ZH);
        let end = view(&mirror, &press(&shown, 5), Lang::ZH);
        for part in ["可能已扣款", "不要再收", "能否重做: 不要重做这一笔"] {
            assert!(said(&end).contains(part), "{name} {part}: {}", said(&end));
        }
        for lure in ["再试一次", "请重试", "可以做"] {
            assert!(!said(&end).contains(lure), "{name}: {}", said(&end));
        }
        // Nor by the page about the code.
        let page = view(&mirror, &code("unionpay", name), Lang::ZH);
        assert!(said(&page).contains("先确认结果") && !said(&page).contains("稍后再试"), "{name}: {}", said(&page));
    }
}

#[test]
fn a_code_that_is_not_the_one_meant_leads_to_its_own_page() {
    let mirror = fixture("normal");
    let words = inside("31", Arg::Word("请与银行联系".to_owned()));
    let find = view(&mirror, &green(&view(&mirror, &words, Lang::ZH)), Lang::ZH);
    assert!(said(&find).contains("按 0 3 1，再按 4"), "{}", said(&find));
    let own = inside(
        "31",
        Arg::Playbook { id: "P01".to_owned(), path: String::new(), sale: None, code: Some("05".to_owned()) },
    );
    let end = view(&mirror, &own, Lang::ZH);
    assert_eq!(green(&end), code("unionpay", "05"));
}

#[test]
fn screens_of_parts_lead_to_their_playbooks() {
    let mirror = fixture("normal");
    for (screen, id) in
        [("51", "PPRN"), ("52", "PPWR"), ("53", "PTIME"), ("42", "PCARD"), ("44", "PQR"), ("33", "PCHARGED")]
    {
        let shown = view(&mirror, &plain(screen), Lang::EN);
        let row = shown.rows.iter().find(|row| row.key == "playbook").unwrap_or_else(|| panic!("{screen}"));
        assert!(matches!(&row.open, Some(Open::Place(_, Arg::Playbook { id: have, .. })) if have == id), "{screen}");
    }
    let verdict = view(&fixture("degraded"), &plain("11"), Lang::EN);
    let row = verdict.rows.iter().find(|row| row.key == "playbook").unwrap();
    assert!(matches!(&row.open, Some(Open::Place("84", Arg::Playbook { id, .. })) if id == "PNORESP"));
}

#[test]
fn a_place_that_no_playbook_has_says_so() {
    for (id, path) in [("P51", "zzz"), ("PNONE", ""), ("P51", "y17")] {
        let arg = Arg::Playbook { id: id.to_owned(), path: path.to_owned(), sale: None, code: None };
        let shown = said(&view(&fixture("normal"), &inside("31", arg), Lang::EN));
        assert!(shown.contains("start it again"), "{id} {path}: {shown}");
    }
}

/// Whoever presses only digits reaches an end from every code, whatever is known.
#[test]
fn unclear_to_everything_ends_and_never_well() {
    for name in ["normal", "degraded", "empty", "lost"] {
        let mirror: Mirror = fixture(name);
        for id in playbooks::ids() {
            let mut place = inside("84", Arg::Playbook { id: id.clone(), path: String::new(), sale: None, code: None });
            for _ in 0..20 {
                let shown = view(&mirror, &place, Lang::EN);
                let unclear = shown.rows.iter().any(|row| row.n == Some(8));
                if said(&shown).contains("Who acts") {
                    break;
                }
                place = press(&shown, if unclear { 8 } else { 1 });
            }
            let end = said(&view(&mirror, &place, Lang::EN));
            assert!(end.contains("Who acts"), "{name} {id} does not end: {end}");
        }
    }
}
