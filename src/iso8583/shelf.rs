//! Every packing there is: those built in, and a site's own beside them. Which of them fits a message.

use std::path::Path;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use super::decode::decode;
use super::message::Decoded;
use super::packing::{Packing, PackingError};

/// Built-in files; a later one may build on an earlier one.
const FILES: &[&str] = &[
    include_str!("../../config/iso8583/cup-pos.toml"),
    include_str!("../../config/iso8583/iso87-ascii-hexbitmap.toml"),
    include_str!("../../config/iso8583/iso87-ascii-binbitmap.toml"),
    include_str!("../../config/iso8583/iso87-bcd.toml"),
    include_str!("../../config/iso8583/iso87-ebcdic.toml"),
    include_str!("../../config/iso8583/cup-pos-tpdu.toml"),
    include_str!("../../config/iso8583/cup-pos-bare.toml"),
];

static BUILT_IN: LazyLock<Vec<Arc<Packing>>> = LazyLock::new(|| {
    let mut good: Vec<Arc<Packing>> = Vec::new();
    for file in FILES {
        // A test parses every shipped file, so none is lost here.
        good.extend(Packing::parse(file, |name| find(&good, name)).ok().map(Arc::new));
    }
    good
});

static SITE: RwLock<Vec<Arc<Packing>>> = RwLock::new(Vec::new());

fn find(packings: &[Arc<Packing>], name: &str) -> Option<Arc<Packing>> {
    packings.iter().find(|packing| *packing.name == *name).cloned()
}

/// The packing of this name.
pub fn by_name(name: &str) -> Option<Arc<Packing>> {
    find(&BUILT_IN, name).or_else(|| find(&SITE.read().unwrap_or_else(PoisonError::into_inner), name))
}

/// Names of all packings, a site's own last.
pub fn names() -> Vec<String> {
    let site = SITE.read().unwrap_or_else(PoisonError::into_inner);
    BUILT_IN.iter().chain(&*site).map(|packing| packing.name.to_string()).collect()
}

/// The same as they will be when this folder is laid beside them.
pub fn names_with(dir: &Path) -> Vec<String> {
    let good = read_dir(dir).0;
    BUILT_IN.iter().chain(&good).map(|packing| packing.name.to_string()).collect()
}

/// What is wrong with a site's packing file.
#[derive(Debug)]
pub struct PackingFault {
    pub file: String,
    /// 1-based; 0 where it concerns the whole file.
    pub line: usize,
    pub detail: String,
}

/// Lays the `*.toml` files of a folder beside the built-in packings, in the order of their names, instead of what was
/// laid before. A file with a fault is left out whole; every fault is returned. No folder, no faults.
pub fn load_dir(dir: &Path) -> Vec<PackingFault> {
    let (good, faults) = read_dir(dir);
    *SITE.write().unwrap_or_else(PoisonError::into_inner) = good;
    faults
}

fn read_dir(dir: &Path) -> (Vec<Arc<Packing>>, Vec<PackingFault>) {
    let (mut good, mut faults): (Vec<Arc<Packing>>, _) = (Vec::new(), Vec::new());
    let Ok(entries) = std::fs::read_dir(dir) else { return (good, faults) };
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    files.sort();
    for path in files {
        let file = path.display().to_string();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                faults.push(PackingFault { file, line: 0, detail: error.to_string() });
                continue;
            }
        };
        let base = |name: &str| find(&BUILT_IN, name).or_else(|| find(&good, name));
        match Packing::parse(&text, base).and_then(|packing| unique(packing, &good)) {
            Ok(packing) => good.push(Arc::new(packing)),
            Err(error) => {
                let line = error.span(&text).map_or(0, |at| 1 + text[..at.start].matches('\n').count());
                faults.push(PackingFault { file, line, detail: error.to_string() });
            }
        }
    }
    (good, faults)
}

/// A site's packing has a name of its own.
fn unique(packing: Packing, good: &[Arc<Packing>]) -> Result<Packing, PackingError> {
    if find(&BUILT_IN, &packing.name).or_else(|| find(good, &packing.name)).is_some() {
        return Err(PackingError::Taken(packing.name.to_string()));
    }
    Ok(packing)
}

/// The packing that fits the first bytes of a message, by the order in which they can be told apart.
pub fn sniff(message: &[u8]) -> Option<Arc<Packing>> {
    let digit = |byte: &u8| byte.is_ascii_digit();
    let name = match message {
        // A frame: length, TPDU id 60 or 68.
        [_, _, 0x60 | 0x68, ..] if message.len() >= 13 && !message.starts_with(&[0x60]) => "cup-pos",
        // A TPDU with the UnionPay header's class behind it; no length.
        [0x60 | 0x68, _, _, _, _, 0x60..=0x63, ..] if message.len() >= 11 => "cup-pos-tpdu",
        [_, _, 0x60 | 0x68, ..] if message.len() >= 13 => "cup-pos",
        [0x60..=0x63, 0x31 | 0x32, _, _, _, _, 0x01..=0x09, ..] => "cup-pos-bare",
        [b'0'..=b'2', a, b, c, rest @ ..] if digit(a) && digit(b) && digit(c) => {
            let hex = rest.len() >= 16 && rest[..16].iter().all(u8::is_ascii_hexdigit);
            if hex { "iso87-ascii-hexbitmap" } else { "iso87-ascii-binbitmap" }
        }
        [0xF0..=0xF2, 0xF0..=0xF9, ..] => "iso87-ebcdic",
        [0x01 | 0x02 | 0x03 | 0x04 | 0x05 | 0x06 | 0x08, ..] => "iso87-bcd",
        _ => return None,
    };
    by_name(name)
}

