//! One way to call somebody on a bus, and what a refusal of the bus means.

use std::io::ErrorKind;

use zbus::{Connection, DBusError};

use crate::platform::Trouble;

/// The bus itself: its name and its object.
pub(super) const DAEMON: (&str, &str) = ("org.freedesktop.DBus", "/org/freedesktop/DBus");
/// How a service refuses a method that it does not have.
pub(super) const UNKNOWN: &str = "UnknownMethod";
/// Characters of somebody's words that are kept.
const WORDS: usize = 200;

/// The system's bus; [`Trouble::Missing`] where the machine has none, for then nobody is on it either.
pub(super) async fn system() -> Result<Connection, Trouble> {
    Connection::system().await.map_err(|error| no_bus(&error))
}

/// What it means that a bus cannot be reached.
pub(super) fn no_bus(error: &zbus::Error) -> Trouble {
    match error {
        zbus::Error::InputOutput(why) | zbus::Error::Connection(why, _) => match why.kind() {
            ErrorKind::NotFound | ErrorKind::ConnectionRefused => Trouble::Missing,
            ErrorKind::PermissionDenied => Trouble::Denied,
            _ => Trouble::Other(short(&error.to_string())),
        },
        _ => Trouble::Other(short(&error.to_string())),
    }
}

/// Calls a method of the object `at` (whose it is, its path) and reads the answer.
pub(super) async fn call_at<B, T>(
    bus: &Connection,
    (name, path): (&str, &str),
    face: &str,
    method: &str,
    body: &B,
) -> Result<T, Trouble>
where
    B: serde::Serialize + zbus::zvariant::DynamicType,
    T: serde::de::DeserializeOwned + zbus::zvariant::Type,
{
    let answer = bus.call_method(Some(name), path, Some(face), method, body).await.map_err(fault)?;
    answer.body().deserialize().map_err(|error| Trouble::Other(short(&error.to_string())))
}

/// Nobody of that name is another thing than a refusal.
#[expect(clippy::needless_pass_by_value, reason = "used as a function value")]
fn fault(error: zbus::Error) -> Trouble {
    match &error {
        zbus::Error::MethodError(name, words, _) => refused(name.as_str(), words.as_deref()),
        // The names that the bus itself defines come in a shape of their own.
        zbus::Error::FDO(known) => refused(known.name().as_str(), known.description()),
        other => Trouble::Other(short(&other.to_string())),
    }
}

/// What a refusal of this name means.
fn refused(name: &str, words: Option<&str>) -> Trouble {
    const NOBODY: [&str; 3] = ["ServiceUnknown", "NameHasNoOwner", "Spawn"];
    match words {
        _ if NOBODY.iter().any(|word| name.contains(word)) => Trouble::Missing,
        _ if name.ends_with("AccessDenied") => Trouble::Denied,
        // An older service does not know a newer verb: whoever asked does it the old way.
        _ if name.ends_with(UNKNOWN) => Trouble::Other(UNKNOWN.to_owned()),
        Some(words) if !words.is_empty() => Trouble::Other(short(words)),
        _ => Trouble::Other(short(name)),
    }
}

/// Without signs that a screen should not be sent.
pub(super) fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_bus_itself_refuses_is_told_apart() {
        use zbus::fdo::Error;
        let said = |error: Error| fault(zbus::Error::FDO(Box::new(error)));
        let words = || "somebody's words".to_owned();
        assert_eq!(said(Error::ServiceUnknown(words())), Trouble::Missing);
        assert_eq!(said(Error::NameHasNoOwner(words())), Trouble::Missing);
        assert_eq!(said(Error::SpawnExecFailed(words())), Trouble::Missing);
        assert_eq!(said(Error::AccessDenied(words())), Trouble::Denied);
        assert_eq!(said(Error::UnknownMethod(words())), Trouble::Other(UNKNOWN.to_owned()));
        assert_eq!(said(Error::Failed(words())), Trouble::Other(words()));
    }

    #[tokio::test]
    async fn a_machine_without_a_bus_has_nobody_on_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("bus");
        let said = async || {
            let address = format!("unix:path={}", socket.display());
            let built = zbus::connection::Builder::address(address.as_str()).build().await;
            built.map(|_| ()).map_err(|error| no_bus(&error).to_string())
        };
        assert_eq!(said().await, Err("missing".to_owned()), "no socket");
        // One whose bus has ended.
        drop(std::os::unix::net::UnixListener::bind(&socket).expect("a socket"));
        assert_eq!(said().await, Err("missing".to_owned()), "nobody listens");
    }
}
