//! How a message is packed: data files, one per packing. A site can add its own.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

/// Why a packing file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PackingError {
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    #[error("field {field}: `{spec}` is no field format such as n6, an..25, b...999")]
    Field { field: String, spec: String },
}

/// What stands before the message type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Header {
    None,
    /// 2-byte big-endian length of all that follows, 5-byte TPDU, 6-byte UnionPay header.
    Cup,
}

/// How digits, and the lengths in front of fields, are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Digits {
    /// As characters of the packing's text.
    Text,
    Bcd,
}

/// The character set of text fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Charset {
    Ascii,
    Ebcdic,
}

/// How bytes (bitmap, PIN block, MAC) are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bytes {
    Raw,
    /// Two hex characters a byte.
    Hex,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Digits.
    N,
    /// Track data: digits and a separator.
    Z,
    /// Text.
    An,
    /// Text that may be Chinese (GBK).
    Gbk,
    /// Bytes.
    B,
}

/// One field's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldSpec {
    pub class: Class,
    /// Digits of the length in front of it; 0 means fixed.
    pub length_digits: u8,
    /// Units (digits, characters, bytes): exactly when fixed, at most otherwise.
    pub size: u16,
    /// An odd number of BCD digits is padded on the right.
    pub pad_right: bool,
}

/// A packing with its table of fields.
#[derive(Debug)]
pub struct Packing {
    pub name: String,
    pub header: Header,
    pub digits: Digits,
    pub text: Charset,
    pub lengths: Digits,
    pub bitmap: Bytes,
    pub binary: Bytes,
    fields: Vec<Option<FieldSpec>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    header: Header,
    digits: Digits,
    text: Charset,
    lengths: Digits,
    bitmap: Bytes,
    binary: Bytes,
    fields: BTreeMap<String, String>,
}

impl Packing {
    /// Reads a packing file.
    pub fn parse(text: &str) -> Result<Self, PackingError> {
        let file: File = toml::from_str(text)?;
        let mut fields = vec![None; 129];
        for (number, spec) in &file.fields {
            let bad = || PackingError::Field { field: number.clone(), spec: spec.clone() };
            let at: usize = number.parse().ok().filter(|n| (2..=128).contains(n)).ok_or_else(bad)?;
            fields[at] = Some(FieldSpec::parse(spec).ok_or_else(bad)?);
        }
        Ok(Self {
            name: file.name,
            header: file.header,
            digits: file.digits,
            text: file.text,
            lengths: file.lengths,
            bitmap: file.bitmap,
            binary: file.binary,
            fields,
        })
    }

    /// Format of field 2..=128, where this packing defines it.
    pub fn field(&self, number: u8) -> Option<FieldSpec> {
        self.fields.get(usize::from(number)).copied().flatten()
    }
}

impl FieldSpec {
    fn parse(spec: &str) -> Option<Self> {
        let (format, pad_right) = match spec.strip_suffix('<') {
            Some(format) => (format.trim_end(), true),
            None => (spec, false),
        };
        let split = format.find(|c: char| !c.is_ascii_lowercase())?;
        let (class, rest) = format.split_at(split);
        let class = match class {
            "n" => Class::N,
            "z" => Class::Z,
            "an" => Class::An,
            "gbk" => Class::Gbk,
            "b" => Class::B,
            _ => return None,
        };
        let size = rest.trim_start_matches('.');
        let length_digits = u8::try_from(rest.len() - size.len()).ok().filter(|dots| matches!(dots, 0 | 2 | 3))?;
        Some(Self { class, length_digits, size: size.parse().ok().filter(|size| *size > 0)?, pad_right })
    }
}

const FILES: &[&str] = &[
    include_str!("../../config/iso8583/cup-pos.toml"),
    include_str!("../../config/iso8583/iso87-ascii-hexbitmap.toml"),
    include_str!("../../config/iso8583/iso87-ascii-binbitmap.toml"),
    include_str!("../../config/iso8583/iso87-bcd.toml"),
    include_str!("../../config/iso8583/iso87-ebcdic.toml"),
];

fn built_in() -> &'static [Packing] {
    static PACKINGS: OnceLock<Vec<Packing>> = OnceLock::new();
    // A test parses every shipped file, so none is lost here.
    PACKINGS.get_or_init(|| FILES.iter().filter_map(|file| Packing::parse(file).ok()).collect())
}

/// The built-in packing of this name.
pub fn by_name(name: &str) -> Option<&'static Packing> {
    built_in().iter().find(|packing| packing.name == name)
}

/// Names of the built-in packings.
pub fn names() -> impl Iterator<Item = &'static str> {
    built_in().iter().map(|packing| packing.name.as_str())
}

/// The packing that fits the first bytes of a message, by the order in which they can be told apart.
pub fn sniff(message: &[u8]) -> Option<&'static Packing> {
    let digit = |byte: &u8| byte.is_ascii_digit();
    let name = match message {
        // A plausible frame: length near the truth, TPDU id 60 or 68.
        [_, _, 0x60 | 0x68, ..] if message.len() >= 13 => "cup-pos",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_packing_parses() {
        for file in FILES {
            Packing::parse(file).expect("a packing");
        }
        assert_eq!(built_in().len(), FILES.len());
    }

    #[test]
    fn a_wrong_field_format_is_named() {
        let text = FILES[0].replace("3 = \"n6\"", "3 = \"q6\"");
        assert_eq!(
            Packing::parse(&text).expect_err("bad").to_string(),
            "field 3: `q6` is no field format such as n6, an..25, b...999"
        );
    }
}
