//! The queries of one request: each runs once, however often it is asked for.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use formwork_core::{PublicError, QueryKey, wire::QueryLine};
use futures::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use http::request::Parts;

use super::ServerQuery;
use crate::{
    boundary::Isolated,
    cx::QueryCx,
    failure,
    guard::{Guard, Public},
    seal::Keys,
};

/// What a query came to: the typed value for those who asked, and its line for the wire.
#[derive(Clone)]
struct Settled {
    typed: Arc<dyn Any + Send + Sync>,
    line: QueryLine,
}

/// A request and the queries that were read for it.
#[derive(Clone)]
pub(crate) struct RequestQueries(Arc<Inner>);

/// The time for which a request's queries run. Their futures hold the request, and the request
/// holds them: when the visitor goes away in between, this is what lets go.
pub(crate) struct QueryScope(RequestQueries);

impl QueryScope {
    /// The request whose queries run no longer than this.
    pub(crate) fn new(parts: Parts, keys: Arc<Keys>) -> Self {
        QueryScope(RequestQueries::new(parts, keys))
    }

    pub(crate) fn request(&self) -> &RequestQueries {
        &self.0
    }
}

impl Drop for QueryScope {
    fn drop(&mut self) {
        self.0.forget();
    }
}

struct Inner {
    /// Whether a query with a guard was read: what came of it is for this visitor alone.
    private: AtomicBool,
    parts: Parts,
    keys: Arc<Keys>,
    running: Mutex<HashMap<QueryKey, Shared<BoxFuture<'static, Settled>>>>,
    /// In the order in which they were first asked for: the data block is the same every time.
    order: Mutex<Vec<QueryKey>>,
}

impl RequestQueries {
    fn new(parts: Parts, keys: Arc<Keys>) -> Self {
        RequestQueries(Arc::new(Inner {
            private: AtomicBool::new(false),
            keys,
            parts,
            running: Mutex::default(),
            order: Mutex::default(),
        }))
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.0.parts
    }

    /// Whether what was read is for this visitor alone.
    pub(crate) fn is_private(&self) -> bool {
        self.0.private.load(Ordering::Relaxed)
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// The query's value, from its only run in this request.
    pub(crate) async fn read<Q: ServerQuery>(&self, query: Q) -> Result<Q::Output, PublicError> {
        let settled = self.settle(query).await;
        let typed = settled.typed.downcast_ref::<Result<Q::Output, PublicError>>();
        typed.expect("a key belongs to one query type").clone()
    }

    /// The query's value as a line for the wire.
    pub(crate) async fn line<Q: ServerQuery>(&self, query: Q) -> QueryLine {
        self.settle(query).await.line
    }

    /// Forgets what was read: an action has changed something.
    pub(crate) fn forget(&self) {
        // Dropped when the lock is free again: a query's future may hold this very request.
        let before = std::mem::take(&mut *self.running());
        self.order().clear();
        drop(before);
    }

    /// Every query that has settled, for the data block.
    pub(crate) fn settled(&self) -> Vec<QueryLine> {
        let running = self.running();
        self.order()
            .iter()
            .filter_map(|key| running.get(key)?.peek().map(|settled| settled.line.clone()))
            .collect()
    }

    fn settle<Q: ServerQuery>(&self, query: Q) -> Shared<BoxFuture<'static, Settled>> {
        if TypeId::of::<Q::Guard>() != TypeId::of::<Public>() {
            self.0.private.store(true, Ordering::Relaxed);
        }
        let key = query.key();
        let mut running = self.running();
        if let Some(shared) = running.get(&key) {
            return shared.clone();
        }
        // No owner: a query sees its request through its context, never through Leptos'.
        let run = Isolated::outside(run(self.clone(), query, key.clone())).boxed().shared();
        self.order().push(key.clone());
        running.insert(key, run.clone());
        run
    }

    fn running(&self) -> MutexGuard<'_, HashMap<QueryKey, Shared<BoxFuture<'static, Settled>>>> {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn order(&self) -> MutexGuard<'_, Vec<QueryKey>> {
        self.0.order.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn run<Q: ServerQuery>(request: RequestQueries, query: Q, key: QueryKey) -> Settled {
    let attempt = AssertUnwindSafe(async {
        let guard = Q::Guard::check(request.parts()).await?;
        query.run(QueryCx::new(guard, request.clone())).await
    });
    let result = match attempt.catch_unwind().await {
        Ok(result) => result,
        Err(panic) => Err(failure::panicked(&*panic)),
    };
    let result = result.map_err(|error| failure::publish(Q::ID, &error));
    let line = match &result {
        Ok(value) => match serde_json::value::to_raw_value(value) {
            Ok(json) => QueryLine { key, value: Some(json), error: None },
            Err(error) => {
                let error = failure::publish(Q::ID, &error.into());
                QueryLine { key, value: None, error: Some(error) }
            }
        },
        Err(error) => QueryLine { key, value: None, error: Some(error.clone()) },
    };
    Settled { typed: Arc::new(result), line }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures::FutureExt;

    use super::*;

    #[test]
    fn a_query_that_never_ends_is_let_go_with_its_scope() {
        let parts = http::Request::new(()).into_parts().0;
        let key = crate::seal::make();
        let keys = crate::seal::load(Some(&key), true, std::path::Path::new("")).unwrap();
        let scope = QueryScope::new(parts, Arc::new(keys));
        let inner = Arc::downgrade(&scope.request().0);
        let held = scope.request().clone();
        let forever = async move {
            let _held = held;
            std::future::pending::<Settled>().await
        };
        let key = QueryKey::from_wire("forever?{}");
        scope.request().running().insert(key, forever.boxed().shared());
        drop(scope);
        assert!(inner.upgrade().is_none());
    }
}
