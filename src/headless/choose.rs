//! `do ... --set`: what the screens let a person choose, in words. A password is read from standard input only.

use std::io;
use std::net::Ipv4Addr;

use super::output::{Exit, Output, complain};
use crate::link::Link;
use crate::model::{Draft, NetChange, Secret, SlipOf, WifiLock, hex_of, ssid_name};
use crate::platform;
use crate::proto::{Reply, Request};
use crate::text;

/// Tells the agent what has been chosen; the exit where that is no choice for this action.
pub async fn choose(link: &Link, action: &str, words: &[String], out: &Output) -> io::Result<Result<(), Exit>> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let draft = match words.as_slice() {
        ["wifi", name] => match wifi(link, name, out).await? {
            Ok(change) => Some(Draft::Net { change }),
            Err(exit) => return Ok(Err(exit)),
        },
        ["hidden", name, rest @ ..] => hidden(name, rest, out)?.map(|change| Draft::Net { change }),
        ["time", text] => time(text).map(|local| Draft::Time { local }),
        ["slip", word] => slip(word).map(|of| Draft::Slip { about: of, lang: out.lang.tag().to_owned() }),
        words => net(words).map(|change| Draft::Net { change }),
    };
    let Some(draft) = draft.filter(|draft| draft.action() == action) else {
        complain(&text::ta(out.lang, "cli-bad-set", &[("words", words.join(" ").into())]));
        return Ok(Err(Exit::Usage));
    };
    Ok(match link.ask(Request::Draft { draft }).await {
        Reply::Done => Ok(()),
        Reply::Refused(refusal) => Err(out.refused(&refusal)),
        _ => Err(Exit::Internal),
    })
}

fn slip(word: &str) -> Option<SlipOf> {
    match word {
        "test" => Some(SlipOf::Test),
        "acceptance" => Some(SlipOf::Acceptance),
        _ => None,
    }
}

fn net(words: &[&str]) -> Option<NetChange> {
    let ip = |at: usize| words.get(at).map(|text| text.parse::<Ipv4Addr>().ok());
    match words {
        ["auto", interface] => Some(NetChange::Automatic { interface: (*interface).to_owned() }),
        ["mobile"] => Some(NetChange::Mobile { apn: None }),
        ["apn", apn] => Some(NetChange::Mobile { apn: Some((*apn).to_owned()) }),
        ["fixed", interface, address, ..] => {
            let (address, prefix) = address.split_once('/')?;
            Some(NetChange::Fixed {
                interface: (*interface).to_owned(),
                address: address.parse().ok()?,
                prefix: prefix.parse().ok()?,
                gateway: ip(3).map_or(Some(None), |ip| ip.map(Some))?,
                dns: ip(4).map_or(Some(None), |ip| ip.map(Some))?,
            })
        }
        _ => None,
    }
}

/// Finds the network by its name: how it is locked only it can tell.
async fn wifi(link: &Link, name: &str, out: &Output) -> io::Result<Result<NetChange, Exit>> {
    let seen = match link.ask(Request::Net { scan: true }).await {
        Reply::Net(seen) => seen,
        Reply::Refused(refusal) => return Ok(Err(out.refused(&refusal))),
        _ => return Ok(Err(Exit::Internal)),
    };
    let Some(near) = seen.wifi.into_iter().find(|near| ssid_name(&near.ssid) == name) else {
        complain(&text::t(out.lang, "run-set-up-out-of-reach"));
        return Ok(Err(Exit::Unavailable));
    };
    let password = match near.lock {
        WifiLock::Open => Secret::default(),
        _ => platform::private_line(&text::t(out.lang, "setup-type-password"))?,
    };
    Ok(Ok(NetChange::Wifi { ssid: near.ssid, lock: near.lock, hidden: false, password }))
}

/// A network that does not say that it is there; locked by a password (WPA2) where nothing else is said.
fn hidden(name: &str, rest: &[&str], out: &Output) -> io::Result<Option<NetChange>> {
    let lock = match rest {
        [] => Some(WifiLock::Psk),
        [word] => WifiLock::of(word),
        _ => None,
    };
    let Some(lock) = lock else { return Ok(None) };
    let password = match lock {
        WifiLock::Open => Secret::default(),
        _ => platform::private_line(&text::t(out.lang, "setup-type-password"))?,
    };
    Ok(Some(NetChange::Wifi { ssid: hex_of(name), lock, hidden: true, password }))
}

/// `2026-11-22T09:30` as its digits.
fn time(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let plain = text.chars().all(|sign| sign.is_ascii_digit() || "-T :".contains(sign));
    (plain && digits.len() == 12).then_some(digits)
}
