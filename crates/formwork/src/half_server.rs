//! The server's answers to what components ask; `half_client.rs` has the browser's.

use std::{
    hash::Hash,
    pin::pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use formwork_axum::{PageContext, Row};
use formwork_core::{
    Change, Drafts, Entries, FieldSpec, Observer, Posted, PublicError, QueryKey, SubmitOptions,
};
use leptos::{
    either::Either,
    prelude::*,
    tachys::view::keyed::{SerializableKey, keyed},
};

use crate::hooks::UseQuery;

pub(crate) use formwork_axum::ServerQuery as Readable;

/// Whether effects run and events come.
pub(crate) const IN_BROWSER: bool = false;

fn page() -> Option<PageContext> {
    use_context()
}

pub(crate) fn posted() -> Option<Posted> {
    page()?.posted().cloned()
}

/// What is said of mistakes meanwhile is in the words of the visitor's language.
pub(crate) fn speaking<T>(check: impl FnOnce() -> T) -> T {
    let languages = page().map(|page| page.languages()).unwrap_or_default();
    formwork_core::speaking(languages, check)
}

/// A form shows what became of the submission that the page answers.
pub(crate) fn note_posted_shown() {
    if let Some(page) = page() {
        page.note_posted_shown();
    }
}

pub(crate) fn page_error() -> Option<PublicError> {
    page()?.error().cloned()
}

pub(crate) fn resume() -> Option<String> {
    page()?.resume()
}

/// A submission's id; none on a page that many visitors are sent. The browser makes one there, and a
/// form that is sent without JavaScript has none.
pub(crate) fn submission_id() -> String {
    if page().is_some_and(|page| page.is_shared()) {
        return String::new();
    }
    formwork_axum::submission_id()
}

/// Reads a query for the page that is being rendered.
pub(crate) fn read<Q: Readable>(
    query: Q,
) -> impl Future<Output = Result<Q::Output, PublicError>> + Send + 'static {
    let reading = read_shared(query);
    async move { reading.await.map(|signal| signal.get_untracked()) }
}

/// The same as a signal for all who show it.
fn read_shared<Q: Readable>(
    query: Q,
) -> impl Future<Output = Result<ArcRwSignal<Q::Output>, PublicError>> + Send + 'static {
    // Taken now: when the future is polled, another owner may be current.
    let page = page();
    // Then the components run for no page: nobody waits for the value.
    let listing = page.is_none() && formwork_axum::is_listing_routes();
    async move {
        if listing {
            return std::future::pending().await;
        }
        let Some(page) = page else {
            panic!("`use_query` outside of a page: serve the application through `formwork::Site`");
        };
        page.read(query).await
    }
}

