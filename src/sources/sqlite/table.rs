//! The foreign table: which columns are which field, and the few questions asked of it.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::config::SourceConfig;
use crate::platform::foreign::{Cell, Foreign, View};
use crate::sources::fields::{Field, Line, Value, decoded};

/// The names under which SQLite knows a row's own number.
const ROW_NUMBERS: [&str; 3] = ["rowid", "oid", "_rowid_"];

/// A row of it.
pub struct Record {
    /// The number that grows.
    pub order: i64,
    /// The column that tells changes, where there is one and it holds a number or a time.
    pub updated: i64,
    fields: Vec<(Field, Cell)>,
}

impl Record {
    /// Its values, still unmasked.
    pub fn line(&self) -> Line<'_> {
        let mut line = Line::default();
        for (field, cell) in &self.fields {
            line.set(*field, value(cell));
        }
        line
    }

    /// One of them as text.
    pub fn text(&self, wanted: Field) -> Option<String> {
        let (_, cell) = self.fields.iter().find(|(field, _)| *field == wanted)?;
        match cell {
            Cell::Null => None,
            Cell::Whole(number) => Some(number.to_string()),
            Cell::Real(number) => Some(number.to_string()),
            Cell::Bytes(bytes) => Some(decoded(bytes).into_owned()),
        }
    }
}

fn value(cell: &Cell) -> Value<'_> {
    match cell {
        Cell::Null => Value::None,
        Cell::Whole(number) => u64::try_from(*number).map_or(Value::Negative(*number), Value::Whole),
        Cell::Real(number) => Value::Real(*number),
        Cell::Bytes(bytes) => Value::Text(match decoded(bytes) {
            Cow::Borrowed(text) => Cow::Borrowed(text),
            Cow::Owned(text) => Cow::Owned(text),
        }),
    }
}

/// A table, view or query of an open database.
pub struct Table<'v> {
    view: &'v View<'v>,
    from: String,
    order: String,
    updated: Option<String>,
    fields: Vec<(Field, String)>,
}

impl<'v> Table<'v> {
    /// The configured one; what it lacks is named.
    pub fn of(view: &'v View<'v>, config: &SourceConfig) -> Result<Self, Foreign> {
        let (columns, from) = if config.query.is_empty() {
            (view.columns(&config.table)?, quoted(&config.table))
        } else {
            let query = config.query.trim().trim_end_matches(';');
            (view.columns_of(query)?, format!("({query})"))
        };
        let name = if config.query.is_empty() { config.table.as_str() } else { "query" };
        let missing = |column: &str| Foreign::NoColumn(format!("{name}.{column}"));
        let known = |wanted: &str| columns.iter().find(|column| column.eq_ignore_ascii_case(wanted)).cloned();
        let row_number = config.query.is_empty() && ROW_NUMBERS.contains(&config.order.to_ascii_lowercase().as_str());
        let order = known(&config.order).or_else(|| row_number.then(|| config.order.clone()));
        let order = order.ok_or_else(|| missing(&config.order))?;
        // A view and a table WITHOUT ROWID have no such number.
        let numbers = || view.rows(&format!("SELECT {} FROM {from} LIMIT 0", quoted(&order)), &[]);
        if known(&order).is_none() && matches!(numbers(), Err(Foreign::Query(_))) {
            return Err(missing(&order));
        }
        let updated = match config.updated.as_str() {
            "" => None,
            wanted => Some(known(wanted).ok_or_else(|| missing(wanted))?),
        };
        let mut fields = Vec::new();
        for (field, ours) in Field::ALL {
            match (config.map.get(ours), known(ours)) {
                (Some(theirs), _) => fields.push((field, known(theirs).ok_or_else(|| missing(theirs))?)),
                (None, Some(column)) => fields.push((field, column)),
                (None, None) => {}
            }
        }
        for needed in [Field::Time, Field::Code] {
            let has = |wanted: Field| fields.iter().any(|(field, _)| *field == wanted);
            let stated = needed == Field::Code && has(Field::State);
            if !(has(needed) || stated) {
                return Err(missing(if needed == Field::Time { "time" } else { "code" }));
            }
        }
        Ok(Self { view, from, order: quoted(&order), updated: updated.map(|column| quoted(&column)), fields })
    }

    /// Rows behind this number, oldest first.
    pub fn after(&self, at: i64, most: usize) -> Result<Vec<Record>, Foreign> {
        let rows = self.ask("> ?1", "ASC", &[at], most)?;
        // Text stands behind all numbers: it would be read for ever.
        let numbered = rows.iter().all(|row| row.order > at);
        if numbered { Ok(rows) } else { Err(Foreign::NoNumber(self.order.trim_matches('"').to_owned())) }
    }

    /// Rows up to this number, newest first.
    pub fn newest(&self, at: i64, most: usize) -> Result<Vec<Record>, Foreign> {
        self.ask("<= ?1", "DESC", &[at], most)
    }

    /// Rows up to this number that have changed since, oldest change first.
    pub fn changed_since(&self, updated: i64, at: i64, most: usize) -> Result<Vec<Record>, Foreign> {
        let Some(column) = self.updated.as_ref().filter(|_| updated != i64::MIN && at >= 0) else {
            return Ok(Vec::new());
        };
        let told = told(column);
        // The same moment may have more changes than were seen.
        self.select(&format!("{} <= ?1 AND {told} >= ?2 ORDER BY {told} ASC", self.order), &[at, updated], most)
    }

    fn ask(&self, which: &str, order: &str, bound: &[i64], most: usize) -> Result<Vec<Record>, Foreign> {
        self.select(&format!("{0} {which} ORDER BY {0} {order}", self.order), bound, most)
    }

    fn select(&self, rest: &str, bound: &[i64], most: usize) -> Result<Vec<Record>, Foreign> {
        let mut sql = format!("SELECT {}", self.order);
        let told = self.updated.as_ref().map_or_else(|| "NULL".to_owned(), |column| told(column));
        // Writing to a String cannot fail.
        let _ = write!(sql, ", {told}");
        for (_, column) in &self.fields {
            let _ = write!(sql, ", {}", quoted(column));
        }
        let _ = write!(sql, " FROM {} WHERE {rest} LIMIT {most}", self.from);
        let rows = self.view.rows(&sql, bound)?;
        Ok(rows.into_iter().map(|cells| self.record(cells)).collect())
    }

    fn record(&self, cells: Vec<Cell>) -> Record {
        let mut cells = cells.into_iter();
        let number = |cell: Option<Cell>, other| match cell {
            Some(Cell::Whole(number)) => number,
            _ => other,
        };
        let order = number(cells.next(), i64::MIN);
        let updated = number(cells.next(), i64::MIN);
        Record { order, updated, fields: self.fields.iter().map(|(field, _)| *field).zip(cells).collect() }
    }
}

/// A moment or a number as a number that grows, whatever form it has.
fn told(column: &str) -> String {
    format!("CASE typeof({column}) WHEN 'text' THEN unixepoch({column}) ELSE CAST({column} AS INTEGER) END")
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
