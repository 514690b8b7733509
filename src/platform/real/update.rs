//! Installers without slots: packages by apt, and commands of the site for bundles that carry a minisign signature.
//! Where this program is not root, root's shipped units do it; they read root's configuration and check again.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use minisign_verify::{Error, PublicKey, Signature};

use tokio::sync::mpsc;

use super::aside::aside;
use super::{hands, units};
use crate::model::Progress;
use crate::platform::{Installer, Trouble};

const CHECK: Duration = Duration::from_mins(10);
/// A signature file is never longer, bytes.
const SIGNATURE: u64 = 4 * 1024;
const CHUNK: usize = 64 * 1024;
/// Where root's unit says how far it is. Nobody but root writes in that folder.
const FAR: &str = "/run/pos-console-update/far";
/// Why it failed, beside that.
const WHY: &str = "/run/pos-console-update/why";
/// Characters of that.
const TOLD: usize = 200;
/// What updates need for a while, where no unit has a folder for it.
const OWN: &str = "/var/lib/pos-console-update";
/// How often that is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// Characters of an installer's words about how far it is.
const WORDS: usize = 80;

/// Where to tell how far it is, if anybody wants to know.
type Told<'a> = Option<&'a mpsc::Sender<Progress>>;

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
pub async fn by_whom(verb: &str, with: &Installer, limit: Duration, told: Told<'_>) -> Result<String, Trouble> {
    let root = rustix::process::geteuid().is_root();
    if !root && Path::new("/run/systemd/system").exists() {
        let unit = format!("pos-console-update-{verb}.service");
        let mut work = std::pin::pin!(units::start(&unit));
        loop {
            tokio::select! {
                done = &mut work => return done.map_err(|trouble| why(trouble, Path::new(WHY))),
                () = tokio::time::sleep(LOOK) => {
                    if let (Some(told), Some(far)) = (told, far(Path::new(FAR))) {
                        // Whoever is behind sees the next one.
                        let _ = told.try_send(far);
                    }
                }
            }
        }
    }
    match with {
        Installer::Apt { .. } if !root => Err(Trouble::Denied),
        _ => as_root(verb, with, limit, (told, false)).await,
    }
}

/// How far root's unit says that it is.
fn far(file: &Path) -> Option<Progress> {
    let mut text = String::new();
    File::open(file).ok()?.take(400).read_to_string(&mut text).ok()?;
    own(text.lines().next()?)
}

/// What root's unit said of it, where it failed.
fn why(trouble: Trouble, file: &Path) -> Trouble {
    let mut text = String::new();
    let read = File::open(file).and_then(|file| file.take(400).read_to_string(&mut text));
    let told = read.is_ok() && !text.trim().is_empty() && matches!(trouble, Trouble::Other(_));
    if told { Trouble::Other(line(&text, TOLD)) } else { trouble }
}

/// Root's unit lets the agent know how far it is: the file goes with it.
pub async fn as_unit(verb: &str, with: &Installer, limit: Duration) -> Result<String, Trouble> {
    // Of another time.
    let _ = std::fs::remove_file(WHY);
    let (told, mut tells) = mpsc::channel::<Progress>(8);
    let writing = async {
        while let Some(Progress { percent, text }) = tells.recv().await {
            // It is only looked at: an installer does not stop because nobody can be told.
            let _ = std::fs::write(FAR, format!("{percent}% {text}\n"));
        }
        std::future::pending::<()>().await;
    };
    let done = tokio::select! {
        done = as_root(verb, with, limit, (Some(&told), true)) => done,
        () = writing => Err(Trouble::Late),
    };
    let _ = std::fs::remove_file(FAR);
    if let Err(trouble) = &done {
        // Without it the agent says that it failed, and not why.
        let _ = std::fs::write(WHY, trouble.to_string());
    }
    done
}

