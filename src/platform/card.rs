//! Cards and their readers as PC/SC has them. Only two commands can ever be sent to a card, the choice of a directory;
//! what the card says beside its status word is dropped where it arrives.

use std::time::Duration;

use serde::Deserialize;

/// What is in a reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardState {
    #[default]
    Empty,
    /// A card that answered to its reset.
    Present,
    /// A card that did not.
    Mute,
    /// The reader itself does not work.
    Broken,
}

/// A reader and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderSeen {
    pub name: String,
    pub card: CardState,
    /// Somebody holds it for himself: the payment application, normally.
    pub held: bool,
    /// Answer to reset (ISO 7816-3); empty without a card. Tells the kind of card, not the holder.
    pub atr: Vec<u8>,
}

/// The list of payment applications on a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Directory {
    /// `1PAY.SYS.DDF01`.
    Contact,
    /// `2PAY.SYS.DDF01`.
    Contactless,
}

impl Directory {
    /// Its name on the card.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contact => "1PAY.SYS.DDF01",
            Self::Contactless => "2PAY.SYS.DDF01",
        }
    }
}

/// What a card said when its directory was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selected {
    /// Status word (ISO 7816-4), such as `0x9000`.
    pub sw: u16,
    pub took: Duration,
}

/// Why readers or cards did not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CardFault {
    /// `libpcsclite.so.1` is not on this machine.
    #[error("no-library")]
    NoLibrary,
    /// The service does not run.
    #[error("no-service")]
    NoService,
    #[error("late")]
    Late,
    #[error("no-reader")]
    NoReader,
    #[error("no-card")]
    NoCard,
    /// Powered, but without an answer.
    #[error("mute")]
    Mute,
    /// The payment application holds the reader.
    #[error("held")]
    Held,
    /// This user may not.
    #[error("denied")]
    Denied,
    /// Another code of PC/SC.
    #[error("{0}")]
    Other(String),
}
