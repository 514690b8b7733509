//! What a type cannot say about settings: names that must exist, addresses, pairs of limits, duplicates.
//!
//! Each rule is one function with its sentence; a rule names the setting by its dotted path with indices.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use super::address::{is_host, split_address};
use super::fault::Problem;
use super::schema::{Kind, Shape};
use super::settings::{Config, HostConfig, SourceConfig};
use crate::sources::{self, field_names, kind_words};
use crate::text::{Lang, nearest};
use crate::{checks, codes, iso8583};

type Faults = Vec<(String, Problem)>;

/// Everything that is wrong with settings whose types are right.
///
/// `folder` is where the site's own code tables are (`codes/`).
pub(super) fn judge(config: &Config, folder: &Path) -> Faults {
    let mut faults = Faults::new();
    language(config, &mut faults);
    for (index, source) in config.source.iter().enumerate() {
        judge_source(source, &format!("source.{index}"), &mut faults);
        code_table(source, &format!("source.{index}.profile"), folder, &mut faults);
        packing(source, &format!("source.{index}"), folder, &mut faults);
    }
    for (index, host) in config.host.iter().enumerate() {
        judge_host(host, &format!("host.{index}"), &mut faults);
    }
    let names = config.source.iter().map(SourceConfig::shown_name);
    duplicates("source", names.zip(&config.source).map(|(name, source)| (name, source.name.is_empty())), &mut faults);
    duplicates("host", config.host.iter().map(|host| (host.name.clone(), false)), &mut faults);
    network(config, &mut faults);
    commands(config, &mut faults);
    limits(config, &mut faults);
    lists(config, &mut faults);
    managers(config, &mut faults);
    devices(config, &mut faults);
    parameters(config, &mut faults);
    update(config, &mut faults);
    faults
}

/// Who installs new versions, and from where.
fn update(config: &Config, faults: &mut Faults) {
    let update = &config.update;
    let backends = ["auto", "rauc", "apt", "command", "none"];
    if !backends.contains(&update.backend.as_str()) {
        let problem = unknown_word("config-unknown-word", &update.backend, backends.into_iter());
        faults.push(("update.backend".to_owned(), problem));
    }
    let restarts = ["auto", "always", "never"];
    if !restarts.contains(&update.restart.as_str()) {
        let problem = unknown_word("config-unknown-word", &update.restart, restarts.into_iter());
        faults.push(("update.restart".to_owned(), problem));
    }
    let source = update.source.as_str();
    if let Some((scheme, rest)) = source.split_once("://") {
        let place = rest.split('/').next().unwrap_or_default();
        let manifest = Path::new(rest).extension().is_some_and(|ending| ending == "toml");
        if !matches!(scheme, "http" | "https") || split_address(place, Some(80)).is_none() || !manifest {
            faults.push(("update.source".to_owned(), Problem::new("config-bad-source").with("value", source)));
        }
    } else if !source.is_empty() && !source.starts_with('/') {
        faults.push(("update.source".to_owned(), Problem::new("config-not-absolute").with("value", source)));
    }
    let wanted = [
        ("install_command", update.backend == "command" && update.install_command.is_empty()),
        ("key", !update.install_command.is_empty() && update.key.is_empty()),
        ("packages", update.backend == "apt" && update.packages.is_empty()),
    ];
    for (key, _) in wanted.into_iter().filter(|(_, missing)| *missing) {
        faults.push((format!("update.{key}"), Problem::new("config-required")));
    }
    for (index, name) in update.packages.iter().enumerate() {
        let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"+-.".contains(&b);
        if name.len() < 2 || name.starts_with(['-', '+', '.']) || !name.bytes().all(good) {
            let problem = Problem::new("config-bad-name").with("value", name.as_str());
            faults.push((format!("update.packages.{index}"), problem));
        }
    }
}

