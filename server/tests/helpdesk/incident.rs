//! A form in steps.

use formwork::testing;

use crate::HelpDesk;

#[tokio::test]
async fn an_incident_is_reported_step_by_step() {
    testing::in_every_way(async |way| {
        let desk = HelpDesk::start().await;
        let page = desk.member(&way).await.open("/incidents/new").await;
        let page = page.choose("What is it?", "Something works badly or slowly");
        let page = page.fill("In one line", "Slow").press("Continue").await;
        assert_eq!(page.field("What did you see?").issue(), "Fill this in");
        let page = page.fill("What did you see?", "It takes ages").press("Continue").await;
        assert_eq!(page.all("h2"), ["Who is affected"]);
        let page = page.choose("Who can't work as usual?", "Everybody").press("Continue").await;
        let page = page.press("Change What happened").await;
        assert_eq!(page.field("In one line").value(), "Slow");
        let page =
            page.fill("In one line", "Very slow").press("Continue").await.press("Continue").await;
        let page = page.check("I have looked over what I answered").press("Report it").await;
        assert_eq!((page.path(), page.all("h1")), ("/tickets/9", vec!["Very slow".to_owned()]));
        desk.count("SELECT count(*) FROM tickets").await
    })
    .await;
}
