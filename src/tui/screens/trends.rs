//! 35 TRENDS: today against what is usual here, by hour, day and week; and since when something is different.

use crate::model::{Counts, Finding, Status, TrendSpan, Trends, WEEK_HOURS, Way, hour_begins};
use crate::proto::Request;
use crate::text;
use crate::tui::screens::{Cx, Lines, Place, ScreenSpec, codes, explanation, parts};
use crate::tui::view::{Act, Arg, Green, Open, Para, Row, Tone, View};

pub const SCREEN: ScreenSpec = ScreenSpec {
    id: "35",
    zh: "趋势",
    name: "TRENDS",
    lines: Lines::Choices(7),
    green: &["trends-green-why"],
    needs,
    content: view,
};

fn needs(_place: &Place) -> Vec<Request> {
    vec![Request::Trends]
}

/// From this width on there is room for graphs.
const GRAPHS: u16 = 64;
/// From this width on two of them stand side by side.
const TWO_GRAPHS: u16 = 96;
/// From this width on the second one has wider columns.
const WIDE_DAYS: u16 = 120;
/// Cells of the first one with the space behind it.
const LEFT: usize = 31;
/// Lines of a graph.
const HIGH: u64 = 5;
/// Longest bar of a line.
const LONGEST: usize = 60;
/// Cells below which it tells nothing.
const SHORTEST: usize = 4;

fn view(cx: &Cx<'_>) -> View {
    let Some(snapshot) = cx.snapshot() else { return parts::connecting(cx) };
    let Some(trends) = &cx.mirror.trends else { return View { rows: ways(cx), ..parts::connecting(cx) } };
    if trends.weeks.is_empty() && !trends.counting {
        let key = if snapshot.journal.sources.is_empty() { "sales-no-journal" } else { "trends-none" };
        return View { head: vec![Para::tone(cx.t(key), Tone::Dim)], ..View::default() };
    }
    match cx.place.arg {
        Arg::Way(1) => by_hour(cx, trends),
        Arg::Way(2) => by_span(cx, &trends.days, "%m-%d", trends),
        Arg::Way(3) => by_span(cx, &trends.weeks, "%m-%d", trends),
        Arg::Way(4) => by_code(cx, trends),
        Arg::Way(5) => by_way(cx, trends),
        Arg::Way(6) => by_bank(cx, trends),
        Arg::Way(7) => times(cx, trends),
        _ => overview(cx, trends),
    }
}

/// What is different today, in sentences, and the seven ways to look closer.
fn overview(cx: &Cx<'_>, trends: &Trends) -> View {
    let today = trends.today();
    let mut head = vec![counts_line(cx, &today, trends)];
    if today.no_response > 0 {
        head.push(Para::new(cx.ta("trends-silent", &[("count", today.no_response.into())])));
    }
    head.extend(last_week(cx, trends).filter(|_| cx.width >= GRAPHS));
    head.extend(times_line(cx, &today, trends));
    head.extend(chip_line(cx, &today, trends));
    let changed = changes(cx);
    head.extend(changed.iter().map(|finding| Para::tone(parts::sentence(cx.lang, finding), Tone::Warn)));
    if changed.is_empty() {
        head.extend(nothing_new(cx));
    }
    if trends.counting {
        head.push(Para::tone(cx.t("trends-counting"), Tone::Dim));
    }
    head.extend(graphs(cx, trends).into_iter().map(|line| Para::tone(line, Tone::Plain)));
    let green = changed.first().map(|finding| Green {
        label: cx.t("trends-green-why"),
        act: Act::Open(Open::Place("11", Arg::Finding(finding.id.clone()))),
    });
    View { head, rows: ways(cx), green, ..View::default() }
}

/// The seven ways to look closer.
fn ways(cx: &Cx<'_>) -> Vec<Row> {
    let row = |n: u8| Row {
        n: Some(n),
        text: cx.t(&format!("trends-way-{n}")),
        open: Some(Open::Place("35", Arg::Way(n))),
        key: n.to_string(),
        ..Row::default()
    };
    (1..=7).map(row).collect()
}

/// Findings that say what is not as usual.
fn changes<'a>(cx: &Cx<'a>) -> Vec<&'a Finding> {
    let findings = cx.mirror.snapshot.iter().flat_map(|snapshot| &snapshot.findings);
    findings.filter(|finding| finding.id.starts_with("trend.") && finding.status.is_bad()).collect()
}

