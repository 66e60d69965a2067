//! Rows of a list, added, taken away and moved without JavaScript; and what fields offer to a page.

use crate::{
    app::SaveProfile,
    harness::{Page, Server, hidden},
};

const NUMBERS: &str = ".phone input[name$='.number']";

#[track_caller]
fn check_numbers(page: &Page, names: &[&str], values: &[&str]) {
    let found = |name| page.attributes(NUMBERS, name).into_iter().flatten().collect::<Vec<_>>();
    assert_eq!(
        (&found("name")[..], &found("value")[..]),
        (
            &names.iter().map(|n| format!("phones[{n}].number")).collect::<Vec<_>>()[..],
            &values.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>()[..]
        )
    );
}

#[tokio::test]
async fn n9_rows_are_added_taken_away_and_moved_with_everything_typed_and_nothing_run() {
    let server = Server::start().await;
    let page = server.browser().get("/profile").await;
    check_numbers(&page, &[], &[]);
    assert_eq!(page.attribute("button.add", "formnovalidate").as_deref(), Some(""));

    let typed =
        page.form("#profile").fill("name", "Ann").fill("note", "\n a \"<b>\"").tick("topics");
    let page = typed.press("button.add").submit().await;
    assert_eq!(page.status, 200, "{}", page.html);
    check_numbers(&page, &["r0"], &[""]);
    let form = page.form("#profile");
    assert_eq!((form.value("name"), form.value("note")), (Some("Ann"), Some("\n a \"<b>\"")));
    assert!(!page.has("[aria-invalid]"), "nothing was judged");
    let focus = page.attributes("[autofocus]", "name");
    assert_eq!(focus, [Some("phones[r0].type".to_owned())], "the new row, its first control");

    let page = form.fill("phones[r0].number", "111").press("button.add").submit().await;
    check_numbers(&page, &["r0", "r1"], &["111", ""]);
    let form = page.form("#profile").fill("phones[r1].number", "222");
    let page = form.press("button.up[value='up phones[r1]']").submit().await;
    check_numbers(&page, &["r1", "r0"], &["222", "111"]);

    // A list within a row.
    let page = page.form("#profile").press("[value='add phones[r0].hours']").submit().await;
    assert!(page.has("[name='phones[r0].hours[r0].from']"), "{}", page.html);

    let page =
        page.form("#profile").press("button.remove[value='remove phones[r1]']").submit().await;
    check_numbers(&page, &["r0"], &["111"]);
    assert!(page.has("[name='phones[r0].hours[r0].from']"), "what is in a row stays");
    assert_eq!(server.desk.ran("save_profile"), 0);

    let form =
        page.form("#profile").fill("address.street", "Main Street").fill("address.town", "Lisbon");
    let form = form.fill("badge", "B-17").fill("note", "").fill("phones[r0].hours[r0].from", "9");
    // What `tick` ticked has no such choice: it is the page's own boxes that count.
    let form = form.without("topics");
    let saved = form.submit().await;
    assert_eq!(saved.status, 303, "{}", saved.html);
    assert_eq!(server.desk.ran("save_profile"), 1);
    assert!(saved.follow().await.text("#saved").contains(r#"number: "111""#));
}

#[tokio::test]
async fn n9_a_list_that_the_form_does_not_have_is_refused() {
    let server = Server::start().await;
    for value in ["add nothing", "add name", "burn phones[a]", "", "add phones[a]"] {
        let mut sent = hidden(SaveProfile);
        sent.push(("_rows".to_owned(), value.to_owned()));
        let page = server.browser().post("/profile", &sent).await;
        page.refuses(400, "This form has no such list.");
    }
    assert_eq!(server.desk.ran("save_profile"), 0);
}

#[tokio::test]
async fn o3_a_row_more_forgets_nothing_of_what_the_form_is_sent_in_place_of() {
    let server = Server::start().await;
    let page = server.browser().get("/profile").await;
    let mut form = page.form("#profile");
    form.entries.push(("_again".to_owned(), "A".repeat(86)));
    let page = form.press("button.add").submit().await;
    assert_eq!(page.form("#profile").value("_again"), Some(&*"A".repeat(86)));
}

#[tokio::test]
async fn a_form_begins_with_values_until_the_visitor_has_entered_others() {
    let server = Server::start().await;
    let page = server.browser().get("/profile?begun=1").await;
    check_numbers(&page, &["r0", "r1"], &["111", "222"]);
    assert!(page.has("#topics-billing[checked]") && !page.has("#topics-news[checked]"));
    assert!(page.has(".phone option[value=desk][selected]"));
    assert!(!page.html.contains("s3cr3t-pin"), "a secret is not shown, whoever brings it");
    assert_eq!(page.form("#profile").value("note"), Some("<b>"));

    // Posted with nothing ticked, nothing is ticked again.
    let form = page.form("#profile").without("topics").fill("name", "").fill("note", "");
    let page = form.submit().await;
    assert_eq!(page.status, 422);
    assert!(!page.has("input[name=topics][checked]"));
    assert_eq!(page.form("#profile").value("note"), Some(""));
}

#[tokio::test]
async fn n9_a_form_of_which_nothing_is_sent_comes_back_with_nothing() {
    let server = Server::start().await;
    let page = server.browser().get("/wishes").await;
    let boxes = "[name=topics][checked], [name=loud][checked], [name=sure][checked]";
    assert_eq!(page.attributes(boxes, "name").len(), 3);

    // The only row goes, and all boxes are unticked.
    let form = page.form("#wishes").without("topics").without("loud").without("sure");
    let page = form.press("button.remove").submit().await;
    assert_eq!(page.status, 200, "{}", page.html);
    assert!(!page.has("[name$='.from']") && !page.has("[checked]"), "{}", page.html);

    let page = page.form("#wishes").submit().await;
    assert_eq!(page.status, 422, "{}", page.html);
    assert_eq!(page.texts(".issue").len() + page.texts("#topics-error").len(), 2, "{}", page.html);
    assert!(!page.has("[name$='.from']") && !page.has("[checked]"), "{}", page.html);
    assert_eq!(server.desk.ran("save_wishes"), 0);
}

#[tokio::test]
async fn a_tick_is_a_checkbox_whatever_it_is_asked_for() {
    let server = Server::start().await;
    let browser = server.browser();
    let page = browser.get("/wishes").await;
    for name in ["loud", "sure"] {
        let of = |attribute| page.attribute(&format!("[name={name}]"), attribute);
        assert_eq!(of("type").as_deref(), Some("checkbox"));
        assert_eq!(of("value").as_deref(), Some("on"));
        assert_eq!(of("required"), None);
    }
    let saved = page.form("#wishes").submit().await;
    assert_eq!(saved.status, 303, "{}", saved.html);
    let told = saved.follow().await.data()["posted"]["outcome"]["value"].to_string();
    assert!(told.contains("loud: true, sure: Some(true)"), "{told}");
}

#[tokio::test]
async fn n1_a_summary_links_to_the_fields_and_the_focus_is_on_the_first() {
    let server = Server::start().await;
    let page = server.browser().get("/profile?begun=1").await;
    let form = page.form("#profile").fill("phones[r1].number", "2").fill("address.town", "");
    let page = form.submit().await;
    assert_eq!(page.status, 422);
    assert_eq!(
        page.texts(".issues a"),
        ["City: Fill this in", "Number: Enter at least 3 characters"]
    );
    let links = page.attributes(".issues a", "href");
    assert_eq!(links, [Some("#address.town".to_owned()), Some("#phones[r1].number".to_owned())]);
    assert_eq!(page.attributes("[autofocus]", "name"), [Some("address.town".to_owned())]);
    let described = page.attribute("[id='address.town']", "aria-describedby");
    assert_eq!(described.as_deref(), Some("address.town-hint address.town-error"));
}

#[tokio::test]
async fn rules_and_types_become_constraints() {
    let server = Server::start().await;
    let page = server.browser().get("/profile?begun=1").await;
    let attribute = |name: &str, of: &str| page.attribute(&format!("[name='{name}']"), of);
    let check = |name: &str, expect: &[(&str, Option<&str>)]| {
        for (of, value) in expect {
            assert_eq!(attribute(name, of).as_deref(), *value, "{of} of {name}");
        }
    };
    check(
        "name",
        &[
            ("type", Some("text")),
            ("required", Some("")),
            ("minlength", Some("1")),
            ("maxlength", Some("80")),
        ],
    );
    check("phones[r0].pin", &[("type", Some("password")), ("required", None), ("value", None)]);
    check("note", &[("maxlength", Some("10")), ("required", None), ("type", None)]);
    // The spaces around it count in a text area, though not for the rule.
    check("site", &[("minlength", None), ("maxlength", None)]);
    check("badge", &[("type", Some("text")), ("required", None)]);
    // Of a struct that may be left out, no field is required alone.
    check("address.street", &[("required", Some(""))]);
    check("billing.street", &[("required", None), ("minlength", Some("1"))]);
    check("phones[r0].number", &[("required", Some(""))]);
    let page = server.browser().get("/").await;
    let attribute = |name: &str, of: &str| page.attribute(&format!("#open [name='{name}']"), of);
    let number = ["type", "min", "max", "step"].map(|of| attribute("copies", of));
    assert_eq!(number, ["number", "1", "5", "1"].map(|value| Some(value.to_owned())));
    assert_eq!(attribute("copies", "required").as_deref(), Some(""));
    assert_eq!(
        (attribute("days", "max").as_deref(), attribute("days", "required")),
        (Some("30"), None)
    );
}
