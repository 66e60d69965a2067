//! One run of a query: what it depends on, and whether it is for its visitor alone.

use std::{
    any::Any,
    collections::BTreeSet,
    panic::{self, AssertUnwindSafe},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use formwork_core::{
    PublicError, QueryKey,
    wire::{self, QueryLine},
};
use futures::FutureExt;
use leptos::prelude::{ArcRwSignal, GetUntracked};

use super::{RequestQueries, ServerQuery};
use crate::{cx::QueryCx, failure, guard::Guard, refusal::Refusal};

/// What a query came to: the typed value for those who asked, and its line for the wire.
#[derive(Clone)]
pub(crate) struct Settled {
    /// An `Arc<Mutex<Typed<Output>>>`.
    typed: Arc<dyn Any + Send + Sync>,
    pub(crate) line: Arc<QueryLine>,
    /// What it depends on, whatever it read on its way included.
    pub(crate) tags: Arc<[String]>,
    /// Whether it is for this visitor: for whom its guard lets pass, or because of what it came of.
    pub(crate) personal: bool,
    /// Whether it came of something that only this visitor's request has.
    pub(super) of_visitor: bool,
    /// Whether it holds something that can be used for a while only.
    pub(crate) expiring: bool,
    /// Whether it is from before something that has changed, or was made of what is: it was served while it
    /// is computed anew, or because that failed.
    pub(crate) outdated: bool,
    /// Who it was read for, if the guard knows.
    pub(super) subject: Option<Arc<str>>,
    /// As whom it was read, if it is for its visitor; see [`visitor`].
    pub(super) visitor: Option<Arc<str>>,
    /// Whether other requests have it as well.
    shared: bool,
}

/// A query's value for those who ask for it.
enum Typed<T> {
    /// As it was read; taken out to be shown.
    Read(Option<T>),
    /// As the page shows it: where it is shown it need not be copied.
    Shown(ArcRwSignal<T>),
}

impl Settled {
    pub(super) fn of<T: Send + Sync + 'static>(
        result: Result<T, PublicError>,
        line: QueryLine,
        tags: Arc<[String]>,
    ) -> Self {
        Settled {
            typed: Arc::new(Mutex::new(Typed::Read(result.ok()))),
            line: Arc::new(line),
            tags,
            personal: false,
            of_visitor: false,
            expiring: false,
            outdated: false,
            subject: None,
            visitor: None,
            shared: false,
        }
    }

    /// What could not be read at all.
    pub(super) fn refused(key: QueryKey, error: PublicError) -> Self {
        Settled::of(Err::<(), _>(error.clone()), QueryLine::of_error(key, error), Arc::new([]))
    }

    /// What a client holds of it; `None` if that can't be read.
    pub(super) fn held<Q: ServerQuery>(query: &Q, line: &QueryLine) -> Option<Self> {
        let result = match (&line.value, &line.error) {
            (Some(value), _) => Ok(wire::decode::<Q::Output>(value.get())?),
            (None, Some(error)) => Err(error.clone()),
            (None, None) => return None,
        };
        Some(Settled::of(result, line.clone(), query.tags().into()))
    }

    /// The same for a reader whom the guard lets pass, and knows as this subject.
    pub(super) fn read_by(self, subject: Option<Arc<str>>, visitor: Option<Arc<str>>) -> Self {
        Settled { personal: true, subject, visitor, ..self }
    }

    /// The same for one of several requests.
    pub(super) fn shared(self) -> Self {
        Settled { shared: true, ..self }
    }

    /// The value for one more who asks.
    pub(crate) fn typed<T: Clone + Send + Sync + 'static>(&self) -> Result<T, PublicError> {
        match &*self.value()? {
            Typed::Read(read) => Ok(read.clone().expect(TAKEN)),
            Typed::Shown(signal) => Ok(signal.get_untracked()),
        }
    }

    /// The value as a signal of this request's page.
    pub(crate) fn shown<T: Clone + Send + Sync + 'static>(
        &self,
    ) -> Result<ArcRwSignal<T>, PublicError> {
        if self.shared {
            return self.typed().map(ArcRwSignal::new);
        }
        let mut value = self.value::<T>()?;
        let read = match &mut *value {
            Typed::Shown(signal) => return Ok(signal.clone()),
            Typed::Read(read) => read.take().expect(TAKEN),
        };
        let signal = ArcRwSignal::new(read);
        *value = Typed::Shown(signal.clone());
        Ok(signal)
    }

    fn value<T: Send + 'static>(&self) -> Result<MutexGuard<'_, Typed<T>>, PublicError> {
        if let Some(error) = &self.line.error {
            return Err(error.clone());
        }
        let value = self.typed.downcast_ref::<Mutex<Typed<T>>>();
        let value = value.expect("a key belongs to one query type");
        Ok(value.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// See [`Settled::shown`].
const TAKEN: &str = "a value that was taken out is shown from then on";

/// What a run has read so far; its context writes it down.
#[derive(Default)]
pub(crate) struct Run {
    tags: Mutex<BTreeSet<String>>,
    personal: Arc<AtomicBool>,
    expiring: AtomicBool,
    outdated: AtomicBool,
}

impl Run {
    /// It depends on this, too.
    pub(crate) fn tag(&self, tag: String) {
        self.tags.lock().unwrap_or_else(PoisonError::into_inner).insert(tag);
    }

    /// Set when it looks at what is of this visitor alone.
    pub(crate) fn personal(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.personal)
    }

    /// It looks at what is of this visitor alone.
    pub(crate) fn note_personal(&self) {
        self.personal.store(true, Ordering::Relaxed);
    }

    /// It hands out something that can be used for a while only.
    pub(crate) fn note_expiring(&self) {
        self.expiring.store(true, Ordering::Relaxed);
    }

    /// It read another query.
    pub(crate) fn read(&self, other: &Settled) {
        if other.personal {
            self.note_personal();
        }
        if other.expiring {
            self.note_expiring();
        }
        if other.outdated {
            self.outdated.store(true, Ordering::Relaxed);
        }
        self.tags.lock().unwrap_or_else(PoisonError::into_inner).extend(other.tags.iter().cloned());
    }
}

/// Asks the guard of a query about whoever makes this request; who that is, if it knows.
pub(super) async fn admit<Q: ServerQuery>(
    request: &RequestQueries,
    key: &QueryKey,
) -> Result<Option<Arc<str>>, PublicError> {
    let subject = async { Ok(request.proof::<Q>(key).await?.subject().map(Arc::from)) };
    within_limits(request, Q::ID, subject).await
}

/// What takes too long or panics is a failure as others are.
async fn within_limits<T>(
    request: &RequestQueries,
    query: &'static str,
    attempt: impl Future<Output = Result<T, PublicError>>,
) -> Result<T, PublicError> {
    let publish = |error| failure::publish(request.reads().hooks(), query, &error);
    let limit = request.reads().time_limit();
    match tokio::time::timeout(limit, AssertUnwindSafe(attempt).catch_unwind()).await {
        Ok(Ok(result)) => result,
        Ok(Err(panic)) => Err(publish(failure::panicked(&*panic))),
        Err(_) => Err(publish(Refusal::Timeout.into())),
    }
}

/// Runs a query for this request.
pub(super) async fn run<Q: ServerQuery>(
    request: RequestQueries,
    query: Q,
    key: QueryKey,
) -> Settled {
    let record = Arc::new(Run::default());
    let mut declared = Vec::new();
    let mut subject = None;
    let publish = |error| failure::publish(request.reads().hooks(), Q::ID, &error);
    // A panic before the query's first await must be caught as one after it.
    let attempt = async {
        declared = query.tags();
        let guard = request.proof::<Q>(&key).await?;
        subject = guard.subject();
        let cx = QueryCx::new(guard, request.clone(), Arc::clone(&record), Q::is_guarded());
        query.run(cx).await.map_err(publish)
    };
    let result = within_limits(&request, Q::ID, attempt).await;
    let json = |value| match panic::catch_unwind(AssertUnwindSafe(|| wire::to_json(value))) {
        Ok(Ok(json)) => Ok(json),
        Ok(Err(error)) => Err(publish(error.into())),
        Err(panic) => Err(publish(failure::panicked(&*panic))),
    };
    let line = match result.as_ref().map_err(Clone::clone).and_then(json) {
        Ok(json) => QueryLine::of_value(key, json),
        Err(error) => QueryLine::of_error(key, error),
    };
    let found = std::mem::take(&mut *record.tags.lock().unwrap_or_else(PoisonError::into_inner));
    let found = found.into_iter().filter(|tag| !declared.contains(tag)).collect::<Vec<_>>();
    let tags: Arc<[String]> = declared.into_iter().chain(found).collect();
    let of_visitor = record.personal.load(Ordering::Relaxed);
    let personal = Q::is_guarded() || of_visitor;
    Settled {
        personal,
        of_visitor,
        expiring: record.expiring.load(Ordering::Relaxed),
        outdated: record.outdated.load(Ordering::Relaxed),
        subject: subject.map(Arc::from),
        visitor: personal.then(|| request.visitor()).flatten(),
        ..Settled::of(result, line, tags)
    }
}
