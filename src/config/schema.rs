//! What a config file may hold, read off the settings themselves: keys, types, bounds. Nothing is listed twice.

use schemars::generate::SchemaSettings;
use serde_json::Value;
use toml::de::DeValue;

use super::fault::Problem;
use super::settings::Config;

/// The JSON schema of a config file (draft 2020-12), for editors and for judging. Made anew each time: files are read
/// once, and then nothing of it stays in memory.
pub fn schema() -> Value {
    let mut root = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Config>();
    root.insert("title".to_owned(), concat!(env!("CARGO_PKG_NAME"), ".toml").into());
    root.to_value()
}

/// One place of the schema.
#[derive(Clone, Copy)]
pub(super) struct Shape<'s> {
    node: &'s Value,
    schema: &'s Value,
}

/// What may stand at a place.
pub(super) enum Kind<'s> {
    /// Named settings.
    Section,
    /// Names of the reader's choice, each with the same kind of value.
    Map(Shape<'s>),
    /// `[[section]]`, or a list of plain values.
    List(Shape<'s>),
    Plain,
}

impl<'s> Shape<'s> {
    /// The whole file.
    pub(super) fn root(schema: &'s Value) -> Self {
        Self { node: schema, schema }.resolved()
    }

    /// The whole file that this is a place of.
    pub(super) fn top(self) -> Self {
        Self::root(self.schema)
    }

    fn at(self, node: &'s Value) -> Self {
        Self { node, ..self }.resolved()
    }

    /// Follows a reference, and sees through "this or nothing".
    fn resolved(self) -> Self {
        let mut node = self.node;
        while let Some(next) = node
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|name| self.schema.pointer(name.trim_start_matches('#')))
            .or_else(|| node.get("anyOf")?.as_array()?.iter().find(|choice| !is_null(choice)))
        {
            node = next;
        }
        Self { node, ..self }
    }

    pub(super) fn kind(self) -> Kind<'s> {
        if self.node.get("properties").is_some() {
            return Kind::Section;
        }
        if let Some(items) = self.node.get("items") {
            return Kind::List(self.at(items));
        }
        match self.node.get("additionalProperties") {
            Some(value) if value.is_object() => Kind::Map(self.at(value)),
            _ => Kind::Plain,
        }
    }

    /// The setting of this name in a section.
    pub(super) fn get(self, key: &str) -> Option<Self> {
        Some(self.at(self.node.get("properties")?.get(key)?))
    }

    /// Names of a section's settings, sorted.
    pub(super) fn keys(self) -> impl Iterator<Item = &'s str> {
        self.node.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(key, _)| key.as_str())
    }

    /// Whether the value is a place in the file system, relative to the config file's folder.
    pub(super) fn is_path(self) -> bool {
        self.word("format") == Some("path")
    }

    /// What is wrong with this value here, if anything.
    pub(super) fn judge(self, value: &DeValue<'_>) -> Option<Problem> {
        let fits = match value {
            DeValue::String(_) => self.allows("string"),
            DeValue::Boolean(_) => self.allows("boolean"),
            DeValue::Integer(_) => self.allows("integer") || self.allows("number"),
            DeValue::Float(_) => self.allows("number"),
            DeValue::Array(_) => matches!(self.kind(), Kind::List(_)),
            DeValue::Table(_) => matches!(self.kind(), Kind::Section | Kind::Map(_)),
            DeValue::Datetime(_) => false,
        };
        if !fits {
            return Some(self.wrong_type(value));
        }
        match value {
            DeValue::String(text) => self.too_long(text),
            DeValue::Integer(_) | DeValue::Float(_) => self.out_of_range(number(value)),
            _ => None,
        }
    }

    fn wrong_type(self, value: &DeValue<'_>) -> Problem {
        let message = match self.kind() {
            Kind::Section | Kind::Map(_) => "config-want-table",
            Kind::List(item) if matches!(item.kind(), Kind::Section) => "config-want-tables",
            Kind::List(_) => "config-want-list",
            Kind::Plain if self.allows("boolean") => "config-want-bool",
            Kind::Plain if self.allows("integer") => "config-want-integer",
            Kind::Plain if self.allows("number") => "config-want-number",
            Kind::Plain => "config-want-text",
        };
        Problem::new(message).with("found", shown(value))
    }

    fn too_long(self, text: &str) -> Option<Problem> {
        let most = self.node.get("maxLength").and_then(Value::as_u64)?;
        let length = text.chars().count() as u64;
        (length > most).then(|| Problem::new("config-too-long").with("most", most).with("length", length))
    }

    fn out_of_range(self, number: Option<f64>) -> Option<Problem> {
        let bound = |key| self.node.get(key).and_then(Value::as_f64);
        let low = bound("minimum").unwrap_or(f64::MIN);
        let high = bound("maximum").unwrap_or(f64::MAX);
        if number.is_some_and(|number| (low..=high).contains(&number)) {
            return None;
        }
        Some(Problem::new("config-range").with("low", low.to_string()).with("high", high.to_string()))
    }

    fn allows(self, kind: &str) -> bool {
        match self.node.get("type") {
            Some(Value::String(only)) => only == kind,
            Some(Value::Array(several)) => several.iter().any(|one| one == kind),
            _ => false,
        }
    }

    fn word(self, key: &str) -> Option<&'s str> {
        self.node.get(key)?.as_str()
    }
}

fn is_null(choice: &Value) -> bool {
    choice.get("type").is_some_and(|kind| kind == "null")
}

/// The number as written; none where it fits no number at all.
fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Integer(digits) => i64::from_str_radix(digits.as_str(), digits.radix()).ok().map(|n| n as f64),
        DeValue::Float(digits) => digits.as_str().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

/// The value as it stands in the file, cut short.
fn shown(value: &DeValue<'_>) -> String {
    let text = match value {
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Integer(digits) => digits.as_str().to_owned(),
        DeValue::Float(digits) => digits.as_str().to_owned(),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::Datetime(value) => value.to_string(),
        DeValue::Array(_) => "[...]".to_owned(),
        DeValue::Table(_) => "{...}".to_owned(),
    };
    crate::text::truncate(&text, 40)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every numeric setting has both bounds, so that no file can overflow its type.
    #[test]
    fn numbers_are_bounded_and_everything_is_described() {
        fn visit(shape: Shape<'_>, path: &str) {
            match shape.kind() {
                Kind::Section => {
                    for key in shape.keys() {
                        visit(shape.get(key).expect("its own key"), &format!("{path}.{key}"));
                    }
                }
                Kind::Map(item) | Kind::List(item) => visit(item, &format!("{path}[]")),
                Kind::Plain if shape.allows("integer") || shape.allows("number") => {
                    assert!(
                        shape.node.get("minimum").is_some() && shape.node.get("maximum").is_some(),
                        "{path}: no bounds"
                    );
                }
                Kind::Plain => assert!(shape.allows("string") || shape.allows("boolean"), "{path}: of no known type"),
            }
        }
        visit(Shape::root(&schema()), "");
    }
}
