//! The life of a submission: one file a step, in this order.
//!
//! 1. [`origin`] — was it sent from this site? → 403
//! 2. [`body`] — a form, within the limits? → 400, 413, 415
//! 3. [`action`] — which action? Unknown → 409
//! 4. [`shape`] — the form as this build knows it? Changed → 409
//! 5. [`guard`] — who is this, and may they? → 401, 403
//! 6. [`throttle`] — how often? → 429
//! 7. [`unseal`] — the values that the server bound to it → 400, 409
//! 8. [`once`] — seen before? The recorded outcome is answered again
//! 9. [`parse`] — every issue at its field → 422
//! 10. [`run`] — the handler
//! 11. [`effects`] — cookies, tags, redirect: applied once
//! 12. [`answer`] — the page, a redirect, or the stream

mod action;
mod answer;
mod body;
mod effects;
mod guard;
mod once;
mod origin;
mod parse;
mod run;
mod shape;
mod throttle;
mod unseal;

use std::{
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
use http::request::Parts;
use tower_http::timeout::TimeoutBody;

use crate::{
    action::{ActionDef, Erased, ErasedForm},
    forwarded,
    refusal::Refusal,
    site::{Site, refuse},
};

pub(crate) use answer::{refused, wants_stream};
pub(crate) use once::Once;
pub(crate) use run::Ran;

/// A submission on its way through the steps; each fills in what it found out.
pub(crate) struct Submission {
    pub(crate) site: Site,
    pub(crate) parts: Parts,
    /// The parameters of the page's path.
    pub(crate) params: Arc<[(String, String)]>,
    /// The fields as they were sent; empty until the body has been read.
    pub(crate) entries: Entries,
    /// When it came.
    pub(crate) begun: Instant,
    /// Whether its outcome was recorded before.
    pub(crate) replayed: bool,
    /// How many bytes the body had.
    pub(crate) body_bytes: usize,
    /// The action's id as it was sent.
    pub(crate) action_id: String,
    /// Which of several forms of one action.
    pub(crate) form: String,
    /// The action of this build.
    pub(crate) action: Option<&'static ActionDef>,
    /// What the guard proved.
    pub(crate) proof: Option<Erased>,
    /// The values that the server bound to the action.
    pub(crate) bound: Option<ErasedForm>,
}

/// How long a body may stand still before it counts as broken off.
const STALL: Duration = Duration::from_secs(10);

/// Takes a POST to a page through every step.
pub(crate) async fn submit(site: Site, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let mut body = Body::new(TimeoutBody::new(STALL, body));
    let client = forwarded::client(&parts, &site.config().trusted_proxies);
    let _under_way = match client.map(|client| site.under_way(client)) {
        Some(None) => return refuse(site, parts, Refusal::TooManyAtOnce).await,
        counted => counted.flatten(),
    };
    let params = path_params(&mut parts).await;
    let mut submission = Submission {
        site,
        parts,
        params,
        entries: Entries::default(),
        begun: Instant::now(),
        replayed: false,
        body_bytes: 0,
        action_id: String::new(),
        form: String::new(),
        action: None,
        proof: None,
        bound: None,
    };
    let result = steps(&mut submission, &mut body).await;
    if result.is_err() {
        body::discard(&mut body).await;
    }
    answer::answer(submission, result).await
}

async fn steps(submission: &mut Submission, body: &mut Body) -> Result<Ran, ActionError> {
    origin::check(submission)?;
    body::read(submission, body).await?;
    action::find(submission)?;
    shape::check(submission)?;
    guard::check(submission).await?;
    throttle::count(submission)?;
    unseal::open(submission)?;
    let ran = once::once(submission).await?;
    effects::check(&ran)?;
    Ok(ran)
}

/// An id of ours has 32 characters; another client's may be longer, but not by any length.
const LONGEST_ID: usize = 64;

impl Submission {
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
        let id = self.entries.last(wire::SUBMISSION)?;
        let sound = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (sound && !id.is_empty() && id.len() <= LONGEST_ID).then_some(id)
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
