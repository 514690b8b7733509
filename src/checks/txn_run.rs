//! `txn.issuer`, `txn.keys`, `txn.terminal`: the newest answers are all the same refusal that no customer's card
//! explains. One such answer is that sale's; an unbroken row of them is the acquirer's, the keys' or the set-up's.

use std::time::Duration;

use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Status};
use crate::platform::Fut;

/// Answers in a row from which on it is no accident: other cards, other banks, the same answer.
const ROW: u64 = 4;

/// One kind of refusal that stands for more than its sale (ISO 8583:1987 DE39, UnionPay's own beside it).
struct Kind {
    spec: CheckSpec,
    codes: &'static [&'static str],
    found: &'static str,
    fine: &'static str,
}

const fn spec(id: &'static str) -> CheckSpec {
    CheckSpec {
        id,
        area: Area::Transactions,
        screen: "32",
        every: Duration::from_secs(15),
        limit: Duration::from_secs(2),
        needs: &[],
    }
}

/// 91 issuer or switch inoperative, 92 no way to it, 95 reconcile error, 96 malfunction, 98 no answer from the issuer.
const ISSUER: Kind = Kind {
    spec: spec("txn.issuer"),
    codes: &["91", "92", "95", "96", "98"],
    found: "txn-issuer-down",
    fine: "txn-issuer-ok",
};

/// A0 wrong MAC: sign on again, or the keys are not those of this terminal; 99 and A7 likewise.
const KEYS: Kind =
    Kind { spec: spec("txn.keys"), codes: &["A0", "A7", "99"], found: "txn-keys-wrong", fine: "txn-keys-ok" };

/// 97 the terminal, 03 the merchant is not known at the acquirer.
const TERMINAL: Kind =
    Kind { spec: spec("txn.terminal"), codes: &["97", "03"], found: "txn-terminal-unknown", fine: "txn-terminal-ok" };

pub(super) struct Issuer;
pub(super) struct Keys;
pub(super) struct Terminal;

impl Check for Issuer {
    fn spec(&self) -> &'static CheckSpec {
        &ISSUER.spec
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move { vec![look(&ISSUER, &cx)] })
    }
}

impl Check for Keys {
    fn spec(&self) -> &'static CheckSpec {
        &KEYS.spec
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move { vec![look(&KEYS, &cx)] })
    }
}

impl Check for Terminal {
    fn spec(&self) -> &'static CheckSpec {
        &TERMINAL.spec
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move { vec![look(&TERMINAL, &cx)] })
    }
}

fn look(kind: &Kind, cx: &Cx) -> Finding {
    match &cx.journal.same_answer {
        None => kind.spec.found(cx, Status::Absent, "txn-none"),
        Some((code, times)) if *times >= ROW && kind.codes.contains(&code.as_str()) => {
            kind.spec.found(cx, Status::Fail, kind.found).fact("code", code.as_str()).fact("times", *times)
        }
        Some(_) => kind.spec.found(cx, Status::Ok, kind.fine),
    }
}
