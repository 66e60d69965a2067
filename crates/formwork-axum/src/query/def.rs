//! The server's side of a query: what `#[query]` registers.

use formwork_core::{ActionError, Query, QueryKey, QueryResult, wire::QueryLine};
use futures::future::BoxFuture;

use super::RequestQueries;
use crate::{
    action::{Declared, Registered},
    cx::QueryCx,
    guard::Guard,
    refusal::Refusal,
};

/// What `#[query]` writes for the server.
pub trait ServerQuery: Query {
    /// Who may read it.
    type Guard: Guard;
    /// The tags as they were declared: `ticket:{id}`.
    const TAGS: &'static [&'static str] = &[];
    /// The tags its value depends on.
    fn tags(&self) -> Vec<String>;
    /// Runs the handler.
    fn run(
        self,
        cx: QueryCx<Self::Guard>,
    ) -> impl Future<Output = QueryResult<Self::Output>> + Send;
}

/// A query without its types: what it takes to run one that a client names.
pub struct QueryDef {
    id: &'static str,
    declared: Declared,
    /// The tags as they were declared.
    pub(crate) templates: &'static [&'static str],
    tags: fn(&str) -> Option<Vec<String>>,
    line: fn(RequestQueries, QueryKey) -> BoxFuture<'static, QueryLine>,
}

inventory::collect!(QueryDef);

impl QueryDef {
    /// The definition of a query, for the registry.
    pub const fn of<Q: ServerQuery>(declared: Declared) -> Self {
        QueryDef {
            id: Q::ID,
            declared,
            templates: Q::TAGS,
            tags: |args| serde_json::from_str::<Q>(args).ok().map(|query| query.tags()),
            line: |request, key| {
                Box::pin(async move {
                    match serde_json::from_str::<Q>(key.args()) {
                        Ok(query) => request.line(query).await,
                        Err(_) => {
                            let error = ActionError::from(Refusal::BadQuery).public(None);
                            QueryLine { key, value: None, error: Some(error) }
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
    pub(crate) fn line(
        &self,
        request: RequestQueries,
        key: QueryKey,
    ) -> BoxFuture<'static, QueryLine> {
        (self.line)(request, key)
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
