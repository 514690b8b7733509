//! Lays the files on top of each other and reports every fault of every file at once.
//!
//! A value with a fault is left out and the rest is still judged, so that one typing error hides no other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use serde::Deserialize as _;
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use super::defaults::PROFILES;
use super::fault::{Fault, Problem};
use super::judge;
use super::paths::Paths;
use super::schema::{Kind, Shape, schema};
use super::settings::Config;

/// Longest config file that is read, bytes.
const MAX_FILE: u64 = 1024 * 1024;

/// What was read.
#[derive(Debug)]
pub struct Loaded {
    /// The settings; values with faults keep what they had before.
    pub config: Config,
    /// The files that were read, lowest layer first.
    pub files: Vec<PathBuf>,
    pub faults: Vec<Fault>,
}

/// The settings of this run, or everything that is wrong with them.
pub fn load(explicit: Option<&Path>, paths: &Paths) -> Result<Config, Vec<Fault>> {
    let loaded = read(explicit, paths);
    if loaded.faults.is_empty() { Ok(loaded.config) } else { Err(loaded.faults) }
}

/// Reads every layer: device profile, main file, `conf.d/*.toml` beside it by name. Only an explicit main file must
/// exist.
pub fn read(explicit: Option<&Path>, paths: &Paths) -> Loaded {
    let mut faults = Vec::new();
    let mut texts = Vec::new();
    let main = paths.config_file(explicit);
    match read_file(&main) {
        Ok(text) => texts.push(text),
        Err(Absent::Missing) if explicit.is_none() => {}
        Err(absent) => faults.push(absent.fault(&main)),
    }
    for file in toml_files(&paths.config.join("conf.d"), &mut faults) {
        match read_file(&file) {
            Ok(text) => texts.push(text),
            Err(absent) => faults.push(absent.fault(&file)),
        }
    }
    let mut layers: Vec<Layer<'_>> = texts.iter().filter_map(|text| Layer::parse(text, &mut faults)).collect();
    let profile = wanted_profile(&layers).and_then(|(name, place)| match profile_text(&name, paths) {
        Ok(text) => Some(text),
        Err(problem) => {
            faults.push(Fault { key: "profile".to_owned(), problem, ..place });
            None
        }
    });
    if let Some(text) = &profile
        && let Some(layer) = Layer::parse(text, &mut faults)
    {
        layers.insert(0, layer);
    }
    let files = layers.iter().map(|layer| layer.text.file.clone()).collect();
    let config = lay(&layers, &paths.config, &mut faults);
    let order = |fault: &Fault| texts.iter().position(|text| text.file == fault.file);
    faults.sort_by(|a, b| (order(a), &a.file, a.line, a.column).cmp(&(order(b), &b.file, b.line, b.column)));
    Loaded { config, files, faults }
}

/// A file's text.
struct Text {
    file: PathBuf,
    text: String,
}

/// Why a file gave no text.
enum Absent {
    Missing,
    Other(Problem, usize),
}

impl Absent {
    fn fault(self, file: &Path) -> Fault {
        let (problem, line) = match self {
            Self::Missing => (Problem::new("config-missing"), 0),
            Self::Other(problem, line) => (problem, line),
        };
        Fault { file: file.to_path_buf(), line, column: 0, key: String::new(), problem }
    }
}

fn read_file(file: &Path) -> Result<Text, Absent> {
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|open| open.take(MAX_FILE + 1).read_to_end(&mut bytes));
    if let Err(error) = read {
        return Err(match error.kind() {
            ErrorKind::NotFound => Absent::Missing,
            ErrorKind::PermissionDenied => Absent::Other(Problem::new("config-denied"), 0),
            ErrorKind::IsADirectory => Absent::Other(Problem::new("config-folder"), 0),
            _ => Absent::Other(Problem::new("config-unreadable").with("detail", error.to_string()), 0),
        });
    }
    if bytes.len() as u64 > MAX_FILE {
        return Err(Absent::Other(Problem::new("config-too-big"), 0));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Text { file: file.to_path_buf(), text }),
        Err(error) => {
            let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            Err(Absent::Other(Problem::new("config-not-text"), line_at_end(good)))
        }
    }
}

/// `*.toml` of a folder, by name; no folder, no files.
fn toml_files(folder: &Path, faults: &mut Vec<Fault>) -> Vec<PathBuf> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            if error.kind() == ErrorKind::PermissionDenied {
                faults.push(Absent::Other(Problem::new("config-denied"), 0).fault(folder));
            }
            return Vec::new();
        }
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .filter(|path| !path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b".")))
        .collect();
    files.sort();
    files
}

/// A file that is TOML.
struct Layer<'a> {
    text: &'a Text,
    table: DeTable<'a>,
}

