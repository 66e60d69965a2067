//! What was written into the database: each text as often as it was, and each change of a priority.

use std::{collections::HashMap, path::Path};

use anyhow::Result;
use sqlx::{SqlitePool, sqlite::SqliteConnectOptions};

/// See the module.
pub(crate) struct Written {
    texts: Vec<String>,
    /// The pages of tickets and their new priorities, in order.
    priorities: Vec<(String, String)>,
}

async fn open(file: &Path) -> Result<SqlitePool> {
    Ok(SqlitePool::connect_with(SqliteConnectOptions::new().filename(file)).await?)
}

/// Lets the database write down what is written: an edit and a change of a priority leave no trace
/// otherwise, the less so when they happen twice.
pub(crate) async fn follow(file: &Path) -> Result<()> {
    let script = "CREATE TABLE soak_texts (text TEXT NOT NULL);
         CREATE TRIGGER soak_comments AFTER INSERT ON comments
         BEGIN INSERT INTO soak_texts VALUES (NEW.body); END;
         CREATE TRIGGER soak_edits AFTER UPDATE OF body ON comments
         BEGIN INSERT INTO soak_texts VALUES (NEW.body); END;
         CREATE TRIGGER soak_tickets AFTER INSERT ON tickets
         BEGIN INSERT INTO soak_texts VALUES (NEW.subject); END;
         CREATE TABLE soak_priorities (ticket INTEGER NOT NULL, priority TEXT NOT NULL);
         CREATE TRIGGER soak_amended AFTER UPDATE OF subject ON tickets
         BEGIN INSERT INTO soak_texts VALUES (NEW.subject); END;
         CREATE TRIGGER soak_prioritized AFTER UPDATE OF priority ON tickets
         WHEN NEW.subject = OLD.subject
         BEGIN INSERT INTO soak_priorities VALUES (NEW.id, NEW.priority); END;";
    sqlx::raw_sql(script).execute(&open(file).await?).await?;
    Ok(())
}

/// Texts and how often each is written, and what nobody has chosen.
type Times = (HashMap<String, usize>, Vec<String>);

impl Written {
    /// Reads all that is ours.
    pub(crate) async fn read(file: &Path) -> Result<Self> {
        let pool = open(file).await?;
        let texts = sqlx::query_scalar("SELECT text FROM soak_texts WHERE text LIKE 'soak-%'");
        let priorities = sqlx::query_as(
            "SELECT '/tickets/' || ticket, priority FROM soak_priorities ORDER BY rowid",
        );
        Ok(Written {
            texts: texts.fetch_all(&pool).await?,
            priorities: priorities.fetch_all(&pool).await?,
        })
    }

    /// How often each text is there. A ticket's priorities are those that were `chosen` for it, texts
    /// with priorities in order: one that is there again right after itself was written twice.
    pub(crate) fn times(&self, chosen: &HashMap<String, Vec<(String, String)>>) -> Times {
        let mut times = HashMap::new();
        for text in &self.texts {
            *times.entry(text.clone()).or_default() += 1;
        }
        let mut unexplained = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (page, priority) in &self.priorities {
            let chosen = chosen.get(page).map(Vec::as_slice).unwrap_or_default();
            let place = places.entry(page).or_default();
            let is = |at: usize| chosen.get(at).is_some_and(|(_, is)| is == priority);
            let at = if is(*place) {
                *place += 1;
                *place - 1
            } else if *place > 0 && is(*place - 1) {
                *place - 1
            } else {
                unexplained.push(format!("{page} became {priority}"));
                continue;
            };
            *times.entry(chosen[at].0.clone()).or_default() += 1;
        }
        (times, unexplained)
    }

    #[cfg(test)]
    pub(crate) fn of(texts: &[&str], priorities: &[(&str, &str)]) -> Self {
        let owned = |text: &&str| (*text).to_owned();
        let pairs = priorities.iter().map(|(page, is)| (owned(page), owned(is)));
        Written { texts: texts.iter().map(owned).collect(), priorities: pairs.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priorities_are_counted_in_order() {
        let choice = |text: &str, is: &str| (text.to_owned(), is.to_owned());
        let chosen = HashMap::from([(
            "/tickets/9".to_owned(),
            vec![choice("a", "low"), choice("b", "high"), choice("c", "low")],
        )]);
        let check = |rows: &[&str]| {
            let rows: Vec<_> = rows.iter().map(|is| ("/tickets/9", *is)).collect();
            let (times, unexplained) = Written::of(&[], &rows).times(&chosen);
            let of = |text: &str| times.get(text).copied().unwrap_or_default();
            ([of("a"), of("b"), of("c")], unexplained.len())
        };
        assert_eq!(check(&["low", "high", "low"]), ([1, 1, 1], 0));
        assert_eq!(check(&["low", "high"]), ([1, 1, 0], 0), "lost");
        assert_eq!(check(&["low", "low", "high", "low"]), ([2, 1, 1], 0), "twice");
        assert_eq!(check(&["low", "high", "low", "urgent"]), ([1, 1, 1], 1), "nobody's");
        assert_eq!(check(&["low", "high", "low", "high"]), ([1, 1, 1], 1), "late");
    }
}
