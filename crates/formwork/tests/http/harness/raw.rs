//! Requests byte by byte, for what no client library would send.

use formwork::http::{HeaderMap, HeaderName, HeaderValue};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{Page, Server, browser::DOCUMENT, soon};

/// Stands for the origin of the server that a request is sent to.
const ORIGIN: &str = "the server's own";

/// A request to be written out. `Host`, `Origin` and the rest of what a browser sends come by
/// themselves.
#[derive(Clone)]
pub struct Request {
    pub path: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

impl Request {
    /// A form of this body, its length told.
    pub fn form(path: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let request = Request { path: path.to_owned(), headers: Vec::new(), body };
        let length = request.body.len().to_string();
        request
            .with("origin", ORIGIN)
            .with("accept", DOCUMENT)
            .with("content-type", "application/x-www-form-urlencoded")
            .with("content-length", length)
    }

    /// This header instead of what was there.
    pub fn with(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let mut request = self.without(name);
        request.headers.push((name.to_owned(), value.as_ref().to_vec()));
        request
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(n, _)| n != name);
        self
    }

    /// This body, and its length.
    pub fn body(self, body: &[u8]) -> Self {
        let request = self.with("content-length", body.len().to_string());
        Request { body: body.to_owned(), ..request }
    }

    /// The body is chunks already, and its length is not told.
    pub fn chunked(self) -> Self {
        self.without("content-length").with("transfer-encoding", "chunked")
    }

    pub fn bytes(&self, server: &Server) -> Vec<u8> {
        let (path, host) = (&self.path, server.address());
        let start = format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        let mut bytes = start.into_bytes();
        let origin = server.origin();
        for (name, value) in &self.headers {
            let value = if value == ORIGIN.as_bytes() { origin.as_bytes() } else { value };
            bytes.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        bytes.extend(b"\r\n");
        bytes.extend(&self.body);
        bytes
    }
}

/// A connection.
pub struct Raw {
    stream: TcpStream,
    browser: super::Browser,
}

impl Raw {
    pub async fn connect(server: &Server) -> Self {
        let stream = soon(TcpStream::connect(server.address())).await.expect("a connection");
        Raw { stream, browser: server.browser() }
    }

    pub async fn write(&mut self, bytes: &[u8]) {
        soon(self.stream.write_all(bytes)).await.expect("the server reads");
    }

    /// Says that nothing more will come.
    pub async fn stop_writing(&mut self) {
        soon(self.stream.shutdown()).await.expect("the connection is up");
    }

    /// The whole answer.
    pub async fn answer(mut self) -> Page {
        let mut bytes = Vec::new();
        soon(self.stream.read_to_end(&mut bytes)).await.expect("a whole answer");
        let text = String::from_utf8(bytes).expect("UTF-8");
        let (head, body) = text.split_once("\r\n\r\n").expect("an answer");
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let headers: HeaderMap = lines.filter_map(header).collect();
        let chunked = headers.get("transfer-encoding").is_some_and(|value| value == "chunked");
        let html = if chunked { joined(body) } else { body.to_owned() };
        Page {
            status: status.expect("a status"),
            headers,
            html,
            browser: self.browser,
            path: "/".to_owned(),
        }
    }
}

fn header(line: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_once(": ")?;
    Some((name.parse().ok()?, value.parse().ok()?))
}

/// Chunks put together (RFC 9112 §7.1).
fn joined(mut rest: &str) -> String {
    let mut whole = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).expect("a chunk's size");
        whole.push_str(&after[..size]);
        rest = after[size..].strip_prefix("\r\n").expect("the end of a chunk");
    }
    whole
}
