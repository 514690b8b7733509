//! A medium of two megabytes, for tests of what happens when it is full: in a namespace of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const INSIDE: &str = "POS_CONSOLE_TEST_FULL";

/// Runs the test `name` of this program once more where [`inside`] gives it such a medium.
pub fn run(name: &str) {
    let dir = tempfile::tempdir().unwrap();
    let mount = format!("mount -t tmpfs -o size=2m none {}", dir.path().display());
    let can = Command::new("unshare").args(["-rm", "sh", "-c", &mount]).stderr(Stdio::null()).status();
    if !can.is_ok_and(|status| status.success()) {
        println!("skipped: no namespaces for this user");
        return;
    }
    let status = Command::new("unshare")
        .args(["-rm", "sh", "-c", &format!("{mount} && exec \"$@\""), "sh"])
        .arg(std::env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture"])
        .env(INSIDE, dir.path())
        .status()
        .unwrap();
    assert!(status.success(), "see above");
}

/// Where the medium is; none outside.
pub fn inside() -> Option<PathBuf> {
    std::env::var_os(INSIDE).map(PathBuf::from)
}

/// Takes every byte that is left.
pub fn fill(dir: &Path) {
    use std::io::Write as _;
    let mut file = std::fs::File::create(dir.join("filler")).unwrap();
    for size in [64 * 1024, 512, 1] {
        while file.write_all(&vec![7; size]).is_ok() {}
    }
}

/// Gives it back.
pub fn room(dir: &Path) {
    std::fs::remove_file(dir.join("filler")).unwrap();
}