/// Whether all is as usual, or nobody knows what is; nothing where no check has looked.
fn nothing_new(cx: &Cx<'_>) -> Option<Para> {
    let snapshot = cx.snapshot()?;
    let mut looked = snapshot.findings.iter().filter(|finding| finding.id.starts_with("trend.")).peekable();
    looked.peek()?;
    let known = looked.any(|finding| finding.status == Status::Ok);
    Some(if known {
        Para::tone(cx.t("trends-as-usual"), Tone::Good)
    } else {
        Para::tone(cx.t("trends-usual-unknown"), Tone::Dim)
    })
}

/// `7%`, with one place below ten; `-` of nothing.
fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    let tenths = (part * 1_000 + whole / 2) / whole;
    if tenths == 0 || tenths >= 100 {
        format!("{}%", (tenths + 5) / 10)
    } else {
        format!("{}.{}%", tenths / 10, tenths % 10)
    }
}

fn counts_line(cx: &Cx<'_>, today: &Counts, trends: &Trends) -> Para {
    let usual = &trends.usual;
    let args = [
        ("count", today.count.into()),
        ("declined", today.declined.into()),
        ("percent", percent(today.declined, today.answered()).into()),
        ("usual", percent(usual.declined, usual.answered()).into()),
    ];
    Para::tone(cx.ta("trends-today", &args), Tone::Strong)
}

/// The same day last week up to this hour of its own clock.
fn last_week(cx: &Cx<'_>, trends: &Trends) -> Option<Para> {
    let before = trends.hours_before.iter().filter(|span| span.hour + WEEK_HOURS <= trends.hour);
    let (count, declined) = before.fold((0, 0), |sum, span| (sum.0 + span.counts.count, sum.1 + span.counts.declined));
    let args = [("count", count.into()), ("declined", declined.into())];
    (count > 0).then(|| Para::tone(cx.ta("trends-last-week", &args), Tone::Dim))
}

fn seconds(ms: Option<u32>) -> String {
    ms.map_or_else(|| "-".to_owned(), parts::seconds)
}

fn times_line(cx: &Cx<'_>, today: &Counts, trends: &Trends) -> Option<Para> {
    let args = [
        ("p50", parts::seconds(today.time_ms(50)?).into()),
        ("p95", seconds(today.time_ms(95)).into()),
        ("usual", seconds(trends.usual.time_ms(50)).into()),
        ("usual_slow", seconds(trends.usual.time_ms(95)).into()),
    ];
    Some(Para::new(cx.ta("trends-times", &args)))
}

fn chip_line(cx: &Cx<'_>, today: &Counts, trends: &Trends) -> Option<Para> {
    let (failed, usual) = (today.way(Way::Fallback), &trends.usual);
    let args = [
        ("count", failed.into()),
        ("percent", percent(failed, today.chip()).into()),
        ("usual", percent(usual.way(Way::Fallback), usual.chip()).into()),
    ];
    (today.chip() > 0).then(|| Para::new(cx.ta("trends-chip", &args)))
}

/// Approved, declined and unanswered ones as a bar: `####xx-`.
fn bar(counts: &Counts, most: u64, cells: usize) -> String {
    let scaled = |number: u64| -> usize {
        let cells = number * cells as u64;
        // What happened at all is seen.
        cells.div_ceil(most.max(1)) as usize
    };
    let all = scaled(counts.count);
    let silent = scaled(counts.no_response).min(all);
    let declined = scaled(counts.declined).min(all - silent);
    let good = all - silent - declined;
    ["#".repeat(good), "x".repeat(declined), "-".repeat(silent)].concat()
}

/// Lines of bars, one to a span; `right` stands behind each.
fn bars<'a>(cx: &Cx<'_>, spans: impl Iterator<Item = (String, &'a Counts, String)>, most: u64) -> Vec<Row> {
    let spans: Vec<_> = spans.collect();
    let taken = spans.iter().map(|(label, _, right)| text::width(label) + text::width(right)).max().unwrap_or(0);
    // Where a bar has no room the numbers tell.
    let cells = usize::from(cx.width).saturating_sub(taken + 5).min(LONGEST);
    let cells = if cells < SHORTEST { 0 } else { cells };
    let row = |(label, counts, right): (String, &Counts, String)| Row {
        text: format!("{label} {}", bar(counts, most, cells)).trim_end().to_owned(),
        right,
        tone: if counts.declined * 4 > counts.count.max(1) { Tone::Warn } else { Tone::Plain },
        key: label,
        ..Row::default()
    };
    spans.into_iter().map(row).collect()
}

fn legend(cx: &Cx<'_>) -> Para {
    Para::tone(cx.t("trends-legend"), Tone::Dim)
}

fn most(spans: &[TrendSpan]) -> u64 {
    spans.iter().map(|span| span.counts.count).max().unwrap_or(0)
}

