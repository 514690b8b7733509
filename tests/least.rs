//! The least rights that will do: what is shipped for systemd and polkit, asked of the real ones where they are.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn units() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/systemd");
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "service"))
        .collect();
    found.sort();
    found
}

fn tool(program: &str, arguments: &[&str]) -> Option<Output> {
    Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()
}

#[test]
fn what_systemd_says_of_the_units_is_little() {
    if tool("systemd-analyze", &["--version"]).is_none() {
        println!("skipped: no systemd-analyze");
        return;
    }
    for unit in units() {
        // Ten times what is allowed.
        let words = ["security", "--offline=true", "--no-pager", "--threshold=20", unit.to_str().unwrap()];
        let said = tool("systemd-analyze", &words).unwrap();
        let text = String::from_utf8_lossy(&said.stdout).into_owned() + &String::from_utf8_lossy(&said.stderr);
        if text.contains("unrecognized option") {
            println!("skipped: this systemd-analyze cannot judge files");
            return;
        }
        assert!(said.status.success(), "{}: {}", unit.display(), text.lines().last().unwrap_or_default());
    }
}

#[test]
fn roots_units_do_one_fixed_thing_and_the_others_are_not_root() {
    for unit in units() {
        let text = std::fs::read_to_string(&unit).unwrap();
        let name = unit.file_name().unwrap().to_str().unwrap().to_owned();
        let commands: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("ExecStart=")).collect();
        assert!(!commands.is_empty(), "{name}");
        for command in commands {
            let bare = command.replace("%i", "");
            assert!(!bare.contains('%') && !bare.contains('$') && !bare.contains("sh "), "{name}: {command}");
            assert!(!command.contains("%i") || name.contains('@'), "{name}: {command}");
        }
        let is_root = !text.lines().any(|line| line.starts_with("User="));
        assert_eq!(is_root, text.contains("Type=oneshot"), "{name}: root only once, and for one thing");
        assert!(text.contains("NoNewPrivileges=yes"), "{name}");
        assert!(!text.contains("sudo"), "{name}");
    }
}

/// Runs it as somebody who is nobody here; none where that cannot be.
fn as_nobody(arguments: &[&str]) -> Option<std::process::ExitStatus> {
    use std::os::unix::process::CommandExt as _;
    let mut command = Command::new(env!("CARGO_BIN_EXE_pos-console"));
    if rustix::process::geteuid().is_root() {
        command.uid(65_534).gid(65_534);
    }
    command.args(arguments).env("XDG_CONFIG_HOME", "/nonexistent").stdin(Stdio::null()).stderr(Stdio::null());
    command.status().ok()
}

#[test]
fn what_the_units_start_is_known_to_the_program() {
    let mut asked = 0;
    for unit in units() {
        let text = std::fs::read_to_string(&unit).unwrap();
        let helpers = text.lines().filter_map(|line| line.strip_prefix("ExecStart=/usr/bin/pos-console helper "));
        for words in helpers {
            let words = words.replace("%i", "1-1.2");
            let arguments: Vec<&str> = std::iter::once("helper").chain(words.split_whitespace()).collect();
            let Some(status) = as_nobody(&arguments) else {
                println!("skipped: nobody may run the program where it is");
                return;
            };
            // It knows what is meant, and does it for root alone.
            assert_eq!(status.code(), Some(77), "{}: {words}", unit.display());
            asked += 1;
        }
    }
    assert!(asked >= 6, "{asked}");
}

