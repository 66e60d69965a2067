//! A profile: nested fields, rows and groups.

use formwork::testing;

use crate::HelpDesk;

#[tokio::test]
async fn n9_rows_and_groups_are_kept() {
    testing::in_every_way(async |way| {
        let desk = HelpDesk::start().await;
        let visitor = desk.member(&way).await;
        let page = visitor.open("/profile").await.fill("E-mail address", "dana@example");
        let page = page.fill("About you", "Typed before").press("Add a phone").await;
        assert_eq!(page.field("About you").value(), "Typed before");
        let page = page.choose("Kind", "Desk").fill("Number", "1");
        let page = page.choose("Tell me of", "New tickets").choose("By", "Phone");
        let page = page.check("I am away").press("Save profile").await;
        assert_eq!(page.field("Number").issue(), "Enter at least 3 characters");
        assert!(page.field("I am away").is_checked());

        let page =
            page.fill("Number", "112").fill("E-mail address", "").press("Save profile").await;
        assert!(page.shows("Profile saved."), "{}", page.text());
        let page = visitor.open("/profile").await;
        assert_eq!(
            (page.field("Kind").value(), page.field("Number").value()),
            ("Desk".into(), "112".into())
        );
        assert_eq!(page.field("Tell me of").value(), "New tickets");
    })
    .await;
}
