//! What stands on a slip from 51: who this terminal is, and signs to look at; or what its acceptance found. Never
//! anything of a sale.

use super::standing;
use crate::handbook::{self, Mark};
use crate::model::{Accepted, Draft, SlipOf, Terminal};
use crate::store::Store;
use crate::text::{self, Lang};

/// Cells of a line on paper 58 mm wide.
const WIDTH: usize = 32;

/// The lines of what somebody has chosen; a test slip where nobody has. Empty where there is nothing to print.
pub(super) async fn lines(draft: Option<&Draft>, terminal: &Terminal, store: &Store) -> Vec<String> {
    let (of, lang) = match draft {
        Some(Draft::Slip { about, lang }) => (*about, Lang::from_tag(lang)),
        _ => (SlipOf::Test, terminal.lang.as_deref().and_then(Lang::from_tag)),
    };
    let lang = lang.unwrap_or(Lang::ZH);
    match of {
        SlipOf::Test => test(lang, terminal),
        SlipOf::Acceptance => match standing::baselines(store).await.accepted {
            Some(accepted) => acceptance(lang, terminal, &accepted),
            None => Vec::new(),
        },
    }
}

fn test(lang: Lang, terminal: &Terminal) -> Vec<String> {
    let mut lines = head(lang, "slip-test", terminal);
    lines.extend(
        ["0123456789  0.00 8.88 1,234.56", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"]
            .map(String::from),
    );
    lines.push("#".repeat(WIDTH));
    lines.extend(text::wrap(&text::t(lang, "slip-test-look"), WIDTH));
    lines.push(rule());
    lines
}

fn acceptance(lang: Lang, terminal: &Terminal, accepted: &Accepted) -> Vec<String> {
    let mut lines = head(lang, "slip-acceptance", terminal);
    let when = [("time", accepted.at.strftime("%Y-%m-%d %H:%M").into()), ("who", accepted.who.as_str().into())];
    lines.extend(text::wrap(&text::ta(lang, "slip-accepted", &when), WIDTH));
    let marks = Mark::row(&accepted.marks).unwrap_or_default();
    let titles: Vec<String> = handbook::get(&accepted.round)
        .map(|round| round.pages.iter().map(|page| page.title.get(lang).to_owned()).collect())
        .unwrap_or_default();
    for (title, mark) in titles.iter().zip(&marks) {
        let word = text::t(lang, &format!("slip-mark-{}", mark.word()));
        lines.push(text::truncate(&format!("{} {title}", text::pad(&word, 8)), WIDTH));
    }
    lines.push(rule());
    lines.push(text::t(lang, "slip-sign"));
    lines.push(String::new());
    lines
}

fn head(lang: Lang, title: &str, terminal: &Terminal) -> Vec<String> {
    let known = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    let line = |key: &str, value: String| text::clean(&text::ta(lang, key, &[("value", value.into())]));
    let mut lines = vec![text::t(lang, title)];
    if terminal.demo {
        lines.push("DEMO".to_owned());
    }
    lines.push(text::t(lang, "slip-no-receipt"));
    lines.push(rule());
    lines.push(line("slip-tid", known(&terminal.tid)));
    lines.push(line("slip-mid", known(&terminal.mid)));
    lines.push(line("slip-serial", known(&terminal.serial)));
    lines.push(format!("pos-console {}", terminal.version));
    lines.push(rule());
    lines.iter().flat_map(|line| text::wrap(line, WIDTH)).collect()
}

fn rule() -> String {
    "-".repeat(WIDTH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Stamp;

    #[test]
    fn no_line_is_wider_than_the_paper() {
        let long = |text: &str| Some(text.repeat(9));
        let terminal = Terminal { tid: long("12345678"), serial: long("序列"), demo: true, ..Terminal::default() };
        let items = handbook::get("acceptance").map_or(0, |round| round.items().count());
        assert!(items > 5, "{items}");
        let (at, who) = (Stamp::default(), "somebody with a name that is quite long".to_owned());
        let accepted =
            Accepted { at, who, round: "acceptance".to_owned(), marks: "12345".repeat(items)[..items].to_owned() };
        for lang in Lang::all() {
            let slips = [test(lang, &terminal), acceptance(lang, &terminal, &accepted)];
            for line in slips.iter().flatten() {
                assert!(text::width(line) <= WIDTH && !line.contains("[slip"), "{line}");
            }
            // Every item stands on it.
            assert!(slips[1].len() >= items + 8, "{:?}", slips[1]);
        }
    }
}
