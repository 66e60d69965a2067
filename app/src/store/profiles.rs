//! Profiles: what members say of themselves.

use sqlx::{Row, SqlitePool};

use super::Result;
use crate::profile::Profile;

/// What a user has said; `None`: nothing yet, or nothing that this build can read.
///
/// # Errors
///
/// The database failed.
pub async fn of(pool: &SqlitePool, user: i64) -> Result<Option<Profile>> {
    let row = sqlx::query("SELECT profile FROM profiles WHERE user_id = ?")
        .bind(user)
        .fetch_optional(pool)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let text: String = row.try_get("profile")?;
    Ok(serde_json::from_str(&text).ok())
}

/// Keeps what a user says.
///
/// # Errors
///
/// The database failed, or there is no such user.
pub async fn save(pool: &SqlitePool, user: i64, profile: &Profile) -> Result<()> {
    let text = serde_json::to_string(profile).expect("a profile is plain data");
    sqlx::query(
        "INSERT INTO profiles (user_id, profile) VALUES (?, ?)
         ON CONFLICT (user_id) DO UPDATE SET profile = excluded.profile",
    )
    .bind(user)
    .bind(text)
    .execute(pool)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::fresh;

    #[tokio::test]
    async fn what_was_saved_last_is_read() {
        let (_dir, pool) = fresh().await;
        assert!(of(&pool, 1).await.unwrap().is_none());
        let mut profile = Profile::default();
        for about in ["First", "Second"] {
            profile.about = about.to_owned();
            save(&pool, 1, &profile).await.unwrap();
        }
        assert_eq!(
            of(&pool, 1).await.unwrap().map(|profile| profile.about).as_deref(),
            Some("Second")
        );
        assert!(save(&pool, 999_999, &profile).await.is_err());
    }
}
