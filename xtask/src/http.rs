//! As much of HTTP as it takes to look at a server's answer: a request over a socket of its own.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};

const PATIENCE: Duration = Duration::from_secs(30);

/// The body of a page.
pub(crate) fn page(addr: SocketAddr, path: &str) -> Result<String> {
    let answer = String::from_utf8(get(addr, path, "")?)?;
    let (head, body) =
        answer.split_once("\r\n\r\n").context("the answer has no end of its head")?;
    if !head.starts_with("HTTP/1.1 200") {
        bail!("{path} was answered by {}", head.lines().next().unwrap_or_default());
    }
    Ok(body.to_owned())
}

/// A page as it comes, its headers included, for whom this cookie belongs to.
pub(crate) fn get(addr: SocketAddr, path: &str, cookie: &str) -> Result<Vec<u8>> {
    exchange(addr, &format!("GET {path} HTTP/1.1\r\nCookie: {cookie}\r\n"), "")
}

/// Sends a form of this page's own origin, and reads the whole answer.
pub(crate) fn post(addr: SocketAddr, path: &str, fields: &[(&str, &str)]) -> Result<Vec<u8>> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n"
    );
    exchange(addr, &head, &form(fields))
}

/// Fields as a form sends them.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{}={}", encoded(name), encoded(value));
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// The text with every byte but letters, digits, `_`, `-` and `.` as a percent-encoded one.
pub(crate) fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// The hidden fields in this HTML, with the values they have.
pub(crate) fn hidden(html: &str) -> Vec<(&str, &str)> {
    let inputs = html.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
    let hidden = inputs.filter(|input| input.contains("type=\"hidden\""));
    hidden
        .filter_map(|input| {
            Some((attribute(input, " name=\"")?, attribute(input, " value=\"").unwrap_or_default()))
        })
        .collect()
}

fn attribute<'a>(tag: &'a str, start: &str) -> Option<&'a str> {
    tag.split_once(start)?.1.split('"').next()
}

fn exchange(addr: SocketAddr, head: &str, body: &str) -> Result<Vec<u8>> {
    let mut stream = TcpStream::connect(addr)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let request = format!(
        "{head}Host: {addr}\r\nAccept: text/html\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_sent_with_its_hidden_fields() {
        let page = r#"<form><input type="hidden" name="_action" value="posts::add"><input name="title">
            <input type="hidden" name="_bound"></form>"#;
        let fields = hidden(page);
        assert_eq!(fields, [("_action", "posts::add"), ("_bound", "")]);
        assert_eq!(form(&fields), "_action=posts%3A%3Aadd&_bound=");
    }
}
