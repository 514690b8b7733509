//! Changes this machine: programs, units, NetworkManager, systemd-networkd, and at last the kernel itself.

use std::path::Path;
use std::time::Duration;

use tokio::sync::mpsc;

use super::{device, exec, fetch, kept, nm, nm_setup, radio::anew, rauc, settime, tcp_info, tell, units, update};
use crate::model::{NetSeen, Progress, Session};
use crate::platform::escpos;
use crate::platform::{
    BundleSeen, Deed, DeviceFault, ExecFault, Fut, Hands, Link, NetKept, NmDevice, RaucSeen, Steady, TcpSeen, Trouble,
};

/// A printer takes three bytes at once, or it is not there; a slip takes a while on a slow line.
const PRINTER: Duration = Duration::from_secs(5);
const SLIP: Duration = Duration::from_secs(20);
/// Characters of those that are told.
const TOLD: usize = 160;

/// This machine's hands.
#[derive(Debug)]
pub struct RealHands;

impl Hands for RealHands {
    fn steady(&self) -> Steady {
        let at = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let ms = u64::try_from(at.tv_sec).unwrap_or(0) * 1_000 + u64::try_from(at.tv_nsec).unwrap_or(0) / 1_000_000;
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        Steady { boot: boot.trim().to_owned(), ms }
    }

    fn root(&self) -> bool {
        rustix::process::geteuid().is_root()
    }

    fn tell(&self, lines: Vec<String>) -> Fut<'_, usize> {
        Box::pin(tell::tell(lines))
    }

    fn nm(&self) -> Fut<'_, Result<Vec<NmDevice>, Trouble>> {
        Box::pin(nm::devices())
    }

    fn net_seen(&self, scan: bool) -> Fut<'_, Result<NetSeen, Trouble>> {
        Box::pin(async move {
            let mut seen = nm_setup::look(scan).await?;
            let names: Vec<String> = seen.devices.iter().map(|device| device.interface.clone()).collect();
            let kept = kept::keep(&names).await.unwrap_or_default();
            for device in &mut seen.devices {
                let link = kept.links.iter().find(|link| link.name == device.interface);
                device.addresses = link.map(|link| link.addresses.clone()).unwrap_or_default();
            }
            Ok(seen)
        })
    }

    fn radio_anew<'a>(&'a self, link: &'a Link) -> Fut<'a, Result<Vec<Deed>, Trouble>> {
        Box::pin(anew::deeds(None, link))
    }

    fn keep<'a>(&'a self, interfaces: &'a [String]) -> Fut<'a, Result<NetKept, Trouble>> {
        Box::pin(async move {
            let mut kept = kept::keep(interfaces).await?;
            for device in nm::devices().await.unwrap_or_default() {
                if let Some(link) = kept.links.iter_mut().find(|link| link.name == device.interface) {
                    link.profile = device.profile;
                }
            }
            Ok(kept)
        })
    }

    fn tcp(&self, session: Session) -> Fut<'_, Result<Option<TcpSeen>, Trouble>> {
        Box::pin(tcp_info::look(session))
    }

    fn act<'a>(&'a self, deed: &'a Deed, limit: Duration) -> Fut<'a, Result<String, Trouble>> {
        Box::pin(async move { tokio::time::timeout(limit, act(deed, limit, None)).await.unwrap_or(Err(Trouble::Late)) })
    }

    fn act_told<'a>(
        &'a self,
        deed: &'a Deed,
        limit: Duration,
        told: mpsc::Sender<Progress>,
    ) -> Fut<'a, Result<String, Trouble>> {
        Box::pin(async move {
            tokio::time::timeout(limit, act(deed, limit, Some(&told))).await.unwrap_or(Err(Trouble::Late))
        })
    }

    fn rauc(&self) -> Fut<'_, Result<RaucSeen, Trouble>> {
        Box::pin(rauc::look())
    }

    fn bundle<'a>(&'a self, path: &'a str) -> Fut<'a, Result<BundleSeen, Trouble>> {
        Box::pin(rauc::bundle(path))
    }
}

