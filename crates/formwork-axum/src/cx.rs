//! What an action or query is given besides its arguments: the request, its proof, its effects.

use std::{
    ops::Deref,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use cookie::Cookie;
use formwork_core::{ActionResult, BoundAction, PublicError, Query};

use crate::{
    action::{RunCx, ServerAction},
    bound::Binding,
    effects::Effects,
    guard::{self, Guard, Public},
    query::{RequestQueries, Run, ServerQuery},
    reports::Queue,
    view::RequestView,
};

/// What an action is given: who runs it, the request, and a place to record effects.
///
/// `G` is the guard that the action declares; `ActionCx` alone is for a `public` one. What it can ask
/// of the request stands at [`RequestView`].
pub struct ActionCx<G = Public> {
    guard: Arc<G>,
    view: RequestView,
    request: RequestQueries,
    params: Arc<[(String, String)]>,
    submission: Option<String>,
    effects: Arc<Mutex<Effects>>,
    /// To who looks on while it runs.
    reports: Option<Arc<Queue>>,
}

impl<G> ActionCx<G> {
    pub(crate) fn new(guard: Arc<G>, cx: RunCx) -> Self {
        let RunCx { request, params, submission, effects, reports } = cx;
        let view = request.view().clone();
        ActionCx { guard, view, request, params, submission, effects, reports }
    }

    pub(crate) fn looked_on(&self) -> Option<&Arc<Queue>> {
        self.reports.as_ref()
    }

    /// What the guard proved.
    pub fn guard(&self) -> &G {
        &self.guard
    }

    /// With this value as [`state`](RequestView::state), for the handler behind a `wrap`; see
    /// [`Next`](crate::Next). Queries that the handler reads don't see it.
    #[must_use]
    pub fn with<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.view.put(value);
        self
    }

    /// A parameter of the page's path: `id` of `/tickets/{id}`.
    ///
    /// # Errors
    /// Not found, if the path has no such parameter or it can't be read as a `T`.
    pub fn param<T: std::str::FromStr>(&self, name: &str) -> ActionResult<T> {
        guard::param(&self.params, name)
    }

    /// The first value of this name in the page's query string: `next` of `/sign-in?next=/tickets`.
    pub fn query_param(&self, name: &str) -> Option<String> {
        let query = self.parts().uri.query().unwrap_or_default();
        let entries = crate::urlencoded::parse(query.as_bytes(), usize::MAX).ok()?;
        entries.iter().find(|(n, _)| *n == name).map(|(_, value)| value.to_owned())
    }

    /// The name of this submission, to be recorded in the transaction that does what it asks for, in a
    /// column that is unique: then not even a server that dies between its commit and its answer does
    /// it twice. 32 letters and digits, made of the submission's random id, its content, its page and
    /// its sender; sent again with other content it is another submission, and has another name.
    ///
    /// `None` if it came without an id: from a page that is kept for everyone, without JavaScript.
    pub fn submission_id(&self) -> Option<&str> {
        self.submission.as_deref()
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

    /// Everything that was read with this tag is out of date: from the end of the action on nobody
    /// is served it any more, and the visitor who caused it sees the new state in this response.
    pub fn update_tag(&self, tag: impl Into<String>) {
        self.effects().stale.update_tag(tag);
        self.request.forget();
    }

    /// Everything that was read with this tag is stale: it may be served for as long as `life` from
    /// now on, while it is read anew in the background. The visitor who caused it sees the new
    /// state, in this response and wherever they look next.
    pub fn revalidate_tag(&self, tag: impl Into<String>, life: Duration) {
        self.effects().stale.revalidate_tag(tag, life);
        self.request.forget();
    }

    /// These pages, and the queries on them, are out of date.
    ///
    /// `/tickets/7` names one page, whatever its query string; `/tickets/*` every page below
    /// `/tickets/`; `/tickets/{id}` every page of this route.
    pub fn revalidate_path(&self, path: impl AsRef<str>) {
        self.effects().stale.revalidate_path(path.as_ref());
        self.request.forget();
    }

    /// Reads every query on the visitor's page again, whatever its tags. Nothing is invalidated:
    /// what is cached is still served.
    pub fn refresh(&self) {
        self.effects().refresh = true;
        self.request.forget();
    }

    /// Sends the visitor to another page of this application once the action has returned.
    ///
    /// Anything else is refused: a target that came with the request, in a `next` parameter, say, can't
    /// send the visitor to another site. [`redirect_external`](ActionCx::redirect_external) can.
    pub fn redirect(&self, path: impl Into<String>) {
        let mut effects = self.effects();
        (effects.redirect, effects.leaves) = (Some(path.into()), false);
    }

    /// Sends the visitor to another site once the action has returned: to who takes the payment, say.
    /// The address is whole, `https://pay.example/start?order=7`, and never one that the visitor sent.
    ///
    /// Without JavaScript, some browsers follow it only if the `form-action` of the page's
    /// `content-security-policy` names that site.
    pub fn redirect_external(&self, address: impl Into<String>) {
        let mut effects = self.effects();
        (effects.redirect, effects.leaves) = (Some(address.into()), true);
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

/// What a query is given: who reads it, and the request. What it can ask of the request stands at
/// [`RequestView`].
///
/// A query whose value is cached runs for everyone at once, with the request of whoever asked first;
/// its guard is asked about each of them. One that looks at that request
/// ([`parts`](RequestView::parts), [`cookie`](RequestView::cookie), [`guard`](QueryCx::guard), a
/// guarded query) is not cached, and the log says so. Its [`state`](RequestView::state) must be the
/// application's own, such as a connection pool, and not something of the visitor's, such as a
/// session: the two can't be told apart.
pub struct QueryCx<G = Public> {
    guard: Arc<G>,
    view: RequestView,
    request: RequestQueries,
    run: Arc<Run>,
    /// Whether not everyone passes: then what the guard proved is of this visitor.
    guarded: bool,
}

impl<G: Guard> QueryCx<G> {
    /// Binds values to an action, for a form that is to act on just these. They travel sealed: the
    /// browser can neither read nor change them.
    ///
    /// ```ignore
    /// Ok(TicketPage { comment: cx.bind(AddComment::bind(ticket.id)), ticket })
    /// ```
    pub fn bind<A: ServerAction>(&self, binding: Binding<A>) -> BoundAction<A> {
        if binding.expires() {
            self.run.note_expiring();
        }
        binding.seal(self.request.keys(), self.guard().subject())
    }
}

impl<G> QueryCx<G> {
    pub(crate) fn new(
        guard: Arc<G>,
        request: RequestQueries,
        run: Arc<Run>,
        guarded: bool,
    ) -> Self {
        let view = request.view().watched(run.personal());
        QueryCx { guard, view, request, run, guarded }
    }

    /// What the guard proved.
    pub fn guard(&self) -> &G {
        if self.guarded {
            self.run.note_personal();
        }
        &self.guard
    }

    /// The value depends on this, besides the tags that the query declares.
    ///
    /// ```ignore
    /// let ticket = store.ticket(id).await?;
    /// cx.tag(format!("customer:{}", ticket.customer));
    /// ```
    pub fn tag(&self, tag: impl Into<String>) {
        self.run.tag(tag.into());
    }

    /// Reads another query, once per request however often it is asked. What that one depends on,
    /// this one depends on, too.
    ///
    /// # Errors
    /// What that query refuses with.
    pub async fn query<Q: ServerQuery>(
        &self,
        query: Q,
    ) -> Result<<Q as Query>::Output, PublicError> {
        let settled = self.request.settled_query(query).await;
        self.run.read(&settled);
        settled.typed()
    }
}

impl<G> Deref for ActionCx<G> {
    type Target = RequestView;

    fn deref(&self) -> &RequestView {
        &self.view
    }
}

impl<G> Deref for QueryCx<G> {
    type Target = RequestView;

    fn deref(&self) -> &RequestView {
        &self.view
    }
}
