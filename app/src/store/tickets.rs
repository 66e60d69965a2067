//! Tickets: listed, counted, opened, prioritized, closed and opened again.

use sqlx::{FromRow, QueryBuilder, Row, Sqlite, SqliteExecutor, SqlitePool, sqlite::SqliteRow};

use super::{
    Result,
    attachments::{self, NewFiles},
    comments, named, now,
    submissions::{self, Begun, Write},
};
use crate::model::{
    Comment, Content, Edit, Part, Priority, TicketCounts, TicketDetail, TicketStatus, TicketSummary,
};

/// What is needed to open a ticket.
#[derive(Debug)]
pub struct NewTicketRow {
    /// One line that says what is wrong.
    pub subject: String,
    /// The whole story; plain text with line breaks.
    pub body: String,
    /// How soon it needs work.
    pub priority: Priority,
    /// How many people can't work because of it, if that is known.
    pub affected: Option<u32>,
    /// The name of the submission that asks for it.
    pub submission: Option<String>,
    /// What comes with it.
    pub files: NewFiles,
}

/// Which tickets are looked for; by default all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Each of these words is in the ticket, in a comment on it or in its requester's name; `#7` is the
    /// ticket with this number.
    pub words: Vec<String>,
    /// It has this status.
    pub status: Option<TicketStatus>,
    /// It has this priority.
    pub priority: Option<Priority>,
}

/// The tickets that are looked for, the latest change first.
///
/// # Errors
///
/// The database failed.
pub async fn list(pool: &SqlitePool, filter: &Filter) -> Result<Vec<TicketSummary>> {
    let mut query = QueryBuilder::new(
        "SELECT t.id, t.subject, t.status, t.priority, u.name AS requester, t.updated_at,
                (SELECT count(*) FROM comments c WHERE c.ticket_id = t.id) AS comment_count
         FROM tickets t JOIN users u ON u.id = t.requester_id
         WHERE true",
    );
    if let Some(status) = filter.status {
        query.push(" AND t.status = ").push_bind(status.as_str());
    }
    if let Some(priority) = filter.priority {
        query.push(" AND t.priority = ").push_bind(priority.as_str());
    }
    for word in &filter.words {
        match word.strip_prefix('#').and_then(|number| number.parse::<i64>().ok()) {
            Some(number) => query.push(" AND t.id = ").push_bind(number),
            None => with_word(&mut query, word),
        };
    }
    query.push(" ORDER BY t.updated_at DESC, t.id DESC");
    Ok(query.build_query_as().fetch_all(pool).await?)
}

