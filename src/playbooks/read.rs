//! From the text of a file to a [`Playbook`]. Every fault is collected, none ends the reading; [`judge`] decides then
//! whether the tree stands, and only one that stands is built.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::Fault;
use super::judge;
use super::sheet::{Draft, Sheet};
use super::tree::{CALL, End, Kind, Money, Node, Playbook, Question, RETRY, Topic, Words};
use crate::text::Lang;

type Value<'a> = Spanned<DeValue<'a>>;

/// Kinds of nodes.
const KINDS: &[&str] = &["check", "ask", "do", "end"];

/// Reads and judges one file; `file` names it in faults. What it `opens` is judged when all files are read.
pub(super) fn read(file: &str, text: &str) -> Result<Playbook, Vec<Fault>> {
    let (sheet, mut faults) = sheet(file, text);
    if faults.iter().any(|fault| fault.what == "syntax") {
        return Err(faults);
    }
    faults.extend(judge::judge(&sheet));
    if !faults.is_empty() {
        // A fault of reading is mostly the cause of the others: it comes first, in the order of the lines.
        faults.sort_by_key(|fault| fault.line);
        faults.dedup();
        return Err(faults);
    }
    build(&sheet).ok_or_else(|| vec![Fault::new(file, 0, "", "missing", "nodes")])
}

/// The tree of a sheet that was judged.
fn build(sheet: &Sheet) -> Option<Playbook> {
    let place = |name: &str| sheet.nodes.iter().position(|node| node.name == name);
    let mut nodes = Vec::with_capacity(sheet.nodes.len());
    for draft in &sheet.nodes {
        let to = |name: &Option<String>| place(name.as_deref()?);
        let answers = || {
            let placed = draft.answers.iter().map(|(words, to)| Some((words.clone(), place(to)?)));
            placed.collect::<Option<Vec<_>>>()
        };
        let kind = match draft.kind? {
            "check" => Kind::Check {
                question: draft.questions.first()?.clone(),
                yes: to(&draft.yes)?,
                no: to(&draft.no)?,
                unknown: to(&draft.unknown)?,
            },
            "ask" => Kind::Ask { answers: answers()?, unclear: to(&draft.unclear)? },
            "do" => Kind::Do {
                screen: draft.screen.clone()?,
                answers: answers()?,
                unclear: to(&draft.next).or_else(|| to(&draft.unclear))?,
            },
            _ => Kind::End(Box::new(End {
                call: draft.call?,
                retry: draft.retry?,
                good: draft.good,
                money: draft.money,
                say: draft.say.clone(),
                opens: draft.opens.clone(),
            })),
        };
        nodes.push(Node { name: draft.name.clone(), text: draft.text.clone(), kind, line: draft.line });
    }
    let start = place(&sheet.start)?;
    Some(Playbook { id: sheet.id.clone(), title: sheet.title.clone(), nodes, start, file: sheet.file.clone() })
}

/// What is written in the file, and what cannot be read of it.
fn sheet(file: &str, text: &str) -> (Sheet, Vec<Fault>) {
    let mut reader = Reader::new(file, text);
    let (root, errors) = DeTable::parse_recoverable(text);
    let sheet = if errors.is_empty() { reader.sheet(root.get_ref()) } else { Sheet::default() };
    for error in errors {
        let line = reader.line(error.span().map_or(0, |span| span.start));
        reader.faults.push(Fault::new(file, line, "", "syntax", error.message()));
    }
    (sheet, reader.faults)
}

struct Reader<'f> {
    file: &'f str,
    /// Offset behind each line's end.
    ends: Vec<usize>,
    faults: Vec<Fault>,
}

impl<'f> Reader<'f> {
    fn new(file: &'f str, text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1).collect();
        Self { file, ends, faults: Vec::new() }
    }

    fn line(&self, offset: usize) -> usize {
        self.ends.partition_point(|end| *end <= offset) + 1
    }

    fn fault(&mut self, value: &Value<'_>, at: &str, what: &'static str, detail: impl Into<String>) {
        let line = self.line(value.span().start);
        self.faults.push(Fault::new(self.file, line, at, what, detail));
    }

    fn sheet(&mut self, root: &DeTable<'_>) -> Sheet {
        let mut sheet = Sheet { file: self.file.to_owned(), ..Sheet::default() };
        for (key, value) in root {
            let at = key.get_ref().as_ref();
            match at {
                "id" => sheet.id = self.text(value, at).unwrap_or_default(),
                "title" => sheet.title = self.words(value, at),
                "start" => sheet.start = self.text(value, at).unwrap_or_default(),
                "nodes" => {
                    for (name, value) in self.table(value, at).into_iter().flatten() {
                        let draft = self.draft(name.get_ref(), self.line(name.span().start), value);
                        sheet.nodes.push(draft);
                    }
                }
                _ => self.fault(value, at, "unknown-key", ""),
            }
        }
        sheet.nodes.sort_by_key(|node| node.line);
        sheet
    }

