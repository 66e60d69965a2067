//! The browser's answers to what components ask; `half_server.rs` has the server's.

pub(crate) use formwork_client::{
    Asked, Filled, LIVE, Live, Readable, after, allow_files, asked_by, dispatch, go_to_step,
    guard_leave, holds_other, is_here, is_new_build, is_touched, later, learn_languages,
    load_new_build, note_click, note_unreadable, on_drafts, on_history, on_new_build, on_search,
    on_submit, page_error, page_shown, peek, posted, read, read_again, refresh, reset, resume,
    set_navigate, step_in_history, step_shown, submission_id, take_drafts, warn_of_unlabelled,
    was_typed_in, watch, with_field,
};

use std::hash::Hash;

use formwork_core::PublicError;
use leptos::{either::EitherOf3, prelude::*, tachys::view::keyed::SerializableKey};

use crate::hooks::UseQuery;

/// The browser's languages are those of its only visitor.
pub(crate) fn speaking<T>(check: impl FnOnce() -> T) -> T {
    check()
}

/// Whether effects run and events come.
pub(crate) const IN_BROWSER: bool = true;

pub(crate) fn note_posted_shown() {}

/// Whether a value is here is known to [`read`] alone, which tells when there is another.
pub(crate) fn read_now<Q: Readable>(
    _: impl FnOnce() -> Q,
) -> Option<Result<ArcRwSignal<Q::Output>, PublicError>> {
    None
}

/// The head of a document is the server's.
pub(crate) fn build() -> String {
    String::new()
}

/// The children with a signal of the value. While the value for other arguments is on its way, they
/// keep the one before.
pub(crate) fn loaded<T, C, V>(
    query: UseQuery<T>,
    fallback: ViewFn,
    failed: Box<dyn Fn(PublicError) -> AnyView + Send + Sync>,
    children: C,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    C: Fn(Signal<T>) -> V + Send + 'static,
    V: IntoView + 'static,
{
    // Changes when the children come or go, and not when the value does.
    let outcome = Memo::new(move |_| query.outcome());
    move || match (outcome.get(), query.signal()) {
        (Some(Ok(())), Some(value)) => EitherOf3::C(children(value)),
        (Some(Err(error)), _) => EitherOf3::B(failed(error)),
        _ => EitherOf3::A(fallback.run()),
    }
}

/// The rows, each under an owner of its own.
pub(crate) fn each<EF, I, T, C, V, KF, K>(each: EF, key: KF, children: C) -> impl IntoView
where
    EF: Fn() -> I + Send + 'static,
    I: IntoIterator<Item = T> + Send + 'static,
    C: Fn(T) -> V + Send + Clone + 'static,
    V: IntoView + 'static,
    KF: Fn(&T) -> K + Send + Clone + 'static,
    K: Eq + Hash + SerializableKey + 'static,
    T: Send + 'static,
{
    For(ForProps { each, key, children })
}
