//! What was meant and what was told, compared with what is in the database.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use reqwest::StatusCode;

use crate::{
    expected::{Answered, Trouble},
    page,
    written::Written,
};

/// What the visitors saw.
#[derive(Default)]
pub(crate) struct Tally {
    trouble: Mutex<Trouble>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    meant: HashSet<String>,
    told: HashSet<String>,
    lost_input: Vec<String>,
    refused: HashSet<String>,
    unanswered: usize,
    answers: BTreeMap<(u16, Answered), usize>,
    /// What no trouble explains.
    wrong: Vec<String>,
    /// How each text was answered, in order.
    histories: HashMap<String, Vec<String>>,
    /// What was chosen for each ticket, in order: texts with their priorities.
    chosen: HashMap<String, Vec<(String, String)>>,
}

impl Tally {
    /// Nothing yet, of visitors amid this trouble.
    pub(crate) fn new(trouble: Trouble) -> Self {
        Tally { trouble: Mutex::new(trouble), seen: Mutex::default() }
    }

    /// What the visitors have to expect.
    pub(crate) fn trouble(&self) -> Trouble {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on nothing explains an answer but that it is written.
    pub(crate) fn expect_no_trouble(&self) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Trouble::default();
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// A submission was answered by nobody.
    pub(crate) fn unanswered(&self, text: &str) {
        self.seen().unanswered += 1;
        self.note(text, "-");
    }

    /// A submission of this text was answered.
    pub(crate) fn answered(&self, text: &str, status: StatusCode, meaning: Answered, html: &str) {
        let mut seen = self.seen();
        *seen.answers.entry((status.as_u16(), meaning)).or_default() += 1;
        if meaning == Answered::Wrong {
            seen.wrong.push(format!("{text}: {status} {}", page::alerts(html)));
        }
        drop(seen);
        self.note(text, &format!("{}:{meaning:?}", status.as_u16()));
    }

    /// A visitor has seen what no trouble explains.
    pub(crate) fn wrong(&self, text: &str, what: &str) {
        self.seen().wrong.push(format!("{text}: {what}"));
        self.note(text, what);
    }

    /// A visitor has chosen this priority for the ticket of a page.
    pub(crate) fn chosen(&self, page: &str, text: &str, priority: &str) {
        let choice = (text.to_owned(), priority.to_owned());
        self.seen().chosen.entry(page.to_owned()).or_default().push(choice);
    }

    /// Something has happened to this text.
    pub(crate) fn note(&self, text: &str, what: &str) {
        self.seen().histories.entry(text.to_owned()).or_default().push(what.to_owned());
    }

    /// Compares what was seen with what is written, and how often.
    pub(crate) fn report(&self, written: &Written) -> Report {
        let seen = self.seen();
        let (times, unexplained) = written.times(&seen.chosen);
        let lost = |text: &&String| !times.contains_key(*text);
        let history = |text: &String| {
            let history = seen.histories.get(text).map(|all| all.join(" | "));
            format!("{text}: {}", history.unwrap_or_default())
        };
        let twice = times.iter().filter(|(_, times)| **times > 1);
        let untold = times.keys().filter(|text| !seen.told.contains(*text));
        Report {
            submissions: seen.meant.len(),
            lost: seen.told.iter().filter(lost).map(history).collect(),
            twice: twice.map(|(text, times)| format!("{times} times {}", history(text))).collect(),
            untold: untold.map(history).chain(unexplained).collect(),
            lost_input: seen.lost_input.iter().map(history).collect(),
            open: seen.meant.iter().filter(|text| seen.is_open(text)).map(history).collect(),
            wrong: seen.wrong.clone(),
            refused: seen.refused.len(),
            unanswered: seen.unanswered,
            answers: seen.answers.clone(),
        }
    }
}

impl Seen {
    /// Whether nobody was told what became of it.
    fn is_open(&self, text: &str) -> bool {
        !self.told.contains(text) && !self.refused.contains(text)
    }
}

/// What a run came to; of what must not be, each with its history.
pub(crate) struct Report {
    submissions: usize,
    lost: Vec<String>,
    twice: Vec<String>,
    untold: Vec<String>,
    lost_input: Vec<String>,
    open: Vec<String>,
    wrong: Vec<String>,
    refused: usize,
    unanswered: usize,
    answers: BTreeMap<(u16, Answered), usize>,
}

/// How many of a kind are shown.
const SHOWN: usize = 20;

impl Report {
    /// What must not be.
    fn bad(&self) -> [(&str, &[String]); 6] {
        [
            ("told, but not written", &self.lost),
            ("written twice", &self.twice),
            ("written, but nobody told", &self.untold),
            ("input to be typed again", &self.lost_input),
            ("without an outcome", &self.open),
            ("wrong answers", &self.wrong),
        ]
    }

    /// Whether what must be zero is.
    pub(crate) fn is_clean(&self) -> bool {
        self.bad().iter().all(|(_, texts)| texts.is_empty())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<30}{:>8}", "submissions", self.submissions)?;
        for (what, texts) in self.bad() {
            writeln!(f, "{what:<30}{:>8}", texts.len())?;
            for text in texts.iter().take(SHOWN) {
                writeln!(f, "  {text}")?;
            }
        }
        writeln!(f, "{:<30}{:>8}", "told that it is gone", self.refused)?;
        writeln!(f, "{:<30}{:>8}", "tries without an answer", self.unanswered)?;
        for ((status, meaning), times) in &self.answers {
            writeln!(f, "{:<30}{times:>8}", format!("answered with {status}, {meaning:?}"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_not_be_is_not_clean() {
        let told = |text: &str| {
            let tally = Tally::new(Trouble::default());
            tally.meant(text);
            tally.told(text);
            tally
        };
        let written = |texts: &[&str]| Written::of(texts, &[]);
        assert!(told("a").report(&written(&["a"])).is_clean());
        assert!(!told("a").report(&written(&[])).is_clean(), "lost");
        assert!(!told("a").report(&written(&["a", "a"])).is_clean(), "twice");
        assert!(!told("a").report(&written(&["a", "b"])).is_clean(), "untold");
        for status in [409, 422, 429, 503] {
            let tally = told("a");
            let status = StatusCode::from_u16(status).unwrap();
            let trouble = tally.trouble();
            let meaning = trouble.means(status, "<p>No.</p>", trouble.now(), true);
            tally.answered("a", status, meaning, "");
            assert!(!tally.report(&written(&["a"])).is_clean(), "{status}");
        }
        let tally = told("a");
        tally.meant("b");
        assert!(!tally.report(&written(&["a"])).is_clean(), "without an outcome");
        tally.refused("b");
        assert!(tally.report(&written(&["a"])).is_clean());
        tally.lost_input("b");
        assert!(!tally.report(&written(&["a"])).is_clean(), "input lost");
    }
}