impl<'a> Layer<'a> {
    fn parse(text: &'a Text, faults: &mut Vec<Fault>) -> Option<Self> {
        match DeTable::parse(&text.text) {
            Ok(table) => Some(Self { text, table: table.into_inner() }),
            Err(error) => {
                let offset = error.span().map_or(text.text.len(), |span| span.start);
                let problem = Problem::new("config-syntax").with("detail", one_line(error.message()));
                let fault = text.fault(offset, "", problem);
                let line_start = text.text[..floor(&text.text, offset)].rfind('\n').map_or(0, |at| at + 1);
                let column = 1 + text.text[line_start..floor(&text.text, offset)].chars().count();
                faults.push(Fault { column, ..fault });
                None
            }
        }
    }
}

impl Text {
    fn fault(&self, offset: usize, key: &str, problem: Problem) -> Fault {
        let before = &self.text.as_bytes()[..offset.min(self.text.len())];
        Fault { file: self.file.clone(), line: line_at_end(before), column: 0, key: key.to_owned(), problem }
    }
}

/// Number of the line on which this ends, counted from 1.
fn line_at_end(bytes: &[u8]) -> usize {
    bytes.split(|byte| *byte == b'\n').count()
}

fn floor(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn one_line(message: &str) -> String {
    message.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

/// The profile that the uppermost layer names, and where it does.
fn wanted_profile(layers: &[Layer<'_>]) -> Option<(String, Fault)> {
    layers.iter().rev().find_map(|layer| {
        let value = layer.table.get("profile")?;
        let name = value.get_ref().as_str().filter(|name| !name.is_empty())?;
        Some((name.to_owned(), layer.text.fault(value.span().start, "", Problem::new(""))))
    })
}

fn profile_text(name: &str, paths: &Paths) -> Result<Text, Problem> {
    let folder = paths.config.join("profiles");
    // A name, never a path.
    if !name.contains(['/', '\0']) && name != ".." {
        let file = folder.join(format!("{name}.toml"));
        match read_file(&file) {
            Ok(text) => return Ok(text),
            Err(Absent::Missing) => {}
            Err(Absent::Other(problem, _)) => return Err(problem),
        }
        if let Some((_, text)) = PROFILES.iter().find(|(known, _)| *known == name) {
            return Ok(Text { file: PathBuf::from(format!("profiles/{name}.toml")), text: (*text).to_owned() });
        }
    }
    let mut known: Vec<String> = PROFILES.iter().map(|(name, _)| (*name).to_owned()).collect();
    known.extend(
        toml_files(&folder, &mut Vec::new())
            .iter()
            .filter_map(|file| Some(file.file_stem()?.to_string_lossy().into_owned())),
    );
    Err(judge::unknown_word("config-unknown-profile", name, known.iter().map(String::as_str))
        .with("folder", folder.display().to_string()))
}

/// Where each value of the finished settings came from: layer and byte offset, by dotted path with indices.
type Places = BTreeMap<String, (usize, usize)>;

fn lay(layers: &[Layer<'_>], folder: &Path, faults: &mut Vec<Fault>) -> Config {
    let mut merged = Table::new();
    let mut places = Places::new();
    let mut bad = BTreeSet::new();
    let schema = schema();
    for (index, layer) in layers.iter().enumerate() {
        let mut walk = Walk { index, text: layer.text, merged: &merged, places: &mut places, bad: &mut bad, faults };
        let table = walk.section(&layer.table, Shape::root(&schema), &Key::default());
        merge(&mut merged, table);
    }
    let mut config = match Config::deserialize(Value::Table(merged)) {
        Ok(config) => config,
        Err(error) => {
            // The schema is read off the same structs; should they ever differ, the person still gets a sentence.
            if let Some(layer) = layers.last() {
                let problem = Problem::new("config-syntax").with("detail", one_line(error.message()));
                faults.push(layer.text.fault(0, "", problem));
            }
            return Config::default();
        }
    };
    for (path, problem) in judge::judge(&config, folder) {
        if prefixes(&path).any(|part| bad.contains(part)) {
            continue;
        }
        if let Some((layer, offset)) = place_of(&places, &path) {
            faults.push(layers[layer].text.fault(offset, &without_indices(&path), problem));
        }
    }
    config.hide_cards();
    config
}

/// The place of a path, else of the nearest one that holds it.
fn place_of(places: &Places, path: &str) -> Option<(usize, usize)> {
    prefixes(path).find_map(|part| places.get(part)).copied()
}

/// A dotted path, then what holds it, outwards.
fn prefixes(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| Some(path.rsplit_once('.')?.0))
}

fn without_indices(path: &str) -> String {
    let words: Vec<&str> = path.split('.').filter(|word| word.parse::<usize>().is_err()).collect();
    words.join(".")
}

/// Lays a table over another: sections are merged, `[[lists]]` of sections grow, everything else is replaced.
fn merge(base: &mut Table, upper: Table) {
    for (key, value) in upper {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => merge(below, above),
            (Some(Value::Array(below)), Value::Array(above)) if is_sections(&above) => below.extend(above),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

fn is_sections(items: &[Value]) -> bool {
    !items.is_empty() && items.iter().all(Value::is_table)
}

/// A place in the settings: with indices for looking up, without them for people.
#[derive(Clone, Default)]
struct Key(String);

impl Key {
    fn child(&self, word: impl std::fmt::Display) -> Self {
        if self.0.is_empty() { Self(word.to_string()) } else { Self(format!("{}.{word}", self.0)) }
    }
}

/// One pass over one file.
struct Walk<'a> {
    index: usize,
    text: &'a Text,
    /// What the layers below gave, for the numbering of `[[lists]]`.
    merged: &'a Table,
    places: &'a mut Places,
    bad: &'a mut BTreeSet<String>,
    faults: &'a mut Vec<Fault>,
}

impl Walk<'_> {
    fn section(&mut self, table: &DeTable<'_>, shape: Shape<'_>, at: &Key) -> Table {
        let mut out = Table::new();
        for (name, value) in table {
            let key = at.child(name.get_ref());
            let Some(shape) = shape.get(name.get_ref()) else {
                let problem = judge::unknown_key(name.get_ref(), shape, &without_indices(&at.0));
                self.fault(name.span().start, &key, problem);
                continue;
            };
            if let Some(value) = self.value(value, shape, &key) {
                out.insert(name.get_ref().to_string(), value);
            }
        }
        out
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, shape: Shape<'_>, key: &Key) -> Option<Value> {
        let offset = value.span().start;
        self.places.insert(key.0.clone(), (self.index, offset));
        if let Some(problem) = shape.judge(value.get_ref()) {
            self.fault(offset, key, problem);
            return None;
        }
        Some(match (value.get_ref(), shape.kind()) {
            (DeValue::Table(table), Kind::Map(item)) => {
                let mut out = Table::new();
                for (name, value) in table {
                    if let Some(value) = self.value(value, item, &key.child(name.get_ref())) {
                        out.insert(name.get_ref().to_string(), value);
                    }
                }
                Value::Table(out)
            }
            (DeValue::Table(table), _) => Value::Table(self.section(table, shape, key)),
            (DeValue::Array(items), Kind::List(item)) => {
                let (first, blank) = match item.kind() {
                    Kind::Section => (self.count_below(key), Value::Table(Table::new())),
                    _ => (0, Value::String(String::new())),
                };
                // A bad item keeps its place, so that the others keep their numbers.
                let items = items.iter().enumerate();
                let items = items.map(|(i, value)| self.value(value, item, &key.child(first + i)));
                let items: Vec<Value> = items.map(|value| value.unwrap_or_else(|| blank.clone())).collect();
                let placed = |value: Value| match value {
                    Value::String(text) if shape.is_path() && !text.is_empty() => self.placed(&text),
                    other => other,
                };
                Value::Array(items.into_iter().map(placed).collect())
            }
            (DeValue::String(text), _) if shape.is_path() && !text.is_empty() => self.placed(text),
            (DeValue::String(text), _) => Value::String(text.to_string()),
            (DeValue::Boolean(value), _) => Value::Boolean(*value),
            (DeValue::Integer(digits), _) => Value::Integer(i64::from_str_radix(digits.as_str(), digits.radix()).ok()?),
            (DeValue::Float(digits), _) => Value::Float(digits.as_str().parse().ok()?),
            (DeValue::Array(_) | DeValue::Datetime(_), _) => return None,
        })
    }

    /// A place in the file system, from the folder of the file that names it.
    fn placed(&self, text: &str) -> Value {
        let folder = self.text.file.parent().unwrap_or(Path::new(""));
        Value::String(folder.join(text).to_string_lossy().into_owned())
    }

    /// How many sections of this list the layers below gave.
    fn count_below(&self, key: &Key) -> usize {
        let mut words = key.0.split('.');
        let mut value = words.next().and_then(|word| self.merged.get(word));
        for word in words {
            value = value.and_then(|value| value.get(word));
        }
        value.and_then(Value::as_array).map_or(0, Vec::len)
    }

    fn fault(&mut self, offset: usize, key: &Key, problem: Problem) {
        self.bad.insert(key.0.clone());
        self.faults.push(self.text.fault(offset, &without_indices(&key.0), problem));
    }
}