/// Today from its first hour to its last, with the same hours a week ago.
fn by_hour(cx: &Cx<'_>, trends: &Trends) -> View {
    let none = Counts::default();
    let ends = trends.hours.first().zip(trends.hours.last()).map(|(first, last)| first.hour..=last.hour);
    let Some(hours) = ends else {
        return View { head: vec![Para::tone(cx.t("trends-none-today"), Tone::Dim)], ..View::default() };
    };
    let at = |spans: &[TrendSpan], hour: i64| spans.iter().find(|span| span.hour == hour).map(|span| span.counts.count);
    let lines = hours.map(|hour| {
        let counts = trends.hours.iter().find(|span| span.hour == hour).map_or(&none, |span| &span.counts);
        let before = at(&trends.hours_before, hour - WEEK_HOURS).unwrap_or(0);
        let share = percent(counts.declined, counts.answered());
        let right = format!("{:>3} {share:>5} /{before:>3}", counts.count);
        (format!("{:02}:00", hour.rem_euclid(24)), counts, right)
    });
    let rows = bars(cx, lines, most(&trends.hours));
    View { head: vec![legend(cx), Para::tone(cx.t("trends-hours-head"), Tone::Dim)], rows, ..View::default() }
}

/// Days or weeks, newest first.
fn by_span(cx: &Cx<'_>, spans: &[TrendSpan], form: &str, trends: &Trends) -> View {
    let lines = spans.iter().rev().map(|span| {
        let counts = &span.counts;
        let right = format!("{:>4} {:>5}", counts.count, percent(counts.declined, counts.answered()));
        (hour_begins(span.hour, trends.offset).strftime(form), counts, right)
    });
    View { head: vec![legend(cx)], rows: bars(cx, lines, most(spans)), ..View::default() }
}

/// Codes of declines today, most frequent first, with what is usual in a day.
fn by_code(cx: &Cx<'_>, trends: &Trends) -> View {
    let today = trends.today();
    let mut seen: Vec<(&String, u64)> = today.codes.iter().map(|(code, count)| (code, *count)).collect();
    let gone = trends.usual.codes.keys().filter(|code| !today.codes.contains_key(*code)).map(|code| (code, 0));
    seen.extend(gone);
    let usual = |code: &str| trends.usual.codes.get(code).copied().unwrap_or(0);
    seen.sort_by_key(|(code, count)| (std::cmp::Reverse((*count, usual(code))), code.as_str()));
    let profile = explanation::default_profile(cx);
    let row = |(code, count): (&String, u64)| {
        let args = [("count", count.into()), ("usual", a_day(usual(code), trends).into())];
        Row { right: cx.ta("trends-of-day", &args), ..codes::code_row(cx, "31", &profile, code) }
    };
    let head = if seen.is_empty() { vec![Para::tone(cx.t("trends-no-codes"), Tone::Dim)] } else { Vec::new() };
    View { head, rows: seen.into_iter().map(row).collect(), ..View::default() }
}

