//! A query's value as a Leptos resource.

use std::{
    future::IntoFuture,
    pin::Pin,
    sync::{
        Arc, OnceLock, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use formwork_core::{Change, ErrorKind, PublicError, Query, QueryKey};
use leptos::{prelude::*, reactive::owner::WeakOwner};
use send_wrapper::SendWrapper;

use crate::{
    half::{self, Readable},
    root,
};

/// Reads a query: on the server once per request, in the browser from one entry that all components
/// share. It is read again when its arguments change, and its value is replaced in place when a
/// submission changed it.
///
/// ```ignore
/// let ticket = use_query(move || ticket(id.get()));
/// view! {
///     <Loaded query=ticket let:ticket>
///         <h1>{move || ticket.with(|ticket| ticket.subject.clone())}</h1>
///     </Loaded>
/// }
/// ```
///
/// [`Loaded`](crate::Loaded) is what a page is best made of: a new value changes what shows it, and
/// every element stays. It works with `<Suspense>`, `<Transition>` and `<ErrorBoundary>`, too: there
/// [`get`](UseQuery::get) and `.await` give the value, and what reads it is made anew with each. What is
/// awaited in a `Suspend` belongs in a `<Transition>`: Leptos takes a moment to make it anew, in which
/// `<Suspense>` shows its fallback.
///
/// On the server its arguments are what they are when it is called, if the value is there at once then. So
/// what depends on another query's value belongs where that value is: within its `<Loaded>`.
pub fn use_query<Q: Readable>(
    query: impl Fn() -> Q + Send + Sync + 'static,
) -> UseQuery<<Q as Query>::Output> {
    let query = Arc::new(query);
    let value = Arc::new(Value::<Q::Output>::new());
    let parts = Arc::new(Parts::default());
    let at_once = untrack(|| half::read_now(|| query()));
    match at_once {
        Some(known) => parts.start(Start::Known(value.share(known))),
        None => parts.start(Start::Resource(resource(query, &value, &parts))),
    }
    UseQuery { value: StoredValue::new(value), parts: StoredValue::new(parts) }
}

/// What reads the query, and reads it again when its arguments change.
fn resource<Q: Readable>(
    query: Arc<impl Fn() -> Q + Send + Sync + 'static>,
    value: &Arc<Value<Q::Output>>,
    parts: &Arc<Parts>,
) -> AsyncDerived<Ready> {
    AsyncDerived::new({
        let (value, parts) = (Arc::clone(value), Arc::clone(parts));
        move || {
            let query = query();
            let key = query.key();
            parts.show(key.clone(), const { if Q::LIVE { Some(half::LIVE) } else { None } }, {
                let (value, parts) = (Arc::clone(&value), Arc::clone(&parts));
                move || {
                    match half::peek::<Q>(&key) {
                        // A value of another build's type: what is shown stays, with what is typed in
                        // it. The next page is loaded as a document of that build.
                        Some(Err(error)) if error.kind == ErrorKind::Stale && value.is_there() => {
                            half::note_unreadable();
                        }
                        Some(new) => parts.replace(value.put(new)),
                        None => {}
                    }
                }
            });
            let reading = half::read(query);
            let (value, parts) = (Arc::clone(&value), Arc::clone(&parts));
            let reading: Reading = Box::pin(async move { parts.settle(value.put(reading.await)) });
            reading
        }
    })
}

type Ready = Result<(), PublicError>;
type Reading = Pin<Box<dyn Future<Output = Ready> + Send>>;

/// The last good value, from the first on.
struct Value<T> {
    shared: OnceLock<ArcRwSignal<T>>,
    /// What is handed out, and the component that it lives as long as: what shows the value may be
    /// made anew meanwhile.
    handle: OnceLock<ReadSignal<T>>,
    component: Option<WeakOwner>,
}

impl<T: Clone + Send + Sync + 'static> Value<T> {
    fn new() -> Self {
        let component = Owner::current().map(|owner| owner.downgrade());
        Value { shared: OnceLock::new(), handle: OnceLock::new(), component }
    }

    /// Shows the signal of what was read, which others show as well: nothing changes it any more. Says
    /// whether it is a good value.
    fn share(&self, read: Result<ArcRwSignal<T>, PublicError>) -> Ready {
        let _ = self.shared.set(read?);
        Ok(())
    }

    /// Replaces the value by another, if that is a good one; says whether it is.
    fn put(&self, new: Result<T, PublicError>) -> Ready {
        let new = new?;
        match self.shared.get() {
            Some(signal) => signal.set(new),
            None => {
                let _ = self.shared.set(ArcRwSignal::new(new));
            }
        }
        Ok(())
    }

    /// Whether there was a good value.
    fn is_there(&self) -> bool {
        self.shared.get().is_some()
    }

    /// The signal; `None` until there is a value, and when the component has gone.
    fn signal(&self) -> Option<ReadSignal<T>> {
        let shared = self.shared.get()?;
        let owner = self.component.as_ref()?.upgrade()?;
        Some(*self.handle.get_or_init(|| owner.with(|| shared.read_only().into())))
    }
}

/// Whether there is a value.
#[derive(Clone)]
enum Start {
    /// It was there at once, on the server, where nothing changes any more: no task has to wait for it.
    Known(Ready),
    /// It changes with the query's arguments, and from and to an error.
    Resource(AsyncDerived<Ready>),
}

/// What a query's use is made of besides its value, whatever its type.
#[derive(Default)]
struct Parts {
    ready: OnceLock<Start>,
    key: RwLock<Option<QueryKey>>,
    reading: ArcRwSignal<bool>,
    /// Whether what was asked for first has come. Until then, whoever asked is told directly.
    settled: AtomicBool,
}

impl Parts {
    fn start(&self, start: Start) {
        let _ = self.ready.set(start);
    }

    /// Takes over new values of this key's entry for as long as it is asked for.
    fn show(
        self: &Arc<Self>,
        key: QueryKey,
        live: Option<half::Live>,
        changed: impl Fn() + 'static,
    ) {
        if !half::IN_BROWSER {
            return;
        }
        self.settled.store(false, Ordering::Relaxed);
        *self.key.write().expect("no writer panics") = Some(key.clone());
        let parts = Arc::clone(self);
        let watch = half::watch(key, live, move |change| match change {
            Change::Reading(reading) => parts.reading.set(reading),
            Change::Value if parts.settled.load(Ordering::Relaxed) => changed(),
            Change::Value => {}
        });
        let watch = SendWrapper::new(watch);
        on_cleanup(move || drop(watch));
    }

    /// What was asked for first has come.
    fn settle(&self, ready: Ready) -> Ready {
        self.settled.store(true, Ordering::Relaxed);
        show_error_page(&ready);
        ready
    }

    /// Another value has come. Only from and to an error is anything made anew.
    fn replace(&self, new: Ready) {
        show_error_page(&new);
        let Some(Start::Resource(ready)) = self.ready.get() else { return };
        let same = ready.try_with_untracked(|old| old.as_ref() == Some(&new));
        if same != Some(true) {
            ready.try_set(Some(new));
        }
    }

    fn key(&self) -> Option<QueryKey> {
        self.key.read().expect("no writer panics").clone()
    }
}

fn show_error_page(ready: &Ready) {
    if let (true, Err(error)) = (half::IN_BROWSER, ready)
        && error.kind.replaces_page()
    {
        root::show_page_error(Some(error.clone()));
    }
}

/// A query's value; see [`use_query`].
pub struct UseQuery<T> {
    value: StoredValue<Arc<Value<T>>>,
    parts: StoredValue<Arc<Parts>>,
}

impl<T> Clone for UseQuery<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for UseQuery<T> {}

impl<T: Clone + Send + Sync + 'static> UseQuery<T> {
    /// The value, once it is there; reactive, and awaited by `<Suspense>` and `<Transition>`.
    pub fn get(self) -> Option<Result<T, PublicError>> {
        match self.outcome()? {
            Ok(()) => self.signal()?.try_get().map(Ok),
            Err(error) => Some(Err(error)),
        }
    }

    /// The value as a signal that lives as long as the component; `None` until there is a value.
    pub(crate) fn signal(self) -> Option<Signal<T>> {
        self.value.try_with_value(|value| value.signal()).flatten().map(Into::into)
    }

    /// Waits until there is a value, and gives it as a signal.
    pub(crate) fn ready(
        self,
    ) -> impl Future<Output = Result<Signal<T>, PublicError>> + Send + 'static {
        let start = self.start();
        async move {
            match start {
                Some(Start::Known(ready)) => ready?,
                Some(Start::Resource(ready)) if !ready.is_disposed() => ready.await?,
                _ => {}
            }
            match self.signal() {
                Some(signal) => Ok(signal),
                // Its component is gone: there is nobody to show the value to.
                None => std::future::pending().await,
            }
        }
    }

    /// Whether there is a value, or why not; reactive, and awaited as the value is.
    pub(crate) fn outcome(self) -> Option<Ready> {
        match self.start()? {
            Start::Known(ready) => Some(ready),
            Start::Resource(ready) => ready.try_get()?,
        }
    }

    fn start(self) -> Option<Start> {
        self.parts.try_with_value(|parts| parts.ready.get().cloned()).flatten()
    }

    /// Reads it again from the server. What is shown stays until the new value is there.
    pub fn refresh(self) {
        if let Some(key) = self.key() {
            half::refresh(key);
        }
    }

    /// Whether it is being read again; reactive.
    pub fn is_refreshing(self) -> bool {
        self.parts.try_with_value(|parts| parts.reading.clone()).is_some_and(|it| it.get())
    }

    pub(crate) fn key(self) -> Option<QueryKey> {
        self.parts.try_with_value(|parts| parts.key()).flatten()
    }
}

impl<T: Clone + Send + Sync + 'static> IntoFuture for UseQuery<T> {
    type Output = Result<T, PublicError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let ready = self.ready();
        Box::pin(async move {
            match ready.await?.try_get() {
                Some(value) => Ok(value),
                None => std::future::pending().await,
            }
        })
    }
}
