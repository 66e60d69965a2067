//! What is refused: with a defined status, on a whole page or as lines, and before anything ran.

use formwork::Config;
use reqwest::Method;

use crate::{
    app::{OpenTicket, Touch, Vote, colour},
    harness::{
        Browser, Entries, Page, Raw, Request, Server, hidden, key, multipart, soon, urlencoded,
    },
};

const CROSS_SITE: &str = "This form was sent from another site, so it was not accepted.";
const UNKNOWN_ORIGIN: &str = "Your browser did not say where this form was sent from";
const NOT_A_FORM: &str = "This is not a form.";
const BROKEN: &str = "The form did not arrive in one piece.";
const NOT_UTF8: &str = "The form contains characters that can't be read as UTF-8.";
const TOO_LARGE: &str = "That is more than this form accepts.";
const TOO_MANY: &str = "The form has more fields than this page accepts.";
const NO_ACTION: &str = "The form did not say what it is for.";
const GONE: &str = "This page has changed since you opened it, and the form you sent is no longer \
                    part of it. What you entered is shown here to copy, passwords and files \
                    excepted.";
const STALE: &str = "This form has changed since you opened the page. What you entered is filled \
                     in again, passwords and files excepted: check it and send it once more.";
const NOT_POSTED: &str = "Forms are sent with POST.";
const NO_SUCH_METHOD: &str = "This page can be read and its forms can be sent";

/// A ticket as a visitor would open one.
fn ticket() -> Entries {
    let typed = [("title", "Lamp"), ("body", ""), ("copies", "1"), ("priority", "low")];
    let typed = typed.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let secret = ("pin".to_owned(), "s3cr3t-pin".to_owned());
    hidden(OpenTicket).into_iter().chain(typed).chain([secret]).collect()
}

fn without(name: &str) -> Entries {
    ticket().into_iter().filter(|(n, _)| n != name).collect()
}

fn with(name: &str, value: &str) -> Entries {
    let mut entries = ticket();
    entries.push((name.to_owned(), value.to_owned()));
    entries
}

/// Sends the request in both gears: each answer has the status and the sentence.
async fn refused(
    server: &Server,
    name: &str,
    request: Request,
    status: u16,
    sentence: &str,
) -> Page {
    let native = server.send(&request).await;
    assert_eq!(native.status, status, "{name}: {}", native.html);
    native.refuses(status, sentence);
    assert!(!native.html.contains("s3cr3t-pin"), "{name}");

    let enhanced = server.send(&request.clone().with("accept", "application/x-ndjson")).await;
    assert_eq!(enhanced.status, status, "{name}: {}", enhanced.html);
    let lines: Vec<&str> = enhanced.html.lines().collect();
    let outcome: serde_json::Value = serde_json::from_str(lines[0]).expect(name);
    assert_eq!(outcome["outcome"]["status"], status, "{name}");
    let message = outcome["outcome"]["error"]["message"].as_str().expect(name);
    assert!(message.contains(sentence), "{name}: {message}");
    assert_eq!(lines[1..], ["\"end\""], "{name}");
    assert!(!enhanced.html.contains("s3cr3t-pin"), "{name}");
    native
}

#[tokio::test]
async fn t1_t2_what_does_not_come_from_a_page_of_this_site_is_refused() {
    let server = Server::start().await;
    let post = || Request::form("/", urlencoded(&ticket()));
    let elsewhere = "https://evil.example";
    for (name, request, sentence) in [
        ("cross-site", post().with("sec-fetch-site", "cross-site"), CROSS_SITE),
        ("same-site", post().with("sec-fetch-site", "same-site"), CROSS_SITE),
        ("another origin", post().with("origin", elsewhere), CROSS_SITE),
        ("null", post().with("origin", "null"), UNKNOWN_ORIGIN),
        (
            "null from elsewhere",
            post().with("origin", "null").with("sec-fetch-site", "cross-site"),
            UNKNOWN_ORIGIN,
        ),
        ("no origin", post().without("origin"), UNKNOWN_ORIGIN),
        ("empty", post().with("origin", ""), UNKNOWN_ORIGIN),
        ("malformed", post().with("origin", "http://["), UNKNOWN_ORIGIN),
        ("not text", post().with("origin", b"http://\xff"), UNKNOWN_ORIGIN),
    ] {
        let page = refused(&server, name, request, 403, sentence).await;
        assert!(page.has("#error-page") && !page.has("form"), "{name}");
    }
    // Refused before it was read: the answer still comes when the browser has sent everything.
    let large = Request::form("/", "x".repeat(5_000_000)).with("origin", elsewhere);
    refused(&server, "large", large, 403, CROSS_SITE).await;
    assert_eq!(server.desk.ran("open_ticket"), 0, "the handler did not run");
    server.is_well().await;
}