/// So many in a usual day, with one place.
fn a_day(count: u64, trends: &Trends) -> String {
    let days = u64::from(trends.usual_days);
    if days == 0 {
        return "-".to_owned();
    }
    let tenths = (count * 10 + days / 2) / days;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// How payments came in, with the usual share.
fn by_way(cx: &Cx<'_>, trends: &Trends) -> View {
    let today = trends.today();
    let (all, usual_all) = (today.ways.iter().sum(), trends.usual.ways.iter().sum());
    let most = today.ways.iter().max().copied().unwrap_or(0);
    let parts: Vec<(Way, Counts)> =
        Way::ALL.into_iter().map(|way| (way, Counts { count: today.way(way), ..Counts::default() })).collect();
    let widest = Way::ALL.iter().map(|way| text::width(&way_word(cx, *way))).max().unwrap_or(0);
    let lines = parts.iter().map(|(way, counts)| {
        let usual = percent(trends.usual.way(*way), usual_all);
        let right = format!("{:>3} {:>5} /{usual:>5}", counts.count, percent(counts.count, all));
        (text::pad(&way_word(cx, *way), widest), counts, right)
    });
    let rows = bars(cx, lines, most);
    let mut head = vec![Para::tone(cx.t("trends-ways-head"), Tone::Dim)];
    head.extend(chip_line(cx, &today, trends));
    View { head, rows, ..View::default() }
}

fn way_word(cx: &Cx<'_>, way: Way) -> String {
    cx.t(&format!("trends-entry-{}", way.word()))
}

/// Issuers by the first six digits, most frequent first.
fn by_bank(cx: &Cx<'_>, trends: &Trends) -> View {
    let today = trends.today();
    let mut banks: Vec<_> = today.banks.iter().collect();
    banks.sort_by_key(|(bank, seen)| (std::cmp::Reverse(seen.count), **bank));
    let parts: Vec<(u32, Counts)> = banks
        .into_iter()
        .map(|(bank, seen)| (*bank, Counts { count: seen.count, declined: seen.declined, ..Counts::default() }))
        .collect();
    let most = parts.iter().map(|(_, counts)| counts.count).max().unwrap_or(0);
    let lines = parts.iter().map(|(bank, counts)| {
        let usual = trends.usual.banks.get(bank).copied().unwrap_or_default();
        let share = percent(counts.declined, counts.count);
        let right = format!("{:>3} {share:>5} /{:>5}", counts.count, percent(usual.declined, usual.count));
        (format!("{bank:06}"), counts, right)
    });
    let rows = bars(cx, lines, most);
    let key = if rows.is_empty() { "trends-no-banks" } else { "trends-banks-head" };
    View { head: vec![Para::tone(cx.t(key), Tone::Dim)], rows, ..View::default() }
}

/// How fast hosts answered, day by day, newest first: the usual one, and the slowest twentieth.
fn times(cx: &Cx<'_>, trends: &Trends) -> View {
    let rows = trends.days.iter().rev().filter_map(|span| {
        let (p50, p95) = (span.counts.time_ms(50)?, span.counts.time_ms(95)?);
        let day = hour_begins(span.hour, trends.offset).strftime("%m-%d");
        let right = format!("{:>4} / {:>4}", parts::seconds(p50), parts::seconds(p95));
        // Ten cells to the second for what is usual, then the slow ones.
        let cells = usize::from(cx.width).saturating_sub(text::width(&right) + 10).clamp(4, LONGEST);
        let (usual, slow) = ((p50 / 100) as usize, (p95 / 100) as usize);
        let bar = format!("{}{}", "#".repeat(usual.min(cells)), "-".repeat(slow.min(cells) - usual.min(cells)));
        Some(Row { text: format!("{day} {bar}"), right, key: day, ..Row::default() })
    });
    View { head: vec![Para::tone(cx.t("trends-times-head"), Tone::Dim)], rows: rows.collect(), ..View::default() }
}

/// Today by the hour as columns, and the last fourteen days beside it where there is room.
fn graphs(cx: &Cx<'_>, trends: &Trends) -> Vec<String> {
    if cx.width < GRAPHS || trends.weeks.is_empty() {
        return Vec::new();
    }
    let today = trends.hour.div_euclid(24);
    let find = |spans: &[TrendSpan], hour: i64| {
        spans.iter().find(|span| span.hour == hour).map(|span| span.counts.clone()).unwrap_or_default()
    };
    let hours: Vec<Counts> = (0..24).map(|hour| find(&trends.hours, today * 24 + hour)).collect();
    let mut left = columns(&hours, 1);
    left.push("+0--3--6--9--12-15-18-21-".to_owned());
    if cx.width < TWO_GRAPHS {
        return left;
    }
    let wide = usize::from(cx.width >= WIDE_DAYS) + 1;
    let days: Vec<i64> = (today - 13..=today).collect();
    let mut right = columns(&days.iter().map(|day| find(&trends.days, day * 24)).collect::<Vec<_>>(), wide);
    let label = |day: &i64| {
        let label = hour_begins(day * 24, trends.offset).strftime("%d");
        label.chars().skip(2 - wide).collect::<String>()
    };
    right.push(format!("+{}", days.iter().map(label).collect::<String>()));
    left.iter().zip(&right).map(|(left, right)| format!("{}{right}", text::pad(left, LEFT))).collect()
}

/// Columns, what did not go through on top; the greatest number stands behind the first line.
fn columns(counts: &[Counts], wide: usize) -> Vec<String> {
    let most = counts.iter().map(|counts| counts.count).max().unwrap_or(0).max(1);
    let high = |number: u64| (number * HIGH).div_ceil(most);
    let cell = |counts: &Counts, level: u64| {
        let top = high(counts.count);
        // A few in many that did not go through make no column of their own.
        let bad = ((counts.declined + counts.no_response) * HIGH + most / 2) / most;
        let sign = match level {
            _ if level > top => " ",
            _ if level + bad > top => "x",
            _ => "#",
        };
        sign.repeat(wide)
    };
    let line = |level: u64| {
        let cells: String = counts.iter().map(|counts| cell(counts, level)).collect();
        let label = if level == HIGH { format!(" {most}") } else { String::new() };
        format!("|{cells}{label}")
    };
    (1..=HIGH).rev().map(line).collect()
}
