//! Actions that a site lays beside ours: `actions.d/691.toml` to `698.toml`. A file, its folder and its program count
//! only when root owns them and nobody else can write them; else the reason is told.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::model::Role;

/// Numbers of the site's actions.
pub const NUMBERS: std::ops::RangeInclusive<u16> = 691..=698;
/// Longest file, bytes.
const MOST: u64 = 64 * 1024;

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    pub zh: String,
    pub en: String,
}

/// An action of a site.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plugin {
    pub name: Words,
    /// What it does, in a sentence.
    pub does: Words,
    /// A program by its full path and its arguments; no shell. Or a unit that is started: `["NAME.service"]`.
    pub argv: Vec<String>,
    /// Says with exit 0 that it helped.
    #[serde(default)]
    pub verify: Vec<String>,
    /// Who may do it: `merchant` or `technician`.
    #[serde(default = "technician")]
    pub role: Role,
    /// 1 green; 2 green and a shown 2-digit code; 3 technician and 4 digits.
    #[serde(default = "two")]
    pub risk: u8,
}

const fn technician() -> Role {
    Role::Technician
}

const fn two() -> u8 {
    2
}

/// Why an action of a site is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PluginFault {
    #[error("{0} is not there")]
    Missing(PathBuf),
    #[error("{0}: not owned by root")]
    Owner(PathBuf),
    #[error("{0}: others can write it")]
    Writable(PathBuf),
    #[error("{0}: {1}")]
    Unreadable(PathBuf, String),
}

impl PluginFault {
    /// Code of the refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "plugin-none",
            Self::Owner(_) => "plugin-owner",
            Self::Writable(_) => "plugin-writable",
            Self::Unreadable(..) => "plugin-unreadable",
        }
    }

    /// The file, and what is wrong in it.
    pub fn detail(&self) -> String {
        match self {
            Self::Missing(path) | Self::Owner(path) | Self::Writable(path) => path.display().to_string(),
            Self::Unreadable(path, why) => format!("{}: {why}", path.display()),
        }
    }
}

/// Nobody but root can have written this.
fn trusted(path: &Path) -> Result<(), PluginFault> {
    let seen = std::fs::symlink_metadata(path).map_err(|_| PluginFault::Missing(path.to_owned()))?;
    if seen.uid() != 0 {
        return Err(PluginFault::Owner(path.to_owned()));
    }
    // A link's own rights mean nothing: what it leads to is looked at instead.
    if seen.file_type().is_symlink() {
        let end = std::fs::canonicalize(path).map_err(|_| PluginFault::Missing(path.to_owned()))?;
        return trusted(&end);
    }
    if seen.mode() & 0o022 != 0 {
        return Err(PluginFault::Writable(path.to_owned()));
    }
    Ok(())
}

/// The action under this number.
pub fn find(folder: &Path, number: u16) -> Result<Plugin, PluginFault> {
    let path = folder.join(format!("{number}.toml"));
    if !NUMBERS.contains(&number) || !path.exists() {
        return Err(PluginFault::Missing(path));
    }
    trusted(folder)?;
    trusted(&path)?;
    let wrong = |why: String| PluginFault::Unreadable(path.clone(), why);
    let size = std::fs::metadata(&path).map_err(|error| wrong(error.to_string()))?.len();
    if size > MOST {
        return Err(wrong(format!("{size} bytes")));
    }
    let text = std::fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
    let found: Plugin = toml::from_str(&text).map_err(|error| wrong(error.message().to_owned()))?;
    judge(&found).map_or(Ok(()), |why| Err(wrong(why.to_owned())))?;
    program(&found.argv, &wrong)?;
    if !found.verify.is_empty() {
        program(&found.verify, &wrong)?;
    }
    Ok(found)
}

/// What is wrong with who may do it.
fn judge(found: &Plugin) -> Option<&'static str> {
    match (found.role, found.risk) {
        (Role::Viewer | Role::Support, _) => Some("role: merchant or technician"),
        (_, 0 | 4..) => Some("risk: 1, 2 or 3"),
        (Role::Merchant, 3) => Some("risk 3 needs role technician"),
        _ => None,
    }
}

