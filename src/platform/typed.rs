//! What readers that type like keyboards sent: judged where it arrives, and wiped. Only how well it came through leaves
//! this file, never a sign of it.

use zeroize::Zeroizing;

/// Why nothing could be judged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputFault {
    #[error("missing")]
    Missing,
    #[error("denied")]
    Denied,
    /// Somebody else has taken it for himself.
    #[error("held")]
    Held,
    /// Nothing came in time.
    #[error("nothing")]
    Nothing,
    /// Unplugged during the test.
    #[error("gone")]
    Gone,
    /// The system's own words.
    #[error("{0}")]
    Other(String),
}

/// How well a track came through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Track {
    /// Nothing: not on the card, not read, or not sent by this reader.
    #[default]
    None,
    Good,
    /// The reader itself says that it could not read it.
    Unread,
    /// It has no end mark.
    NoEnd,
    /// A sign that the track's alphabet does not have.
    BadSign,
    /// The check sign at the end is wrong.
    BadCheck,
}

impl Track {
    /// The word used in facts and locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Good => "good",
            Self::Unread => "unread",
            Self::NoEnd => "no-end",
            Self::BadSign => "bad-sign",
            Self::BadCheck => "bad-check",
        }
    }
}

/// How well a swipe came through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SwipeSeen {
    pub tracks: [Track; 3],
    /// The reader sent check signs, and they could be judged.
    pub checked: bool,
    /// It came last sign first: the card went through the other way.
    pub backward: bool,
}

/// What kind of code was scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanKind {
    /// The digits of a customer's wallet.
    Wallet,
    Digits,
    Link,
    Text,
}

impl ScanKind {
    /// The word used in facts and locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Wallet => "wallet",
            Self::Digits => "digits",
            Self::Link => "link",
            Self::Text => "text",
        }
    }
}

/// Signs as they were typed; wiped when dropped, and never shown.
pub struct Typed(Zeroizing<Vec<u8>>);

impl Default for Typed {
    fn default() -> Self {
        // As long as it may get from the beginning: growing would leave copies behind.
        Self(Zeroizing::new(Vec::with_capacity(Self::MOST)))
    }
}

impl Typed {
    /// More than three tracks, or the longest code, never has.
    pub const MOST: usize = 4_096;