fn parameters(config: &Config, faults: &mut Faults) {
    let wanted = &config.parameters;
    let formats = checks::PARAMETER_FORMATS;
    if !wanted.format.is_empty() && !formats.contains(&wanted.format.as_str()) {
        let problem = unknown_word("config-unknown-format", &wanted.format, formats.iter().copied());
        faults.push(("parameters.format".to_owned(), problem));
    }
    for (list, map) in [("keys", &wanted.keys), ("expected", &wanted.expected)] {
        for name in map.keys().filter(|name| !checks::PARAMETER_NAMES.contains(&name.as_str())) {
            let problem = unknown_word("config-unknown-parameter", name, checks::PARAMETER_NAMES.iter().copied());
            faults.push((format!("parameters.{list}.{name}"), problem));
        }
    }
    let required = |key: &str| (format!("parameters.{key}"), Problem::new("config-required"));
    if wanted.format == "sqlite" && wanted.table.is_empty() {
        faults.push(required("table"));
    }
    if !wanted.name_column.is_empty() && wanted.value_column.is_empty() {
        faults.push(required("value_column"));
    }
}

/// Readers and what else hangs on the terminal.
fn devices(config: &Config, faults: &mut Faults) {
    for (name, adapter) in &config.adapter {
        if !checks::ADAPTERS.contains(&name.as_str()) {
            let problem = unknown_word("config-unknown-word", name, checks::ADAPTERS.iter().copied());
            faults.push((format!("adapter.{name}"), problem));
        }
        if adapter.command.is_empty() {
            faults.push((format!("adapter.{name}.command"), Problem::new("config-required")));
        }
    }
    let words = ["auto", "on", "off"];
    if !words.contains(&config.reader.pcsc.as_str()) {
        let problem = unknown_word("config-unknown-word", &config.reader.pcsc, words.into_iter());
        faults.push(("reader.pcsc".to_owned(), problem));
    }
}

/// Who runs the network and the clock.
fn managers(config: &Config, faults: &mut Faults) {
    let actions = &config.actions;
    let networks = ["auto", "networkmanager", "networkd", "ifupdown", "command", "none"];
    if !networks.contains(&actions.network.as_str()) {
        let problem = unknown_word("config-unknown-manager", &actions.network, networks.into_iter());
        faults.push(("actions.network".to_owned(), problem));
    }
    let rungs = ["never", "closed", "always"];
    if !rungs.contains(&actions.reboot_rung.as_str()) {
        let problem = unknown_word("config-unknown-manager", &actions.reboot_rung, rungs.into_iter());
        faults.push(("actions.reboot_rung".to_owned(), problem));
    }
    if !actions.open_hours.is_empty() && !is_hours(&actions.open_hours) {
        let problem = Problem::new("config-bad-hours").with("value", actions.open_hours.as_str());
        faults.push(("actions.open_hours".to_owned(), problem));
    }
    let times = ["auto", "chrony", "timesyncd", "command", "none"];
    if !times.contains(&actions.time.as_str()) {
        faults.push((
            "actions.time".to_owned(),
            unknown_word("config-unknown-manager", &actions.time, times.into_iter()),
        ));
    }
    let commands = [
        ("network", actions.network == "command", &actions.network_command),
        ("time", actions.time == "command", &actions.time_command),
    ];
    for (name, wanted, command) in commands {
        if wanted && command.is_empty() {
            faults.push((format!("actions.{name}_command"), Problem::new("config-required")));
        }
    }
}

/// `08:00-22:00`
fn is_hours(text: &str) -> bool {
    let two = |part: &str, under: u8| part.len() == 2 && part.parse::<u8>().is_ok_and(|number| number < under);
    let time = |text: &str| text.split_once(':').is_some_and(|(hour, minute)| two(hour, 24) && two(minute, 60));
    text.split_once('-').is_some_and(|(from, to)| time(from) && time(to))
}

