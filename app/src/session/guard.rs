//! Who a visitor is, from the session in the request; on the server only.

use formwork::{http::request::Parts, prelude::*};
use sqlx::SqlitePool;
use tower_sessions::Session;

use crate::{model::User, store::users};

/// What a session says: the id of the user who signed in.
const USER: &str = "user";

// guide: guard
/// Someone who has signed in.
pub(crate) struct Member(User);

impl Member {
    pub(crate) fn user(&self) -> &User {
        &self.0
    }
}
// guide: end

// guide: guard
impl Guard for Member {
    async fn check(cx: &GuardCx) -> ActionResult<Self> {
        let user = current_user(cx.parts()).await?;
        user.map(Member).ok_or_else(|| ActionError::unauthorized("Please sign in first."))
    }

    fn subject(&self) -> Option<String> {
        Some(self.0.id.to_string())
    }
}
// guide: end

// guide: of
#[cfg(test)]
impl Member {
    /// As if this user had signed in.
    pub(crate) fn of(user: User) -> Self {
        Member(user)
    }
}
// guide: end

/// The user who signed in, if somebody did and still has an account.
///
/// # Errors
///
/// The session's layer is missing, or the database failed.
pub async fn current_user(parts: &Parts) -> ActionResult<Option<User>> {
    let Some(id) = session(parts)?.get(USER).await? else { return Ok(None) };
    let pool: &SqlitePool = extension(parts)?;
    Ok(users::by_id(pool, id).await?)
}

// guide: session
/// From now on the visitor is this user.
pub(super) async fn begin(parts: &Parts, user: &User) -> ActionResult<()> {
    let session = session(parts)?;
    // A session id that was known before the visitor signed in is worth nothing afterwards.
    session.cycle_id().await?;
    session.insert(USER, user.id).await?;
    Ok(())
}
// guide: end

/// From now on the visitor is nobody.
pub(super) async fn end(parts: &Parts) -> ActionResult<()> {
    Ok(session(parts)?.flush().await?)
}

fn session(parts: &Parts) -> ActionResult<&Session> {
    extension(parts)
}

fn extension<T: Send + Sync + 'static>(parts: &Parts) -> ActionResult<&T> {
    let name = std::any::type_name::<T>();
    parts.extensions.get().ok_or_else(|| {
        ActionError::internal(format!("no `{name}` in the request: a layer of `server` is missing"))
    })
}
