//! What was meant, what was told, and what is in the database.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use anyhow::Result;
use reqwest::StatusCode;
use sqlx::{SqlitePool, sqlite::SqliteConnectOptions};

/// What the visitors saw.
#[derive(Default)]
pub(crate) struct Tally(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    meant: HashSet<String>,
    told: HashSet<String>,
    lost_input: Vec<String>,
    refused: HashSet<String>,
    replaced: HashSet<String>,
    unanswered: usize,
    statuses: BTreeMap<u16, usize>,
    /// How each text was answered, in order.
    histories: HashMap<String, Vec<String>>,
}

impl Tally {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A visitor has typed this.
    pub(crate) fn meant(&self, text: &str) {
        self.seen().meant.insert(text.to_owned());
    }

    /// A visitor was told that it is written.
    pub(crate) fn told(&self, text: &str) {
        self.seen().told.insert(text.to_owned());
    }

    /// A refusal came without what was typed.
    pub(crate) fn lost_input(&self, text: &str) {
        self.seen().lost_input.push(text.to_owned());
    }

    /// A visitor was told that it can't be done any more, and has the text to copy.
    pub(crate) fn refused(&self, text: &str) {
        self.seen().refused.insert(text.to_owned());
    }

    /// A visitor has put another text in the place of this one.
    pub(crate) fn replaced(&self, text: &str) {
        self.seen().replaced.insert(text.to_owned());
    }

    /// A submission was answered by nobody.
    pub(crate) fn unanswered(&self, text: &str) {
        self.seen().unanswered += 1;
        self.note(text, "-");
    }

    /// A submission of this text was answered.
    pub(crate) fn answered(&self, text: &str, status: StatusCode) {
        *self.seen().statuses.entry(status.as_u16()).or_default() += 1;
        self.note(text, status.as_str());
    }

    /// Something has happened to this text.
    pub(crate) fn note(&self, text: &str, what: &str) {
        self.seen().histories.entry(text.to_owned()).or_default().push(what.to_owned());
    }

    /// Compares what was seen with what is written, and how often.
    pub(crate) fn report(&self, written: &HashMap<String, usize>) -> Report {
        let seen = self.seen();
        Report {
            submissions: seen.meant.len(),
            lost: seen
                .told
                .difference(&seen.replaced)
                .filter(|text| !written.contains_key(*text))
                .count(),
            twice: written
                .iter()
                .filter(|(_, times)| **times > 1)
                .map(|(text, times)| {
                    let history = seen.histories.get(text).map(|all| all.join(" "));
                    format!("{text} {times} times: {}", history.unwrap_or_default())
                })
                .collect(),
            untold: written.keys().filter(|text| !seen.told.contains(*text)).count(),
            lost_input: seen.lost_input.len(),
            refused: seen.refused.len(),
            open: seen.meant.len() - seen.told.union(&seen.refused).count(),
            unanswered: seen.unanswered,
            statuses: seen.statuses.clone(),
        }
    }
}

/// What a run came to.
pub(crate) struct Report {
    submissions: usize,
    lost: usize,
    twice: Vec<String>,
    untold: usize,
    lost_input: usize,
    refused: usize,
    open: usize,
    unanswered: usize,
    statuses: BTreeMap<u16, usize>,
}

impl Report {
    /// Whether what must be zero is.
    pub(crate) fn is_clean(&self) -> bool {
        let wrong = self.statuses.keys().any(|status| ![303, 409, 422, 429, 503].contains(status));
        self.lost + self.twice.len() + self.untold + self.lost_input + self.open == 0 && !wrong
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "submissions                {:>8}", self.submissions)?;
        writeln!(f, "told, but not written      {:>8}", self.lost)?;
        writeln!(f, "written twice              {:>8}", self.twice.len())?;
        for text in &self.twice {
            writeln!(f, "  {text}")?;
        }
        writeln!(f, "written, but nobody told   {:>8}", self.untold)?;
        writeln!(f, "input to be typed again    {:>8}", self.lost_input)?;
        writeln!(f, "without an outcome         {:>8}", self.open)?;
        writeln!(f, "told that it is gone       {:>8}", self.refused)?;
        writeln!(f, "tries without an answer    {:>8}", self.unanswered)?;
        for (status, times) in &self.statuses {
            writeln!(f, "answered with {status}          {times:>8}")?;
        }
        Ok(())
    }
}

/// How often each text of ours is in the database.
pub(crate) async fn written(file: &Path) -> Result<HashMap<String, usize>> {
    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(file)).await?;
    let bodies: Vec<String> = sqlx::query_scalar(
        "SELECT body FROM comments WHERE body LIKE 'soak-%'
         UNION ALL SELECT subject FROM tickets WHERE subject LIKE 'soak-%'",
    )
    .fetch_all(&pool)
    .await?;
    let mut written = HashMap::new();
    for body in bodies {
        *written.entry(body).or_default() += 1;
    }
    Ok(written)
}