    fn draft(&mut self, name: &str, line: usize, value: &Value<'_>) -> Draft {
        let mut draft = Draft { name: name.to_owned(), line, ..Draft::default() };
        let start = format!("nodes.{name}");
        let Some(table) = self.table(value, &start) else { return draft };
        for (key, value) in table {
            let key = key.get_ref().as_ref();
            let at = &format!("{start}.{key}");
            draft.keys.push(key.to_owned());
            match key {
                "kind" => draft.kind = self.one_of(value, at, KINDS),
                "works" => draft.questions.extend(self.list(value, at).map(Question::Works)),
                "fine" => draft.questions.extend(self.list(value, at).map(Question::Fine)),
                "says" => {
                    let codes = self.list(value, at);
                    draft.questions.extend(codes.map(|codes| Question::Says { codes, of: Vec::new() }));
                }
                "of" => draft.of = self.list(value, at).unwrap_or_default(),
                "code" => draft.questions.extend(self.list(value, at).map(Question::Code)),
                "fact" => draft.questions.extend(self.topic(value, at).map(Question::Fact)),
                "yes" => draft.yes = self.text(value, at),
                "no" => draft.no = self.text(value, at),
                "unknown" => draft.unknown = self.text(value, at),
                "next" => draft.next = self.text(value, at),
                "unclear" => draft.unclear = self.text(value, at),
                "answers" => draft.answers = self.answers(value, at),
                "screen" => draft.screen = self.text(value, at),
                "call" => draft.call = self.one_of(value, at, CALL),
                "retry" => draft.retry = self.one_of(value, at, RETRY),
                "good" => draft.good = self.flag(value, at).unwrap_or_default(),
                "money" => draft.money = self.money(value, at),
                "say" => draft.say = self.words(value, at),
                "opens" => draft.opens = self.text(value, at),
                tag => match Lang::all().find(|lang| lang.tag() == tag) {
                    Some(lang) => draft.text.0.extend(self.text(value, at).map(|text| (lang, text))),
                    None => self.fault(value, at, "unknown-key", ""),
                },
            }
        }
        // A table's keys come in no order, so `of` may have been read before or after `says`.
        for question in &mut draft.questions {
            if let Question::Says { of, .. } = question {
                of.clone_from(&draft.of);
            }
        }
        draft
    }

    fn answers(&mut self, value: &Value<'_>, at: &str) -> Vec<(Words, String)> {
        let Some(values) = value.get_ref().as_array() else {
            self.fault(value, at, "type", "[{ ... }]");
            return Vec::new();
        };
        let mut all = Vec::new();
        for (value, n) in values.iter().zip(1_usize..) {
            let at = format!("{at}.{n}");
            let (mut words, mut to) = (Words::default(), None);
            for (key, value) in self.table(value, &at).into_iter().flatten() {
                let key = key.get_ref().as_ref();
                let at = &format!("{at}.{key}");
                match key {
                    "to" => to = self.text(value, at),
                    tag => match Lang::all().find(|lang| lang.tag() == tag) {
                        Some(lang) => words.0.extend(self.text(value, at).map(|text| (lang, text))),
                        None => self.fault(value, at, "unknown-key", ""),
                    },
                }
            }
            match to {
                Some(to) => all.push((words, to)),
                None => self.fault(value, &format!("{at}.to"), "missing", ""),
            }
        }
        all
    }

    fn words(&mut self, value: &Value<'_>, at: &str) -> Words {
        let mut words = Words::default();
        for (key, value) in self.table(value, at).into_iter().flatten() {
            let tag = key.get_ref().as_ref();
            let at = format!("{at}.{tag}");
            match Lang::all().find(|lang| lang.tag() == tag) {
                Some(lang) => words.0.extend(self.text(value, &at).map(|text| (lang, text))),
                None => self.fault(value, &at, "language", ""),
            }
        }
        words
    }

    fn table<'v, 'a>(&mut self, value: &'v Value<'a>, at: &str) -> Option<&'v DeTable<'a>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.fault(value, at, "type", "{ ... }");
        }
        table
    }

    /// A text that shows something and nothing else than itself.
    fn text(&mut self, value: &Value<'_>, at: &str) -> Option<String> {
        let Some(text) = value.get_ref().as_str() else {
            self.fault(value, at, "type", "\"...\"");
            return None;
        };
        if text.trim().is_empty() {
            self.fault(value, at, "empty", "");
            return None;
        }
        if text.chars().any(char::is_control) {
            self.fault(value, at, "control", "");
            return None;
        }
        Some(text.to_owned())
    }

    fn list(&mut self, value: &Value<'_>, at: &str) -> Option<Vec<String>> {
        let Some(values) = value.get_ref().as_array().filter(|values| !values.is_empty()) else {
            self.fault(value, at, "type", "[\"...\"]");
            return None;
        };
        Some(values.iter().filter_map(|value| self.text(value, at)).collect())
    }

    fn flag(&mut self, value: &Value<'_>, at: &str) -> Option<bool> {
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.fault(value, at, "type", "true, false");
        }
        flag
    }

    fn one_of(&mut self, value: &Value<'_>, at: &str, words: &[&'static str]) -> Option<&'static str> {
        let text = self.text(value, at)?;
        let found = words.iter().find(|word| **word == text).copied();
        if found.is_none() {
            self.fault(value, at, "word", words.join(", "));
        }
        found
    }

    fn topic(&mut self, value: &Value<'_>, at: &str) -> Option<Topic> {
        let words: Vec<&'static str> = Topic::WORDS.iter().map(|(_, word)| *word).collect();
        let word = self.one_of(value, at, &words)?;
        Topic::WORDS.iter().find(|(_, known)| *known == word).map(|(topic, _)| *topic)
    }

    fn money(&mut self, value: &Value<'_>, at: &str) -> Option<Money> {
        let word = self.one_of(value, at, &Money::ALL.map(Money::word))?;
        Money::ALL.into_iter().find(|money| money.word() == word)
    }
}
