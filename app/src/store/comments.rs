//! Comments: what people say about a ticket.

use sqlx::{FromRow, Row, SqlitePool, sqlite::SqliteRow};

use super::{
    Result,
    attachments::NewFiles,
    now,
    submissions::{self, Begun},
};
use crate::model::{Comment, TicketStatus};

/// What is needed to add a comment.
#[derive(Debug, Default)]
pub struct NewCommentRow {
    /// Plain text with line breaks.
    pub body: String,
    /// What its ticket becomes by it.
    pub status: Option<TicketStatus>,
    /// What comes with it.
    pub files: NewFiles,
}

/// Adds a comment by `author`, a user's id, once for each submission, and answers its id; `None`:
/// there is no such ticket.
///
/// # Errors
///
/// The database failed, or there is no such user; then the ticket is untouched, too.
pub async fn add(
    pool: &SqlitePool,
    submission: Option<&str>,
    ticket: i64,
    author: i64,
    new: NewCommentRow,
) -> Result<Option<i64>> {
    let now = now();
    let mut write = match submissions::begin(pool, submission).await? {
        Begun::Made(id) => return Ok(Some(id)),
        Begun::Write(write) => write,
    };
    let touched =
        sqlx::query("UPDATE tickets SET updated_at = ?, status = coalesce(?, status) WHERE id = ?")
            .bind(now)
            .bind(new.status.map(TicketStatus::as_str))
            .bind(ticket)
            .execute(&mut *write.transaction)
            .await?;
    if touched.rows_affected() == 0 {
        return Ok(None);
    }
    let added = sqlx::query(
        "INSERT INTO comments (ticket_id, author_id, body, created_at) VALUES (?, ?, ?, ?)",
    )
    .bind(ticket)
    .bind(author)
    .bind(new.body)
    .bind(now)
    .execute(&mut *write.transaction)
    .await?;
    let id = added.last_insert_rowid();
    new.files.insert(&mut write.transaction, ticket, Some(id)).await?;
    write.commit(id).await?;
    new.files.stay();
    Ok(Some(id))
}

/// Changes what a comment says, once for each submission; `false`: the ticket has no comment with this id
/// by this author.
///
/// # Errors
///
/// The database failed.
pub async fn update(
    pool: &SqlitePool,
    submission: Option<&str>,
    ticket: i64,
    id: i64,
    author: i64,
    body: &str,
) -> Result<bool> {
    let mut write = match submissions::begin(pool, submission).await? {
        Begun::Made(_) => return Ok(true),
        Begun::Write(write) => write,
    };
    let updated = sqlx::query(
        "UPDATE comments SET body = ? WHERE id = ? AND ticket_id = ? AND author_id = ?",
    )
    .bind(body)
    .bind(id)
    .bind(ticket)
    .bind(author)
    .execute(&mut *write.transaction)
    .await?;
    if updated.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query("UPDATE tickets SET updated_at = ? WHERE id = ?")
        .bind(now())
        .bind(ticket)
        .execute(&mut *write.transaction)
        .await?;
    write.commit(id).await?;
    Ok(true)
}

/// The comments of a ticket, oldest first.
pub(super) async fn of_ticket(pool: &SqlitePool, ticket: i64) -> Result<Vec<Comment>> {
    let comments = sqlx::query_as(
        "SELECT c.id, c.author_id, u.name AS author, c.body, c.created_at
         FROM comments c JOIN users u ON u.id = c.author_id
         WHERE c.ticket_id = ?
         ORDER BY c.id",
    )
    .bind(ticket)
    .fetch_all(pool)
    .await?;
    Ok(comments)
}

