//! Accounts: who may sign in, and who somebody is.

use sqlx::{FromRow, Row, SqlitePool, sqlite::SqliteRow};

use super::{Result, named, password};
use crate::model::User;

/// The user with this address and this password, if that is right.
///
/// An unknown address takes as long as a wrong password.
///
/// # Errors
///
/// The database failed.
pub async fn authenticate(pool: &SqlitePool, email: &str, password: &str) -> Result<Option<User>> {
    let row = sqlx::query("SELECT id, name, email, role, password_hash FROM users WHERE email = ?")
        .bind(email)
        .fetch_optional(pool)
        .await?;
    let (user, hash) = match row {
        Some(row) => (Some(User::from_row(&row)?), row.try_get("password_hash")?),
        None => (None, None),
    };
    let matches = password::verify(password, hash).await?;
    Ok(user.filter(|_| matches))
}

/// The user with this id, if there is one.
///
/// # Errors
///
/// The database failed.
pub async fn by_id(pool: &SqlitePool, id: i64) -> Result<Option<User>> {
    let user = sqlx::query_as("SELECT id, name, email, role FROM users WHERE id = ?")
        .bind(id)
        .fetch_optional(pool)
        .await?;
    Ok(user)
}

impl FromRow<'_, SqliteRow> for User {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            email: row.try_get("email")?,
            role: named(row, "role")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::Role, store::tests::fresh};

    #[tokio::test]
    async fn only_the_right_pair_signs_in() {
        let (_dir, pool) = fresh().await;
        for (email, password, name) in [
            ("demo@example.org", "correct horse battery", Some("Dana Demo")),
            ("Demo@Example.ORG", "correct horse battery", Some("Dana Demo")),
            ("admin@example.org", "correct horse battery", Some("Ada Admin")),
            ("demo@example.org", "wrong", None),
            ("demo@example.org", "", None),
            ("nobody@example.org", "correct horse battery", None),
            ("", "", None),
            ("' OR 1=1 --", "correct horse battery", None),
            ("%@example.org", "correct horse battery", None),
            // Known as a requester, but without a password.
            ("mira.okafor@example.org", "", None),
            ("mira.okafor@example.org", "correct horse battery", None),
        ] {
            let user = authenticate(&pool, email, password).await.unwrap();
            assert_eq!(user.map(|user| user.name).as_deref(), name, "{email} {password}");
        }
    }

    #[tokio::test]
    async fn a_user_is_found_by_id() {
        let (_dir, pool) = fresh().await;
        let admin = authenticate(&pool, "admin@example.org", "correct horse battery")
            .await
            .unwrap()
            .unwrap();
        assert_eq!(admin.role, Role::Admin);
        assert_eq!(by_id(&pool, admin.id).await.unwrap(), Some(admin));
        assert_eq!(by_id(&pool, 0).await.unwrap(), None);
    }
}
