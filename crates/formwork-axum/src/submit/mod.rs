//! The life of a submission: one file a step, in this order.
//!
//! 1. [`origin`] — was it sent from this site? → 403
//! 2. [`body`] — a form, within the limits? → 400, 413, 415
//!    — [`steps`] — what was answered in other steps of a form in steps
//! 3. [`action`] — which action? Unknown → 409
//! 4. [`shape`] — the form as this build knows it? Changed → 409
//!    — [`stale`] — a page of another build: if it ran before the deploy, its outcome; else it is
//!    carried over. The same for seals that can't be opened any more, in [`guard`] and [`unseal`]
//! 5. [`guard`] — who is this, and may they? → 401, 403
//!    — [`rows`] — a button that adds, removes or moves a row: the page, nothing is run
//!    — [`steps`] — a step that others follow: the next one, nothing is run → 422
//! 6. [`throttle`] — how often? → 429, unless its outcome is recorded: then that is answered again
//! 7. [`unseal`] — the values that the server bound to it → 400, 409
//! 8. [`once`] — seen before? The recorded outcome is answered again
//! 9. [`parse`] — every issue at its field → 422
//! 10. [`run`] — the handler
//!     — [`watched`] — a streaming action: its reports, while it runs; what it comes to goes on here
//! 11. [`effects`] — cookies, tags, redirect: applied once
//! 12. [`answer`] — the page, a redirect, or the stream

mod action;
mod answer;
mod body;
mod effects;
mod files;
mod guard;
mod kept;
mod once;
mod origin;
mod parse;
mod recorded;
mod rows;
mod run;
mod shape;
mod stale;
mod steps;
mod throttle;
mod unseal;
mod watched;

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    extract::{FromRequestParts, RawPathParams, Request},
    response::Response,
};
use formwork_core::{
    ActionError, Entries,
    wire::{self, Button},
};
use futures::FutureExt;
use http::request::Parts;
use tower_http::timeout::TimeoutBody;
use tracing::Instrument;

use crate::{
    action::{ActionDef, Erased, ErasedForm},
    developer::Passed,
    failure, forwarded,
    limits::UnderWayGuard,
    observe,
    refusal::Refusal,
    resume::Waiting,
    site::{Site, refuse},
    store::Fingerprint,
    view::RequestView,
};

pub(crate) use answer::{refused, wants_stream};
pub(crate) use body::{Limits, discard, parts};
pub(crate) use files::READ_PAST;
pub(crate) use run::Ran;
pub(crate) use steps::context as context_of_steps;
use watched::Watched;
pub(crate) use watched::has_left;

/// A submission on its way through the steps; each fills in what it found out.
pub(crate) struct Submission {
    pub(crate) site: Site,
    pub(crate) parts: Parts,
    /// The parameters of the page's path.
    pub(crate) params: Arc<[(String, String)]>,
    /// The fields as they were sent; empty until the body has been read.
    pub(crate) entries: Entries,
    /// Of a page of another build: what this build's form has no place for, as labels and values.
    pub(crate) left: Vec<(String, String)>,
    /// Of a page whose form or seal is another's: by what it is known, where it may be done.
    pub(crate) unsettled: Option<once::Asked>,
    /// Whether the store has said what became of those that it is sent in place of.
    pub(crate) has_asked: bool,
    /// By what it is known while its seals are shut, if it has any.
    sealed: Option<Fingerprint>,
    /// The step that it has come to.
    pub(crate) step: &'static str,
    /// In development: when it came to each.
    pub(crate) passed: Passed,
    /// When it came.
    pub(crate) begun: Instant,
    /// Whether its body took too long to arrive.
    pub(crate) too_slow: bool,
    /// Whether its outcome was recorded before.
    pub(crate) replayed: bool,
    /// How many bytes the body had.
    pub(crate) body_bytes: usize,
    /// The action's id as it was sent.
    pub(crate) action_id: String,
    /// Which of several forms of one action.
    pub(crate) form: String,
    /// Of a form in steps.
    steps: Option<steps::Steps>,
    /// The action of this build.
    pub(crate) action: Option<&'static ActionDef>,
    /// Whether the guard found that the visitor has to sign in first.
    pub(crate) asks_to_sign_in: bool,
    /// The request as its guard has seen it, and its handler will.
    pub(crate) view: Option<RequestView>,
    /// What the guard proved.
    pub(crate) proof: Option<Erased>,
    /// Whether it would have proved the same for anything else that is acted on.
    pub(crate) proof_is_general: bool,
    /// The values that the server bound to the action.
    pub(crate) bound: Option<ErasedForm>,
    /// Counts it among what its client has under way: until it is answered, and until its run ends.
    pub(crate) under_way: Option<Arc<UnderWayGuard>>,
}

