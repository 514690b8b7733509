//! The bench for cards: what is in the slot, and, when a person asks, whether the card can be talked to. One card at a
//! time; the result stays for a while, the counts as long as the agent runs.

use std::time::Duration;

use super::atr::{self, Tck};
use super::{CARD, Way};
use crate::checks::Cx;
use crate::checks::found::{Build, ms};
use crate::model::{Fact, Finding, Status};
use crate::platform::{CardFault, CardState, Directory, ReaderSeen, Selected};

/// A person has this long to put a card in.
const WAIT: Duration = Duration::from_secs(7);
const PAUSE: Duration = Duration::from_millis(250);
/// Powering up and choosing the directory.
const SELECT: Duration = Duration::from_millis(2_500);
/// A result is shown for this long, seconds.
const KEEP_S: i64 = 600;
/// Cards in a row that did not answer: not the cards' fault any more.
const ROW: i64 = 3;

/// Findings for the slots there are, the last results kept.
pub(super) async fn cards(cx: &Cx, readers: Vec<ReaderSeen>) -> Vec<Finding> {
    let bench = [Way::Chip, Way::Tap].into_iter().find(|kind| cx.asked_for(kind.id()));
    let mut found = Vec::new();
    for kind in [Way::Chip, Way::Tap] {
        let mine: Vec<ReaderSeen> = readers.iter().filter(|one| Way::of(cx, one) == kind).cloned().collect();
        if mine.is_empty() {
            continue;
        }
        let before = cx.previous.iter().find(|found| found.id == kind.id());
        found.push(if bench == Some(kind) {
            counted(test(cx, kind).await, before)
        } else {
            look(cx, kind, &mine, before)
        });
    }
    if found.is_empty() {
        let code = if readers.is_empty() { "reader-untested" } else { "reader-card-none-here" };
        let status = if readers.is_empty() { Status::NotTested } else { Status::Absent };
        found.push(CARD.found(cx, status, code));
    }
    found
}

/// Said while a person is to put the card in.
pub(super) fn waiting(cx: &Cx) -> Option<Finding> {
    let (kind, code) = match () {
        () if cx.asked_for(Way::Chip.id()) => (Way::Chip, "reader-card-waiting"),
        () if cx.asked_for(Way::Tap.id()) => (Way::Tap, "reader-card-waiting-tap"),
        () => return None,
    };
    let before = cx.previous.iter().find(|found| found.id == kind.id())?;
    let has_reader = !matches!(before.code.as_str(), "reader-card-none-here" | "reader-untested");
    let found = kind.found(cx, Status::Unknown, code).fact("wait_s", WAIT.as_secs());
    (has_reader && cx.journal.in_flight == 0).then(|| with_counts(found, counts(Some(before))))
}

/// Who is there, without touching anybody.
fn look(cx: &Cx, kind: Way, readers: &[ReaderSeen], before: Option<&Finding>) -> Finding {
    let full = readers.iter().find(|one| matches!(one.card, CardState::Present | CardState::Mute));
    let tested = before.filter(|found| found.facts.contains_key("tested"));
    let young = |found: &&Finding| (0..KEEP_S).contains(&cx.now.seconds_since(found.at));
    // The card of the test may still be in, or be out again: its result stands either way.
    if let Some(result) = tested.filter(young) {
        return result.clone();
    }
    let found = match full {
        Some(reader) => {
            let found = if reader.card == CardState::Mute {
                kind.found(cx, Status::Warning, "reader-card-mute").fact("in_a_row", 1_i64)
            } else {
                answer(cx, kind, &reader.atr)
            };
            found.fact("reader", reader.name.as_str())
        }
        None => kind.found(cx, Status::Absent, "reader-card-empty"),
    };
    with_counts(found, counts(before))
}

/// Waits for a card, powers it up, chooses the directory.
async fn test(cx: &Cx, kind: Way) -> Finding {
    if cx.journal.in_flight > 0 {
        return kind.found(cx, Status::Unknown, "reader-card-busy");
    }
    let Some(reader) = wait(cx, kind).await else {
        return kind.found(cx, Status::NotTested, "reader-card-not-inserted").fact("waited_s", WAIT.as_secs());
    };
    let name = reader.name.as_str();
    if reader.card == CardState::Mute {
        return kind.found(cx, Status::Warning, "reader-card-mute").fact("reader", name).fact("tested", true);
    }
    let seen = answer(cx, kind, &reader.atr);
    if seen.status != Status::Ok {
        return seen.fact("reader", name).fact("tested", true);
    }
    let directory = match kind {
        Way::Chip => Directory::Contact,
        Way::Tap => Directory::Contactless,
    };
    let found = match cx.host.gear().select(name, directory, SELECT).await {
        Ok(selected) => told(cx, kind, selected),
        Err(CardFault::Held) => return kind.found(cx, Status::Unknown, "reader-card-held").fact("reader", name),
        Err(CardFault::NoCard) => kind.found(cx, Status::Warning, "reader-card-pulled"),
        Err(CardFault::Mute | CardFault::Late) => kind.found(cx, Status::Warning, "reader-card-mute"),
        Err(fault) => {
            let code = "reader-card-unknown";
            return kind.found(cx, Status::Unknown, code).fact("reader", name).fact("reason", fault.to_string());
        }
    };
    let found = seen.facts.into_iter().fold(found, |found, (name, value)| found.fact(&name, value));
    found.fact("reader", name).fact("directory", directory.name()).fact("tested", true)
}

