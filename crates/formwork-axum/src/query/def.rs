//! The server's side of a query: what `#[query]` registers.

use std::{any::TypeId, panic};

use formwork_core::{ActionError, Query, QueryKey, QueryResult};
use futures::future::BoxFuture;

use super::{RequestQueries, Settled};
use crate::{
    action::{Declared, Registered},
    cx::QueryCx,
    guard::{Guard, Public},
    refusal::Refusal,
    store::Life,
};

/// What `#[query]` writes for the server.
pub trait ServerQuery: Query {
    /// Who may read it.
    type Guard: Guard;
    /// The tags as they were declared: `ticket:{id}`.
    const TAGS: &'static [&'static str] = &[];
    /// Its arguments as they were declared: `id: TicketId`.
    const ARGUMENTS: &'static [&'static str] = &[];
    /// What it comes to, as it was declared: `Vec<Ticket>`.
    const OUTPUT: &'static str = "";
    /// How long its value is shared by everyone who may read it.
    const CACHE: Option<Life> = None;
    /// The tags its value depends on.
    fn tags(&self) -> Vec<String>;
    /// Runs the handler.
    fn run(
        self,
        cx: QueryCx<Self::Guard>,
    ) -> impl Future<Output = QueryResult<Self::Output>> + Send;

    /// Whether not everyone may read it.
    #[doc(hidden)]
    fn is_guarded() -> bool {
        TypeId::of::<Self::Guard>() != TypeId::of::<Public>()
    }
}

/// A query without its types: what it takes to run one that a client names.
pub struct QueryDef {
    id: &'static str,
    declared: Declared,
    /// The tags as they were declared.
    pub(crate) templates: &'static [&'static str],
    /// Its arguments as they were declared.
    pub(crate) arguments: &'static [&'static str],
    /// What it comes to, as it was declared.
    pub(crate) output: &'static str,
    pub(crate) cache: Option<Life>,
    pub(crate) live: bool,
    tags: fn(&str) -> Option<Vec<String>>,
    settle: fn(RequestQueries, QueryKey) -> BoxFuture<'static, Settled>,
}

inventory::collect!(QueryDef);

impl QueryDef {
    /// The definition of a query, for the registry.
    pub const fn of<Q: ServerQuery>(declared: Declared) -> Self {
        QueryDef {
            id: Q::ID,
            declared,
            templates: Q::TAGS,
            arguments: Q::ARGUMENTS,
            output: Q::OUTPUT,
            cache: Q::CACHE,
            live: Q::LIVE,
            // What is the application's own may panic: then nothing is known of it.
            tags: |args| {
                let tags = || serde_json::from_str::<Q>(args).ok().map(|query| query.tags());
                panic::catch_unwind(tags).ok().flatten()
            },
            settle: |request, key| {
                Box::pin(async move {
                    let read = panic::catch_unwind(|| serde_json::from_str::<Q>(key.args()));
                    match read {
                        Ok(Ok(query)) => request.settled_query(query).await,
                        Ok(Err(_)) | Err(_) => {
                            Settled::refused(key, ActionError::from(Refusal::BadQuery).public(None))
                        }
                    }
                })
            },
        }
    }

    /// The tags of the query with these arguments; `None` if they can't be read.
    pub(crate) fn tags(&self, key: &QueryKey) -> Option<Vec<String>> {
        (self.tags)(key.args())
    }

    /// Runs the query for a client that named it.
    pub(crate) fn settle(
        &self,
        request: RequestQueries,
        key: QueryKey,
    ) -> BoxFuture<'static, Settled> {
        (self.settle)(request, key)
    }
}

impl Registered for QueryDef {
    const WHAT: &'static str = "queries";

    fn id(&self) -> &'static str {
        self.id
    }

    fn declared(&self) -> &Declared {
        &self.declared
    }
}
