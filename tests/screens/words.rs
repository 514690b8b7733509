//! Words without a code: what can stand behind them, the journal's own last code first, on 31 and in the palette.

#![allow(clippy::panic)]

use pos_console::codes;
use pos_console::model::{Outcome, SaleState, Snapshot};
use pos_console::text::Lang;
use pos_console::tui::palette::{Hit, Known, Palette};
use pos_console::tui::screens::behind_text;
use pos_console::tui::view::{Act, Arg, Open};

use crate::support::{ago, declined, mirror, normal, unanswered};
use crate::{inside, said, view};

/// The texts of the articles, each with a code that has to stand behind it.
const TEXTS: [(&str, &str); 5] = [
    ("请与银行联系", "01"),
    ("交易失败，请联系发卡行", "05"),
    ("网络异常", "91"),
    ("余额不足", "51"),
    ("卡种或有效期不符", "54"),
];

/// A shop whose last failed sales carried these codes, the newest last.
fn shop(profile: &str, failed: &[&str]) -> Snapshot {
    let mut state = normal();
    profile.clone_into(&mut state.terminal.profile);
    state.failed.clear();
    for (code, n) in failed.iter().zip(1_i64..) {
        state.failed.push(declined(500 + n, ago(600 - n), code, Some("112112030551")));
    }
    state
}

fn typed(state: &Snapshot, text: &str) -> Vec<Hit> {
    let mut palette = Palette::default();
    text.chars().for_each(|sign| palette.push(sign));
    palette.hits(Known { profile: &state.terminal.profile, lang: Lang::ZH, snapshot: Some(state) })
}

#[test]
fn every_text_of_the_articles_leads_to_codes_and_steps() {
    for profile in ["unionpay", "unionpay-old"] {
        for (text, code) in TEXTS {
            let behind = codes::behind_text(profile, text);
            assert!(behind.contains(&code.to_owned()), "{profile} {text}: {behind:?}");
            let hint = codes::text_hint(profile, text, Lang::ZH);
            assert!(hint.is_some_and(|hint| hint.playbook.is_some()), "{profile} {text}");
            let state = mirror(shop(profile, &[]));
            let shown = view(&state, &inside("31", Arg::Word(text.to_owned())), Lang::ZH);
            assert!(shown.green.is_some_and(|green| matches!(green.act, Act::Open(_))), "{profile} {text}");
        }
        // They stand among those that can be chosen by digits.
        let offered = codes::texts(profile, Lang::ZH);
        for (text, _) in TEXTS {
            assert!(offered.iter().any(|known| known == text), "{profile} {text}: {offered:?}");
        }
    }
}

#[test]
fn other_tables_know_the_texts_too() {
    for profile in codes::profiles() {
        for (text, _) in TEXTS {
            assert!(codes::text_hint(profile, text, Lang::ZH).is_some(), "{profile} {text}");
        }
    }
}

#[test]
fn the_last_code_of_the_journal_comes_first_on_the_screen_and_in_the_palette() {
    for (profile, code) in [("unionpay-old", "62"), ("unionpay-old", "05"), ("unionpay", "51")] {
        let state = shop(profile, &["54", code]);
        for (text, usual) in TEXTS {
            let behind = behind_text(Some(&state), profile, text);
            assert_eq!(behind.first().map(String::as_str), Some(code), "{profile} {text}: {behind:?}");
            assert!(behind.contains(&usual.to_owned()), "{profile} {text}: {behind:?}");
            let shown = view(&mirror(state.clone()), &inside("31", Arg::Word(text.to_owned())), Lang::ZH);
            assert_eq!(shown.rows.first().map(|row| row.key.as_str()), Some(code), "{text}: {}", said(&shown));
            let hits = typed(&state, text);
            assert!(matches!(hits.first(), Some(Hit::Code { code: first, .. }) if first == code), "{text}: {hits:?}");
        }
    }
    // Codes that came here before stand before those that never did.
    let mut state = shop("unionpay-old", &[]);
    state.codes.retain(|seen| seen.code == "61" || seen.code == "51");
    state.codes[0].code = "62".to_owned();
    let behind = behind_text(Some(&state), "unionpay-old", "交易失败，请联系发卡行");
    assert_eq!(behind.first().map(String::as_str), Some("62"), "{behind:?}");
}

#[test]
fn a_sale_without_an_answer_is_named_before_any_code() {
    let mut state = shop("unionpay", &[]);
    let sale = unanswered(900, ago(60), SaleState::Timeout, Outcome::NoResponse);
    state.failed.push(sale.clone());
    let shown = view(&mirror(state), &inside("31", Arg::Word("网络异常".to_owned())), Lang::ZH);
    assert_eq!(shown.rows[0].open, Some(Open::Place("32", Arg::Sale(sale.id))), "{}", said(&shown));
    assert!(shown.rows.len() > 1);
}

#[test]
fn an_old_decline_or_a_success_is_not_what_the_words_are_about() {
    let state = normal();
    let table = codes::behind_text("unionpay", "余额不足");
    let mut old = state.clone();
    old.codes.clear();
    old.failed = vec![declined(700, ago(86_400), "61", None)];
    assert_eq!(behind_text(Some(&old), "unionpay", "余额不足"), table);
    // Words that nobody knows get no code from the journal.
    assert!(behind_text(Some(&shop("unionpay", &["51"])), "unionpay", "今天天气很好").is_empty());
}

#[test]
fn the_palette_finds_chapters_by_a_word_of_their_title() {
    let state = shop("unionpay", &[]);
    for (word, chapter) in [("打印机", "printer"), ("emergency", "emergency"), ("限额", "shop"), ("培训", "training")]
    {
        let hits = typed(&state, word);
        let found = hits.iter().any(|hit| matches!(hit, Hit::Chapter(found) if found.id == chapter));
        assert!(found, "{word}: {hits:?}");
    }
    assert!(typed(&state, "51").iter().all(|hit| !matches!(hit, Hit::Chapter(_))), "ids stay quick");
}