/// Checks of the site's own need a name and a program.
fn commands(config: &Config, faults: &mut Faults) {
    for (index, own) in config.check.iter().enumerate() {
        if !is_word(&own.name) {
            let problem = match own.name.as_str() {
                "" => Problem::new("config-required"),
                name => Problem::new("config-bad-name").with("value", name),
            };
            faults.push((format!("check.{index}.name"), problem));
        }
        if own.command.first().is_none_or(String::is_empty) {
            faults.push((format!("check.{index}.command"), Problem::new("config-required")));
        }
    }
    duplicates("check", config.check.iter().map(|own| (own.name.clone(), false)), faults);
}

fn language(config: &Config, faults: &mut Faults) {
    let tags: Vec<&str> = Lang::all().map(Lang::tag).collect();
    let wanted = config.ui.lang.as_str();
    if !wanted.is_empty() && !tags.contains(&wanted) {
        faults.push(("ui.lang".to_owned(), unknown_word("config-unknown-lang", wanted, tags.into_iter())));
    }
}

fn judge_source(source: &SourceConfig, at: &str, faults: &mut Faults) {
    let fault = |(key, detail): (String, String)| {
        // `patterns[0]` is `patterns.0` here.
        let key = key.replace('[', ".").replace(']', "");
        let problem = match key.split('.').next() {
            Some("kind") => unknown_word("config-unknown-kind", &source.kind, kind_words()),
            Some("path") => Problem::new("config-required"),
            Some("timezone") => Problem::new("config-unknown-zone").with("value", source.timezone.as_str()),
            Some("framing") => unknown_word("config-unknown-framing", &source.framing, sources::FRAMINGS.into_iter()),
            Some("time_format") => Problem::new("config-bad-format").with("detail", detail),
            Some("patterns") if source.patterns.is_empty() => Problem::new("config-required"),
            Some("patterns") => Problem::new("config-bad-pattern").with("detail", detail),
            Some("map") => match key.split_once('.').map(|(_, ours)| ours) {
                Some(ours) if !field_names().any(|name| name == ours) => {
                    unknown_word("config-unknown-field", ours, field_names())
                }
                _ => Problem::new("config-required"),
            },
            Some("table" | "order") if detail.is_empty() => Problem::new("config-required"),
            Some(setting) if sources::own_settings().any(|(own, _)| own == setting) => {
                Problem::new("config-only-for-kind").with("key", setting).with("kind", detail)
            }
            _ => Problem::new("config-other").with("detail", detail),
        };
        (format!("{at}.{key}"), problem)
    };
    faults.extend(sources::validate(source).into_iter().map(fault));
    if source.kind == "jsonl" && !source.patterns.is_empty() {
        faults.push((format!("{at}.patterns"), Problem::new("config-only-for-regex")));
    }
}

/// The packing must be built in or be one of the site's; only messages in bytes have one.
fn packing(source: &SourceConfig, at: &str, folder: &Path, faults: &mut Faults) {
    let wanted = source.packing.as_str();
    let known = iso8583::names_with(&folder.join("packings.d"));
    if !wanted.is_empty() && !known.iter().any(|name| name == wanted) {
        let problem = unknown_word("config-unknown-packing", wanted, known.iter().map(String::as_str));
        faults.push((format!("{at}.packing"), problem));
    }
    let settings = [("packing", wanted), ("framing", source.framing.as_str())];
    for (key, _) in settings.iter().filter(|(_, value)| !value.is_empty() && source.kind != "iso8583") {
        let problem = Problem::new("config-only-for-kind").with("key", *key).with("kind", "iso8583");
        faults.push((format!("{at}.{key}"), problem));
    }
    if source.kind == "jpos" && !source.patterns.is_empty() {
        let problem = Problem::new("config-only-for-kind").with("key", "patterns").with("kind", "regex");
        faults.push((format!("{at}.patterns"), problem));
    }
}

