//! S1: an action that reports while it runs.

use std::time::Duration;

use formwork::Config;
use serde_json::{Value, json};
use tower_http::compression::CompressionLayer;

use crate::{
    app::{news, tickets},
    harness::{FormOnPage, Page, Raw, Request, Server, Stream, key, soon, urlencoded},
};

/// So many boxes that a test can close the gate while they are unpacked.
const MANY: usize = 2_000;

/// Waits until this holds.
async fn until(is: impl Fn() -> bool) {
    soon(async {
        while !is() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

/// Long enough for what is not to happen.
async fn a_while() {
    tokio::time::sleep(Duration::from_millis(150)).await;
}

async fn page(server: &Server) -> Page {
    server.browser().get("/unpacking").await
}

fn form<'page>(page: &'page Page, boxes: usize, and: &str) -> FormOnPage<'page> {
    page.form("#unpack").fill("boxes", &boxes.to_string()).fill("and", and)
}

fn report(boxes: usize, of: usize) -> Value {
    json!({"report": {"boxes": boxes, "of": of}})
}

async fn next(stream: &mut Stream) -> Value {
    stream.next().await.expect("a line")
}

#[tokio::test]
async fn s1_each_report_comes_while_the_action_runs_and_its_data_in_the_same_response() {
    let server = Server::start().await;
    let gate = server.desk.gate();
    gate.close();
    let (page, on_screen) = (page(&server).await, key(tickets()));
    let on_screen = [&*on_screen];
    let ((), mut stream) = tokio::join!(
        async {
            gate.reached_by(1).await;
            gate.open();
            gate.reached_by(2).await;
            gate.close();
        },
        form(&page, MANY, "").watched(&on_screen),
    );
    assert_eq!(stream.status, 200);
    assert_eq!(next(&mut stream).await, report(1, MANY));
    let come = server.desk.ran("a box");
    assert!(come < MANY, "it is not over: {come}");
    for boxes in 2..=come {
        assert_eq!(next(&mut stream).await, report(boxes, MANY));
    }
    gate.open();
    for boxes in come + 1..=MANY {
        assert_eq!(next(&mut stream).await, report(boxes, MANY));
    }
    assert_eq!(stream.outcome().await["value"], MANY);
    let rest = stream.rest().await;
    assert_eq!((rest.len(), &rest[0]["query"]["key"]), (1, &json!(key(tickets()))));
}

#[tokio::test]
async fn s1_compression_holds_no_report_back() {
    for encoding in ["gzip", "br"] {
        let server =
            Server::guarded(Config::default(), |it| it.layer(CompressionLayer::new())).await;
        let entries = form(&page(&server).await, MANY, "").entries;
        let browser = server.browser_with(&[("accept-encoding", encoding)]);
        let gate = server.desk.gate();
        gate.close();
        let ((), mut stream) = tokio::join!(
            async {
                gate.reached_by(1).await;
                gate.open();
                gate.reached_by(2).await;
                gate.close();
            },
            browser.watched("/unpacking", &entries, &[]),
        );
        assert_eq!(stream.headers["content-encoding"], encoding);
        stream.decode(encoding);
        assert_eq!(next(&mut stream).await, report(1, MANY));
        assert!(server.desk.ran("a box") < MANY);
        gate.open();
        while !next(&mut stream).await["outcome"].is_object() {}
    }
}

#[tokio::test]
async fn s1_who_goes_away_stops_the_work_and_the_same_submission_runs_anew() {
    let server = Server::start().await;
    let (desk, gate) = (&server.desk, server.desk.gate());
    let page = page(&server).await;
    let mut stream = form(&page, 50_000, "").watched(&[]).await;
    assert_eq!(next(&mut stream).await, report(1, 50_000));
    drop(stream);
    // It had as much time as it wants: nobody reads, and nobody is waited for.
    let mut before = usize::MAX;
    soon(async {
        while before != desk.ran("a box") {
            before = desk.ran("a box");
            a_while().await;
        }
    })
    .await;
    assert!(before < 50_000, "{before}");
    assert_eq!((desk.ran("unpack"), desk.ran("unpack, to its end")), (1, 0));

    // Once more, stopped where it waits.
    gate.close();
    let same = || form(&page, MANY, "");
    let ((), mut stream) = tokio::join!(
        async {
            gate.reached_by(before + 1).await;
            gate.open();
            gate.reached_by(before + 2).await;
            gate.close();
        },
        same().watched(&[]),
    );
    next(&mut stream).await;
    drop(stream);
    a_while().await;
    gate.open();
    a_while().await;
    assert_eq!(desk.ran("unpack, to its end"), 0);
    let (runs, unpacked) = (desk.ran("unpack"), desk.ran("a box"));
    assert!(unpacked < before + MANY);

    let mut stream = same().watched(&[]).await;
    for boxes in 1..=MANY {
        assert_eq!(next(&mut stream).await, report(boxes, MANY));
    }
    assert_eq!(stream.outcome().await["value"], MANY);
    let ran = |name| desk.ran(name);
    assert_eq!((ran("unpack"), ran("a box")), (runs + 1, unpacked + MANY));
    assert_eq!(ran("unpack, to its end"), 1);
}

/// A browser that waits for its page, and may close the connection.
async fn begun_without_javascript(server: &Server, page: &Page, boxes: usize) -> Raw {
    let request = Request::form("/unpacking", urlencoded(&form(page, boxes, "").entries));
    let mut connection = Raw::connect(server).await;
    connection.write(&request.bytes(server)).await;
    connection
}

#[tokio::test]
async fn s1_without_javascript_who_goes_away_stops_it_as_well() {
    let server = Server::start().await;
    let (desk, gate) = (&server.desk, server.desk.gate());
    gate.close();
    let page = page(&server).await;
    let connection = begun_without_javascript(&server, &page, 3).await;
    gate.reached_by(1).await;
    drop(connection);
    a_while().await;
    gate.open();
    a_while().await;
    assert_eq!((desk.ran("unpack"), desk.ran("a box")), (1, 0));
}

/// Sends it, and goes away when it is at its first box.
async fn leave(server: &Server, page: &Page, and: &str) {
    let gate = server.desk.gate();
    let come = gate.arrivals();
    gate.close();
    let request = Request::form("/unpacking", urlencoded(&form(page, 3, and).entries));
    let mut connection = Raw::connect(server).await;
    connection.write(&request.bytes(server)).await;
    gate.reached_by(come + 1).await;
    drop(connection);
    a_while().await;
    gate.open();
}

/// It may be stopped while it waits for its commit.
#[tokio::test]
async fn s1_what_it_names_before_it_is_stopped_is_invalidated_and_before_it_fails_is_not() {
    let server = Server::start().await;
    let (desk, page) = (&server.desk, page(&server).await);
    let read = async || {
        server.browser().read(&[&key(news())]).await.rest().await;
        desk.ran("news")
    };
    assert_eq!((read().await, read().await), (1, 1));
    assert_eq!(form(&page, 1, "bad news").submit().await.status, 422);
    assert_eq!(read().await, 1);
    leave(&server, &page, "news").await;
    assert_eq!((desk.ran("unpack, to its end"), read().await), (0, 2));
}

#[tokio::test]
async fn s1_what_panics_as_it_is_stopped_keeps_no_claim() {
    let server = Server::start().await;
    let page = page(&server).await;
    leave(&server, &page, "glass").await;
    assert_eq!(server.desk.ran("unpack"), 1);
    let answer = soon(form(&page, 3, "glass").submit()).await;
    assert_eq!((answer.status, server.desk.ran("unpack")), (500, 2), "it runs anew, and panics");
}

#[tokio::test]
async fn s1_without_javascript_the_final_state_shows() {
    let server = Server::start().await;
    let page = page(&server).await;
    let answer = form(&page, 3, "").submit().await;
    assert_eq!(answer.status, 303);
    let shown = answer.follow().await;
    assert_eq!((shown.text("#unpacked"), shown.text("#unpacking")), ("3".into(), String::new()));
    let failed = form(&page, 2, "fail").submit().await;
    assert_eq!(failed.status, 422);
    assert!(failed.html.contains("The last one is empty"));
    assert_eq!(failed.form("#unpack").value("boxes"), Some("2"));
}

#[tokio::test]
async fn s1_o3_sent_again_it_is_answered_without_running() {
    let server = Server::start().await;
    let page = page(&server).await;
    let mut stream = form(&page, 2, "").watched(&[]).await;
    assert_eq!(next(&mut stream).await, report(1, 2));
    assert_eq!(next(&mut stream).await, report(2, 2));
    assert_eq!(stream.outcome().await["value"], 2);
    let mut again = form(&page, 2, "").watched(&[]).await;
    assert_eq!(again.outcome().await["value"], 2, "there is nothing to report");
    assert_eq!(form(&page, 2, "").submit().await.status, 303);
    assert_eq!((server.desk.ran("unpack"), server.desk.ran("a box")), (1, 2));
}

#[tokio::test]
async fn s1_o1_sent_again_while_it_runs_it_waits_for_the_outcome() {
    let server = Server::start().await;
    let gate = server.desk.gate();
    gate.close();
    let page = page(&server).await;
    let send = || async {
        let mut stream = form(&page, 2, "").watched(&[]).await;
        loop {
            let line = next(&mut stream).await;
            if line["outcome"].is_object() {
                return line["outcome"]["value"].clone();
            }
        }
    };
    let ((), first, second) = tokio::join!(
        async {
            gate.reached_by(1).await;
            a_while().await;
            gate.open();
        },
        send(),
        send(),
    );
    assert_eq!((first, second), (json!(2), json!(2)));
    assert_eq!(server.desk.ran("unpack"), 1);
}

/// A client that has lost its connection asks again before the server knows of that.
#[tokio::test]
async fn s1_who_waits_for_a_run_that_is_stopped_runs_it() {
    let server = Server::start().await;
    let (desk, gate) = (&server.desk, server.desk.gate());
    gate.close();
    let page = page(&server).await;
    let first = begun_without_javascript(&server, &page, 2).await;
    gate.reached_by(1).await;
    let ((), mut stream) = tokio::join!(
        async {
            a_while().await;
            assert_eq!(desk.ran("unpack"), 1, "the second one waits");
            drop(first);
            gate.reached_by(2).await;
            gate.open();
        },
        form(&page, 2, "").watched(&[]),
    );
    assert_eq!(next(&mut stream).await, report(1, 2));
    assert_eq!(next(&mut stream).await, report(2, 2));
    assert_eq!(stream.outcome().await["value"], 2);
    let ran = |name| desk.ran(name);
    assert_eq!((ran("unpack"), ran("a box"), ran("unpack, to its end")), (2, 2, 1));
}

#[tokio::test]
async fn s1_a_failure_comes_in_the_stream_and_may_be_sent_again() {
    let server = Server::start().await;
    let page = page(&server).await;
    for runs in 1..=2 {
        let mut stream = form(&page, 1, "fail").watched(&[]).await;
        assert_eq!(next(&mut stream).await, report(1, 1));
        let outcome = stream.outcome().await;
        assert_eq!(
            (&outcome["status"], &outcome["issues"][0]["path"]),
            (&json!(422), &json!("boxes"))
        );
        assert_eq!(stream.rest().await.len(), 0);
        assert_eq!(server.desk.ran("unpack"), runs);
    }
}

/// The head of the response is gone by then: what stands in it comes with the recorded outcome.
#[tokio::test]
async fn s1_what_takes_a_head_of_its_own_is_asked_for() {
    let server = Server::guarded(Config::default(), |it| it).await;
    let page = page(&server).await;
    for and in ["cookie", "go"] {
        let mut stream = form(&page, 1, and).watched(&[]).await;
        assert_eq!(next(&mut stream).await, report(1, 1));
        assert_eq!(stream.rest().await, [json!("ask")], "{and}");
        let mut stream = form(&page, 1, and).watched(&[]).await;
        let set = stream.headers.get("set-cookie").cloned();
        let outcome = stream.outcome().await;
        let lines = stream.rest().await;
        if and == "go" {
            assert_eq!(outcome["redirect"], "/tickets/1");
            assert_eq!(lines.len(), 1, "the data of the destination");
        } else {
            assert!(set.expect("a cookie").to_str().expect("ASCII").starts_with("colour=brown"));
        }
    }
    assert_eq!(server.desk.ran("unpack"), 2);
}

/// It has run, and was counted: to be told so is no second time.
#[tokio::test]
async fn s1_o3_what_has_run_is_answered_again_however_seldom_it_may_run() {
    let server = Server::start().await;
    let first = page(&server).await;
    let send = |and| first.form("#unpack-seldom").fill("boxes", "1").fill("and", and);
    let mut stream = send("cookie").watched(&[]).await;
    assert_eq!(next(&mut stream).await, report(1, 1));
    assert_eq!(stream.rest().await, [json!("ask")]);
    let mut stream = send("cookie").watched(&[]).await;
    assert!(stream.headers.contains_key("set-cookie"));
    assert_eq!(stream.outcome().await["value"], 1);
    assert_eq!(send("cookie").submit().await.status, 303);
    // Another one is too often, and may be sent when it no longer is: nothing is noted of it.
    for _ in 0..2 {
        let mut stream = send("go").watched(&[]).await;
        assert_eq!(stream.outcome().await["status"], 429);
    }
    assert_eq!(server.desk.ran("unpack"), 1);
}

#[tokio::test]
async fn s1_who_does_not_ask_for_reports_gets_none() {
    let server = Server::start().await;
    let page = page(&server).await;
    let mut stream = form(&page, 3, "").enhanced(&[]).await;
    assert_eq!(stream.outcome().await["value"], 3);
    let unnamed = form(&page, 4, "").without("_submission");
    let mut stream = unnamed.watched(&[]).await;
    assert_eq!(stream.outcome().await["value"], 4, "it could not be asked for");
}

/// A report takes the place of those that were not sent: whoever reads slowly holds nobody up.
#[tokio::test]
async fn s1_the_newest_report_is_enough_for_who_reads_slowly() {
    let server = Server::start().await;
    let page = page(&server).await;
    let mut stream = form(&page, 100_000, "hoard").watched(&[]).await;
    until(|| server.desk.ran("unpack, to its end") == 1).await;
    let mut reports = 0;
    let outcome = loop {
        let line = next(&mut stream).await;
        match line.get("outcome") {
            Some(outcome) => break outcome.clone(),
            None => reports += 1,
        }
    };
    assert_eq!(outcome["value"], 100_000);
    assert!(reports < 100_000, "{reports}");
}
