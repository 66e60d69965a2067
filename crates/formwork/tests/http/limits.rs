//! What an action accepts of one visitor, and in all.

use formwork::Config;

use crate::{
    app::{SendLittle, SendMuch, WriteSlowly, inside, patient},
    harness::{
        Browser, Entries, FormOnPage, Page, Raw, Request, Server, hidden, key, soon, urlencoded,
    },
};

const TOO_OFTEN: &str = "That was too often. Wait ";
const TOO_LARGE: &str = "That is more than this form accepts.";
const TOO_LONG: &str = "That took too long, and we can't tell whether it was done.";
const NOT_KNOWN: &str = "It took too long to find out whether you may do that";
const TOO_MANY: &str = "Too many forms are being sent from your address at once.";

fn trusting(proxy: &str) -> Config {
    Config { trusted_proxies: vec![proxy.parse().unwrap()], ..Config::default() }
}

async fn limited(browser: &Browser) -> Page {
    browser.get("/limited").await
}

/// A form of a page, this word in it.
fn word<'page>(page: &'page Page, form: &str, word: &str) -> FormOnPage<'page> {
    page.form(form).fill("word", word).fill("secret", "hush")
}

/// Sends a form as often as it may be sent.
async fn use_up(browser: &Browser, form: &str) {
    for _ in 0..2 {
        let page = limited(browser).await;
        assert_eq!(word(&page, form, "hey").submit().await.status, 303);
    }
}

#[tokio::test]
async fn t11_what_comes_too_often_is_429_and_input_is_kept() {
    let server = Server::start().await;
    let browser = server.browser();
    use_up(&browser, "#whisper").await;
    let page = limited(&browser).await;
    let answer = word(&page, "#whisper", "still there").refused(429, TOO_OFTEN).await;
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=30).contains(&wait), "{wait}");
    assert!(answer.text("#whisper [role=alert]").contains(&format!("Wait {wait} second")));
    assert_eq!(answer.form("#whisper").value("word"), Some("still there"));
    assert!(!answer.html.contains("hush"));
    assert_eq!(server.desk.ran("whisper"), 2);
    // Another action has a count of its own.
    let member = server.browser_with(&[("x-member", "ann")]);
    assert_eq!(word(&limited(&member).await, "#petition", "x").submit().await.status, 303);
}

#[tokio::test]
async fn t11_who_has_an_account_is_counted_by_it() {
    let server = Server::start().await;
    let [ann, bob] = ["ann", "bob"].map(|name| server.browser_with(&[("x-member", name)]));
    use_up(&ann, "#petition").await;
    use_up(&bob, "#petition").await;
    for browser in [&ann, &bob, &server.browser_with(&[("x-member", "ann")])] {
        let page = limited(browser).await;
        word(&page, "#petition", "x").refused(429, TOO_OFTEN).await;
    }
    assert_eq!(server.desk.ran("petition"), 4);
    // Refused before it is counted.
    let nobody = server.browser();
    for _ in 0..3 {
        let page = limited(&nobody).await;
        assert_eq!(word(&page, "#petition", "x").submit().await.status, 401);
    }
}

#[tokio::test]
async fn t11_who_has_no_account_is_counted_by_address_and_nobody_can_claim_another() {
    let server = Server::start().await;
    use_up(&server.browser_with(&[("x-forwarded-for", "192.0.2.1")]), "#whisper").await;
    let other = server.browser_with(&[("x-forwarded-for", "192.0.2.2")]);
    let page = limited(&other).await;
    word(&page, "#whisper", "x").refused(429, TOO_OFTEN).await;
}

#[tokio::test]
async fn t11_a_trusted_proxy_says_who_it_is() {
    let server = Server::with(trusting("127.0.0.0/8")).await;
    use_up(&server.browser_with(&[("x-forwarded-for", "192.0.2.1")]), "#whisper").await;
    use_up(&server.browser_with(&[("x-forwarded-for", "192.0.2.2")]), "#whisper").await;
    // What stands before the address that the proxy saw, the visitor wrote.
    let pretender = server.browser_with(&[("x-forwarded-for", "192.0.2.9, 192.0.2.1")]);
    let page = limited(&pretender).await;
    word(&page, "#whisper", "x").refused(429, TOO_OFTEN).await;
    assert_eq!(server.desk.ran("whisper"), 4);
}

