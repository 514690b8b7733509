//! What a review of the field asked for, item by item (shop counter and call centre).

use std::collections::BTreeSet;

use super::*;

/// The end that these signs lead to.
fn end(id: &str, path: &str) -> (String, End) {
    let walk = Walk::replay(one(id), path, &Nothing).unwrap_or_else(|wrong| panic!("{id} {path}: {wrong}"));
    (
        walk.node().name.clone(),
        walk.end().unwrap_or_else(|| panic!("{id} {path} stands at {}", walk.node().name)).clone(),
    )
}

fn node(id: &str, name: &str) -> Node {
    one(id).nodes.iter().find(|node| node.name == name).unwrap_or_else(|| panic!("{id} {name}")).clone()
}

fn zh(id: &str, name: &str) -> String {
    node(id, name).text.get(Lang::ZH).to_owned()
}

/// The code checks of a playbook.
fn codes(id: &str) -> BTreeSet<String> {
    let of = |node: &Node| match &node.kind {
        Kind::Check { question: Question::Code(codes), .. } => codes.clone(),
        _ => Vec::new(),
    };
    one(id).nodes.iter().flat_map(of).collect()
}

/// Every end, with its playbook.
fn ends() -> Vec<(String, String, End)> {
    let of = |book: &Arc<Playbook>| {
        let end = |node: &Node| match &node.kind {
            Kind::End(end) => Some((book.id.clone(), node.name.clone(), (**end).clone())),
            _ => None,
        };
        book.nodes.iter().filter_map(end).collect::<Vec<_>>()
    };
    every().iter().flat_map(of).collect()
}

#[test]
fn item_1_codes_of_one_card_have_their_own_ends() {
    let wanted = ["14", "15", "31", "54", "57", "62", "65", "40", "39", "P1"];
    let have = codes("PCARDREF");
    assert!(wanted.iter().all(|code| have.contains(*code)), "{have:?}");
    assert!(codes("PPIN").is_superset(&["38".to_owned(), "75".to_owned()].into()));
    assert!(["12", "22", "25", "64", "79", "94", "95"].iter().all(|code| codes("PFMT").contains(*code)));
}

#[test]
fn item_1_where_the_result_is_open_nobody_pays_again() {
    for (id, name, end) in ends() {
        if end.money == Some(Money::MayBeCharged) {
            assert_eq!(end.retry, "never", "{id} {name}");
            assert!(!end.say.is_empty(), "{id} {name} has no words for the customer");
            assert_ne!(end.call, "none", "{id} {name}: who finds out?");
        }
    }
    // 68, 98 and 09: the check, the question, and an open answer alike.
    let (_, open) = end("PNORESP", "nyy");
    assert_eq!((open.call, open.retry, open.money), ("acquirer", "never", Some(Money::MayBeCharged)));
    assert_eq!(end("PNORESP", "nyu").1.retry, "never");
    let Kind::Check { question: Question::Code(codes), .. } = node("PNORESP", "outcome").kind else { panic!() };
    assert!(["68", "98", "09"].iter().all(|code| codes.contains(&(*code).to_owned())));
    let Kind::Ask { answers, unclear } = node("PNORESP", "which").kind else { panic!() };
    assert!(answers[0].0.get(Lang::ZH).contains("68") && answers[0].1 == unclear, "unclear counts as open");
}

#[test]
fn item_1_charged_but_failed_ends_in_four_outcomes_with_who_refunds() {
    let outcomes: BTreeSet<&str> =
        ends().iter().filter(|(id, ..)| id == "PCHARGED").map(|(.., end)| end.money.unwrap().word()).collect();
    assert_eq!(outcomes, ["charged", "may-be-charged", "not-charged", "reversed"].into());
    for node in &one("PCHARGED").nodes {
        if let Kind::End(end) = &node.kind {
            assert!(!end.say.is_empty(), "{}", node.name);
            let zh = node.text.get(Lang::ZH);
            let refunds = ["本店", "发卡行", "收单机构", "自动发送"].iter().any(|who| zh.contains(who));
            assert!(refunds, "{}: who gives the money back?", node.name);
        }
    }
    for name in ["query", "look-up"] {
        assert!(zh("PCHARGED", name).contains("再收款"), "{name}");
    }
    let wallets: BTreeSet<&str> =
        ends().iter().filter(|(id, ..)| id == "PQR").filter_map(|(.., end)| end.money.map(Money::word)).collect();
    assert!(wallets.is_superset(&["charged", "may-be-charged", "reversed"].into()));
}