/// SQLite's `LIKE` makes no difference between upper and lower case of ASCII.
fn with_word<'a, 'b>(
    query: &'a mut QueryBuilder<'b, Sqlite>,
    word: &str,
) -> &'a mut QueryBuilder<'b, Sqlite> {
    let mut pattern = String::from("%");
    for char in word.chars() {
        if matches!(char, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(char);
    }
    pattern.push('%');
    let texts = ["t.subject", "t.body", "u.name", "c.body"];
    for (at, text) in texts.into_iter().enumerate() {
        query.push(match text {
            _ if at == 0 => " AND (",
            "c.body" => " OR EXISTS (SELECT 1 FROM comments c WHERE c.ticket_id = t.id AND ",
            _ => " OR ",
        });
        query.push(text).push(" LIKE ").push_bind(pattern.clone()).push(" ESCAPE '\\'");
    }
    query.push("))")
}

/// How many tickets there are of each status.
///
/// # Errors
///
/// The database failed.
pub async fn counts(pool: &SqlitePool) -> Result<TicketCounts> {
    let row = sqlx::query(
        "SELECT count(*) FILTER (WHERE status = 'open') AS open,
                count(*) FILTER (WHERE status = 'closed') AS closed
         FROM tickets",
    )
    .fetch_one(pool)
    .await?;
    Ok(TicketCounts { open: row.try_get("open")?, closed: row.try_get("closed")? })
}

/// The ticket and its comments, if there is one with this id.
///
/// # Errors
///
/// The database failed.
pub async fn by_id(pool: &SqlitePool, id: i64) -> Result<Option<TicketDetail>> {
    let ticket: Option<TicketDetail> = sqlx::query_as(
        "SELECT t.id, t.subject, t.body, t.status, t.priority, t.affected, u.name AS requester,
                t.created_at, t.updated_at
         FROM tickets t JOIN users u ON u.id = t.requester_id
         WHERE t.id = ?",
    )
    .bind(id)
    .fetch_optional(pool)
    .await?;
    match ticket {
        Some(mut ticket) => {
            ticket.comments = comments::of_ticket(pool, id).await?;
            for file in attachments::of_ticket(pool, id).await? {
                let comment = |comment: &&mut Comment| Some(comment.id) == file.comment;
                match ticket.comments.iter_mut().find(comment) {
                    Some(comment) => comment.attachments.push(file.attachment),
                    None => ticket.attachments.push(file.attachment),
                }
            }
            Ok(Some(ticket))
        }
        None => Ok(None),
    }
}

/// Opens a ticket on behalf of `author`, a user's id, once for each submission, and answers the
/// ticket's id.
///
/// # Errors
///
/// The database failed, or there is no such user.
pub async fn create(pool: &SqlitePool, author: i64, new: NewTicketRow) -> Result<i64> {
    let mut write = match submissions::begin(pool, new.submission.as_deref()).await? {
        Begun::Made(id) => return Ok(id),
        Begun::Write(write) => write,
    };
    let id = insert(&mut write, author, &new).await?;
    new.files.insert(&mut write.transaction, id, None).await?;
    write.commit(id).await?;
    new.files.stay();
    Ok(id)
}

async fn insert(write: &mut Write, author: i64, new: &NewTicketRow) -> Result<i64> {
    let created = sqlx::query(
        "INSERT INTO tickets (requester_id, subject, body, status, priority, affected, created_at,
                              updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
    )
    .bind(author)
    .bind(&new.subject)
    .bind(&new.body)
    .bind(TicketStatus::Open.as_str())
    .bind(new.priority.as_str())
    .bind(new.affected)
    .bind(now())
    .execute(&mut *write.transaction)
    .await?;
    Ok(created.last_insert_rowid())
}

/// Many tickets, opened by one transaction: without [`commit`](Import::commit) none of them stays.
pub struct Import {
    write: Write,
    count: i64,
}

impl Import {
    /// Begins one; `None` if this submission has been imported already.
    ///
    /// # Errors
    ///
    /// The database failed.
    pub async fn begin(pool: &SqlitePool, submission: Option<&str>) -> Result<Option<Self>> {
        match submissions::begin(pool, submission).await? {
            Begun::Made(_) => Ok(None),
            Begun::Write(write) => Ok(Some(Import { write, count: 0 })),
        }
    }

    /// Opens one more on behalf of `author`, a user's id; files do not come with it.
    ///
    /// # Errors
    ///
    /// The database failed, or there is no such user.
    pub async fn add(&mut self, author: i64, new: NewTicketRow) -> Result<()> {
        insert(&mut self.write, author, &new).await?;
        self.count += 1;
        Ok(())
    }

    /// From now on they are there.
    ///
    /// # Errors
    ///
    /// The database failed.
    pub async fn commit(self) -> Result<()> {
        self.write.commit(self.count).await
    }
}

/// Closes a ticket or opens it again, once for each submission; `false`: there is no such ticket. One that is
/// sent again must not undo what somebody has done since.
///
/// A status that it already has is no change and leaves its place in the list.
///
/// # Errors
///
/// The database failed.
pub async fn set_status(
    pool: &SqlitePool,
    submission: Option<&str>,
    id: i64,
    status: TicketStatus,
) -> Result<bool> {
    let change = "UPDATE tickets
         SET status = ?1, updated_at = CASE status WHEN ?1 THEN updated_at ELSE ?2 END
         WHERE id = ?3";
    set(pool, submission, id, change, status.as_str()).await
}

/// Gives a ticket another priority; as [`set_status`].
///
/// # Errors
///
/// The database failed.
pub async fn set_priority(
    pool: &SqlitePool,
    submission: Option<&str>,
    id: i64,
    priority: Priority,
) -> Result<bool> {
    let change = "UPDATE tickets
         SET priority = ?1, updated_at = CASE priority WHEN ?1 THEN updated_at ELSE ?2 END
         WHERE id = ?3";
    set(pool, submission, id, change, priority.as_str()).await
}

async fn set(
    pool: &SqlitePool,
    submission: Option<&str>,
    id: i64,
    change: &'static str,
    value: &'static str,
) -> Result<bool> {
    let mut write = match submissions::begin(pool, submission).await? {
        Begun::Made(_) => return Ok(true),
        Begun::Write(write) => write,
    };
    let updated = sqlx::query(change)
        .bind(value)
        .bind(now())
        .bind(id)
        .execute(&mut *write.transaction)
        .await?;
    if updated.rows_affected() == 0 {
        return Ok(false);
    }
    write.commit(id).await?;
    Ok(true)
}

/// What can be edited of a ticket, if there is one with this id.
async fn content(database: impl SqliteExecutor<'_>, id: i64) -> Result<Option<Content>> {
    let row = sqlx::query("SELECT subject, body, priority, affected FROM tickets WHERE id = ?")
        .bind(id)
        .fetch_optional(database)
        .await?;
    row.map(|row| {
        Ok(Content {
            subject: row.try_get("subject")?,
            body: row.try_get("body")?,
            priority: named(&row, "priority")?,
            affected: row.try_get("affected")?,
        })
    })
    .transpose()
}

/// What became of an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edited {
    /// The ticket is what it was to be.
    Saved,
    /// Others have changed these parts meanwhile.
    Conflict(Vec<Part>),
    /// There is no such ticket.
    Gone,
}