/// As `Site::serve` has it: nothing reads what is refused at the door, but for its sender's sake.
#[tokio::test]
async fn what_is_refused_at_the_door_is_answered_when_it_has_been_sent() {
    let server = Server::guarded(Config::default(), |routes| routes).await;
    let large = Request::form("/", "x".repeat(5_000_000)).with("origin", "https://evil.example");
    refused(&server, "large", large, 403, CROSS_SITE).await;
    server.is_well().await;
}

/// Another action's button sends the fields of the form that it stands in; an old page, those of a form
/// that this build does not know.
#[tokio::test]
async fn n2_a_secret_of_another_form_is_not_shown_again_either() {
    let server = Server::start().await;
    let browser = server.browser();
    let page = browser.get("/").await;
    assert_eq!(page.form("#open").value("_secret"), Some("pin"));
    for (name, own, status) in [
        ("another action", hidden(Vote), 401),
        ("an old form", with_entry(hidden(OpenTicket), "_shape", "0"), 409),
        ("no action any more", with_entry(hidden(OpenTicket), "_action", "it::was"), 409),
    ] {
        let typed = [("note", "shown"), ("pin", "s3cr3t-1"), ("_secret", "was keys[]")];
        let rows = [("was", "s3cr3t-2"), ("keys[k].code", "s3cr3t-3")];
        let typed = typed.into_iter().chain(rows).map(|(n, v)| (n.to_owned(), v.to_owned()));
        let answer = browser.post("/doings", &own.into_iter().chain(typed).collect()).await;
        assert_eq!(answer.status, status, "{name}");
        assert!(answer.html.contains("shown"), "{name}: the rest is kept");
        assert!(!answer.html.contains("s3cr3t"), "{name}");
    }
}

fn with_entry(entries: Entries, name: &str, value: &str) -> Entries {
    let others = entries.into_iter().filter(|(n, _)| n != name);
    others.chain([(name.to_owned(), value.to_owned())]).collect()
}

#[tokio::test]
async fn t3_case_and_default_port_do_not_matter_and_declared_origins_count() {
    let config =
        Config { public_origins: vec!["https://desk.example".to_owned()], ..Config::default() };
    let server = Server::with(config).await;
    let post = |id: &str| Request::form("/", urlencoded(&with("_submission", id)));
    for (id, origin, site) in [
        ("1", "https://desk.example", "cross-site"),
        ("2", "HTTPS://Desk.Example:443", "cross-site"),
        ("3", "null", "same-origin"),
        ("4", "null", "none"),
    ] {
        let request = post(id).with("origin", origin).with("sec-fetch-site", site);
        assert_eq!(server.send(&request).await.status, 303, "{origin} {site}");
    }
    assert_eq!(server.desk.ran("open_ticket"), 4);
}

#[tokio::test]
async fn t4_an_action_asked_for_by_get_is_405() {
    let server = Server::start().await;
    let query = urlencoded(&ticket());
    for path in [format!("/?{query}"), "/?x=1&_action=whatever".to_owned(), "/?_action".to_owned()]
    {
        let page = server.browser().get(&path).await;
        page.refuses(405, NOT_POSTED);
        assert_eq!(page.header("allow").as_deref(), Some("GET, HEAD, POST"));
    }
    let page = server.browser().get("/?my_action=1").await;
    assert_eq!(page.status, 200, "another name is the application's own");
    assert_eq!(server.desk.ran("open_ticket"), 0);
}

