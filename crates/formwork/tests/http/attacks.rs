//! What a client could send that no browser would, in one table: each has its answer, nothing runs, and
//! the server is well afterwards.

use std::time::{Duration, Instant};

use formwork::Config;

use crate::{
    app::{OpenTicket, SaveProfile},
    harness::{Entries, Raw, Request, Server, hidden, multipart, urlencoded},
};

/// A debug build on a busy machine renders nine hundred rows in some seconds; what is quadratic takes
/// minutes. The parse alone is bounded by a test of `formwork-core`.
const PROMPT: Duration = Duration::from_secs(15);

/// The fields of a sound submission.
fn sound_fields() -> Entries {
    let typed = [("title", "Lamp"), ("body", ""), ("copies", "1"), ("priority", "low")];
    let typed = typed.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let secret = ("pin".to_owned(), "s3cr3t-pin".to_owned());
    hidden(OpenTicket).into_iter().chain(typed).chain([secret]).collect()
}

fn fields(more: &str) -> Vec<u8> {
    format!("{}&{more}", urlencoded(&sound_fields())).into_bytes()
}

fn post(body: impl Into<Vec<u8>>) -> Request {
    Request::form("/", body)
}

fn parts(body: impl Into<Vec<u8>>) -> Request {
    post(body).with("content-type", "multipart/form-data; boundary=b")
}

/// A part of its own before the sound ones.
fn with_part(head: &str, content: &str) -> Request {
    parts(format!("--b\r\n{head}\r\n\r\n{content}\r\n{}", multipart(&sound_fields(), "b")))
}

fn many(count: usize, name: impl Fn(usize) -> String) -> Vec<u8> {
    let names: Vec<String> = (0..count).map(|at| format!("{}=", name(at))).collect();
    fields(&names.join("&"))
}

fn deep(depth: usize) -> String {
    format!("a{}=1", "%5Ba%5D".repeat(depth))
}

const FILE: &str = "Content-Disposition: form-data; name=\"f\"; filename=";

/// So many files before the sound fields.
fn with_files(count: usize) -> Request {
    let file = format!("--b\r\n{FILE}\"a.txt\"\r\n\r\nx\r\n");
    parts(format!("{}{}", file.repeat(count), multipart(&sound_fields(), "b")))
}

