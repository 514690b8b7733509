//! `reader.service`, `reader.device`, `reader.card`: PC/SC from the service down to the card in the slot.
//!
//! By itself a check only looks who is there. A card is powered up, and its directory chosen, only when somebody asks
//! for that very check, and never while a sale is in flight: the reader belongs to the payment application.

mod atr;
mod bench;

use std::time::Duration;

use super::adapter::{self, Kind};
use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Status};
use crate::platform::{CardFault, CardState, Fut, ReaderSeen};

pub(super) struct Service;

const SERVICE: CheckSpec = CheckSpec {
    id: "reader.service",
    area: Area::Reader,
    screen: "4",
    every: Duration::from_secs(15),
    limit: Duration::from_secs(5),
    needs: &[],
};

impl Check for Service {
    fn spec(&self) -> &'static CheckSpec {
        &SERVICE
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            if cx.config.reader.pcsc == "off" {
                return vec![SERVICE.found(&cx, Status::Absent, "reader-service-none")];
            }
            let found = match cx.host.gear().readers().await {
                Ok(readers) => SERVICE.found(&cx, Status::Ok, "reader-service-ok").fact("readers_count", readers.len()),
                Err(CardFault::NoLibrary) if wanted(&cx) => {
                    SERVICE.found(&cx, Status::Fail, "reader-service-no-library")
                }
                Err(CardFault::NoService) if expected(&cx).await => {
                    SERVICE.found(&cx, Status::Fail, "reader-service-stopped").remedy("reset-reader")
                }
                Err(CardFault::NoLibrary | CardFault::NoService) => {
                    SERVICE.found(&cx, Status::Absent, "reader-service-none")
                }
                Err(CardFault::Late) => SERVICE.found(&cx, Status::Fail, "reader-service-hangs").remedy("reset-reader"),
                Err(CardFault::Denied) => SERVICE.found(&cx, Status::Unknown, "reader-service-denied"),
                Err(fault) => {
                    SERVICE.found(&cx, Status::Unknown, "reader-service-unknown").fact("reason", fault.to_string())
                }
            };
            vec![found]
        })
    }
}

/// The site says that there is PC/SC.
fn wanted(cx: &Cx) -> bool {
    cx.config.reader.pcsc == "on" || !cx.config.reader.readers.is_empty()
}

/// Whether the service ought to run here: somebody says so, it ran since the machine was started, it answered before,
/// or systemd starts it.
async fn expected(cx: &Cx) -> bool {
    let answered = |found: &Finding| found.id == SERVICE.id && matches!(found.status, Status::Ok | Status::Fail);
    if wanted(cx) || cx.previous.iter().any(answered) || cx.host.list("/run/pcscd").await.is_ok() {
        return true;
    }
    let started = cx.host.list("/run/systemd/system").await.is_ok();
    let sockets = cx.host.list("/etc/systemd/system/sockets.target.wants").await.unwrap_or_default();
    started && sockets.iter().any(|unit| unit == "pcscd.socket")
}

pub(super) struct Device;

const DEVICE: CheckSpec = CheckSpec {
    id: "reader.device",
    area: Area::Reader,
    screen: "4",
    every: Duration::from_secs(15),
    limit: Duration::from_secs(5),
    needs: &["reader.service", "sys.usb"],
};

impl Check for Device {
    fn spec(&self) -> &'static CheckSpec {
        &DEVICE
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            if let Some(found) = adapter::finding(&cx, Kind::Reader, &DEVICE).await {
                return vec![found.remedy("reset-reader")];
            }
            if cx.config.reader.pcsc == "off" {
                return vec![DEVICE.found(&cx, Status::Absent, "reader-device-none-here")];
            }
            vec![match cx.host.gear().readers().await {
                Ok(readers) => devices(&cx, &readers),
                Err(CardFault::NoLibrary) if wanted(&cx) => DEVICE.found(&cx, Status::NotTested, "reader-untested"),
                Err(CardFault::NoService) if expected(&cx).await => {
                    DEVICE.found(&cx, Status::NotTested, "reader-untested")
                }
                Err(CardFault::NoLibrary | CardFault::NoService) => {
                    DEVICE.found(&cx, Status::Absent, "reader-device-none-here")
                }
                Err(_) => DEVICE.found(&cx, Status::NotTested, "reader-untested"),
            }]
        })
    }
}