#[test]
fn nobody_who_may_have_paid_is_told_to_just_try_again() {
    for (id, name, end) in ends().into_iter().filter(|(id, ..)| id == "PCHARGED") {
        assert!(matches!(end.retry, "never" | "different-card"), "{id} {name}: {}", end.retry);
    }
    // A reversal that still waits is looked at before anything is called reversed.
    assert_eq!(one("PCHARGED").nodes[one("PCHARGED").start].name, "waits");
    // Behind a silent host the sale itself comes first, whatever is wrong with the line.
    for (id, name, _) in ends().into_iter().filter(|(id, _, end)| id == "PNORESP" && end.retry == "later") {
        assert!(name == "one-bank" || zh(&id, &name).contains("0 3 3"), "{id} {name}");
    }
    // A payment code read again is a second sale: what became of it is asked before another way is taken.
    let Kind::Do { unclear, .. } = node("PQR", "refresh").kind else { panic!() };
    assert_eq!(one("PQR").nodes[unclear].name, "query");
}

#[test]
fn item_1_pending_sales_lead_to_charged_but_failed() {
    let (_, message) = end("PNORESP", "y3");
    assert_eq!(message.opens.as_deref(), Some("PCHARGED"));
}

#[test]
fn item_2_a_card_is_handed_back_without_argument() {
    let give_back = zh("PPICKUP", "give-back");
    for word in ["归还卡片", "不争执", "不扣卡"] {
        assert!(give_back.contains(word), "{give_back}");
    }
    for (id, name, end) in ends().into_iter().filter(|(id, ..)| id == "PPICKUP") {
        assert!(end.retry == "never" || end.call == "acquirer", "{id} {name}");
    }
    assert_eq!(end("PPICKUP", "n18").1.call, "acquirer");
    let say = node("P51", "change");
    let Kind::End(end) = say.kind else { panic!() };
    assert_eq!(end.say.get(Lang::ZH), "这张卡这次没有通过，请换一张卡或扫码。");
}

#[test]
fn item_3_the_issuer_is_named_only_where_the_code_proves_it() {
    // The evidence of an answer speaks of the acquirer's side, whatever the code.
    for key in ["playbook-seen-answered", "playbook-seen-answered-in"] {
        let told = crate::text::ta(
            Lang::ZH,
            key,
            &[("time", "".into()), ("code", "97".into()), ("rrn", "1".into()), ("seconds", 1.0.into())],
        );
        assert!(told.contains("收单侧") && !told.contains("发卡行"), "{told}");
    }
    assert!(!zh("P61", "whose").contains("发卡行拒"));
}

#[test]
fn item_4_the_five_ways_that_ended_green_do_not() {
    for (id, name) in
        [("PCARD", "chip-read"), ("PPWR", "boots"), ("PREG", "not-known"), ("PNORESP", "others"), ("P51", "answered")]
    {
        let Kind::Check { unknown, .. } = node(id, name).kind else { panic!("{id} {name}") };
        assert!(!matches!(one(id).nodes[unknown].kind, Kind::End(_)), "{id} {name} ends without knowing");
    }
}

#[test]
fn item_5_p51_and_p61_tell_the_truth() {
    assert_eq!(one("P51").title.get(Lang::ZH), "余额或额度不足");
    let told = "交易已送达，银行答复：可用余额或额度不足。重启或换网络不会改变结果。";
    assert!(zh("P51", "told").starts_with(told), "{}", zh("P51", "told"));
    assert!(zh("P51", "no-record").contains("看收银界面或交易查询里的代码和参考号"));
    assert!(every().iter().all(|book| book.nodes.iter().all(|node| !node.text.get(Lang::ZH).contains("签购单"))));
    // A 51 without a host's answer has an end of its own, and it is no bank's.
    assert_eq!(end("P51", "n1"), ("other-origin".to_owned(), end("P51", "n1").1));
    assert_eq!(end("P51", "n1").1.call, "service");
    // Whoever cannot compare amounts accuses no merchant limit.
    assert_eq!(end("P61", "yyu").0, "whose");
    assert_eq!(end("P61", "yyy").0, "merchant-limit");
    assert!(zh("P61", "ask-bank").contains("多为发卡行或本人设置的限额"));
    assert!(!zh("P61", "no-origin").contains("44"), "nothing answered, so no field of an answer is quoted");
    for (id, name, end) in ends().into_iter().filter(|(id, ..)| id == "P51") {
        assert_ne!(end.call, "isp", "{id} {name}: the network has no part in 51");
    }
}