/// How long a body may stand still before it counts as broken off.
const STALL: Duration = Duration::from_secs(10);

/// Takes a POST to a page through every step.
pub(crate) async fn submit(site: Site, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let mut body = Body::new(TimeoutBody::new(STALL, body));
    let client = forwarded::counted(&parts, &site.config().trusted_proxies);
    if client.is_none() {
        observe::note_no_peer();
    }
    let under_way = match client.map(|client| site.under_way(client)) {
        Some(None) => {
            body::discard(&mut body).await;
            return Box::pin(refuse(site, parts, Refusal::TooManyAtOnce)).await;
        }
        counted => counted.flatten().map(Arc::new),
    };
    let params = path_params(&mut parts).await;
    let mut submission = Submission {
        site,
        parts,
        params,
        entries: Entries::default(),
        left: Vec::new(),
        unsettled: None,
        has_asked: false,
        sealed: None,
        step: "origin",
        passed: Passed::default(),
        begun: Instant::now(),
        too_slow: false,
        replayed: false,
        body_bytes: 0,
        action_id: String::new(),
        form: String::new(),
        steps: None,
        action: None,
        asks_to_sign_in: false,
        view: None,
        proof: None,
        proof_is_general: false,
        bound: None,
        under_way,
    };
    let whole = Box::pin(async move {
        // Rules, fields and guards are the application's own: what panics in any step is caught.
        let attempt = AssertUnwindSafe(steps(&mut submission, &mut body)).catch_unwind().await;
        let result = attempt.unwrap_or_else(|panic| Err(failure::panicked(&*panic)));
        if result.is_err() && !submission.too_slow {
            body::discard(&mut body).await;
        }
        match result {
            Ok(Came::Ended(ended)) => answer::answer(submission, Ok(ended)).await,
            Ok(Came::Watched(watched)) => watched::answer(submission, *watched),
            Err(error) => answer::answer(submission, Err(error)).await,
        }
    });
    whole.instrument(observe::span()).await
}

/// What the steps came to.
pub(crate) enum Ended {
    /// The action ran, now or before.
    Ran(Ran),
    /// The form has other rows than before; this is the one to go on with.
    Changed(String),
    /// The form has more steps; the page shows another one.
    Step,
}

/// What the steps came to, or are about to.
enum Came {
    Ended(Ended),
    /// The action runs, and reports.
    Watched(Box<Watched>),
}

impl Came {
    fn ran(ran: Ran) -> Self {
        Came::Ended(Ended::Ran(ran))
    }
}

