//! Signing in, out, and half way.

use formwork::testing::{self, Way};

use crate::{HelpDesk, sign_in};

#[tokio::test]
async fn e2_who_signs_in_sees_the_same_in_every_way() {
    testing::in_every_way(async |way| {
        let desk = HelpDesk::start().await;
        let page = way.visitor(&desk.app).open("/sign-in?next=/tickets/2").await;
        let page = page.fill("E-mail address", "demo@example.org").fill("Password", "wrong");
        let page = page.press("Sign in").await;
        assert_eq!(page.status(), 422);
        assert!(page.shows("This e-mail address and password don't belong together."));
        assert_eq!(page.field("E-mail address").value(), "demo@example.org");
        assert_eq!(page.field("Password").value(), "", "N2");

        let page = sign_in(page).await;
        assert_eq!((page.status(), page.path()), (200, "/tickets/2"));
        assert!(page.shows("Dana Demo"));

        let page = page.press("Sign out").await;
        assert_eq!(page.path(), "/sign-in");
        let page = page.click("Help desk").await;
        assert_eq!((page.status(), page.all("h1")), (401, vec!["Please sign in".to_owned()]));
    })
    .await;
}

// guide: half-way
#[tokio::test]
async fn t12_a_guard_that_refuses_leads_to_signing_in_and_back_with_everything_typed() {
    // After a deploy, the page that comes back is another one.
    let ways = [Way::enhanced(), Way::submitted_twice()];
    testing::in_ways(ways, async |way| {
        let desk = HelpDesk::start().await;
        let visitor = desk.member(&way).await;
        let page = visitor.open("/tickets/1/edit").await.fill("Subject", "Half a novel");
        visitor.forget_cookies();
        let page = page.press("Save ticket").await;
        assert_eq!((page.status(), page.title()), (401, "Please sign in · Help desk"));

        let page = sign_in(page).await;
        assert_eq!(page.path(), "/tickets/1/edit");
        assert_eq!(page.field("Subject").value(), "Half a novel");
        let page = page.press("Save ticket").await;
        assert_eq!(page.all("h1"), ["Half a novel"]);
    })
    .await;
}
// guide: end