/// What is sent, and what it is answered with: 303 is a success, in spite of what came beside it.
fn attacks() -> Vec<(&'static str, Request, u16)> {
    let sound = || post(urlencoded(&sound_fields()));
    vec![
        // Content types and charsets
        ("JSON", post("{}").with("content-type", "application/json"), 415),
        ("XML", post("<a/>").with("content-type", "text/xml"), 415),
        ("text, as a form may send it", sound().with("content-type", "text/plain"), 415),
        ("no content type", sound().without("content-type"), 415),
        ("a content type of garbage", sound().with("content-type", b"\xff;;=;"), 415),
        (
            "another charset, told",
            sound().with("content-type", "application/x-www-form-urlencoded; charset=utf-16"),
            303,
        ),
        ("another charset, sent", post(fields("title=%E9t%E9")), 400),
        ("UTF-16", post(b"_\0a\0c\0t\0i\0o\0n\0".to_vec()), 400),
        ("overlong UTF-8", post(fields("title=%C0%AF")), 400),
        ("a byte order mark", post([b"\xef\xbb\xbf".to_vec(), fields("")].concat()), 400),
        ("a body that is said to be compressed", sound().with("content-encoding", "gzip"), 303),
        // Multipart
        ("no boundary", sound().with("content-type", "multipart/form-data"), 400),
        (
            "a boundary of 1,000 characters",
            sound().with(
                "content-type",
                format!("multipart/form-data; boundary={}", "b".repeat(1_000)),
            ),
            400,
        ),
        ("the wrong boundary", parts(multipart(&sound_fields(), "c")), 400),
        (
            "parts within parts",
            with_part(
                "Content-Disposition: form-data; name=\"x\"\r\nContent-Type: multipart/mixed; boundary=c",
                "--c\r\n\r\nx\r\n--c--",
            ),
            303,
        ),
        (
            "a part that ends nowhere",
            parts("--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\nx"),
            400,
        ),
        (
            "a head that ends nowhere",
            parts("--b\r\nContent-Disposition: form-data; name=\"x\""),
            400,
        ),
        (
            "a head of 100,000 bytes",
            with_part(
                &format!(
                    "X: {}\r\nContent-Disposition: form-data; name=\"x\"",
                    "y".repeat(100_000)
                ),
                "",
            ),
            303,
        ),
        ("a part without a name", with_part("Content-Disposition: form-data", "x"), 400),
        (
            "a part with two names",
            with_part("Content-Disposition: form-data; name=\"x\"; name=\"title\"", "x"),
            303,
        ),
        // File names
        ("a file name that climbs", with_part(&format!("{FILE}\"../../../etc/passwd\""), "x"), 303),
        ("a file name of Windows", with_part(&format!("{FILE}\"C:\\\\boot.ini\""), "x"), 303),
        ("a file name with a zero byte", with_part(&format!("{FILE}\"a%00.txt\""), "x"), 303),
        (
            "a file name of 10,000 characters",
            with_part(&format!("{FILE}\"{}\"", "a".repeat(10_000)), "x"),
            303,
        ),
        ("as many files as are accepted", with_files(20), 303),
        ("one file more", with_files(21), 413),
        // Names: duplicate, nested, too many
        ("the action ten times", post(fields(&"_action=nothing&".repeat(10))), 409),
        ("a field ten thousand times", post(many(10_000, |_| "title".to_owned())), 413),
        ("ten thousand fields", post(many(10_000, |at| format!("f{at}"))), 413),
        ("ten thousand rows", post(many(10_000, |at| format!("a%5B{at}%5D.b"))), 413),
        ("a thousand levels", post(fields(&deep(1_000))), 413),
        ("brackets that never end", post(fields(&format!("{}=1", "a%5B".repeat(5_000)))), 413),
        ("an index beyond all", post(fields("a%5B99999999999999999999%5D=1")), 303),
        ("a negative index", post(fields("a%5B-1%5D=1")), 303),
        ("names of prototypes", post(fields("__proto__=1&constructor%5Bprototype%5D=1")), 303),
        ("a name of 100,000 characters", post(fields(&format!("{}=1", "n".repeat(100_000)))), 303),
        ("an empty name", post(fields("=1&=2")), 303),
        // What the framework's own fields could say
        ("no action", post("title=Lamp"), 400),
        (
            "an action of 100,000 characters",
            post(fields(&format!("_action={}", "a".repeat(100_000)))),
            409,
        ),
        ("an action that climbs", post(fields("_action=..%2F..%2Fetc")), 409),
        ("a shape that is none", post(fields("_shape=zzzz")), 409),
        ("bound values where none are bound", post(fields("_bound=AAAA")), 303),
        ("a form key of markup", post(fields("_form=%3Cscript%3Ealert(1)%3C/script%3E")), 303),
        ("something that waits, made up", post(fields("_resume=AAAA")), 303),
        ("a submission id that climbs", post(fields("_submission=..%2F..%2Fx")), 303),
        // Headers
        ("a header that forges an internal mark", sound().with("x-formwork-refused", "1"), 303),
        ("queries that are none", sound().with("formwork-queries", "%%%,,,?,a?b"), 303),
        ("a forwarded host", sound().with("x-forwarded-host", "evil.example"), 303),
        ("a method in a header", sound().with("x-http-method-override", "DELETE"), 303),
        ("an accept of garbage", sound().with("accept", b"\xff\xfe"), 303),
        ("a cookie of garbage", sound().with("cookie", b"formwork-flash=\xff; =; a"), 303),
        ("an origin with a line", sound().with("origin", "http://a\tb"), 403),
    ]
}

