//! Actions that do a few things one after the other and then look whether it helped: 63 READER RESET, 64 APP RESTART,
//! 65 SIGN-ON, 66 PRINT RESET, a slip on 51, 68 REBOOT, 96 SHUT DOWN, and what a site lays beside them as 691-698. Each is a way that
//! the configuration names, or one that this machine has by itself; where there is neither the reason is shown.

use super::prepare::{Cx, Prepared, said};
use crate::config::plugins;
use crate::model::Said;
use crate::platform::Deed;

/// How an action is proved once it has been done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The unit is active, and still is after these seconds.
    Stands { unit: String, seconds: u64 },
    /// The program says so with exit 0.
    Says { argv: Vec<String> },
    /// None of these checks fails.
    Checks(&'static [&'static str]),
}

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Simple {
    Reader,
    App,
    SignOn,
    Printer,
    Slip,
    Reboot,
    PowerOff,
    Plugin,
}

const PCSCD: [&str; 2] = ["pcscd.service", "pcscd.socket"];

/// A command of the configuration; one word that ends in `.service` is a unit that is started instead, which is how a
/// site lets root's work be done without this program being root.
pub fn deed_of(argv: &[String]) -> Deed {
    match argv {
        [unit] if unit.ends_with(".service") && !unit.contains('/') => Deed::StartUnit { unit: unit.clone() },
        _ => Deed::Run { argv: argv.to_vec() },
    }
}

/// Looks at the machine and says what would be done.
pub async fn prepare(cx: &Cx, which: Simple, id: &str) -> Prepared {
    let mut plan = Prepared { at: cx.hands.steady(), ..Prepared::default() };
    let actions = &cx.config.actions;
    let deeds = match which {
        Simple::Reader => reader(cx, &mut plan).await,
        Simple::App => app(cx, &mut plan),
        Simple::SignOn => hook(&actions.sign_on_command, "no-hook", &mut plan),
        Simple::Printer => printer(cx, &mut plan),
        Simple::Slip => super::slip::prepare(cx, &mut plan).await,
        Simple::Reboot => power(cx, Deed::Reboot, &actions.reboot_command),
        Simple::PowerOff => power(cx, Deed::PowerOff, &actions.power_off_command),
        Simple::Plugin => plugin(cx, id, &mut plan),
    };
    plan.steps = deeds.iter().map(said).collect();
    plan.rungs = vec![deeds];
    plan
}

/// A way that only the configuration can name.
fn hook(argv: &[String], missing: &str, plan: &mut Prepared) -> Vec<Deed> {
    if argv.is_empty() {
        plan.block(missing, "");
        return Vec::new();
    }
    vec![deed_of(argv)]
}

/// The configured way; else the card service, and the reader's own place on the bus where it is named.
async fn reader(cx: &Cx, plan: &mut Prepared) -> Vec<Deed> {
    let actions = &cx.config.actions;
    plan.verify = vec![Proof::Checks(&["reader.service", "reader.device"])];
    if !actions.reader_command.is_empty() {
        return vec![deed_of(&actions.reader_command)];
    }
    let mut deeds = Vec::new();
    if !actions.reader_usb.is_empty() {
        deeds.push(Deed::StartUnit { unit: format!("pos-console-usb-rebind@{}.service", actions.reader_usb) });
    }
    let names = PCSCD.map(str::to_owned);
    let units = cx.host.units(&names).await.unwrap_or_default();
    let known = units.named.iter().any(|unit| unit.name == PCSCD[0] && unit.state != "not-found");
    if known {
        deeds.push(Deed::RestartUnit { unit: PCSCD[0].to_owned() });
        plan.verify.push(Proof::Stands { unit: PCSCD[0].to_owned(), seconds: 2 });
    }
    if deeds.is_empty() {
        plan.block("no-reader-way", "");
    }
    deeds
}

/// The payment application, and how it is known to be well afterwards.
fn app(cx: &Cx, plan: &mut Prepared) -> Vec<Deed> {
    let actions = &cx.config.actions;
    let unit = &actions.app_unit;
    if !unit.is_empty() {
        plan.verify.push(Proof::Stands { unit: unit.clone(), seconds: u64::from(actions.app_stands_s) });
    }
    if !actions.app_healthy.is_empty() {
        plan.verify.push(Proof::Says { argv: actions.app_healthy.clone() });
        plan.notes.push(Said::new("run-note-healthy").fact("argv", actions.app_healthy.join(" ")));
    }
    if plan.verify.is_empty() {
        plan.notes.push(Said::new("run-note-unproved"));
    }
    if !actions.app_command.is_empty() {
        return vec![deed_of(&actions.app_command)];
    }
    if unit.is_empty() {
        plan.block("no-app", "");
        return Vec::new();
    }
    vec![Deed::RestartUnit { unit: unit.clone() }]
}

fn printer(cx: &Cx, plan: &mut Prepared) -> Vec<Deed> {
    let actions = &cx.config.actions;
    if !actions.printer_command.is_empty() {
        return vec![deed_of(&actions.printer_command)];
    }
    if actions.printer_device.is_empty() {
        plan.block("no-printer-way", "");
        return Vec::new();
    }
    plan.verify = vec![Proof::Checks(&["printer.status"])];
    vec![Deed::PrinterReset { device: actions.printer_device.clone() }]
}

fn power(_cx: &Cx, deed: Deed, command: &[String]) -> Vec<Deed> {
    if command.is_empty() { vec![deed] } else { vec![deed_of(command)] }
}

/// What the site laid down under this number, if nobody but root could have written it.
fn plugin(cx: &Cx, id: &str, plan: &mut Prepared) -> Vec<Deed> {
    let number = id.rsplit('-').next().and_then(|text| text.parse().ok()).unwrap_or(0);
    match plugins::find(&cx.config.actions_dir, number) {
        Ok(found) => {
            let named = Said::new("run-note-plugin");
            plan.notes.push(named.fact("zh", found.does.zh.as_str()).fact("en", found.does.en.as_str()));
            if !cx.role.may(found.role) {
                plan.block("role", found.role.word());
            }
            plan.risk = Some(found.risk);
            if !found.verify.is_empty() {
                plan.verify.push(Proof::Says { argv: found.verify.clone() });
            }
            vec![deed_of(&found.argv)]
        }
        Err(fault) => {
            plan.block(fault.code(), fault.detail());
            Vec::new()
        }
    }
}
