//! Password hashes: argon2id, off the async threads.
//!
//! 1. Parameters are argon2's defaults (19 MiB, two passes), OWASP's recommendation; they travel in the hash.
//! 2. An account that doesn't exist costs as much as a wrong password, so that time doesn't tell which it was.
//! 3. At most [`AT_ONCE`] run at a time, so that a burst of sign-ins takes time and not all the memory.

use argon2::{
    Argon2,
    password_hash::{self, PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::{sync::Semaphore, task};

use super::{Result, StoreError};

const AT_ONCE: usize = 4;

static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

/// Hashes with a fresh salt, for storing.
pub(super) async fn hash(password: &str) -> Result<String> {
    let password = password.to_owned();
    in_turn(move || Ok(Argon2::default().hash_password(password.as_bytes())?.to_string())).await
}

/// Whether the password is the one that was hashed; `None` matches nothing, in the same time.
pub(super) async fn verify(password: &str, hash: Option<String>) -> Result<bool> {
    let password = password.to_owned();
    in_turn(move || {
        let Some(hash) = hash else {
            Argon2::default().hash_password(password.as_bytes())?;
            return Ok(false);
        };
        match Argon2::default().verify_password(password.as_bytes(), &PasswordHash::new(&hash)?) {
            Ok(()) => Ok(true),
            Err(password_hash::Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(error),
        }
    })
    .await
}

/// The work holds its turn itself: a visitor who leaves doesn't stop a thread that has begun.
async fn in_turn<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, password_hash::Error> + Send + 'static,
) -> Result<T> {
    let turn = TURNS.acquire().await.expect("the semaphore is never closed");
    task::spawn_blocking(move || {
        let _turn = turn;
        work()
    })
    .await
    .expect("hashing doesn't panic")
    .map_err(StoreError::Password)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn the_right_password_and_no_other() {
        let stored = hash("correct horse battery").await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");

        for (given, matches) in [
            ("correct horse battery", true),
            ("Correct horse battery", false),
            ("correct horse battery ", false),
            ("correct horse battery\0", false),
            ("", false),
            (stored.as_str(), false),
        ] {
            assert_eq!(verify(given, Some(stored.clone())).await.unwrap(), matches, "{given:?}");
        }
        assert!(!verify("correct horse battery", None).await.unwrap());
    }

    #[tokio::test]
    async fn equal_passwords_have_different_hashes() {
        assert_ne!(hash("same").await.unwrap(), hash("same").await.unwrap());
    }

    #[tokio::test]
    async fn a_malformed_hash_is_an_error_not_a_mismatch() {
        for stored in ["", "!", "plain text"] {
            assert!(verify("any", Some(stored.to_owned())).await.is_err(), "{stored:?}");
        }
    }

    #[tokio::test]
    async fn nobody_takes_as_long_as_somebody() {
        let stored = hash("password").await.unwrap();
        let mut somebody = Vec::new();
        let mut nobody = Vec::new();
        for _ in 0..5 {
            let started = Instant::now();
            verify("wrong", Some(stored.clone())).await.unwrap();
            somebody.push(started.elapsed());
            let started = Instant::now();
            verify("wrong", None).await.unwrap();
            nobody.push(started.elapsed());
        }
        // The fastest of each: a busy machine only adds. Without the work the ratio is in the thousands.
        let ratio = somebody.iter().min().unwrap().as_secs_f64()
            / nobody.iter().min().unwrap().as_secs_f64();
        assert!((0.3..3.0).contains(&ratio), "{ratio}");
    }
}
