//! A decoded message: what may be shown of it, and the first element that could not be read.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::ser::{SerializeMap, SerializeStruct};
use serde::{Serialize, Serializer};

use crate::model::{CardKey, MaskedPan};

/// A part of a message that a fault can be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// What should be the message's length, or hex digits in pairs.
    Length,
    Header,
    Mti,
    Bitmap,
    /// A field's number; 1 is the second bitmap.
    Field(u8),
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => f.write_str("length"),
            Self::Header => f.write_str("header"),
            Self::Mti => f.write_str("mti"),
            Self::Bitmap => f.write_str("bitmap"),
            Self::Field(number) => number.fmt(f),
        }
    }
}

impl Serialize for Element {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The first element that could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    pub field: Element,
    /// Bytes from the start of the message.
    pub offset: usize,
    /// `short`, `length`, `pad`, `encoding`, `undefined`, `trailing`, `not-hex`, `packing`.
    pub kind: &'static str,
}

/// A message, as far as it could be read, masked.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Decoded {
    /// Name of the packing it was read with; empty for none.
    pub packing: Arc<str>,
    pub error: Option<Fault>,
    /// `frame-length`, `tpdu`, `pan-not-decimal`, `test-mode`, `sign-on-again`, `download-wanted`.
    pub warnings: Vec<&'static str>,
    /// Name of another packing that reads the message where this one does not.
    pub fits: Option<Arc<str>>,
    /// It reads the whole message without a fault; else it only gets further.
    pub fits_whole: bool,
    /// The card number of field 2, else of a track.
    pub card: Option<MaskedPan>,
    /// What tells that card from others while the process lives.
    pub card_key: Option<CardKey>,
    /// All texts behind one another.
    pub(super) text: String,
    pub(super) header: Option<Range<u32>>,
    pub(super) mti: Option<Range<u32>>,
    pub(super) bitmap: Option<Range<u32>>,
    pub(super) fields: Vec<(u8, Range<u32>)>,
}

impl Decoded {
    /// A message whose packing nobody named and its first bytes do not tell.
    pub fn no_packing() -> Self {
        Self { error: Some(Fault { field: Element::Mti, offset: 0, kind: "packing" }), ..Self::default() }
    }

    /// A line that is no message at all.
    pub fn not_hex(offset: usize) -> Self {
        Self { error: Some(Fault { field: Element::Length, offset, kind: "not-hex" }), ..Self::default() }
    }

    /// Message type indicator: four nibbles or characters.
    pub fn mti(&self) -> Option<&str> {
        self.at(self.mti.as_ref())
    }

    /// Frame length, TPDU and UnionPay header in hex, where the packing has them.
    pub fn header(&self) -> Option<&str> {
        self.at(self.header.as_ref())
    }

    /// Primary bitmap in hex; a secondary one is field 1.
    pub fn bitmap(&self) -> Option<&str> {
        self.at(self.bitmap.as_ref())
    }

    /// Numbers and shown values of the fields that were read, in their order.
    pub fn fields(&self) -> impl Iterator<Item = (u8, &str)> {
        self.fields.iter().filter_map(|(number, at)| Some((*number, self.at(Some(at))?)))
    }

    /// The shown value of a field.
    pub fn field(&self, number: u8) -> Option<&str> {
        let at = self.fields.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        self.at(self.fields.get(at).map(|(_, at)| at))
    }

    fn at(&self, range: Option<&Range<u32>>) -> Option<&str> {
        range.and_then(|range| self.text.get(range.start as usize..range.end as usize))
    }
}

/// Field by field: read as one text, the parts of a number that a message out of step has torn would join again.
impl fmt::Debug for Decoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Decoded");
        out.field("packing", &self.packing).field("mti", &self.mti()).field("error", &self.error);
        out.field("fields", &self.fields().collect::<Vec<_>>())
            .field("warnings", &self.warnings)
            .finish_non_exhaustive()
    }
}

struct Fields<'a>(&'a Decoded);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.fields.len()))?;
        for (number, value) in self.0.fields() {
            map.serialize_entry(&number.to_string(), value)?;
        }
        map.end()
    }
}

impl Serialize for Decoded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Decoded", 8)?;
        out.serialize_field("packing", &*self.packing)?;
        out.serialize_field("mti", &self.mti())?;
        out.serialize_field("header", &self.header())?;
        out.serialize_field("bitmap", &self.bitmap())?;
        out.serialize_field("fields", &Fields(self))?;
        out.serialize_field("error", &self.error)?;
        out.serialize_field("warnings", &self.warnings)?;
        out.serialize_field("fits", &self.fits.as_deref())?;
        out.end()
    }
}
