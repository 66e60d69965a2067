//! A streaming action: what it reports while it runs, and then its answer, in one stream.
//!
//! 1. It runs for an audience: whoever waits for its answer. When that goes away, it is stopped, and its
//!    claim is given up: the same submission runs anew.
//! 2. Until its first report it is answered as any other, with everything that a response can say. From
//!    then on the response has begun.
//! 3. What it comes to is answered in the same stream. If that takes what only the head of a response can
//!    say (a cookie, or a redirect with the data of its destination), the client asks for it, by sending
//!    the same submission again: it is answered with what was recorded.

use std::time::Duration;

use axum::{body::BodyDataStream, response::Response};
use bytes::Bytes;
use formwork_core::{
    ActionError,
    wire::{self, Line},
};
use futures::{StreamExt, future::BoxFuture, stream};
use http::{HeaderMap, header};
use tokio::sync::oneshot;
use tracing::{Instrument, Span};

use super::{
    Came, Ended, Ran, Submission, answer, checked,
    run::{Audience, IsThere},
};
use crate::{boundary::Isolated, destination, query, refusal::Refusal, reports::LooksOn};

/// How long nothing is sent at most: nobody on the way should take the connection for broken, and a
/// visitor who has gone without a word is noticed.
const SILENCE: Duration = Duration::from_secs(15);

/// A run with an audience.
pub(super) struct Watched {
    run: BoxFuture<'static, Result<Ran, ActionError>>,
    /// What it came to, while there are reports to be sent first.
    ended: Option<Result<Ran, ActionError>>,
    reports: LooksOn,
    _is_there: IsThere,
}

/// The audience's own end.
pub(super) struct Seat {
    reports: Option<LooksOn>,
    is_there: IsThere,
}

/// The audience of a streaming action; any other runs to its end whoever is there. `may_look`: its
/// outcome will be recorded, so that it can be asked for.
pub(super) fn of(submission: &Submission, may_look: bool) -> (Option<Audience>, Option<Seat>) {
    if !submission.def().streams {
        return (None, None);
    }
    let looks = may_look && takes_reports(&submission.parts.headers);
    let (reports, queue) = looks.then(LooksOn::new).unzip();
    let (here, is_there) = oneshot::channel();
    let seat = Seat { reports, is_there: here };
    (Some(Audience { reports: queue, is_there }), Some(seat))
}

/// Waits until it has ended, or reports something.
pub(super) async fn until<F>(seat: Option<Seat>, run: F) -> Result<Came, ActionError>
where
    F: Future<Output = Result<Ran, ActionError>> + Send + 'static,
{
    let Some(Seat { reports: Some(mut reports), is_there }) = seat else {
        // Whoever has a seat keeps it meanwhile.
        return run.await.map(Came::ran);
    };
    let mut run: BoxFuture<'static, _> = Box::pin(run);
    let ended = tokio::select! {
        biased;
        ended = &mut run => Some(ended),
        () = reports.come() => None,
    };
    match ended {
        Some(ended) if reports.are_all_seen() => ended.map(Came::ran),
        ended => Ok(Came::Watched(Box::new(Watched { run, ended, reports, _is_there: is_there }))),
    }
}

/// Whether it was stopped because its visitor has gone.
pub(crate) fn has_left(error: &ActionError) -> bool {
    error.message() == Refusal::VisitorLeft.text()
}

fn takes_reports(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    answer::wants_stream(headers) && accept.is_some_and(|accept| accept.contains(wire::REPORTS))
}

/// The stream: each report as it comes, then the answer.
pub(super) fn answer(submission: Submission, watched: Watched) -> Response {
    let (site, span) = (submission.site.clone(), Span::current());
    let begun = At::Reports(Box::new(submission), watched);
    let bytes = stream::unfold(begun, move |at| at.next().instrument(span.clone()));
    // A layer may ask once more at its end.
    query::stream_of_bytes(&site, Isolated::outside(bytes.fuse()))
}

/// Where the stream is.
enum At {
    Reports(Box<Submission>, Watched),
    Answer(BodyDataStream),
}

impl At {
    async fn next(self) -> Option<(Result<Bytes, axum::Error>, At)> {
        let mut answer = match self {
            At::Reports(submission, mut watched) => match watched.next().await {
                Turn::Line(line) => {
                    return Some((query::bytes_of(&line), At::Reports(submission, watched)));
                }
                Turn::Ended(result) => ended(*submission, result).await,
            },
            At::Answer(answer) => answer,
        };
        let bytes = answer.next().await?;
        Some((bytes, At::Answer(answer)))
    }
}

enum Turn {
    Line(Line),
    Ended(Result<Ran, ActionError>),
}

impl Watched {
    async fn next(&mut self) -> Turn {
        if self.ended.is_none() {
            tokio::select! {
                biased;
                () = self.reports.come() => {}
                ended = &mut self.run => self.ended = Some(ended),
                () = tokio::time::sleep(SILENCE) => return Turn::Line(Line::Wait),
            }
        }
        match (self.reports.take(), self.ended.take()) {
            (Some(report), ended) => {
                self.ended = ended;
                Turn::Line(Line::Report(report))
            }
            (None, Some(ended)) => Turn::Ended(ended),
            (None, None) => Turn::Line(Line::Wait),
        }
    }
}

/// What it came to, as any submission is answered.
async fn ended(mut submission: Submission, result: Result<Ran, ActionError>) -> BodyDataStream {
    let site = submission.site.clone();
    let result = result.and_then(|ran| checked(&mut submission, Ended::Ran(ran)));
    let answer = answer::answer(submission, result).await;
    let takes_head =
        answer.headers().contains_key(header::SET_COOKIE) || destination::goes_on(&answer);
    let answer = match takes_head {
        true => query::stream_response(&site, stream::iter([Line::Ask, Line::End])),
        false => answer,
    };
    answer.into_body().into_data_stream()
}
