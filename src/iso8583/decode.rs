//! One message to masked fields, and the first element that could not be read.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::packing::{Charset, Class, Digits, FieldSpec, Header, Packing};
use super::reader::{Reader, Trouble, hex};
use crate::model::MaskedPan;

/// Fields that are never shown: expiry, tracks, track 1, PIN block, security control, balances, chip data, keys.
const HIDDEN: [u8; 9] = [14, 35, 36, 45, 52, 53, 54, 55, 62];

/// A field as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Text(String),
    /// Primary account number, first 6 and last 4.
    Pan(MaskedPan),
    Hidden,
}

impl Value {
    /// What is shown.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Pan(pan) => pan.as_str(),
            Self::Hidden => "hidden",
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The first element that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// `header`, `mti`, `bitmap`, `length`, or the field's number.
    pub field: String,
    /// Bytes from the start of the message.
    pub offset: usize,
    /// `short`, `length`, `pad`, `encoding`, `undefined`, `trailing`, `not-hex`, `packing`.
    pub kind: &'static str,
}

/// A message, as far as it could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Decoded {
    pub packing: String,
    /// Message type indicator, four nibbles or characters.
    pub mti: Option<String>,
    /// Frame length, TPDU and UnionPay header in hex, where the packing has them.
    pub header: Option<String>,
    /// Primary bitmap in hex; a secondary one is field 1.
    pub bitmap: Option<String>,
    #[serde(serialize_with = "by_decimal_name")]
    pub fields: BTreeMap<u8, Value>,
    pub error: Option<Fault>,
    /// `frame-length`, `tpdu`, `pan-not-decimal`, `test-mode`, `sign-on-again`, `download-wanted`.
    pub warnings: Vec<&'static str>,
}

fn by_decimal_name<S: Serializer>(fields: &BTreeMap<u8, Value>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(fields.iter().map(|(number, value)| (number.to_string(), value)))
}

impl Decoded {
    /// A message whose packing nobody named and its first bytes do not tell.
    pub fn no_packing() -> Self {
        Self { error: Some(Fault { field: "mti".to_owned(), offset: 0, kind: "packing" }), ..Self::default() }
    }

    /// A line that is no message at all.
    pub fn not_hex(offset: usize) -> Self {
        let error = Some(Fault { field: "length".to_owned(), offset, kind: "not-hex" });
        Self { error, ..Self::default() }
    }
}

/// Decodes as far as it goes; card data is masked or hidden on the way.
pub fn decode(message: &[u8], packing: &Packing) -> Decoded {
    let mut decoded = Decoded { packing: packing.name.clone(), ..Decoded::default() };
    let mut reader = Reader::new(message);
    decoded.error = read(&mut reader, packing, &mut decoded).err();
    decoded
}

fn read(reader: &mut Reader<'_>, packing: &Packing, out: &mut Decoded) -> Result<(), Fault> {
    let fault =
        |field: &str, offset: usize, trouble: Trouble| Fault { field: field.to_owned(), offset, kind: trouble.word() };
    if packing.header == Header::Cup {
        let whole = reader.left();
        let bytes = reader.take(13).map_err(|trouble| fault("header", 0, trouble))?;
        header_warnings(bytes, whole, &mut out.warnings);
        out.header = Some(hex(bytes));
    }
    let start = reader.at;
    let mti = match packing.digits {
        Digits::Bcd => reader.bcd(4, false),
        Digits::Text => reader.text(4, packing.text),
    };
    out.mti = Some(mti.map_err(|trouble| fault("mti", start, trouble))?);

    let start = reader.at;
    let primary = reader.bytes(8, packing.bitmap, packing.text).map_err(|trouble| fault("bitmap", start, trouble))?;
    let mut present = bits(&primary, 0);
    out.bitmap = Some(primary);
    let mut last = "bitmap".to_owned();
    if present.first() == Some(&1) {
        let start = reader.at;
        let more = reader.bytes(8, packing.bitmap, packing.text).map_err(|trouble| fault("1", start, trouble))?;
        present.remove(0);
        present.extend(bits(&more, 64));
        out.fields.insert(1, Value::Text(more));
        "1".clone_into(&mut last);
    }
    for number in present {
        let start = reader.at;
        last = number.to_string();
        let undefined = || Fault { field: number.to_string(), offset: start, kind: "undefined" };
        let spec = packing.field(number).ok_or_else(undefined)?;
        let text = field(reader, spec, packing).map_err(|trouble| fault(&last, start, trouble))?;
        out.fields.insert(number, shown(number, text, &mut out.warnings));
    }
    if reader.left() > 0 {
        return Err(Fault { field: last, offset: reader.at, kind: "trailing" });
    }
    Ok(())
}

