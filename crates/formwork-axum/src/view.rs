//! The request as an action, a query and a guard see it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{extract::FromRequestParts, response::IntoResponse};
use formwork_core::{ActionError, ActionResult, ErrorKind};
use http::{StatusCode, request::Parts};

/// What actions, queries and guards can ask of the request alike; each context has it:
/// `cx.state::<Pool>()`.
#[derive(Clone)]
pub struct RequestView {
    parts: Arc<Parts>,
    /// Set when something is read that is of this visitor alone.
    watch: Option<Arc<AtomicBool>>,
}

impl RequestView {
    pub(crate) fn new(parts: Parts) -> Self {
        RequestView { parts: Arc::new(parts), watch: None }
    }

    /// As this; it notes when something is read that is of this visitor alone.
    pub(crate) fn watched(&self, watch: Arc<AtomicBool>) -> Self {
        RequestView { parts: Arc::clone(&self.parts), watch: Some(watch) }
    }

    /// The request without its body: method, address, headers and extensions.
    pub fn parts(&self) -> &Parts {
        if let Some(watch) = &self.watch {
            watch.store(true, Ordering::Relaxed);
        }
        &self.parts
    }

    /// A value that a layer put into the request, such as a connection pool:
    /// `router.layer(Extension(pool))`.
    ///
    /// # Panics
    /// If no layer put one there. The visitor sees a 500 with a digest; the log says which type.
    pub fn state<T: Clone + Send + Sync + 'static>(&self) -> T {
        let name = std::any::type_name::<T>();
        self.parts.extensions.get().cloned().unwrap_or_else(|| {
            panic!("no `{name}` in the request: add `.layer(axum::Extension(value))` to the router")
        })
    }

    /// The value of a request cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        crate::cookies::value(&self.parts().headers, name)
    }

    /// What one of axum's extractors makes of the request, or one of another crate's: `Query<Filter>`,
    /// `Extension<Pool>`, a session.
    ///
    /// # Errors
    /// If the extractor refuses: with the kind that its status has (401, 403, 404), else as a bad
    /// request; what it would have answered is not shown.
    pub async fn extract<T: FromRequestParts<()>>(&self) -> ActionResult<T> {
        let mut parts = self.parts().clone();
        T::from_request_parts(&mut parts, &()).await.map_err(|refused| {
            match refused.into_response().status() {
                StatusCode::UNAUTHORIZED => ActionError::unauthorized("Please sign in first."),
                StatusCode::FORBIDDEN => ActionError::forbidden("You may not do that."),
                StatusCode::NOT_FOUND => {
                    ActionError::not_found("There is nothing at this address.")
                }
                status if status.is_server_error() => ActionError::internal(format!(
                    "the extractor `{}` failed with {status}",
                    std::any::type_name::<T>()
                )),
                _ => {
                    ActionError::refused(ErrorKind::BadRequest, "This request can't be understood.")
                }
            }
        })
    }

    /// As [`state`](RequestView::state) has it, in this view alone.
    pub(crate) fn put<T: Clone + Send + Sync + 'static>(&mut self, value: T) {
        Arc::make_mut(&mut self.parts).extensions.insert(value);
    }
}
