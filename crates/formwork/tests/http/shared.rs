//! Instances that share a store, and what they do when it is away.

use std::time::{Duration, Instant};

use crate::{
    app::{Ring, news},
    harness::{Browser, FormOnPage, Page, Redis, Server, hidden, key},
};

const CAN_NOT_RECORD: &str = "We can't make sure right now that this is done just once";
/// Much longer than it may take until everything is as before.
const PATIENCE: Duration = Duration::from_secs(30);

fn lamp(page: &Page) -> FormOnPage<'_> {
    page.form("#open").fill("title", "Lamp").fill("copies", "1").fill("pin", "1234")
}

/// Pages are served, what is idempotent goes on, and what could be done twice is not done.
async fn is_careful(server: &Server, page: &Page) {
    let browser = server.browser();
    assert_eq!(browser.get("/").await.status, 200, "C8");
    assert_eq!(browser.get("/news").await.status, 200, "C8: a query that is cached");
    let before = server.desk.ran("ring");
    assert_eq!(browser.post("/doings", &hidden(Ring)).await.status, 303);
    assert_eq!(server.desk.ran("ring"), before + 1);

    let refused = lamp(page).refused(503, CAN_NOT_RECORD).await;
    assert_eq!(refused.form("#open").value("title"), Some("Lamp"), "nothing typed is lost");
    assert_eq!(server.desk.ran("open_ticket"), 0);
}