/// Reads a message with the packing that its first bytes tell; if that fails, with one that reads it whole.
pub fn decode_any(message: &[u8]) -> Decoded {
    let sniffed = sniff(message).map(|packing| decode(message, &packing));
    match sniffed {
        Some(decoded) if decoded.error.is_none() => decoded,
        sniffed => fitting(message, None).unwrap_or_else(|| sniffed.unwrap_or_else(Decoded::no_packing)),
    }
}

/// Reads a message with the packing that was named; where that fails, says which other one fits.
pub fn decode_as(message: &[u8], packing: &Packing) -> Decoded {
    let mut decoded = decode(message, packing);
    if decoded.error.is_some() {
        decoded.fits = fitting(message, Some(&packing.name)).map(|fits| fits.packing);
        decoded.fits_whole = decoded.fits.is_some();
        if decoded.fits.is_none() {
            decoded.fits = further(message, &decoded).map(|fits| fits.packing);
        }
    }
    decoded
}

/// A message with a fault in it fits nowhere whole: the packing that its first bytes tell, where that gets further.
fn further(message: &[u8], than: &Decoded) -> Option<Decoded> {
    let sniffed = sniff(message).filter(|packing| packing.name != than.packing)?;
    let found = decode(message, &sniffed);
    let got_further = found.fields().count() > than.fields().count().max(1);
    // The frame's length is wrong of a message that was cut.
    (makes_sense(&found) && got_further).then_some(found)
}

/// Whether a type as there are was read, behind a TPDU where there should be one.
fn makes_sense(decoded: &Decoded) -> bool {
    let mti = decoded.mti().unwrap_or_default().as_bytes();
    matches!(mti, [b'0'..=b'2', b'1'..=b'9', b'0'..=b'9', b'0'..=b'9']) && !decoded.warnings.contains(&"tpdu")
}

/// The message as read by a packing, other than this one, that leaves nothing over and makes sense.
fn fitting(message: &[u8], not: Option<&str>) -> Option<Decoded> {
    let site = SITE.read().unwrap_or_else(PoisonError::into_inner).clone();
    let others = BUILT_IN.iter().chain(&site).filter(|packing| not.is_none_or(|not| *packing.name != *not));
    let fits = |decoded: &Decoded| {
        decoded.error.is_none()
            && makes_sense(decoded)
            && decoded.fields().count() > 1
            && !decoded.warnings.contains(&"frame-length")
    };
    others.map(|packing| decode(message, packing)).find(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_packing_parses() {
        assert_eq!(BUILT_IN.len(), FILES.len());
        for file in FILES {
            Packing::parse(file, |name| find(&BUILT_IN, name)).expect("a packing");
        }
    }

    fn site(files: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).expect("written");
        }
        let (good, faults) = read_dir(folder.path());
        let place = |fault: &PackingFault| {
            let name = fault.file.rsplit('/').next().unwrap_or_default();
            format!("{name}:{}: {}", fault.line, fault.detail)
        };
        (good.iter().map(|packing| packing.name.to_string()).collect(), faults.iter().map(place).collect())
    }

    #[test]
    fn a_site_builds_on_what_is_there() {
        let text =
            "name = \"our-bank\"\nbase = \"cup-pos\"\nheader = \"cup-ani\"\n[fields]\n46 = \"gbk...200\"\n64 = \"\"\n";
        let deeper = "name = \"our-test-bank\"\nbase = \"our-bank\"\n";
        assert_eq!(
            site(&[("a.toml", text), ("b.toml", deeper)]),
            (vec!["our-bank".into(), "our-test-bank".into()], vec![])
        );
        let packing = Packing::parse(text, by_name).expect("a packing");
        assert_eq!(packing.header.length(), 27);
        assert_eq!(packing.field(64), None);
        assert_eq!(packing.field(11), by_name("cup-pos").expect("built in").field(11));
    }

    #[test]
    fn every_fault_of_a_sites_file_is_named_with_its_line() {
        let (good, faults) = site(&[
            ("a.toml", "name = \"x\"\nbase = \"cup-pos\"\n[fields]\n3 = \"q6\"\n"),
            ("b.toml", "name = \"x\"\nbase = \"cup-poss\"\n"),
            ("c.toml", "name = \"cup-pos\"\nbase = \"cup-pos\"\n"),
            ("d.toml", "name = \"x\"\nheader = \"none\"\n"),
            ("e.toml", "name = \"x\"\nbase = \"cup-pos\"\nheadr = \"none\"\n"),
            ("f.toml", "name = \"x\"\nbase = \"cup-pos\"\n[fields]\n129 = \"n6\"\n"),
            ("g.toml", "name = \"a b\"\nbase = \"cup-pos\"\n"),
            ("h.toml", "name = \n"),
        ]);
        assert!(good.is_empty());
        let starts = [
            "a.toml:4: field 3: `q6` is no field format such as n6, an..25, b...999",
            "b.toml:2: base: there is no packing `cup-poss`",
            "c.toml:1: name: `cup-pos` is there already",
            "d.toml:0: digits is missing",
            "e.toml:3: unknown field `headr`",
            "f.toml:4: `129` is no field: fields are 2 to 128",
            "g.toml:1: name: `a b` is no word",
            "h.toml:1: ",
        ];
        assert_eq!(faults.len(), starts.len());
        for (fault, start) in faults.iter().zip(starts) {
            assert!(fault.starts_with(start), "{fault} is not {start}");
        }
    }
}