/// A submission of an action with a word of this length.
fn of_length<A: formwork::Action>(action: A, length: usize) -> Entries {
    let mut entries = hidden(action);
    entries.push(("word".to_owned(), "x".repeat(length)));
    entries.push(("secret".to_owned(), String::new()));
    entries
}

#[tokio::test]
async fn t5_a_body_limit_of_an_action_stands_instead_of_the_setting() {
    let server = Server::with(Config { body_limit: 4_096, ..Config::default() }).await;
    let browser = server.browser();
    for (entries, status) in [
        (of_length(SendMuch, 7_000), 303),
        (of_length(SendMuch, 9_000), 413),
        (of_length(SendLittle, 500), 303),
        (of_length(SendLittle, 2_000), 413),
        (of_length(crate::app::Echo, 2_000), 303),
        (of_length(crate::app::Echo, 7_000), 413),
    ] {
        let name = &entries[0].1;
        let native = browser.post("/limited", &entries).await;
        assert_eq!(native.status, status, "{name}");
        let parts = browser.post_multipart("/limited", &entries).await;
        assert_eq!(parts.status, status, "{name}, as parts");
        let enhanced = browser.enhanced("/limited", &entries, &[]).await;
        assert_eq!(enhanced.status, if status == 303 { 200 } else { status }, "{name}");
        if status == 413 {
            native.refuses(413, TOO_LARGE);
        }
    }
    let ran = ["send_much", "send_little", "echo"].map(|name| server.desk.ran(name));
    assert_eq!(ran, [1, 1, 1], "however it is sent, it is the same submission");
    let untold = |entries: &Entries| {
        let body = urlencoded(entries);
        let chunk = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
        Request::form("/limited", chunk).chunked()
    };
    let answer = server.send(&untold(&of_length(SendLittle, 2_000))).await;
    answer.refuses(413, TOO_LARGE);
    assert_eq!(server.send(&untold(&of_length(SendMuch, 6_999))).await.status, 303);
}

#[tokio::test]
async fn t5_what_was_too_large_for_the_action_alone_is_kept() {
    let server = Server::start().await;
    let page = limited(&server.browser()).await;
    let long = "x".repeat(2_000);
    let answer = word(&page, "#send-little", &long).refused(413, TOO_LARGE).await;
    assert_eq!(answer.form("#send-little").value("word"), Some(&*long));
    assert_eq!(server.desk.ran("send_little"), 0);
}

#[tokio::test]
async fn t11_what_takes_too_long_is_given_up_and_input_is_kept() {
    let server = Server::start().await;
    server.desk.gate().close();
    let page = limited(&server.browser()).await;
    let answer = word(&page, "#linger", "patience").refused(503, TOO_LONG).await;
    assert_eq!(answer.form("#linger").value("word"), Some("patience"));
    server.desk.gate().open();
    tokio::task::yield_now().await;
    assert_eq!(server.desk.ran("linger, to its end"), 0, "it was stopped");
    assert_eq!(word(&answer, "#linger", "patience").submit().await.status, 303);
}

#[tokio::test]
async fn t11_too_many_at_once_are_refused_and_only_while_they_are() {
    let server = Server::with(Config { max_concurrent: 2, ..Config::default() }).await;
    server.desk.gate().close();
    let browser = server.browser();
    let page = browser.get("/doings").await;
    let [one, other] = ["#write-slowly", "#write-slowly"].map(|form| word(&page, form, "x"));
    let other = other.fill("_submission", "another");
    let (one, other, ()) = tokio::join!(one.submit(), other.submit(), async {
        server.desk.gate().reached_by(2).await;
        let page = browser.get("/doings").await;
        assert_eq!(page.status, 200, "reading is not sending");
        let answer = word(&page, "#echo", "x").refused(429, TOO_MANY).await;
        assert!(answer.has("#error-page"));
        assert_eq!(server.desk.ran("echo"), 0);
        server.desk.gate().open();
    });
    assert_eq!((one.status, other.status), (303, 303));
    assert_eq!(word(&page, "#echo", "x").submit().await.status, 303);
    assert_eq!(server.desk.ran("write_slowly, to its end"), 2);
}

