//! What the runs have told, as the table in `docs/BENCHMARKS.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;

use super::load::Figure;
use super::peer::Peer;
use crate::run;
use crate::tools::Toolbox;

/// The figures of one guestbook, by what they are of: one for each time it was measured.
#[derive(Default)]
pub(super) struct Figures(BTreeMap<String, Vec<f64>>);

impl Figures {
    pub(super) fn extend(&mut self, figures: impl IntoIterator<Item = (String, f64)>) {
        for (key, figure) in figures {
            self.0.entry(key).or_default().push(figure);
        }
    }

    pub(super) fn add_load(&mut self, key: &str, figure: Figure) {
        self.extend([(key.to_owned(), figure.per_second), (format!("{key} p99"), figure.p99_ms)]);
    }

    fn median(&self, key: &str) -> Option<f64> {
        let mut figures = self.0.get(key)?.clone();
        figures.sort_by(f64::total_cmp);
        figures.get(figures.len() / 2).copied()
    }
}

/// What a row's figures are of.
enum Of {
    /// More is better, and by hand is what there is to have.
    PerSecond,
    /// Less is better.
    Milliseconds,
    Bytes,
    Kilobytes,
    Mebibytes,
    /// Neither: it explains others.
    Count,
}

const ROWS: &[(&str, &str, Of)] = &[
    ("page", "page, rendered for each request: a second", Of::PerSecond),
    ("page p99", "— its p99, ms", Of::Milliseconds),
    ("kept-page", "page, kept until somebody writes: a second", Of::PerSecond),
    ("kept-page p99", "— its p99, ms", Of::Milliseconds),
    ("native-post", "native post, the request alone: a second", Of::PerSecond),
    ("native-post p99", "— its p99, ms", Of::Milliseconds),
    ("native-mutation", "native post, until its page is there: a second", Of::PerSecond),
    ("native-requests", "— requests", Of::Count),
    ("enhanced-mutation", "enhanced post, all of its requests: a second", Of::PerSecond),
    ("enhanced-mutation p99", "— p99 of one request, ms", Of::Milliseconds),
    ("mutation-requests", "— requests", Of::Count),
    ("mutation-sent", "— bytes sent, with headers", Of::Bytes),
    ("mutation-received", "— bytes received, with headers", Of::Bytes),
    ("memory", "memory of the server after all this, MiB", Of::Mebibytes),
    ("first-load-requests", "first load: requests", Of::Count),
    ("first-load-bytes", "— kB as they travel, with headers", Of::Kilobytes),
    ("document-bytes", "— kB of its document, not compressed", Of::Kilobytes),
    ("client-brotli", "— kB of its JavaScript and WASM at brotli 11", Of::Kilobytes),
    ("first-paint", "slow phone, slow 4G: first paint, ms", Of::Milliseconds),
    ("working-form", "— form that works, ms", Of::Milliseconds),
    ("enhanced-form", "— form that is enhanced, ms", Of::Milliseconds),
];

/// The medians of all, by hand first and ours second.
pub(super) fn table(columns: &[(&str, &Figures)]) -> String {
    let mut table = String::from("| |");
    for (title, _) in columns {
        let _ = write!(table, " {title} |");
    }
    table.push_str("\n|---|");
    table.push_str(&"---|".repeat(columns.len()));
    for (key, text, of) in ROWS {
        let medians: Vec<Option<f64>> =
            columns.iter().map(|(_, figures)| figures.median(key)).collect();
        if medians.iter().all(Option::is_none) {
            continue;
        }
        let _ = write!(table, "\n| {text} |");
        for at in 0..medians.len() {
            let _ = write!(table, " {} |", cell(of, &medians, at));
        }
    }
    table.push('\n');
    table
}

/// A figure, and in brackets what it is of by hand's, and how many times better ours is.
fn cell(of: &Of, medians: &[Option<f64>], at: usize) -> String {
    let Some(figure) = medians[at] else {
        return "—".into();
    };
    let by_hand = medians[0].filter(|_| at > 0);
    let ours = medians[1].filter(|_| at > 1);
    let mut notes = Vec::new();
    if let (Of::PerSecond, Some(by_hand)) = (of, by_hand) {
        notes.push(format!("{:.1} %", 100.0 * figure / by_hand));
    }
    let better = match of {
        Of::PerSecond => ours.map(|ours| ours / figure),
        Of::Count => None,
        _ => ours.map(|ours| figure / ours),
    };
    notes.extend(better.filter(|better| better.is_finite()).map(|better| format!("{better:.2}×")));
    let figure = match of {
        Of::PerSecond | Of::Bytes | Of::Count => thousands(figure),
        Of::Milliseconds if figure < 100.0 => format!("{figure:.1}"),
        Of::Milliseconds => thousands(figure),
        Of::Kilobytes => format!("{:.1}", figure / 1e3),
        Of::Mebibytes => format!("{:.0}", figure / 1024.0 / 1024.0),
    };
    if notes.is_empty() { figure } else { format!("{figure} ({})", notes.join(", ")) }
}

/// A whole number with commas.
fn thousands(figure: f64) -> String {
    let digits = format!("{figure:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What was measured, and with what.
pub(super) fn versions(toolbox: &Toolbox, peers: &[Peer]) -> Result<String> {
    let mut versions = Vec::new();
    for peer in peers {
        versions.push(format!("{} {}", peer.title(), peer.version()?));
    }
    for (program, args) in [("node", "--version"), ("rustc", "--version")] {
        let said = run::output(toolbox.command(program).arg(args)).unwrap_or_default();
        let words: Vec<&str> = said.split_whitespace().take(2).collect();
        versions.push(words.join(" ").replace('v', "Node "));
    }
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    Ok(format!("{}; {cores} cores.\n", versions.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(pairs: &[(&str, f64)]) -> Figures {
        let mut figures = Figures::default();
        figures.extend(pairs.iter().map(|(key, figure)| ((*key).to_owned(), *figure)));
        figures
    }

    #[test]
    fn each_figure_stands_beside_by_hand_and_ours() {
        let by_hand = figures(&[("page", 40_000.0), ("first-paint", 400.0)]);
        let ours = figures(&[("page", 10_000.0), ("first-paint", 500.0), ("memory", 1_048_576.0)]);
        let theirs = figures(&[
            ("page", 900.0),
            ("page", 2_000.0),
            ("page", 2_500.0),
            ("first-paint", 250.0),
        ]);
        let table = table(&[("by hand", &by_hand), ("Formwork", &ours), ("Other", &theirs)]);
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[0], "| | by hand | Formwork | Other |");
        assert_eq!(
            lines[2],
            "| page, rendered for each request: a second | 40,000 | 10,000 (25.0 %) | 2,000 (5.0 %, 5.00×) |"
        );
        assert_eq!(lines[3], "| memory of the server after all this, MiB | — | 1 | — |");
        assert_eq!(lines[4], "| slow phone, slow 4G: first paint, ms | 400 | 500 | 250 (0.50×) |");
        assert_eq!(lines.len(), 5);
    }
}
