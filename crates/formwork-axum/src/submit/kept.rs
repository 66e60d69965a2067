//! What a client keeps for when its visitor goes back, and whether a submission has changed it.
//!
//! Only what has a line counts as good after the submission: a value that it made anew, or a version, which
//! says that the client's is up to date. So whatever can't be told soon, or for sure, is left out, and is
//! read again when the visitor goes back to it.

use std::time::Duration;

use formwork_core::{
    QueryKey,
    wire::{Line, QueryLine},
};
use futures::{Stream, StreamExt, stream};
use http::request::Parts;

use crate::{
    effects::Effects,
    query::{self, Asked, QueryScope},
    site::Site,
};

/// How long the answer goes on for what nobody sees now.
const PATIENCE: Duration = Duration::from_millis(100);

/// A line for each of these of which it is known.
pub(super) fn lines(
    site: &Site,
    parts: &Parts,
    effects: &Effects,
    kept: Vec<Asked>,
) -> impl Stream<Item = Line> + Send + 'static {
    // After a refresh the client keeps nothing; and of no query is it known on which page it was.
    let none_is_known = effects.refresh || effects.touch_a_path();
    let known = kept.into_iter().filter(|_| !none_is_known).filter_map(|asked| {
        is_touched(site, effects, &asked.key).map(|is_touched| (is_touched, asked))
    });
    let (touched, untouched): (Vec<_>, Vec<_>) = known.partition(|(is_touched, _)| *is_touched);
    let untouched: Vec<Line> = untouched.into_iter().filter_map(|(_, asked)| same(asked)).collect();
    let touched: Vec<Asked> = touched.into_iter().map(|(_, asked)| asked).collect();
    let read = (!touched.is_empty()).then(|| {
        let scope = QueryScope::new(parts.clone(), site.reads()).fresh();
        // What fails is told when the visitor goes back to it.
        query::lines(site, scope, touched, |settled| settled.line.error.is_none())
    });
    let read = stream::iter(read).flatten();
    stream::iter(untouched).chain(read.take_until(Box::pin(async {
        // From when it is polled first, which is when what is on screen is done.
        tokio::time::sleep(PATIENCE).await;
    })))
}

/// Whether the effects touch this query, by its tags; `None` if these are not known before it is read.
pub(super) fn is_touched(site: &Site, effects: &Effects, key: &QueryKey) -> Option<bool> {
    let declared = site.queries().get(key.id()).and_then(|def| def.tags(key));
    if declared.is_some_and(|tags| effects.touch(&tags)) {
        return Some(true);
    }
    site.reads().sent().tags(key).map(|tags| effects.touch(&tags))
}

/// That the client's value is up to date.
fn same(asked: Asked) -> Option<Line> {
    Some(Line::Query(QueryLine::of_version(asked.key, asked.held?)))
}