#[tokio::test]
async fn t11_each_client_of_a_proxy_has_so_many_under_way() {
    let config = Config { max_concurrent: 1, ..trusting("127.0.0.1/32") };
    let server = Server::with(config).await;
    server.desk.gate().close();
    let [ann, bob] = ["192.0.2.1", "192.0.2.2"]
        .map(|address| server.browser_with(&[("x-forwarded-for", address)]));
    let mut slow = hidden(WriteSlowly);
    slow.extend([("word".to_owned(), "x".to_owned()), ("secret".to_owned(), String::new())]);
    let (first, ()) = tokio::join!(ann.post("/doings", &slow), async {
        server.desk.gate().reached_by(1).await;
        let page = ann.get("/doings").await;
        word(&page, "#echo", "x").refused(429, TOO_MANY).await;
        let page = bob.get("/doings").await;
        assert_eq!(word(&page, "#echo", "x").submit().await.status, 303);
        server.desk.gate().open();
    });
    assert_eq!(first.status, 303);
}

#[tokio::test]
async fn t11_what_goes_on_without_its_visitor_counts_as_under_way() {
    let server = Server::with(Config { max_concurrent: 2, ..Config::default() }).await;
    let gate = server.desk.gate();
    gate.close();
    let page = server.browser().get("/doings").await;
    for count in 1..=2 {
        let form = word(&page, "#write-slowly", "x").fill("_submission", &format!("number{count}"));
        let request = Request::form("/doings", urlencoded(&form.entries));
        let mut connection = Raw::connect(&server).await;
        connection.write(&request.bytes(&server)).await;
        gate.reached_by(count).await;
        drop(connection);
    }
    // Until the server has seen that they are gone.
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    word(&page, "#echo", "x").refused(429, TOO_MANY).await;
    assert_eq!(server.desk.ran("echo"), 0);
    gate.open();
    soon(async {
        while word(&page, "#echo", "x").submit().await.status == 429 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    assert_eq!((server.desk.ran("write_slowly, to its end"), server.desk.ran("echo")), (2, 1));
}

#[tokio::test]
async fn t11_a_guard_that_takes_too_long_is_given_up_and_nothing_is_done() {
    let server = Server::with(Config { action_timeout: 1, ..Config::default() }).await;
    server.desk.gate().close();
    let page = limited(&server.browser()).await;
    let answer = word(&page, "#step-in", "knock").refused(503, NOT_KNOWN).await;
    assert_eq!(answer.form("#step-in").value("word"), Some("knock"));
    assert_eq!((server.desk.ran("doorkeeper"), server.desk.ran("step_in")), (2, 0), "both gears");
    server.desk.gate().open();
    assert_eq!(word(&answer, "#step-in", "knock").submit().await.status, 303);
    assert_eq!(server.desk.ran("step_in"), 1);
}

#[tokio::test]
async fn t11_a_query_that_takes_too_long_is_given_up_its_guard_included() {
    let server = Server::with(Config { render_timeout: 1, ..Config::default() }).await;
    server.desk.gate().close();
    let (patient, inside) = (key(patient()), key(inside()));
    let lines = server.browser().read(&[&patient, &inside]).await.rest().await;
    assert_eq!(lines.len(), 2);
    for line in lines {
        let message = line["query"]["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains("took too long"), "{line}");
    }
    server.desk.gate().open();
    let lines = server.browser().read(&[&inside]).await.rest().await;
    assert_eq!(lines[0]["query"]["value"], "Warm");
    assert_eq!((server.desk.ran("patient, to its end"), server.desk.ran("inside")), (0, 1));
}
