//! Tickets that come in a file.

use formwork::testing;

use crate::HelpDesk;

const TWO: &str =
    "subject,body,priority\nNo tea,\"The pot, too, is empty.\",Low\nIce,Everywhere,\n";

#[tokio::test]
async fn s1_tickets_are_imported_once_in_every_way() {
    testing::in_every_way(async |way| {
        let desk = HelpDesk::start().await;
        let visitor = desk.member(&way).await;
        let page = visitor.open("/tickets/import").await;
        let open = desk.count("SELECT count(*) FROM tickets WHERE status = 'open'").await;
        let page = page.attach("CSV file", "tickets.csv", "text/csv", TWO).press("Import").await;
        assert!(page.shows("2 tickets imported."));
        assert_eq!(page.all(".site-header .count"), [format!("{} open", open + 2)]);
        let list = visitor.open("/tickets").await;
        assert_eq!(list.all(".tickets .subject")[..2], ["Ice", "No tea"]);
        desk.count("SELECT count(*) FROM tickets WHERE priority IN ('low', 'normal')").await
    })
    .await;
}

#[tokio::test]
async fn a_file_with_a_row_that_is_wrong_imports_nothing() {
    testing::in_every_way(async |way| {
        let desk = HelpDesk::start().await;
        let page = desk.member(&way).await.open("/tickets/import").await;
        let wrong = format!("{TWO}?,What is it?,high\n");
        let page = page.attach("CSV file", "tickets.csv", "text/csv", wrong).press("Import").await;
        assert_eq!(page.status(), 422);
        assert!(
            page.field("CSV file")
                .issue()
                .starts_with("Row 4, subject: Enter at least 3 characters")
        );
        let page = page.attach("CSV file", "tickets.csv", "text/csv", TWO).press("Import").await;
        assert!(page.shows("2 tickets imported."));
        desk.count("SELECT count(*) FROM tickets").await
    })
    .await;
}
