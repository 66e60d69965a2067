//! What a client keeps for when its visitor goes back, and whether a submission has changed it.
//!
//! Only what has a line counts as good after the submission: a value that it made anew, or a version, which
//! says that the client's is up to date. So whatever can't be told soon, or for sure, is left out, and is
//! read again when the visitor goes back to it.

use std::time::Duration;

use formwork_core::wire::{Line, QueryLine};
use futures::{Stream, StreamExt, stream};
use http::request::Parts;
use tokio::sync::oneshot;

use super::answer::Touched;
use crate::{
    query::{self, Asked, QueryScope},
    site::Site,
};

/// How long the answer goes on for what nobody sees now, once what is on screen has been told.
const PATIENCE: Duration = Duration::from_millis(10);

/// The lines of what is on screen, and one for each of the kept queries of which it is known by then.
pub(super) fn beside(
    shown: impl Stream<Item = Line> + Send + 'static,
    kept: impl Stream<Item = Line> + Send + 'static,
) -> impl Stream<Item = Line> + Send + 'static {
    let (done, is_done) = oneshot::channel::<()>();
    let shown = shown.map(Some).chain(stream::once(async move {
        let _ = done.send(());
        None
    }));
    let kept = kept.map(Some).take_until(Box::pin(async {
        let _ = is_done.await;
        tokio::time::sleep(PATIENCE).await;
    }));
    stream::select(shown, kept).filter_map(std::future::ready)
}

/// A line for each of these of which it is known.
pub(super) fn lines(
    site: &Site,
    parts: &Parts,
    touched: &Touched,
    kept: Vec<Asked>,
) -> impl Stream<Item = Line> + Send + 'static {
    let effects = &touched.effects;
    // After a refresh the client keeps nothing; and of no query is it known on which page it was.
    let none_is_known = effects.refresh || effects.touch_a_path();
    let known = kept
        .into_iter()
        .filter(|_| !none_is_known)
        .filter_map(|asked| touched.is_known(&asked).map(|is_touched| (is_touched, asked)));
    let (touched, untouched): (Vec<_>, Vec<_>) = known.partition(|(is_touched, _)| *is_touched);
    let untouched: Vec<Line> = untouched.into_iter().filter_map(|(_, asked)| same(asked)).collect();
    let touched: Vec<Asked> = touched.into_iter().map(|(_, asked)| asked).collect();
    let read = (!touched.is_empty()).then(|| {
        let scope = QueryScope::new(parts.clone(), site.reads()).fresh();
        // What fails is told when the visitor goes back to it.
        query::lines(site, scope, touched, |settled| settled.line.error.is_none())
    });
    stream::iter(untouched).chain(stream::iter(read).flatten())
}

/// That the client's value is up to date.
fn same(asked: Asked) -> Option<Line> {
    Some(Line::Query(QueryLine::of_version(asked.key, asked.held?)))
}
