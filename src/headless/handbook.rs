//! `show 84:CHAPTER`: one chapter of the handbook, all its pages at once.

use std::io;

use serde_json::{Value, json};

use super::output::{Exit, Output, complain};
use crate::handbook::{self, Chapter};
use crate::text::{self, Lang};
use crate::tui::screens::{self, ScreenSpec};

/// The chapter that `show` was asked for, as `84:ID`.
pub fn asked(word: &str) -> Option<(&'static ScreenSpec, &str)> {
    let (screen, id) = word.split_once(':')?;
    screens::find(screen).filter(|spec| spec.id == "84").map(|spec| (spec, id))
}

/// Prints a chapter.
pub fn run(spec: &ScreenSpec, id: &str, demo: bool, out: &mut Output) -> io::Result<Exit> {
    let Some(chapter) = handbook::get(id) else {
        let ids: Vec<String> = handbook::all().iter().map(|chapter| chapter.id.clone()).collect();
        let args = [("id", id.to_owned().into()), ("ids", ids.join(", ").into())];
        complain(&text::ta(out.lang, "handbook-unknown", &args));
        return Ok(Exit::Usage);
    };
    if out.json {
        out.json(&told(spec, &chapter, out.lang, demo))?;
        return Ok(Exit::Ok);
    }
    let lang = out.lang;
    let mark = if demo { "  DEMO" } else { "" };
    out.line(&format!("{} {}{mark}", spec.id, screens::title(spec, lang)))?;
    out.line(chapter.title.get(lang))?;
    for page in &chapter.pages {
        out.line("")?;
        out.line(page.title.get(lang))?;
        for (step, n) in page.steps.iter().zip(1_u32..) {
            out.line(&format!("  {n}) {}", step.text.get(lang)))?;
        }
    }
    Ok(Exit::Ok)
}

/// The keys of `show`, with the pages apart.
fn told(spec: &ScreenSpec, chapter: &Chapter, lang: Lang, demo: bool) -> Value {
    let mut lines = Vec::new();
    let mut pages = Vec::new();
    for page in &chapter.pages {
        lines.push(json!({"n": null, "text": page.title.get(lang)}));
        let mut steps = Vec::new();
        for (step, n) in page.steps.iter().zip(1_u32..) {
            let line = json!({"n": n, "text": step.text.get(lang), "screen": step.screen});
            lines.push(line.clone());
            steps.push(line);
        }
        pages.push(json!({"title": page.title.get(lang), "steps": steps}));
    }
    json!({
        "id": spec.id,
        "name": spec.name,
        "zh": spec.zh,
        "demo": demo,
        "lang": lang.tag(),
        "chapter": chapter.id,
        "title": chapter.title.get(lang),
        "every": chapter.every.map(handbook::Every::word),
        "playbooks": chapter.playbooks,
        "pages": pages,
        "lines": lines,
    })
}

#[cfg(test)]
#[expect(clippy::panic, reason = "tests may")]
mod tests {
    use super::*;

    #[test]
    fn a_chapter_is_asked_for_by_its_id() {
        assert_eq!(asked("84:charged").map(|(spec, id)| (spec.id, id)), Some(("84", "charged")));
        assert_eq!(asked("handbook:charged").map(|(_, id)| id), Some("charged"));
        assert!(asked("84").is_none() && asked("31:51").is_none());
    }

    #[test]
    fn every_step_is_a_line_with_its_number() {
        let Some((spec, chapter)) = screens::by_id("84").zip(handbook::get("code-51")) else { panic!("84") };
        for lang in Lang::all() {
            let value = told(spec, &chapter, lang, true);
            assert_eq!(
                (&value["id"], &value["chapter"], &value["demo"]),
                (&"84".into(), &"code-51".into(), &true.into())
            );
            let lines = value["lines"].as_array().map_or(0, Vec::len);
            assert_eq!(lines, chapter.pages.len() + chapter.items().count());
            assert_eq!(value["pages"][0]["steps"][0]["screen"], "32");
        }
    }
}
