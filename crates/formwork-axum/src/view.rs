//! The request as an action, a query and a guard see it.

use std::sync::{
    Arc, PoisonError, RwLock,
    atomic::{AtomicBool, Ordering},
};

use axum::{extract::FromRequestParts, response::IntoResponse};
use formwork_core::{ActionError, ActionResult, ErrorKind};
use http::{Extensions, HeaderMap, StatusCode, header, request::Parts};

/// What the visitor reads, the best first.
pub(crate) fn languages(headers: &HeaderMap) -> Vec<String> {
    let header = headers.get(header::ACCEPT_LANGUAGE);
    let header = header.and_then(|header| header.to_str().ok()).unwrap_or_default();
    formwork_core::languages(header)
}

/// What the application has given to [`Site::state`](crate::Site::state), by its type.
#[derive(Default)]
pub(crate) struct State(RwLock<Extensions>);

impl State {
    pub(crate) fn put<T: Clone + Send + Sync + 'static>(&self, value: T) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(value);
    }

    fn get<T: Clone + Send + Sync + 'static>(&self) -> Option<T> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get().cloned()
    }
}

/// What actions, queries and guards can ask of the request alike; each context has it:
/// `cx.state::<Pool>()`.
#[derive(Clone)]
pub struct RequestView {
    parts: Arc<Parts>,
    state: Arc<State>,
    /// Set when something is read that is of this visitor alone.
    watch: Option<Arc<AtomicBool>>,
}

impl RequestView {
    pub(crate) fn new(parts: Parts, state: Arc<State>) -> Self {
        RequestView { parts: Arc::new(parts), state, watch: None }
    }

    /// As this; it notes when something is read that is of this visitor alone.
    pub(crate) fn watched(&self, watch: Arc<AtomicBool>) -> Self {
        RequestView { watch: Some(watch), ..self.clone() }
    }

    /// The request without its body: method, address, headers and extensions.
    pub fn parts(&self) -> &Parts {
        if let Some(watch) = &self.watch {
            watch.store(true, Ordering::Relaxed);
        }
        &self.parts
    }

    /// A value of the application, such as a connection pool: what [`Site::state`](crate::Site::state) was
    /// given, else what a layer put into the request (`axum::Extension`), which may be its visitor's alone:
    /// whatever is made of that is kept for nobody else.
    ///
    /// # Panics
    /// If there is none of this type. The visitor sees a 500 with a digest; the log says which type.
    pub fn state<T: Clone + Send + Sync + 'static>(&self) -> T {
        self.state.get().or_else(|| self.parts().extensions.get().cloned()).unwrap_or_else(|| {
            panic!(
                "there is no `{}`: give it to `Site::state`, or, if each request has its own, put it \
                 into the request by a layer (`axum::Extension`)",
                std::any::type_name::<T>()
            )
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
