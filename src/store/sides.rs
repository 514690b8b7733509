//! A gateway's journal tells one exchange twice: towards the terminal, where it is the host, and towards the acquirer.
//! Both rows stay; the one towards the acquirer is listed and counted, for that is who answers.

use std::collections::VecDeque;

use super::tracker::equal_or_absent;
use crate::model::{MaskedPan, Sale, Short};

/// Newest rows of a source among which the other side is looked for.
const MOST: usize = 64;

/// Both sides of an exchange are written this close together, seconds.
const WITHIN_S: i64 = 60;

/// The newest rows of a source that tells both sides; empty for every other one.
#[derive(Default)]
pub(super) struct Sides {
    /// The source is such a journal.
    told: bool,
    rows: VecDeque<Side>,
}

struct Side {
    id: i64,
    time: crate::model::Stamp,
    as_host: bool,
    kind: Short,
    code: Option<Short>,
    stan: Option<Short>,
    rrn: Option<Short>,
    tid: Option<Short>,
    amount: Option<i64>,
    card: Option<MaskedPan>,
}

impl Sides {
    /// Takes a row, and gives back the row that tells the same message from the other side.
    pub fn take(&mut self, sale: &Sale, id: i64) -> Option<i64> {
        self.told |= sale.as_host;
        if !self.told {
            return None;
        }
        let at = self.rows.iter().rposition(|side| side.is_other(sale));
        if let Some(at) = at {
            return self.rows.remove(at).map(|side| side.id);
        }
        if self.rows.len() >= MOST {
            self.rows.pop_front();
        }
        self.rows.push_back(Side {
            id,
            time: sale.time,
            as_host: sale.as_host,
            kind: sale.kind.clone(),
            code: sale.code.clone(),
            stan: sale.stan.clone(),
            rrn: sale.rrn.clone(),
            tid: sale.tid.clone(),
            amount: sale.amount,
            card: sale.card.clone(),
        });
        None
    }
}

impl Side {
    /// Many gateways count anew towards the acquirer: the reference number, else card and amount stay the same.
    fn is_other(&self, sale: &Sale) -> bool {
        fn same<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> bool {
            a.is_some() && a == b
        }
        let amounts = self.amount.is_none() || sale.amount.is_none() || self.amount == sale.amount;
        self.as_host != sale.as_host
            && self.kind == sale.kind
            && self.code == sale.code
            && amounts
            && self.time.seconds_since(sale.time).abs() <= WITHIN_S
            && equal_or_absent(self.tid.as_deref(), sale.tid.as_deref())
            && (same(self.stan.as_ref(), sale.stan.as_ref())
                || same(self.rrn.as_ref(), sale.rrn.as_ref())
                || (same(self.card.as_ref(), sale.card.as_ref()) && same(self.amount.as_ref(), sale.amount.as_ref())))
    }
}
