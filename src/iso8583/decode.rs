//! One message to masked fields, and the first element that could not be read.
//!
//! Every value is written once, into one text: clear ones never get in. A card number is masked where it is read, and
//! whatever looks like one in another field is masked too, for a message read out of step has it anywhere.

use std::borrow::Cow;
use std::ops::Range;

use super::message::{Decoded, Element, Fault};
use super::packing::{Charset, Class, Digits, FieldSpec, Packing};
use super::reader::{Reader, Trouble, push_hex};
use crate::model::{CardKey, MaskedPan, scrub, scrub_dump};

/// Fields that are never shown: expiry, tracks, track 1, PIN block, security control, balances, chip data, keys.
const HIDDEN: [u8; 9] = [14, 35, 36, 45, 52, 53, 54, 55, 62];
/// Digits of the shortest card number that is looked for in other fields: a reference number has twelve.
const CARD_SHORTEST: usize = 13;

/// Decodes as far as it goes; card data is masked or hidden on the way.
pub fn decode(message: &[u8], packing: &Packing) -> Decoded {
    let mut writer = Writer {
        out: Decoded { packing: packing.name.clone(), ..Decoded::default() },
        text: Vec::with_capacity(2 * message.len() + 32),
        card: Vec::new(),
    };
    let error = writer.read(&mut Reader::new(message), packing).err();
    writer.finish(error)
}

/// Collects what is shown.
struct Writer {
    out: Decoded,
    text: Vec<u8>,
    /// Digits of the message's own card number.
    card: Vec<u8>,
}

