//! Where new versions are: a bundle, a folder such as a USB stick's, or the address of a manifest (`update.toml`). What
//! a manifest says is only told to people; whether a bundle counts is its signature's to say.

use std::cmp::Ordering;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use crate::actions::Cx;
use crate::model::{OfferSeen, Signed};
use crate::platform::Trouble;

const MANIFEST: &str = "update.toml";
const MOST: usize = 64 * 1024;
const FETCH: Duration = Duration::from_secs(20);
/// Characters of the maker's words, and of a version.
const NOTES: usize = 600;
const WORD: usize = 60;

/// Why there is none: code of a refusal, detail.
pub type Fault = (&'static str, String);

/// What is offered.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Manifest {
    version: String,
    /// File beside the manifest.
    bundle: String,
    size: u64,
    sha256: String,
    notes: Notes,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Notes {
    zh: String,
    en: String,
}

/// A bundle's place, still unproved; without a version where only the bundle itself tells.
pub async fn find(cx: &Cx, fresh: bool, ending: &str) -> Result<OfferSeen, Fault> {
    let source = cx.config.update.source.as_str();
    if source.is_empty() {
        return Err(("upgrade-no-source", String::new()));
    }
    if source.contains("://") {
        return if fresh { away(cx, source).await } else { told(cx) };
    }
    let seen = cx.host.file(source).await.map_err(|trouble| at(source, &trouble))?;
    if !seen.folder {
        let told = Path::new(source).extension().is_some_and(|ending| ending == "toml");
        return if told { manifest(cx, source).await } else { bundle(cx, source).await };
    }
    let names = cx.host.list(source).await.map_err(|trouble| at(source, &trouble))?;
    if names.iter().any(|name| name == MANIFEST) {
        return manifest(cx, &format!("{}/{MANIFEST}", source.trim_end_matches('/'))).await;
    }
    let mut bundles = names.iter().filter(|name| name.ends_with(ending) && !name.starts_with('.'));
    match (bundles.next(), bundles.next()) {
        (Some(name), None) => bundle(cx, &format!("{}/{name}", source.trim_end_matches('/'))).await,
        (Some(_), Some(_)) => Err(("upgrade-several", source.to_owned())),
        (None, _) => Err(("upgrade-nothing", source.to_owned())),
    }
}

/// What was told when somebody asked last.
fn told(cx: &Cx) -> Result<OfferSeen, Fault> {
    let base = beside(&cx.config.update.source);
    let told = cx.updates.offer.clone().map(|(offer, _)| offer).filter(|offer| beside(&offer.bundle) == base);
    told.ok_or(("upgrade-not-asked", String::new()))
}

/// The folder of an address.
fn beside(url: &str) -> &str {
    url.rsplit_once('/').map_or(url, |(base, _)| base)
}

fn at(place: &str, trouble: &Trouble) -> Fault {
    match trouble {
        Trouble::Missing => ("upgrade-nothing", place.to_owned()),
        other => ("upgrade-source", format!("{place}: {other}")),
    }
}

async fn bundle(cx: &Cx, path: &str) -> Result<OfferSeen, Fault> {
    let seen = cx.host.file(path).await.map_err(|trouble| at(path, &trouble))?;
    Ok(OfferSeen {
        size: seen.size,
        stamp: format!("{} {}", seen.size, seen.changed_us),
        bundle: path.to_owned(),
        ..OfferSeen::default()
    })
}

async fn manifest(cx: &Cx, path: &str) -> Result<OfferSeen, Fault> {
    let bytes = cx.host.read(path, MOST).await.map_err(|trouble| at(path, &trouble))?;
    let told = read(&bytes)?;
    let folder = Path::new(path).parent().unwrap_or(Path::new("/"));
    let found = bundle(cx, &folder.join(&told.bundle).display().to_string()).await?;
    Ok(OfferSeen { size: found.size, stamp: found.stamp, bundle: found.bundle, ..told })
}

async fn away(cx: &Cx, url: &str) -> Result<OfferSeen, Fault> {
    let ca_file = Some(cx.config.update.ca_file.as_path()).filter(|path| !path.as_os_str().is_empty());
    let bytes = cx.host.fetch(url, ca_file, MOST, FETCH).await.map_err(|trouble| at(url, &trouble))?;
    let told = read(&bytes)?;
    // Over a line nothing else tells whether all of it came.
    if told.size == 0 || told.sha256.is_empty() {
        return Err(("upgrade-manifest", "size, sha256".to_owned()));
    }
    Ok(OfferSeen { bundle: format!("{}/{}", beside(url), told.bundle), signed: Signed::Later, ..told })
}

fn read(bytes: &[u8]) -> Result<OfferSeen, Fault> {
    let fault = |what: &str| ("upgrade-manifest", what.to_owned());
    let text = std::str::from_utf8(bytes).map_err(|_| fault("UTF-8"))?;
    let told: Manifest = toml::from_str(text).map_err(|error| fault(&line(error.message(), WORD)))?;
    let plain = |text: &str| !text.is_empty() && !text.contains(['/', '\\', '?', '#']) && !text.starts_with('.');
    if !plain(&told.bundle) || told.bundle.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(fault("bundle"));
    }
    let digest = told.sha256.len() == 64 && told.sha256.bytes().all(|b| b.is_ascii_hexdigit());
    if !told.sha256.is_empty() && !digest {
        return Err(fault("sha256"));
    }
    Ok(OfferSeen {
        version: line(&told.version, WORD),
        size: told.size,
        bundle: told.bundle,
        sha256: told.sha256.to_ascii_lowercase(),
        zh: line(&told.notes.zh, NOTES),
        en: line(&told.notes.en, NOTES),
        ..OfferSeen::default()
    })
}

