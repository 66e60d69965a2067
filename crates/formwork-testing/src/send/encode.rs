//! An entry list as a body (HTML standard, §4.10.22).

use form_urlencoded::Serializer;

use crate::html::File;

/// What a control adds to what is sent.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(String),
    File(File),
}

impl Value {
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            Value::File(_) => None,
        }
    }
}

/// A body and its type.
pub(crate) struct Encoded {
    pub(crate) content_type: &'static str,
    pub(crate) bytes: Vec<u8>,
}

/// Nothing that a test sends holds it.
const BOUNDARY: &str = "----formwork-testing-7f3ae1c09bd2";

pub(crate) fn encode(entries: &[(String, Value)], multipart: bool) -> Encoded {
    if multipart {
        let content_type = "multipart/form-data; boundary=----formwork-testing-7f3ae1c09bd2";
        return Encoded { content_type, bytes: parts(entries) };
    }
    let content_type = "application/x-www-form-urlencoded";
    Encoded { content_type, bytes: urlencoded(entries).into_bytes() }
}

/// Of a file its name alone, as browsers do.
pub(crate) fn urlencoded(entries: &[(String, Value)]) -> String {
    let mut text = Serializer::new(String::new());
    for (name, value) in entries {
        match value {
            Value::Text(value) => text.append_pair(&lines(name), &lines(value)),
            Value::File(file) => text.append_pair(&lines(name), &file.name),
        };
    }
    text.finish()
}

fn parts(entries: &[(String, Value)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in entries {
        let name = quoted(&lines(name));
        let (more, content) = match value {
            Value::Text(value) => (String::new(), lines(value).into_bytes()),
            Value::File(file) => {
                let (file_name, kind) = (quoted(&file.name), &file.content_type);
                let more = format!("; filename=\"{file_name}\"\r\nContent-Type: {kind}");
                (more, file.bytes.to_vec())
            }
        };
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{more}");
        body.extend(head.into_bytes());
        body.extend(b"\r\n\r\n");
        body.extend(content);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
    body
}

/// Line breaks as they travel.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n")
}

fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries() -> Vec<(String, Value)> {
        let file = File {
            name: "a \"b\".txt".to_owned(),
            content_type: "text/plain".to_owned(),
            bytes: b"x\ny".to_vec().into(),
        };
        vec![
            ("a b".to_owned(), Value::Text("1\n2&".to_owned())),
            ("f".to_owned(), Value::File(file)),
        ]
    }

    #[test]
    fn as_a_browser_spells_it() {
        assert_eq!(urlencoded(&entries()), "a+b=1%0D%0A2%26&f=a+%22b%22.txt");
        let body = String::from_utf8(parts(&entries())).unwrap();
        let expected = "--B\r\nContent-Disposition: form-data; name=\"a b\"\r\n\r\n1\r\n2&\r\n\
             --B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a %22b%22.txt\"\r\n\
             Content-Type: text/plain\r\n\r\nx\ny\r\n--B--\r\n";
        assert_eq!(body, expected.replace("--B", &format!("--{BOUNDARY}")));
    }
}