/// The work itself; `fenced`: in a unit, where nobody can become somebody else to fetch.
async fn as_root(
    verb: &str,
    with: &Installer,
    limit: Duration,
    (told, fenced): (Told<'_>, bool),
) -> Result<String, Trouble> {
    match with {
        Installer::Apt { packages } => apt(verb, packages, limit, (told, fenced)).await,
        Installer::Command { argv, bundle, key, version } if verb == "install" => {
            command(argv, (bundle, key, version), limit, told).await
        }
        Installer::Command { argv, .. } => hands::run_heard(argv, limit, ear(told, own)).await,
    }
}

/// Tells on what a line says of how far it is.
fn ear(told: Told<'_>, read: fn(&str) -> Option<Progress>) -> impl Fn(&str) -> bool + Send + 'static + use<> {
    let told = told.cloned();
    move |line| {
        let far = read(line);
        let heard = far.is_some();
        if let (Some(told), Some(far)) = (&told, far) {
            // Whoever is behind sees the next one.
            let _ = told.try_send(far);
        }
        heard
    }
}

fn words(text: &str) -> String {
    line(text, WORDS)
}

fn line(text: &str, most: usize) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(most).collect()
}

/// `40% writing the second half`: what a site's command says of how far it is.
fn own(line: &str) -> Option<Progress> {
    let (number, text) = line.trim().split_once('%')?;
    let percent = number.trim().parse().ok().filter(|percent| *percent <= 100)?;
    Some(Progress { percent, text: words(text) })
}

/// `dlstatus:2:46.15:Retrieving file 2 of 5` while apt fetches, `pmstatus:payment:60.0:Installing payment (amd64)`
/// while dpkg works (apt's doc/progress-reporting.md): each counts from 0 to 100.
fn apts(line: &str) -> Option<Progress> {
    let rest = line.strip_prefix("dlstatus:").or_else(|| line.strip_prefix("pmstatus:"))?;
    let mut parts = rest.splitn(3, ':').skip(1);
    let percent = parts.next()?.split('.').next()?.parse().ok().filter(|percent| *percent <= 100)?;
    Some(Progress { percent, text: words(parts.next()?) })
}

async fn apt(
    verb: &str,
    packages: &[String],
    limit: Duration,
    (told, fenced): (Told<'_>, bool),
) -> Result<String, Trouble> {
    let argv = |program: &str, words: &[&str], more: &[&String]| -> Vec<String> {
        let first = ["env", "DEBIAN_FRONTEND=noninteractive", program];
        let words = first.iter().chain(words).map(|word| (*word).to_owned());
        words.chain(more.iter().map(|package| (*package).clone())).collect()
    };
    let archives = format!("Dir::Cache::Archives={}", archives()?);
    let mut words = vec!["-q", "-o", "APT::Status-Fd=1", "-o", &archives];
    if fenced && matches!(verb, "refresh" | "fetch") {
        words.extend(["-o", "APT::Sandbox::User=root"]);
    }
    if verb == "refresh" {
        // A source that is signed by somebody else now is told, and not left at what it said before.
        words.extend(["-o", "APT::Update::Error-Mode=any", "update"]);
        return hands::run_heard(&argv("apt-get", &words, &[]), limit, ear(told, apts)).await;
    }
    words.extend(["-y", "--no-remove"]);
    if verb == "fetch" {
        let clean = ["-q", "-o", &archives, "-o", "APT::Clean-Installed=false", "autoclean"];
        hands::run(&argv("apt-get", &clean, &[]), limit).await?;
        // Nothing of dpkg's is touched: what a power cut left there is no reason not to fetch.
        words.extend([
            "-o",
            "Debug::NoLocking=1",
            "--download-only",
            "--reinstall",
            "--allow-downgrades",
            "install",
            "--",
        ]);
        let mut done = Ok(String::new());
        for one in rounds(packages) {
            done = Ok(hands::run_heard(&argv("apt-get", &words, &one), limit, ear(told, apts)).await?);
        }
        return done;
    }
    // What a power cut left half done comes first; a package that cannot be finished may be what is to be replaced.
    let _ = hands::run(&argv("dpkg", &["--force-confold", "--configure", "-a"], &[]), limit).await;
    // All of it has been fetched: whoever changes something needs no network.
    words.extend(["-o", "Dpkg::Options::=--force-confold", "-o", "DPkg::Lock::Timeout=300", "--no-download"]);
    words.push(if verb == "rollback" { "--allow-downgrades" } else { "--only-upgrade" });
    words.extend(["install", "--"]);
    let all: Vec<&String> = packages.iter().collect();
    hands::run_heard(&argv("apt-get", &words, &all), limit, ear(told, apts)).await
}

/// Where packages lie until they are installed: of our own, as apt's folder may be emptied by whoever likes, in the
/// middle.
fn archives() -> Result<String, Trouble> {
    let base = std::env::var_os("STATE_DIRECTORY").map_or_else(|| PathBuf::from(OWN), PathBuf::from);
    let folder = base.join("archives");
    std::fs::DirBuilder::new().recursive(true).mode(0o755).create(folder.join("partial"))?;
    Ok(folder.display().to_string())
}

/// Each version of a package in a round of its own: apt takes one at a time.
fn rounds(packages: &[String]) -> Vec<Vec<&String>> {
    let name = |package: &str| package.split('=').next().unwrap_or_default().to_owned();
    let mut rounds: Vec<Vec<&String>> = Vec::new();
    for package in packages {
        let own = |round: &&mut Vec<&String>| round.iter().all(|other| name(other) != name(package));
        match rounds.iter_mut().find(own) {
            Some(round) => round.push(package),
            None => rounds.push(vec![package]),
        }
    }
    rounds
}

/// Runs the site's command with a copy that nobody else can change between check and use.
async fn command(
    argv: &[String],
    (bundle, key, version): (&str, &str, &str),
    limit: Duration,
    told: Told<'_>,
) -> Result<String, Trouble> {
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
            hands::run_heard(&whole, limit, ear(told, own)).await
        }
        Ok(Ok(_)) => Err(refused("version")),
        Ok(Err(trouble)) | Err(trouble) => Err(trouble),
    };
    let _ = std::fs::remove_dir_all(&place);
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_it_is_is_read_as_installers_tell_it() {
        let far = |percent, text: &str| Some(Progress { percent, text: text.to_owned() });
        assert_eq!(
            apts("dlstatus:2:46.1538:Retrieving file 2 of 5 (1min remaining)"),
            far(46, "Retrieving file 2 of 5 (1min remaining)")
        );
        assert_eq!(
            apts("pmstatus:payment:60.0000:Installing payment: (amd64)"),
            far(60, "Installing payment: (amd64)")
        );
        for other in ["pmerror:payment:60:x", "pmstatus:payment:101:x", "pmstatus:payment", "Setting up payment", ""] {
            assert_eq!(apts(other), None, "{other}");
        }
        assert_eq!(own(" 40% writing"), far(40, "writing"));
        assert_eq!(own("100%"), far(100, ""));
        for other in ["disk is 40% full", "101% x", "-1%", "40 percent", "%"] {
            assert_eq!(own(other), None, "{other}");
        }
    }

    #[test]
    fn two_versions_of_a_package_are_fetched_one_after_the_other() {
        let all = ["app=2", "lib=3", "app=1", "lib=2"].map(str::to_owned);
        let seen: Vec<Vec<&str>> =
            rounds(&all).into_iter().map(|round| round.into_iter().map(String::as_str).collect()).collect();
        assert_eq!(seen, [["app=2", "lib=3"], ["app=1", "lib=2"]]);
        assert!(rounds(&[]).is_empty());
    }

    #[tokio::test]
    async fn a_sites_command_tells_how_far_it_is() {
        let argv = ["sh", "-c", "echo 10% first; echo words; echo 90% second"].map(str::to_owned).to_vec();
        let none = String::new;
        let with = Installer::Command { argv, bundle: none(), key: none(), version: none() };
        let (told, mut tells) = mpsc::channel(8);
        let done = as_root("rollback", &with, Duration::from_mins(1), (Some(&told), false)).await;
        assert_eq!(done, Ok("exit 0 words".to_owned()));
        drop(told);
        let mut seen = Vec::new();
        while let Some(Progress { percent, .. }) = tells.recv().await {
            seen.push(percent);
        }
        assert_eq!(seen, [10, 90]);
    }
}