/// The table must be built in or be one of the site's, which are only read where the name is not built in.
fn code_table(source: &SourceConfig, at: &str, folder: &Path, faults: &mut Faults) {
    let wanted = source.profile.as_str();
    let mut known: Vec<String> = codes::profiles().into_iter().map(str::to_owned).collect();
    if known.iter().any(|name| name == wanted) {
        return;
    }
    let files = std::fs::read_dir(folder.join("codes")).into_iter().flatten().flatten();
    known.extend(files.filter_map(|file| {
        let table: toml::Table = std::fs::read_to_string(file.path()).ok()?.parse().ok()?;
        Some(table.get("profile")?.as_str()?.to_owned())
    }));
    if !known.iter().any(|name| name == wanted) {
        let problem = unknown_word("config-unknown-codes", wanted, known.iter().map(String::as_str));
        faults.push((at.to_owned(), problem));
    }
}

fn judge_host(host: &HostConfig, at: &str, faults: &mut Faults) {
    let mut fault = |key: &str, problem: Problem| faults.push((format!("{at}.{key}"), problem));
    if host.name.is_empty() {
        fault("name", Problem::new("config-required"));
    } else if !is_word(&host.name) {
        // It becomes the second part of a check's id.
        fault("name", Problem::new("config-bad-name").with("value", host.name.as_str()));
    }
    if host.address.is_empty() {
        fault("address", Problem::new("config-required"));
    } else if split_address(&host.address, None).is_none() {
        fault("address", Problem::new("config-bad-address").with("value", host.address.as_str()));
    }
    if !host.server_name.is_empty() && !is_host(&host.server_name) && host.server_name.parse::<IpAddr>().is_err() {
        fault("server_name", Problem::new("config-bad-host").with("value", host.server_name.as_str()));
    }
}

/// The same name twice; a name that was not given is the fault of the path it was made from.
fn duplicates(list: &str, names: impl Iterator<Item = (String, bool)>, faults: &mut Faults) {
    let mut seen = HashMap::new();
    for (index, (name, made)) in names.enumerate() {
        if name.is_empty() {
            continue;
        }
        let first = *seen.entry(name.clone()).or_insert(index);
        if first != index {
            let key = if made { "path" } else { "name" };
            let problem = Problem::new("config-duplicate").with("value", name).with("first", first + 1);
            faults.push((format!("{list}.{index}.{key}"), problem));
        }
    }
}

fn network(config: &Config, faults: &mut Faults) {
    for (index, server) in config.network.dns.iter().enumerate() {
        if server.parse::<IpAddr>().is_err() && server.parse::<SocketAddr>().is_err() {
            faults.push((format!("network.dns.{index}"), Problem::new("config-bad-ip").with("value", server.as_str())));
        }
    }
    for (index, server) in config.clock.servers.iter().enumerate() {
        if split_address(server, Some(123)).is_none() {
            faults.push((
                format!("clock.servers.{index}"),
                Problem::new("config-bad-server").with("value", server.as_str()),
            ));
        }
    }
    for (index, server) in config.clock.http.iter().enumerate() {
        let address = server.strip_prefix("http://").map(|rest| rest.trim_end_matches('/'));
        if address.and_then(|address| split_address(address, Some(80))).is_none() {
            let problem = Problem::new("config-bad-url").with("value", server.as_str());
            faults.push((format!("clock.http.{index}"), problem));
        }
    }
    let probe = config.network.probe_name.as_str();
    if !probe.is_empty() && !is_host(probe) {
        faults.push(("network.probe_name".to_owned(), Problem::new("config-bad-host").with("value", probe)));
    }
    let portal = config.network.portal_url.as_str();
    let address = portal.strip_prefix("http://").and_then(|rest| rest.split('/').next());
    if !portal.is_empty() && address.and_then(|address| split_address(address, Some(80))).is_none() {
        faults.push(("network.portal_url".to_owned(), Problem::new("config-bad-url").with("value", portal)));
    }
}

