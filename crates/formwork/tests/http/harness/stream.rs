//! The enhanced gear's answer, line by line as it comes.

use std::io::Write;

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
    decoder: Option<Decoder>,
}

/// Decompresses what has come so far.
enum Decoder {
    Gzip(Box<flate2::write::GzDecoder<Vec<u8>>>),
    Brotli(Box<brotli::DecompressorWriter<Vec<u8>>>),
}

impl Decoder {
    fn decode(&mut self, chunk: &[u8]) -> Vec<u8> {
        match self {
            Decoder::Gzip(gzip) => {
                gzip.write_all(chunk).and_then(|()| gzip.flush()).expect("gzip");
                std::mem::take(gzip.get_mut())
            }
            Decoder::Brotli(brotli) => {
                brotli.write_all(chunk).and_then(|()| brotli.flush()).expect("brotli");
                std::mem::take(brotli.get_mut())
            }
        }
    }
}

/// Server-sent events.
pub struct Events {
    pub status: u16,
    response: Response,
    buffer: String,
}

impl Events {
    pub(super) fn new(response: Response) -> Self {
        Events { status: response.status().as_u16(), response, buffer: String::new() }
    }

    /// The line in the next event; `None` at the end.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((event, rest)) = self.buffer.split_once("\n\n") {
                let line = event.strip_prefix("data: ").map(str::to_owned);
                self.buffer = rest.to_owned();
                match line {
                    Some(line) => {
                        return Some(serde_json::from_str(&line).expect("a line of JSON"));
                    }
                    // A comment, which keeps the connection open.
                    None => continue,
                }
            }
            let chunk = soon(self.response.chunk()).await.expect("an unbroken stream")?;
            self.buffer.push_str(std::str::from_utf8(&chunk).expect("UTF-8"));
        }
    }

    /// Whether nothing comes for a while.
    pub async fn is_quiet(&mut self) -> bool {
        tokio::time::timeout(std::time::Duration::from_millis(200), self.next()).await.is_err()
    }
}

impl Stream {
    #[track_caller]
    pub(super) fn new(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let kind = &headers["content-type"];
        assert_eq!(kind, "application/x-ndjson", "status {status}");
        Stream { status, headers, response, buffer: Vec::new(), decoder: None }
    }

    /// Decompresses what comes from now on.
    pub fn decode(&mut self, encoding: &str) {
        self.decoder = Some(match encoding {
            "gzip" => Decoder::Gzip(Box::new(flate2::write::GzDecoder::new(Vec::new()))),
            _ => Decoder::Brotli(Box::new(brotli::DecompressorWriter::new(Vec::new(), 4096))),
        });
    }

    /// The next line, as soon as it is there; `None` at the end.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=end).collect();
                return Some(serde_json::from_slice(&line).expect("a line of JSON"));
            }
            match soon(self.response.chunk()).await.expect("an unbroken stream") {
                Some(chunk) => match &mut self.decoder {
                    Some(decoder) => self.buffer.extend(decoder.decode(&chunk)),
                    None => self.buffer.extend(&chunk),
                },
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
