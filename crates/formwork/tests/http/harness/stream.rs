//! The enhanced gear's answer, line by line as it comes.

use formwork::http::HeaderMap;
use reqwest::Response;
use serde_json::Value;

use super::soon;

/// An answer of `application/x-ndjson`.
pub struct Stream {
    pub status: u16,
    pub headers: HeaderMap,
    response: Response,
    buffer: Vec<u8>,
}

impl Stream {
    #[track_caller]
    pub(super) fn new(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let kind = &headers["content-type"];
        assert_eq!(kind, "application/x-ndjson", "status {status}");
        Stream { status, headers, response, buffer: Vec::new() }
    }

    /// The next line, as soon as it is there; `None` at the end.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=end).collect();
                return Some(serde_json::from_slice(&line).expect("a line of JSON"));
            }
            match soon(self.response.chunk()).await.expect("an unbroken stream") {
                Some(chunk) => self.buffer.extend(&chunk),
                None => {
                    assert!(self.buffer.is_empty(), "the last line ends, too");
                    return None;
                }
            }
        }
    }

    /// The outcome, which must come first.
    pub async fn outcome(&mut self) -> Value {
        let line = self.next().await.expect("a line");
        line.get("outcome").unwrap_or_else(|| panic!("not an outcome: {line}")).clone()
    }

    /// All lines that are left; the last one must be the end.
    pub async fn rest(mut self) -> Vec<Value> {
        let mut lines = Vec::new();
        while let Some(line) = self.next().await {
            lines.push(line);
        }
        assert_eq!(lines.pop().expect("a line"), "end");
        lines
    }
}
