//! What the test kit (`formwork-testing`) reaches into: a request of its own carries what no header can say.
//!
//! Nothing here loosens what a server does. Which guard may be given with a request, a site says that
//! only the kit makes; what a page is to show stands in an extension of the request, which only code in
//! this process can put there.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, OnceLock, PoisonError},
    time::Duration,
};

use cookie::Cookie;
use formwork_core::{
    ActionError, ActionResult, BoundAction, Posted, QueryKey,
    wire::{self, QueryLine},
};
use futures::future::BoxFuture;
use http::Extensions;
use serde_json::value::RawValue;

use crate::{
    action::{self, ActionDef, Declared, Erased, ErasedForm, RunCx, ServerAction},
    bound::{self, Binding},
    effects,
    guard::{Guard, GuardCx},
    paths,
    resume::Resumed,
    seal::{self, Opened, Purpose},
    site::Site,
    submit,
};

/// A key ring for one site.
pub fn key_ring() -> String {
    seal::make().to_string()
}

/// Where the site's pages are, as its settings say.
pub fn origin(site: &Site) -> Option<&str> {
    site.config().public_origins.iter().map(String::as_str).find(|origin| !origin.contains('*'))
}

/// From now on the guard of this action may be given with the request, and what it does is noted there.
///
/// # Panics
/// If somebody else has the site already.
pub fn observe<A: ServerAction>(site: &mut Site) {
    site.stand_in(const { &observed::<A>() });
}

const fn observed<A: ServerAction>() -> ActionDef {
    let declared = Declared { file: "", line: 0, guard: "" };
    ActionDef { check: check::<A>, run: run::<A>, ..ActionDef::of::<A>(declared) }
}

/// In a request: what the guard proves, instead of being asked.
pub struct Given<G>(pub Arc<G>);

impl<G> Clone for Given<G> {
    fn clone(&self) -> Self {
        Given(Arc::clone(&self.0))
    }
}

fn check<A: ServerAction>(cx: &GuardCx) -> BoxFuture<'_, Result<Erased, ActionError>> {
    Box::pin(async move {
        match cx.parts().extensions.get::<Given<A::Guard>>() {
            Some(Given(proof)) => Ok(Arc::clone(proof) as Erased),
            None => Ok(Arc::new(A::Guard::check(cx).await?) as Erased),
        }
    })
}

/// In a request: takes down what its action does.
#[derive(Clone, Default)]
pub struct Noted(Arc<OnceLock<effects::Effects>>);

fn run<A: ServerAction>(
    cx: RunCx,
    guard: Erased,
    bound: ErasedForm,
    form: ErasedForm,
) -> BoxFuture<'static, ActionResult<Box<RawValue>>> {
    let noted = cx.request.view().parts().extensions.get::<Noted>().cloned();
    let effects = Arc::clone(&cx.effects);
    let run = action::run::<A>(cx, guard, bound, form);
    Box::pin(async move {
        let result = run.await;
        if let Some(Noted(noted)) = noted {
            let effects = effects.lock().unwrap_or_else(PoisonError::into_inner).clone();
            // A request runs one action, once.
            let _ = noted.set(effects);
        }
        result
    })
}

/// What an action did besides returning a value.
#[derive(Clone, Default, PartialEq)]
pub struct Effects {
    tags: Vec<String>,
    stale: Vec<(String, Duration)>,
    paths: Vec<String>,
    refresh: bool,
    redirect: Option<String>,
    cookies: Vec<Cookie<'static>>,
}

impl Effects {
    /// The tags that are out of date from now on: `update_tag`.
    pub fn updated_tags(&self) -> Vec<&str> {
        self.tags.iter().map(String::as_str).collect()
    }

    /// The tags that may be served for so long while they are read anew: `revalidate_tag`.
    pub fn revalidated_tags(&self) -> Vec<(&str, Duration)> {
        self.stale.iter().map(|(tag, life)| (tag.as_str(), *life)).collect()
    }

    /// The pages that are out of date: `revalidate_path`. Those of a route have its parameters without
    /// their names: `/tickets/{}`.
    pub fn paths(&self) -> Vec<&str> {
        self.paths.iter().map(String::as_str).collect()
    }