#[tokio::test]
async fn t4_other_methods_are_405_and_head_is_get_without_a_body() {
    let server = Server::start().await;
    let browser = server.browser();
    for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
        let request = browser.request(method.clone(), "/").body(urlencoded(&ticket()));
        let answer = soon(request.send()).await.unwrap();
        assert_eq!(answer.status().as_u16(), 405, "{method}");
        assert_eq!(answer.headers()["allow"], "GET, HEAD, POST");
        assert!(answer.text().await.unwrap().contains(NO_SUCH_METHOD), "{method}");
    }
    let head = soon(browser.request(Method::HEAD, "/").send()).await.unwrap();
    assert_eq!(head.status().as_u16(), 200);
    assert_eq!(head.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(head.text().await.unwrap(), "");
    assert_eq!(server.desk.ran("open_ticket"), 0);
}

#[tokio::test]
async fn t4_an_unknown_action_is_stale_and_what_was_typed_is_there_to_copy() {
    let server = Server::start().await;
    for id in [
        "gone::for_good",
        "__proto__",
        "constructor",
        "",
        "app::doings::open_ticket ",
        "\u{0}",
        "a@b@c",
    ] {
        let request = Request::form("/", urlencoded(&with("_action", id)));
        let page = refused(&server, id, request, 409, GONE).await;
        let copies = page.texts("[role=alert] textarea[readonly]");
        assert_eq!(copies, ["Lamp", "", "1", "low"], "{id}: without the secret");
        assert!(page.text("[role=alert]").contains("title"));
        assert!(page.has("#open"), "the page of this build is there as well");
    }
    assert_eq!(server.desk.ran("open_ticket"), 0);
}

#[tokio::test]
async fn d2_a_form_of_another_shape_is_stale_and_filled_in_again() {
    let server = Server::start().await;
    for shape in ["0000000000000000", "", "x", "E268AFE27744E70C", &hidden(Touch)[1].1] {
        let request = Request::form("/", urlencoded(&with("_shape", shape)));
        let page = refused(&server, shape, request, 409, STALE).await;
        let form = page.form("#open");
        assert_eq!(form.value("title"), Some("Lamp"));
        assert_eq!(form.value("priority"), Some("low"));
        assert_eq!(form.value("pin"), Some(""));
    }
    assert_eq!(server.desk.ran("open_ticket"), 0);
}