async fn steps(submission: &mut Submission, body: &mut Body) -> Result<Came, ActionError> {
    submission.come_to("origin");
    origin::check(submission)?;
    submission.come_to("body");
    let patience = body::patience(submission);
    let Ok(read) = tokio::time::timeout(patience, body::read(submission, body)).await else {
        submission.too_slow = true;
        return Err(Refusal::BodyTooSlow.into());
    };
    read?;
    submission.sealed = once::sealed(submission);
    steps::open(submission);
    submission.come_to("action");
    action::find(submission).await?;
    submission.come_to("shape");
    if !shape::is_of_this_build(submission)? {
        return Box::pin(stale::replay_or_refuse(submission)).await.map(Came::ran);
    }
    submission.come_to("guard");
    if let Err(error) = guard::check(submission).await {
        return Box::pin(stale::outcome_or(submission, error)).await.map(Came::ran);
    }
    if let Err(error) = steps::own(submission) {
        return Box::pin(stale::outcome_or(submission, error)).await.map(Came::ran);
    }
    submission.come_to("rows");
    if let Some(row) = rows::change(submission)? {
        return Ok(Came::Ended(Ended::Changed(row)));
    }
    submission.come_to("steps");
    if let Some(ended) = steps::go_on(submission)? {
        return Ok(Came::Ended(ended));
    }
    submission.come_to("throttle");
    if let Err(error) = throttle::count(submission).await {
        let ran = Box::pin(once::recorded_or(submission, error)).await?;
        return checked(submission, Ended::Ran(ran)).map(Came::Ended);
    }
    submission.come_to("unseal");
    if let Err(error) = unseal::open(submission) {
        return Box::pin(stale::outcome_or(submission, error)).await.map(Came::ran);
    }
    submission.come_to("once");
    match once::once(submission).await? {
        Came::Ended(ended) => checked(submission, ended).map(Came::Ended),
        watched => Ok(watched),
    }
}

fn checked(submission: &mut Submission, ended: Ended) -> Result<Ended, ActionError> {
    submission.come_to("effects");
    if let Ended::Ran(ran) = &ended {
        effects::check(ran)?;
    }
    submission.come_to("answer");
    Ok(ended)
}

/// An id of ours has 32 characters; another client's may be longer, but not by any length.
const LONGEST_ID: usize = 64;

impl Submission {
    fn come_to(&mut self, step: &'static str) {
        self.step = step;
        if self.site.is_development() {
            self.passed.note(step);
        }
    }

    /// What is said of the action: by the button that brought it, else by the form's hidden field.
    pub(crate) fn of_action(
        &self,
        field: &str,
        in_button: for<'a> fn(Button<'a>) -> &'a str,
    ) -> Option<&str> {
        let button = self.entries.last(wire::ACTION).and_then(Button::parse);
        button.map(in_button).or_else(|| self.entries.last(field))
    }

    /// The submission's id; one that can't be ours is as none.
    pub(crate) fn id(&self) -> Option<&str> {
        if let Some(id) = self.steps.as_ref().and_then(steps::Steps::id) {
            return Some(id);
        }
        let id = self.entries.last(wire::SUBMISSION)?;
        let sound = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (sound && !id.is_empty() && id.len() <= LONGEST_ID).then_some(id)
    }

    /// Which of several forms, by this name of its bound values and the application's own key.
    fn form_named(&self, bound: String) -> String {
        match self.form.split_once(wire::KEYED) {
            Some((_, key)) => format!("{bound}{}{key}", wire::KEYED),
            None => bound,
        }
    }

    /// The form that waits for this one to sign its sender in, and as it was sealed.
    pub(crate) fn waiting(&self) -> Option<(Waiting, &str)> {
        let sealed = self.entries.last(wire::RESUME)?;
        let waiting = Waiting::open(&self.site.keys(), self.parts.uri.path(), sealed)?;
        Some((waiting, sealed))
    }

    /// Who sent it, if its guard knows.
    pub(crate) fn subject(&self) -> Option<String> {
        let proof = self.proof.as_ref()?;
        (self.def().subject)(proof)
    }

    /// The action; every step after [`action::find`] has one.
    pub(crate) fn def(&self) -> &'static ActionDef {
        self.action.expect("the action step comes first")
    }
}

async fn path_params(parts: &mut Parts) -> Arc<[(String, String)]> {
    match RawPathParams::from_request_parts(parts, &()).await {
        Ok(params) => params.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect(),
        // A parameter that isn't UTF-8: the handler that asks for it answers not found.
        Err(_) => Arc::default(),
    }
}
