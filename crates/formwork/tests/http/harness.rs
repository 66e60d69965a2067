//! Starts servers and visits them: as a browser without JavaScript, as the enhanced gear, as bytes.
//!
//! Nothing here waits for ever: what takes longer than [`PATIENCE`] fails the test.

mod browser;
mod counted;
mod form;
mod log;
mod page;
mod raw;
mod redis;
mod server;
mod stream;

use std::time::Duration;

pub use browser::{Browser, key};
pub use counted::Counted;
pub use form::{Entries, FormOnPage, hidden, hidden_with, multipart, urlencoded};
pub use log::logged;
pub use page::Page;
pub use raw::{Raw, Request};
pub use redis::Redis;
pub use server::Server;
pub use stream::{Events, Stream};

/// A hang is a failure; so is what looks like one.
const PATIENCE: Duration = Duration::from_secs(20);

/// The result, in good time.
pub async fn soon<T>(future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(result) => result,
        Err(_) => panic!("it hangs: nothing came within {PATIENCE:?}"),
    }
}
