//! Reads a response line by line, each as soon as it is there.

use std::{mem, rc::Rc, time::Duration};

use formwork_core::{
    LineReader,
    wire::{self, Line},
};
use js_sys::{Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, ReadableStreamDefaultReader, RequestInit, Response};

use super::Job;
use crate::{build, dom::window};

/// The response did not come, or ended before its `end` line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut;

/// How long the stream may be silent before it counts as broken: longer than a query may take, which the
/// server says itself.
const SILENCE: Duration = Duration::from_secs(40);
/// How long an answer may take to begin: the upload and the handler are in it.
pub(super) const PATIENCE: Duration = Duration::from_secs(300);

/// Sends a submission and hands over each line of its answer. Once it has reported something, it can be
/// broken off: before that there is nothing to see of it.
pub(super) async fn read_for(
    job: &Job,
    request: &RequestInit,
    line: &mut dyn FnMut(Line),
) -> Result<(), Cut> {
    let abort = AbortController::new().map_err(|_| Cut)?;
    let mut is_told = false;
    let mut told = |read: Line| {
        if matches!(read, Line::Report(_)) && !mem::replace(&mut is_told, true) {
            let (abort, cancelled) = (abort.clone(), Rc::clone(&job.cancelled));
            job.observer.cancellable(Box::new(move || {
                cancelled.set(true);
                abort.abort();
            }));
        }
        line(read);
    };
    read_until(&abort, &job.url, request, &mut told).await
}

/// Sends a request and hands over each line of its answer.
pub(crate) async fn read(
    url: &str,
    request: &RequestInit,
    line: &mut dyn FnMut(Line),
) -> Result<(), Cut> {
    let abort = AbortController::new().map_err(|_| Cut)?;
    read_until(&abort, url, request, line).await
}

async fn read_until(
    abort: &AbortController,
    url: &str,
    request: &RequestInit,
    line: &mut dyn FnMut(Line),
) -> Result<(), Cut> {
    request.set_signal(Some(&abort.signal()));
    let complete = follow(url, request, line).await;
    if complete.is_err() {
        abort.abort();
    }
    complete
}

async fn follow(url: &str, request: &RequestInit, line: &mut dyn FnMut(Line)) -> Result<(), Cut> {
    let response = in_time(PATIENCE, window().fetch_with_str_and_init(url, request)).await?;
    let response: Response = response.dyn_into().map_err(|_| Cut)?;
    build::note(response.headers().get(wire::BUILD_HEADER).ok().flatten());
    // A proxy's error page, or a sign-in page somewhere on the way, is no answer.
    let kind = response.headers().get("content-type").ok().flatten().unwrap_or_default();
    if !kind.starts_with(wire::NDJSON) {
        return Err(Cut);
    }
    let reader = response.body().ok_or(Cut)?.get_reader();
    let reader: ReadableStreamDefaultReader = reader.dyn_into().map_err(|_| Cut)?;
    let mut lines = LineReader::default();
    loop {
        let chunk = in_time(SILENCE, reader.read()).await?;
        let value = Reflect::get(&chunk, &"value".into()).map_err(|_| Cut)?;
        if value.is_undefined() {
            return Err(Cut);
        }
        lines.push(&Uint8Array::new(&value).to_vec());
        while let Some(read) = lines.next().map_err(|_| Cut)? {
            match read {
                Line::End => return Ok(()),
                read => line(read),
            }
        }
    }
}

async fn in_time(limit: Duration, promise: Promise) -> Result<JsValue, Cut> {
    let silence = timer(limit);
    let first = Promise::race(&js_sys::Array::of2(&promise, &silence.promise));
    let result = JsFuture::from(first).await;
    window().clear_timeout_with_handle(silence.handle);
    match result {
        Ok(value) if !value.is_undefined() => Ok(value),
        _ => Err(Cut),
    }
}

/// Resolves in a later task, after what this one has set going.
pub(crate) async fn next_task() {
    wait(Duration::ZERO).await;
}

/// Resolves after a while.
pub(crate) async fn wait(time: Duration) {
    let _ = JsFuture::from(timer(time).promise).await;
}

/// A promise that resolves after a while.
pub(crate) fn after(time: Duration) -> Promise {
    timer(time).promise
}

struct Timer {
    promise: Promise,
    handle: i32,
}

/// A promise of `undefined` after a while.
fn timer(after: Duration) -> Timer {
    let mut handle = 0;
    let promise = Promise::new(&mut |resolve: Function, _| {
        let milliseconds = i32::try_from(after.as_millis()).unwrap_or(i32::MAX);
        let set =
            window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
        handle = set.unwrap_or_default();
    });
    Timer { promise, handle }
}