    /// Takes a sign; those that are too many are dropped.
    pub fn push(&mut self, sign: u8) {
        if self.0.len() < Self::MOST {
            self.0.push(sign);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Judges it as a swipe (ISO/IEC 7811: `%`...`?`, `;`...`?`, `;` or `+`...`?`, each with or without a check sign).
    pub fn swipe(mut self) -> SwipeSeen {
        let backward = self.0.first() == Some(&b'?') || matches!(self.0.last(), Some(b';' | b'%'));
        if backward {
            self.0.reverse();
        }
        let mut seen = SwipeSeen { backward, ..SwipeSeen::default() };
        let mut rest: &[u8] = &self.0;
        let mut at = 0;
        while let Some(begin) = rest.iter().position(|sign| matches!(sign, b'%' | b';' | b'+')) {
            let body = &rest[begin..];
            let number = match body[0] {
                b'%' => 0,
                b'+' => 2,
                _ if at <= 1 => 1,
                _ => 2,
            };
            let (track, checked, used) = track(body, number);
            if seen.tracks[number] == Track::None {
                seen.tracks[number] = track;
            }
            seen.checked |= checked;
            at = number + 1;
            rest = body.get(used..).unwrap_or_default();
        }
        seen
    }

    /// Judges it as a scanned code.
    pub fn scan(&self) -> (ScanKind, usize) {
        let digits = self.0.iter().all(u8::is_ascii_digit);
        // Payment codes of the two great wallets: 16 to 24 digits that begin with 10 to 15 or 25 to 30.
        let first = self.0.get(..2).and_then(|two| std::str::from_utf8(two).ok()?.parse::<u8>().ok());
        let wallet = digits && (16..=24).contains(&self.0.len()) && matches!(first, Some(10..=15 | 25..=30));
        let link = self.0.starts_with(b"http://") || self.0.starts_with(b"https://");
        let kind = match () {
            () if wallet => ScanKind::Wallet,
            () if digits => ScanKind::Digits,
            () if link => ScanKind::Link,
            () => ScanKind::Text,
        };
        (kind, self.0.len())
    }
}

/// One track from its start mark on: how it is, whether a check sign was judged, and how many signs belong to it.
fn track(body: &[u8], number: usize) -> (Track, bool, usize) {
    let stop = |sign: &u8| matches!(sign, b'?' | b'\n');
    let Some(end) = body.iter().position(stop).filter(|end| body[*end] == b'?') else {
        // Whatever comes behind belongs to it too: there is no mark that says otherwise.
        return (Track::NoEnd, false, body.len());
    };
    let inner = &body[1..end];
    // Readers send `;E?` for a track that is there and could not be read.
    if inner == b"E" {
        return (Track::Unread, false, end + 1);
    }
    // Track 1 has six bits from the blank on, the others four from `0` on.
    let (from, to) = if number == 0 { (0x20, 0x5F) } else { (0x30, 0x3F) };
    if inner.is_empty() || inner.iter().any(|sign| !(from..=to).contains(sign)) {
        return (Track::BadSign, false, end + 1);
    }
    // Some readers write the start mark of track 3 in their own way.
    let start = if body[0] == b'+' { b';' } else { body[0] };
    let sum = body[1..=end].iter().fold(start - from, |sum, sign| sum ^ (sign - from));
    match body.get(end + 1) {
        // The next track, or the end of all: no check sign was sent.
        None | Some(b'%' | b';' | b'+' | b'\n') if sum + from != body.get(end + 1).copied().unwrap_or(0) => {
            (Track::Good, false, end + 1)
        }
        Some(check) if *check == sum + from => (Track::Good, true, end + 2),
        Some(_) => (Track::BadCheck, true, end + 2),
        None => (Track::Good, false, end + 1),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn typed(text: &str) -> Typed {
        let mut typed = Typed::default();
        text.bytes().for_each(|sign| typed.push(sign));
        typed
    }

    fn tracks(text: &str) -> [Track; 3] {
        typed(text).swipe().tracks
    }

    const ONE: &str = "%B4111111111111111^TEST/CARD^30121011000000000000?";
    const TWO: &str = ";4111111111111111=30121011000000000?";

    #[test]
    fn each_track_is_judged_by_itself() {
        use Track::{BadSign, Good, NoEnd, None, Unread};
        assert_eq!(tracks(&format!("{ONE}{TWO}\n")), [Good, Good, None]);
        assert_eq!(tracks(TWO), [None, Good, None]);
        assert_eq!(tracks(&format!("%E?{TWO}")), [Unread, Good, None]);
        assert_eq!(tracks(&format!("{TWO};4111=0?")), [None, Good, Good]);
        assert_eq!(tracks(&format!("{TWO}+4111=0?")), [None, Good, Good]);
        assert_eq!(tracks(";41111111"), [None, NoEnd, None]);
        assert_eq!(tracks(";411A11=3012?"), [None, BadSign, None]);
        assert_eq!(tracks(";?"), [None, BadSign, None]);
        assert_eq!(tracks("hello"), [None, None, None]);
    }

    #[test]
    fn the_check_sign_is_judged_where_it_is_sent() {
        let sum = TWO.bytes().fold(0, |sum, sign| sum ^ (sign - 0x30)) + 0x30;
        let right = typed(&format!("{TWO}{}", char::from(sum))).swipe();
        assert_eq!((right.tracks[1], right.checked), (Track::Good, true));
        let wrong = typed(&format!("{TWO}{}", char::from(((sum - 0x30) ^ 1) + 0x30))).swipe();
        assert_eq!((wrong.tracks[1], wrong.checked), (Track::BadCheck, true));
        let untold = typed(TWO).swipe();
        assert_eq!((untold.tracks[1], untold.checked), (Track::Good, false));
    }

    #[test]
    fn a_card_that_went_the_other_way_is_seen() {
        let reversed: String = TWO.chars().rev().collect();
        let seen = typed(&reversed).swipe();
        assert_eq!((seen.tracks[1], seen.backward), (Track::Good, true));
        assert!(!typed(TWO).swipe().backward);
    }

    #[test]
    fn a_scan_is_told_by_its_kind_alone() {
        let kind = |text: &str| typed(text).scan().0;
        assert_eq!(kind("134567890123456789"), ScanKind::Wallet);
        assert_eq!(kind("6901234567892"), ScanKind::Digits);
        assert_eq!(kind("https://example.com/x"), ScanKind::Link);
        assert_eq!(kind("ABC-123"), ScanKind::Text);
    }

    proptest! {
        #[test]
        fn any_signs_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut typed = Typed::default();
            for sign in &bytes {
                typed.push(*sign);
            }
            let (_, length) = typed.scan();
            prop_assert_eq!(length, bytes.len());
            typed.swipe();
        }
    }
}