/// Limits in pairs: what is a failure must be worse than what is a warning.
fn limits(config: &Config, faults: &mut Faults) {
    let (clock, system, sales) = (&config.clock, &config.system, &config.transactions);
    for (key, warn, fail) in [
        ("clock.warn_ms", clock.warn_ms, clock.fail_ms),
        ("system.temperature_warn", system.temperature_warn.into(), system.temperature_fail.into()),
        ("transactions.latency_warn_ms", sales.latency_warn_ms.into(), sales.latency_fail_ms.into()),
    ] {
        if warn > fail {
            faults.push(pair("config-warn-above-fail", key, warn, fail));
        }
    }
    for (key, warn, fail) in [
        ("system.disk_warn_percent", system.disk_warn_percent, system.disk_fail_percent),
        ("system.memory_warn_percent", system.memory_warn_percent, system.memory_fail_percent),
    ] {
        if warn < fail {
            faults.push(pair("config-warn-below-fail", key, warn.into(), fail.into()));
        }
    }
}

fn pair(message: &'static str, key: &str, warn: u64, fail: u64) -> (String, Problem) {
    let other = key.rsplit('.').next().unwrap_or(key).replace("warn", "fail");
    (key.to_owned(), Problem::new(message).with("warn", warn).with("other", other).with("fail", fail))
}

/// Plain lists, item by item.
fn lists(config: &Config, faults: &mut Faults) {
    let mut each = |list: &str, items: &[String], message: &'static str, good: fn(&str) -> bool| {
        for (index, item) in items.iter().enumerate().filter(|(_, item)| !good(item)) {
            faults.push((format!("{list}.{index}"), Problem::new(message).with("value", item.as_str())));
        }
    };
    each("system.mounts", &config.system.mounts, "config-not-absolute", |item| item.starts_with('/'));
    each("system.units", &config.system.units, "config-bad-name", is_word);
    each("checks.off", &config.checks.off, "config-unknown-check", |item| checks::select(&[item.to_owned()]).is_ok());
    each("network.interfaces", &config.network.interfaces, "config-bad-name", |item| is_word(item) && item.len() < 16);
    let roles = &config.roles;
    for (list, items) in [
        ("roles.viewer", &roles.viewer),
        ("roles.merchant", &roles.merchant),
        ("roles.support", &roles.support),
        ("roles.technician", &roles.technician),
    ] {
        each(list, items, "config-bad-name", is_word);
    }
}

/// A name without spaces, separators and control characters.
fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '/' | ':'))
}

/// The fault of a key that does not exist, with what was probably meant.
pub(super) fn unknown_key(key: &str, section: Shape<'_>, path: &str) -> Problem {
    let near = nearest(key, section.keys());
    match near {
        Some((close, distance)) if distance <= 2 => Problem::new("config-unknown-key-near").with("near", close),
        _ if let Some(home) = section_with(section.top(), key, path) => {
            Problem::new("config-unknown-key-moved").with("section", home)
        }
        Some((close, _)) => Problem::new("config-unknown-key-near").with("near", close),
        None => Problem::new("config-unknown-key").with("known", section.keys().collect::<Vec<_>>().join(", ")),
    }
}

/// Another section that has this key.
fn section_with(root: Shape<'_>, key: &str, not: &str) -> Option<String> {
    if root.get(key).is_some() {
        return Some("top".to_owned());
    }
    root.keys().filter(|section| *section != not).find_map(|section| {
        let shape = root.get(section)?;
        let (shape, shown) = match shape.kind() {
            Kind::List(item) => (item, format!("[[{section}]]")),
            _ => (shape, format!("[{section}]")),
        };
        shape.get(key).map(|_| shown)
    })
}

/// The fault of a word that is none of the known ones, with the nearest of them.
pub(super) fn unknown_word<'a>(
    message: &'static str,
    word: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Problem {
    let all = known.clone().collect::<Vec<_>>().join(", ");
    let near = nearest(word, known).map_or("none", |(near, _)| near).to_owned();
    Problem::new(message).with("value", word).with("near", near).with("known", all)
}
