//! The data layer, on the server only: one SQLite file, a file of functions a noun.

pub mod attachments;
pub mod comments;
mod password;
pub mod profiles;
mod seed;
mod submissions;
mod thumbnail;
pub mod tickets;
pub mod users;

use std::{
    error::Error,
    fs, io,
    path::{Path, PathBuf},
    str::FromStr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use sqlx::{
    Row, SqlitePool,
    migrate::MigrateError,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow},
};

/// What went wrong below the application; nothing a visitor could mend.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data folder can't be created or written to.
    #[error("the data folder {folder:?} is not usable")]
    Folder {
        /// The folder asked for.
        folder: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The schema in the file isn't one this build can bring up to date.
    #[error("the database can't be migrated")]
    Migrate(#[from] MigrateError),
    /// SQLite refused, or a row isn't what its column promises.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// A password could not be hashed, or a stored hash is malformed.
    #[error("password hashing failed: {0}")]
    Password(argon2::password_hash::Error),
}

/// Short for what every function here returns.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Opens `helpdesk.sqlite` in `dir`: creates both when missing, migrates, and seeds it when empty.
///
/// Several instances may open the same folder at the same time.
///
/// # Errors
///
/// The folder can't be written to, or the file isn't a help desk this build understands.
pub async fn open(dir: &Path) -> Result<SqlitePool> {
    // `cargo xtask test --only absence` looks for it in what the browser gets.
    std::hint::black_box("t10-planted-in-a-server-only-module");
    // Neither the switch to WAL nor sqlx's migrations wait for another process that is at the same
    // step: the second would fail with "database is locked" or "table users already exists".
    let _alone = lock(dir.to_owned()).await?;

    let options = SqliteConnectOptions::new()
        .filename(dir.join("helpdesk.sqlite"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5));
    let pool = SqlitePoolOptions::new().max_connections(8).connect_with(options).await?;
    // After a rollback the file has migrations that this build does not know; what they add, it does
    // not ask for.
    let mut migrations = sqlx::migrate!("./migrations");
    migrations.set_ignore_missing(true).run(&pool).await?;
    seed::when_empty(&pool).await?;
    submissions::forget_old(&pool).await?;
    Ok(pool)
}

/// Creates the folder and waits until nobody else is opening it; the file unlocks when it is dropped.
async fn lock(folder: PathBuf) -> Result<fs::File> {
    tokio::task::spawn_blocking(move || {
        let lock = || {
            fs::create_dir_all(&folder)?;
            let file = fs::File::create(folder.join("helpdesk.lock"))?;
            file.lock()?;
            Ok(file)
        };
        lock().map_err(|source| StoreError::Folder { folder: folder.clone(), source })
    })
    .await
    .expect("opening a file doesn't panic")
}

/// Now, in unix seconds.
fn now() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX)
}

/// Reads a column whose text is the name of a status, priority or role.
fn named<T>(row: &SqliteRow, column: &str) -> sqlx::Result<T>
where
    T: FromStr<Err: Error + Send + Sync + 'static>,
{
    let name: &str = row.try_get(column)?;
    name.parse().map_err(|error: T::Err| sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: Box::new(error),
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    #[tokio::test]
    async fn a_missing_folder_is_created_and_what_is_written_stays() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("not/there/yet");

        let pool = open(&data).await.unwrap();
        let new = tickets::NewTicketRow {
            subject: "A".to_owned(),
            body: "B".to_owned(),
            priority: Default::default(),
            affected: None,
            submission: None,
            files: attachments::NewFiles::default(),
        };
        let id = tickets::create(&pool, 1, new).await.unwrap();
        pool.close().await;

        let pool = open(&data).await.unwrap();
        assert!(tickets::by_id(&pool, id).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn d5_an_older_build_opens_what_a_newer_one_has_migrated() {
        let (dir, pool) = fresh().await;
        sqlx::query(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'of a newer build', TRUE, x'00', 0)",
        )
        .execute(&pool)
        .await
        .unwrap();
        assert!(open(dir.path()).await.is_ok());
    }

    #[tokio::test]
    async fn instances_may_start_at_the_same_time() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b, c) = tokio::join!(open(dir.path()), open(dir.path()), open(dir.path()));
        for pool in [a.unwrap(), b.unwrap(), c.unwrap()] {
            assert_eq!(tickets::list(&pool, &tickets::Filter::default()).await.unwrap().len(), 8);
        }
    }

    #[tokio::test]
    async fn a_folder_that_is_a_file_is_an_error_that_names_it() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = open(file.path()).await.unwrap_err();
        assert!(error.to_string().contains(file.path().to_str().unwrap()), "{error}");
    }

    #[tokio::test]
    async fn connections_are_set_up_for_several_writers() {
        let (_dir, pool) = fresh().await;
        let pragma = async |name: &str| -> String {
            let sql = match name {
                "journal_mode" => "SELECT journal_mode FROM pragma_journal_mode",
                _ => "SELECT CAST(foreign_keys AS TEXT) FROM pragma_foreign_keys",
            };
            sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap()
        };
        assert_eq!(pragma("journal_mode").await, "wal");
        assert_eq!(pragma("foreign_keys").await, "1");
    }

    /// A seeded store in a folder that goes when the first value is dropped.
    pub(crate) async fn fresh() -> (tempfile::TempDir, SqlitePool) {
        let dir = tempfile::tempdir().unwrap();
        let pool = open(dir.path()).await.unwrap();
        (dir, pool)
    }
}
