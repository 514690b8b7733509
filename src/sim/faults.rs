//! What is wrong at the moment: switched on at the start or, through a control file, while it runs.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::SimError;

/// One fault of the acquirer, of its certificate or of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Takes connections and stays silent, also in the TLS handshake.
    Mute,
    /// Shakes hands, but answers no message.
    NoAnswer,
    /// The port is closed.
    Refuse,
    /// The certificate has run out.
    Expired,
    /// The certificate is not valid yet.
    NotYetValid,
    /// The certificate is another host's.
    WrongName,
    /// The certificate is from an authority nobody knows.
    Untrusted,
    /// Everything takes seconds.
    Slow,
    /// Every financial request is answered with this code.
    Decline([u8; 2]),
    /// Answers bytes that mean nothing.
    Garbage,
    /// Closes each connection at once.
    Close,
    /// Journal: lines written in two pieces, and torn lines between them.
    Torn,
    /// Journal: renamed and created anew every few lines.
    Rotate,
    /// Journal: copied and truncated every few lines.
    Truncate,
}

const NAMES: &[(&str, Fault)] = &[
    ("mute", Fault::Mute),
    ("no-answer", Fault::NoAnswer),
    ("refuse", Fault::Refuse),
    ("expired", Fault::Expired),
    ("not-yet-valid", Fault::NotYetValid),
    ("wrong-name", Fault::WrongName),
    ("untrusted", Fault::Untrusted),
    ("slow", Fault::Slow),
    ("garbage", Fault::Garbage),
    ("close", Fault::Close),
    ("torn", Fault::Torn),
    ("rotate", Fault::Rotate),
    ("truncate", Fault::Truncate),
];

impl Fault {
    /// Is a fault of the certificate: nothing to see without TLS.
    pub const fn needs_tls(self) -> bool {
        matches!(self, Self::Expired | Self::NotYetValid | Self::WrongName | Self::Untrusted)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Decline(code) = self {
            return write!(f, "decline-{}", String::from_utf8_lossy(code));
        }
        f.write_str(NAMES.iter().find(|(_, fault)| fault == self).map_or("?", |(name, _)| name))
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(code) = text.strip_prefix("decline-")
            && let [a, b] = *code.as_bytes()
            && a.is_ascii_alphanumeric()
            && b.is_ascii_alphanumeric()
        {
            return Ok(Self::Decline([a.to_ascii_uppercase(), b.to_ascii_uppercase()]));
        }
        NAMES.iter().find(|(name, _)| *name == text).map(|(_, fault)| *fault).ok_or_else(|| {
            let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
            format!("no fault is called `{text}`; there are {}, decline-XX", names.join(", "))
        })
    }
}

/// The faults that are on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// This set, in order, each once.
    pub fn new(faults: impl IntoIterator<Item = Fault>) -> Self {
        let mut set = Vec::new();
        for fault in faults {
            if !set.contains(&fault) {
                set.push(fault);
            }
        }
        Self(set)
    }

    /// Reads names parted by white space; `none` and nothing are no fault.
    pub fn parse(text: &str) -> Result<Self, String> {
        let names = text.split_whitespace().filter(|name| *name != "none");
        Ok(Self::new(names.map(str::parse).collect::<Result<Vec<_>, _>>()?))
    }

    /// Is it on?
    pub fn has(&self, fault: Fault) -> bool {
        self.0.contains(&fault)
    }

    /// The code that every financial request is answered with.
    pub fn declines(&self) -> Option<[u8; 2]> {
        self.0.iter().find_map(|fault| if let Fault::Decline(code) = fault { Some(*code) } else { None })
    }

    /// Those that only TLS shows.
    pub fn need_tls(&self) -> bool {
        self.0.iter().any(|fault| fault.needs_tls())
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        let names: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&names.join(" "))
    }
}

/// The control file of a folder.
pub fn control_file(dir: &Path) -> PathBuf {
    dir.join("fault")
}

/// Writes the control file in one step; whoever reads it never sees half of it.
pub fn write_control(dir: &Path, faults: &Faults) -> Result<(), SimError> {
    let path = control_file(dir);
    let fresh = dir.join(".fault.new");
    std::fs::write(&fresh, format!("{faults}\n")).map_err(SimError::file(&fresh))?;
    std::fs::rename(&fresh, &path).map_err(SimError::file(&path))
}

/// What the control file asks for; `None` when there is none.
pub fn read_control(dir: &Path) -> Option<Result<Faults, String>> {
    std::fs::read_to_string(control_file(dir)).ok().map(|text| Faults::parse(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_unknown_ones_are_refused_with_the_list() {
        let all: Vec<String> =
            NAMES.iter().map(|(name, _)| (*name).to_owned()).chain(["decline-91".to_owned()]).collect();
        let faults = Faults::parse(&all.join(" ")).expect("all names");
        assert_eq!(faults.to_string(), all.join(" "));
        assert_eq!(faults.declines(), Some(*b"91"));
        assert_eq!(Faults::parse("none\n").expect("none"), Faults::default());
        for bad in ["mutte", "decline-", "decline-911", "decline-\u{e9}"] {
            assert!(Faults::parse(bad).expect_err(bad).contains("not-yet-valid"), "{bad}");
        }
    }

    #[test]
    fn the_control_file_says_what_was_written() {
        let dir = tempfile::tempdir().expect("folder");
        assert!(read_control(dir.path()).is_none());
        let faults = Faults::new([Fault::Mute, Fault::Torn]);
        write_control(dir.path(), &faults).expect("writes");
        assert_eq!(read_control(dir.path()), Some(Ok(faults)));
    }
}