/// Numbers of the set bits of a hex bitmap.
fn bits(bitmap: &str, base: u8) -> Vec<u8> {
    let nibbles = bitmap.chars().filter_map(|c| c.to_digit(16));
    let set = |(at, nibble): (usize, u32)| {
        (0..4u8).filter(move |bit| nibble & (8 >> bit) != 0).map(move |bit| at as u8 * 4 + bit + 1)
    };
    nibbles.enumerate().flat_map(set).map(|number| base + number).collect()
}

/// One field's value in clear: goes to [`shown`] and nowhere else.
fn field(reader: &mut Reader<'_>, spec: FieldSpec, packing: &Packing) -> Result<String, Trouble> {
    let most = usize::from(spec.size);
    let count = match spec.length_digits {
        0 => most,
        digits => reader
            .length(digits, packing.lengths, packing.text)
            .and_then(|count| if count > most { Err(Trouble::Length) } else { Ok(count) })?,
    };
    match (spec.class, packing.digits) {
        (Class::N | Class::Z, Digits::Bcd) => reader.bcd(count, spec.pad_right),
        (Class::Gbk, _) if packing.text == Charset::Ascii => Ok(gbk(reader.take(count)?)),
        (Class::N | Class::Z, Digits::Text) | (Class::An | Class::Gbk, _) => reader.text(count, packing.text),
        (Class::B, _) => reader.bytes(count, packing.binary, packing.text),
    }
}

/// Text that may be Chinese; what is neither is shown in hex (F63 of some hosts is binary).
fn gbk(bytes: &[u8]) -> String {
    let (text, broken) = encoding_rs::GBK.decode_without_bom_handling(bytes);
    if broken || text.chars().any(char::is_control) { hex(bytes) } else { text.into_owned() }
}

/// Masks or hides what nobody may see.
fn shown(number: u8, text: String, warnings: &mut Vec<&'static str>) -> Value {
    if HIDDEN.contains(&number) {
        return Value::Hidden;
    }
    if number != 2 {
        return Value::Text(text);
    }
    if !text.bytes().all(|c| c.is_ascii_digit()) {
        warnings.push("pan-not-decimal");
    }
    // A hex letter is no track separator here.
    let digits: String = text.chars().map(|c| if c.is_ascii_digit() { c } else { '*' }).collect();
    Value::Pan(MaskedPan::from_clear(&digits))
}

/// What the frame, the TPDU and the header's nibbles say.
fn header_warnings(header: &[u8], whole: usize, warnings: &mut Vec<&'static str>) {
    let [high, low, tpdu, .., state, _, _, _] = header else { return };
    if usize::from(u16::from_be_bytes([*high, *low])) != whole - 2 {
        warnings.push("frame-length");
    }
    if !matches!(tpdu, 0x60 | 0x68) {
        warnings.push("tpdu");
    }
    if state >> 4 == 1 {
        warnings.push("test-mode");
    }
    // The host's wish stands in the low nibble of the state byte (header digit 6).
    match state & 15 {
        3 => warnings.push("sign-on-again"),
        1 | 4..=9 => warnings.push("download-wanted"),
        _ => {}
    }
}
