//! Stack traces of Java between the lines of a log, or within them: told by their form, and stepped over.

/// Lines of a message that an exception may have before its frames.
const MESSAGE_MOST: u8 = 40;

/// Where a stack trace stands after a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trace {
    #[default]
    None,
    /// An exception's name was read, and this many lines of its message.
    Head(u8),
    /// Its frames.
    Frames,
}

impl Trace {
    /// Where it stands after this line, of which white space at both ends is gone.
    pub fn then(self, line: &[u8]) -> Self {
        if is_frame(line) {
            return Self::Frames;
        }
        if is_head(line) {
            return Self::Head(0);
        }
        match self {
            // A message of several lines ends where the log goes on, or says nothing for a line.
            Self::Head(lines) if lines < MESSAGE_MOST && !line.is_empty() && !goes_on(line) => Self::Head(lines + 1),
            _ => Self::None,
        }
    }
}

/// `at java.util.List.get(List.java:84)`, `... 12 more`.
fn is_frame(line: &[u8]) -> bool {
    let at = || line.starts_with(b"at ") && line.ends_with(b")") && line.contains(&b'(') && line.contains(&b'.');
    let more = || {
        let count = line.strip_prefix(b"... ").and_then(|rest| rest.strip_suffix(b" more"));
        count.is_some_and(|count| !count.is_empty() && count.iter().all(u8::is_ascii_digit))
    };
    at() || more()
}

/// The line that names an exception: `Caused by: x.y.ZException: why`, `x.y.ZError`.
fn is_head(line: &[u8]) -> bool {
    if [&b"Caused by: "[..], b"Suppressed: ", b"Exception in thread "].iter().any(|start| line.starts_with(start)) {
        return true;
    }
    let name = line.split(|byte| matches!(byte, b':' | b' ')).next().unwrap_or_default();
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'$');
    name.contains(&b'.')
        && name.iter().all(word)
        && [&b"Exception"[..], b"Error", b"Throwable"].iter().any(|end| name.ends_with(end))
}

/// An element of a log, or an object of its own.
const fn goes_on(line: &[u8]) -> bool {
    matches!(line, [b'<', b'a'..=b'z' | b'/', ..] | [b'{', ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_are_told_by_their_form_and_end_where_the_log_goes_on() {
        let lines = [
            ("java.lang.IllegalStateException: bad", true),
            ("<isomsg> within the message", false),
            ("x.y.ZError", true),
            ("second line of its message <field", true),
            ("at x.y.Z.<init>(Z.java:84)", true),
            ("at java.base/java.net.Socket.read(Native Method)", true),
            ("Caused by: a.b.C: while reading <field id=\"39\" value=\"00\"/>", true),
            ("... 12 more", true),
            ("<field id=\"37\" value=\"1\"/>", false),
            ("at the counter", false),
            ("", false),
            ("... more", false),
            ("error: nothing", false),
            ("Exception in thread \"main\" java.lang.StackOverflowError", true),
            ("</log>", false),
        ];
        let mut trace = Trace::None;
        for (line, within) in lines {
            trace = trace.then(line.as_bytes());
            assert_eq!(trace != Trace::None, within, "{line}");
        }
    }
}
