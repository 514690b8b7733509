//! The tables against facts taken from public lists (`tests/fixtures/response-codes.tsv`), and the rules of wording.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

use super::*;

mod words;

const FACTS: &str = include_str!("../../tests/fixtures/response-codes.tsv");
const PLAYBOOKS: &[&str] = &[
    "P51", "P61", "P21", "P01", "PCARD", "PNORESP", "PKEY", "PREG", "PFMT", "PTIME", "PPIN", "PCARDREF", "PPICKUP",
    "PQR",
];

fn playbooks() -> Vec<String> {
    crate::playbooks::ids()
}

/// `(profile, code, category, retry)` of the fixture.
fn facts() -> Vec<(&'static str, &'static str, &'static str, &'static str)> {
    let rows = FACTS.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>());
    rows.map(|row| (row[0], row[1], row[2], row[3])).collect()
}

/// Every code that any profile can explain, in every language.
fn every() -> impl Iterator<Item = (Lang, Explanation)> {
    let book = Book::new(Vec::new());
    let names: Vec<_> = book.profiles().collect();
    let all: Vec<_> = names
        .into_iter()
        .flat_map(|profile| book.codes(profile, true).into_iter().map(move |code| (profile, code.to_owned())))
        .collect::<Vec<_>>();
    all.into_iter().flat_map(|(profile, code)| Lang::all().map(move |lang| (lang, explain(profile, &code, lang))))
}

/// Every sentence of an explanation.
fn sentences(e: &Explanation) -> impl Iterator<Item = &String> {
    [&e.meaning, &e.say]
        .into_iter()
        .chain(&e.steps)
        .chain(&e.not)
        .chain(&e.detail)
        .chain(&e.other_generation)
        .chain(&e.rule)
        .chain(&e.dated)
}

#[test]
fn built_in_tables_are_whole() {
    for (name, file, text) in book::BUILT_IN {
        let (sheet, faults) = read::read(file, text);
        assert!(faults.is_empty(), "{faults:#?}");
        assert_eq!(sheet.profile, *name);
        let faults = judge::judge(&Book::new(Vec::new()), name, &playbooks());
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert!(told.is_empty(), "{told:#?}");
    }
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/config/codes")).unwrap();
    assert_eq!(files.count(), book::BUILT_IN.len(), "a file of config/codes is not built in");
}

#[test]
fn tables_hold_exactly_the_codes_of_the_public_lists() {
    let mut want: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (profile, code, category, retry) in facts() {
        want.entry(profile).or_default().insert(code);
        let e = explain(profile, code, Lang::ZH);
        assert!(e.known, "{profile} {code}");
        assert_eq!((e.category.word(), e.retry.as_str()), (category, retry), "{profile} {code}");
    }
    let book = Book::new(Vec::new());
    for (profile, codes) in want {
        // The newer UnionPay list names the codes of both generations; the older ones live in their own table.
        let have: BTreeSet<&str> = if profile == "unionpay" {
            book.codes(profile, false).into_iter().collect()
        } else {
            book.sheet(profile).unwrap().codes.keys().map(String::as_str).collect()
        };
        assert_eq!(have, codes, "{profile}");
    }
}

#[test]
fn every_profile_is_backed_by_facts() {
    let known: BTreeSet<_> = facts().into_iter().map(|row| row.0).collect();
    let ours: BTreeSet<_> = profiles().into_iter().filter(|name| *name != "jcb").collect();
    assert_eq!(ours, known);
}

#[test]
fn meanings_fit_one_row_and_signs_have_one_width() {
    for (lang, e) in every() {
        let cells = text::width(&e.meaning);
        assert!((2..=SHORT_CELLS).contains(&cells), "{} {}: {cells} cells", e.profile, e.code);
        assert_eq!(short(&e.profile, &e.code, lang).as_ref(), Some(&e.meaning));
        for sentence in sentences(&e).chain(&e.display) {
            // Signs that are one cell here and two there (curly quotes, dashes, dots) tear a layout apart.
            assert_eq!(sentence.width(), sentence.width_cjk(), "{} {}: {sentence}", e.profile, e.code);
        }
    }
}

