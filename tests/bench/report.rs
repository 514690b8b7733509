//! The table at the end: ours, the peers, and how many times theirs ours is.

/// Rows in the order they were measured.
#[derive(Default)]
pub struct Report {
    rows: Vec<[String; 5]>,
}

impl Report {
    /// One measure, where less is better unless the goal says otherwise.
    pub fn row(&mut self, what: &str, unit: &str, ours: f64, peers: &[(&str, f64)], goal: &str) {
        let peers_text: Vec<String> = peers.iter().map(|(name, value)| format!("{name} {}", short(*value))).collect();
        let ratios: Vec<String> = peers
            .iter()
            .filter(|(_, value)| *value > 0.0)
            .map(|(name, value)| format!("{} x {name}", short(ours / value)))
            .collect();
        let row = [format!("{what}, {unit}"), short(ours), peers_text.join(", "), ratios.join(", "), goal.to_owned()];
        println!("{}", row.join(" | "));
        self.rows.push(row);
    }

    /// The whole table, as Markdown.
    pub fn print(&self) {
        println!("\n| what | pos-console | peers | ratio | goal |\n| --- | --- | --- | --- | --- |");
        for row in &self.rows {
            println!("| {} |", row.join(" | "));
        }
    }
}

/// Three digits that matter.
fn short(value: f64) -> String {
    let digits = match value.abs() {
        0.0 => 0,
        size if size < 0.1 => 3,
        size if size < 10.0 => 2,
        size if size < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$}")
}

/// The value that this share of all values does not exceed.
pub fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = (values.len() as f64 * share).ceil() as usize;
    values.get(at.max(1) - 1).copied().unwrap_or(f64::NAN)
}

/// The middle one.
pub fn median(values: &mut [f64]) -> f64 {
    quantile(values, 0.5)
}
