//! 55 VERSIONS: what runs here, line by line to be read out: system, kernel, console, payment application, parameters,
//! firmware; then what checks found about versions, keys and certificates, and what is not as it was.

use crate::model::{Finding, Status, VERSIONS};
use crate::proto::Request;
use crate::tui::screens::{Cx, Lines, ScreenSpec, compared, parts};
use crate::tui::view::{Act, Green, Para, Row, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "55",
    zh: "版本",
    name: "VERSIONS",
    lines: Lines::Open,
    green: &["checkup-green-again"],
    needs: |_| vec![Request::Baselines],
    content: view,
};

/// One more, which is not compared with another day's.
const CODES: (&str, &str, &str) = ("version.expected", "code_table", "codes");

fn view(cx: &Cx<'_>) -> View {
    let Some(snapshot) = cx.snapshot() else { return parts::connecting(cx) };
    let version = [("version", parts::clean(&snapshot.terminal.version).into())];
    let mut head = vec![Para::new(cx.ta("update-running", &version))];
    let find = |family: &str| snapshot.findings.iter().find(|found| found.family() == family);
    let mut app = false;
    for (family, fact, word) in VERSIONS.into_iter().chain([CODES]) {
        let told = find(family).and_then(|found| parts::fact(found, fact)).filter(|text| text != "-");
        let Some(told) = told else { continue };
        app |= family == "version.expected";
        head.push(Para::new(cx.ta(&format!("versions-{word}"), &[("version", told.into())])));
    }
    head.extend(snapshot.findings.iter().filter_map(|found| firmware(cx, found)));
    if !app {
        head.push(Para::tone(cx.t("versions-app-untold"), Tone::Dim));
        head.push(Para::tone(cx.t("screen-meanwhile-55"), Tone::Dim));
    }
    head.extend(compared::head(cx));
    let own = snapshot.findings.iter().filter(|found| found.screen == "55" && found.family() != "version.system");
    let own = own.filter(|found| found.status != Status::Absent);
    let mut rows: Vec<Row> = own.map(|found| parts::finding_row(cx, found)).collect();
    rows.extend(compared::rows(cx));
    let act = Act::Ask(Request::Check { scope: ["version", "params", "security"].map(str::to_owned).to_vec() });
    View { head, rows, green: Some(Green { label: cx.t("checkup-green-again"), act }), ..View::default() }
}

/// What a vendor's command says of a part's own program.
fn firmware(cx: &Cx<'_>, found: &Finding) -> Option<Para> {
    let part = parts::fact(found, "adapter")?;
    let version = parts::fact(found, "firmware")?;
    let args = [("part", part.into()), ("version", version.into())];
    Some(Para::new(cx.ta("versions-firmware", &args)))
}
