//! The queries of one request: each runs once, however often it is asked for.

use std::{
    any::TypeId,
    collections::HashMap,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use formwork_core::{ActionError, PublicError, QueryKey};
use futures::{
    FutureExt,
    future::{self, AbortHandle, BoxFuture, Shared, abortable},
};
use http::{HeaderMap, HeaderValue, header, request::Parts};
use leptos::prelude::ArcRwSignal;
use sha2::{Digest, Sha256};

use super::{ServerQuery, cached, reads::Reads, run::Settled, run::run};
use crate::{
    action::Erased,
    boundary::Isolated,
    cookies, failure, fresh,
    guard::{ActedOn, Guard, GuardCx},
    hex::hex,
    paths,
    refusal::Refusal,
    seal::Keys,
    testing::Held,
    view::RequestView,
};

/// A request and the queries that were read for it.
#[derive(Clone)]
pub(crate) struct RequestQueries(Arc<Inner>);

/// The time for which a request's queries run. Their futures hold the request, and the request
/// holds them: when the visitor goes away in between, this is what lets go.
pub(crate) struct QueryScope(RequestQueries);

impl QueryScope {
    /// The request whose queries run no longer than this.
    pub(crate) fn new(parts: Parts, reads: Arc<Reads>) -> Self {
        let view = RequestView::new(parts, Arc::clone(reads.state()));
        QueryScope::of(view, reads)
    }

    /// The same of one that somebody looks at already.
    pub(crate) fn of(view: RequestView, reads: Arc<Reads>) -> Self {
        QueryScope(RequestQueries::new(view, reads))
    }

    pub(crate) fn request(&self) -> &RequestQueries {
        &self.0
    }

    /// Its reads are for a value that is kept, and read on whichever page: it waits for what is fresh, and
    /// is not made of what was there before a page was invalidated.
    pub(super) fn for_keeping(self) -> Self {
        self.0.0.to_be_kept.store(true, Ordering::Relaxed);
        self.fresh()
    }

    /// Its reads wait for what is fresh: they answer who has just changed something.
    pub(crate) fn fresh(self) -> Self {
        self.0.0.wants_fresh.store(true, Ordering::Relaxed);
        self
    }
}

impl Drop for QueryScope {
    fn drop(&mut self) {
        // Whoever still waits for one, a component's own task, say, holds it as well.
        self.0.running().values().for_each(|running| running.end.abort());
        self.0.let_go();
    }
}

/// What a guard said, and whether it says the same for every query.
type Asked = Shared<BoxFuture<'static, (Result<Erased, PublicError>, bool)>>;

fn asked(
    check: impl Future<Output = (Result<Erased, PublicError>, bool)> + Send + 'static,
) -> Asked {
    // No owner: a guard sees its request through its context, never through Leptos'.
    Isolated::outside(check).boxed().shared()
}

struct Inner {
    /// Whether a query with a guard was read: what came of it is for this visitor alone.
    private: AtomicBool,
    /// Whether an action of this request has changed something: the cache does not know of it yet.
    past_cache: AtomicBool,
    /// Whether to wait rather than be served what is stale.
    wants_fresh: AtomicBool,
    /// Whether what comes of it is kept for others.
    to_be_kept: AtomicBool,
    view: RequestView,
    reads: Arc<Reads>,
    page_tags: OnceLock<Vec<String>>,
    visitor: OnceLock<Option<Arc<str>>>,
    running: Mutex<HashMap<QueryKey, Running>>,
    /// What each guard that was asked in this request said.
    guards: Mutex<HashMap<TypeId, Asked>>,
    /// In the order in which they were first asked for: the data block is the same every time.
    order: Mutex<Vec<QueryKey>>,
}

type Run = Shared<BoxFuture<'static, Settled>>;

/// A query that runs, or has.
struct Running {
    run: Run,
    end: AbortHandle,
}

impl RequestQueries {
    fn new(view: RequestView, reads: Arc<Reads>) -> Self {
        RequestQueries(Arc::new(Inner {
            private: AtomicBool::new(false),
            past_cache: AtomicBool::new(false),
            wants_fresh: AtomicBool::new(false),
            to_be_kept: AtomicBool::new(false),
            view,
            reads,
            page_tags: OnceLock::new(),
            visitor: OnceLock::new(),
            running: Mutex::default(),
            guards: Mutex::default(),
            order: Mutex::default(),
        }))
    }

    pub(crate) fn view(&self) -> &RequestView {
        &self.0.view
    }

    /// The request's action has passed this guard.
    pub(crate) fn know(&self, proof: Erased) {
        self.guards().insert((*proof).type_id(), asked(async { (Ok(proof), true) }));
    }

    /// Whether what was read is for this visitor alone.
    pub(crate) fn is_private(&self) -> bool {
        self.0.private.load(Ordering::Relaxed)
    }

    pub(crate) fn keys(&self) -> &Keys {
        self.0.reads.keys()
    }

    pub(crate) fn reads(&self) -> &Arc<Reads> {
        &self.0.reads
    }

    /// The tags of the page that the request is for; of any, if what comes of it is kept.
    pub(super) fn page_tags(&self) -> &[String] {
        self.0.page_tags.get_or_init(|| {
            let mut tags = paths::tags(self.view().parts());
            if self.0.to_be_kept.load(Ordering::Relaxed) {
                tags.push(paths::ANY.to_owned());
            }
            tags
        })
    }

    /// Whose request it is.
    pub(super) fn visitor(&self) -> Option<Arc<str>> {
        self.0.visitor.get_or_init(|| visitor(&self.view().parts().headers)).clone()
    }

    /// The query's value, from its only run in this request.
    pub(crate) async fn read<Q: ServerQuery>(&self, query: Q) -> Result<Q::Output, PublicError> {
        self.settle(query).await.typed()
    }

    /// The same as a signal that the page shows.
    pub(crate) async fn read_shown<Q: ServerQuery>(
        &self,
        query: Q,
    ) -> Result<ArcRwSignal<Q::Output>, PublicError> {
        self.settle(query).await.shown()
    }

    /// What the query came to in its only run in this request.
    pub(crate) async fn settled_query<Q: ServerQuery>(&self, query: Q) -> Settled {
        self.settle(query).await
    }

    /// Forgets what was read, and reads past the cache from now on: an action has changed
    /// something.
    pub(crate) fn forget(&self) {
        self.0.past_cache.store(true, Ordering::Relaxed);
        self.let_go();
    }

    pub(super) fn is_past_cache(&self) -> bool {
        self.0.past_cache.load(Ordering::Relaxed)
    }

    pub(super) fn wants_fresh(&self) -> bool {
        self.0.wants_fresh.load(Ordering::Relaxed) || fresh::is_wanted(&self.view().parts().headers)
    }

    fn let_go(&self) {
        // Dropped when the lock is free again: a query's future may hold this very request.
        let before = std::mem::take(&mut *self.running());
        let proofs = std::mem::take(&mut *self.guards());
        self.order().clear();
        drop((before, proofs));
    }

    /// Every query that has settled, in the order in which they were first asked for.
    pub(crate) fn all_settled(&self) -> Vec<Settled> {
        let running = self.running();
        self.order().iter().filter_map(|key| running.get(key)?.run.peek().cloned()).collect()
    }

    fn settle<Q: ServerQuery>(&self, query: Q) -> Run {
        if Q::is_guarded() {
            self.0.private.store(true, Ordering::Relaxed);
        }
        let key = query.key();
        let mut running = self.running();
        if let Some(running) = running.get(&key) {
            return running.run.clone();
        }
        // No owner: a query sees its request through its context, never through Leptos'.
        let request = self.clone();
        let run = match (self.held(&query, &key), Q::CACHE) {
            (Some(held), _) => future::ready(held).boxed(),
            (None, Some(life)) => {
                Isolated::outside(cached::read(request, query, key.clone(), life)).boxed()
            }
            (None, None) => Isolated::outside(run(request, query, key.clone())).boxed(),
        };
        let (run, end) = abortable(run);
        let ended = key.clone();
        let run = run.map(|run| run.unwrap_or_else(|_| Settled::refused(ended, unavailable())));
        let run = run.boxed().shared();
        self.order().push(key.clone());
        running.insert(key, Running { run: run.clone(), end });
        run
    }

    /// What the page is to show of the query instead of reading it, if the test kit says so.
    fn held<Q: ServerQuery>(&self, query: &Q, key: &QueryKey) -> Option<Settled> {
        let held = self.0.view.parts().extensions.get::<Held>()?;
        Settled::held(query, held.get(key)?)
    }

    /// What the guard of this query says. Every query under one guard shares one answer, unless the
    /// guard asked what the query is about: then each has its own.
    pub(super) async fn proof<Q: ServerQuery>(
        &self,
        key: &QueryKey,
    ) -> Result<Arc<Q::Guard>, PublicError> {
        let check = |arguments: &str| {
            let on = ActedOn::Query { arguments: arguments.to_owned() };
            let cx = GuardCx::new(self.0.view.clone(), on);
            let reads = Arc::clone(self.reads());
            async move {
                let proof = match AssertUnwindSafe(Q::Guard::check(&cx)).catch_unwind().await {
                    Ok(result) => result,
                    Err(panic) => Err(failure::panicked(&*panic)),
                };
                let proof = proof.map_err(|error| failure::publish(reads.hooks(), Q::ID, &error));
                (proof.map(|proof| Arc::new(proof) as Erased), !cx.is_particular())
            }
        };
        let (shared, first) = {
            let mut guards = self.guards();
            match guards.get(&TypeId::of::<Q::Guard>()) {
                Some(shared) => (shared.clone(), false),
                None => {
                    let shared = asked(check(key.args()));
                    guards.insert(TypeId::of::<Q::Guard>(), shared.clone());
                    (shared, true)
                }
            }
        };
        let (proof, general) = shared.await;
        let proof = if general || first { proof } else { check(key.args()).await.0 };
        Ok(proof?.downcast().expect("a proof is kept under its own type"))
    }

    fn guards(&self) -> MutexGuard<'_, HashMap<TypeId, Asked>> {
        self.0.guards.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn running(&self) -> MutexGuard<'_, HashMap<QueryKey, Running>> {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn order(&self) -> MutexGuard<'_, Vec<QueryKey>> {
        self.0.order.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who makes a request, as far as that can be told from what it brings to be known by: a short name for its
/// cookies, ours excepted, and its credentials. `None` if it brings nothing.
pub(crate) fn visitor(headers: &HeaderMap) -> Option<Arc<str>> {
    let cookies = cookies::lines(headers).flat_map(|line| line.split("; "));
    let mut known_by: Vec<&[u8]> =
        cookies.filter(|cookie| !cookie.starts_with(OURS)).map(str::as_bytes).collect();
    known_by.extend(headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes));
    if known_by.is_empty() {
        return None;
    }
    Some(hex(&Sha256::digest(known_by.join(&b'\n'))[..16]).into())
}

/// How the cookies begin that the framework sets.
const OURS: &str = "formwork-";

/// What comes of a query whose request is over; nobody reads it.
fn unavailable() -> PublicError {
    ActionError::from(Refusal::Timeout).public(None)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures::FutureExt;

    use super::*;
    use crate::{config::Config, store::Memory};

    #[test]
    fn a_query_that_never_ends_is_let_go_with_its_scope() {
        let parts = http::Request::new(()).into_parts().0;
        let key = crate::seal::make();
        let keys = crate::seal::load(Some(&key), true, std::path::Path::new("")).unwrap();
        let store = Arc::new(Memory::new(0));
        let reads = Reads::new(Arc::new(keys), Arc::default(), store, &Config::default(), "");
        let scope = QueryScope::new(parts, reads);
        let inner = Arc::downgrade(&scope.request().0);
        let held = scope.request().clone();
        let forever = async move {
            let _held = held;
            std::future::pending::<Settled>().await
        };
        let key = QueryKey::from_wire("forever?{}");
        let (end, _) = AbortHandle::new_pair();
        let run = forever.boxed().shared();
        scope.request().running().insert(key, Running { run, end });
        drop(scope);
        assert!(inner.upgrade().is_none());
    }
}