impl FromRow<'_, SqliteRow> for Comment {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            author_id: row.try_get("author_id")?,
            author: row.try_get("author")?,
            body: row.try_get("body")?,
            created_at: row.try_get("created_at")?,
            attachments: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{tests::fresh, tickets};

    impl From<&str> for NewCommentRow {
        fn from(body: &str) -> Self {
            NewCommentRow { body: body.to_owned(), ..NewCommentRow::default() }
        }
    }

    #[tokio::test]
    async fn a_comment_is_the_last_of_its_ticket_and_touches_it() {
        let (_dir, pool) = fresh().await;
        sqlx::query("UPDATE tickets SET updated_at = 5 WHERE id = 1").execute(&pool).await.unwrap();

        let id = add(&pool, None, 1, 2, "Line one\nLine two".into()).await.unwrap().unwrap();

        let mut ticket = tickets::by_id(&pool, 1).await.unwrap().unwrap();
        let last = ticket.comments.pop().unwrap();
        assert_eq!(
            (last.id, last.author.as_str(), last.body.as_str()),
            (id, "Ada Admin", "Line one\nLine two")
        );
        assert_eq!(last.created_at, ticket.updated_at);
        assert!(last.created_at > 5);
    }

    #[tokio::test]
    async fn no_ticket_no_comment() {
        let (_dir, pool) = fresh().await;
        assert_eq!(add(&pool, None, 9_999, 1, "Hello?".into()).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_failure_leaves_the_ticket_untouched() {
        let (_dir, pool) = fresh().await;
        let before = tickets::by_id(&pool, 1).await.unwrap();
        assert!(add(&pool, None, 1, 9_999, "By nobody".into()).await.is_err());
        assert_eq!(tickets::by_id(&pool, 1).await.unwrap(), before);
    }

    #[tokio::test]
    async fn an_edited_comment_says_something_else_in_its_place() {
        let (_dir, pool) = fresh().await;
        let id = add(&pool, None, 1, 2, "Befroe".into()).await.unwrap().unwrap();
        let before = of_ticket(&pool, 1).await.unwrap();
        sqlx::query("UPDATE tickets SET updated_at = 5 WHERE id = 1").execute(&pool).await.unwrap();

        assert!(update(&pool, None, 1, id, 2, "Before").await.unwrap());

        let mut expected = before;
        expected.last_mut().unwrap().body = "Before".to_owned();
        assert_eq!(of_ticket(&pool, 1).await.unwrap(), expected);
        assert!(tickets::by_id(&pool, 1).await.unwrap().unwrap().updated_at > 5);
    }

    #[tokio::test]
    async fn o3_an_edit_that_is_sent_again_undoes_nothing() {
        let (_dir, pool) = fresh().await;
        let id = add(&pool, None, 1, 2, "First".into()).await.unwrap().unwrap();
        for (submission, body) in [("one", "Second"), ("other", "Third"), ("one", "Second")] {
            assert!(update(&pool, Some(submission), 1, id, 2, body).await.unwrap());
        }
        assert_eq!(of_ticket(&pool, 1).await.unwrap().pop().unwrap().body, "Third");
    }

    #[tokio::test]
    async fn a_comment_that_closes_its_ticket_does_both_once() {
        let (_dir, pool) = fresh().await;
        let closing =
            || NewCommentRow { status: Some(TicketStatus::Closed), ..NewCommentRow::from("Done") };
        let status = async || tickets::by_id(&pool, 1).await.unwrap().unwrap().status;
        let id = add(&pool, Some("one"), 1, 2, closing()).await.unwrap();
        assert_eq!(status().await, TicketStatus::Closed);
        tickets::set_status(&pool, Some("other"), 1, TicketStatus::Open).await.unwrap();
        assert_eq!(add(&pool, Some("one"), 1, 2, closing()).await.unwrap(), id);
        assert_eq!(status().await, TicketStatus::Open);
    }

    #[tokio::test]
    async fn only_its_author_edits_a_comment_and_only_on_its_ticket() {
        let (_dir, pool) = fresh().await;
        let id = add(&pool, None, 1, 2, "Mine".into()).await.unwrap().unwrap();
        let before = tickets::by_id(&pool, 1).await.unwrap();
        for (ticket, comment, author) in [(1, id, 1), (2, id, 2), (1, 9_999, 2), (9_999, id, 2)] {
            assert!(!update(&pool, None, ticket, comment, author, "Theirs").await.unwrap());
        }
        assert_eq!(tickets::by_id(&pool, 1).await.unwrap(), before);
    }

    #[tokio::test]
    async fn comments_go_with_their_ticket() {
        let (_dir, pool) = fresh().await;
        add(&pool, None, 1, 1, "Soon gone".into()).await.unwrap();
        sqlx::query("DELETE FROM tickets WHERE id = 1").execute(&pool).await.unwrap();
        assert_eq!(of_ticket(&pool, 1).await.unwrap(), []);
    }
}