#[test]
fn both_languages_say_the_same_amount() {
    let book = Book::new(Vec::new());
    for profile in book.profiles() {
        for code in book.codes(profile, false) {
            let (zh, en) = (explain(profile, code, Lang::ZH), explain(profile, code, Lang::EN));
            let shape = |e: &Explanation| {
                (e.steps.len(), e.not.len(), e.detail.is_some(), e.other_generation.is_some(), e.rule.is_some())
            };
            assert_eq!(shape(&zh), shape(&en), "{profile} {code}");
            assert!(zh.say != en.say && zh.meaning.chars().any(|c| c > '\u{2e80}'), "{profile} {code}");
            assert!(en.say.is_ascii() && en.steps.iter().all(|s| s.is_ascii()), "{profile} {code}");
        }
    }
}

#[test]
fn no_decline_reads_as_success_and_no_success_as_decline() {
    let good = ["成功", "批准", "已付", "已办成", "支付已完成", "approved", "success", "is complete", "gone through"];
    let bad = ["失败", "拒绝", "没有通过", "未通过", "不能使用", "不予", "declin", "refus", "not go through", "fail"];
    for (_, e) in every() {
        let said = format!("{} {}", e.meaning, e.say).to_lowercase();
        let (words, kind) = if e.category.is_success() { (&bad[..], "success") } else { (&good[..], "decline") };
        for word in words {
            assert!(!said.contains(word), "{} {} ({kind}) says '{word}': {said}", e.profile, e.code);
        }
        assert_eq!(is_success(&e.profile, &e.code), Some(e.category.is_success()));
        assert_eq!(successes(&e.profile).contains(&e.code), e.category.is_success());
        if e.category.is_success() {
            assert_eq!(e.retry, "-", "{} {}", e.profile, e.code);
        }
    }
    for code in ["00", "10", "11", "16", "A2", "A4", "A5", "A6"] {
        assert_eq!(is_success("unionpay", code), Some(true), "{code}");
    }
    // The same two characters, another bank: an error there.
    assert_eq!(is_success("acquirer-ccb", "A2"), Some(false));
}

#[test]
fn customers_hear_calm_words_only() {
    let harsh = [
        "没收",
        "吞卡",
        "呑卡",
        "扣卡",
        "作弊",
        "欺诈",
        "可疑",
        "嫌疑",
        "挂失",
        "被窃",
        "被盗",
        "盗",
        "伪",
        "黑名单",
        "余额不足",
        "没钱",
        "违法",
        "非法",
        "报警",
        "风控",
        "fraud",
        "stolen",
        "lost card",
        "steal",
        "suspic",
        "suspect",
        "counterfeit",
        "captur",
        "confiscat",
        "pick up",
        "retain",
        "insufficient",
        "not enough",
        "illegal",
        "police",
        "blacklist",
        "fake",
        "your fault",
    ];
    for (_, e) in every() {
        let said = e.say.to_lowercase();
        for word in harsh {
            assert!(!said.contains(word), "{} {} says '{word}': {said}", e.profile, e.code);
        }
        for sentence in sentences(&e).chain(&e.display) {
            for word in ["没收", "吞卡", "呑卡", "作弊", "拒付", "伪卡"] {
                assert!(!sentence.contains(word), "{} {}: {sentence}", e.profile, e.code);
            }
        }
        if e.category == Category::FraudPickup && e.retry == "never" && e.playbook.as_deref() == Some("PPICKUP") {
            let steps = e.steps.join(" ");
            assert!(steps.contains("归还卡片") || steps.contains("Give it back"), "{} {}", e.profile, e.code);
        }
    }
}

#[test]
fn nobody_is_told_to_pay_again_while_the_outcome_is_open() {
    for profile in ["unionpay", "unionpay-old", "iso8583"] {
        for code in ["68", "98", "09"] {
            let zh = explain(profile, code, Lang::ZH);
            assert!(zh.say.contains("不要重复付款"), "{profile} {code}");
            assert!(zh.steps[0].contains("不要马上再收"), "{profile} {code}");
            assert!(explain(profile, code, Lang::EN).say.contains("do not pay again"), "{profile} {code}");
            assert_eq!(again_words(&zh, Lang::ZH), "先确认结果", "{profile} {code}: not even later");
        }
    }
}

