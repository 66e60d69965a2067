//! Writes that happen once for each submission, whatever becomes of its answer.
//!
//! Formwork answers a submission that is sent again with what it recorded. Only a server that dies
//! between its commit and that record leaves a gap, which this closes: the submission's name is
//! recorded by the very transaction that does what it asks for.

use sqlx::{Sqlite, SqlitePool, Transaction};

use super::{Result, now};

/// How long they are kept, in seconds: longer than Formwork answers from its own record, a day.
const KEPT: i64 = 2 * 24 * 60 * 60;

/// What to do about a submission.
pub(super) enum Begun {
    /// It has made this already.
    Made(i64),
    /// Make it.
    Write(Write),
}

/// A transaction that records what it makes; dropped without [`commit`](Write::commit), it does
/// neither.
pub(super) struct Write {
    pub(super) transaction: Transaction<'static, Sqlite>,
    name: Option<String>,
}

// guide: once
/// Begins a write; one without a name happens each time.
pub(super) async fn begin(pool: &SqlitePool, name: Option<&str>) -> Result<Begun> {
    // Writers wait here for each other. A transaction that begins by reading, and then finds that another
    // one has written in between, fails at once, however long the busy timeout.
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    if let Some(name) = name {
        let new = sqlx::query(
            "INSERT INTO submissions (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(name)
        .bind(now())
        .execute(&mut *transaction)
        .await?;
        if new.rows_affected() == 0 {
            let made = sqlx::query_scalar("SELECT made FROM submissions WHERE name = ?")
                .bind(name)
                .fetch_one(&mut *transaction)
                .await?;
            tracing::warn!(
                name,
                made,
                "a submission came again: its transaction had been committed"
            );
            return Ok(Begun::Made(made));
        }
    }
    Ok(Begun::Write(Write { transaction, name: name.map(str::to_owned) }))
}
// guide: end

// guide: commit
impl Write {
    /// Makes it so, and records what was made.
    pub(super) async fn commit(mut self, made: i64) -> Result<()> {
        if let Some(name) = &self.name {
            sqlx::query("UPDATE submissions SET made = ? WHERE name = ?")
                .bind(made)
                .bind(name)
                .execute(&mut *self.transaction)
                .await?;
        }
        self.transaction.commit().await?;
        Ok(())
    }
}
// guide: end

/// Forgets what nobody sends again.
pub(super) async fn forget_old(pool: &SqlitePool) -> Result<()> {
    sqlx::query("DELETE FROM submissions WHERE created_at < ?")
        .bind(now() - KEPT)
        .execute(pool)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{comments, tests::fresh, tickets};

    #[tokio::test]
    async fn o3_a_submission_makes_one_comment_however_often_it_comes() {
        let (_dir, pool) = fresh().await;
        let add = |name| comments::add(&pool, Some(name), 1, 2, "Once".into());
        let (a, b, c) = tokio::join!(add("one"), add("one"), add("one"));
        let ids = [a, b, c].map(|id| id.unwrap().unwrap());
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        let other = add("other").await.unwrap().unwrap();
        assert_ne!(other, ids[0]);
        assert_eq!(add("one").await.unwrap(), Some(ids[0]));
        let comments = tickets::by_id(&pool, 1).await.unwrap().unwrap().comments;
        assert_eq!(comments.iter().filter(|comment| comment.body == "Once").count(), 2);
    }

    #[tokio::test]
    async fn what_failed_may_be_tried_again_under_its_name() {
        let (_dir, pool) = fresh().await;
        assert_eq!(comments::add(&pool, Some("one"), 9_999, 2, "Lost".into()).await.unwrap(), None);
        assert!(comments::add(&pool, Some("one"), 1, 9_999, "By nobody".into()).await.is_err());
        assert!(comments::add(&pool, Some("one"), 1, 2, "Found".into()).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn old_ones_are_forgotten() {
        let (_dir, pool) = fresh().await;
        for name in ["old", "new"] {
            comments::add(&pool, Some(name), 1, 2, name.into()).await.unwrap();
        }
        sqlx::query("UPDATE submissions SET created_at = 5 WHERE name = 'old'")
            .execute(&pool)
            .await
            .unwrap();
        forget_old(&pool).await.unwrap();
        let left: Vec<String> =
            sqlx::query_scalar("SELECT name FROM submissions").fetch_all(&pool).await.unwrap();
        assert_eq!(left, ["new"]);
    }
}
