//! What operations see: hooks, the log with its spans, digests that lead from the page to the cause.

use std::sync::{Arc, Mutex};

use formwork::Config;

use crate::{
    app,
    harness::{Counted, Page, Raw, Request, Server, key, logged, soon, urlencoded},
};

type Told = Arc<Mutex<Vec<String>>>;

/// The application behind all that `Site::serve` asks, with hooks that write down what they are told.
async fn server(config: Config) -> (Server, Told) {
    let told = Told::default();
    let (refusals, errors) = (Arc::clone(&told), Arc::clone(&told));
    let server = Server::of_site(config, |site| {
        site.on_refusal(move |refused| {
            let client = refused.client.map(|client| client.to_string()).unwrap_or_default();
            let (outcome, status) = (refused.outcome, refused.kind.status());
            let told = format!("{outcome} {status} {} {client}", refused.action);
            refusals.lock().unwrap().push(told);
        })
        .on_error(move |failure| {
            let cause = failure.cause.map(ToString::to_string).unwrap_or_default();
            errors.lock().unwrap().push(format!("{} {}: {cause}", failure.what, failure.digest));
        })
    });
    (server.await, told)
}

fn taken(told: &Told) -> Vec<String> {
    std::mem::take(&mut *told.lock().unwrap())
}

async fn send(page: &Page, form: &str) -> Page {
    page.form(form).fill("word", "hush").submit().await
}

#[tokio::test]
async fn hooks_are_told_of_refusals_and_of_failures() {
    let (server, told) = server(Config::default()).await;
    let page = server.browser().get("/doings").await;
    send(&page, "#vote").await;
    page.form("#echo").fill("_action", "made::up").submit().await;
    page.form("#echo").fill("_shape", "0").submit().await;
    page.form("#echo").submit_with(&[("origin", "https://evil.example")]).await;
    let limited = server.browser().get("/limited").await;
    for _ in 0..3 {
        send(&server.browser().get("/limited").await, "#whisper").await;
    }
    let id = |name| app_id(name);
    assert_eq!(
        taken(&told),
        [
            format!("refused 401 {} 127.0.0.1", id("doings::vote")),
            "stale 409 made::up 127.0.0.1".to_owned(),
            "stale 409 desk.echo 127.0.0.1".to_owned(),
            "refused 403  127.0.0.1".to_owned(),
            format!("throttled 429 {} 127.0.0.1", id("limited::whisper")),
        ]
    );

    // What is unavailable has no cause that a hook for errors could be told.
    server.desk.gate().close();
    assert_eq!(send(&limited, "#linger").await.status, 503);
    server.desk.gate().open();
    let linger = id("limited::linger");
    assert_eq!(taken(&told), [format!("failed 503 {linger} 127.0.0.1")]);

    let answer = send(&page, "#burst").await;
    let digest = answer.text("#burst [role=alert] code");
    let failing = server.browser().get("/failing").await;
    let read = failing.data()["queries"][0]["error"]["digest"].as_str().unwrap().to_owned();
    let broken = server.browser().get("/broken").await.text("#digest");
    let told = taken(&told);
    assert_eq!(told.len(), 3, "{told:?}");
    let burst = format!("{} {digest}: panicked: the pipe is corroded", id("doings::burst"));
    assert!(told[0].starts_with(&burst), "{told:?}");
    assert!(told[0].contains("doings.rs:"), "with the place: {told:?}");
    assert!(told[1].contains(&read) && told[1].contains("No such file"), "{told:?}");
    assert!(told[2].starts_with(&format!("/broken {broken}: panicked")), "{told:?}");
}

#[tokio::test]
async fn a_hook_that_panics_changes_no_answer() {
    let server = Server::of_site(Config::default(), |site| {
        site.on_refusal(|_| panic!("the ban list is away"))
            .on_error(|_| panic!("the error tracker is away"))
    });
    let server = server.await;
    let page = server.browser().get("/doings").await;
    send(&page, "#vote").await.refuses(401, "");
    send(&page, "#burst").await.refuses(500, "Something went wrong on our side.");
    for cause in ["the ban list is away", "the error tracker is away"] {
        let lines = logged(cause);
        assert!(lines.iter().any(|line| line.contains("a hook of the application")), "{lines:?}");
    }
    server.is_well().await;
}