#[test]
fn the_codes_of_the_articles_are_not_the_network() {
    for profile in ["unionpay", "unionpay-old", "iso8583"] {
        for code in ["51", "61", "21", "01", "02"] {
            let zh = explain(profile, code, Lang::ZH);
            assert!(!zh.network_at_fault);
            assert!(zh.not.iter().any(|s| s.contains("不是网络故障")), "{profile} {code}");
            let en = explain(profile, code, Lang::EN);
            assert!(en.not.iter().any(|s| s.contains("Not a network fault")), "{profile} {code}");
        }
        for code in ["51", "61", "01"] {
            let zh = explain(profile, code, Lang::ZH);
            assert!(zh.not.iter().any(|s| s.contains("重启")), "{profile} {code}");
        }
    }
    let pick = |profile, code| {
        let e = explain(profile, code, Lang::EN);
        (e.category.word(), e.answered_by, e.retry, e.playbook.unwrap_or_default())
    };
    let is = |a: &'static str, b: &str, c: &str, d: &str| (a, b.to_owned(), c.to_owned(), d.to_owned());
    assert_eq!(pick("unionpay", "51"), is("funds", "issuer", "different-card", "P51"));
    assert_eq!(pick("unionpay", "61"), is("limit", "acquirer-side", "after-fix", "P61"));
    assert_eq!(pick("unionpay", "21"), is("card-status", "issuer", "after-fix", "P21"));
    assert_eq!(pick("unionpay-old", "21"), is("format/config", "acquirer-side", "after-fix", "P21"));
    assert_eq!(pick("unionpay", "01"), is("card-status", "issuer", "after-fix", "P01"));
    assert_eq!(pick("unionpay", "02"), is("card-status", "issuer", "after-fix", "P01"));
    assert_eq!(pick("unionpay", "97"), is("merchant-config", "acquirer-side", "after-fix", "PREG"));
    assert_eq!(pick("unionpay", "A0"), is("security/MAC-key", "acquirer-side", "after-fix", "PKEY"));
}

