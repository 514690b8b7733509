//! `printer.status`: the printer's own word (ESC/POS `DLE EOT`), of whichever printer there is.

use std::time::Duration;

use super::adapter::{self, Kind};
use super::found::Build;
use super::{Check, CheckSpec, Cx};
use crate::model::{Area, Finding, Status};
use crate::platform::escpos::{self, PrinterSays, QUESTIONS};
use crate::platform::{DeviceFault, Fut};

pub(super) struct Printer;

const SPEC: CheckSpec = CheckSpec {
    id: "printer.status",
    area: Area::Printer,
    screen: "51",
    every: Duration::from_secs(30),
    limit: Duration::from_secs(6),
    needs: &["sys.usb"],
};

const LIMIT: Duration = Duration::from_millis(3_500);
/// Where kernels put printers on USB.
const FOLDER: &str = "/dev/usb";

impl Check for Printer {
    fn spec(&self) -> &'static CheckSpec {
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move { vec![look(&cx).await.remedy("reset-printer")] })
    }
}

async fn look(cx: &Cx) -> Finding {
    if let Some(found) = adapter::finding(cx, Kind::Printer, &SPEC).await {
        return found;
    }
    let wanted = &cx.config.printer;
    if wanted.device == "none" {
        return SPEC.found(cx, Status::Absent, "printer-none");
    }
    if !wanted.queue.is_empty() {
        return queue(cx, &wanted.queue).await;
    }
    let device = if wanted.device.is_empty() { first(cx).await } else { Some(wanted.device.clone()) };
    let before = cx.previous.iter().find(|found| found.id == SPEC.id && found.facts.contains_key("device"));
    let Some(device) = device else {
        return if before.is_some() {
            SPEC.found(cx, Status::Fail, "printer-gone").fact("device", FOLDER)
        } else {
            SPEC.found(cx, Status::Absent, "printer-none")
        };
    };
    let found = match cx.host.gear().ask_device(&device, &QUESTIONS, wanted.baud, LIMIT).await {
        Ok(answers) => told(cx, &answers),
        Err(DeviceFault::Missing) => SPEC.found(cx, Status::Fail, "printer-gone"),
        Err(DeviceFault::Held) => SPEC.found(cx, Status::Unknown, "printer-held"),
        Err(DeviceFault::Denied) => SPEC.found(cx, Status::Unknown, "printer-denied"),
        // It spoke before: now it does not.
        Err(DeviceFault::Silent) if before.is_some_and(|found| found.status == Status::Ok) => {
            SPEC.found(cx, Status::Fail, "printer-mute")
        }
        Err(DeviceFault::Silent) => SPEC.found(cx, Status::Unknown, "printer-silent"),
        Err(fault) => SPEC.found(cx, Status::Unknown, "printer-unknown").fact("reason", fault.to_string()),
    };
    found.fact("device", device)
}

/// The first printer the kernel knows.
async fn first(cx: &Cx) -> Option<String> {
    let names = cx.host.list(FOLDER).await.ok()?;
    names.iter().find(|name| name.starts_with("lp")).map(|name| format!("{FOLDER}/{name}"))
}

/// What four status bytes say, the worst first.
fn told(cx: &Cx, answers: &[u8]) -> Finding {
    let (status, code) = match escpos::said(answers) {
        PrinterSays::Garbage(odd) => {
            let found = SPEC.found(cx, Status::Unknown, "printer-garbage");
            return found.fact("byte", format!("{odd:02X}"));
        }
        PrinterSays::Paper => (Status::Fail, "printer-paper"),
        PrinterSays::Cover => (Status::Fail, "printer-cover"),
        PrinterSays::Voltage => (Status::Fail, "printer-voltage"),
        PrinterSays::Hot => (Status::Fail, "printer-hot"),
        PrinterSays::Cutter => (Status::Fail, "printer-cutter"),
        PrinterSays::Mechanics => (Status::Fail, "printer-mechanics"),
        PrinterSays::Error => (Status::Fail, "printer-error"),
        PrinterSays::Offline => (Status::Fail, "printer-offline"),
        PrinterSays::NearEnd => (Status::Warning, "printer-near-end"),
        PrinterSays::Half => (Status::Unknown, "printer-half"),
        PrinterSays::Well => (Status::Ok, "printer-ok"),
    };
    let bytes = answers.iter().fold(String::new(), |text, byte| text + &format!("{byte:02X}"));
    SPEC.found(cx, status, code).fact("bytes", bytes)
}

/// A queue of CUPS, by its own `lpstat`.
async fn queue(cx: &Cx, name: &str) -> Finding {
    let argv = ["lpstat", "-p", name].map(str::to_owned);
    let output = match cx.host.exec(&argv, Duration::from_secs(4), 16 * 1024).await {
        Ok(output) => output,
        Err(fault) => return SPEC.found(cx, Status::Unknown, "printer-unknown").fact("reason", fault.to_string()),
    };
    let text = String::from_utf8_lossy(&output.stdout).to_lowercase();
    let (status, code) = match () {
        () if output.code != 0 => (Status::Fail, "printer-gone"),
        () if text.contains("media-empty") || text.contains("out of paper") => (Status::Fail, "printer-paper"),
        () if text.contains("cover-open") || text.contains("door-open") => (Status::Fail, "printer-cover"),
        () if text.contains("disabled") || text.contains("stopped") => (Status::Fail, "printer-offline"),
        () if text.contains("media-low") => (Status::Warning, "printer-near-end"),
        () if text.contains("idle") || text.contains("printing") => (Status::Ok, "printer-ok"),
        () => (Status::Unknown, "printer-half"),
    };
    SPEC.found(cx, status, code).fact("device", name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::tests::bare_cx;
    use proptest::prelude::*;

    #[test]
    fn the_worst_of_four_bytes_is_told() {
        let cx = bare_cx();
        let code = |bytes: &[u8]| told(&cx, bytes).code;
        for (bytes, expected) in [
            ([0x12, 0x12, 0x12, 0x12], "printer-ok"),
            ([0x1A, 0x32, 0x12, 0x7E], "printer-paper"),
            ([0x1A, 0x16, 0x12, 0x12], "printer-cover"),
            ([0x1A, 0x52, 0x52, 0x12], "printer-hot"),
            ([0x1A, 0x52, 0x32, 0x12], "printer-voltage"),
            ([0x1A, 0x52, 0x1A, 0x12], "printer-cutter"),
            ([0x1A, 0x12, 0x12, 0x12], "printer-offline"),
            ([0x12, 0x12, 0x12, 0x1E], "printer-near-end"),
            ([0x12, 0x12, 0xFF, 0x12], "printer-garbage"),
            ([0x00, 0x00, 0x00, 0x00], "printer-garbage"),
        ] {
            assert_eq!(code(&bytes), expected, "{bytes:02X?}");
        }
        assert_eq!((code(&[0x12]), code(&[0x1A, 0x32])), ("printer-half".to_owned(), "printer-paper".to_owned()));
    }

    proptest! {
        #[test]
        fn well_is_said_only_by_four_bytes_without_a_fault(bytes in proptest::collection::vec(any::<u8>(), 0..6)) {
            let clean = |(at, byte): (usize, &u8)| {
                let faults = [0x08, 0x64, 0x6C, 0x6C].get(at).copied().unwrap_or(0);
                byte & 0x93 == 0x12 && byte & faults == 0
            };
            let well = bytes.len() >= 4 && bytes.iter().enumerate().all(clean);
            prop_assert_eq!(told(&bare_cx(), &bytes).status == Status::Ok, well);
        }
    }
}
