//! Sends a submission and carries out what the stream says.

use formwork_core::{
    ErrorKind,
    wire::{self, Line, Outcome},
};
use js_sys::encode_uri_component;
use wasm_bindgen::JsValue;
use web_sys::{Headers, RequestInit, UrlSearchParams};

use super::{Job, page_url, queue, stream};
use crate::{dom, navigate::navigate, query};

/// Sends it and follows its stream to the end; tells the observer of each turn.
pub(super) async fn send(job: Job) {
    let sent_at = query::now();
    let mut answered: Option<Answered> = None;
    let result = match request(&job) {
        Ok(request) => {
            stream::read(&job.url, &request, |line| match line {
                Line::Outcome(outcome) => {
                    answered = Some(Answered {
                        success: outcome.is_success(),
                        redirect: outcome.redirect.clone(),
                    });
                    take(&job, outcome);
                }
                Line::Query(line) => query::apply(line),
                Line::End => {}
            })
            .await
        }
        Err(_) => Err(stream::Cut),
    };
    let here = page_url() == job.url;
    match (answered, result) {
        (Some(Answered { redirect: Some(to), .. }), _) if here => go(&to, sent_at).await,
        // The visitor has gone elsewhere meanwhile, and stays there, with data that is fresh.
        (Some(Answered { success: true, .. }), _) if !here => {
            query::refetch_older_than(query::now())
        }
        (Some(_), Ok(())) => {}
        // The write is known, only its data did not arrive: reading it again is safe.
        (Some(Answered { success: true, .. }), Err(stream::Cut)) => {
            query::refetch(query::keys_on_screen());
        }
        (Some(_), Err(stream::Cut)) => {}
        (None, _) => {
            let again = job.clone();
            job.observer.interrupted(Box::new(move || queue::enqueue(again.clone())));
        }
    }
    job.observer.finished();
}

struct Answered {
    success: bool,
    redirect: Option<String>,
}

fn take(job: &Job, outcome: Outcome) {
    let moved_on = matches!(&outcome.error, Some(error) if matches!(error.kind, ErrorKind::Stale | ErrorKind::Gone));
    if moved_on && !job.multipart {
        // The page of the server's own build answers a native post, with everything typed in it.
        dom::post_natively(&job.url, &job.body);
        return;
    }
    if outcome.is_success()
        && let Some((form, sent)) = &job.reset
        // What was typed since then is not what was sent.
        && dom::typed_in(form) == *sent
    {
        dom::reset(form);
    }
    job.observer.outcome(outcome);
}

/// Follows a redirect. What stays on screen beside the new page (a header, say) was read before
/// the action ran, so it is read again, in the same request as the new page's own queries.
async fn go(to: &str, sent_at: u64) {
    navigate(to);
    stream::next_task().await;
    query::refetch_older_than(sent_at);
}

fn request(job: &Job) -> Result<RequestInit, JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", wire::NDJSON)?;
    let keys: Vec<String> = query::keys_on_screen()
        .iter()
        .map(|key| String::from(encode_uri_component(key.as_str())))
        .collect();
    // The data of another page is of no use to this one.
    if !keys.is_empty() && job.url == page_url() {
        headers.set(wire::QUERIES_HEADER, &keys.join(","))?;
    }
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_headers(&headers);
    if job.multipart {
        request.set_body(&job.body);
    } else {
        let entries: JsValue = UrlSearchParams::new_with_str_sequence_sequence(&job.body)?.into();
        request.set_body(&entries);
    }
    Ok(request)
}
