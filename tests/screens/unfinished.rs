//! 33: what each state says about the customer's money, to the shop and to the customer, and who gives it back.

use pos_console::model::{Alike, Evidence, Outcome, Sale, SaleId, SaleState, Undone};
use pos_console::text::Lang;
use pos_console::tui::mirror::{Mirror, SaleDetail};
use pos_console::tui::screens::{Cx, by_id};
use pos_console::tui::view::{Arg, Open};

use crate::support::{ago, approved, declined, mirror, normal, unanswered};
use crate::{cx, inside, plain, said, view};

/// A row of 33 and what it has to say.
struct Case {
    name: &'static str,
    sale: Sale,
    evidence: Evidence,
    /// Waits still; else it is told as cleared up.
    open: bool,
    /// In the list; where the money is; who gives back; to the customer.
    words: [&'static str; 4],
}

fn reversal(state: Option<SaleState>, code: &str) -> Sale {
    let outcome = if state == Some(SaleState::Timeout) { Outcome::NoResponse } else { Outcome::Pending };
    Sale {
        kind: "reversal".into(),
        code: Some(code.into()),
        state,
        ..unanswered(70, ago(300), SaleState::Sent, outcome)
    }
}

fn late(outcome: Outcome) -> (Sale, Evidence) {
    let id = SaleId::new(1, 99_999);
    let sale = Sale { late_by: Some(id), ..unanswered(70, ago(300), SaleState::Timeout, Outcome::NoResponse) };
    let evidence = Evidence { late: Some((ago(100), outcome)), ..Evidence::default() };
    (Sale { state: None, ..sale }, evidence)
}

fn undone(kind: &str) -> (Sale, Evidence) {
    let sale = approved(70, ago(300));
    let undone_by = Some(SaleId::new(1, 99_999));
    let evidence = Evidence { undone: Some(Undone { time: ago(100), kind: kind.into() }), ..Evidence::default() };
    (Sale { outcome: Outcome::Reversed, state: Some(SaleState::Reversed), undone_by, ..sale }, evidence)
}

const ACQUIRER: &str = "If it was charged: the acquirer finds and returns it";
const MAYBE: &str = "May be charged: find out the result first, do not charge again";
const KEEP: &str = "please do not pay again for now";

fn cases() -> Vec<Case> {
    let asked = |state, outcome| unanswered(70, ago(300), state, outcome);
    let wallet = Sale { method: Some("scan-pay".into()), ..asked(SaleState::QueryNeeded, Outcome::Pending) };
    let case = |name, sale, open, words| Case { name, sale, evidence: Evidence::default(), open, words };
    let with = |name, (sale, evidence): (Sale, Evidence), words| Case { name, sale, evidence, open: false, words };
    vec![
        case("sent", asked(SaleState::Sent, Outcome::Pending), true, ["may be charged", MAYBE, ACQUIRER, KEEP]),
        case(
            "timeout",
            asked(SaleState::Timeout, Outcome::NoResponse),
            true,
            ["may be charged", MAYBE, ACQUIRER, KEEP],
        ),
        case(
            "query",
            asked(SaleState::QueryNeeded, Outcome::Pending),
            true,
            ["query needed", "The result has to be queried", ACQUIRER, KEEP],
        ),
        case(
            "wallet",
            wallet,
            true,
            ["query needed", "The result has to be queried", "the acquirer returns it through the wallet", KEEP],
        ),
        case(
            "reversal sent",
            reversal(Some(SaleState::Sent), "98"),
            true,
            ["reversal sent, no answer yet", "The reversal waits", "goes back by the reversal", "is being returned"],
        ),
        case(
            "reversal mute",
            reversal(Some(SaleState::Timeout), "96"),
            true,
            ["reversal not answered", "The reversal waits", "goes back by the reversal", "is being returned"],
        ),
        case(
            "reversal waits",
            reversal(None, "06"),
            true,
            ["reversal waits", "The reversal waits", "goes back by the reversal", "is being returned"],
        ),
        with(
            "reversed",
            undone("reversal"),
            [
                "sale reversed",
                "Reversed: what was charged goes back",
                "booked back by the card's bank",
                "goes back by itself",
            ],
        ),
        with(
            "voided",
            undone("void"),
            [
                "sale reversed",
                "Reversed: what was charged goes back",
                "booked back by the card's bank",
                "goes back by itself",
            ],
        ),
        with("late refusal", late(Outcome::Declined), ["not charged", "Nothing was charged", "", "did not go through"]),
        with("late approval", late(Outcome::Approved), ["sale charged", "Charged.", "The shop gives it back", "Paid"]),
    ]
}

/// A shop where this happened, opened.
fn shop(case: &Case) -> Mirror {
    let mut snapshot = normal();
    if let (Some(id), Some((time, outcome))) = (case.sale.late_by, case.evidence.late) {
        let code = if outcome == Outcome::Approved { "00" } else { "51" };
        snapshot.recent.push(Sale { id, outcome, ..declined(71, time, code, Some("112112030599")) });
    }
    snapshot.recent.insert(0, case.sale.clone());
    if case.open {
        snapshot.unfinished.push(case.sale.clone());
    }
    let detail = SaleDetail { sale: case.sale.clone(), evidence: case.evidence.clone() };
    Mirror { detail: Some((case.sale.id, Some(detail))), sales: Vec::new(), ..mirror(snapshot) }
}

#[test]
fn each_state_says_where_the_money_is_who_gives_it_back_and_what_the_customer_hears() {
    for case in cases() {
        let name = case.name;
        let mirror = shop(&case);
        let [row, money, back, customer] = case.words;
        let list = view(&mirror, &plain("33"), Lang::EN);
        let sales = list.rows.iter().filter(|row| matches!(row.open, Some(Open::Place("33", Arg::Sale(_)))));
        assert_eq!(sales.count(), 1, "{name}: {}", said(&list));
        assert!(list.rows[0].text.contains(row), "{name}: {}", list.rows[0].text);
        // The list tells the same without the page.
        let closed = Mirror { detail: None, ..shop(&case) };
        assert_eq!(view(&closed, &plain("33"), Lang::EN).rows[0].text, list.rows[0].text, "{name}");
        assert_eq!(said(&list).contains("without a final result"), case.open, "{name}: {}", said(&list));
        assert_eq!(said(&list).contains("cleared up within 24 hours"), !case.open, "{name}: {}", said(&list));
        let page = said(&view(&mirror, &inside("33", Arg::Sale(case.sale.id)), Lang::EN));
        assert!(page.contains(money) && page.contains(back), "{name}: {page}");
        let told = said(&view(&mirror, &inside("33", Arg::ForCustomer(case.sale.id)), Lang::EN));
        assert!(told.contains(customer), "{name}: {told}");
        assert!(!told.contains("622202"), "{name}: a card number towards the shop");
        for page in [plain("33"), inside("33", Arg::Sale(case.sale.id)), inside("33", Arg::ForCustomer(case.sale.id))] {
            let told = said(&view(&mirror, &page, Lang::ZH));
            assert!(!told.contains("[sale-") && !told.contains("[verdict-"), "{name}: {told}");
        }
    }
}

/// A wallet's money goes back to the wallet, a refund is no payment, and a hold is no charge: nobody is sent to the
/// card's bank for what is not its business, and nobody is told to pay with another card for a refund.
#[test]
fn the_customer_hears_what_fits_the_way_of_paying_and_what_was_asked() {
    let scanned = |sale: Sale| Sale { method: Some("scan-pay".into()), entry_mode: None, card: None, ..sale };
    let by_code = |sale: Sale| Sale { entry_mode: Some("032".into()), ..sale };
    let of = |kind: &str, sale: Sale| Sale { kind: kind.into(), ..sale };
    let mute = || unanswered(70, ago(300), SaleState::Timeout, Outcome::NoResponse);
    let reversed = || unanswered(70, ago(300), SaleState::Reversed, Outcome::NoResponse);
    let refused = |code: &str| declined(70, ago(300), code, Some("112112030551"));
    let cases = [
        (scanned(reversed()), "goes back to the wallet", "bank"),
        (by_code(reversed()), "goes back to the wallet", "bank"),
        (scanned(of("refund", refused("51"))), "This refund did not go through", "another card"),
        (of("refund", refused("51")), "This refund did not go through", "another card"),
        (of("void", mute()), "result of this refund is not certain", "do not pay again"),
        (of("refund", scanned(mute())), "result of this refund is not certain", "do not pay again"),
        (of("void", reversed()), "The first payment still stands", "goes back"),
        (of("preauth", reversed()), "what was held is released", "charged"),
        (of("balance", refused("51")), "Nothing was charged", "another card"),
    ];
    for (sale, wanted, never) in cases {
        let name = format!("{} {:?} {:?} {:?}", sale.kind, sale.method, sale.entry_mode, sale.code);
        let case = Case { name: "", sale, evidence: Evidence::default(), open: true, words: [""; 4] };
        let mirror = shop(&case);
        let told = said(&view(&mirror, &inside("33", Arg::ForCustomer(case.sale.id)), Lang::EN));
        assert!(told.to_lowercase().contains(&wanted.to_lowercase()), "{name}: {told}");
        assert!(!told.contains(never), "{name}: {told}");
        let page = said(&view(&mirror, &inside("33", Arg::Sale(case.sale.id)), Lang::EN));
        assert!(!page.contains("Say to the customer: This card"), "{name}: {page}");
        for page in [inside("33", Arg::Sale(case.sale.id)), inside("33", Arg::ForCustomer(case.sale.id))] {
            let told = said(&view(&mirror, &page, Lang::ZH));
            assert!(!told.contains("[sale-") && !told.contains("[verdict-"), "{name}: {told}");
            assert!(never != "bank" || !told.contains("发卡行"), "{name}: {told}");
        }
    }
}

/// After a restart whole card numbers are known again from a moment on, and counts before it are "at least".
#[test]
fn a_count_of_cards_that_is_not_certain_says_so_and_since_when_it_is() {
    let some = |since| Some(Alike { sales: 5, cards: 3, exact: false, since, banks: Some(2) });
    for (since, words) in
        [(Some(ago(1_800)), ["at least 3", "only since"]), (None, ["at least 3", "only by first six and last four"])]
    {
        let evidence = Evidence { hour: some(since), day: some(since), ..Evidence::default() };
        let case = Case { name: "", sale: declined(70, ago(300), "51", None), evidence, open: true, words: [""; 4] };
        let mirror = shop(&case);
        let told = said(&view(&mirror, &inside("32", Arg::Sale(case.sale.id)), Lang::EN));
        assert!(words.iter().all(|word| told.contains(word)), "{told}");
        let told = said(&view(&mirror, &inside("32", Arg::Sale(case.sale.id)), Lang::ZH));
        assert!(
            told.contains("至少3张卡")
                && told.contains(if since.is_some() { "起按完整卡号" } else { "只按前六后四位" }),
            "{told}"
        );
    }
}

/// Whatever refuses a balance inquiry: nobody is sent to another card, to a QR code or through a playbook for paying.
#[test]
fn a_refused_balance_inquiry_never_advises_another_way_to_pay() {
    for code in pos_console::codes::listed("unionpay")
        .iter()
        .filter(|code| pos_console::codes::is_success("unionpay", code) == Some(false))
    {
        for entry in ["051", "801", "071"] {
            let sale = Sale {
                kind: "balance".into(),
                entry_mode: Some(entry.into()),
                ..declined(70, ago(300), code, Some("112112030551"))
            };
            let case = Case { name: "", sale, evidence: Evidence::default(), open: true, words: [""; 4] };
            let mirror = shop(&case);
            for (lang, never) in [
                (Lang::EN, ["another card or QR", "Another card, QR", "Other banks' cards"]),
                (Lang::ZH, ["换一张卡或扫码", "换卡、扫码", "换别家的卡"]),
            ] {
                for page in [inside("33", Arg::Sale(case.sale.id)), inside("33", Arg::ForCustomer(case.sale.id))] {
                    let told = said(&view(&mirror, &page, lang));
                    assert!(!never.iter().any(|words| told.contains(words)), "{code} {entry}: {told}");
                }
            }
        }
    }
}

#[test]
fn a_reversal_says_why_the_terminal_reverses_and_that_nobody_answered() {
    for (code, why) in [
        ("98", "no answer in time"),
        ("96", "a fault at the terminal"),
        ("A0", "a wrong MAC"),
        ("06", "another reason"),
        ("68", "an answer that came late"),
    ] {
        let sale = reversal(Some(SaleState::Sent), code);
        let case = Case { name: "", sale, evidence: Evidence::default(), open: true, words: [""; 4] };
        let mirror = shop(&case);
        let page = said(&view(&mirror, &inside("33", Arg::Sale(case.sale.id)), Lang::EN));
        assert!(page.contains("reversal sent, because of") && page.contains(why), "{code}: {page}");
        assert!(page.contains("no host answered yet") && !page.contains("answered, code"), "{code}: {page}");
        let place = plain("33");
        let wide = Cx { width: 80, ..cx(&mirror, &place, Lang::EN) };
        let list = by_id("33").unwrap().view(&wide).rows[0].text.clone();
        assert!(list.contains(why), "{code}: {list}");
    }
}
