//! What an action or query is given besides its arguments: the request, its proof, its effects.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cookie::Cookie;
use formwork_core::{ActionError, ActionResult, BoundAction, PublicError, Query};
use http::request::Parts;

use crate::{
    action::ServerAction,
    bound::Binding,
    effects::Effects,
    guard::{Guard, Public},
    query::RequestQueries,
    query::ServerQuery,
};

/// What an action is given: who runs it, the request, and a place to record effects.
///
/// `G` is the guard that the action declares; `ActionCx` alone is for a `public` one.
pub struct ActionCx<G = Public> {
    guard: G,
    request: RequestQueries,
    params: Arc<[(String, String)]>,
    submission: Option<String>,
    effects: Arc<Mutex<Effects>>,
}

impl<G> ActionCx<G> {
    pub(crate) fn new(
        guard: G,
        request: RequestQueries,
        params: Arc<[(String, String)]>,
        submission: Option<String>,
        effects: Arc<Mutex<Effects>>,
    ) -> Self {
        ActionCx { guard, request, params, submission, effects }
    }

    /// What the guard proved.
    pub fn guard(&self) -> &G {
        &self.guard
    }

    /// The request that carried the submission; its body has been read.
    pub fn parts(&self) -> &Parts {
        self.request.parts()
    }

    /// A value that a layer put into the request, such as a connection pool:
    /// `router.layer(Extension(pool))`.
    ///
    /// # Panics
    /// If no layer put one there. The visitor sees a 500 with a digest; the log says which type.
    pub fn state<T: Clone + Send + Sync + 'static>(&self) -> T {
        state(self.parts())
    }

    /// A parameter of the page's path: `id` of `/tickets/{id}`.
    ///
    /// # Errors
    /// Not found, if the path has no such parameter or it can't be read as a `T`.
    pub fn param<T: std::str::FromStr>(&self, name: &str) -> ActionResult<T> {
        let value = self.params.iter().find(|(n, _)| n == name).and_then(|(_, v)| v.parse().ok());
        value.ok_or_else(|| ActionError::not_found("There is nothing at this address."))
    }

    /// The first value of this name in the page's query string: `next` of `/sign-in?next=/tickets`.
    pub fn query_param(&self, name: &str) -> Option<String> {
        let query = self.parts().uri.query().unwrap_or_default();
        let entries = crate::urlencoded::parse(query.as_bytes(), usize::MAX).ok()?;
        entries.iter().find(|(n, _)| *n == name).map(|(_, value)| value.to_owned())
    }

    /// The submission's random id, to be recorded with what it writes.
    pub fn submission_id(&self) -> Option<&str> {
        self.submission.as_deref()
    }

    /// The value of a request cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        crate::cookies::value(&self.parts().headers, name)
    }

    /// Reads a query under its own guard, as any reader would.
    ///
    /// # Errors
    /// What the query refuses with.
    pub async fn query<Q: ServerQuery>(
        &self,
        query: Q,
    ) -> Result<<Q as Query>::Output, PublicError> {
        self.request.read(query).await
    }

    /// Binds values to an action, for a form that is to act on just these; see
    /// [`QueryCx::bind`].
    pub fn bind<A: ServerAction>(&self, binding: Binding<A>) -> BoundAction<A>
    where
        G: Guard,
    {
        binding.seal(self.request.keys(), self.guard.subject())
    }

    /// Everything that was read with this tag must be read again; the visitor who caused it sees
    /// the new state in this response.
    pub fn update_tag(&self, tag: impl Into<String>) {
        self.effects().tags.insert(tag.into());
        self.request.forget();
    }

    /// Reads every query on the visitor's page again, whatever its tags.
    pub fn refresh(&self) {
        self.effects().refresh = true;
        self.request.forget();
    }

    /// Sends the visitor to another page of this application once the action has returned.
    pub fn redirect(&self, path: impl Into<String>) {
        self.effects().redirect = Some(path.into());
    }

    /// Sets a cookie; every query on the page is read again with it.
    pub fn set_cookie(&self, cookie: Cookie<'static>) {
        let mut effects = self.effects();
        effects.cookies.push(cookie);
        effects.refresh = true;
    }

    /// Removes a cookie that was set for this path; every query on the page is read again without
    /// it.
    pub fn remove_cookie(&self, name: impl Into<String>, path: impl Into<String>) {
        let mut cookie = Cookie::new(name.into(), "");
        cookie.set_path(path.into());
        cookie.make_removal();
        self.set_cookie(cookie);
    }

    fn effects(&self) -> MutexGuard<'_, Effects> {
        self.effects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a query is given: who reads it, and the request.
pub struct QueryCx<G = Public> {
    guard: G,
    request: RequestQueries,
}

impl<G: Guard> QueryCx<G> {
    /// Binds values to an action, for a form that is to act on just these. They travel sealed: the
    /// browser can neither read nor change them.
    ///
    /// ```ignore
    /// Ok(TicketPage { comment: cx.bind(AddComment::bind(ticket.id)), ticket })
    /// ```
    pub fn bind<A: ServerAction>(&self, binding: Binding<A>) -> BoundAction<A> {
        binding.seal(self.request.keys(), self.guard.subject())
    }
}

impl<G> QueryCx<G> {
    pub(crate) fn new(guard: G, request: RequestQueries) -> Self {
        QueryCx { guard, request }
    }

    /// What the guard proved.
    pub fn guard(&self) -> &G {
        &self.guard
    }

    /// The request that reads.
    pub fn parts(&self) -> &Parts {
        self.request.parts()
    }

    /// A value that a layer put into the request; see [`ActionCx::state`].
    ///
    /// # Panics
    /// If no layer put one there.
    pub fn state<T: Clone + Send + Sync + 'static>(&self) -> T {
        state(self.parts())
    }

    /// The value of a request cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        crate::cookies::value(&self.parts().headers, name)
    }

    /// Reads another query, once per request however often it is asked.
    ///
    /// # Errors
    /// What that query refuses with.
    pub async fn query<Q: ServerQuery>(
        &self,
        query: Q,
    ) -> Result<<Q as Query>::Output, PublicError> {
        self.request.read(query).await
    }
}

fn state<T: Clone + Send + Sync + 'static>(parts: &Parts) -> T {
    let name = std::any::type_name::<T>();
    parts.extensions.get().cloned().unwrap_or_else(|| {
        panic!("no `{name}` in the request: add `.layer(axum::Extension(value))` to the router")
    })
}