#[tokio::test]
async fn t4_attacks_on_the_body() {
    let server = Server::start().await;
    let fields = urlencoded(&ticket());
    let parts = multipart(&ticket(), "b");
    let form = |body: &[u8]| Request::form("/", body);
    let text = |body: &str| Request::form("/", body);
    let kind = |value: &str, body: &str| text(body).with("content-type", value);
    let of_parts = |body: &str| kind("multipart/form-data; boundary=b", body);
    let part = |head: &str| of_parts(&format!("--b\r\n{head}\r\n\r\nx\r\n{parts}"));
    let raw = |end: &[u8]| form(&[fields.as_bytes(), end].concat());
    let many = (0..2_000).fold(fields.clone(), |body, n| format!("{body}&f{n}="));
    let many_parts: Entries = (0..2_000).map(|n| (format!("f{n}"), String::new())).collect();

    let attacks: Vec<(&str, Request, u16, &str)> = vec![
        ("JSON", kind("application/json", "{\"_action\":\"x\"}"), 415, NOT_A_FORM),
        ("plain text", kind("text/plain", &fields), 415, NOT_A_FORM),
        ("no type", text(&fields).without("content-type"), 415, NOT_A_FORM),
        ("an empty type", kind("", &fields), 415, NOT_A_FORM),
        (
            "a type that is no text",
            text(&fields).with("content-type", b"\xff/\xfe"),
            415,
            NOT_A_FORM,
        ),
        ("almost a form", kind("application/x-www-form-urlencodedx", &fields), 415, NOT_A_FORM),
        ("no boundary", kind("multipart/form-data", &parts), 400, BROKEN),
        ("an empty boundary", kind("multipart/form-data; boundary=", &parts), 400, BROKEN),
        ("another boundary", kind("multipart/form-data; boundary=c", &parts), 400, BROKEN),
        ("parts that end in the middle", of_parts(&parts[..parts.len() / 2]), 400, BROKEN),
        ("parts without their end", of_parts(parts.trim_end_matches("--b--\r\n")), 400, BROKEN),
        ("a part without a name", part("Content-Disposition: form-data"), 400, BROKEN),
        ("a part without a head", part("X: y"), 400, BROKEN),
        ("a part that is no part", of_parts("--b\r\n\u{0}\u{1}\r\n--b--\r\n"), 400, BROKEN),
        ("multipart without a body", of_parts(""), 400, BROKEN),
        ("multipart that is urlencoded", of_parts(&fields), 400, BROKEN),
        (
            "multipart that isn't UTF-8",
            {
                let body = [
                    b"--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n\xff\r\n",
                    parts.as_bytes(),
                ];
                of_parts("")
                    .with("content-length", body.concat().len().to_string())
                    .body(&body.concat())
            },
            400,
            NOT_UTF8,
        ),
        ("bytes that aren't UTF-8", raw(b"&title=\xff\xfe"), 400, NOT_UTF8),
        ("encoded bytes that aren't UTF-8", raw(b"&title=%FF"), 400, NOT_UTF8),
        ("a name that isn't UTF-8", raw(b"&%C3%28=x"), 400, NOT_UTF8),
        ("half a surrogate", raw(b"&title=%ED%A0%80"), 400, NOT_UTF8),
        ("no body", text(""), 400, NO_ACTION),
        ("no body and no length", text("").without("content-length"), 400, NO_ACTION),
        ("nothing but separators", text("&&&=&="), 400, NO_ACTION),
        ("no action", text(&urlencoded(&without("_action"))), 400, NO_ACTION),
        ("no shape", text(&urlencoded(&without("_shape"))), 400, NO_ACTION),
        ("2,000 fields", text(&many), 413, TOO_MANY),
        ("2,000 parts", of_parts(&multipart(&many_parts, "b")), 413, TOO_MANY),
    ];
    for (name, request, status, sentence) in attacks {
        refused(&server, name, request, status, sentence).await;
    }
    assert_eq!(server.desk.ran("open_ticket"), 0);
    server.is_well().await;
}

#[tokio::test]
async fn t4_oddities_that_are_no_attack() {
    let server = Server::start().await;
    let (fields, parts) = (urlencoded(&ticket()), multipart(&ticket(), "b"));
    let file = "--b\r\nContent-Disposition: form-data; name=\"title\"; filename=\"\"\r\n\r\n\r\n";
    for (name, request, title) in [
        ("fields that Formwork does not know", format!("{fields}&x=1&_y=2&__proto__=3"), "Lamp"),
        ("a field twice: the last one counts", format!("{fields}&title=Tea"), "Tea"),
        ("an action twice: the last one counts", format!("_action=nothing&{fields}&a=1"), "Lamp"),
        ("ten times the same field", format!("{fields}{}", "&title=x".repeat(10)), "x"),
        ("bytes of zero", format!("{fields}&title=a%00b&%00=1"), "a\u{0}b"),
        ("percent signs that encode nothing", format!("{fields}&title=%zz%"), "%zz%"),
        ("no submission id", urlencoded(&without("_submission")), "Lamp"),
        ("a field that is missing but may be", urlencoded(&without("body")), "Lamp"),
    ] {
        let answer = server.send(&Request::form("/", request)).await;
        assert_eq!((answer.status, answer.location().as_str()), (303, "/"), "{name}");
        assert_eq!(server.desk.tickets().pop().unwrap().title, title, "{name}");
    }
    let parts = Request::form("/", format!("{file}{parts}"));
    let parts = parts.with("content-type", "Multipart/Form-Data; charset=utf-8; boundary=\"b\"");
    assert_eq!(server.send(&parts).await.status, 303, "an empty file input beside the fields");
    server.is_well().await;
}

