//! Every way through every playbook.

use unicode_width::UnicodeWidthStr;

use super::*;

/// Every path of signs from the start to an end.
fn paths(book: &Arc<Playbook>) -> Vec<String> {
    let mut ends = Vec::new();
    let mut open = vec![(String::new(), book.start)];
    while let Some((path, at)) = open.pop() {
        assert!(path.len() <= book.nodes.len(), "{}: {path} goes on and on", book.id);
        let mut on = |sign: char, to: usize| open.push((format!("{path}{sign}"), to));
        match &book.nodes[at].kind {
            Kind::Check { yes, no, unknown, .. } => {
                on('y', *yes);
                on('n', *no);
                on('u', *unknown);
            }
            Kind::Do { answers, unclear, .. } if answers.is_empty() => on('1', *unclear),
            Kind::Ask { answers, unclear } | Kind::Do { answers, unclear, .. } => {
                for ((_, to), sign) in answers.iter().zip('1'..='7') {
                    on(sign, *to);
                }
                on('8', *unclear);
            }
            Kind::End(_) => ends.push(path),
        }
    }
    ends
}

/// A few thousand ways at most: each is walked.
#[test]
fn every_way_ends_and_says_who_acts_and_whether_to_do_it_again() {
    for book in every() {
        let all = paths(book);
        assert!((2..60_000).contains(&all.len()), "{}: {} ways", book.id, all.len());
        for path in &all {
            let walk = Walk::replay(book.clone(), path, &Nothing).unwrap();
            let end = walk.end().unwrap_or_else(|| panic!("{} {path} does not end", book.id));
            assert!(CALL.contains(&end.call) && RETRY.contains(&end.retry), "{} {path}", book.id);
            assert_eq!(walk.path(), *path);
            assert!(walk.choices(Lang::ZH).is_empty());
        }
    }
}

#[test]
fn what_is_not_known_never_ends_green() {
    for book in every() {
        for path in paths(book) {
            let walk = Walk::replay(book.clone(), &path, &Nothing).unwrap();
            let last = walk.taken().last().unwrap();
            let plain = matches!(&walk.node_of(last).kind, Kind::Do { answers, .. } if answers.is_empty());
            let doubt = plain || matches!(last.took, Took::Truth(Truth::Unknown) | Took::Digit(UNCLEAR));
            assert!(!(doubt && walk.end().unwrap().is_green()), "{} {path} ends well without knowing", book.id);
        }
        // Whoever answers nothing at all is never told that all is well.
        let mut walk = Walk::start(book.clone(), &Nothing);
        while walk.end().is_none() {
            let only = walk.choices(Lang::EN).len() == 1;
            walk.answer(if only { 1 } else { UNCLEAR }, &Nothing).unwrap();
        }
        assert!(!walk.end().unwrap().is_green(), "{} {}", book.id, walk.node().name);
    }
}

#[test]
fn ways_are_short() {
    for book in every() {
        for path in paths(book) {
            let asked = path.bytes().filter(u8::is_ascii_digit).count();
            assert!(asked <= 9, "{} {path} asks {asked} times", book.id);
        }
    }
}

/// Every text of a playbook in one language.
fn texts(book: &Playbook, lang: Lang) -> Vec<String> {
    let mut all = vec![book.title.exact(lang).unwrap().to_owned()];
    for node in &book.nodes {
        all.push(node.text.exact(lang).unwrap_or_else(|| panic!("{} {}", book.id, node.name)).to_owned());
        match &node.kind {
            Kind::Ask { answers, .. } | Kind::Do { answers, .. } => {
                all.extend(answers.iter().map(|(words, _)| words.exact(lang).unwrap().to_owned()));
            }
            Kind::End(end) if !end.say.is_empty() => all.push(end.say.exact(lang).unwrap().to_owned()),
            _ => {}
        }
    }
    all
}

#[test]
fn both_languages_say_everything_calmly() {
    const NEVER: &[&str] = &[
        "拒付",
        "没收",
        "作弊",
        "盗",
        "吞卡",
        "可疑",
        "欺诈",
        "骗",
        "黑名单",
        "卡号是",
        "报卡号",
        "stolen",
        "fraud",
        "suspicious",
        "chargeback",
        "confiscate",
        "seize",
        "blacklist",
        "校时",
        "检索参考号",
    ];
    for book in every() {
        for lang in Lang::all() {
            for text in texts(book, lang) {
                let low = text.to_lowercase();
                assert!(NEVER.iter().all(|word| !low.contains(word)), "{}: {text}", book.id);
                assert_eq!(text.width(), text.width_cjk(), "{}: {text}", book.id);
                let han = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
                assert_eq!(han, lang == Lang::ZH, "{}: {text}", book.id);
            }
        }
    }
}

