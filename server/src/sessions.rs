//! Sessions: a cookie with a random id, and what it stands for in the database.

use std::time::Duration;

use sqlx::SqlitePool;
use tower_sessions::{
    ExpiredDeletion, Expiry, SessionManagerLayer,
    cookie::{SameSite, time},
};
use tower_sessions_sqlx_store::SqliteStore;

/// How long a sign-in lasts.
const LIFE: time::Duration = time::Duration::days(14);
/// How often expired sessions are removed from the database.
const SWEEP: Duration = Duration::from_secs(60 * 60);

/// The layer that gives each request its session.
///
/// # Errors
/// If the database can't be prepared for sessions.
pub(crate) async fn layer(
    pool: &SqlitePool,
    is_https: bool,
) -> Result<SessionManagerLayer<SqliteStore>, sqlx::Error> {
    let store = SqliteStore::new(pool.clone());
    store.migrate().await?;
    let sweeper = store.clone();
    tokio::spawn(async move {
        if let Err(error) = sweeper.continuously_delete_expired(SWEEP).await {
            tracing::error!(%error, "expired sessions are no longer removed");
        }
    });
    // guide: cookie
    Ok(SessionManagerLayer::new(store)
        .with_name("helpdesk-session")
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        // A browser would not send a secure cookie back over plain HTTP, and nobody could sign in.
        .with_secure(is_https)
        .with_expiry(Expiry::OnInactivity(LIFE)))
    // guide: end
}