#[test]
fn item_6_no_answer_is_looked_for_rung_by_rung() {
    // Connected, but no message back: the acquirer.
    let (mute, acquirer) = end("PNORESP", "nnyyyyynyn");
    assert_eq!((mute.as_str(), acquirer.call), ("mute", "acquirer"));
    // A login page is looked for before the internet is called fine.
    let (login, service) = end("PNORESP", "nnyyyynn");
    assert_eq!((login.as_str(), service.call), ("login", "service"));
    // A restart that does not help is not the provider's fault by itself: no address, then 61, then still nothing.
    let (technician, service) = end("PNORESP", "nnyn22");
    assert_eq!((technician.as_str(), service.call), ("technician", "service"));
}

#[test]
fn item_7_keys_are_renewed_only_after_a_sign_on_and_a_sale() {
    let book = one("PKEY");
    let renewed = book.nodes.iter().position(|node| node.name == "renewed").unwrap();
    for node in &book.nodes {
        let leads = match &node.kind {
            Kind::Check { yes, no, unknown, .. } => [yes, no, unknown].contains(&&renewed),
            Kind::Ask { answers, unclear } | Kind::Do { answers, unclear, .. } => {
                *unclear == renewed || answers.iter().any(|(_, to)| *to == renewed)
            }
            Kind::End(_) => false,
        };
        assert_eq!(leads, node.name == "once", "{}", node.name);
    }
    // 94 after an exchange: the counter began anew.
    assert_eq!(end("PFMT", "yy").0, "restarted");
    assert_eq!(end("PFMT", "yu1").0, "restarted");
    assert_eq!(end("PFMT", "yn8").1.retry, "never");
}

#[test]
fn item_8_reading_starts_with_the_journal_and_needs_no_track_data() {
    let text: String = one("PCARD").nodes.iter().map(|node| node.text.get(Lang::EN).to_lowercase()).collect();
    assert!(!text.contains("service code"));
    assert_eq!(codes("PCARD"), ["45".to_owned()].into());
    for (name, topic) in
        [("chip-today", Topic::ReadInsert), ("swipe-today", Topic::ReadSwipe), ("tap-today", Topic::ReadTap)]
    {
        assert!(
            matches!(node("PCARD", name).kind, Kind::Check { question: Question::Fact(have), .. } if have == topic)
        );
    }
    let own = zh("PCARD", "own-card");
    assert!(own.starts_with("芯片端先插入，芯片朝向按机身图示，插到底；用店员自己的卡即可，不会扣款"), "{own}");
    assert_eq!(end("PCARD", "nyy482y").0, "all-dead");
    assert_eq!(end("PCARD", "nn").0, "stop");
}

#[test]
fn item_9_paper_and_print_head() {
    assert!(zh("PPRN", "load").contains("按纸仓图示方向"));
    assert!(zh("PPRN", "clean").contains("关机冷却后，用无水酒精棉签"));
    assert!(zh("PPRN", "works").contains("不要重复收款"));
}

#[test]
fn item_10_answers_are_labelled_instructions_name_their_screen_and_words_are_the_fields() {
    for book in every() {
        for node in &book.nodes {
            let text = node.text.get(Lang::ZH);
            assert!(!text.contains("检索") && !text.contains("校时") && !text.contains("同步时间"), "{text}");
            if let Kind::Do { screen, .. } = &node.kind {
                for lang in Lang::all() {
                    assert!(node.text.get(lang).contains(&judge::dial(screen)), "{} {}", book.id, node.name);
                }
            }
        }
    }
    assert_eq!(crate::text::t(Lang::ZH, "playbook-unclear"), "不清楚");
    assert!(zh("PNORESP", "other-dns").contains("换备用DNS") && zh("PNORESP", "other-dns").contains("DNS 没有回应"));
    assert!(zh("PNORESP", "restart").contains("按 0 6 1 重启网络"));
    assert!(zh("PTIME", "sync").contains("按 0 6 2 对时"));
}

#[test]
fn item_11_wifi_password_and_a_lost_wifi_lead_to_net_setup() {
    let Kind::Check { question: Question::Says { codes, of }, yes, .. } = node("PNORESP", "wifi-password").kind else {
        panic!()
    };
    assert_eq!((codes.len(), of), (2, vec!["net.wifi".to_owned()]));
    assert_eq!(one("PNORESP").nodes[yes].name, "set-up");
    assert!(zh("PNORESP", "changed").contains("今天换过路由器、宽带或 Wi-Fi 密码吗"));
}
