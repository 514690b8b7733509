//! Memory, load and temperatures.

use std::time::Duration;

use sysinfo::{Components, MemoryRefreshKind, System};

use super::aside::aside;
use crate::platform::{Temperature, Trouble, Vitals};

const LIMIT: Duration = Duration::from_secs(2);
/// Sensors that are looked at.
const MOST: usize = 64;

/// Memory and load.
pub async fn vitals() -> Result<Vitals, Trouble> {
    aside(LIMIT, || {
        let mut system = System::new().map_err(said)?;
        system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
        let load = System::load_average().map_err(said)?;
        Ok(Vitals {
            memory_total: system.total_memory(),
            memory_available: system.available_memory(),
            load_1: load.one,
            load_5: load.five,
            load_15: load.fifteen,
            cores: std::thread::available_parallelism().map_or(1, |n| u32::try_from(n.get()).unwrap_or(1)),
        })
    })
    .await?
}

/// Every temperature sensor that has a value.
pub async fn temperatures() -> Result<Vec<Temperature>, Trouble> {
    aside(LIMIT, || {
        let components = Components::new_with_refreshed_list().map_err(said)?;
        let read = |component: &sysinfo::Component| {
            let celsius = f64::from(component.temperature()?);
            Some(Temperature { label: component.label().chars().take(40).collect(), celsius })
        };
        Ok(components.iter().filter_map(read).take(MOST).collect())
    })
    .await?
}

fn said(error: impl std::fmt::Debug) -> Trouble {
    Trouble::Other(format!("{error:?}"))
}