/// Edits a ticket, once for each submission.
///
/// What makes no difference leaves its place in the list.
///
/// # Errors
///
/// The database failed.
pub async fn edit(
    pool: &SqlitePool,
    submission: Option<&str>,
    id: i64,
    edit: Edit<'_>,
) -> Result<Edited> {
    let mut write = match submissions::begin(pool, submission).await? {
        Begun::Made(_) => return Ok(Edited::Saved),
        Begun::Write(write) => write,
    };
    let Some(old) = content(&mut *write.transaction, id).await? else { return Ok(Edited::Gone) };
    let new = match edit.onto(&old) {
        Ok(new) => new,
        Err(parts) => return Ok(Edited::Conflict(parts)),
    };
    sqlx::query(
        "UPDATE tickets
         SET subject = ?, body = ?, priority = ?, affected = ?,
             updated_at = CASE WHEN ? THEN updated_at ELSE ? END
         WHERE id = ?",
    )
    .bind(&new.subject)
    .bind(&new.body)
    .bind(new.priority.as_str())
    .bind(new.affected)
    .bind(old == new)
    .bind(now())
    .bind(id)
    .execute(&mut *write.transaction)
    .await?;
    write.commit(id).await?;
    Ok(Edited::Saved)
}

impl FromRow<'_, SqliteRow> for TicketSummary {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            subject: row.try_get("subject")?,
            status: named(row, "status")?,
            priority: named(row, "priority")?,
            requester: row.try_get("requester")?,
            updated_at: row.try_get("updated_at")?,
            comment_count: row.try_get("comment_count")?,
        })
    }
}