async fn act(deed: &Deed, limit: Duration, told: Option<&mpsc::Sender<Progress>>) -> Result<String, Trouble> {
    match deed {
        Deed::Run { argv } => run(argv, limit).await,
        Deed::RestartUnit { unit } => units::restart(unit).await,
        Deed::StepClock { offset_us } => step_clock(*offset_us).await,
        Deed::StartUnit { unit } => units::start(unit).await,
        Deed::PrinterReset { device } => printer_reset(device).await,
        Deed::Print { device, baud, lines } => print(device, *baud, lines).await,
        Deed::Reboot => units::power("Reboot").await,
        Deed::PowerOff => units::power("PowerOff").await,
        Deed::NmReconnect { interface, profile } => nm::reconnect(interface, profile).await,
        Deed::NmReload => nm::reload().await,
        Deed::NmCheckpoint { interfaces, seconds } => nm::checkpoint(interfaces, *seconds).await,
        Deed::NmRollback { checkpoint } => nm::rollback(checkpoint).await,
        Deed::NmForget { checkpoint } => nm::forget(checkpoint).await,
        Deed::NmReapply { kept } => nm::reapply(kept).await,
        Deed::NmSetUp { set_up } => nm_setup::set_up(set_up).await,
        Deed::NmSave { profile } => nm_setup::save(profile).await,
        Deed::NmDelete { profile } => nm_setup::delete(profile).await,
        Deed::NmAside { profile } => nm_setup::aside(profile).await,
        Deed::NmDisconnect { interface } => nm_setup::disconnect(interface).await,
        Deed::NmRadio { kind, on } => nm_setup::radio(*kind, *on).await,
        Deed::WifiAgain { interface } => anew::wifi(None, interface).await,
        Deed::ModemOff { modem, .. } => anew::modem_off(None, modem).await,
        Deed::ModemOn { modem, apn, .. } => anew::modem_on(None, modem, apn.as_deref()).await,
        Deed::NetworkdReconfigure { interface } => units::networkd_reconfigure(interface).await,
        Deed::NetworkdReload => units::networkd_reload().await,
        Deed::Restore { kept } => kept::restore(kept).await,
        Deed::Fetch { from, ca_file, to, size, sha256, most } => {
            let ca_file = Some(Path::new(ca_file)).filter(|path| !path.as_os_str().is_empty());
            let to = Path::new(to);
            fetch::bundle(&fetch::Wanted { from, ca_file, to, size: *size, sha256, most: *most }, told).await
        }
        Deed::RaucInstall { bundle, .. } => rauc::install(bundle, told).await,
        Deed::RaucMark { state, slot } => rauc::mark(state, slot).await,
        Deed::Update { verb, with } => update::by_whom(verb, with, limit, told).await,
    }
}

async fn step_clock(offset_us: i64) -> Result<String, Trouble> {
    let word = settime::step_word(offset_us);
    if rustix::process::geteuid().is_root() {
        return settime::step(&word);
    }
    units::start(&format!("pos-console-step-clock@{word}.service")).await
}

/// ESC @ clears what the printer was told (Epson ESC/POS), the line feed shows that it is there.
async fn printer_reset(device: &str) -> Result<String, Trouble> {
    taken(device::put(device.to_owned(), vec![0x1b, b'@', b'\n'], None, PRINTER).await)
}

/// A slip, and below it the moment it was printed.
async fn print(device: &str, baud: u32, lines: &[String]) -> Result<String, Trouble> {
    let mut lines = lines.to_vec();
    lines.push(crate::platform::now().strftime("%Y-%m-%d %H:%M:%S"));
    taken(device::put(device.to_owned(), escpos::slip(&lines), Some(baud), SLIP).await)
}

fn taken(put: Result<(), DeviceFault>) -> Result<String, Trouble> {
    match put {
        Ok(()) => Ok("done".to_owned()),
        Err(DeviceFault::Missing) => Err(Trouble::Missing),
        Err(DeviceFault::Denied) => Err(Trouble::Denied),
        Err(DeviceFault::Late) => Err(Trouble::Late),
        Err(other) => Err(Trouble::Other(other.to_string())),
    }
}

/// Runs a program to its end; its exit code and its last line.
pub(super) async fn run(argv: &[String], limit: Duration) -> Result<String, Trouble> {
    run_heard(argv, limit, |_| false).await
}

/// The same; lines of its output that `hear` takes are no last words.
pub(super) async fn run_heard(
    argv: &[String],
    limit: Duration,
    hear: impl Fn(&str) -> bool + Send + 'static,
) -> Result<String, Trouble> {
    let (code, last) = exec::follow(argv, limit, hear).await.map_err(|fault| match fault {
        ExecFault::Missing => Trouble::Missing,
        ExecFault::Denied => Trouble::Denied,
        ExecFault::Late => Trouble::Late,
        ExecFault::Flood => Trouble::TooBig,
        ExecFault::Other(words) => Trouble::Other(words),
    })?;
    let last: String = last.chars().filter(|c| !c.is_control()).take(TOLD).collect();
    let told = format!("exit {code} {last}");
    if code == 0 { Ok(told.trim_end().to_owned()) } else { Err(Trouble::Other(told.trim_end().to_owned())) }
}
