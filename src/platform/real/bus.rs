//! One way to call somebody on a bus, and what a refusal of the bus means.

use zbus::Connection;

use crate::platform::Trouble;

/// The bus itself: its name and its object.
pub(super) const DAEMON: (&str, &str) = ("org.freedesktop.DBus", "/org/freedesktop/DBus");
/// How a service refuses a method that it does not have.
pub(super) const UNKNOWN: &str = "UnknownMethod";
/// Characters of somebody's words that are kept.
const WORDS: usize = 200;

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
