//! Sends a form with files: by `XMLHttpRequest`, because `fetch` does not say how much has been sent.

use std::{
    cell::Cell,
    pin::Pin,
    rc::{Rc, Weak},
    time::Duration,
};

use formwork_core::{
    LineReader, Progress,
    wire::{self, Line},
};
use futures_channel::mpsc;
use js_sys::{JsString, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Headers, ProgressEvent, XmlHttpRequest};

use super::{
    Job,
    stream::{self, Cut},
};
use crate::{build, dom};

/// What happens to a request.
enum Event {
    Sent(Progress),
    /// More of the answer is there, or all of it.
    Answer,
    /// Nothing more will come.
    Over,
}

/// Sends a submission with its files, and hands over each line of the answer.
type Send = for<'a> fn(&'a Job, &'a Headers, &'a mut dyn FnMut(Line)) -> Sending<'a>;
type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), Cut>> + 'a>>;

thread_local! {
    /// Once there has been a form for files.
    static SEND: Cell<Option<Send>> = const { Cell::new(None) };
}

/// There is a form for files: until one says so, a client has no need of the code that sends them.
pub fn allow_files() {
    SEND.set(Some(|job, headers, line| Box::pin(read(job, headers, line))));
}

/// What sends files, if there has been a form for them.
pub(super) fn sender() -> Option<Send> {
    SEND.get()
}

async fn read(job: &Job, headers: &Headers, line: &mut dyn FnMut(Line)) -> Result<(), Cut> {
    let request = XmlHttpRequest::new().map_err(|_| Cut)?;
    let (send, events) = mpsc::unbounded();
    let last = Rc::new(Cell::new(dom::now()));
    let heard = Rc::clone(&last);
    let tell = move |event| {
        heard.set(dom::now());
        drop(send.unbounded_send(event));
    };
    spawn_local(break_off_in_silence(request.clone(), Rc::downgrade(&last)));
    let listeners = listen(&request, tell).map_err(|_| Cut)?;
    let (cancel, cancelled) = (request.clone(), Rc::clone(&job.cancelled));
    job.observer.cancellable(Box::new(move || {
        cancelled.set(true);
        let _ = cancel.abort();
    }));
    let result = follow(&request, job, headers, events, line).await;
    if result.is_err() {
        let _ = request.abort();
    }
    // What was broken off tells of it later: nobody listens any more.
    request.set_onprogress(None);
    request.set_onloadend(None);
    if let Ok(upload) = request.upload() {
        upload.set_onprogress(None);
    }
    drop((listeners, last));
    result
}

/// Breaks a request off of which nothing has been heard for as long as an answer may take; it is watched for
/// as long as somebody holds the time when it was heard of last.
async fn break_off_in_silence(request: XmlHttpRequest, last: Weak<Cell<u64>>) {
    while let Some(heard) = last.upgrade().map(|last| last.get()) {
        let silence = Duration::from_millis(dom::now().saturating_sub(heard));
        let Some(left) = stream::PATIENCE.checked_sub(silence).filter(|left| !left.is_zero())
        else {
            let _ = request.abort();
            return;
        };
        stream::wait(left).await;
    }
}

async fn follow(
    request: &XmlHttpRequest,
    job: &Job,
    headers: &Headers,
    mut events: mpsc::UnboundedReceiver<Event>,
    line: &mut dyn FnMut(Line),
) -> Result<(), Cut> {
    let sent = || -> Result<(), JsValue> {
        request.open("POST", &job.url)?;
        for name in ["accept", wire::QUERIES_HEADER, wire::KEPT_HEADER] {
            if let Some(value) = headers.get(name)? {
                request.set_request_header(name, &value)?;
            }
        }
        request.send_with_opt_form_data(Some(&job.body))
    };
    sent().map_err(|_| Cut)?;
    let (mut lines, mut seen) = (LineReader::default(), 0);
    loop {
        let over = match events.recv().await {
            Ok(Event::Sent(progress)) => {
                job.observer.progress(progress);
                continue;
            }
            Ok(Event::Answer) => false,
            Ok(Event::Over) | Err(_) => true,
        };
        build::note(request.get_response_header(wire::BUILD_HEADER).ok().flatten());
        let kind = request.get_response_header("content-type").ok().flatten().unwrap_or_default();
        if kind.starts_with(wire::NDJSON) {
            let text = Reflect::get(request, &"responseText".into()).map_err(|_| Cut)?;
            let text: JsString = text.dyn_into().map_err(|_| Cut)?;
            lines.push(String::from(text.slice(seen, text.length())).as_bytes());
            seen = text.length();
            while let Some(read) = lines.next().map_err(|_| Cut)? {
                match read {
                    Line::End => return Ok(()),
                    read => line(read),
                }
            }
        }
        if over {
            return Err(Cut);
        }
    }
}

/// What must live as long as the request does.
type Listeners = Vec<Closure<dyn FnMut(ProgressEvent)>>;

fn listen(
    request: &XmlHttpRequest,
    tell: impl Fn(Event) + Clone + 'static,
) -> Result<Listeners, JsValue> {
    let listener = |event: fn(ProgressEvent) -> Event| {
        let tell = tell.clone();
        Closure::<dyn FnMut(ProgressEvent)>::new(move |progress| tell(event(progress)))
    };
    let sent = listener(|event| {
        Event::Sent(Progress { sent: event.loaded() as u64, total: event.total() as u64 })
    });
    let answer = listener(|_| Event::Answer);
    let over = listener(|_| Event::Over);
    request.upload()?.set_onprogress(Some(sent.as_ref().unchecked_ref()));
    request.set_onprogress(Some(answer.as_ref().unchecked_ref()));
    // After success, failure and cancellation alike.
    request.set_onloadend(Some(over.as_ref().unchecked_ref()));
    Ok(vec![sent, answer, over])
}
