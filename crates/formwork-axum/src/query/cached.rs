//! Queries that declare `cache`: read through the store, by query and arguments.

use std::sync::Arc;

use bytes::Bytes;
use formwork_core::{PublicError, QueryKey, wire::QueryLine};
use serde_json::value::RawValue;

use super::{
    QueryScope, RequestQueries, ServerQuery, Settled,
    reads::Reads,
    run::{admit, run},
};
use crate::{
    boundary::Isolated,
    cache::{Ask, Got, Keep, Made, Served},
    store::{Entry, Life},
};

/// The value of a query that may be shared, from the store or from one run for all who wait. Whoever
/// it was computed for, the guard is asked about who reads it now.
pub(super) async fn read<Q: ServerQuery>(
    request: RequestQueries,
    query: Q,
    key: QueryKey,
    life: Life,
) -> Settled {
    let reads = Arc::clone(request.reads());
    if request.is_past_cache() || reads.is_known_as_personal(Q::ID) {
        return run(request, query, key).await;
    }
    let known = query.tags();
    let admitted = if Q::is_guarded() { admit::<Q>(&request, &key).await } else { Ok(None) };
    let subject = match admitted {
        Ok(subject) => subject,
        Err(error) => {
            let line = QueryLine::of_error(key, error.clone());
            return Settled::of(Err::<Q::Output, _>(error), line, known.into()).read_by(None, None);
        }
    };
    let for_reader = |settled: Settled| match Q::is_guarded() {
        true => settled.shared().read_by(subject.clone(), request.visitor()),
        false => settled.shared(),
    };
    // What another build wrote may be of another type.
    let stored = format!("query {} {}", reads.build(), key.as_str());
    let (also, fresh) = (request.page_tags(), request.wants_fresh());
    let ask = Ask { key: &stored, known: &known, also, fresh };
    let make = || {
        // A request of its own: the run goes on when this one has ended.
        let scope = QueryScope::new(request.view().parts().clone(), Arc::clone(&reads));
        // What is made of something stale would be taken for fresh from now on.
        let scope = scope.for_keeping();
        let (query, key) = (query.clone(), key.clone());
        Isolated::outside(async move {
            let settled = run(scope.request().clone(), query, key).await;
            let keep = keep::<Q>(&settled, life, scope.request().reads());
            Made { value: settled, keep }
        })
    };
    match reads.cache().get(ask, make).await {
        Got::Entry(entry, served) => match decoded::<Q::Output>(&entry, &key) {
            Some(mut settled) => {
                settled.outdated = served != Served::Fresh;
                for_reader(settled)
            }
            None => run(request, query, key).await,
        },
        Got::Made(settled) => for_reader(settled),
        Got::Yourself => run(request, query, key).await,
    }
}

/// How many times its text a value takes once it is decoded: the text again for the wire, and the value
/// of its own type, which nobody can measure. Three texts are much for a text, and few for small numbers.
const DECODED: usize = 4;

fn keep<Q: ServerQuery>(settled: &Settled, life: Life, reads: &Reads) -> Keep {
    if settled.of_visitor {
        if reads.note_personal(Q::ID) {
            tracing::warn!(
                query = Q::ID,
                "it declares `cache`, but it reads its visitor's request (a cookie, a header, a \
                 guarded query, what its guard proved, a value of a layer): it is not cached; take \
                 that, or `cache`, out of it, and give what is the application's own to `Site::state`"
            );
        }
        return Keep::Private;
    }
    if settled.expiring || settled.outdated {
        return Keep::Once;
    }
    if Q::is_guarded() && settled.line.value.is_none() {
        // The guard may have changed its mind about whom it was run for.
        return Keep::Private;
    }
    match &settled.line.value {
        Some(value) => {
            let json = Bytes::copy_from_slice(value.get().as_bytes());
            let (tags, decoded_bytes) = (Arc::clone(&settled.tags), json.len() * DECODED);
            Keep::Store { life, tags, parts: vec![json], decoded_bytes }
        }
        None => Keep::Share,
    }
}

/// The value in an entry; read once in this instance. `None` if it is of another build's type.
fn decoded<T>(entry: &Entry, key: &QueryKey) -> Option<Settled>
where
    T: serde::de::DeserializeOwned + Send + Sync + 'static,
{
    let settled = entry.decoded(|parts| {
        let text = std::str::from_utf8(parts.first()?).ok()?;
        let value: T = serde_json::from_str(text).ok()?;
        let json = RawValue::from_string(text.to_owned()).ok()?;
        let line = QueryLine::of_value(key.clone(), json);
        Some(Settled::of(Ok::<T, PublicError>(value), line, Arc::clone(entry.tags())))
    })?;
    Some((*settled).clone())
}