    /// Whether everything on the visitor's page is read again: `refresh`, or a cookie.
    pub fn refreshes(&self) -> bool {
        self.refresh
    }

    /// Where the visitor is sent: `redirect`, `redirect_external`.
    pub fn redirect(&self) -> Option<&str> {
        self.redirect.as_deref()
    }

    /// The cookie of this name that was set; one that was removed is empty.
    pub fn cookie(&self, name: &str) -> Option<&Cookie<'static>> {
        self.cookies.iter().rev().find(|cookie| cookie.name() == name)
    }
}

/// What there is, and nothing of what there is not.
impl fmt::Debug for Effects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_struct("Effects");
        if !self.tags.is_empty() {
            all.field("updated_tags", &self.tags);
        }
        if !self.stale.is_empty() {
            all.field("revalidated_tags", &self.stale);
        }
        if !self.paths.is_empty() {
            all.field("paths", &self.paths);
        }
        if self.refresh {
            all.field("refreshes", &true);
        }
        if let Some(to) = &self.redirect {
            all.field("redirect", to);
        }
        let names: Vec<_> = self.cookies.iter().map(Cookie::name).collect();
        if !names.is_empty() {
            all.field("cookies", &names);
        }
        all.finish()
    }
}

impl Noted {
    /// What was noted; nothing if no handler ran to its end.
    pub fn effects(&self) -> Effects {
        let Some(effects) = self.0.get().cloned() else { return Effects::default() };
        let told = effects.stale.invalidation();
        let (paths, tags): (Vec<_>, Vec<_>) =
            told.updated.into_iter().partition(|tag| tag.starts_with(paths::MARK));
        let paths = paths.into_iter().filter(|path| path != paths::ANY);
        let paths = paths.map(|path| path[paths::MARK.len_utf8()..].to_owned());
        Effects {
            tags,
            stale: told.stale,
            paths: paths.collect(),
            refresh: effects.refresh,
            redirect: effects.redirect,
            cookies: effects.cookies,
        }
    }
}

/// As a query would hand it out to whom this guard lets pass.
pub fn bind<A: ServerAction>(
    site: &Site,
    binding: Binding<A>,
    guard: Option<&A::Guard>,
) -> BoundAction<A> {
    binding.seal(&site.keys(), guard.and_then(Guard::subject))
}

/// What is sealed in this hidden field of a form, as a build would have sealed it whose form of the
/// action had another shape; as it is, if it does not open.
pub fn sealed_by_another_build(
    site: &Site,
    field: &str,
    action: &str,
    [ours, theirs]: [&str; 2],
    sealed: &str,
) -> String {
    let (purpose, context): (_, fn(&str, &str) -> Vec<u8>) = match field {
        wire::BOUND => (Purpose::Bound, |id, shape| bound::context(id, shape)),
        _ => (Purpose::Steps, submit::context_of_steps),
    };
    let keys = site.keys();
    match keys.open(purpose, &context(action, ours), sealed) {
        Opened::Text(text) => keys.seal(purpose, &context(action, theirs), &text),
        Opened::UnknownKey | Opened::Forged => sealed.to_owned(),
    }
}

/// Whether a client that shows this query follows what others change.
pub fn is_live(site: &Site, key: &QueryKey) -> bool {
    site.queries().get(key.id()).is_some_and(|def| def.live)
}

/// The page of this request answers this submission.
pub fn answers(extensions: &mut Extensions, posted: Posted) {
    extensions.insert(Resumed(posted));
}

/// The page of this request shows these values, as a client that holds them does, and reads what is not
/// among them.
pub fn holds(extensions: &mut Extensions, lines: impl IntoIterator<Item = QueryLine>) {
    let lines = lines.into_iter().map(|line| (line.key.clone(), line));
    extensions.insert(Held(Arc::new(lines.collect())));
}

/// See [`holds`].
#[derive(Clone)]
pub(crate) struct Held(Arc<HashMap<QueryKey, QueryLine>>);

impl Held {
    pub(crate) fn get(&self, key: &QueryKey) -> Option<&QueryLine> {
        self.0.get(key)
    }
}
