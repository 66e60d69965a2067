//! Queries in the browser: one shared entry a key, filled from the document, from a submission's
//! stream, or by one request for all that a tick asks for.

mod fetch;
mod store;

use formwork_core::{ActionError, ErrorKind, PublicError, Query, QueryKey, wire::QueryLine};
use send_wrapper::SendWrapper;

pub(crate) use fetch::{refetch, refetch_older_than};
pub use store::{Watch, watch};
pub(crate) use store::{apply, keys_on_screen, now, seed, sweep};

/// A query that a component can read; in the browser that is every query.
pub trait Readable: Query {}

impl<Q: Query> Readable for Q {}

/// The query's value: at once if it is here, otherwise from the server with the next request.
pub fn read<Q: Readable>(
    query: Q,
) -> impl Future<Output = Result<Q::Output, PublicError>> + Send + 'static {
    let key = query.key();
    // The browser has one thread: a future that never leaves it may say that it could.
    SendWrapper::new(async move {
        match store::line(&key) {
            Some(line) => decode::<Q>(&line),
            None => decode::<Q>(&fetch::fetch(key).await),
        }
    })
}

/// The query's value if it is here.
pub fn peek<Q: Readable>(key: &QueryKey) -> Option<Result<Q::Output, PublicError>> {
    store::line(key).map(|line| decode::<Q>(&line))
}

fn decode<Q: Query>(line: &QueryLine) -> Result<Q::Output, PublicError> {
    if let Some(error) = &line.error {
        return Err(error.clone());
    }
    let value = line.value.as_ref().map_or("null", |value| value.get());
    serde_json::from_str(value).map_err(|_| unreadable())
}

/// A value of another build's type: the next document is of the new build.
fn unreadable() -> PublicError {
    let text = "This page is older than the data it asked for. Reload it.";
    ActionError::refused(ErrorKind::Stale, text).public(None)
}

/// No connection, or it broke.
fn unreachable_server() -> PublicError {
    let text = "The server could not be reached. Check your connection and try again.";
    ActionError::refused(ErrorKind::Unavailable, text).public(None)
}
