//! Sends a submission and carries out what the stream says.

use std::{mem, time::Duration};

use formwork_core::{
    ErrorKind, QueryKey,
    wire::{self, Line, Outcome},
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Headers, RequestInit, Url, UrlSearchParams};

use super::{
    Job, connection,
    console::{self, Heard},
    filled, leave, queue, stream, upload,
};
use crate::{
    build, dom, drafts,
    navigate::{navigate, take_focus_along},
    query::{self, Read},
    unsent, view_transition,
};

/// How long to wait before a submission without an answer is sent again: with its id, so that it is
/// answered with what was recorded if it ran. After the last, the visitor decides.
const AGAIN_AFTER: [Duration; 3] =
    [Duration::from_millis(400), Duration::from_millis(1_200), Duration::from_millis(3_000)];

/// Sends it and follows its stream to the end; tells the observer of each turn.
pub(super) async fn send(job: Job) {
    let mut answer = follow(&job).await;
    let mut pauses = AGAIN_AFTER.into_iter();
    let goes_on = || !job.cancelled.get() && !queue::is_stopped();
    while answer.outcome.is_none() && goes_on() {
        if connection::is_off() {
            // Kept for as long as it takes, in its place in the queue.
            job.observer.offline(true);
            connection::may_be_back().await;
            job.observer.offline(false);
        } else if let Some(pause) = pauses.next() {
            if !answer.asks {
                stream::wait(pause).await;
            }
        } else {
            break;
        }
        // Meanwhile it may have been broken off.
        if goes_on() {
            answer = follow(&job).await;
        }
    }
    if cfg!(debug_assertions) {
        console::tell(&job, heard(&answer));
    }
    let here = job.is_from_here();
    match answer {
        Answer { outcome: None, .. } if job.cancelled.get() => {
            query::lift(job.id);
            job.observer.cancelled();
            spawn_local(read_again());
        }
        Answer { outcome: None, .. } if !job.is_awaited() => {
            query::lift(job.id);
            drafts::keep_failed(&job, None);
        }
        Answer { outcome: None, .. } => {
            query::lift(job.id);
            queue::note_unanswered(job.clone());
            let again = job.clone();
            job.observer.interrupted(Box::new(move || queue::enqueue(again.clone())));
        }
        Answer { outcome: Some(Told { leaves: true, .. }), .. } => {
            leave::to_the_page_of(&job).await
        }
        Answer { outcome: Some(Told { redirect: Some(to), at, .. }), lines, complete, .. }
            if here =>
        {
            if complete && let Some(page) = as_the_browser_has_it(&to) {
                query::remember(page, lines.iter().map(|read| read.line.key.clone()).collect());
            }
            follow_redirect(&job, to, lines, at).await;
        }
        Answer {
            outcome: Some(Told { success: true, at, .. }), lines, shown, complete, ..
        } => {
            // The write is known. What did not arrive of its data is read again, and so is what has
            // come on screen since the request was made, of which the server did not know.
            let mut missing = query::keys_older_than(at);
            if !complete {
                let arrived = |key: &QueryKey| lines.iter().any(|read| read.line.key == *key);
                let cut_off = shown.into_iter().filter(|key| !arrived(key));
                missing.extend(cut_off);
                missing.sort_unstable();
                missing.dedup();
            }
            let lines = made_sure(lines, missing).await;
            put_on_screen(&job, lines).await;
        }
        Answer { .. } => {}
    }
    job.observer.finished();
}

/// What was broken off may have been done all the same, if its server was about to commit it: that is over
/// after a moment, and shows.
async fn read_again() {
    stream::wait(AGAIN_AFTER[1]).await;
    query::refetch(query::keys_older_than(query::tick()));
}

/// What a developer is told of it.
fn heard(answer: &Answer) -> Heard {
    let told = answer.outcome.as_ref();
    Heard {
        status: told.map(|told| told.status),
        redirect: told.and_then(|told| told.redirect.clone()),
        queries: answer.lines.iter().map(|read| console::about(&read.line)).collect(),
    }
}

/// Sends it once more for its outcome alone: its page is being left.
pub(super) async fn ask(job: Job) {
    follow(&job).await;
}

/// How often it is asked again for what others change all the time.
const ROUNDS: usize = 3;

/// The lines with what is missing, and with those read again of which nobody can tell whether they
/// are newer than what is on screen.
async fn made_sure(mut lines: Vec<Read>, mut missing: Vec<QueryKey>) -> Vec<Read> {
    let mut pauses = AGAIN_AFTER.into_iter();
    for _ in 0..ROUNDS {
        // What nobody sees is read when somebody does.
        missing.extend(query::on_screen(&query::take_doubtful(&mut lines)));
        if missing.is_empty() {
            return lines;
        }
        let came = query::ask(missing.clone()).await;
        missing.retain(|key| came.iter().all(|read| read.line.key != *key));
        lines.extend(came);
        if missing.is_empty() {
            continue;
        }
        match pauses.next() {
            _ if connection::is_off() => connection::may_be_back().await,
            Some(pause) => stream::wait(pause).await,
            None => break,
        }
    }
    // What is on screen stays, and is read when that can be.
    if !missing.is_empty() {
        spawn_local(async move {
            connection::may_be_back().await;
            query::refetch(query::on_screen(&missing));
        });
    }
    lines
}

