//! From the text of a file to a [`Playbook`]. Every fault is collected, none ends the reading; [`judge`] decides then
//! whether the tree stands, and only one that stands is built.

use toml::de::DeTable;

use super::judge;
use super::sheet::{Draft, Sheet};
use super::tree::{CALL, End, Kind, Money, Node, Playbook, Question, RETRY, Topic};
use crate::data::{self, Fault, Reader, Value, Words};

/// Kinds of nodes.
const KINDS: &[&str] = &["check", "ask", "do", "end"];

/// Reads and judges one file; `file` names it in faults. What it `opens` is judged when all files are read.
pub(super) fn read(file: &str, text: &str) -> Result<Playbook, Vec<Fault>> {
    let (sheet, mut faults) = data::read(file, text, |reader, root| TreeReader(reader).sheet(file, root));
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

struct TreeReader<'r>(&'r mut Reader);

impl TreeReader<'_> {
    fn sheet(&mut self, file: &str, root: &DeTable<'_>) -> Sheet {
        let mut sheet = Sheet { file: file.to_owned(), ..Sheet::default() };
        for (key, value) in root {
            let at = key.get_ref().as_ref();
            match at {
                "id" => sheet.id = self.0.text(value, at).unwrap_or_default(),
                "title" => sheet.title = self.0.words(value, at, Reader::text),
                "start" => sheet.start = self.0.text(value, at).unwrap_or_default(),
                "nodes" => {
                    for (name, value) in self.0.table(value, at).into_iter().flatten() {
                        let draft = self.draft(name.get_ref(), self.0.place(name.span().start).line, value);
                        sheet.nodes.push(draft);
                    }
                }
                _ => self.0.fault(value, at, "unknown-key", ""),
            }
        }
        sheet.nodes.sort_by_key(|node| node.line);
        sheet
    }

    fn draft(&mut self, name: &str, line: usize, value: &Value<'_>) -> Draft {
        let mut draft = Draft { name: name.to_owned(), line, ..Draft::default() };
        let start = format!("nodes.{name}");
        let Some(table) = self.0.table(value, &start) else { return draft };
        for (key, value) in table {
            let key = key.get_ref().as_ref();
            let at = &format!("{start}.{key}");
            draft.keys.push(key.to_owned());
            match key {
                "kind" => draft.kind = self.0.one_of(value, at, KINDS),
                "works" => draft.questions.extend(self.0.some(value, at).map(Question::Works)),
                "fine" => draft.questions.extend(self.0.some(value, at).map(Question::Fine)),
                "says" => {
                    let codes = self.0.some(value, at);
                    draft.questions.extend(codes.map(|codes| Question::Says { codes, of: Vec::new() }));
                }
                "of" => draft.of = self.0.some(value, at).unwrap_or_default(),
                "code" => draft.questions.extend(self.0.some(value, at).map(Question::Code)),
                "fact" => draft.questions.extend(self.topic(value, at).map(Question::Fact)),
                "yes" => draft.yes = self.0.text(value, at),
                "no" => draft.no = self.0.text(value, at),
                "unknown" => draft.unknown = self.0.text(value, at),
                "next" => draft.next = self.0.text(value, at),
                "unclear" => draft.unclear = self.0.text(value, at),
                "answers" => draft.answers = self.answers(value, at),
                "screen" => draft.screen = self.0.text(value, at),
                "call" => draft.call = self.0.one_of(value, at, CALL),
                "retry" => draft.retry = self.0.one_of(value, at, RETRY),
                "good" => draft.good = self.0.flag(value, at).unwrap_or_default(),
                "money" => draft.money = self.money(value, at),
                "say" => draft.say = self.0.words(value, at, Reader::text),
                "opens" => draft.opens = self.0.text(value, at),
                tag => self.0.language(tag, value, at, &mut draft.text),
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
            self.0.fault(value, at, "type", "[{ ... }]");
            return Vec::new();
        };
        let mut all = Vec::new();
        for (value, n) in values.iter().zip(1_usize..) {
            let at = format!("{at}.{n}");
            let (mut words, mut to) = (Words::default(), None);
            for (key, value) in self.0.table(value, &at).into_iter().flatten() {
                let key = key.get_ref().as_ref();
                let at = &format!("{at}.{key}");
                match key {
                    "to" => to = self.0.text(value, at),
                    tag => self.0.language(tag, value, at, &mut words),
                }
            }
            match to {
                Some(to) => all.push((words, to)),
                None => self.0.fault(value, &format!("{at}.to"), "missing", ""),
            }
        }
        all
    }

    fn topic(&mut self, value: &Value<'_>, at: &str) -> Option<Topic> {
        let words: Vec<&'static str> = Topic::WORDS.iter().map(|(_, word)| *word).collect();
        let word = self.0.one_of(value, at, &words)?;
        Topic::WORDS.iter().find(|(_, known)| *known == word).map(|(topic, _)| *topic)
    }

    fn money(&mut self, value: &Value<'_>, at: &str) -> Option<Money> {
        let word = self.0.one_of(value, at, &Money::ALL.map(Money::word))?;
        Money::ALL.into_iter().find(|money| money.word() == word)
    }
}
