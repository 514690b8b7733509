//! The fault catalogue on a real network: a terminal, a shop's router and the world in namespaces of their own, with
//! real name servers, firewalls and TLS hosts. What breaks and what has to be said of it stands in `faults/*.toml`.
//!
//! The gate runs the quick ones; `scripts/lab run faults` all of them, and prints the figures.
#![allow(clippy::panic, clippy::unwrap_used)]

mod bench;
mod fault;
mod world;

use std::process::{Command, Stdio};

const LAY: &str = include_str!("lay.sh");

/// Runs a test of this file again inside the namespaces.
fn inside(what: &str) -> Option<Command> {
    let probe = "ip link add v0 type veth peer name v1 && nft add table inet t && dnsmasq --version >/dev/null";
    let can =
        Command::new("unshare").args(["-rnm", "sh", "-c", probe]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !can.is_ok_and(|status| status.success()) {
        println!("skipped: no namespaces for this user, or no ip, nft or dnsmasq");
        return None;
    }
    let exe = std::env::current_exe().expect("this test");
    let mut command = Command::new("unshare");
    command.args([
        "-rnmp",
        "--fork",
        "--kill-child",
        "--mount-proc",
        "bash",
        "-c",
        &format!("set -e\n{LAY}\nlay\nexec \"$@\""),
        "bash",
    ]);
    command.arg(&exe).args([what, "--exact", "--nocapture"]).env("LAB_EXE", &exe).env("LAB_INSIDE", "1");
    Some(command)
}

#[test]
fn a_real_rauc_installs_what_is_good_and_nothing_else() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lab/update.sh");
    let probe = Command::new("unshare").args(["--net", "--mount", "--pid", "--fork", "--mount-proc", "true"]).status();
    if !rustix::process::geteuid().is_root() || !probe.is_ok_and(|status| status.success()) {
        println!("skipped: RAUC is not asked: no namespaces for this user");
        return;
    }
    let status = Command::new("bash")
        .args([script, "0", "1", "gate"])
        .env("POS_CONSOLE", env!("CARGO_BIN_EXE_pos-console"))
        .status()
        .expect("bash");
    if status.code() == Some(69) {
        println!("skipped: RAUC is not asked: it or a tool for it is missing, see above");
        return;
    }
    assert!(status.success(), "see above");
}

#[test]
fn the_catalogue_is_named_by_its_causes() {
    let Some(mut command) = inside("bench::all_faults") else { return };
    let status = command.status().expect("unshare");
    assert!(status.success(), "see above");
}

/// Runs a script beside this file with the console under test; what it cannot try it says.
fn script(name: &str) {
    let path = format!("{}/tests/lab/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new("bash");
    let output = command.arg(path).env("POS_CONSOLE", env!("CARGO_BIN_EXE_pos-console")).output().expect("bash");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    println!("{said}");
    assert!(output.status.success() || output.status.code() == Some(77), "{name}: see above");
}

#[test]
fn new_settings_are_kept_or_undone_by_a_real_network_manager() {
    script("setup.sh");
}

#[test]
fn a_wifi_password_goes_into_its_profile_and_nowhere_else() {
    script("wifi.sh");
}

#[test]
fn systemd_networkd_fetches_an_address_again_and_loses_none() {
    script("networkd.sh");
}
