//! What one member has read is what another is served: the list and the counts are one value for both.

mod harness;

use reqwest::StatusCode;
use scraper::{Html, Selector};

use harness::{Visitor, database, form, free, member, server};

const BEHIND: &str = "Renamed behind its back";

/// The subjects in the list of tickets, and how many the header says are open.
async fn read(visitor: &Visitor) -> (Vec<String>, String) {
    let page = Html::parse_document(&visitor.get("/tickets").await);
    let texts = |selector: &str| -> Vec<String> {
        let selector = Selector::parse(selector).unwrap();
        page.select(&selector).map(|found| found.text().collect::<String>()).collect()
    };
    (texts("ul.tickets .subject"), texts("nav .count").join(""))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_and_the_counts_are_read_once_for_all_members() {
    let folder = tempfile::tempdir().unwrap();
    let at = free();
    let _server = server(at, folder.path(), &[]);
    let dana = member(at, "demo@example.org").await;
    let ada = member(at, "admin@example.org").await;
    let before = read(&dana).await;
    assert!(before.0.len() > 3 && before.1.ends_with(" open"), "{before:?}");

    // Nobody tells the server.
    let pool = database(folder.path()).await;
    let [first, second]: [i64; 2] =
        sqlx::query_scalar("SELECT id FROM tickets WHERE status = 'open' ORDER BY id LIMIT 2")
            .fetch_all(&pool)
            .await
            .unwrap()
            .try_into()
            .unwrap();
    sqlx::query("UPDATE tickets SET subject = ?, status = 'closed' WHERE id = ?")
        .bind(BEHIND)
        .bind(first)
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(read(&ada).await, before, "served what was read for another member");

    let ticket = format!("/tickets/{second}");
    let close = form(&dana.get(&ticket).await, "tickets::status::close_ticket");
    assert_eq!(dana.post(&ticket, &close).await.unwrap(), StatusCode::SEE_OTHER);
    let after = read(&ada).await;
    assert!(after.0.iter().any(|subject| subject == BEHIND), "{after:?}");
    let open = |counts: &str| counts.split(' ').next().unwrap().parse::<u32>().unwrap();
    assert_eq!(open(&after.1) + 2, open(&before.1));
    assert_eq!(read(&dana).await, after);
}