/// What has come of a submission.
struct Answer {
    outcome: Option<Told>,
    /// New values.
    lines: Vec<Read>,
    /// The queries on screen that the request named: of these the server says what has changed. Of what is
    /// kept it says so by a line alone.
    shown: Vec<QueryKey>,
    /// It is done, and what it came to is to be asked for.
    asks: bool,
    /// The stream came to its end.
    complete: bool,
}

/// The outcome, as far as it is not the observer's.
struct Told {
    status: u16,
    success: bool,
    /// The page of the server's own build is to say it.
    leaves: bool,
    redirect: Option<String>,
    /// When it came, by the store's count: what the server did not vouch for is older.
    at: u64,
}

async fn follow(job: &Job) -> Answer {
    // The data of another page is of no use to this one.
    let named = if job.is_from_here() { query::vouched_for() } else { Vec::new() };
    let shown = query::on_screen(&named);
    let mut answer =
        Answer { outcome: None, lines: Vec::new(), shown, asks: false, complete: false };
    let mut is_first = true;
    let mut asked = query::tick();
    let mut since = asked;
    let Ok((request, headers)) = request(job, &named) else { return answer };
    let mut take_line = |line| match line {
        Line::Report(report) => job.observer.report(report.into(), mem::take(&mut is_first)),
        Line::Wait => {}
        Line::Ask => answer.asks = true,
        Line::Outcome(outcome) => {
            let (success, redirect) = (outcome.is_success(), outcome.redirect.clone());
            let status = outcome.status;
            let as_another = success && outcome.refresh;
            // With a redirect, the data is the destination's.
            let vouched: &[QueryKey] = if redirect.is_none() { &answer.shown } else { &[] };
            let at = if success { query::changed(vouched) } else { query::tick() };
            since = at;
            let leaves = take(job, outcome);
            if as_another {
                // What follows was read for whom the visitor is now.
                asked = query::tick();
                since = asked;
            }
            answer.outcome = Some(Told { status, success, leaves, redirect, at });
        }
        Line::Query(line) => {
            let goes = answer.outcome.as_ref().is_some_and(|told| told.redirect.is_some());
            let is_word = !goes && line.is_version_alone();
            answer.lines.push(Read { asked, since, is_live: false, is_word, line });
        }
        Line::End => {}
    };
    let result = match upload::sender().filter(|_| job.multipart) {
        Some(send) => send(job, &headers, &mut take_line).await,
        None => stream::read_for(job, &request, &mut take_line).await,
    };
    answer.complete = result.is_ok();
    answer
}

/// Takes the outcome; whether it is for another document to say.
fn take(job: &Job, outcome: Outcome) -> bool {
    job.answered.set(true);
    let moved_on = matches!(&outcome.error, Some(error) if matches!(error.kind, ErrorKind::Stale | ErrorKind::Gone));
    if moved_on || outcome.leaves || (outcome.sign_in && !job.multipart) {
        return true;
    }
    if outcome.is_success() {
        if outcome.refresh {
            query::forget_unwatched();
        }
        if let (Some(form), Some(sent)) = (&job.form, &job.reset)
            // What was typed since then is not what was sent.
            && dom::typed_in(form) == *sent
        {
            dom::reset(form);
        }
    } else {
        // Nothing of what was expected has come true.
        query::lift(job.id);
        if outcome.error.is_some() && !job.is_awaited() {
            drafts::keep_failed(job, Some(&outcome));
            return false;
        }
    }
    let to_mend = !outcome.issues.is_empty();
    let to_step = outcome.step.as_ref().is_some_and(|step| step.kept.is_some());
    job.observer.outcome(outcome);
    if let Some(form) = job.form.as_ref().filter(|_| to_mend) {
        filled::focus_first_invalid(form);
    } else if let Some(form) = job.form.as_ref().filter(|_| to_step) {
        filled::focus_step(form);
    }
    false
}

/// Follows a redirect, with the data that came with it. What stays on screen beside the new page (a
/// header, say) and did not come was read before the action ran, so it is read again.
async fn follow_redirect(job: &Job, to: String, mut lines: Vec<Read>, at: u64) {
    let id = job.id;
    view_transition::change(job.animated, move || {
        let mut again = query::take_doubtful(&mut lines);
        again.extend(query::take_in(lines, Some(id)));
        // The form that was sent has nothing left to lose; another one on the page may.
        if unsent::may_leave() {
            navigate(&to);
        }
        query::refetch(again);
    })
    .await;
    query::refetch(query::keys_older_than(at));
    spawn_local(take_focus_along());
}

/// The path and query of this address, encoded as the address bar has them.
fn as_the_browser_has_it(address: &str) -> Option<String> {
    let url = Url::new_with_base(address, &dom::window().location().href().ok()?).ok()?;
    Some(url.pathname() + &url.search())
}

/// Shows what has come, in one step.
async fn put_on_screen(job: &Job, lines: Vec<Read>) {
    let id = job.id;
    view_transition::change(job.animated, move || {
        query::refetch(query::on_screen(&query::take_in(lines, Some(id))));
    })
    .await;
    // What the visitor has just done may be among what only the other build can show.
    if build::has_unreadable() && !drafts::is_typing() && build::wants_document() {
        leave::load_new_build();
    }
}

fn request(job: &Job, named: &[QueryKey]) -> Result<(RequestInit, Headers), JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", wire::NDJSON_WITH_REPORTS)?;
    query::name(named, &headers);
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_headers(&headers);
    if !job.multipart {
        let entries: JsValue = UrlSearchParams::new_with_str_sequence_sequence(&job.body)?.into();
        request.set_body(&entries);
    }
    Ok((request, headers))
}
