//! From the text of a file to a [`Chapter`]. Every fault is collected; only a chapter without any is handed out.

use toml::de::DeTable;

use super::judge;
use super::{Chapter, Every, Page, Step};
use crate::data::{self, Fault, Reader, Value};

/// Reads and judges one file; `file` names it in faults.
pub(super) fn read(file: &str, text: &str) -> Result<Chapter, Vec<Fault>> {
    let (chapter, mut faults) = data::read(file, text, |reader, root| ChapterReader(reader).chapter(file, root));
    if !faults.iter().any(|fault| fault.what == "syntax") {
        faults.extend(judge::judge(&chapter));
    }
    if faults.is_empty() {
        return Ok(chapter);
    }
    faults.sort_by_key(|fault| fault.line);
    faults.dedup();
    Err(faults)
}

struct ChapterReader<'r>(&'r mut Reader);

impl ChapterReader<'_> {
    fn chapter(&mut self, file: &str, root: &DeTable<'_>) -> Chapter {
        let mut chapter = Chapter { file: file.to_owned(), ..Chapter::default() };
        for (key, value) in root {
            let at = key.get_ref().as_ref();
            match at {
                "id" => chapter.id = self.0.text(value, at).unwrap_or_default(),
                "title" => chapter.title = self.0.words(value, at, Reader::text),
                "playbooks" => chapter.playbooks = self.0.list(value, at).unwrap_or_default(),
                "findings" => chapter.findings = self.0.list(value, at).unwrap_or_default(),
                "every" => {
                    let word = self.0.one_of(value, at, &Every::ALL.map(Every::word));
                    chapter.every = Every::ALL.into_iter().find(|every| Some(every.word()) == word);
                }
                "pages" => {
                    for ((_, table), n) in self.0.tables(value, at).into_iter().zip(1_usize..) {
                        let page = self.page(table, &format!("pages.{n}"));
                        chapter.pages.push(page);
                    }
                }
                _ => self.0.fault(value, at, "unknown-key", ""),
            }
        }
        chapter
    }

    fn page(&mut self, table: &DeTable<'_>, at: &str) -> Page {
        let mut page = Page::default();
        for (key, value) in table {
            let key = key.get_ref().as_ref();
            let at = &format!("{at}.{key}");
            match key {
                "title" => page.title = self.0.words(value, at, Reader::text),
                "steps" => {
                    for ((value, table), n) in self.0.tables(value, at).into_iter().zip(1_usize..) {
                        let step = self.step(value, table, &format!("{at}.{n}"));
                        page.steps.push(step);
                    }
                }
                _ => self.0.fault(value, at, "unknown-key", ""),
            }
        }
        page
    }

    fn step(&mut self, whole: &Value<'_>, table: &DeTable<'_>, at: &str) -> Step {
        let mut step = Step::default();
        for (key, value) in table {
            let key = key.get_ref().as_ref();
            let at = &format!("{at}.{key}");
            match key {
                "screen" => step.screen = self.0.text(value, at),
                "checks" => step.checks = self.0.list(value, at).unwrap_or_default(),
                tag => self.0.language(tag, value, at, &mut step.text),
            }
        }
        for (what, detail) in judge::step(&step) {
            self.0.fault(whole, at, what, detail);
        }
        step
    }
}
