//! The request boundary: no reactive owner of one request is ever current while another is polled.
//!
//! Leptos 0.8 keeps the current owner in a thread-local. `Owner::new_root` sets it and never puts
//! the old one back, and `Owner::new` adopts whatever it finds as its parent; so on a shared worker
//! thread a server function could read the context of a page that is still streaming. Every future
//! and every body that this crate polls is wrapped here: before a poll the right owner (or none) is
//! put in place, afterwards what was there before is put back.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::{body::Body, extract::Request, response::Response};
use futures::{Stream, future::BoxFuture};
use http_body::{Body as HttpBody, Frame, SizeHint};
use leptos::prelude::Owner;
use tower::{Layer, Service};

/// A future or body that is polled under one owner, or under none.
pub(crate) struct Isolated<F> {
    inner: Pin<Box<F>>,
    owner: Option<Owner>,
}

impl<F> Isolated<F> {
    /// Polls without any owner: what runs inside sees no reactive context at all.
    pub(crate) fn outside(inner: F) -> Self {
        Isolated { inner: Box::pin(inner), owner: None }
    }

    /// Polls under this owner.
    pub(crate) fn under(owner: Owner, inner: F) -> Self {
        Isolated { inner: Box::pin(inner), owner: Some(owner) }
    }

    fn poll_with<T>(&mut self, poll: impl FnOnce(Pin<&mut F>) -> T) -> T {
        isolate(self.owner.as_ref(), || poll(self.inner.as_mut()))
    }
}

/// Runs `work` with `owner`, or none, as the current owner, and puts back what was current before.
pub(crate) fn isolate<T>(owner: Option<&Owner>, work: impl FnOnce() -> T) -> T {
    struct Restore(Option<Owner>);
    impl Drop for Restore {
        fn drop(&mut self) {
            match self.0.take() {
                Some(before) => before.set(),
                None => unset(),
            }
        }
    }

    let _restore = Restore(Owner::current());
    match owner {
        Some(owner) => owner.set(),
        None => unset(),
    }
    work()
}

fn unset() {
    if let Some(current) = Owner::current() {
        current.unset();
    }
}

impl<F: Future> Future for Isolated<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.get_mut().poll_with(|inner| inner.poll(cx))
    }
}

impl<S: Stream> Stream for Isolated<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.get_mut().poll_with(|inner| inner.poll_next(cx))
    }
}

impl HttpBody for Isolated<Body> {
    type Data = <Body as HttpBody>::Data;
    type Error = <Body as HttpBody>::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        self.get_mut().poll_with(|inner| inner.poll_frame(cx))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The outermost layer of an application: isolates each request and its response body, and so also
/// plain axum handlers and the application's own `#[server]` functions.
///
/// [`Site::serve`](crate::Site::serve) applies it; add it yourself when you serve a router by
/// other means.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestBoundary;

impl<S> Layer<S> for RequestBoundary {
    type Service = RequestBoundaryService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RequestBoundaryService(inner)
    }
}

/// The service of [`RequestBoundary`].
#[derive(Clone, Debug)]
pub struct RequestBoundaryService<S>(S);

impl<S> Service<Request> for RequestBoundaryService<S>
where
    S: Service<Request, Response = Response>,
    S::Future: Send + 'static,
    S::Error: 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let response = isolate(None, || self.0.call(request));
        let response = Isolated::outside(response);
        Box::pin(async move { Ok(response.await?.map(|body| Body::new(Isolated::outside(body)))) })
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use leptos::prelude::{Owner, provide_context, use_context};

    use super::*;

    #[test]
    fn what_runs_outside_sees_no_context_and_what_was_current_comes_back() {
        let owner = Owner::new_root(None);
        owner.with(|| provide_context("alice"));
        owner.set();

        let seen = Isolated::outside(async { use_context::<&str>() });
        let mut seen = Box::pin(seen);
        let poll = seen.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(poll, Poll::Ready(None)));
        assert_eq!(use_context::<&str>(), Some("alice"));
    }

    #[test]
    fn an_owner_set_during_a_poll_does_not_stay() {
        unset();
        let mut leaking = Box::pin(Isolated::outside(async {
            let owner = Owner::new_root(None);
            owner.with(|| provide_context("alice"));
            std::mem::forget(owner);
        }));
        let _ = leaking.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert_eq!(use_context::<&str>(), None);
    }

    #[test]
    fn a_panic_puts_the_owner_back() {
        unset();
        let result = std::panic::catch_unwind(|| {
            isolate(Some(&Owner::new_root(None)), || panic!("in a component"));
        });
        assert!(result.is_err());
        assert!(Owner::current().is_none());
    }
}
