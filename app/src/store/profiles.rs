//! Profiles: what members say of themselves.

use sqlx::{Row, SqlitePool};

use super::{
    Result,
    submissions::{self, Begun},
};
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

/// Keeps what a user says, once for each submission.
///
/// # Errors
///
/// The database failed, or there is no such user.
pub async fn save(
    pool: &SqlitePool,
    submission: Option<&str>,
    user: i64,
    profile: &Profile,
) -> Result<()> {
    let mut write = match submissions::begin(pool, submission).await? {
        Begun::Made(_) => return Ok(()),
        Begun::Write(write) => write,
    };
    let text = serde_json::to_string(profile).expect("a profile is plain data");
    sqlx::query(
        "INSERT INTO profiles (user_id, profile) VALUES (?, ?)
         ON CONFLICT (user_id) DO UPDATE SET profile = excluded.profile",
    )
    .bind(user)
    .bind(text)
    .execute(&mut *write.transaction)
    .await?;
    write.commit(user).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::fresh;

    #[tokio::test]
    async fn o3_what_was_saved_last_is_read() {
        let (_dir, pool) = fresh().await;
        assert!(of(&pool, 1).await.unwrap().is_none());
        let mut profile = Profile::default();
        for about in ["First", "Second"] {
            profile.about = about.to_owned();
            save(&pool, Some(about), 1, &profile).await.unwrap();
        }
        profile.about = "First".to_owned();
        save(&pool, Some("First"), 1, &profile).await.expect("it is sent again");
        assert_eq!(
            of(&pool, 1).await.unwrap().map(|profile| profile.about).as_deref(),
            Some("Second")
        );
        assert!(save(&pool, None, 999_999, &profile).await.is_err());
    }
}
