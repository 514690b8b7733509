//! Settings: built-in defaults, device profile, `pos-console.toml`, `conf.d/*.toml`, in this order.
//!
//! [`settings`] says what can be set, [`schema`] derives from it what a file may hold, [`load`] lays the files on top
//! of each other, [`judge`] knows what a type cannot say. Every fault of every file is reported at once, with its line.

mod address;
mod clean;
mod defaults;
mod devices;
mod fault;
mod judge;
mod load;
mod paths;
pub mod plugins;
mod schema;
mod settings;
mod update;

pub use address::split_address;
pub use defaults::{DEFAULT_TOML, PROFILES};
pub use devices::AdapterConfig;
pub use fault::{Fault, Problem};
pub use load::{Loaded, load, read};
pub use paths::{Overrides, Paths, SERVICE_USER, SYSTEM_SOCKET};
pub use schema::schema;
pub use settings::{
    ActionsConfig, ChecksConfig, ClockConfig, CommandConfig, Config, EchoConfig, HostConfig, NetworkConfig,
    ParametersConfig, RolesConfig, SourceConfig, StoreConfig, SupportConfig, SystemConfig, TerminalConfig,
    TransactionsConfig, UiConfig, UpdateConfig,
};
