//! 5 DEVICE: which terminal this is, and one line for each of its parts.

use crate::model::{Area, Finding, Status};
use crate::tui::screens::{Cx, Lines, ScreenSpec, nothing, parts};
use crate::tui::view::{Para, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "5",
    zh: "设备",
    name: "DEVICE",
    lines: Lines::Children,
    green: &[],
    needs: nothing,
    content: view,
};

fn view(cx: &Cx<'_>) -> View {
    let rows = parts::child_rows(cx, "5", |id| {
        let belongs: fn(&&Finding) -> bool = match id {
            "51" => |f| f.area == Area::Printer,
            "52" => |f| f.area == Area::Power,
            "53" => |f| f.area == Area::Clock,
            "55" => |f| matches!(f.area, Area::Version | Area::Security),
            "56" => |f| matches!(f.area, Area::System | Area::Store | Area::App),
            _ => |_| false,
        };
        let findings = cx.snapshot().into_iter().flat_map(|s| s.findings.iter()).filter(belongs);
        let status = match parts::worst(cx, findings) {
            // A test by hand has no state.
            _ if id == "54" => None,
            None => Some(Status::NotTested),
            // Every terminal has these: nobody was told what to ask.
            Some(Status::Absent) if matches!(id, "53" | "56") => Some(Status::NotTested),
            status => status,
        };
        (status, String::new())
    });
    let Some(snapshot) = cx.snapshot() else { return View { rows, ..parts::connecting(cx) } };
    let terminal = &snapshot.terminal;
    let told = |value: &Option<String>| {
        value.as_deref().filter(|text| !text.is_empty()).map_or_else(|| cx.t("device-not-known"), parts::clean)
    };
    let head = [
        ("device-tid", told(&terminal.tid)),
        ("device-mid", told(&terminal.mid)),
        ("device-serial", told(&terminal.serial)),
        ("device-machine", parts::clean(&terminal.machine)),
    ];
    let head = head.into_iter().map(|(key, value)| Para::new(cx.ta(key, &[("value", value.into())]))).collect();
    View { head, rows, ..View::default() }
}
