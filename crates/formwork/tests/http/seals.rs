//! What was done, or may have been, and can't be run again as it was sent: its seal does not open any more.

use std::{thread, time::Duration};

use formwork::Config;

use crate::{
    harness::{Browser, Entries, Page, Redis, Server},
    shared::not_refused,
};

const OLD: &str = "b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2w=";
const NEW: &str = "bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmU=";

const KEY_GONE: &str = "This page has been open for too long.";
const EXPIRED: &str = "The time for this form is over.";
const DONE_AND_GONE: &str = "What you sent was done before this page changed";
const DONE_BEFORE: &str = "What you had sent before was done after all.";
const MAY_BE_DONE: &str =
    "The server that took this is gone, and we can't tell whether it was done.";
const CAN_NOT_TELL: &str = "We can't find out right now whether this was done before.";

/// Two instances: the key by which the one seals is gone from the ring of the other.
async fn before_and_after(redis: &Redis) -> (Server, Server) {
    let before = Server::with_both(redis.config(), OLD).await;
    (before, Server::with_both(redis.config(), NEW).await)
}

fn lamp(page: &Page) -> Entries {
    page.form("#row-2").fill("title", "Lamp").entries
}

/// What a refused submission is told in the enhanced gear.
async fn told(browser: &Browser, path: &str, entries: &Entries) -> (u16, String) {
    let mut stream = browser.enhanced(path, entries, &[]).await;
    let message =
        stream.outcome().await["error"]["message"].as_str().unwrap_or_default().to_owned();
    (stream.status, message)
}

#[tokio::test]
async fn o3_t7_what_ran_and_whose_key_is_gone_gets_its_recorded_outcome() {
    let redis = Redis::start();
    let (before, after) = before_and_after(&redis).await;
    let entries = lamp(&before.browser().get("/bound").await);
    assert_eq!(before.browser().post("/bound", &entries).await.status, 303);
    for _ in 0..2 {
        assert_eq!(after.browser().post("/bound", &entries).await.location(), "/bound");
        let mut stream = after.browser().enhanced("/bound", &entries, &[]).await;
        assert_eq!(stream.outcome().await["status"], 200);
    }
    assert_eq!((before.desk.ran("retitle"), after.desk.ran("retitle")), (1, 0));

    // With other content it is another submission, and did not run.
    let other = before.browser().get("/bound").await.form("#row-2").fill("title", "Desk").entries;
    after.browser().post("/bound", &other).await.refuses(409, KEY_GONE);
    // What was refused there is not run here, where the key is known still.
    assert_eq!(before.browser().post("/bound", &other).await.status, 409);
    assert_eq!((before.desk.ran("retitle"), after.desk.ran("retitle")), (1, 0));
}

#[tokio::test]
async fn o3_t7_a_run_that_is_under_way_is_waited_for_without_its_key() {
    let redis = Redis::start();
    let (before, after) = before_and_after(&redis).await;
    let gate = before.desk.gate();
    gate.close();
    let member = |server: &Server| server.browser_with(&[("x-member", "ann")]);
    let (ann, ann_after) = (member(&before), member(&after));
    let entries = ann.get("/mine").await.form("#sign").fill("title", "Yes").entries;
    let (first, second, ()) = tokio::join!(
        ann.post("/mine", &entries),
        async {
            gate.reached_by(1).await;
            ann_after.post("/mine", &entries).await
        },
        async {
            gate.reached_by(1).await;
            tokio::time::sleep(Duration::from_millis(300)).await;
            gate.open();
        },
    );
    assert_eq!((first.status, second.status), (303, 303));
    assert_eq!((before.desk.ran("sign"), after.desk.ran("sign")), (1, 0));
    // It is answered to who sent it.
    let bob = after.browser_with(&[("x-member", "bob")]);
    bob.post("/mine", &entries).await.refuses(409, KEY_GONE);
}

#[tokio::test]
async fn o3_t7_where_the_guard_needs_the_seal_it_is_told_that_it_was_done() {
    let redis = Redis::start();
    let (before, after) = before_and_after(&redis).await;
    let owner = |server: &Server| server.browser_with(&[("x-owns", "2")]);
    let entries = owner(&before).get("/guarded").await.form("#frame").fill("word", "gilt").entries;
    assert_eq!(owner(&before).post("/guarded", &entries).await.status, 303);
    let (status, message) = told(&owner(&after), "/guarded", &entries).await;
    assert_eq!(status, 409);
    assert!(message.starts_with(DONE_AND_GONE), "{message}");
    let page = owner(&after).post("/guarded", &entries).await;
    page.refuses(409, DONE_AND_GONE);
    assert_eq!(page.texts("[role=alert] textarea[readonly]"), ["gilt"], "it is there to copy");
    assert_eq!((before.desk.ran("frame"), after.desk.ran("frame")), (1, 0));
}