#[tokio::test]
async fn t4_t9_attacks() {
    let server = Server::guarded(Config::default(), |routes| routes).await;
    let mut wrong = Vec::new();
    for (at, (name, request, status)) in attacks().into_iter().enumerate() {
        let before = server.desk.ran("open_ticket");
        let begun = Instant::now();
        // Each is a submission of its own, unless it says so itself.
        let request = match std::str::from_utf8(&request.body) {
            Ok(text) if !name.contains("submission id") => {
                let id = format!("attack-{at}");
                let text = text.replace("_submission=made-up", &format!("_submission={id}"));
                let text = text.replace("\r\n\r\nmade-up\r\n", &format!("\r\n\r\n{id}\r\n"));
                request.body(text.as_bytes())
            }
            _ => request,
        };
        let answer = server.send(&request).await;
        let ran = server.desk.ran("open_ticket") - before;
        let took = begun.elapsed();
        let as_it_should = answer.status == status
            && ran == usize::from(status == 303)
            && took < PROMPT
            && !answer.html.contains("s3cr3t-pin")
            && !answer.html.contains("<script>alert");
        if !as_it_should {
            wrong.push(format!(
                "{name}: {} instead of {status}, ran {ran}, {took:?}",
                answer.status
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    server.is_well().await;
}

/// Methods that no page takes, and requests whose end two servers could see in different places
/// (RFC 9112 §6.3): each is refused, and nothing runs.
#[tokio::test]
async fn t4_methods_and_framing() {
    let server = Server::guarded(Config::default(), |routes| routes).await;
    let body = urlencoded(&sound_fields());
    let sound = String::from_utf8(Request::form("/", body.clone()).bytes(&server)).unwrap();
    let length = format!("content-length: {}\r\n", body.len());
    assert!(sound.contains(&length));
    let chunked = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let method = |method: &str| sound.replacen("POST", method, 1);
    let framed = |lines: &str, body: &str| {
        let (head, _) = sound.split_once("\r\n\r\n").unwrap();
        format!("{}\r\n\r\n{body}", head.replacen(length.trim_end(), lines, 1))
    };
    let mut wrong = Vec::new();
    for (name, request, status) in [
        ("TRACE", method("TRACE"), 405),
        ("PUT", method("PUT"), 405),
        ("DELETE", method("DELETE"), 405),
        ("PATCH", method("PATCH"), 405),
        ("a method of its own", method("SUBMIT"), 405),
        ("a method in lower case", method("post"), 405),
        ("CONNECT", method("CONNECT"), 405),
        ("a method with a slash", method("PO/ST"), 400),
        ("a length that is no number", framed("content-length: ten", &body), 400),
        ("two lengths", framed(&format!("content-length: 5\r\n{}", length.trim_end()), &body), 400),
        ("an encoding that is none", framed("transfer-encoding: gzip", &chunked), 400),
        (
            "a chunk of a negative length",
            framed("transfer-encoding: chunked", "-1\r\nx\r\n0\r\n\r\n"),
            400,
        ),
        (
            "a chunk longer than any",
            framed("transfer-encoding: chunked", "fffffffffffffffff\r\nx\r\n0\r\n\r\n"),
            400,
        ),
    ] {
        let mut connection = Raw::connect(&server).await;
        connection.write(request.as_bytes()).await;
        connection.stop_writing().await;
        let answer = connection.answer().await;
        if answer.status != status {
            wrong.push(format!("{name}: {} instead of {status}", answer.status));
        }
        assert_eq!(server.desk.ran("open_ticket"), 0, "{name}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Both a length and chunks: the chunks count, the connection is closed, nothing is smuggled.
    let both = framed(&format!("transfer-encoding: chunked\r\n{}", length.trim_end()), &chunked);
    let smuggled = format!("{both}{}", method("POST"));
    let mut connection = Raw::connect(&server).await;
    connection.write(smuggled.as_bytes()).await;
    connection.stop_writing().await;
    let answer = connection.answer().await;
    assert_eq!(answer.status, 303);
    assert_eq!(server.desk.ran("open_ticket"), 1, "the second one was not taken for a request");
    server.is_well().await;
}

/// The same against a form with structs and lists, where names have a meaning.
#[tokio::test]
async fn t9_names_that_nest_cost_no_more_than_others() {
    let server = Server::start().await;
    let own = urlencoded(&hidden(SaveProfile));
    let rows = |count: usize, name: &str| -> String {
        (0..count).map(|at| format!("&{}", name.replace("{}", &at.to_string()))).collect()
    };
    for (name, more) in [
        ("many rows", rows(900, "phones%5B{}%5D.number=1")),
        ("one row, many times", rows(900, "phones%5Ba%5D.number=1")),
        ("deep", format!("&phones{}=1", "%5Ba%5D".repeat(1_000))),
        ("deep by dots", format!("&phones{}=1", ".number".repeat(1_000))),
        ("huge indices", rows(900, "phones%5B99999999999{}%5D.number=1")),
        ("unclosed", rows(900, "phones%5B{}.number=1")),
        ("prototypes", "&phones%5B__proto__%5D.number=1&__proto__.name=x".to_owned()),
    ] {
        let begun = Instant::now();
        let answer = server.send(&Request::form("/profile", format!("{own}{more}"))).await;
        assert!((400..500).contains(&answer.status), "{name}: {}", answer.status);
        assert!(begun.elapsed() < PROMPT, "{name}: {:?}", begun.elapsed());
    }
    let too_many = format!("{own}{}", rows(10_000, "phones%5B{}%5D.number=1"));
    assert_eq!(server.send(&Request::form("/profile", too_many)).await.status, 413);
    server.is_well().await;
}

#[tokio::test]
async fn t4_a_body_that_drips_is_given_up() {
    let server = Server::with(Config { body_timeout: 1, ..Config::default() }).await;
    let body = urlencoded(&sound_fields());
    let whole = Request::form("/", body.clone()).bytes(&server);
    let (head, body) = whole.split_at(whole.len() - body.len());
    let mut connection = Raw::connect(&server).await;
    connection.write(head).await;
    let begun = Instant::now();
    // A byte now and then: it never stands still for long.
    for byte in &body[..4] {
        connection.write(&[*byte]).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let answer = connection.answer().await;
    answer.refuses(400, "The form took too long to arrive.");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(server.desk.ran("open_ticket"), 0);
    server.is_well().await;
}
