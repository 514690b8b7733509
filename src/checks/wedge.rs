//! `reader.swipe`, `reader.scan`: readers that type like keyboards. By itself a check looks whether the device is there;
//! a person who asks for it has a few seconds to swipe or scan, and is told how well it came through. What came is
//! never kept, here or anywhere.

use std::time::Duration;

use super::adapter::{self, Kind};
use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Fact, Finding, Status};
use crate::platform::{Fut, InputFault, SwipeSeen, Track, Trouble};

/// A person has this long.
const WAIT: Duration = Duration::from_secs(7);
/// A result is shown for this long, seconds.
const KEEP_S: i64 = 600;
const DEVICES: &str = "/proc/bus/input/devices";

const fn spec(id: &'static str, screen: &'static str) -> CheckSpec {
    CheckSpec {
        id,
        area: Area::Reader,
        screen,
        every: Duration::from_secs(30),
        limit: Duration::from_secs(10),
        needs: &[],
    }
}

/// Words in the names of such devices.
const SWIPES: &[&str] = &["magstripe", "magnetic", "magtek", "mag stripe", "msr", "card reader", "swipe"];
const SCANNERS: &[&str] = &["barcode", "bar code", "scanner", "scan head", "qr reader"];

pub(super) struct Swipe;

const SWIPE: CheckSpec = spec("reader.swipe", "41");

pub(super) struct Scan;

const SCAN: CheckSpec = spec("reader.scan", "44");

impl Check for Swipe {
    fn spec(&self) -> &'static CheckSpec {
        &SWIPE
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            if let Some(found) = adapter::finding(&cx, Kind::Swipe, &SWIPE).await {
                return vec![found];
            }
            vec![run(&cx, &SWIPE, &cx.config.reader.swipe, SWIPES).await]
        })
    }

    fn waiting(&self, cx: &Cx) -> Option<Finding> {
        waiting(cx, &SWIPE, "reader-swipe-waiting")
    }
}

impl Check for Scan {
    fn spec(&self) -> &'static CheckSpec {
        &SCAN
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            if let Some(found) = adapter::finding(&cx, Kind::Scanner, &SCAN).await {
                return vec![found];
            }
            vec![run(&cx, &SCAN, &cx.config.reader.scanner, SCANNERS).await]
        })
    }

    fn waiting(&self, cx: &Cx) -> Option<Finding> {
        waiting(cx, &SCAN, "reader-scan-waiting")
    }
}

fn waiting(cx: &Cx, spec: &'static CheckSpec, code: &str) -> Option<Finding> {
    let before = cx.previous.iter().find(|found| found.id == spec.id && found.facts.contains_key("device"))?;
    let can = cx.asked_for(spec.id) && cx.journal.in_flight == 0;
    can.then(|| carried(spec.found(cx, Status::Unknown, code).fact("wait_s", WAIT.as_secs()), Some(before)))
}