/// Whoever comes in over SSH and leaves its traces behind, with sudo say, is still far away: what could cut his line
/// needs the agent.
#[test]
fn a_person_from_afar_is_known_without_the_environment() {
    let dir = tempfile::tempdir().unwrap();
    let plan = |shell: &Path| {
        let command = format!(
            "{} --lang en --state-dir {} do 61 --plan --json; exit $?",
            env!("CARGO_BIN_EXE_pos-console"),
            dir.path().join("state").display()
        );
        let output =
            Command::new(shell).args(["-c", &command]).env_remove("SSH_CONNECTION").stdin(Stdio::null()).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let door = dir.path().join("sshd");
    // By another process: whatever this one has open for writing, a program started meanwhile has open too, and then
    // it cannot be run.
    assert!(Command::new("cp").arg("/bin/sh").arg(&door).status().unwrap().success());
    if std::env::var_os("SSH_CONNECTION").is_some() {
        println!("skipped: this test itself runs over SSH");
        return;
    }
    assert!(plan(&door).contains("\"needs-agent\""), "{}", plan(&door));
    let here = plan(Path::new("/bin/sh"));
    assert!(here.contains("\"restart-network\"") && !here.contains("needs-agent"), "{here}");
}

const RULE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/config/polkit/49-pos-console.rules");

/// Every answer of a real polkitd, in the order of the questions.
fn polkit(subject: &str, questions: &str) -> Option<Vec<String>> {
    let needed = ["/usr/lib/polkit-1/polkitd", "/usr/bin/pkcheck", "/usr/bin/dbus-daemon", "/usr/bin/setpriv"];
    if let Some(missing) = needed.iter().find(|file| !Path::new(file).exists()) {
        println!("skipped: polkit is not asked: no {missing}");
        return None;
    }
    let unshare = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
    let can = Command::new("unshare").args(unshare).arg("true").stderr(Stdio::null()).status();
    if !rustix::process::geteuid().is_root() || !can.is_ok_and(|status| status.success()) {
        println!("skipped: polkit is not asked: no namespaces for this user");
        return None;
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/least/polkit.sh");
    let mut child = Command::new("unshare")
        .args(unshare)
        .args(["bash", script, RULE, subject])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(questions.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    Some(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect())
}

#[test]
fn a_real_polkit_lets_the_agent_do_exactly_this() {
    const MANAGE: &str = "org.freedesktop.systemd1.manage-units";
    let questions = [
        (format!("{MANAGE} NetworkManager.service restart"), true),
        (format!("{MANAGE} pcscd.service restart"), true),
        (format!("{MANAGE} pos-console-restore.service start"), true),
        (format!("{MANAGE} pos-console-chrony.service start"), true),
        (format!("{MANAGE} pos-console-update-fetch.service start"), true),
        (format!("{MANAGE} pos-console-update-install.service start"), true),
        (format!("{MANAGE} pos-console-update-install.service stop"), false),
        (format!("{MANAGE} pos-console-usb-rebind@1-1.2.service start"), true),
        (format!("{MANAGE} pos-console-ifcycle@eth0.service start"), true),
        (format!("{MANAGE} networking.service restart"), true),
        (format!("{MANAGE} networking.service start"), true),
        (format!("{MANAGE} networking.service stop"), false),
        (format!("{MANAGE} networking.service kill"), false),
        (format!("{MANAGE} ifup@eth0.service start"), true),
        (format!("{MANAGE} ifup@eth0.service restart"), true),
        (format!("{MANAGE} ifup@eth0.service kill"), true),
        (format!("{MANAGE} ifup@eth0.100.service restart"), true),
        (format!("{MANAGE} ifup@br\\x2dlan.service restart"), true),
        (format!("{MANAGE} ifup@eth0.service stop"), false),
        (format!("{MANAGE} ifup@br-lan.service restart"), false),
        (format!("{MANAGE} ifup@br\\x2flan.service restart"), false),
        (format!("{MANAGE} ifup@.service restart"), false),
        (format!("{MANAGE} ifup@..-etc.service restart"), false),
        (format!("{MANAGE} ifup@eth0.service.d.socket restart"), false),
        (format!("{MANAGE} ifup@abcdefghijklmnop.service restart"), false),
        (format!("{MANAGE} pos-console-step-clock@p90250.service start"), true),
        (format!("{MANAGE} pos-console-step-clock@x.service start"), false),
        ("org.freedesktop.NetworkManager.network-control".to_owned(), true),
        ("org.freedesktop.login1.reboot".to_owned(), true),
        ("org.freedesktop.ModemManager1.Device.Control".to_owned(), true),
        ("org.freedesktop.ModemManager1.Control".to_owned(), false),
        ("org.freedesktop.ModemManager1.Firmware".to_owned(), false),
        (format!("{MANAGE} NetworkManager.service stop"), false),
        (format!("{MANAGE} pos-console-restore.service stop"), false),
        (format!("{MANAGE} sshd.service restart"), false),
        (format!("{MANAGE} pos-console-usb-rebind@..-etc.service start"), false),
        (format!("{MANAGE} pos-console-ifcycle@-x.service start"), false),
        (format!("{MANAGE} evil.service start"), false),
        ("org.freedesktop.systemd1.manage-unit-files".to_owned(), false),
        ("org.freedesktop.timedate1.set-time".to_owned(), false),
        ("org.freedesktop.policykit.exec".to_owned(), false),
    ];
    let text: String = questions.iter().flat_map(|(question, _)| [question.as_str(), "\n"]).collect();
    let Some(said) = polkit("pos-console", &text) else { return };
    assert_eq!(said.len(), questions.len(), "{said:?}");
    for ((question, may), said) in questions.iter().zip(&said) {
        assert_eq!(said.ends_with(" yes"), *may, "{question}: {said}");
    }
    let Some(said) = polkit("somebody", &text) else { return };
    assert!(said.iter().all(|said| said.ends_with(" no")), "{said:?}");
}

#[test]
fn the_install_script_lays_everything_in_place_and_leaves_the_sites_own_alone() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().to_str().unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/install");
    let binary = env!("CARGO_BIN_EXE_pos-console");
    let install = |more: &[&str]| {
        let words = ["--root", root, "--binary", binary];
        Command::new(script).args(words).args(more).stdin(Stdio::null()).output().unwrap()
    };
    let done = install(&["--unit", "payment.service", "--unit", "pos-network.service"]);
    assert!(done.status.success(), "{done:?}");
    let text = |path: &str| std::fs::read_to_string(dir.path().join(path)).unwrap();
    for unit in units() {
        let name = unit.file_name().unwrap().to_str().unwrap();
        assert_eq!(text(&format!("etc/systemd/system/{name}")), std::fs::read_to_string(&unit).unwrap());
    }
    let rule = text("etc/polkit-1/rules.d/49-pos-console.rules");
    assert!(rule.contains("var site = [\"payment.service\", \"pos-network.service\"];"), "{rule}");
    assert!(dir.path().join("usr/lib/sysusers.d/pos-console.conf").exists());
    let installed = Command::new(dir.path().join("usr/bin/pos-console")).arg("--version").output().unwrap();
    assert!(installed.status.success());
    // What it lays down is a valid configuration, and the site's own stays.
    let config = dir.path().join("etc/pos-console/pos-console.toml");
    let checked = Command::new(binary).arg("--config").arg(&config).args(["config", "check"]).output().unwrap();
    assert!(checked.status.success(), "{checked:?}");
    std::fs::write(&config, "[support]\nphone = \"1\"\n").unwrap();
    assert!(install(&[]).status.success());
    assert!(text("etc/pos-console/pos-console.toml").contains("phone"));
    // Nothing of the command line gets into the rule but a unit's name.
    for bad in ["x\"; evil(); \"", "a b.service", "../x.service", "payment"] {
        assert_eq!(install(&["--unit", bad]).status.code(), Some(64), "{bad}");
    }
}
