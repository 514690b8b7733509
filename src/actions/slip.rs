//! 51: prints a slip on the receipt printer that the checks look at, once it has said that it can. What stands on the
//! slip is whoever prepares the action's business.

use std::time::Duration;

use super::prepare::{Cx, Prepared};
use super::simple::Proof;
use crate::model::Said;
use crate::platform::escpos::{self, PrinterSays};
use crate::platform::{Deed, DeviceFault};

/// For the four questions together.
const LIMIT: Duration = Duration::from_millis(3_500);
/// Where kernels put printers on USB.
const FOLDER: &str = "/dev/usb";

/// Asks the printer and says what would be printed.
pub(super) async fn prepare(cx: &Cx, plan: &mut Prepared) -> Vec<Deed> {
    let wanted = &cx.config.printer;
    if !wanted.queue.is_empty() {
        plan.block("print-queue", wanted.queue.as_str());
        return Vec::new();
    }
    let Some(device) = device(cx).await else {
        plan.block("print-none", "");
        return Vec::new();
    };
    if cx.slip.is_empty() {
        plan.block("print-nothing", "");
        return Vec::new();
    }
    let answers = cx.host.gear().ask_device(&device, &escpos::QUESTIONS, wanted.baud, LIMIT).await;
    match answers.map(|answers| escpos::said(&answers)) {
        Ok(PrinterSays::Paper) => plan.block("print-paper", ""),
        Ok(PrinterSays::Cover) => plan.block("print-cover", ""),
        Ok(PrinterSays::Voltage | PrinterSays::Hot) => plan.block("print-hot", ""),
        Ok(PrinterSays::Cutter | PrinterSays::Mechanics | PrinterSays::Error | PrinterSays::Offline) => {
            plan.block("print-fault", "");
        }
        Ok(PrinterSays::NearEnd) => {
            plan.notes.push(Said::new("run-note-near-end"));
            plan.verify = vec![Proof::Checks(&["printer.status"])];
        }
        Ok(PrinterSays::Well | PrinterSays::Half) => plan.verify = vec![Proof::Checks(&["printer.status"])],
        // Many print and tell nothing: whether it did is seen on the paper.
        Ok(PrinterSays::Garbage(_)) | Err(DeviceFault::Silent | DeviceFault::Flood) => {
            plan.notes.push(Said::new("run-note-mute-printer"));
        }
        Err(DeviceFault::Missing) => plan.block("print-gone", device.as_str()),
        Err(DeviceFault::Held) => plan.block("print-held", ""),
        Err(fault) => plan.block("print-unknown", fault.to_string()),
    }
    plan.notes.push(Said::new("run-note-slip"));
    vec![Deed::Print { device, baud: wanted.baud, lines: cx.slip.clone() }]
}

/// The configured printer, else the first that the kernel knows.
async fn device(cx: &Cx) -> Option<String> {
    match cx.config.printer.device.as_str() {
        "none" => None,
        "" => {
            let names = cx.host.list(FOLDER).await.ok()?;
            names.iter().find(|name| name.starts_with("lp")).map(|name| format!("{FOLDER}/{name}"))
        }
        device => Some(device.to_owned()),
    }
}
