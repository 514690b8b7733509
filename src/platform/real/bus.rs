//! One way to call somebody on a bus, and what a refusal of the bus means.

use std::io::ErrorKind;

use zbus::Connection;

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

fn no_bus(error: &zbus::Error) -> Trouble {
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
    const NOBODY: [&str; 3] = ["ServiceUnknown", "NameHasNoOwner", "Spawn"];
    match &error {
        zbus::Error::MethodError(name, ..) if NOBODY.iter().any(|word| name.as_str().contains(word)) => {
            Trouble::Missing
        }
        zbus::Error::MethodError(name, ..) if name.as_str().ends_with("AccessDenied") => Trouble::Denied,
        // An older service does not know a newer verb: whoever asked does it the old way.
        zbus::Error::MethodError(name, ..) if name.as_str().ends_with(UNKNOWN) => Trouble::Other(UNKNOWN.to_owned()),
        zbus::Error::MethodError(_, Some(words), _) => Trouble::Other(short(words)),
        other => Trouble::Other(short(&other.to_string())),
    }
}

/// Without signs that a screen should not be sent.
pub(super) fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