#[test]
fn only_codes_made_without_a_host_blame_the_network() {
    let blamed: BTreeSet<_> =
        every().filter(|(_, e)| e.network_at_fault).map(|(_, e)| (e.code, e.answered_by)).collect();
    let want = [("Y3", "terminal"), ("Z3", "terminal")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(blamed, BTreeSet::from(want));
}

#[test]
fn what_the_terminal_decided_is_no_answer_of_a_host() {
    for (_, e) in every().filter(|(_, e)| e.answered_by == "terminal") {
        let said = sentences(&e).cloned().collect::<Vec<_>>().join(" ");
        assert!(!said.contains("已经答复") && !said.contains("has answered"), "{} {}: {said}", e.profile, e.code);
    }
}

#[test]
fn both_generations_show_each_others_meaning() {
    for code in ["05", "12", "21", "22", "59"] {
        for (profile, other) in [("unionpay", "旧版"), ("unionpay-old", "新版")] {
            let note = explain(profile, code, Lang::ZH).other_generation.unwrap_or_default();
            assert!(note.contains(other) && note.contains(code), "{profile} {code}: {note}");
        }
    }
    let borrowed = explain("unionpay", "77", Lang::ZH);
    assert!(borrowed.known && borrowed.other_generation.unwrap().contains("旧版"));
    assert!(explain("unionpay", "51", Lang::ZH).other_generation.is_none());
}

#[test]
fn every_unionpay_decline_leads_somewhere() {
    for (_, e) in every() {
        if let Some(id) = &e.playbook {
            assert!(PLAYBOOKS.contains(&id.as_str()), "{} {}: {id}", e.profile, e.code);
        }
        if e.profile.starts_with("unionpay") && !e.category.is_success() {
            assert!(e.playbook.is_some(), "{} {}", e.profile, e.code);
        }
        assert!(!e.steps.is_empty() && !e.not.is_empty());
    }
}

#[test]
fn words_lead_back_to_codes() {
    // The older table shows one text for 22 codes.
    let many = "01 02 05 06 19 20 21 23 25 39 40 44 52 53 56 57 59 60 62 63 64 93";
    for profile in ["unionpay", "unionpay-old"] {
        assert_eq!(behind_text(profile, "交易失败，请联系发卡行").join(" "), many, "{profile}");
        let vague = behind_text(profile, "请与银行联系");
        assert_eq!(vague[0], "01");
        assert!(vague.len() >= 22 && vague.contains(&"05".to_owned()));
        assert_eq!(behind_text(profile, "余额不足"), ["51"]);
        assert_eq!(behind_text(profile, "密码错误")[..], ["55", "38", "75"]);
        assert_eq!(behind_text(profile, "作弊卡，吞卡"), ["34"]);
        assert_eq!(behind_text(profile, "卡种或有效期不符")[0], "54");
        assert_eq!(text_hint(profile, "网络异常", Lang::ZH).unwrap().playbook.unwrap(), "PNORESP");
        assert!(behind_text(profile, "今天天气").is_empty());
        assert!(behind_text(profile, " ，。").is_empty());
    }
    assert_eq!(behind_text("unionpay", "请持卡人与发卡银行联系"), ["01"]);
    let offered = texts("unionpay", Lang::ZH);
    let place = |text: &str| offered.iter().position(|known| known == text).unwrap();
    assert!(place("请与银行联系") < 3 && place("交易失败，请联系发卡行") < 3);
    assert!(place("余额不足") > 3 && offered.contains(&"网络异常".to_owned()));
    assert!(!offered.contains(&"挂失卡".to_owned()) && behind_text("unionpay", "挂失卡") == ["41"]);
    for text in &offered {
        let told = text_hint("unionpay", text, Lang::ZH).is_some_and(|hint| hint.playbook.is_some());
        assert!(told || !behind_text("unionpay", text).is_empty(), "{text}");
    }
}

#[test]
fn codes_are_found_however_they_are_written() {
    for written in ["5", " 05 ", "０５", "05\n"] {
        assert_eq!(explain("unionpay", written, Lang::ZH).code, "05", "{written:?}");
    }
    assert_eq!(explain("UnionPay", "a0", Lang::EN).code, "A0");
    assert_eq!(short("unionpay", "Y1", Lang::EN).unwrap(), "Approved offline");
    assert!(!listed("unionpay").contains(&"Y1".to_owned()));
    assert_eq!(lettered("unionpay-old")[0], "A0");
    assert_eq!(listed("iso8583").len(), 74);
}

#[test]
fn unknown_codes_claim_nothing() {
    for lang in Lang::all() {
        for (profile, code) in [("unionpay", "ZZ"), ("unionpay", ""), ("no-such", "51"), ("classes", "51")] {
            let e = explain(profile, code, lang);
            assert!(!e.known && e.category == Category::Unknown && !e.network_at_fault, "{profile} {code}");
            assert!(!e.meaning.is_empty() && !e.steps.is_empty() && e.playbook.is_none());
            assert!(sentences(&e).all(|s| !s.contains("[codes-")), "{e:?}");
            assert!(text::width(&e.meaning) <= SHORT_CELLS, "{}", e.meaning);
            assert_eq!((is_success(profile, code), short(profile, code, lang)), (None, None));
        }
    }
    assert!(successes("no-such").is_empty() && listed("no-such").is_empty());
}

#[test]
fn words_of_the_lists_exist_in_every_language() {
    for lang in Lang::all() {
        let mut said: Vec<String> = Category::all().map(|c| c.words(lang)).collect();
        said.extend(RETRY.iter().map(|w| retry_words(w, lang)));
        said.extend(ANSWERED_BY.iter().map(|w| answered_words(w, lang)));
        said.extend(CALL.iter().map(|w| call_words(w, lang)));
        for words in said {
            assert!(!words.starts_with('['), "{words}");
        }
    }
}

#[test]
fn json_has_the_frozen_keys() {
    let json = serde_json::to_value(explain("unionpay", "51", Lang::EN)).unwrap();
    for key in ["code", "profile", "meaning", "category", "answered_by", "retry", "say", "playbook"] {
        assert!(json[key].is_string(), "{key}");
    }
    assert!(json["network_at_fault"].is_boolean() && json["steps"].is_array());
    assert_eq!((&json["category"], &json["playbook"]), (&"funds".into(), &"P51".into()));
    assert!(serde_json::to_value(explain("unionpay", "00", Lang::EN)).unwrap()["playbook"].is_null());
}

/// A site's files, laid over the built-in tables without touching the shared book.
fn site(files: &[(&str, &str)]) -> (Book, Vec<Fault>) {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    let (good, faults) = load(dir.path(), &playbooks());
    (Book::new(good), faults)
}

#[test]
fn a_site_overrides_single_lines_and_adds_tables() {
    let (book, faults) = site(&[
        ("10-policy.toml", "profile = \"classes\"\n[class.pickup]\nsay.zh = \"请联系店长。\"\n"),
        (
            "20-ours.toml",
            "profile = \"acquirer-ours\"\nname = { zh = \"本行\", en = \"Ours\" }\nbase = [\"unionpay\"]\n[codes]\n\
             04 = { class = \"terminal\", zh = \"无效终端\", en = \"Terminal not valid\" }\n",
        ),
        ("notes.txt", "not a table"),
    ]);
    assert!(faults.is_empty(), "{faults:?}");
    let say = |profile: &str, code: &str| {
        let found = book.find(profile, code).unwrap();
        (found.words(|e| &e.say).unwrap().find(Lang::ZH).unwrap().clone(), found.category())
    };
    assert_eq!(say("unionpay", "04"), ("请联系店长。".to_owned(), Category::FraudPickup));
    assert_eq!(say("acquirer-ours", "04").1, Category::MerchantConfig);
    assert_eq!(say("acquirer-ours", "51").1, Category::Funds);
}

#[test]
fn every_fault_of_a_site_is_told_with_its_line() {
    let (book, faults) = site(&[
        (
            "a.toml",
            "profile = \"unionpay\"\n[codes]\n51 = { retry = \"again\", colour = 1 }\n7X = { class = \"nope\", zh = \"x\" }\n",
        ),
        ("b.toml", "profile = \"unionpay\"\n[codes.7X]\nclass = \"nope\"\nzh = \"新\"\n"),
        ("c.toml", "profile = \"x\"\n[codes\n"),
        ("d.toml", "[codes]\n"),
        (
            "e.toml",
            "profile = \"visa\"\n[codes]\n51.playbook = \"P52\"\n05.playbook = \"\"\n[[texts]]\nheard = [\"xyz\"]\n\
             playbook = \"PX\"\nzh = \"打电话\"\nen = \"Call\"\n",
        ),
    ]);
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let has = |file: &str, line: usize, words: &str| {
        let at = format!("{file}:{line}: ");
        assert!(told.iter().any(|t| t.contains(&at) && t.contains(words)), "{file}:{line} {words}\n{told:#?}");
    };
    has("a.toml", 3, "codes.51.retry must be one of");
    has("a.toml", 3, "unknown key codes.51.colour");
    has("b.toml", 2, "there is no class nope");
    has("b.toml", 2, "codes.7X lacks the language en");
    has("c.toml", 2, "syntax error");
    has("e.toml", 3, "codes.51.playbook: there is no playbook P52");
    assert!(told.iter().any(|t| t.contains("no playbook PX")) && !told.iter().any(|t| t.contains("05")), "{told:#?}");
    assert!(told.iter().any(|t| t.contains("d.toml: profile is missing")), "{told:#?}");
    // What was faulty is left out, the rest stands.
    assert!(book.find("unionpay", "7X").is_none() && book.find("unionpay", "51").is_some());
    assert!(load_dir(Path::new("/nonexistent/codes"), &[]).is_empty());
}

proptest! {
    #[test]
    fn looking_up_never_panics(profile in "\\PC{0,20}", code in "\\PC{0,20}", words in "\\PC{0,20}") {
        for profile in [profile.as_str(), "unionpay", "iso8583"] {
            let e = explain(profile, &code, Lang::ZH);
            prop_assert!(e.known || e.category == Category::Unknown);
            prop_assert!(e.code.chars().count() <= 48);
            let _ = behind_text(profile, &words);
            let _ = text_hint(profile, &words, Lang::EN);
        }
    }

    #[test]
    fn reading_never_panics(text in "\\PC{0,200}", place in 0usize..20_000, junk in "[\"={}\\[\\]\n.a1]{1,6}") {
        let _ = read::read("x.toml", &text);
        // A built-in table with a few bytes of junk in it: faults or not, never a panic.
        let mut table = book::BUILT_IN[0].2.to_owned();
        let place = (0..=place.min(table.len())).rev().find(|at| table.is_char_boundary(*at)).unwrap_or(0);
        table.insert_str(place, &junk);
        let _ = read::read("y.toml", &table);
    }
}

#[test]
fn dated_rules_hold_from_their_day() {
    let day = |text: &str| text.parse::<Date>().unwrap();
    let on = |code: &str, date: &str| explain_on("visa", code, Lang::EN, day(date));
    let (before, after) = (on("57", "2026-10-24"), on("57", "2026-10-25"));
    assert_eq!((before.retry.as_str(), after.retry.as_str()), ("different-card", "never"));
    assert!(before.rule.unwrap().contains("category 4") && after.rule.unwrap().contains("category 1"));
    assert_eq!(before.dated, after.dated);
    assert!(explain("visa", "83", Lang::ZH).dated[0].contains("2026-10-25"));
    assert_eq!(explain("visa", "57", Lang::EN).retry, "never");
    // By the clock: a sale of that morning, one of the evening before, and a terminal that woke up in 1970.
    let at = |text: &str| explain_at("visa", "57", Lang::EN, Stamp::parse(text).unwrap()).retry;
    assert_eq!(at("2026-10-25T00:00:00+08:00"), "never");
    assert_eq!(at("2026-10-24T23:59:59+08:00"), "different-card");
    assert_eq!(at("1970-01-01T08:00:00+08:00"), "never");
}

#[test]
fn what_is_advised_agrees_with_the_retry_rule() {
    let again = ["try once more", "once more", " the chip once", "再试一次", "再输一次", "再做一次"];
    for (_, e) in every().filter(|(_, e)| e.retry == "never" && e.playbook.as_deref() != Some("PPICKUP")) {
        let said = format!("{} {}", e.say, e.steps.join(" "));
        let found = again.iter().find(|words| said.contains(**words));
        assert!(found.is_none(), "{} {} never, yet '{}': {said}", e.profile, e.code, found.unwrap());
    }
    // Another card is asked for after a chip that failed its check, not the same chip.
    for (profile, code) in [("visa", "Q1"), ("acquirer-elo", "82")] {
        let e = explain(profile, code, Lang::EN);
        assert!(e.retry == "different-card" && !e.say.contains("chip") && !e.steps.join(" ").contains("chip"));
    }
}

#[test]
fn the_card_s_bank_is_named_only_where_it_is_said_to_have_answered() {
    let names = |meaning: &str| ["风控拦截", "发卡行不支持"].iter().any(|words| meaning.contains(words));
    for (lang, e) in every().filter(|(_, e)| names(&e.meaning)) {
        assert!(e.answered_by == "issuer" || !e.meaning.contains("发卡行"), "{lang:?} {} {}", e.profile, e.code);
    }
    for (profile, code, who) in [
        ("visa", "5C", "issuer"),
        ("visa", "9G", "issuer"),
        ("unionpay", "40", "issuer"),
        ("iso8583", "40", "acquirer-side"),
        ("iso8583", "32", "acquirer-side"),
        // The receiving bank, not the card's.
        ("unionpay", "A3", "acquirer-side"),
        ("unionpay", "A4", "acquirer-side"),
        ("acquirer-ccb", "69", "acquirer-side"),
    ] {
        assert_eq!(explain(profile, code, Lang::EN).answered_by, who, "{profile} {code}");
    }
}

#[test]
fn a_class_names_no_code_of_one_table() {
    for (_, e) in every().filter(|(_, e)| !e.profile.starts_with("unionpay")) {
        let own = |code: &str| explain(&e.profile, code, Lang::EN).known;
        for sentence in e.not.iter().chain(&e.steps) {
            for code in ["97", "99", "A0"] {
                let named = sentence.contains(&format!("that is {code}")) || sentence.contains(&format!("see {code}"));
                assert!(!named || own(code), "{} {}: {sentence}", e.profile, e.code);
            }
        }
    }
    for (profile, code) in [("visa", "78"), ("acquirer-elo", "78"), ("iso8583-1993", "125"), ("mastercard", "72")] {
        assert!(!explain(profile, code, Lang::ZH).not.join("").contains("97"), "{profile} {code}");
    }
    assert!(explain("unionpay", "21", Lang::ZH).not.join("").contains("97"));
}

#[test]
fn what_card_and_terminal_decide_is_known_in_every_table() {
    for profile in profiles().into_iter().filter(|name| *name != "emv-offline") {
        for code in ["Y1", "Y2", "Y3", "Z1", "Z2", "Z3"] {
            let e = explain(profile, code, Lang::ZH);
            assert!(e.known && e.answered_by == "terminal", "{profile} {code}");
        }
        assert!(profile == "visa" || !listed(profile).contains(&"Z3".to_owned()), "{profile}");
        // A sale that was approved offline is no decline in the journal.
        assert!(successes(profile).contains(&"Y1".to_owned()) && !successes(profile).contains(&"Z1".to_owned()));
    }
}

#[test]
fn every_visa_decline_has_its_retry_category() {
    for code in listed("visa") {
        let e = explain("visa", &code, Lang::EN);
        assert_eq!(e.rule.is_none(), e.category.is_success(), "{code}");
        // Category 1 is the scheme's "never"; nothing else of ours may be softer.
        if e.rule.is_some_and(|rule| rule.contains("category 1")) {
            assert_eq!(e.retry, "never", "{code}");
        }
    }
}

#[test]
fn one_code_means_what_its_acquirer_says() {
    let category = |profile: &str, code: &str| explain(profile, code, Lang::EN).category.word();
    assert_eq!(category("unionpay", "04"), "fraud/pickup");
    assert_eq!(category("acquirer-99bill", "04"), "merchant-config");
    assert_eq!(category("unionpay", "97"), "merchant-config");
    assert_eq!(category("acquirer-gicc", "97"), "security/MAC-key");
    assert_eq!(explain("acquirer-gicc", "98", Lang::EN).playbook.as_deref(), Some("PTIME"));
    assert_eq!(explain("unionpay", "98", Lang::EN).playbook.as_deref(), Some("PNORESP"));
    // What a dialect leaves alone comes from its base table, both UnionPay generations included, and says so.
    let from_base = explain("acquirer-ccb", "77", Lang::EN);
    assert!(from_base.known && from_base.other_generation.unwrap().contains("UnionPay"));
    assert_eq!(is_success("discover", "00"), Some(true));
    assert!(explain("jcb", "51", Lang::ZH).other_generation.unwrap().contains("JCB"));
}

#[test]
fn advice_codes_stand_apart() {
    for written in ["MAC 03", "mac03", "MAC-3", "Mac:03"] {
        assert_eq!(explain("mastercard", written, Lang::EN).code, "MAC 03", "{written}");
    }
    assert_ne!(explain("mastercard", "03", Lang::EN).meaning, explain("mastercard", "MAC 03", Lang::EN).meaning);
    let all = listed("mastercard");
    let first = all.iter().position(|code| code.starts_with("MAC")).unwrap();
    assert!(all[first..].iter().all(|code| code.starts_with("MAC")) && all.len() - first == 18);
    assert_eq!(explain("amex", "0", Lang::EN).code, "000");
}
