//! Which key of a journal is which of our fields, and reading by it through the JSON library.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::sources::fields::{Field, Line, Value};

/// The keys of a journal's object.
pub struct Schema {
    root: Node,
}

/// What a key holds: our fields, and the keys of an object in it.
#[derive(Default)]
pub struct Node {
    fields: Vec<Field>,
    keys: Vec<(Box<str>, Node)>,
}

impl Schema {
    /// The default journal's keys, but for those that `map` (ours = theirs) names otherwise.
    pub fn new(map: &BTreeMap<String, String>) -> Self {
        let mut root = Node::default();
        for (field, name) in Field::ALL {
            let theirs = map.get(name).map_or(name, String::as_str);
            root.at(&mut std::iter::once(theirs)).fields.push(field);
            if theirs.contains('.') {
                root.at(&mut theirs.split('.')).fields.push(field);
            }
        }
        Self { root }
    }

    /// Fields of this top-level key; none where the key holds an object that matters, or nothing that matters.
    pub fn fields(&self, key: &str) -> &[Field] {
        self.root.key(key).map_or(&[], |node| &node.fields)
    }

    /// The fields of a text that is one whole object.
    pub fn read<'a>(&self, text: &'a str) -> Option<Line<'a>> {
        if !text.starts_with('{') {
            return None;
        }
        let mut line = Line::default();
        let mut json = serde_json::Deserializer::from_str(text);
        Reader { node: &self.root, line: &mut line }.deserialize(&mut json).ok()?;
        json.end().ok()?;
        Some(line)
    }
}

impl Node {
    fn key(&self, key: &str) -> Option<&Self> {
        self.keys.iter().find(|(known, _)| **known == *key).map(|(_, node)| node)
    }

    fn at<'k>(&mut self, path: &mut impl Iterator<Item = &'k str>) -> &mut Self {
        let Some(key) = path.next() else { return self };
        let found = self.keys.iter().position(|(known, _)| **known == *key);
        let at = found.unwrap_or_else(|| {
            self.keys.push((key.into(), Self::default()));
            self.keys.len() - 1
        });
        self.keys[at].1.at(path)
    }
}

/// What a key holds that nobody asked for.
const NOTHING: &Node = &Node { fields: Vec::new(), keys: Vec::new() };

/// Takes one value of any type into the fields of its node.
struct Reader<'n, 'l, 'a> {
    node: &'n Node,
    line: &'l mut Line<'a>,
}

impl<'a> Reader<'_, '_, 'a> {
    fn set(self, value: &Value<'a>) {
        for &field in &self.node.fields {
            self.line.set(field, value.clone());
        }
    }
}

impl<'a> DeserializeSeed<'a> for Reader<'_, '_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<(), D::Error> {
        if self.node.fields.is_empty() && self.node.keys.is_empty() {
            return json.deserialize_ignored_any(IgnoredAny).map(|_| ());
        }
        json.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Reader<'_, '_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_borrowed_str<E>(self, text: &'a str) -> Result<(), E> {
        self.set(&Value::Text(Cow::Borrowed(text)));
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.set(&Value::Text(Cow::Owned(text.to_owned())));
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.set(&Value::Whole(number));
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.set(&Value::Negative(number));
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.set(&Value::Real(number));
        Ok(())
    }

    fn visit_bool<E>(self, truth: bool) -> Result<(), E> {
        self.set(&Value::Bool(truth));
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.set(&Value::None);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut list: A) -> Result<(), A::Error> {
        // `resp.1` is the second of a list.
        if self.node.keys.is_empty() {
            while list.next_element::<IgnoredAny>()?.is_some() {}
        } else {
            let mut place = 0_usize;
            while let Some(()) = list.next_element_seed(Reader {
                node: self.node.key(&place.to_string()).unwrap_or(NOTHING),
                line: self.line,
            })? {
                place += 1;
            }
        }
        self.set(&Value::Other);
        Ok(())
    }

    fn visit_map<A: MapAccess<'a>>(self, mut object: A) -> Result<(), A::Error> {
        while let Some(node) = object.next_key_seed(KeyOf(self.node))? {
            object.next_value_seed(Reader { node: node.unwrap_or(NOTHING), line: self.line })?;
        }
        self.set(&Value::Other);
        Ok(())
    }
}

/// Finds the node of a key without keeping the key.
struct KeyOf<'n>(&'n Node);

impl<'a, 'n> DeserializeSeed<'a> for KeyOf<'n> {
    type Value = Option<&'n Node>;

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_str(self)
    }
}

impl<'n> Visitor<'_> for KeyOf<'n> {
    type Value = Option<&'n Node>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.key(key))
    }
}
