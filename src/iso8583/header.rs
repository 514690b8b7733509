//! What stands before the message type, and what it says of the terminal.

use serde::Deserialize;

/// What stands before the message type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Header {
    None,
    /// 2-byte big-endian length of all that follows.
    Length,
    /// 2-byte big-endian length of all that follows, 5-byte TPDU, 6-byte UnionPay header.
    Cup,
    /// The same with a block of 14 bytes for the caller's number between TPDU and header.
    CupAni,
    /// TPDU and UnionPay header: what an application hands to the line.
    CupTpdu,
    /// UnionPay header alone.
    CupBare,
}

impl Header {
    /// Bytes before the message type.
    pub const fn length(self) -> usize {
        match self {
            Self::None => 0,
            Self::Length => 2,
            Self::Cup => 13,
            Self::CupAni => 27,
            Self::CupTpdu => 11,
            Self::CupBare => 6,
        }
    }

    /// Whether a message begins with its own length.
    pub const fn has_length(self) -> bool {
        matches!(self, Self::Length | Self::Cup | Self::CupAni)
    }

    const fn has_tpdu(self) -> bool {
        matches!(self, Self::Cup | Self::CupAni | Self::CupTpdu)
    }

    const fn has_cup(self) -> bool {
        !matches!(self, Self::None | Self::Length)
    }

    /// What the frame, the TPDU and the header's nibbles say; `whole` is the size of all that there is.
    pub(super) fn warnings(self, header: &[u8], whole: usize, warnings: &mut Vec<&'static str>) {
        let mut rest = header;
        if self.has_length()
            && let Some((length, behind)) = rest.split_first_chunk::<2>()
        {
            if usize::from(u16::from_be_bytes(*length)) + 2 != whole {
                warnings.push("frame-length");
            }
            rest = behind;
        }
        if self.has_tpdu() && !matches!(rest.first(), Some(0x60 | 0x68)) {
            warnings.push("tpdu");
        }
        let [.., state, _, _, _] = header else { return };
        if !self.has_cup() {
            return;
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
}
