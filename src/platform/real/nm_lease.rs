//! What NetworkManager's own DHCP client says about a device: it writes no lease down that others may read.

use std::collections::HashMap;
use std::time::Duration;

use zbus::OwnedVariant;

use super::nm::{DEVICE, bus, call, device, property, said};
use crate::platform::{LeaseSeen, Trouble};

const LIMIT: Duration = Duration::from_millis(1_500);
const DHCP: &str = "org.freedesktop.NetworkManager.DHCP4Config";
/// `NM_DEVICE_STATE_DISCONNECTED`, `NM_DEVICE_STATE_IP_CONFIG`, `NM_DEVICE_STATE_FAILED`
const DISCONNECTED: u32 = 30;
const IP_CONFIG: u32 = 70;
const FAILED: u32 = 120;
/// Reasons of a device that has no address: the lease ran out, DHCP did not start, broke, or was not answered
/// (`NM_DEVICE_STATE_REASON_IP_CONFIG_UNAVAILABLE` and its kin).
const UNANSWERED: [u32; 5] = [5, 6, 15, 16, 17];

type Properties = HashMap<String, OwnedVariant>;

/// The client's word about this interface; [`Trouble::Missing`] where NetworkManager does not run or leaves it alone.
pub async fn look(interface: &str) -> Result<LeaseSeen, Trouble> {
    tokio::time::timeout(LIMIT, ask(interface)).await.map_err(|_| Trouble::Late)?
}

async fn ask(interface: &str) -> Result<LeaseSeen, Trouble> {
    let bus = bus().await?;
    let path = device(&bus, interface).await?;
    let all: Properties = call(&bus, path.as_str(), "org.freedesktop.DBus.Properties", "GetAll", &(DEVICE,)).await?;
    if !get::<bool>(&all, "Managed").unwrap_or(false) {
        return Err(Trouble::Missing);
    }
    let state = get::<u32>(&all, "State").unwrap_or(0);
    let reason = get::<(u32, u32)>(&all, "StateReason").map_or(0, |(_, reason)| reason);
    let mut seen = LeaseSeen {
        seeking: state == IP_CONFIG,
        unanswered: matches!(state, DISCONNECTED | FAILED) && UNANSWERED.contains(&reason),
        ..LeaseSeen::default()
    };
    let config = get::<zbus::OwnedObjectPath>(&all, "Dhcp4Config").filter(|path| path.as_str() != "/");
    if let Some(config) = config {
        let options = property(&bus, config.as_str(), DHCP, "Options").await?;
        let options = Properties::try_from(options).map_err(said)?;
        let text = |name: &str| get::<String>(&options, name);
        seen.server = text("dhcp_server_identifier").and_then(|text| text.parse().ok());
        seen.until_s = text("expiry").and_then(|text| text.parse().ok());
    }
    Ok(seen)
}

fn get<T: TryFrom<OwnedVariant>>(properties: &Properties, name: &str) -> Option<T> {
    T::try_from(properties.get(name)?.try_clone().ok()?).ok()
}
