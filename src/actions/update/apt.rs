//! Packages by apt: its own keys say what counts, and its lists what there is. Going back needs the older packages to
//! be there still.

use std::time::Duration;

use super::{Going, Restart, offer, restart};
use crate::actions::{Cx, Prepared};
use crate::model::{OfferSeen, Signed};
use crate::platform::{Deed, Installer, Output};

const PROGRAM: Duration = Duration::from_secs(20);
const OUTPUT: usize = 1024 * 1024;

/// A package that would be installed.
#[derive(Debug, PartialEq, Eq)]
struct Change {
    name: String,
    /// Empty where it is new.
    old: String,
    new: String,
}

async fn run(cx: &Cx, argv: &[&str], more: &[String]) -> Result<Output, offer::Fault> {
    let argv: Vec<String> = argv.iter().map(|word| (*word).to_owned()).chain(more.iter().cloned()).collect();
    cx.host.exec(&argv, PROGRAM, OUTPUT).await.map_err(|fault| ("upgrade-source", format!("{}: {fault:?}", argv[0])))
}

/// Versions of the packages, as far as they are installed.
pub async fn running(cx: &Cx) -> String {
    let form = "${db:Status-Status} ${Package} ${Version}\\n";
    let Ok(output) = run(cx, &["dpkg-query", "-W", "-f", form], &cx.config.update.packages).await else {
        return String::new();
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let rows: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("installed ")).collect();
    match rows.as_slice() {
        [one] => one.split_once(' ').map_or(*one, |(_, version)| version).to_owned(),
        all => offer::line(&all.join(", "), 60),
    }
}

/// What apt would do with the lists that it has.
async fn changes(cx: &Cx) -> Result<Vec<Change>, offer::Fault> {
    // As it would be asked: a package that the site holds back is refused here already.
    let words = ["apt-get", "-s", "-q", "-y", "--no-remove", "--only-upgrade", "install", "--"];
    let output = run(cx, &words, &cx.config.update.packages).await?;
    if output.code != 0 {
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        let last = words.lines().rfind(|line| line.starts_with("E:")).unwrap_or("apt-get");
        return Err(("upgrade-source", offer::line(last, 120)));
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text.lines().filter_map(change).collect())
}

/// `Inst payment [1.2.3] (1.2.4 repo [amd64])`
fn change(line: &str) -> Option<Change> {
    let rest = line.strip_prefix("Inst ")?;
    let (name, rest) = rest.split_once(' ')?;
    let (old, rest) = match rest.strip_prefix('[') {
        Some(rest) => rest.split_once("] ")?,
        None => ("", rest),
    };
    let new = rest.strip_prefix('(')?.split_whitespace().next()?;
    let good = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.~:_".contains(&b));
    let plain = !name.starts_with('-') && [name, old, new].into_iter().all(good);
    plain.then(|| Change { name: name.to_owned(), old: old.to_owned(), new: new.to_owned() })
}

/// The packages that would change, by the lists that apt has.
pub async fn offer(cx: &Cx) -> Result<OfferSeen, offer::Fault> {
    let own = &cx.config.update.packages;
    let all = changes(cx).await?;
    let ours: Vec<&Change> = all.iter().filter(|change| own.contains(&change.name)).collect();
    if ours.is_empty() {
        return Err(("upgrade-nothing", own.join(" ")));
    }
    let version = match ours.as_slice() {
        [one] => one.new.clone(),
        several => {
            several.iter().map(|change| format!("{} {}", change.name, change.new)).collect::<Vec<_>>().join(", ")
        }
    };
    let told: Vec<String> =
        all.iter().map(|change| format!("{} {} - {}", change.name, change.old, change.new)).collect();
    let notes = offer::line(&told.join(", "), 600);
    Ok(OfferSeen {
        version: offer::line(&version, 60),
        bundle: own.join(" "),
        zh: notes.clone(),
        en: notes,
        signed: Signed::ByManager,
        ..OfferSeen::default()
    })
}

/// Reads the lists anew.
pub fn refresh() -> Deed {
    Deed::Update { verb: "refresh".to_owned(), with: Installer::Apt { packages: Vec::new() } }
}

/// Exactly the versions that are shown.
pub async fn install(cx: &Cx, going: &mut Going, plan: &mut Prepared) {
    let all = match changes(cx).await {
        Ok(all) => all,
        Err((code, detail)) => return plan.block(code, detail),
    };
    let ours: Vec<&Change> = all.iter().filter(|change| cx.config.update.packages.contains(&change.name)).collect();
    let named = |version: fn(&Change) -> &str| -> Vec<String> {
        let some = ours.iter().filter(|change| !version(change).is_empty());
        some.map(|change| format!("{}={}", change.name, version(change))).collect()
    };
    let (new, old) = (named(|change| &change.new), named(|change| &change.old));
    let mut wanted = new.clone();
    if available(cx, &old).await {
        // A network that the new version takes away must not be needed to go back.
        wanted.extend(old.iter().cloned());
        going.back = vec![by("rollback", old)];
    } else {
        going.returns = false;
        plan.ask("upgrade-no-way-back", old.join(" "));
    }
    going.go = vec![by("fetch", wanted), by("install", new)];
    going.restart = restart(cx, Restart::Asked);
}

fn by(verb: &str, packages: Vec<String>) -> Deed {
    Deed::Update { verb: verb.to_owned(), with: Installer::Apt { packages } }
}

/// Whether apt could still install these.
async fn available(cx: &Cx, packages: &[String]) -> bool {
    let words = ["apt-get", "-s", "-q", "--allow-downgrades", "--reinstall", "--print-uris", "install", "--"];
    let found = run(cx, &words, packages).await;
    found.is_ok_and(|output| output.code == 0 && !packages.is_empty())
}

/// The versions before the last update.
pub fn rollback(cx: &Cx, going: &mut Going, plan: &mut Prepared) {
    let previous = &cx.updates.previous;
    if previous.is_empty() {
        return plan.block("upgrade-no-previous", String::new());
    }
    going.new = offer::line(&previous.join(", "), 60);
    going.go = vec![by("fetch", previous.clone()), by("rollback", previous.clone())];
    going.restart = restart(cx, Restart::Asked);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apts_own_words_are_read() {
        let all = "NOTE: a simulation\nInst payment [1.2.3] (1.2.4 Shop:stable [amd64]) []\nInst lib (2:1.0-1 Shop [all])\n\
                   Conf payment (1.2.4 Shop [amd64])\nInst -o [1] (2 x)\nInst a;b [1] (2 x)\n";
        let found: Vec<Change> = all.lines().filter_map(change).collect();
        let of = |name: &str, old: &str, new: &str| Change { name: name.into(), old: old.into(), new: new.into() };
        assert_eq!(found, [of("payment", "1.2.3", "1.2.4"), of("lib", "", "2:1.0-1")]);
    }
}
