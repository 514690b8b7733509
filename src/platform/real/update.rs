//! Installers without slots: packages by apt, and commands of the site for bundles that carry a minisign signature.
//! Where this program is not root, root's shipped units do it; they read root's configuration and check again.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use minisign_verify::{Error, PublicKey, Signature};

use super::aside::aside;
use super::{hands, units};
use crate::platform::{Installer, Trouble};

const CHECK: Duration = Duration::from_mins(10);
/// A signature file is never longer, bytes.
const SIGNATURE: u64 = 4 * 1024;
const CHUNK: usize = 64 * 1024;

/// Whether the file carries the signature of this key; the words that were signed with it.
pub async fn signed(path: &str, key: &str) -> Result<String, Trouble> {
    let (path, key) = (PathBuf::from(path), key.to_owned());
    aside(CHECK, move || check(&path, &key, None)).await?
}

/// Reads a file past its signature, and lets it go on to `copy` as it was checked.
fn check(path: &Path, key: &str, mut copy: Option<&mut File>) -> Result<String, Trouble> {
    let key = PublicKey::from_base64(key.trim()).map_err(|_| refused("key"))?;
    let mut beside = path.as_os_str().to_owned();
    beside.push(".minisig");
    let mut text = String::new();
    let file = File::open(beside).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => refused("unsigned"),
        _ => Trouble::from(error),
    })?;
    file.take(SIGNATURE).read_to_string(&mut text).map_err(|_| refused("unreadable"))?;
    let signature = Signature::decode(&text).map_err(|_| refused("unreadable"))?;
    let mut verifier = key.verify_stream(&signature).map_err(|error| word(&error))?;
    let (mut file, mut chunk) = (open(path)?, vec![0; CHUNK]);
    loop {
        let n = file.read(&mut chunk)?;
        if n == 0 {
            break;
        }
        verifier.update(&chunk[..n]);
        if let Some(copy) = &mut copy {
            copy.write_all(&chunk[..n])?;
        }
    }
    verifier.finalize().map_err(|error| word(&error))?;
    Ok(signature.trusted_comment().chars().filter(|c| *c == '\t' || !c.is_control()).take(300).collect())
}

fn open(path: &Path) -> Result<File, Trouble> {
    let flags = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
    Ok(OpenOptions::new().read(true).custom_flags(flags).open(path)?)
}

/// `foreign`: of another key. `legacy`: in the form that has to hold the whole file in memory. `wrong`: of another file.
fn word(error: &Error) -> Trouble {
    refused(match error {
        Error::UnexpectedKeyId => "foreign",
        Error::UnsupportedLegacyMode => "legacy",
        Error::InvalidSignature => "wrong",
        _ => "unreadable",
    })
}

fn refused(word: &str) -> Trouble {
    Trouble::Other(format!("signature {word}"))
}

/// The version that was signed: `version:2.1.0` among the trusted words.
pub fn version_in(comment: &str) -> Option<&str> {
    comment.split_whitespace().find_map(|word| word.strip_prefix("version:"))
}

/// Root does it itself; anybody else has root's unit do it, or, for a command where there is no systemd, runs it as
/// the user that it is.
pub async fn by_whom(verb: &str, with: &Installer, limit: Duration) -> Result<String, Trouble> {
    let root = rustix::process::geteuid().is_root();
    if !root && Path::new("/run/systemd/system").exists() {
        return units::start(&format!("pos-console-update-{verb}.service")).await;
    }
    match with {
        Installer::Apt { .. } if !root => Err(Trouble::Denied),
        _ => as_root(verb, with, limit).await,
    }
}

/// The work itself.
pub async fn as_root(verb: &str, with: &Installer, limit: Duration) -> Result<String, Trouble> {
    match with {
        Installer::Apt { packages } => apt(verb, packages, limit).await,
        Installer::Command { argv, bundle, key, version } if verb == "install" => {
            command(argv, bundle, key, version, limit).await
        }
        Installer::Command { argv, .. } => hands::run(argv, limit).await,
    }
}

async fn apt(verb: &str, packages: &[String], limit: Duration) -> Result<String, Trouble> {
    let argv = |program: &str, words: &[&str]| -> Vec<String> {
        let first = ["env", "DEBIAN_FRONTEND=noninteractive", program];
        first.iter().chain(words).map(|word| (*word).to_owned()).collect()
    };
    if verb == "refresh" {
        return hands::run(&argv("apt-get", &["-q", "update"]), limit).await;
    }
    // What a power cut left half done comes first.
    hands::run(&argv("dpkg", &["--configure", "-a"]), limit).await?;
    let mut words = vec!["-y", "-q", "-o", "Dpkg::Options::=--force-confold", "--no-remove"];
    words.push(if verb == "rollback" { "--allow-downgrades" } else { "--only-upgrade" });
    words.extend(["install", "--"]);
    words.extend(packages.iter().map(String::as_str));
    hands::run(&argv("apt-get", &words), limit).await
}

/// Runs the site's command with a copy that nobody else can change between check and use.
async fn command(argv: &[String], bundle: &str, key: &str, version: &str, limit: Duration) -> Result<String, Trouble> {
    let (from, key) = (PathBuf::from(bundle), key.to_owned());
    let place = aside(CHECK, || -> Result<PathBuf, Trouble> {
        let base = std::env::var_os("STATE_DIRECTORY").map_or_else(std::env::temp_dir, PathBuf::from);
        let folder = base.join(format!("pos-console-update-{}", std::process::id()));
        // Left by one that was killed under the same number.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::DirBuilder::new().mode(0o700).create(&folder)?;
        Ok(folder)
    })
    .await??;
    let to = place.join("bundle");
    let copy = to.clone();
    let checked = aside(CHECK, move || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&copy)?;
        let comment = check(&from, &key, Some(&mut file))?;
        file.sync_all()?;
        Ok::<_, Trouble>(comment)
    })
    .await;
    let done = match checked {
        Ok(Ok(comment)) if version_in(&comment) == Some(version) => {
            let whole: Vec<String> = argv.iter().cloned().chain([to.display().to_string()]).collect();
            hands::run(&whole, limit).await
        }
        Ok(Ok(_)) => Err(refused("version")),
        Ok(Err(trouble)) | Err(trouble) => Err(trouble),
    };
    let _ = std::fs::remove_dir_all(&place);
    done
}