#[tokio::test]
async fn t4_missing_fields_are_issues_at_their_names() {
    let server = Server::start().await;
    for (name, issue) in
        [("title", "Fill this in"), ("copies", "Enter a number"), ("priority", "Choose one")]
    {
        let answer = server.send(&Request::form("/", urlencoded(&without(name)))).await;
        answer.refuses(422, "Some fields need your attention.");
        assert_eq!(answer.text(&format!("#{name}-error")), issue);
    }
    assert_eq!(server.desk.ran("open_ticket"), 0);
}

#[tokio::test]
async fn t4_a_body_that_is_cut_is_refused() {
    let server = Server::start().await;
    let (fields, parts) = (urlencoded(&ticket()), multipart(&ticket(), "b"));
    let whole = Request::form("/", fields.as_str());
    let cut = whole.clone().with("content-length", (fields.len() + 10).to_string());
    let cut_parts = Request::form("/", &parts[..parts.len() - 20])
        .with("content-length", parts.len().to_string())
        .with("content-type", "multipart/form-data; boundary=b");
    let chunk = format!("{:x}\r\n{fields}\r\n", fields.len());
    let cut_chunks = Request::form("/", chunk).chunked();
    let no_chunks = Request::form("/", "not a chunk").chunked();
    for (name, request) in [
        ("fields", cut),
        ("parts", cut_parts),
        ("chunks", cut_chunks),
        ("what is no chunk", no_chunks),
    ] {
        let answer = sent_and_no_more(&server, &request).await;
        assert_eq!(answer.status, 400, "{name}: {}", answer.html);
        answer.refuses(400, BROKEN);
    }
    assert_eq!(server.desk.ran("open_ticket"), 0);
    server.is_well().await;
}

#[tokio::test]
async fn t5_more_than_the_limit_is_413_with_and_without_a_length() {
    let config = Config { body_limit: 10_000, ..Config::default() };
    let server = Server::with(config).await;
    let body = |bytes: usize| {
        let fields = urlencoded(&ticket());
        format!("{fields}&body={}", "x".repeat(bytes - fields.len() - 6))
    };
    let chunked = |bytes: usize| {
        let chunks: String = body(bytes)
            .as_bytes()
            .chunks(1_000)
            .map(|chunk| format!("{:x}\r\n{}\r\n", chunk.len(), String::from_utf8_lossy(chunk)))
            .collect();
        Request::form("/", format!("{chunks}0\r\n\r\n")).chunked()
    };
    // Within the limit, the text is merely too long for its field.
    let within = server.send(&Request::form("/", body(10_000))).await;
    assert_eq!((within.status, server.send(&chunked(10_000)).await.status), (422, 422));

    refused(&server, "its length told", Request::form("/", body(10_001)), 413, TOO_LARGE).await;
    refused(&server, "in chunks", chunked(10_001), 413, TOO_LARGE).await;
    refused(&server, "many chunks", chunked(5_000_000), 413, TOO_LARGE).await;
    let mut long = ticket();
    long.push(("body".to_owned(), "x".repeat(5_000_000)));
    let parts = Request::form("/", multipart(&long, "b"));
    let parts = parts.with("content-type", "multipart/form-data; boundary=b");
    refused(&server, "parts", parts.clone(), 413, TOO_LARGE).await;
    for length in [10_000_000_000, u64::MAX] {
        let told = Request::form("/", body(10_001)).with("content-length", length.to_string());
        let answer = sent_and_no_more(&server, &told).await;
        assert!((400..500).contains(&answer.status), "{length}: {}", answer.status);
    }
    assert_eq!(server.desk.ran("open_ticket"), 0);
    server.is_well().await;
}

/// What comes for a request after which the visitor says that there is no more.
async fn sent_and_no_more(server: &Server, request: &Request) -> Page {
    let mut connection = Raw::connect(server).await;
    connection.write(&request.bytes(server)).await;
    connection.stop_writing().await;
    connection.answer().await
}