fn program(argv: &[String], wrong: &dyn Fn(String) -> PluginFault) -> Result<(), PluginFault> {
    match argv {
        [] => Err(wrong("argv is empty".to_owned())),
        [unit] if unit.ends_with(".service") && !unit.contains('/') => Ok(()),
        [program, ..] if program.starts_with('/') => {
            let program = Path::new(program);
            trusted(program)?;
            program.parent().map_or(Ok(()), trusted)
        }
        [program, ..] => Err(wrong(format!("{program}: not a full path"))),
    }
}

/// Every number that has a file, with what stands there or why it does not count.
pub fn all(folder: &Path) -> Vec<(u16, Result<Plugin, PluginFault>)> {
    let found = NUMBERS.map(|number| (number, find(folder, number)));
    found.filter(|(_, found)| !matches!(found, Err(PluginFault::Missing(path)) if path.starts_with(folder))).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const GOOD: &str = r#"
name = { zh = "清缓存", en = "Clear cache" }
does = { zh = "清掉应用的缓存。", en = "Clears the application's cache." }
argv = ["/usr/bin/env", "true"]
"#;

    fn mode(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn only_what_root_alone_can_write_counts() {
        if !rustix::process::geteuid().is_root() {
            println!("skipped: files of root can only be made by root");
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let (folder, file) = (dir.path(), dir.path().join("691.toml"));
        assert!(matches!(find(folder, 691), Err(PluginFault::Missing(_))));
        std::fs::write(&file, GOOD).unwrap();
        mode(&file, 0o644);
        assert_eq!(find(folder, 691).unwrap().argv, ["/usr/bin/env", "true"]);
        assert_eq!(all(folder).len(), 1);
        for wrong in [0o664, 0o646, 0o666] {
            mode(&file, wrong);
            assert_eq!(find(folder, 691).unwrap_err().code(), "plugin-writable");
        }
        mode(&file, 0o644);
        mode(folder, 0o777);
        assert_eq!(find(folder, 691).unwrap_err().code(), "plugin-writable");
        mode(folder, 0o755);
        std::os::unix::fs::chown(&file, Some(65_534), None).unwrap();
        assert_eq!(find(folder, 691).unwrap_err().code(), "plugin-owner");
        assert!(matches!(find(folder, 699), Err(PluginFault::Missing(_))));
        // Who may do it, and how it is asked: never less than its risk needs.
        std::os::unix::fs::chown(&file, Some(0), None).unwrap();
        let plain = find(folder, 691).unwrap();
        assert_eq!((plain.role, plain.risk), (Role::Technician, 2));
        let write = |more: &str| std::fs::write(&file, format!("{GOOD}{more}")).unwrap();
        write("role = \"merchant\"\nrisk = 1\n");
        assert_eq!(find(folder, 691).map(|found| (found.role, found.risk)), Ok((Role::Merchant, 1)));
        for bad in
            ["role = \"merchant\"\nrisk = 3\n", "risk = 0\n", "risk = 4\n", "role = \"support\"\n", "role = \"root\"\n"]
        {
            write(bad);
            assert_eq!(find(folder, 691).unwrap_err().code(), "plugin-unreadable", "{bad}");
        }
        // The program is looked at in the same way, and never found by PATH.
        let program = folder.join("tool");
        std::fs::write(&program, "").unwrap();
        mode(&program, 0o777);
        let second = folder.join("692.toml");
        std::fs::write(&second, GOOD.replace("/usr/bin/env", program.to_str().unwrap())).unwrap();
        assert_eq!(find(folder, 692).unwrap_err().code(), "plugin-writable");
        for bad in ["env", "", "sh -c"] {
            std::fs::write(&second, GOOD.replace("/usr/bin/env", bad)).unwrap();
            assert_eq!(find(folder, 692).unwrap_err().code(), "plugin-unreadable", "{bad}");
        }
    }
}