#[tokio::test]
async fn o3_t7_without_the_store_nobody_is_told_that_it_was_not_done() {
    let redis = Redis::start();
    let (before, after) = before_and_after(&redis).await;
    let entries = lamp(&before.browser().get("/bound").await);
    assert_eq!(before.browser().post("/bound", &entries).await.status, 303);
    redis.pause();
    let page = after.browser().post("/bound", &entries).await;
    page.refuses(503, CAN_NOT_TELL);
    assert_eq!(
        page.texts("[role=alert] textarea[readonly]"),
        ["Lamp"],
        "whose row it was is sealed"
    );
    redis.go_on();
    // Copied into a form of the page that says so, it is not written once more.
    let copied = async || page.form("#row-2").fill("title", "Lamp").submit().await;
    not_refused(copied).await.refuses(409, DONE_BEFORE);
    assert_eq!(after.browser().post("/bound", &entries).await.status, 303, "as it was sent");
    assert_eq!((before.desk.ran("retitle"), after.desk.ran("retitle")), (1, 0));
}

/// Runs it on a server that is gone before it ends, and waits until its lease is over.
async fn begun_by_one_that_is_gone(config: Config) -> Entries {
    let config = Config { action_timeout: 1, ..config };
    let (send, receive) = tokio::sync::oneshot::channel();
    let instance = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let server = Server::with_both(config, OLD).await;
            server.desk.gate().close();
            let ann = server.browser_with(&[("x-member", "ann")]);
            let entries = ann.get("/mine").await.form("#sign").fill("title", "Yes").entries;
            let reached = server.desk.gate().reached_by(1);
            tokio::select! {
                _ = ann.post("/mine", &entries) => panic!("the gate is closed"),
                () = reached => {}
            }
            assert_eq!(server.desk.tickets().len(), 3, "it is committed");
            let _ = send.send(entries);
        });
        // Nothing of it goes on from here.
    });
    let entries = receive.await.expect("it was begun");
    instance.join().expect("it ended");
    tokio::time::sleep(Duration::from_secs(12)).await;
    entries
}

#[tokio::test]
async fn o3_t7_what_was_begun_by_a_server_that_is_gone_may_be_done() {
    let redis = Redis::start();
    let after = Server::with_both(redis.config(), NEW).await;
    let entries = begun_by_one_that_is_gone(redis.config()).await;
    let ann = after.browser_with(&[("x-member", "ann")]);
    let (status, message) = told(&ann, "/mine", &entries).await;
    assert_eq!(
        (status, &*message),
        (503, &*format!("{MAY_BE_DONE} Look before you send it again."))
    );
    let page = ann.post("/mine", &entries).await;
    page.refuses(503, MAY_BE_DONE);
    assert_eq!(page.texts("[role=alert] textarea[readonly]"), ["Yes"]);
    assert_eq!(after.desk.ran("sign"), 0, "nothing is guessed");
}

#[tokio::test]
async fn o3_t7_committed_by_a_server_that_is_gone_it_may_be_done_whoever_has_given_it_back_since() {
    let redis = Redis::start();
    let (other, after) = before_and_after(&redis).await;
    let entries = begun_by_one_that_is_gone(redis.config()).await;
    // Another claims it once its lease is over, and can't do it.
    other.desk.add("ann: Yes on 7".to_owned());
    let ann = other.browser_with(&[("x-member", "ann")]);
    for _ in 0..2 {
        ann.post("/mine", &entries).await.refuses(409, "That is signed.");
    }
    assert_eq!(other.desk.ran("sign"), 2, "claimed, and given back");
    let ann = after.browser_with(&[("x-member", "ann")]);
    let page = ann.post("/mine", &entries).await;
    page.refuses(503, MAY_BE_DONE);
    assert_eq!(page.texts("[role=alert] textarea[readonly]"), ["Yes"]);
    assert_eq!(after.desk.ran("sign"), 0, "nothing is guessed");
}

/// A report of an older build's page, as it comes back while nobody can say whether it is done.
async fn report_in_place_of_another(redis: &Redis, server: &Server) -> Entries {
    let browser = server.browser();
    let mut sent = browser.get("/reports").await.form("#report").fill("title", "Lamp").entries;
    set(&mut sent, "_shape", "0123456789abcdef");
    redis.pause();
    let refused = browser.post("/reports", &sent).await;
    redis.go_on();
    assert_eq!(refused.status, 503);
    let form = refused.form("#report");
    assert!(form.value("_again").is_some(), "it names what it is sent in place of");
    form.entries
}

fn set(entries: &mut Entries, field: &str, value: &str) {
    let found = entries.iter_mut().find(|(name, _)| name == field);
    value.clone_into(&mut found.expect("it has one").1);
}