#[test]
fn nobody_is_asked_for_a_card_number_a_pin_or_a_code_from_a_message() {
    let asks = regex::Regex::new(
        "(输入|提供|告诉|说出|报上|报给|抄下|拍下|记下)[^。，；]{0,6}(卡号|密码|验证码)|(give|tell|read|type|photograph|note)[^.,;]{0,20}(card number|PIN|security code)",
    )
    .unwrap();
    for book in every() {
        for lang in Lang::all() {
            for text in texts(book, lang) {
                // The Wi-Fi's password is no card's; only the customer types a PIN.
                let own = text.contains("Wi-Fi") || text.contains("请顾客自己") || text.contains("The customer types");
                assert!(own || !asks.is_match(&text), "{}: {text}", book.id);
            }
        }
    }
}

#[test]
fn customers_are_never_shamed() {
    for book in every() {
        for node in &book.nodes {
            let Kind::End(end) = &node.kind else { continue };
            for lang in Lang::all() {
                let say = end.say.get(lang);
                for word in ["余额", "不足", "没钱", "挂失", "风控", "money is short", "funds", "balance"] {
                    assert!(!say.contains(word), "{} {}: {say}", book.id, node.name);
                }
            }
        }
    }
}

#[test]
fn texts_fit_a_small_screen() {
    for book in every() {
        for node in &book.nodes {
            for lang in Lang::all() {
                let lines = crate::text::wrap(node.text.get(lang), 40).len();
                let most = if matches!(node.kind, Kind::End(_)) { 6 } else { 5 };
                assert!(lines <= most, "{} {}: {lines} lines", book.id, node.name);
            }
        }
    }
}

#[test]
fn a_path_leads_where_the_answers_led_and_back_goes_one_question_back() {
    let book = one("P51");
    let mut walk = Walk::start(book.clone(), &Nothing);
    assert_eq!((walk.node().name.as_str(), walk.path().as_str()), ("no-record", "u"));
    walk.answer(1, &Nothing).unwrap();
    assert_eq!((walk.node().name.as_str(), walk.path().as_str()), ("how-many", "u1u"));
    assert_eq!(walk.since_answer().len(), 1);
    let again = Walk::replay(book.clone(), "u1u", &Nothing).unwrap();
    assert_eq!(again.node().name, walk.node().name);
    // Digits alone: the checks between them answer themselves.
    assert_eq!(Walk::replay(book.clone(), "11", &Nothing).unwrap().path(), "u1u1");
    assert!(walk.back());
    assert_eq!((walk.node().name.as_str(), walk.path().as_str()), ("no-record", "u"));
    assert!(!walk.back());
    for (path, node, sign) in [("5", "no-record", '5'), ("9", "no-record", '9'), ("u1ux", "how-many", 'x')] {
        let wrong = Walk::replay(book.clone(), path, &Nothing).unwrap_err();
        assert_eq!(wrong, NoSuchStep { node: node.to_owned(), sign }, "{path}");
    }
    assert!(walk.answer(0, &Nothing).is_err());
}

#[test]
fn what_a_check_said_stays_said() {
    struct All(Truth);
    impl Knows for All {
        fn tell(&self, _: &Question) -> Told {
            Told { truth: self.0, evidence: None }
        }
    }
    let book = one("PNORESP");
    let first = Walk::start(book.clone(), &All(Truth::Yes));
    assert_eq!(first.node().name, "money");
    let mut later = Walk::replay(book, &first.path(), &All(Truth::No)).unwrap();
    assert_eq!(later.node().name, "money", "a finding that changes while a person reads moves nothing");
    later.answer(1, &All(Truth::No)).unwrap();
    assert_eq!(later.path(), "y1nnn");
}

proptest::proptest! {
    #[test]
    fn any_path_ends_or_is_refused(path in "[ynu0-9]{0,20}|\\PC{0,12}") {
        for id in ["P51", "PNORESP", "PCARD"] {
            if let Ok(walk) = Walk::replay(get(id).unwrap(), &path, &Nothing) {
                proptest::prop_assert!(walk.path().len() >= path.len());
            }
        }
    }
}