fn devices(cx: &Cx, readers: &[ReaderSeen]) -> Finding {
    let names: Vec<String> = readers.iter().map(|reader| reader.name.clone()).collect();
    let there = |wanted: &&String| names.iter().any(|name| name.starts_with(wanted.as_str()));
    let missing: Vec<String> = cx.config.reader.readers.iter().filter(|wanted| !there(wanted)).cloned().collect();
    let broken = readers.iter().find(|reader| reader.card == CardState::Broken);
    let found = if let Some(first) = missing.first() {
        DEVICE.found(cx, Status::Fail, "reader-device-missing").fact("reader", first.as_str())
    } else if names.is_empty() {
        DEVICE.found(cx, Status::Fail, "reader-device-none")
    } else if let Some(reader) = broken {
        DEVICE.found(cx, Status::Fail, "reader-device-broken").fact("reader", reader.name.as_str())
    } else {
        DEVICE.found(cx, Status::Ok, "reader-device-ok").fact("reader", names.join(", "))
    };
    let held = readers.iter().any(|reader| reader.held);
    found.fact("readers_count", names.len()).fact("readers", names).fact("held", held).remedy("reset-reader")
}

pub(super) struct Card;

const CARD: CheckSpec = CheckSpec {
    id: "reader.card",
    area: Area::Reader,
    screen: "42",
    every: Duration::from_secs(15),
    limit: Duration::from_secs(10),
    needs: &["reader.device", "reader.service", "sys.usb"],
};

impl Check for Card {
    fn spec(&self) -> &'static CheckSpec {
        &CARD
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            // What the vendor tells of one way says nothing of the other.
            let chip = adapter::finding(&cx, Kind::Chip, &CARD).await;
            let tap = adapter::finding(&cx, Kind::Tap, &CARD).await.map(Way::tapped);
            if chip.is_some() || tap.is_some() {
                return chip.into_iter().chain(tap).collect();
            }
            if cx.config.reader.pcsc == "off" {
                return vec![CARD.found(&cx, Status::Absent, "reader-card-none-here")];
            }
            match cx.host.gear().readers().await {
                Ok(readers) => bench::cards(&cx, readers).await,
                Err(CardFault::NoLibrary | CardFault::NoService) if !wanted(&cx) && !expected(&cx).await => {
                    vec![CARD.found(&cx, Status::Absent, "reader-card-none-here")]
                }
                Err(_) => vec![CARD.found(&cx, Status::NotTested, "reader-untested")],
            }
        })
    }

    fn waiting(&self, cx: &Cx) -> Option<Finding> {
        bench::waiting(cx)
    }
}

/// The two ways a card is put to a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Chip,
    Tap,
}

impl Way {
    fn of(cx: &Cx, reader: &ReaderSeen) -> Self {
        let name = reader.name.to_lowercase();
        let says = |word: &String| name.contains(&word.to_lowercase());
        if cx.config.reader.contactless.iter().any(says) { Self::Tap } else { Self::Chip }
    }

    /// A finding about cards of this kind.
    fn found(self, cx: &Cx, status: Status, code: &str) -> Finding {
        let found = CARD.found(cx, status, code);
        match self {
            Self::Chip => found,
            Self::Tap => Self::tapped(found),
        }
    }

    /// The same about cards that are tapped.
    fn tapped(found: Finding) -> Finding {
        Finding { screen: "43".to_owned(), ..found.about("tap") }
    }

    const fn id(self) -> &'static str {
        match self {
            Self::Chip => "reader.card",
            Self::Tap => "reader.card:tap",
        }
    }
}