/// A run that fails when nobody is there to be told, and its duplicates.
#[tokio::test]
async fn t8_a_failure_is_logged_once_whoever_is_still_there() {
    let (server, told) = server(Config::default()).await;
    let gate = server.desk.gate();
    let page = server.browser().get("/doings").await;
    let slowly = app_id("doings::write_slowly");

    gate.close();
    let form = page.form("#write-slowly").fill("word", "in vain, alone");
    let request = Request::form("/doings", urlencoded(&form.entries));
    let mut connection = Raw::connect(&server).await;
    connection.write(&request.bytes(&server)).await;
    gate.reached_by(1).await;
    drop(connection);
    // Until the server has seen that it is gone.
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    gate.open();
    soon(async {
        while logged("in vain, alone").is_empty() || logged("step=\"left\"").is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await;
    let told_of = taken(&told);
    assert_eq!(told_of.len(), 1, "{told_of:?}");
    assert!(told_of[0].starts_with(&slowly) && told_of[0].contains("the ink has dried"));
    let left = logged("step=\"left\"");
    assert!(left.iter().any(|line| line.contains(&slowly) && line.contains("status=500")));

    gate.close();
    let form = || page.form("#write-slowly").fill("word", "in vain, twice").submit();
    let ((), first, second) = tokio::join!(
        async {
            gate.reached_by(2).await;
            // Long enough for the duplicate to wait for the run.
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            gate.open();
        },
        form(),
        form(),
    );
    let digest = |page: &Page| page.text("#write-slowly [role=alert] code");
    assert_eq!((first.status, digest(&first)), (500, digest(&second)));
    assert_eq!(server.desk.ran("write_slowly"), 2, "one of them ran");
    assert_eq!(logged("in vain, twice").len(), 1);
    assert!(logged("in vain, twice")[0].contains(&digest(&first)));
    assert_eq!(taken(&told).len(), 1);
}

/// An id of the application under test.
fn app_id(path: &str) -> String {
    let example = <app::Vote as formwork::Action>::ID;
    let prefix = example.strip_suffix("doings::vote").expect("its path in the source");
    format!("{prefix}{path}")
}

#[tokio::test]
async fn t8_the_stream_the_query_and_the_log_have_the_same_digest() {
    let (server, told) = server(Config::default()).await;
    let page = server.browser().get("/doings").await;
    let mut stream = page.form("#stumble").fill("word", "x").enhanced(&[]).await;
    let digest = stream.outcome().await["error"]["digest"].as_str().unwrap().to_owned();
    assert!(logged(&digest).iter().any(|line| line.contains("invalid digit")));
    let lines = server.browser().read(&[&key(app::failing())]).await.rest().await;
    let of_query = lines[0]["query"]["error"]["digest"].as_str().unwrap();
    assert!(logged(of_query).iter().any(|line| line.contains("No such file")));
    let told = taken(&told);
    assert!(told[0].contains(&digest) && told[1].contains(of_query), "{told:?}");
}

#[tokio::test]
async fn a_submission_has_a_span_with_its_action_step_and_outcome() {
    let (server, _) = server(Config::default()).await;
    let page = server.browser().get("/doings").await;
    for (form, id, step, outcome) in [
        ("#echo", "span-echo", "answer", "success"),
        ("#vote", "span-vote", "guard", "refused"),
        ("#stumble", "span-stumble", "run", "failed"),
    ] {
        let sent = page.form(form).fill("word", "span").fill("_submission", id);
        sent.submit().await;
        let lines = logged(&format!("submission=\"{id}\""));
        let line = lines.iter().find(|line| line.contains("submission{")).expect("a span");
        for part in [format!("step=\"{step}\""), format!("outcome=\"{outcome}\""), "micros=".into()]
        {
            assert!(line.contains(&part), "{part} is missing: {line}");
        }
    }
    // Sent again, it is answered from the record.
    page.form("#echo").fill("word", "span").fill("_submission", "span-echo").submit().await;
    assert!(logged("span-echo").iter().any(|line| line.contains("outcome=\"replayed\"")));
}

#[tokio::test]
async fn t1_what_is_refused_at_the_door_is_logged_too() {
    let (server, _) = server(Config::default()).await;
    let request = Request::form("/doings?door", urlencoded(&vec![]));
    let answer = soon(server.send(&request.with("origin", "https://evil.example"))).await;
    assert_eq!(answer.status, 403);
    let lines = logged("reason=CrossSite");
    assert!(lines.iter().any(|line| line.contains("/doings") && line.contains("refused")));
}

#[tokio::test]
async fn every_outcome_is_counted_and_a_made_up_action_as_unknown() {
    let counted = Counted::default();
    let _here = metrics::set_default_local_recorder(&counted);
    let (server, _) = server(Config::default()).await;
    let page = server.browser().get("/doings").await;
    let echo = || page.form("#echo").fill("word", "x");
    echo().submit().await;
    echo().submit().await;
    echo().fill("_shape", "0").submit().await;
    echo().fill("_action", "made::up").submit().await;
    send(&page, "#vote").await;
    send(&page, "#stumble").await;
    echo().submit_with(&[("origin", "https://evil.example")]).await;
    for _ in 0..3 {
        send(&server.browser().get("/limited").await, "#whisper").await;
    }
    let whisper = app_id("limited::whisper");
    let mut expected = [
        ("desk.echo success".to_owned(), 1),
        ("desk.echo replayed".to_owned(), 1),
        ("desk.echo stale".to_owned(), 1),
        ("unknown stale".to_owned(), 1),
        (format!("{} refused", app_id("doings::vote")), 1),
        (format!("{} failed", app_id("doings::stumble")), 1),
        ("unread refused".to_owned(), 1),
        (format!("{whisper} success"), 2),
        (format!("{whisper} throttled"), 1),
    ];
    expected.sort();
    assert_eq!(counted.of("formwork_submissions_total"), expected);
}