#[tokio::test]
async fn a_redirect_that_would_leave_the_application_or_end_its_header_goes_nowhere() {
    let server = Server::start().await;
    for to in [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "",
        "tickets",
        "/\t/evil.example",
        "/x\r\nSet-Cookie: stolen=1",
        "/x\nLocation: https://evil.example",
    ] {
        let page = server.browser().get("/doings").await;
        let answer = page.form("#go").fill("to", to).submit().await;
        answer.refuses(500, "Something went wrong on our side.");
        let headers = format!("{:?}", answer.headers);
        assert!(!headers.contains("evil") && !headers.contains("stolen"), "{to:?}: {headers}");
        assert_eq!(answer.header("location"), None, "{to:?}");

        let mut stream = page.form("#go").fill("to", to).enhanced(&[]).await;
        assert_eq!((stream.status, stream.outcome().await.get("redirect")), (500, None));
    }
    for (to, expect) in [("/überblick?q=a b", "/%C3%BCberblick?q=a%20b"), ("/x\u{0}y", "/x%00y")] {
        let page = server.browser().get("/doings").await;
        assert_eq!(page.form("#go").fill("to", to).submit().await.location(), expect);
    }
}

#[tokio::test]
async fn a_redirect_that_may_leave_goes_to_a_whole_address_and_nowhere_else() {
    let server = Server::guarded(Config::default(), |routes| routes).await;
    let page = server.browser().get("/doings").await;
    for to in [
        "javascript:alert(1)//https://x.example",
        "data:text/html,<script>alert(1)</script>",
        "ftp://files.example/",
        "//evil.example",
        "/doings",
        "doings",
        "",
        "https:",
        "https:///doings",
        "https:evil.example",
        "https:/\\evil.example",
        "https://good.example\\@evil.example/",
        "https://good.example@evil.example/",
        " https://good.example/",
        "https://good.example/ x",
        "https://good.example/\u{fc}",
        "https://good.example/\r\nSet-Cookie: stolen=1",
        "https://good.example/\t",
        "https://good.exa\u{0}mple/",
    ] {
        let answer = page.form("#leave").fill("to", to).submit().await;
        answer.refuses(500, "Something went wrong on our side.");
        assert_eq!(answer.header("location"), None, "{to:?}");
        assert!(!format!("{:?}", answer.headers).contains("stolen"), "{to:?}");
        let mut stream = page.form("#leave").fill("to", to).enhanced(&[]).await;
        assert_eq!((stream.status, stream.outcome().await.get("redirect")), (500, None), "{to:?}");
    }
    // There is a page of ours with that path: nothing of it is sent along.
    for to in ["https://pay.example/doings?order=7&x=%C3%BC#top", "http://localhost:8080/"] {
        for _ in 0..2 {
            let form = page.form("#leave").fill("to", to);
            let answer = form.clone().submit().await;
            assert_eq!((answer.status, answer.header("location").as_deref()), (303, Some(to)));
            let mut stream = form.enhanced(&[&key(colour())]).await;
            assert_eq!(stream.outcome().await["redirect"], to);
            assert!(stream.rest().await.is_empty());
        }
    }
}

#[tokio::test]
async fn a_path_that_looks_like_a_host_is_not_where_a_success_leads() {
    let server = Server::start().await;
    let request = Request::form("//evil.example/", urlencoded(&ticket()));
    let answer = server.send(&request).await;
    let location = answer.header("location").unwrap_or_default();
    assert!(!location.starts_with("//"), "{location}");
}

#[tokio::test]
async fn a_refusal_keeps_what_it_may_and_the_next_submission_works() {
    let server = Server::start().await;
    let browser: Browser = server.browser();
    let page = browser.get("/").await;
    let form = page.form("#open").fill("title", "Lamp").fill("copies", "1").fill("pin", "1234");
    let stale = form.without("_shape").submit().await;
    assert_eq!(stale.status, 400);
    let again = stale.form("#open");
    assert_eq!(again.value("title"), Some("Lamp"), "a form that came whole is filled in again");
    assert_eq!(again.fill("pin", "1234").submit().await.follow().await.text("#opened"), "Ticket 3");
}