async fn run(cx: &Cx, spec: &'static CheckSpec, wanted: &str, words: &[&str]) -> Finding {
    let swipes = spec.id == SWIPE.id;
    let before = cx.previous.iter().find(|found| found.id == spec.id);
    let device = match device(cx, wanted, words).await {
        Ok(Some(device)) => device,
        Ok(None) if wanted.is_empty() => {
            return spec.found(cx, Status::Absent, if swipes { "reader-swipe-none" } else { "reader-scan-none" });
        }
        Ok(None) => {
            let code = if swipes { "reader-swipe-gone" } else { "reader-scan-gone" };
            return spec.found(cx, Status::Fail, code).fact("reader", wanted);
        }
        Err(trouble) => {
            return spec.found(cx, Status::Unknown, "reader-typed-unknown").fact("reason", trouble.to_string());
        }
    };
    if !cx.asked_for(spec.id) {
        let young = |found: &&Finding| (0..KEEP_S).contains(&cx.now.seconds_since(found.at));
        if let Some(kept) = before.filter(|found| found.facts.contains_key("tested")).filter(young) {
            return kept.clone();
        }
        let code = if swipes { "reader-swipe-there" } else { "reader-scan-there" };
        return carried(spec.found(cx, Status::Ok, code), before).fact("device", device);
    }
    if cx.journal.in_flight > 0 {
        return carried(spec.found(cx, Status::Unknown, "reader-card-busy"), before).fact("device", device);
    }
    let gear = cx.host.gear();
    let result = if swipes {
        gear.swipe(&device, WAIT).await.map(|seen| swiped(cx, seen))
    } else {
        gear.scan(&device, WAIT).await.map(|(kind, length)| {
            SCAN.found(cx, Status::Ok, "reader-scan-ok").fact("kind", kind.word()).fact("length", length)
        })
    };
    let found = match result {
        Ok(found) => counted(found.fact("tested", true), before),
        Err(fault) => {
            let (status, code) = match fault {
                InputFault::Nothing => (Status::NotTested, "reader-typed-nothing"),
                InputFault::Missing | InputFault::Gone => (Status::Fail, "reader-typed-gone"),
                InputFault::Denied => (Status::Unknown, "reader-typed-denied"),
                InputFault::Held => (Status::Unknown, "reader-typed-held"),
                InputFault::Other(_) => (Status::Unknown, "reader-typed-unknown"),
            };
            let found = spec.found(cx, status, code).fact("waited_s", WAIT.as_secs());
            carried(found.fact("reason", fault.to_string()), before)
        }
    };
    found.fact("device", device)
}

/// Quality by track. A card need not have all of them: one good track 2 is what payments use.
fn swiped(cx: &Cx, seen: SwipeSeen) -> Finding {
    let [one, two, three] = seen.tracks;
    let bad = |track: Track| !matches!(track, Track::Good | Track::None);
    let (status, code) = match (one, two) {
        _ if seen.tracks.iter().all(|track| *track == Track::None) => (Status::Warning, "reader-swipe-odd"),
        (_, Track::Good) if bad(one) || bad(three) => (Status::Ok, "reader-swipe-partly"),
        (_, Track::Good) => (Status::Ok, "reader-swipe-ok"),
        (Track::Good, Track::None) => (Status::Ok, "reader-swipe-one"),
        _ => (Status::Warning, "reader-swipe-bad"),
    };
    SWIPE
        .found(cx, status, code)
        .fact("track_1", one.word())
        .fact("track_2", two.word())
        .fact("track_3", three.word())
        .fact("checked", seen.checked)
        .fact("backward", seen.backward)
}

/// The event device of the reader: configured, else the first whose name says what it is.
async fn device(cx: &Cx, wanted: &str, words: &[&str]) -> Result<Option<String>, Trouble> {
    let bytes = match cx.host.read(DEVICES, 256 * 1024).await {
        Ok(bytes) => bytes,
        Err(Trouble::Missing) => return Ok(None),
        Err(trouble) => return Err(trouble),
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let blocks = text.split("\n\n").filter_map(|block| {
        let name = block.lines().find_map(|line| line.strip_prefix("N: Name="))?.trim_matches('"').to_lowercase();
        let handlers = block.lines().find_map(|line| line.strip_prefix("H: Handlers="))?;
        let event = handlers.split_whitespace().find(|word| word.starts_with("event"))?;
        Some((name, format!("/dev/input/{event}")))
    });
    let lower = wanted.to_lowercase();
    let fits = |name: &str, path: &str| match lower.as_str() {
        "" => words.iter().any(|word| name.contains(word)),
        _ => path == wanted || name.contains(&lower),
    };
    Ok(blocks.into_iter().find(|(name, path)| fits(name, path)).map(|(_, path)| path))
}

fn number(found: Option<&Finding>, name: &str) -> i64 {
    match found.and_then(|found| found.facts.get(name)) {
        Some(Fact::Int(value)) => *value,
        _ => 0,
    }
}

/// The counts go on.
fn carried(found: Finding, before: Option<&Finding>) -> Finding {
    found.fact("good", number(before, "good")).fact("bad", number(before, "bad"))
}

fn counted(found: Finding, before: Option<&Finding>) -> Finding {
    let good = i64::from(found.status == Status::Ok);
    let (had_good, had_bad) = (number(before, "good"), number(before, "bad"));
    found.fact("good", had_good + good).fact("bad", had_bad + 1 - good)
}
