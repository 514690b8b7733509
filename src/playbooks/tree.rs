//! A playbook as it stands after it was judged: every link is the number of a node that exists.

use crate::data::Words;

/// Whom an end names.
pub const CALL: &[&str] = &["none", "issuer", "acquirer", "service", "isp"];

/// Whether the sale may be done again, as an end says it.
pub const RETRY: &[&str] = &["never", "different-card", "after-fix", "later", "yes"];

/// A decision tree. Two ways may meet again; none leads back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Playbook {
    pub id: String,
    pub title: Words,
    pub nodes: Vec<Node>,
    /// Number of the first node.
    pub start: usize,
    /// Where it was read from, for faults.
    pub(super) file: String,
}

/// One step of a playbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name in the file.
    pub name: String,
    pub text: Words,
    pub kind: Kind,
    pub(super) line: usize,
}

impl Node {
    /// The screen that an instruction names.
    pub fn screen(&self) -> Option<&str> {
        match &self.kind {
            Kind::Do { screen, .. } => Some(screen),
            _ => None,
        }
    }
}

/// What a node does. Numbers are places in [`Playbook::nodes`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Answers itself.
    Check {
        question: Question,
        yes: usize,
        no: usize,
        unknown: usize,
    },
    /// Asks the person.
    Ask {
        answers: Vec<(Words, usize)>,
        unclear: usize,
    },
    /// Tells the person to do one thing; without answers it only goes on to `unclear`.
    Do {
        screen: String,
        answers: Vec<(Words, usize)>,
        unclear: usize,
    },
    End(Box<End>),
}

impl Kind {
    /// The word used in files and JSON.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Check { .. } => "check",
            Self::Ask { .. } => "ask",
            Self::Do { .. } => "do",
            Self::End(_) => "end",
        }
    }
}

/// Where a walk ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct End {
    /// One of [`CALL`].
    pub call: &'static str,
    /// One of [`RETRY`].
    pub retry: &'static str,
    /// All is well: never reached from anything that is not known.
    pub good: bool,
    /// What became of the customer's money, where the end settles that.
    pub money: Option<Money>,
    /// What the customer may hear.
    pub say: Words,
    /// The playbook that goes on from here; `code`: the page of the code itself (31).
    pub opens: Option<String>,
}

impl End {
    /// Says that one may simply go on: nothing unknown leads here.
    pub fn is_green(&self) -> bool {
        self.good || (self.call == "none" && self.retry == "yes")
    }
}

/// What became of the customer's money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Money {
    Charged,
    NotCharged,
    MayBeCharged,
    Reversed,
}

impl Money {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Charged, Self::NotCharged, Self::MayBeCharged, Self::Reversed];

    /// The word used in files and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Charged => "charged",
            Self::NotCharged => "not-charged",
            Self::MayBeCharged => "may-be-charged",
            Self::Reversed => "reversed",
        }
    }
}

/// What a check asks of what is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Question {
    /// No finding of these check families has failed (a warning still works).
    Works(Vec<String>),
    /// Every finding of these check families is well, without a warning.
    Fine(Vec<String>),
    /// One of these findings was made; `of` names the check families that could have made it.
    Says { codes: Vec<String>, of: Vec<String> },
    /// The response code is one of these.
    Code(Vec<String>),
    /// Something the journal tells.
    Fact(Topic),
}

/// What the journal can be asked. "The sale" is the transaction the walk is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A host answered the sale.
    Answered,
    /// Some sale has no final result, or a reversal waits.
    Unfinished,
    /// The sale went through.
    SaleApproved,
    /// The sale was refused by an answer that settles it.
    SaleRefused,
    /// The sale was reversed.
    SaleReversed,
    /// A reversal of the sale waits to be sent.
    ReversalWaits,
    /// The sale undoes or completes an earlier one.
    Undoing,
    /// The sale was paid by a wallet, not by a card.
    Wallet,
    /// Three or more different cards got this code within an hour of the sale.
    ManyCardsHour,
    /// The same within a day.
    ManyCardsDay,
    /// The different cards with this code are of one bank.
    OneBank,
    /// Other cards were approved within half an hour of the sale.
    OthersApproved,
    /// The same card got this code more than once within an hour.
    SameCardAgain,
    /// The amount is far above what this terminal usually takes.
    AmountUnusual,
    /// Every amount refused with this code is above every amount that went through.
    AboveApproved,
    /// The code came back after the last sign-on.
    AgainAfterSignOn,
    /// Another sale of that day carried the same trace number.
    StanAgain,
    /// The stripe was read.
    UsedStripe,
    /// The card was tapped.
    UsedTap,
    /// A chip was read today.
    ReadInsert,
    /// A stripe was read today.
    ReadSwipe,
    /// A card was tapped today.
    ReadTap,
    /// A wallet was scanned today.
    ReadScan,
    /// The code table is of the newer generation.
    TableNew,
}

impl Topic {
    /// Every topic with its word in files.
    pub const WORDS: &[(Self, &'static str)] = &[
        (Self::Answered, "answered"),
        (Self::Unfinished, "unfinished"),
        (Self::SaleApproved, "approved"),
        (Self::SaleRefused, "refused"),
        (Self::SaleReversed, "reversed"),
        (Self::ReversalWaits, "reversal-waits"),
        (Self::Undoing, "undoing"),
        (Self::Wallet, "wallet"),
        (Self::ManyCardsHour, "many-cards-hour"),
        (Self::ManyCardsDay, "many-cards-day"),
        (Self::OneBank, "one-bank"),
        (Self::OthersApproved, "others-approved"),
        (Self::SameCardAgain, "same-card-again"),
        (Self::AmountUnusual, "amount-unusual"),
        (Self::AboveApproved, "above-approved"),
        (Self::AgainAfterSignOn, "again-after-sign-on"),
        (Self::StanAgain, "stan-again"),
        (Self::UsedStripe, "used-stripe"),
        (Self::UsedTap, "used-tap"),
        (Self::ReadInsert, "read-insert"),
        (Self::ReadSwipe, "read-swipe"),
        (Self::ReadTap, "read-tap"),
        (Self::ReadScan, "read-scan"),
        (Self::TableNew, "table-new"),
    ];
}