/// The first reader of this kind with a card in it.
async fn wait(cx: &Cx, kind: Way) -> Option<ReaderSeen> {
    let look = async {
        loop {
            let readers = cx.host.gear().readers().await.unwrap_or_default();
            let full = |one: &ReaderSeen| matches!(one.card, CardState::Present | CardState::Mute);
            if let Some(reader) = readers.into_iter().find(|one| full(one) && Way::of(cx, one) == kind) {
                return reader;
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    tokio::time::timeout(WAIT, look).await.ok()
}

/// What the answer to reset tells.
fn answer(cx: &Cx, kind: Way, bytes: &[u8]) -> Finding {
    let decoded = match atr::decode(bytes) {
        Ok(decoded) => decoded,
        Err(fault) => {
            let found = kind.found(cx, Status::Warning, "reader-card-garbled").fact("reason", fault.to_string());
            return found.fact("atr", atr::hex(bytes));
        }
    };
    let (status, code) = match decoded.tck {
        // A clean line gives the right check byte; a few good cards in a hundred get it wrong themselves.
        Tck::Wrong => (Status::Warning, "reader-card-check-byte"),
        Tck::Missing => (Status::Warning, "reader-card-cut-short"),
        Tck::Right | Tck::NotNeeded => (Status::Ok, "reader-card-present"),
    };
    kind.found(cx, status, code)
        .fact("protocols", decoded.protocol_words())
        .fact("convention", decoded.convention_word())
        .fact("historical_count", decoded.historical.len())
        .fact("atr", atr::hex(bytes))
}

/// What a status word means for us (ISO 7816-4, EMV Book 1). A card that answers at all shows that the reader works:
/// what it refuses is the card's own matter.
fn told(cx: &Cx, kind: Way, selected: Selected) -> Finding {
    let (status, code) = match selected.sw {
        0x9000 | 0x6100..=0x61FF => (Status::Ok, "reader-card-ok"),
        0x6A82 => (Status::Ok, "reader-card-no-directory"),
        0x6A81 => (Status::Ok, "reader-card-blocked"),
        0x6283 => (Status::Ok, "reader-card-app-blocked"),
        0x6985 => (Status::Ok, "reader-card-refuses"),
        0x6983 | 0x6984 => (Status::Ok, "reader-card-pin-blocked"),
        0x63C0..=0x63CF => (Status::Ok, "reader-card-pin-tries"),
        0x6D00 | 0x6E00 => (Status::Ok, "reader-card-not-payment"),
        _ => (Status::Warning, "reader-card-odd"),
    };
    let tries = i64::from(selected.sw & 0x0F);
    let found = kind.found(cx, status, code).fact("sw", format!("{:04X}", selected.sw));
    found.fact("tries", tries).fact("ms", ms(selected.took))
}

/// Good and bad tests, and bad ones in a row.
fn counts(before: Option<&Finding>) -> (i64, i64, i64) {
    let number = |name: &str| match before.and_then(|found| found.facts.get(name)) {
        Some(Fact::Int(value)) => *value,
        _ => 0,
    };
    (number("good"), number("bad"), number("in_a_row"))
}

fn with_counts(found: Finding, (good, bad, row): (i64, i64, i64)) -> Finding {
    found.fact("good", good).fact("bad", bad).fact("in_a_row", row)
}

/// Adds this test to the counts; several different cards without an answer are the reader.
fn counted(found: Finding, before: Option<&Finding>) -> Finding {
    let (good, bad, row) = counts(before);
    if !found.facts.contains_key("tested") {
        return with_counts(found, (good, bad, row));
    }
    match found.status {
        Status::Ok => with_counts(found, (good + 1, bad, 0)),
        _ if row + 1 >= ROW => {
            let found = Finding { status: Status::Fail, code: "reader-card-all-mute".to_owned(), ..found };
            with_counts(found, (good, bad + 1, row + 1)).remedy("reset-reader")
        }
        _ => with_counts(found, (good, bad + 1, row + 1)),
    }
}