#[tokio::test]
async fn o3_t7_what_it_is_sent_in_place_of_is_told_once_if_its_key_is_gone() {
    let redis = Redis::start();
    let (before, after) = before_and_after(&redis).await;
    let sent = report_in_place_of_another(&redis, &before).await;
    let browser = after.browser();
    let page = not_gone(async || browser.post("/reports", &sent).await).await;
    page.refuses(503, MAY_BE_DONE);
    let mut enhanced = browser.enhanced("/reports", &sent, &[]).await;
    assert_eq!(enhanced.outcome().await["leaves"], true, "the page says it");
    assert_eq!(after.desk.ran("file_report"), 0);
    let form = page.form("#report");
    assert_eq!((form.value("title"), form.value("_again")), (Some("Lamp"), None));
    assert_eq!(form.submit().await.status, 303, "its visitor has looked");
    assert_eq!(after.desk.ran("file_report"), 1);
    // Where the key is still listed, it is asked about; and it is the submission that has run by now.
    assert_eq!(before.browser().post("/reports", &sent).await.status, 303);
    assert_eq!(before.desk.ran("file_report"), 0);
}

/// Sends it until the store can be asked again.
async fn not_gone(send: impl AsyncFn() -> Page) -> Page {
    loop {
        let page = send().await;
        if !page.html.contains("We can't make sure right now") {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn nothing_made_up_of_what_it_is_sent_in_place_of_is_noted_in_the_store() {
    let redis = Redis::start();
    let server = Server::with(redis.config()).await;
    let mut sent = report_in_place_of_another(&redis, &server).await;
    let ours = sent.iter().find(|(name, _)| name == "_again").expect("it names one").1.clone();
    let browser = server.browser();
    not_gone(async || browser.post("/reports", &sent).await).await;
    let mut forged = ours.clone().into_bytes();
    forged[60] = if forged[60] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).expect("base64url");
    let names: Vec<String> = (0..32).map(|at| format!("{at:086}")).collect();
    for (action, path) in [("reports::file_report", "/reports"), ("no::such_action", "/reports")] {
        for made_up in [&forged, &names.join(" "), &names.concat(), &format!("{ours}AAAA")] {
            let mut sent = browser.get(path).await.form("#report").fill("title", "Lamp").entries;
            set(&mut sent, "_action", action);
            sent.push(("_again".to_owned(), made_up.clone()));
            let before = redis.submissions();
            browser.post(path, &sent).await;
            let noted = redis.submissions() - before;
            assert!(noted <= 1, "{action}: {noted} for {made_up}");
        }
    }
    // What was handed out is asked about, as often as it is sent.
    set(&mut sent, "_action", "no::such_action");
    let before = redis.submissions();
    browser.post("/reports", &sent).await;
    assert_eq!(redis.submissions() - before, 1, "this one; the other is known by now");
}

/// The form of a page that was sent in time, and is sent once more after it has expired and while nobody
/// can say whether it is done.
async fn unsure(redis: &Redis, server: &Server) -> Page {
    let page = server.browser().get("/brief").await;
    let form = page.form("#brief").fill("title", "Lamp");
    assert_eq!(form.clone().submit().await.status, 303);
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    redis.pause();
    let unsure = form.submit().await;
    redis.go_on();
    unsure.refuses(503, CAN_NOT_TELL);
    assert_eq!(unsure.form("#brief").value("title"), Some("Lamp"));
    unsure
}

#[tokio::test]
async fn o3_what_ran_and_has_expired_since_gets_its_recorded_outcome() {
    let server = Server::start().await;
    let page = server.browser().get("/brief").await;
    let form = page.form("#brief").fill("title", "Lamp");
    assert_eq!(form.clone().submit().await.status, 303);
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    assert_eq!(form.clone().submit().await.status, 303);
    form.fill("title", "Desk").submit().await.refuses(409, EXPIRED);
    assert_eq!(server.desk.ran("retitle"), 1);
}

#[tokio::test]
async fn o3_c9_sent_as_it_came_back_it_is_what_was_done() {
    let redis = Redis::start();
    let server = Server::with(redis.config()).await;
    let unsure = unsure(&redis, &server).await;
    let sent = async || unsure.form("#brief").submit().await;
    assert_eq!(not_refused(sent).await.status, 303);
    assert_eq!(server.desk.ran("retitle"), 1);
}

#[tokio::test]
async fn o2_c9_changed_after_an_unsure_answer_it_is_not_told_that_it_is_done() {
    let redis = Redis::start();
    let server = Server::with(redis.config()).await;
    let unsure = unsure(&redis, &server).await;
    let changed = || unsure.form("#brief").fill("title", "Lamp, red");
    let answer = not_refused(async || changed().submit().await).await;
    answer.refuses(409, DONE_BEFORE);
    assert_eq!(server.desk.tickets()[0].title, "Lamp", "nothing was done now");
    let form = answer.form("#brief");
    assert_eq!(form.value("title"), Some("Lamp, red"), "and nothing is lost");
    assert_eq!(form.value("_again"), None, "they know it now");
    let mut stream = changed().enhanced(&[]).await;
    assert_eq!(stream.outcome().await["error"]["kind"], "conflict");
    // Sent once more it is a submission of its own.
    assert_eq!(form.submit().await.status, 303);
    assert_eq!(server.desk.tickets()[0].title, "Lamp, red");
    assert_eq!(server.desk.ran("retitle"), 2);
}