/// Sends it until it is not refused any more.
pub async fn not_refused(send: impl AsyncFn() -> Page) -> Page {
    let began = Instant::now();
    loop {
        let answer = send().await;
        if answer.status != 503 {
            return answer;
        }
        assert!(began.elapsed() < PATIENCE, "it does not resume by itself");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A page that is read for as long as the test lasts.
async fn kept(browser: &Browser, path: &str) -> &'static Page {
    Box::leak(Box::new(browser.get(path).await))
}

#[tokio::test]
async fn c8_c9_redis_is_stopped_and_started_again() {
    let mut redis = Redis::start();
    let server = Server::with(redis.config()).await;
    let page = kept(&server.browser(), "/").await;
    assert_eq!(server.browser().get("/news").await.status, 200);
    redis.stop();
    is_careful(&server, page).await;

    redis.start_again();
    let answer = not_refused(async || lamp(page).submit().await).await;
    assert_eq!(answer.follow().await.text("#opened"), "Ticket 3", "C9");
    assert_eq!(lamp(page).submit().await.follow().await.text("#opened"), "Ticket 3");
    assert_eq!(server.desk.ran("open_ticket"), 1, "C9: once again once");
}

#[tokio::test]
async fn c8_c9_redis_hangs_and_goes_on() {
    let redis = Redis::start();
    let server = Server::with(redis.config()).await;
    let page = kept(&server.browser(), "/").await;
    redis.pause();
    is_careful(&server, page).await;
    redis.go_on();
    let answer = not_refused(async || lamp(page).submit().await).await;
    assert_eq!(answer.follow().await.text("#opened"), "Ticket 3", "C9");
}

/// Redis goes away while an action runs, which then ends without being able to tell: who sends it again
/// is answered where it ran at once, and elsewhere as soon as Redis is back.
async fn an_outcome_outlives_redis(away: impl FnOnce(&mut Redis), back: impl FnOnce(&mut Redis)) {
    let mut redis = Redis::start();
    let one = Server::with(redis.config()).await;
    let other = Server::with(redis.config()).await;
    let gate = one.desk.gate();
    gate.close();
    let page = one.browser().get("/doings").await;
    let entries = page.form("#write-slowly").fill("word", "Lamp").entries;
    let (one_browser, other_browser) = (one.browser(), other.browser());
    let (first, ()) = tokio::join!(one_browser.post("/doings", &entries), async {
        gate.reached_by(1).await;
        away(&mut redis);
        gate.open();
    });
    assert_eq!(first.status, 303, "it was done");
    assert_eq!(one_browser.post("/doings", &entries).await.status, 303, "known where it ran");
    let refused = other_browser.post("/doings", &entries).await;
    assert_eq!(refused.status, 503, "refused, not guessed");
    // The page that says so asks to send it again: that is the same submission.
    let entries = refused.form("#write-slowly").entries;

    back(&mut redis);
    let again = not_refused(async || other_browser.post("/doings", &entries).await).await;
    assert_eq!(again.status, 303);
    assert!(again.follow().await.has("#write-slowly-done"), "the recorded outcome");
    assert_eq!(one_browser.post("/doings", &entries).await.status, 303);
    let ran = (one.desk.ran("write_slowly"), other.desk.ran("write_slowly"));
    assert_eq!(ran, (1, 0), "one write");
}

#[tokio::test]
async fn o3_c9_redis_is_stopped_during_a_run_and_comes_back_without_its_data() {
    an_outcome_outlives_redis(Redis::stop, Redis::start_again).await;
}

#[tokio::test]
async fn o3_c9_redis_hangs_during_a_run_and_goes_on() {
    an_outcome_outlives_redis(|redis| redis.pause(), |redis| redis.go_on()).await;
}

/// The form that comes back has its values sealed anew, and is another submission for that.
#[tokio::test]
async fn o3_c9_a_form_with_bound_values_that_comes_back_asks_about_the_one_it_was() {
    let redis = Redis::start();
    let server = Server::with(redis.config()).await;
    let page = server.browser().get("/bound").await;
    let lamp = page.form("#row-2").fill("title", "Lamp");
    assert_eq!(lamp.clone().submit().await.status, 303);
    redis.pause();
    let refused = lamp.submit().await;
    assert_eq!(refused.status, 503);
    assert_eq!(refused.form("#row-2").value("title"), Some("Lamp"));
    redis.go_on();
    let again = not_refused(async || refused.form("#row-2").submit().await).await;
    assert_eq!(again.status, 303);
    assert_eq!(server.desk.ran("retitle"), 1, "it was done before");
}

/// How many submissions a form is sent in place of, by how long that is.
fn named(again: Option<&str>) -> usize {
    let bytes = again.unwrap_or_default().len() * 3 / 4;
    bytes.saturating_sub(4 + 24 + 16) / 65
}

/// Whether a page of another build is done can't be found out without the store: the form that comes back
/// is another one, and asks about it first.
#[tokio::test]
async fn o3_d2_a_stale_form_without_the_store_is_asked_about_before_another_is_run() {
    let mut redis = Redis::start();
    let server = Server::with(redis.config()).await;
    let browser = server.browser();
    let old = browser.get("/reports").await.form("#report").fill("title", "Lamp").entries;
    let old = old.into_iter().map(|(name, value)| match &*name {
        "_shape" => (name, "0123456789abcdef".to_owned()),
        _ => (name, value),
    });
    let old: Vec<_> = old.collect();
    redis.stop();
    let refused = browser.post("/reports", &old).await;
    assert_eq!(refused.status, 503);
    let form = refused.form("#report");
    assert_eq!(form.value("title"), Some("Lamp"));
    assert_eq!(named(form.value("_again")), 1, "it names what it is sent in place of");
    // Still unknown: it goes on naming it, and does not name it twice.
    let still = form.clone().submit().await;
    assert_eq!(still.status, 503);
    assert_eq!(named(still.form("#report").value("_again")), 1);
    // Back and forth between builds: the first one, which may have been done, is never left out.
    let mut again = form.entries.clone();
    for build in 1..=6 {
        for (name, value) in &mut again {
            if name == "_shape" {
                *value = format!("{build:016x}");
            }
        }
        again = browser.post("/reports", &again).await.form("#report").entries;
    }
    let all = again.iter().find(|(name, _)| name == "_again").map(|(_, all)| &**all);
    assert_eq!(named(all), 7);

    redis.start_again();
    let sent = async || still.form("#report").submit().await;
    let done = not_refused(sent).await.follow().await;
    assert_eq!(done.text("#filed"), "Lamp");
    assert_eq!(done.form("#report").value("_again"), None);
    assert_eq!(sent().await.status, 303);
    assert_eq!(server.desk.ran("file_report"), 1);
    // What a client makes up there is as nothing.
    for made_up in ["", "x", "../..", &"A ".repeat(1000)] {
        let mut entries =
            browser.get("/reports").await.form("#report").fill("title", "Lamp").entries;
        entries.push(("_again".to_owned(), made_up.to_owned()));
        assert_eq!(browser.post("/reports", &entries).await.status, 303, "{made_up:?}");
    }
}

#[tokio::test]
async fn o3_c9_what_runs_while_redis_loses_everything_is_not_run_elsewhere() {
    let mut redis = Redis::start();
    let one = Server::with(redis.config()).await;
    let other = Server::with(redis.config()).await;
    let gate = one.desk.gate();
    gate.close();
    let page = one.browser().get("/doings").await;
    let entries = page.form("#write-slowly").fill("word", "Lamp").entries;
    let (one_browser, other_browser) = (one.browser(), other.browser());
    let (first, second) = tokio::join!(one_browser.post("/doings", &entries), async {
        gate.reached_by(1).await;
        redis.stop();
        redis.start_again();
        let again = async || other_browser.post("/doings", &entries).await;
        let again = tokio::join!(not_refused(again), async {
            // Long enough for the other to have begun, if it could.
            tokio::time::sleep(Duration::from_secs(5)).await;
            gate.open();
        });
        again.0
    });
    assert_eq!((first.status, second.status), (303, 303));
    let ran = (one.desk.ran("write_slowly"), other.desk.ran("write_slowly"));
    assert_eq!(ran, (1, 0), "one write");
}

#[tokio::test]
async fn o1_two_instances_run_a_submission_once() {
    let redis = Redis::start();
    let one = Server::with(redis.config()).await;
    let other = Server::with(redis.config()).await;
    let page = one.browser().get("/").await;
    for round in 0..10 {
        let entries = lamp(&page).fill("title", &format!("Lamp {round}")).entries;
        let (one_browser, other_browser) = (one.browser(), other.browser());
        let (a, b) =
            tokio::join!(one_browser.post("/", &entries), other_browser.post("/", &entries));
        assert_eq!((a.status, b.status), (303, 303));
        assert_eq!(a.follow().await.text("#opened"), b.follow().await.text("#opened"));
        let ran = one.desk.ran("open_ticket") + other.desk.ran("open_ticket");
        assert_eq!(ran, round + 1);
    }
}

#[tokio::test]
async fn c7_what_one_instance_changes_the_other_soon_serves() {
    let redis = Redis::start();
    let one = Server::with(redis.config()).await;
    let other = Server::with(redis.config()).await;
    let read = async |server: &Server| {
        let lines = server.browser().read(&[&key(news())]).await.rest().await;
        lines[0]["query"]["value"].clone()
    };
    let before = read(&one).await;
    assert_eq!(read(&other).await, before);
    assert_eq!(other.desk.ran("news"), 0, "it is shared");
    // Each has tickets of its own: what is served tells who computed it.
    other.desk.add("Of the other".to_owned());
    let page = one.browser().get("/news").await;
    let answer = page.form("#publish").fill("word", "Of the one").submit().await;
    assert_eq!(answer.status, 303);
    let began = Instant::now();
    while read(&other).await == before {
        assert!(began.elapsed() < PATIENCE, "it serves what was before");
    }
}
