//! A query's value as a Leptos resource.

use std::{
    future::IntoFuture,
    pin::Pin,
    sync::{Arc, OnceLock},
};

use formwork_core::{PublicError, Query};
use leptos::prelude::*;
use send_wrapper::SendWrapper;

use crate::{
    half::{self, Readable},
    root,
};

/// Reads a query: on the server once per request, in the browser from one entry that all components
/// share. Its value is replaced in place when a submission changed it.
///
/// ```ignore
/// let ticket = use_query(move || ticket(id.get()));
/// view! {
///     <Suspense>{move || ticket.get().map(|ticket| …)}</Suspense>
/// }
/// ```
pub fn use_query<Q: Readable>(
    query: impl Fn() -> Q + Send + Sync + 'static,
) -> UseQuery<<Q as Query>::Output> {
    let handle: Arc<OnceLock<Derived<Q>>> = Arc::default();
    let derived = AsyncDerived::new({
        let handle = Arc::clone(&handle);
        move || {
            let query = query();
            keep_on_screen::<Q>(&query, &handle);
            let reading = half::read(query);
            async move {
                let result = reading.await;
                if let (true, Err(error)) = (half::IN_BROWSER, &result)
                    && error.kind.replaces_page()
                {
                    root::show_page_error(Some(error.clone()));
                }
                result
            }
        }
    });
    let _ = handle.set(derived);
    UseQuery(derived)
}

type Derived<Q> = AsyncDerived<Result<<Q as Query>::Output, PublicError>>;

/// Takes over new values of the entry for as long as this query is asked for.
fn keep_on_screen<Q: Readable>(query: &Q, handle: &Arc<OnceLock<Derived<Q>>>) {
    if !half::IN_BROWSER {
        return;
    }
    let key = query.key();
    let handle = Arc::clone(handle);
    let watch = half::watch(key.clone(), move || {
        if let (Some(derived), Some(value)) = (handle.get(), half::peek::<Q>(&key)) {
            derived.try_set(Some(value));
        }
    });
    let watch = SendWrapper::new(watch);
    on_cleanup(move || drop(watch));
}

/// A query's value; see [`use_query`].
pub struct UseQuery<T>(AsyncDerived<Result<T, PublicError>>);

impl<T> Clone for UseQuery<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for UseQuery<T> {}

impl<T: Clone + Send + Sync + 'static> UseQuery<T> {
    /// The value, once it is there; reactive, and awaited by `<Suspense>` and `<Transition>`.
    pub fn get(self) -> Option<Result<T, PublicError>> {
        self.0.get()
    }
}

impl<T: Clone + Send + Sync + 'static> IntoFuture for UseQuery<T> {
    type Output = Result<T, PublicError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        // A `Suspend` whose component is gone by its first poll has nobody to show the value to.
        if self.0.is_disposed() {
            return Box::pin(std::future::pending());
        }
        Box::pin(self.0.into_future())
    }
}