impl Writer {
    fn finish(mut self, error: Option<Fault>) -> Decoded {
        // The number of this very card is nowhere left, also not among other digits.
        if self.card.len() >= CARD_SHORTEST {
            let places: Vec<usize> = memchr::memmem::find_iter(&self.text, &self.card).collect();
            for at in places {
                self.text[at + 6..at + self.card.len() - 4].fill(b'*');
            }
        }
        // A message read out of step may have a card number anywhere.
        if error.is_some() {
            self.suspect();
        }
        self.out.error = error;
        self.out.text = match String::from_utf8(self.text) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        };
        self.out
    }

    /// Hides what looks like a card number within every long run of digits; and in whatever is no message at all.
    fn suspect(&mut self) {
        let out = &self.out;
        let mti = out.mti.as_ref().map_or(&b""[..], |at| &self.text[at.start as usize..at.end as usize]);
        // Where not even a type stands, it is no message, and what precedes it no header.
        let no_message = !matches!(mti, [b'0'..=b'2', b'1'..=b'8', b'0'..=b'9', b'0'..=b'5']);
        // Of a card number that was taken for a message, type and bitmap are the digits.
        let bitmap = out
            .bitmap
            .clone()
            .filter(|at| no_message || is_packed_card(mti, &self.text[at.start as usize..at.end as usize]));
        // A header that looks like one is one.
        let header = out.header.iter().filter(|at| {
            let text = &self.text[at.start as usize..at.end as usize];
            no_message
                || !matches!(text, [_, _, _, _, b'6', b'0' | b'8', _, _, _, _, _, _, _, _, b'6', b'0'..=b'3', ..])
        });
        let before = header.chain(&out.bitmap);
        let long = |at: &Range<u32>| at.len() > 19;
        let fields = out.fields.iter().filter(|(number, at)| no_message || (long(at) && *number > 2)).map(|(_, at)| at);
        let places: Vec<Range<u32>> = before.chain(fields).cloned().collect();
        // A bitmap is a number, too, now and then: only a whole one is hidden.
        let second = out.fields.iter().find(|(number, _)| *number == 1).map(|(_, at)| at.clone());
        if let Some(part) = second.and_then(|at| self.text.get_mut(at.start as usize..at.end as usize))
            && let Ok(Cow::Owned(clean)) = std::str::from_utf8(part).map(|text| scrub(text, CARD_SHORTEST))
        {
            part.copy_from_slice(clean.as_bytes());
        }
        if let Some(at) = bitmap {
            self.text[at.start as usize..at.end as usize].fill(b'*');
        }
        for place in places {
            let part = &mut self.text[place.start as usize..place.end as usize];
            let clean =
                std::str::from_utf8(part).ok().filter(|text| text.is_ascii()).map(|text| scrub_dump(text).into_owned());
            if let Some(clean) = clean.filter(|clean| clean.len() == part.len()) {
                part.copy_from_slice(clean.as_bytes());
            }
        }
    }

    fn since(&self, from: usize) -> Range<u32> {
        from as u32..self.text.len() as u32
    }

    fn read(&mut self, reader: &mut Reader<'_>, packing: &Packing) -> Result<(), Fault> {
        let fault =
            |field: Element, offset: usize| move |trouble: Trouble| Fault { field, offset, kind: trouble.word() };
        if packing.header.length() > 0 {
            let whole = reader.left();
            let bytes = reader.take(packing.header.length()).map_err(fault(Element::Header, 0))?;
            packing.header.warnings(bytes, whole, &mut self.out.warnings);
            let from = self.text.len();
            push_hex(&mut self.text, bytes);
            // Where no TPDU stands, a card number may: the last frame's end, or no frame at all.
            if self.out.warnings.contains(&"tpdu")
                && let Ok(Cow::Owned(clean)) =
                    std::str::from_utf8(&self.text[from..]).map(|hex| scrub(hex, CARD_SHORTEST))
            {
                self.text.truncate(from);
                self.text.extend_from_slice(clean.as_bytes());
            }
            self.out.header = Some(self.since(from));
        }
        let (start, from) = (reader.at, self.text.len());
        match packing.digits {
            Digits::Bcd => reader.bcd(4, false, &mut self.text),
            Digits::Text => reader.text(4, packing.text, &mut self.text),
        }
        .map_err(fault(Element::Mti, start))?;
        self.out.mti = Some(self.since(from));

        let mut last = Element::Bitmap;
        let (mut present, at) = self.bitmap(reader, packing).map_err(fault(last, reader.at))?;
        self.out.bitmap = Some(at);
        self.out.fields.reserve(present.count_ones() as usize);
        let mut more = 0;
        if present >> 63 == 1 {
            last = Element::Field(1);
            let at;
            (more, at) = self.bitmap(reader, packing).map_err(fault(last, reader.at))?;
            self.out.fields.push((1, at));
            present &= u64::MAX >> 1;
        }
        for (mut bits, base) in [(present, 0), (more, 64)] {
            while bits != 0 {
                let number = bits.leading_zeros() as u8 + 1 + base;
                bits &= !(1 << bits.ilog2());
                let start = reader.at;
                last = Element::Field(number);
                let undefined = Fault { field: last, offset: start, kind: "undefined" };
                let spec = packing.field(number).ok_or(undefined)?;
                self.field(reader, number, spec, packing).map_err(|(trouble, at)| fault(last, at)(trouble))?;
            }
        }
        if reader.left() > 0 {
            return Err(Fault { field: last, offset: reader.at, kind: "trailing" });
        }
        Ok(())
    }

    /// Eight bytes of bitmap, and where they are shown.
    fn bitmap(&mut self, reader: &mut Reader<'_>, packing: &Packing) -> Result<(u64, Range<u32>), Trouble> {
        let (start, from) = (reader.at, self.text.len());
        let read = reader.bytes(8, packing.bitmap, packing.text, &mut self.text);
        let digits = self.text[from..].iter().map(|digit| u64::from((*digit as char).to_digit(16).unwrap_or(0)));
        let bits = digits.fold(0_u64, |bits, digit| bits << 4 | digit);
        if let Err(trouble) = read {
            // The fault is told where the bitmap begins.
            reader.at = start;
            self.text.truncate(from);
            return Err(trouble);
        }
        Ok((bits, self.since(from)))
    }

    /// One field: written in clear, then masked or hidden before anything else happens.
    fn field(
        &mut self,
        reader: &mut Reader<'_>,
        number: u8,
        spec: FieldSpec,
        packing: &Packing,
    ) -> Result<(), (Trouble, usize)> {
        let (most, start) = (usize::from(spec.size), reader.at);
        let count = match spec.length_digits {
            0 => most,
            digits => match reader.length(digits, packing.lengths, packing.text).map_err(|trouble| (trouble, start))? {
                count if count > most => return Err((Trouble::Length, start)),
                count => count,
            },
        };
        // From here on the fault is in the value, behind its length.
        let start = reader.at;
        let (from, mut class) = (self.text.len(), spec.class);
        let read = match (class, packing.digits) {
            (Class::N | Class::Z, Digits::Bcd) => reader.bcd(count, spec.pad_right, &mut self.text),
            (Class::Gbk, _) if packing.text == Charset::Ascii => {
                reader.take(count).map(|bytes| class = push_gbk(&mut self.text, bytes))
            }
            (Class::N | Class::Z, Digits::Text) | (Class::An | Class::Gbk, _) => {
                reader.text(count, packing.text, &mut self.text)
            }
            (Class::B, _) => reader.bytes(count, packing.binary, packing.text, &mut self.text),
        };
        if let Err(trouble) = read {
            self.text.truncate(from);
            return Err((trouble, start));
        }
        self.mask(number, from, class);
        let at = self.since(from);
        self.out.fields.push((number, at));
        Ok(())
    }

    /// Masks or hides what nobody may see of the value that begins here.
    fn mask(&mut self, number: u8, from: usize, class: Class) {
        if number == 2 {
            let digits: Vec<u8> = self.text.drain(from..).map(|c| if c.is_ascii_digit() { c } else { b'*' }).collect();
            if digits.contains(&b'*') {
                self.out.warnings.push("pan-not-decimal");
            }
            // A hex letter is no track separator here.
            let masked = MaskedPan::from_clear(&String::from_utf8_lossy(&digits));
            self.text.extend_from_slice(masked.as_str().as_bytes());
            self.own_card(digits, masked);
        } else if HIDDEN.contains(&number) {
            if matches!(number, 35 | 36 | 45) {
                self.track(number, from);
            }
            self.text.truncate(from);
            self.text.extend_from_slice(b"hidden");
        } else {
            let Ok(text) = std::str::from_utf8(&self.text[from..]) else { return };
            let clean = if class == Class::B { scrub_dump(text) } else { scrub(text, CARD_SHORTEST) };
            if let Cow::Owned(clean) = clean {
                self.text.truncate(from);
                self.text.extend_from_slice(clean.as_bytes());
            }
        }
    }

    /// The card number on a track: digits up to the separator, behind the format sign of track 1 and 3.
    fn track(&mut self, number: u8, from: usize) {
        let signs = &self.text[from..];
        let signs = match number {
            35 => signs,
            36 => signs.get(2..).unwrap_or_default(),
            _ => signs.strip_prefix(b"%").unwrap_or(signs).strip_prefix(b"B").unwrap_or_default(),
        };
        let digits: Vec<u8> = signs.iter().copied().take_while(u8::is_ascii_digit).collect();
        let ends = matches!(signs.get(digits.len()), None | Some(b'D' | b'd' | b'=' | b'^' | b'?'));
        if ends && (CARD_SHORTEST..=19).contains(&digits.len()) {
            let masked = MaskedPan::from_clear(&String::from_utf8_lossy(&digits));
            self.own_card(digits, masked);
        }
    }

    fn own_card(&mut self, digits: Vec<u8>, masked: MaskedPan) {
        if self.out.card.is_none() && !digits.is_empty() {
            self.out.card = Some(masked);
            self.out.card_key = CardKey::from_clear(&String::from_utf8_lossy(&digits));
            if !digits.contains(&b'*') && digits.len() <= 19 {
                self.card = digits;
            }
        }
    }
}

/// Text that may be Chinese; what is neither is shown in hex (F63 of some hosts is binary). Tells which it was.
fn push_gbk(out: &mut Vec<u8>, bytes: &[u8]) -> Class {
    if bytes.is_ascii() && !bytes.iter().any(u8::is_ascii_control) {
        out.extend_from_slice(bytes);
        return Class::Gbk;
    }
    let (text, broken) = encoding_rs::GBK.decode_without_bom_handling(bytes);
    if broken || text.chars().any(char::is_control) {
        push_hex(out, bytes);
        return Class::B;
    }
    out.extend_from_slice(text.as_bytes());
    Class::Gbk
}

/// Whether these are a card number's digits up to its pad or its track separator.
fn is_packed_card(mti: &[u8], bitmap: &[u8]) -> bool {
    let digits = bitmap.iter().take_while(|sign| sign.is_ascii_digit()).count();
    mti.len() + digits > CARD_SHORTEST && matches!(bitmap[digits..], [b'F'] | [b'D', b'0'..=b'9', ..])
}
