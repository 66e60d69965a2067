//! Tickets: opened, looked for, discussed, changed and closed.

use formwork::testing;

use crate::HelpDesk;

// guide: comment
#[tokio::test]
async fn e2_o1_a_comment_is_there_once_in_every_way() {
    testing::in_every_way(async |way| {
        let desk = HelpDesk::start().await;
        let page = desk.member(&way).await.open("/tickets/1").await;
        let page = page.fill("Your comment", "Me, too").press("Post comment").await;
        assert!(page.shows("Comment added."));
        assert_eq!(page.field("Your comment").value(), "");
        assert_eq!(page.all(".comment .text").last().unwrap(), "Me, too");
        desk.count("SELECT count(*) FROM comments WHERE body = 'Me, too'").await
    })
    .await;
}
// guide: end

// guide: mistake
#[tokio::test]
async fn n1_n7_a_ticket_is_opened_once_a_mistake_is_mended() {
    testing::in_every_way(async |way| {
        let desk = HelpDesk::start().await;
        let page = desk.member(&way).await.open("/tickets/new").await;
        let page = page
            .fill("Subject", "Ice")
            .choose("Priority", "High")
            .fill("People affected (optional)", "many")
            .press("Open ticket")
            .await;
        assert_eq!(page.status(), 422);
        assert_eq!(page.field("What happened?").issue(), "Fill this in");
        assert_eq!(page.field("People affected (optional)").value(), "many");
        assert_eq!(page.field("Priority").value(), "High");

        let page = page
            .fill("What happened?", "The lake is frozen.\nAll of it.")
            .fill("People affected (optional)", "12")
            .attach("Files (optional)", "lake.txt", "text/plain", "cold")
            .press("Open ticket")
            .await;
        assert_eq!((page.path(), page.title()), ("/tickets/9", "#9 Ice · Help desk"));
        assert!(page.shows("12 people affected"));
        assert_eq!(page.all(".attachments a"), ["lake.txt 4 bytes"]);
        desk.count("SELECT count(*) FROM tickets").await
    })
    .await;
}
// guide: end

#[tokio::test]
async fn n5_the_pressed_button_says_what_else_is_to_be_done() {
    for (button, text) in [("Comment and close", "Never mind"), ("Close without comment", "")] {
        testing::in_every_way(async |way| {
            let desk = HelpDesk::start().await;
            let page = desk.member(&way).await.open("/tickets/2").await;
            let page = page.fill("Your comment", text).press(button).await;
            assert_eq!(page.status(), 200, "{}", page.text());
            let page = page.press("Reopen ticket").await;
            assert!(page.shows("Ticket reopened."), "{}", page.text());
            desk.count("SELECT count(*) FROM comments WHERE ticket_id = 2").await
        })
        .await;
    }
}

#[tokio::test]
async fn n4_t6_a_member_edits_a_comment_of_their_own_among_several() {
    testing::in_every_way(async |way| {
        let desk = HelpDesk::start().await;
        let mut page = desk.member(&way).await.open("/tickets/1").await;
        for text in ["First", "Second"] {
            page = page.fill("Your comment", text).press("Post comment").await;
        }
        let last = desk.count("SELECT max(id) FROM comments").await;
        let own = format!("#comment-{last}");
        let page = page.within(&own).fill("Your comment, edited", " ").press("Save comment").await;
        assert_eq!(page.status(), 422);
        let page = page.within(&own);
        assert_eq!(page.field("Your comment, edited").issue(), "Enter something other than spaces");
        let page = page.fill("Your comment, edited", "Third").press("Save comment").await;
        let texts = page.all(".comment .text");
        assert!(texts.ends_with(&["First".to_owned(), "Third".to_owned()]), "{texts:?}");
        texts
    })
    .await;
}

#[tokio::test]
async fn a_search_is_an_address_and_a_ticket_that_is_not_there_a_page() {
    testing::in_every_way(async |way| {
        let desk = HelpDesk::start().await;
        let visitor = desk.member(&way).await;
        let page = visitor.open("/tickets").await;
        let page =
            page.fill("Words or #number", "#2").choose("Status", "Any").press("Search").await;
        assert_eq!(page.path(), "/tickets?text=%232&status=&priority=");
        assert!(page.shows("1 ticket found"), "{}", page.text());
        let page = visitor.open("/tickets/4711").await;
        assert_eq!((page.status(), page.all("h1")), (404, vec!["Page not found".to_owned()]));
    })
    .await;
}

#[tokio::test]
async fn two_who_edit_a_ticket_are_told_of_each_other() {
    testing::in_every_way(async |way| {
        let desk = HelpDesk::start().await;
        let visitor = desk.member(&way).await;
        let mine = visitor.open("/tickets/1/edit").await.fill("Subject", "Mine");
        let theirs = visitor.open("/tickets/1/edit").await.fill("Subject", "Theirs");
        let page = theirs.press("Save ticket").await;
        assert_eq!((page.path(), page.all("h1")), ("/tickets/1", vec!["Theirs".to_owned()]));
        let page = mine.press("Save ticket").await;
        assert_eq!((page.status(), page.field("Subject").value()), (409, "Mine".to_owned()));
        assert_eq!(page.field("Subject").issue(), "Somebody else has changed this as well");
    })
    .await;
}