/// Starts to read it; the value, as a signal for all who show it, if it takes no waiting.
pub(crate) fn read_now<Q: Readable>(
    query: impl FnOnce() -> Q,
) -> Option<Result<ArcRwSignal<Q::Output>, PublicError>> {
    let mut reading = pin!(read_shared(query()));
    // Whoever waits for the rest polls it again.
    match reading.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

pub(crate) fn peek<Q: Readable>(_: &QueryKey) -> Option<Result<Q::Output, PublicError>> {
    None
}

/// The children, with a value that no longer changes; the page waits for it.
pub(crate) fn loaded<T, C, V>(
    query: UseQuery<T>,
    _fallback: ViewFn,
    failed: Box<dyn Fn(PublicError) -> AnyView + Send + Sync>,
    children: C,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    C: Fn(Signal<T>) -> V + Send + 'static,
    V: IntoView + 'static,
{
    Suspend::new(async move {
        match query.ready().await {
            Ok(value) => Either::Left(children(value)),
            Err(error) => Either::Right(failed(error)),
        }
    })
}

/// The rows as they are.
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
    let is_plain = formwork_axum::is_plain::<V>();
    move || {
        let children = children.clone();
        let row = move |_, row| (drop::<usize>, Row::new(children(row).into_view(), is_plain));
        keyed(each(), key.clone(), row)
    }
}

pub(crate) struct Watch;

/// The browser follows what others change.
pub(crate) struct Live;

pub(crate) const LIVE: Live = Live;

pub(crate) fn watch(_: QueryKey, _: Option<Live>, _: impl Fn(Change) + 'static) -> Watch {
    Watch
}

pub(crate) fn allow_files() {}

pub(crate) fn on_submit<E>(
    _: &E,
    _: SubmitOptions,
    _: impl FnOnce(&str, &Filled<'_>) -> bool,
    _: impl FnOnce(&str, &str, &Filled<'_>) -> Rc<dyn Observer>,
) {
}

/// What a form with `method="get"` asks for, in the browser.
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) entries: Entries,
}

impl Asked {
    pub(crate) fn focus_first_invalid(&self) {}

    pub(crate) fn is_elsewhere(&self) -> bool {
        false
    }

    pub(crate) fn set_out(&self, _: &str) -> bool {
        false
    }
}

pub(crate) fn is_here(_: &str) -> bool {
    false
}

pub(crate) fn read_again() {}

pub(crate) fn on_search<E>(_: &E) -> Option<Asked> {
    None
}

pub(crate) fn asked_by<E>(_: &E) -> Option<Asked> {
    None
}

pub(crate) fn after(_: std::time::Duration, _: impl FnOnce() + 'static) {}

pub(crate) fn holds_other<E>(_: &E, _: &[(String, String)]) -> bool {
    false
}

pub(crate) fn is_touched<E>(_: &E) -> bool {
    false
}

pub(crate) fn reset<E>(_: &E) {}

pub(crate) fn warn_of_unlabelled<E>(_: &E, _: &str) {}

pub(crate) struct LeaveGuard;

pub(crate) fn guard_leave(_: impl Fn() -> bool + 'static) -> LeaveGuard {
    LeaveGuard
}

pub(crate) fn with_field<E>(_: &E, _: impl FnOnce(&str, &Filled<'_>)) {}

pub(crate) fn was_typed_in<E>(_: &E) -> bool {
    false
}

/// A form as it is filled in, in the browser.
pub(crate) struct Filled<'a>(std::marker::PhantomData<&'a ()>);

impl Filled<'_> {
    pub(crate) fn last(&self, _: &str) -> Option<String> {
        None
    }

    pub(crate) fn entries(&self, _: &'static [FieldSpec]) -> Entries {
        Entries::default()
    }

    pub(crate) fn focus_first_invalid(&self) {}

    pub(crate) fn focus_row(&self, _: &str, _: &str) {}
}

pub(crate) fn step_in_history(_: &str, _: &str) -> Option<(String, String)> {
    None
}

pub(crate) fn on_history(_: impl Fn() + 'static) {}

pub(crate) fn go_to_step(_: &str, _: &str, _: &str, _: Rc<dyn Observer>) {}

pub(crate) fn step_shown(_: &str, _: &str, _: &str, _: &str, _: Option<&str>) {}

pub(crate) fn refresh(_: QueryKey) {}

pub(crate) fn later(_: impl FnOnce() + 'static) {}

pub(crate) fn page_shown(_: String) {}

pub(crate) fn set_navigate(_: impl Fn(&str) + 'static) {}

pub(crate) fn note_click(_: bool) {}

pub(crate) fn dispatch(_: &Entries, _: Rc<dyn Observer>) {}

/// Each request says its own.
pub(crate) fn learn_languages() {}

/// A page is of the build that renders it.
pub(crate) fn is_new_build() -> bool {
    false
}

pub(crate) fn on_new_build(_: impl Fn() + 'static) {}

pub(crate) fn load_new_build() {}

/// The build that renders this page; its files are asked for by it.
pub(crate) fn build() -> String {
    page().map(|page| page.build().to_owned()).unwrap_or_default()
}

pub(crate) fn on_drafts(_: impl Fn() + 'static) {}

pub(crate) fn take_drafts() -> Drafts {
    Drafts::default()
}

pub(crate) fn note_unreadable() {}
