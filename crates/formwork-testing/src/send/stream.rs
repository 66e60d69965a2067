//! The enhanced gear's answer, read to its end.

use axum::{body::Body, response::Response};
use formwork_core::wire::{self, Line, Outcome, QueryLine};
use http::header;
use http_body_util::BodyExt;

/// What a stream says.
pub(crate) struct Told {
    pub(crate) outcome: Outcome,
    pub(crate) queries: Vec<QueryLine>,
}

/// # Panics
/// If it is no whole stream: a browser would not know what became of the submission.
pub(crate) async fn read(response: Response) -> Told {
    let (mut outcome, mut queries) = (None, Vec::new());
    for line in lines(response).await {
        match line {
            Line::Outcome(told) => outcome = Some(told),
            Line::Query(query) => queries.push(query),
            _ => {}
        }
    }
    Told { outcome: outcome.expect("a submission is told its outcome"), queries }
}

/// The queries that a client has asked for.
pub(crate) async fn queries(response: Response) -> Vec<QueryLine> {
    let lines = lines(response).await.into_iter();
    let queries = lines.filter_map(|line| match line {
        Line::Query(query) => Some(query),
        _ => None,
    });
    queries.collect()
}

async fn lines(response: Response) -> Vec<Line> {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).cloned();
    let text = body(response.into_body()).await;
    assert!(
        kind.as_ref().is_some_and(|kind| kind == wire::NDJSON),
        "the enhanced gear was answered with {status} and {kind:?}, not with `{}`; a layer or a \
         handler of the application's own has answered:\n{text}",
        wire::NDJSON
    );
    let read = |line| {
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in the line {line}"))
    };
    let lines: Vec<Line> = text.lines().map(read).collect();
    assert!(matches!(lines.last(), Some(Line::End)), "the stream was cut: {text}");
    lines
}

/// The text of a body.
pub(crate) async fn body(body: Body) -> String {
    let bytes = body.collect().await;
    let bytes = bytes.unwrap_or_else(|error| panic!("the answer was cut: {error}")).to_bytes();
    String::from_utf8_lossy(&bytes).into_owned()
}