/// Without its comments, which are rows of their own.
impl FromRow<'_, SqliteRow> for TicketDetail {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            subject: row.try_get("subject")?,
            body: row.try_get("body")?,
            status: named(row, "status")?,
            priority: named(row, "priority")?,
            affected: row.try_get("affected")?,
            requester: row.try_get("requester")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
            comments: Vec::new(),
            attachments: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::store::tests::fresh;

    fn printer() -> NewTicketRow {
        NewTicketRow {
            subject: "Printer on fire".to_owned(),
            body: "Line one\r\nLine two — “quoted”, <b>not bold</b>, 🖨\u{fe0f}".to_owned(),
            priority: Priority::Urgent,
            affected: Some(12),
            submission: None,
            files: NewFiles::default(),
        }
    }

    #[tokio::test]
    async fn a_new_ticket_is_open_first_in_the_list_and_kept_to_the_letter() {
        let (_dir, pool) = fresh().await;
        let before = counts(&pool).await.unwrap();
        let id = create(&pool, 1, printer()).await.unwrap();

        let ticket = by_id(&pool, id).await.unwrap().unwrap();
        assert_eq!(ticket.subject, printer().subject);
        assert_eq!(ticket.body, printer().body);
        assert_eq!(ticket.status, TicketStatus::Open);
        assert_eq!(ticket.priority, Priority::Urgent);
        assert_eq!(ticket.affected, Some(12));
        assert_eq!(ticket.requester, "Dana Demo");
        assert_eq!(ticket.created_at, ticket.updated_at);
        assert_eq!(ticket.comments, []);

        let first = list(&pool, &Filter::default()).await.unwrap().swap_remove(0);
        assert_eq!(first.id, id);
        assert_eq!(first.comment_count, 0);
        assert_eq!(counts(&pool).await.unwrap(), TicketCounts { open: before.open + 1, ..before });
    }

    #[tokio::test]
    async fn s1_an_import_is_there_as_a_whole_or_not_at_all_and_once() {
        let (_dir, pool) = fresh().await;
        let count = async || list(&pool, &Filter::default()).await.unwrap().len();
        let before = count().await;
        let mut import = Import::begin(&pool, Some("one")).await.unwrap().unwrap();
        import.add(1, printer()).await.unwrap();
        drop(import);
        assert_eq!(count().await, before, "it was dropped on the way");

        let mut import = Import::begin(&pool, Some("one")).await.unwrap().unwrap();
        import.add(1, printer()).await.unwrap();
        import.add(2, printer()).await.unwrap();
        import.commit().await.unwrap();
        assert_eq!(count().await, before + 2);
        assert!(Import::begin(&pool, Some("one")).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn the_list_is_in_the_order_of_the_latest_change() {
        let (_dir, pool) = fresh().await;
        let tickets = list(&pool, &Filter::default()).await.unwrap();
        assert!(tickets.is_sorted_by_key(|ticket| std::cmp::Reverse(ticket.updated_at)));

        let last = tickets.last().unwrap();
        comments::add(&pool, None, last.id, 1, "Any news?".into()).await.unwrap();
        let first = list(&pool, &Filter::default()).await.unwrap().swap_remove(0);
        assert_eq!((first.id, first.comment_count), (last.id, last.comment_count + 1));
    }

    #[tokio::test]
    async fn tickets_are_looked_for_by_words_and_by_what_they_are() {
        let (_dir, pool) = fresh().await;
        let id = create(&pool, 1, printer()).await.unwrap();
        let other = NewTicketRow { subject: "100% of_it\\".to_owned(), ..printer() };
        let other =
            create(&pool, 1, NewTicketRow { priority: Priority::Low, ..other }).await.unwrap();
        comments::add(&pool, None, id, 1, "Bring an Extinguisher".into()).await.unwrap();
        set_status(&pool, None, other, TicketStatus::Closed).await.unwrap();
        let all = list(&pool, &Filter::default()).await.unwrap().len();

        let found = async |text: &str, status, priority| {
            let words = text.split_whitespace().map(str::to_owned).collect();
            let filter = Filter { words, status, priority };
            let mut ids: Vec<_> =
                list(&pool, &filter).await.unwrap().into_iter().map(|ticket| ticket.id).collect();
            ids.sort_unstable();
            ids
        };
        let nothing: [i64; 0] = [];
        assert_eq!(found("", None, None).await.len(), all);
        assert_eq!(found("PRINTER fire", None, None).await, [id]);
        assert_eq!(found("bold quoted", None, None).await, [id, other], "in the text");
        assert_eq!(found("extinguisher dana", None, None).await, [id], "in a comment, and by whom");
        assert_eq!(found("100%", None, None).await, [other]);
        assert_eq!(found("of_it\\", None, None).await, [other]);
        assert_eq!(found("o__it", None, None).await, nothing, "no wildcard");
        assert_eq!(found(&format!("#{id}"), None, None).await, [id]);
        assert_eq!(found("#", None, None).await, nothing);
        assert_eq!(found("bold", Some(TicketStatus::Open), None).await, [id]);
        assert_eq!(found("bold", None, Some(Priority::Low)).await, [other]);
        assert_eq!(found("bold", Some(TicketStatus::Open), Some(Priority::Low)).await, nothing);
        assert_eq!(found("' OR true --", None, None).await, nothing);
    }

    #[tokio::test]
    async fn closing_and_reopening_change_the_counts() {
        let (_dir, pool) = fresh().await;
        let before = counts(&pool).await.unwrap();
        let id = create(&pool, 1, printer()).await.unwrap();

        assert!(set_status(&pool, None, id, TicketStatus::Closed).await.unwrap());
        assert_eq!(by_id(&pool, id).await.unwrap().unwrap().status, TicketStatus::Closed);
        assert_eq!(
            counts(&pool).await.unwrap(),
            TicketCounts { closed: before.closed + 1, ..before }
        );

        assert!(set_status(&pool, None, id, TicketStatus::Open).await.unwrap());
        assert_eq!(counts(&pool).await.unwrap(), TicketCounts { open: before.open + 1, ..before });
    }

    #[tokio::test]
    async fn only_a_real_change_of_status_counts_as_an_update() {
        let (_dir, pool) = fresh().await;
        let id = create(&pool, 1, printer()).await.unwrap();
        let updated_at = async || by_id(&pool, id).await.unwrap().unwrap().updated_at;
        sqlx::query("UPDATE tickets SET updated_at = 5 WHERE id = ?")
            .bind(id)
            .execute(&pool)
            .await
            .unwrap();

        set_status(&pool, None, id, TicketStatus::Open).await.unwrap();
        assert_eq!(updated_at().await, 5);
        set_status(&pool, None, id, TicketStatus::Closed).await.unwrap();
        assert!(updated_at().await > 5);
    }

    #[tokio::test]
    async fn only_a_real_change_of_priority_counts_as_an_update() {
        let (_dir, pool) = fresh().await;
        let id = create(&pool, 1, printer()).await.unwrap();
        let ticket = async || by_id(&pool, id).await.unwrap().unwrap();
        sqlx::query("UPDATE tickets SET updated_at = 5 WHERE id = ?")
            .bind(id)
            .execute(&pool)
            .await
            .unwrap();

        assert!(set_priority(&pool, None, id, Priority::Urgent).await.unwrap());
        assert_eq!(ticket().await.updated_at, 5);
        assert!(set_priority(&pool, None, id, Priority::Low).await.unwrap());
        assert_eq!(ticket().await.priority, Priority::Low);
        assert!(ticket().await.updated_at > 5);
    }

    #[tokio::test]
    async fn o3_a_priority_that_is_sent_again_undoes_nothing() {
        let (_dir, pool) = fresh().await;
        let set = async |submission, priority| {
            assert!(set_priority(&pool, Some(submission), 1, priority).await.unwrap());
        };
        set("one", Priority::Urgent).await;
        set("other", Priority::Low).await;
        set("one", Priority::Urgent).await;
        assert_eq!(by_id(&pool, 1).await.unwrap().unwrap().priority, Priority::Low);
    }

    #[tokio::test]
    async fn what_somebody_else_has_edited_meanwhile_is_not_edited() {
        let (_dir, pool) = fresh().await;
        let id = create(&pool, 1, printer()).await.unwrap();
        let old = content(&pool, id).await.unwrap().unwrap();
        let mine = Content { subject: "Mine".to_owned(), affected: None, ..old.clone() };
        let theirs = Content { subject: "Theirs".to_owned(), ..old.clone() };
        let take = BTreeSet::new();
        let onto = async |submission, seen: &Content, yours: &Content| {
            let seen = seen.version();
            let new = Edit { yours, began: seen, seen, take: &take };
            edit(&pool, submission, id, new).await.unwrap()
        };

        assert_eq!(onto(Some("one"), &old, &theirs).await, Edited::Saved);
        assert_eq!(onto(None, &old, &mine).await, Edited::Conflict(vec![Part::Subject]));
        assert_eq!(content(&pool, id).await.unwrap().unwrap(), theirs);
        assert_eq!(onto(None, &theirs, &mine).await, Edited::Saved);
        assert_eq!(by_id(&pool, id).await.unwrap().unwrap().content(), mine);
        assert_eq!(onto(Some("one"), &old, &theirs).await, Edited::Saved, "it is sent again (O3)");
        assert_eq!(content(&pool, id).await.unwrap().unwrap(), mine);

        sqlx::query("UPDATE tickets SET updated_at = 5").execute(&pool).await.unwrap();
        assert_eq!(onto(None, &mine, &mine).await, Edited::Saved);
        assert_eq!(by_id(&pool, id).await.unwrap().unwrap().updated_at, 5);
    }

    #[tokio::test]
    async fn what_is_not_there_is_no_error() {
        let (_dir, pool) = fresh().await;
        for id in [0, -1, 9_999, i64::MAX, i64::MIN] {
            assert_eq!(by_id(&pool, id).await.unwrap(), None);
            assert!(!set_status(&pool, None, id, TicketStatus::Closed).await.unwrap());
            assert!(!set_priority(&pool, None, id, Priority::Low).await.unwrap());
            let (yours, take) = (content(&pool, 1).await.unwrap().unwrap(), BTreeSet::new());
            let (began, seen) = (yours.version(), yours.version());
            let nothing = Edit { yours: &yours, began, seen, take: &take };
            assert_eq!(edit(&pool, None, id, nothing).await.unwrap(), Edited::Gone);
        }
    }

    #[tokio::test]
    async fn a_ticket_of_nobody_is_refused() {
        let (_dir, pool) = fresh().await;
        assert!(create(&pool, 9_999, printer()).await.is_err());
    }

    #[tokio::test]
    async fn many_writers_wait_for_each_other() {
        let (_dir, pool) = fresh().await;
        let writers = (0..32).map(|n| {
            let pool = pool.clone();
            tokio::spawn(async move {
                let id = create(&pool, 1, printer()).await.unwrap();
                comments::add(&pool, None, id, 1, n.to_string().as_str().into())
                    .await
                    .unwrap()
                    .unwrap();
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        assert_eq!(list(&pool, &Filter::default()).await.unwrap().len(), 8 + 32);
    }
}
