//! Files of tickets and comments: a row in the database, the content in a folder beside it.

use std::{
    fs,
    hash::{BuildHasher, RandomState},
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use formwork::{Upload, UploadFile};
use sqlx::{FromRow, Row, Sqlite, SqlitePool, Transaction, sqlite::SqliteRow};

use super::{Result, thumbnail};
use crate::model::Attachment;

/// Where the contents lie.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The one beside the database in `data`; it is made when it is missing.
    ///
    /// # Errors
    ///
    /// It can't be made.
    pub fn in_data(data: &Path) -> io::Result<Self> {
        let folder = data.join("attachments");
        fs::create_dir_all(&folder)?;
        Ok(Folder(folder))
    }

    // guide: keep
    /// Copies the files into the folder, for a row each to come.
    ///
    /// # Errors
    ///
    /// The disk is full, say. Nothing stays behind.
    pub async fn keep(&self, uploads: &[Upload]) -> io::Result<NewFiles> {
        let mut new = NewFiles { files: Vec::new(), folder: self.0.clone() };
        for upload in uploads {
            let stored = new_name();
            upload.save_to(self.0.join(&stored)).await?;
            if upload.content_type().starts_with("image/") {
                let (from, to) = (self.path(&stored), small(&self.path(&stored)));
                // Of an image that can't be read there is none.
                let _ = tokio::task::spawn_blocking(move || thumbnail::make(&from, &to)).await;
            }
            let size = i64::try_from(upload.size()).unwrap_or(i64::MAX);
            let (file_name, content_type) =
                (upload.file_name().to_owned(), upload.content_type().to_owned());
            new.files.push(NewFile { file_name, content_type, size, stored });
        }
        Ok(new)
    }
    // guide: end

    /// Where the content of an attachment is.
    #[must_use]
    pub fn path(&self, stored: &str) -> PathBuf {
        self.0.join(stored)
    }

    /// Where the small copy of an image is, if it has one: a PNG.
    #[must_use]
    pub fn thumbnail(&self, stored: &str) -> Option<PathBuf> {
        Some(small(&self.path(stored))).filter(|path| path.exists())
    }
}

fn small(path: &Path) -> PathBuf {
    path.with_extension("small.png")
}

/// Hard to guess, and no other file's: one that is there is never written over.
fn new_name() -> String {
    let random = || RandomState::new().hash_one(SystemTime::now());
    format!("{:016x}{:016x}", random(), random())
}

/// Contents without rows; they go again unless they get them.
#[derive(Debug, Default)]
pub struct NewFiles {
    files: Vec<NewFile>,
    folder: PathBuf,
}

#[derive(Debug)]
struct NewFile {
    file_name: String,
    content_type: String,
    size: i64,
    stored: String,
}

impl NewFiles {
    /// Gives each its row; they stay when the transaction is committed and [`stay`](Self::stay) is said.
    pub(super) async fn insert(
        &self,
        transaction: &mut Transaction<'_, Sqlite>,
        ticket: i64,
        comment: Option<i64>,
    ) -> Result<()> {
        for file in &self.files {
            sqlx::query(
                "INSERT INTO attachments (ticket_id, comment_id, file_name, content_type, size, stored)
                 VALUES (?, ?, ?, ?, ?, ?)",
            )
            .bind(ticket)
            .bind(comment)
            .bind(&file.file_name)
            .bind(&file.content_type)
            .bind(file.size)
            .bind(&file.stored)
            .execute(&mut **transaction)
            .await?;
        }
        Ok(())
    }

    /// They have their rows.
    pub(super) fn stay(mut self) {
        self.files.clear();
    }
}

impl Drop for NewFiles {
    fn drop(&mut self) {
        for file in &self.files {
            let path = self.folder.join(&file.stored);
            let _ = fs::remove_file(small(&path));
            let _ = fs::remove_file(path);
        }
    }
}

/// An attachment with the comment that it came with, if it did, and where its content is.
#[derive(Clone, Debug)]
pub struct Stored {
    /// What visitors know of it.
    pub attachment: Attachment,
    /// Its comment.
    pub comment: Option<i64>,
    /// The name of its content in the folder.
    pub stored: String,
}

/// One of them.
///
/// # Errors
///
/// The database failed.
pub async fn by_id(pool: &SqlitePool, id: i64) -> Result<Option<Stored>> {
    let found = sqlx::query_as("SELECT * FROM attachments WHERE id = ?").bind(id);
    Ok(found.fetch_optional(pool).await?)
}

/// Those of a ticket and its comments, in the order in which they came.
pub(super) async fn of_ticket(pool: &SqlitePool, ticket: i64) -> Result<Vec<Stored>> {
    let all = sqlx::query_as("SELECT * FROM attachments WHERE ticket_id = ? ORDER BY id");
    Ok(all.bind(ticket).fetch_all(pool).await?)
}

impl FromRow<'_, SqliteRow> for Stored {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let attachment = Attachment {
            id: row.try_get("id")?,
            file_name: row.try_get("file_name")?,
            content_type: row.try_get("content_type")?,
            size: row.try_get("size")?,
        };
        Ok(Stored {
            attachment,
            comment: row.try_get("comment_id")?,
            stored: row.try_get("stored")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        comments::{self, NewCommentRow},
        tests::fresh,
        tickets,
    };

    fn new(folder: &Folder, name: &str) -> NewFiles {
        fs::write(folder.path(name), "content").unwrap();
        fs::write(small(&folder.path(name)), "small").unwrap();
        let file = NewFile {
            file_name: "a.txt".to_owned(),
            content_type: "text/plain".to_owned(),
            size: 7,
            stored: name.to_owned(),
        };
        NewFiles { files: vec![file], folder: folder.0.clone() }
    }

    fn with(body: &str, files: NewFiles) -> NewCommentRow {
        NewCommentRow { files, ..NewCommentRow::from(body) }
    }

    #[tokio::test]
    async fn what_came_with_a_comment_is_shown_with_it_and_nothing_without_a_row_stays() {
        let (dir, pool) = fresh().await;
        let folder = Folder::in_data(dir.path()).unwrap();
        let id = comments::add(&pool, None, 1, 2, with("See there", new(&folder, "kept")));
        let id = id.await.unwrap().unwrap();
        assert!(folder.path("kept").exists() && folder.thumbnail("kept").is_some());
        let lost = comments::add(&pool, None, 9_999, 2, with("Lost", new(&folder, "lost"))).await;
        assert_eq!(lost.unwrap(), None);
        assert!(!folder.path("lost").exists() && folder.thumbnail("lost").is_none());

        let ticket = tickets::by_id(&pool, 1).await.unwrap().unwrap();
        let comment = ticket.comments.iter().find(|comment| comment.id == id).unwrap();
        assert_eq!(comment.attachments[0].file_name, "a.txt");
        assert!(ticket.attachments.is_empty());
        let stored = by_id(&pool, comment.attachments[0].id).await.unwrap().unwrap();
        assert_eq!((stored.stored.as_str(), stored.comment), ("kept", Some(id)));
    }
}
