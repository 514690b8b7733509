//! How a message is packed: data files, one per packing, with its table of fields.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;

use super::header::Header;

/// Why a packing file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PackingError {
    #[error("{}", .0.message())]
    Toml(#[from] toml::de::Error),
    #[error("field {field}: `{spec}` is no field format such as n6, an..25, b...999")]
    Field { field: String, spec: String },
    #[error("`{field}` is no field: fields are 2 to 128")]
    Number { field: String },
    #[error("base: there is no packing `{0}`")]
    Base(String),
    #[error("{0} is missing, and there is no base to take it from")]
    Missing(&'static str),
    #[error("name: `{0}` is there already; a site's packing needs a name of its own")]
    Taken(String),
    #[error("name: `{0}` is no word of letters, digits, - and _")]
    Name(String),
}

impl PackingError {
    /// Bytes of the file that the fault is about, where that is known.
    pub fn span(&self, text: &str) -> Option<Range<usize>> {
        let word = match self {
            Self::Toml(error) => return error.span(),
            Self::Field { field, .. } | Self::Number { field } => field.as_str(),
            Self::Base(_) => "base",
            Self::Taken(_) | Self::Name(_) => "name",
            Self::Missing(_) => return None,
        };
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let key = line.split('=').next().unwrap_or_default().trim().trim_matches(['"', '\'']);
            if key == word && line.contains('=') {
                return Some(at..at + line.trim_end().len());
            }
            at += line.len();
        }
        None
    }
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
#[derive(Clone, Debug)]
pub struct Packing {
    pub name: Arc<str>,
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
    /// Everything that is not said here is as in this packing.
    base: Option<String>,
    header: Option<Header>,
    digits: Option<Digits>,
    text: Option<Charset>,
    lengths: Option<Digits>,
    bitmap: Option<Bytes>,
    binary: Option<Bytes>,
    #[serde(default)]
    fields: BTreeMap<String, String>,
}

impl Packing {
    /// Reads a packing file; `base` finds the packing that it builds on.
    pub fn parse(text: &str, base: impl Fn(&str) -> Option<Arc<Self>>) -> Result<Self, PackingError> {
        let file: File = toml::from_str(text)?;
        let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if file.name.is_empty() || !file.name.chars().all(word) {
            return Err(PackingError::Name(file.name));
        }
        let below = match &file.base {
            Some(name) => Some(base(name).ok_or_else(|| PackingError::Base(name.clone()))?),
            None => None,
        };
        let below = below.as_deref();
        let mut fields = below.map_or_else(|| vec![None; 129], |below| below.fields.clone());
        for (field, spec) in &file.fields {
            let at: Option<usize> = field.parse().ok().filter(|n| (2..=128).contains(n));
            let Some(slot) = at.and_then(|at| fields.get_mut(at)) else {
                return Err(PackingError::Number { field: field.clone() });
            };
            // A host that has no such field says so with an empty format.
            *slot = match spec.as_str() {
                "" => None,
                spec => Some(
                    FieldSpec::parse(spec)
                        .ok_or_else(|| PackingError::Field { field: field.clone(), spec: spec.to_owned() })?,
                ),
            };
        }
        let missing = PackingError::Missing;
        Ok(Self {
            name: file.name.into(),
            header: file.header.or(below.map(|b| b.header)).ok_or(missing("header"))?,
            digits: file.digits.or(below.map(|b| b.digits)).ok_or(missing("digits"))?,
            text: file.text.or(below.map(|b| b.text)).ok_or(missing("text"))?,
            lengths: file.lengths.or(below.map(|b| b.lengths)).ok_or(missing("lengths"))?,
            bitmap: file.bitmap.or(below.map(|b| b.bitmap)).ok_or(missing("bitmap"))?,
            binary: file.binary.or(below.map(|b| b.binary)).ok_or(missing("binary"))?,
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
        Some(Self { class, length_digits, size: size.parse().ok().filter(|size| (1..=999).contains(size))?, pad_right })
    }
}
