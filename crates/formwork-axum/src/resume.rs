//! Signing in and back: a form whose sender had to sign in first waits, sealed, in the page that asks
//! for it.
//!
//! 1. The guard of an action answers 401. The page at the same URL shows the application's error
//!    page, whose forms carry what was entered in a hidden field, sealed, without secrets and files.
//! 2. The sign-in form posts to that same URL. If it fails, the error page comes again, the field
//!    with it.
//! 3. When it succeeds, the page itself comes back in that response, rendered for who has signed in,
//!    the form filled in as it was. It is never sent by itself: whoever signed in looks at it first.
//!
//! The page has to see the cookies that the sign-in has set, also those of the application's own
//! layers. So it is asked for from outside of them all, in [`Site::guarded`](crate::Site::guarded).

use axum::{Router, response::Response};
use formwork_core::{
    ErrorKind, Posted, PublicError,
    wire::{AtStep, Outcome},
};
use http::{HeaderValue, Method, header, request::Parts};
use serde::{Deserialize, Serialize};
use tower::ServiceExt;

use crate::{
    destination,
    seal::{self, Keys, Opened, Purpose},
    submit,
};

/// How long a form waits, in seconds.
const PATIENCE: u64 = 60 * 60;

/// A form that waits for its sender to sign in.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Waiting {
    action: String,
    form: String,
    kept: Vec<(String, String)>,
    /// Its id and what it is sent in place of: it may be that it was sent before, and is done.
    #[serde(default)]
    submission: String,
    #[serde(default)]
    again: String,
    /// Of a form in steps.
    #[serde(default)]
    step: Option<AtStep>,
    /// What the guard said.
    message: String,
    /// Until when, in seconds since 1970.
    until: u64,
}

impl Waiting {
    /// The form that was refused like this, for what the guard said.
    pub(crate) fn new(refused: Posted, message: &str) -> Self {
        let Posted { action, form, outcome, submission, again, kept, .. } = refused;
        let kept = kept.unwrap_or_default();
        let (message, until) = (message.to_owned(), seal::now() + PATIENCE);
        Waiting { action, form, kept, submission, again, step: outcome.step, message, until }
    }

    /// For a page of this path alone.
    pub(crate) fn seal(&self, keys: &Keys, path: &str) -> String {
        let json = serde_json::to_vec(self).expect("names and values are plain data");
        keys.seal(Purpose::Resume, path.as_bytes(), &json)
    }

    /// What a page of this path was given; `None` for anything else, and for what has waited too
    /// long: then it is as if nothing waited.
    pub(crate) fn open(keys: &Keys, path: &str, sealed: &str) -> Option<Self> {
        let Opened::Text(json) = keys.open(Purpose::Resume, path.as_bytes(), sealed) else {
            return None;
        };
        let waiting: Waiting = serde_json::from_slice(&json).ok()?;
        (waiting.until >= seal::now()).then_some(waiting)
    }

    /// Why it waits.
    pub(crate) fn error(&self) -> PublicError {
        let message = self.message.clone();
        PublicError { kind: ErrorKind::Unauthorized, message, digest: None }
    }

    /// As the page shows it after the sign-in.
    pub(crate) fn posted(self) -> Posted {
        let error = PublicError {
            kind: ErrorKind::Resumed,
            message: "You are signed in now. What you had entered is filled in again: check it, \
                      then send it once more."
                .to_owned(),
            digest: None,
        };
        let (error, step) = (Some(error), self.step);
        let outcome = Outcome { status: 200, error, step, ..Outcome::default() };
        Posted {
            action: self.action,
            form: self.form,
            outcome,
            submission: self.submission,
            again: self.again,
            kept: Some(self.kept),
            left: Vec::new(),
        }
    }
}

/// In a request: [`Resuming`] looks after its answer.
#[derive(Clone)]
pub(crate) struct Expected;

/// What a page is to show: in a response that asks for it, and then in the request for the page. No
/// header can forge it.
#[derive(Clone)]
pub(crate) struct Resumed(pub(crate) Posted);

/// Takes part in a native submission from outside of all layers.
pub(crate) struct Resuming {
    request: Parts,
}

impl Resuming {
    /// Remembers what it takes to go on, and says so to the page.
    pub(crate) fn expect(parts: &mut Parts) -> Option<Self> {
        if parts.method != Method::POST || submit::wants_stream(&parts.headers) {
            return None;
        }
        let request = parts.clone();
        parts.extensions.insert(Expected);
        Some(Resuming { request })
    }

    /// The page that the answer asks for.
    pub(crate) async fn go_on(
        self,
        resumed: Resumed,
        answer: Response,
        router: Router,
    ) -> Response {
        let page = self.request.uri.clone();
        let mut request = destination::next(self.request, page, answer.headers());
        request.extensions_mut().insert(resumed);
        let Ok(mut page) = router.oneshot(request).await;
        let headers = page.headers_mut();
        // What the page sets stands later, and counts.
        let set = answer.headers().get_all(header::SET_COOKIE).iter();
        let later = headers.get_all(header::SET_COOKIE).iter();
        let all: Vec<HeaderValue> = set.chain(later).cloned().collect();
        headers.remove(header::SET_COOKIE);
        for line in all {
            headers.append(header::SET_COOKIE, line);
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        let key = seal::make();
        seal::load(Some(&key), true, std::path::Path::new("")).unwrap()
    }

    #[test]
    fn it_waits_for_its_own_page_and_not_for_ever() {
        let keys = keys();
        let kept = vec![("body".to_owned(), "half a novel".to_owned())];
        let refused = Posted {
            action: "a".to_owned(),
            form: "1".to_owned(),
            outcome: Outcome::default(),
            submission: "id".to_owned(),
            again: "x".to_owned(),
            kept: Some(kept.clone()),
            left: Vec::new(),
        };
        let mut waiting = Waiting::new(refused, "Please sign in.");
        let sealed = waiting.seal(&keys, "/a");
        let posted = Waiting::open(&keys, "/a", &sealed).unwrap().posted();
        assert_eq!(
            (posted.action.as_str(), posted.form.as_str(), posted.kept),
            ("a", "1", Some(kept))
        );
        assert_eq!((&*posted.submission, &*posted.again), ("id", "x"), "it is the same submission");
        assert!(!posted.outcome.is_success(), "nothing has run");
        assert!(Waiting::open(&keys, "/b", &sealed).is_none());
        assert!(Waiting::open(&self::keys(), "/a", &sealed).is_none(), "another key");
        assert!(Waiting::open(&keys, "/a", "made up").is_none());
        waiting.until = seal::now() - 1;
        assert!(Waiting::open(&keys, "/a", &waiting.seal(&keys, "/a")).is_none(), "too late");
    }
}