/// On one line, without what a screen should not be sent.
pub fn line(text: &str, most: usize) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    flat.chars().filter(|c| !c.is_control()).take(most).collect()
}

/// The version that the system says it has.
pub async fn os_version(cx: &Cx) -> String {
    for file in ["/etc/os-release", "/usr/lib/os-release"] {
        let Ok(bytes) = cx.host.read(file, MOST).await else { continue };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let value = |key: &str| {
            text.lines().find_map(|line| line.strip_prefix(key)).map(|value| line(value.trim_matches('"'), WORD))
        };
        if let Some(version) = value("IMAGE_VERSION=").or_else(|| value("VERSION_ID=")) {
            return version;
        }
    }
    String::new()
}

/// Whether the first version is older than the second: number by number, words by their letters. Versions that nobody
/// knows are not older.
pub fn older(first: &str, second: &str) -> bool {
    if first.is_empty() || second.is_empty() {
        return false;
    }
    let parts = |text: &str| -> Vec<String> {
        text.trim_start_matches(['v', 'V']).split(['.', '-', '_', '+', '~', ':']).map(str::to_owned).collect()
    };
    let (first, second) = (parts(first), parts(second));
    for at in 0..first.len().max(second.len()) {
        let part = |list: &[String]| list.get(at).cloned().unwrap_or_else(|| "0".to_owned());
        let (a, b) = (part(&first), part(&second));
        let order = match (a.parse::<u64>(), b.parse::<u64>()) {
            (Ok(a), Ok(b)) => a.cmp(&b),
            _ => a.cmp(&b),
        };
        if order != Ordering::Equal {
            return order == Ordering::Less;
        }
    }
    false
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        for (first, second) in [("1.9", "1.10"), ("1.2", "1.2.1"), ("v2.0.0", "10.0"), ("2026.1", "2026.02")] {
            assert!(older(first, second) && !older(second, first), "{first} {second}");
        }
        assert!(!older("1.0", "1.0.0") && !older("", "1") && !older("1", ""));
    }

    #[test]
    fn a_manifest_names_a_file_beside_it_and_nothing_else() {
        let good =
            b"version = \"2.1.0\"\nbundle = \"a.raucb\"\nsize = 7\n[notes]\nzh = \"\xE6\x96\xB0\\n\xE7\x89\x88\"";
        let told = read(good).unwrap();
        assert_eq!((told.version.as_str(), told.zh.as_str()), ("2.1.0", "\u{65b0} \u{7248}"));
        for bundle in ["", "../a", "a/b", ".hidden", "a b", "a?b"] {
            assert!(read(format!("bundle = {bundle:?}").as_bytes()).is_err(), "{bundle}");
        }
        assert!(read(b"bundle = \"a\"\nsha256 = \"12\"").is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
            let text = String::from_utf8_lossy(&bytes);
            older(&text, "1.2");
        }
    }
}
