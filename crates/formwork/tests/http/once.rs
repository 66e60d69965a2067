//! The same submission runs once, whatever happens to its answer.

use crate::{
    app::{Ring, Vote},
    harness::{Page, Raw, Request, Server, hidden, urlencoded},
};

#[tokio::test]
async fn o1_sent_again_it_answers_what_it_answered_before() {
    let server = Server::start().await;
    let page = server.browser().get("/").await;
    let form = || page.form("#open").fill("title", "Lamp").fill("copies", "1").fill("pin", "1234");
    for _ in 0..3 {
        assert_eq!(form().submit().await.follow().await.text("#opened"), "Ticket 3");
    }
    let outcome = form().enhanced(&[]).await.outcome().await;
    assert_eq!(outcome["value"], 3, "in the other gear, too");
    assert_eq!(server.desk.ran("open_ticket"), 1);
}

#[tokio::test]
async fn o1_effects_are_applied_again_cookies_included() {
    let server = Server::start().await;
    let page = server.browser().get("/doings").await;
    let form = || page.form("#paint").fill("word", "red");
    let cookie = |page: &Page| {
        let cookies = page.headers.get_all("set-cookie").iter();
        cookies.map(|value| value.to_str().unwrap().to_owned()).find(|c| c.starts_with("colour="))
    };
    let (first, second) = (form().submit().await, form().submit().await);
    assert_eq!(cookie(&first).unwrap(), cookie(&second).unwrap());
    assert_eq!(server.desk.ran("paint"), 1);
}

#[tokio::test]
async fn o1_a_double_click_waits_for_the_run_that_is_under_way() {
    let server = Server::start().await;
    let gate = server.desk.gate();
    gate.close();
    let page = server.browser().get("/doings").await;
    let form = || page.form("#write-slowly").fill("word", "Lamp");
    let ((), first, second) = tokio::join!(
        async {
            gate.reached_by(1).await;
            // Long enough for the second to come there as well, if it could.
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            assert_eq!(gate.arrivals(), 1);
            gate.open();
        },
        form().submit(),
        form().submit(),
    );
    // Their browser is one, with one cookie jar: the success is shown on the first page loaded.
    assert_eq!(second.location(), "/doings");
    assert!(first.follow().await.has("#write-slowly-done"));
    assert_eq!((server.desk.ran("write_slowly"), server.desk.tickets().len()), (1, 3));
}

/// A form that comes back says it anew: sealed, it is another text each time.
#[tokio::test]
async fn o1_what_it_is_sent_in_place_of_is_no_part_of_what_it_is() {
    let server = Server::start().await;
    let browser = server.browser();
    let form = browser.get("/doings").await.form("#paint").fill("word", "red").entries;
    for again in ["", "one", "another"] {
        let mut entries = form.clone();
        entries.push(("_again".to_owned(), again.to_owned()));
        assert_eq!(browser.post("/doings", &entries).await.status, 303, "{again}");
    }
    assert_eq!(server.desk.ran("paint"), 1);
}

#[tokio::test]
async fn o2_changed_content_is_a_new_submission() {
    let server = Server::start().await;
    let page = server.browser().get("/").await;
    let form =
        |title| page.form("#open").fill("title", title).fill("copies", "1").fill("pin", "1234");
    assert_eq!(form("Lamp").submit().await.follow().await.text("#opened"), "Ticket 3");
    assert_eq!(form("Lamp, red").submit().await.follow().await.text("#opened"), "Ticket 4");
    assert_eq!(server.desk.ran("open_ticket"), 2);
}

#[tokio::test]
async fn o2_the_same_fields_to_another_page_are_another_submission() {
    let server = Server::start().await;
    let browser = server.browser();
    let page = browser.get("/tickets/1").await;
    let entries = page.form("#close").entries;
    assert_eq!(
        browser.post("/tickets/1", &entries).await.follow().await.text("#closed"),
        "Closed 1"
    );
    assert_eq!(
        browser.post("/tickets/2", &entries).await.follow().await.text("#closed"),
        "Closed 2"
    );
}

#[tokio::test]
async fn o2_a_page_loaded_again_sends_another_submission() {
    let server = Server::start().await;
    let browser = server.browser();
    for expect in ["Ticket 3", "Ticket 4"] {
        let page = browser.get("/").await;
        let form = page.form("#open").fill("title", "Lamp").fill("copies", "1").fill("pin", "1234");
        assert_eq!(form.submit().await.follow().await.text("#opened"), expect);
    }
}

#[tokio::test]
async fn what_failed_may_be_sent_again_as_it_was() {
    let server = Server::start().await;
    let page = server.browser().get("/doings").await;
    let form = || page.form("#second-try").fill("word", "please");
    let failed = form().submit().await;
    failed.refuses(503, "Not just now.");
    assert_eq!(failed.form("#second-try").value("word"), Some("please"));
    assert!(form().submit().await.follow().await.has("#second-try-done"));
    assert_eq!(server.desk.ran("second_try"), 2);
}

#[tokio::test]
async fn o3_a_run_goes_on_without_its_visitor_and_a_retry_gets_its_outcome() {
    let server = Server::start().await;
    let gate = server.desk.gate();
    gate.close();
    let page = server.browser().get("/doings").await;
    let form = page.form("#write-slowly").fill("word", "Lamp");
    let request = Request::form("/doings", urlencoded(&form.entries));

    let mut connection = Raw::connect(&server).await;
    connection.write(&request.bytes(&server)).await;
    gate.reached_by(1).await;
    drop(connection);
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert_eq!(server.desk.ran("write_slowly, to its end"), 0);
    gate.open();

    let mut stream = form.enhanced(&[]).await;
    assert_eq!(stream.outcome().await["value"], 3);
    let ran = |name| server.desk.ran(name);
    assert_eq!((ran("write_slowly"), ran("write_slowly, to its end")), (1, 1));
}

#[tokio::test]
async fn an_idempotent_action_runs_each_time() {
    let server = Server::start().await;
    let browser = server.browser();
    for _ in 0..2 {
        let answer = browser.post("/doings", &hidden(Ring)).await;
        assert_eq!(answer.status, 303, "{}", answer.html);
    }
    assert_eq!(server.desk.ran("ring"), 2, "signing in again signs in");
}

#[tokio::test]
async fn o1_what_one_member_did_is_not_answered_to_another() {
    let server = Server::start().await;
    let mut entries = hidden(Vote);
    entries.push(("word".to_owned(), "yes".to_owned()));
    for (member, votes) in [("ann", 1), ("bob", 2), ("ann", 2)] {
        let browser = server.browser_with(&[("x-member", member)]);
        let answer = browser.enhanced("/doings", &entries, &[]).await.outcome().await;
        assert_eq!(answer["value"], format!("{member} votes yes"));
        assert_eq!(server.desk.ran("vote"), votes);
    }
}
