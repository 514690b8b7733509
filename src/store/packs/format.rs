//! The bytes of a pack: what a row has in common with the one before it is left out. So a pack is read from its
//! beginning, and holds no more than a page of the database does.
//!
//! A row is: how far its id is from the one before, its bits ([`has`]), how far its time is, then what the bits
//! announce, in the order in which [`super::write`] puts it. Whole numbers are written seven bits to a byte, the lowest
//! first, signed ones with their sign in the lowest bit.

/// Bytes at which a pack is full: with its keys it still stands on one page of the database.
pub const FULL: usize = 3_900;

/// What a row has that the one before it has not: one bit each, the frequent ones first, as they are written in as
/// many bytes as it takes.
pub mod has {
    pub const END: u32 = 1;
    pub const ANSWER: u32 = 1 << 1;
    pub const CODE: u32 = 1 << 2;
    pub const METHOD: u32 = 1 << 3;
    pub const ENTRY_MODE: u32 = 1 << 4;
    pub const KIND: u32 = 1 << 5;
    pub const AMOUNT: u32 = 1 << 6;
    pub const STAN: u32 = 1 << 7;
    pub const RRN: u32 = 1 << 8;
    pub const CARD: u32 = 1 << 9;
    pub const LATENCY: u32 = 1 << 10;
    pub const HOST_TIME: u32 = 1 << 11;
    pub const HOST: u32 = 1 << 12;
    /// Its times are finer than milliseconds.
    pub const MICROS: u32 = 1 << 13;
    pub const TID: u32 = 1 << 14;
    pub const MID: u32 = 1 << 15;
    pub const CURRENCY: u32 = 1 << 16;
    pub const ISSUER: u32 = 1 << 17;
    pub const TEXT: u32 = 1 << 18;
    pub const OFFSET: u32 = 1 << 19;
    pub const ORIGINAL_STAN: u32 = 1 << 20;
    pub const FALLBACK_KNOWN: u32 = 1 << 21;
    pub const FALLBACK: u32 = 1 << 22;
}

/// Microseconds of a millisecond.
pub const MILLI: i64 = 1_000;

/// What a row's times are counted in, microseconds.
pub const fn unit(has: u32) -> i64 {
    if has & has::MICROS == 0 { MILLI } else { 1 }
}

/// The texts that mostly repeat, as numbers of [`Words`](crate::store::words::Words): `each` is called with the bit, the
/// column and the field.
macro_rules! words {
    ($each:ident) => {
        $each!(KIND, Kind, kind);
        $each!(METHOD, Method, method);
        $each!(CURRENCY, Currency, currency);
        $each!(CODE, Code, code);
        $each!(TID, Tid, tid);
        $each!(MID, Mid, mid);
        $each!(ENTRY_MODE, EntryMode, entry_mode);
        $each!(HOST, Host, host);
        $each!(ISSUER, Issuer, issuer);
        $each!(TEXT, Text, text);
    };
}
pub(super) use words;

/// In place of a word's number: there is none, and: it is no word but a text that follows.
pub const NO_WORD: u64 = 0;
pub const SPELT: u64 = 1;
pub const FIRST_WORD: u64 = 2;

/// The longest part of a number that one half of a byte tells.
pub const MOST_SHARED: usize = 15;

/// The bit of a card's length that says: six digits, stars, and four digits, these ten as one number.
pub const SIX_AND_FOUR: u8 = 0x80;

/// Bytes of such a number, the lowest first.
pub const TEN_DIGITS: usize = 5;
