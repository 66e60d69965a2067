//! Forms that are no Formwork's: how controls are known, and what a browser sends (HTML standard,
//! §4.10.22.4), down to the byte.

use std::panic::{AssertUnwindSafe, catch_unwind};

use axum::{
    response::Html,
    routing::{get, post},
};
use formwork::testing::Page;

use crate::app::start_with;

/// A page with this in its body, whose forms are told back what they sent.
async fn plain(body: &'static str) -> Page {
    let echo = |body: String| async { body };
    let search = |uri: axum::http::Uri| async move { uri.to_string() };
    let html = format!("<!DOCTYPE html><title>Plain</title><body>{body}");
    let page = get(move || async { Html(html) });
    let started = start_with(|routes| {
        routes
            .route("/plain", page.post(echo))
            .route("/echo", post(echo))
            .route("/search", get(search))
    });
    started.app.visitor().open("/plain?x=1").await
}

/// What the kit says when it fails.
fn told<T>(fails: impl FnOnce() -> T) -> String {
    let Err(panic) = catch_unwind(AssertUnwindSafe(fails)) else { panic!("it did not fail") };
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap()
}

#[tokio::test]
async fn a_control_is_known_by_its_accessible_name() {
    let page = plain(
        "<form method=post>
           <label for=a>By  its\n<b>id</b></label><input id=a name=a>
           <label>Around it <input name=b> <span hidden>unseen</span></label>
           <input name=c aria-label='Said of it'>
           <i id=l1>Two</i> <i id=l2>texts</i><textarea name=d aria-labelledby='l1 l2'></textarea>
           <input name=e placeholder='As a last resort'>
           <fieldset><legend>Way</legend>
             <label><input type=radio name=f value=1> One</label>
             <label><input type=radio name=f value=2 checked> Other</label>
           </fieldset>
           <div role=group aria-label=Extras>
             <label><input type=checkbox name=g value=1> Salt</label>
             <label><input type=checkbox name=g value=2> Pepper</label>
           </div>
           <button aria-label='Send it'>→</button>
         </form>",
    )
    .await;
    let page = page
        .fill("By its id", "1")
        .fill("Around it", "2")
        .fill("Said of it", "3")
        .fill("Two texts", "4\n4")
        .fill("As a last resort", "ä")
        .choose("Way", "One")
        .choose("Extras", "Pepper")
        .check("Salt");
    let sent = page.press("Send it").await;
    assert_eq!(sent.html(), "a=1&b=2&c=3&d=4%0D%0A4&e=%C3%A4&f=1&g=1&g=2");
    assert_eq!(sent.path(), "/plain?x=1", "it went to the page's own address");
}

#[tokio::test]
async fn only_successful_controls_are_sent_in_the_order_of_the_document() {
    let page = plain(
        "<form id=f method=post action=/echo>
           <input type=hidden name=h value=0><input name=off disabled value=1>
           <fieldset disabled><legend><input name=legend value=2></legend><input name=in value=3></fieldset>
           <input value='without a name'><input type=checkbox name=no>
           <input type=checkbox name=yes checked>
           <select name=s><option disabled selected>a<option value=b>B<option>c</select>
           <select name=m multiple><option selected>x<option selected disabled>y<option selected>z</select>
           <datalist><option name=d></datalist>
           <button name=b value=1>One</button><button name=b value=2>Two</button>
           <button formaction=/plain formmethod=get>Elsewhere</button>
         </form>
         <input form=f name=late value=l><button form=f name=out>Out</button>",
    )
    .await;
    let sent = page.clone().press("Two").await;
    assert_eq!(sent.path(), "/echo");
    assert_eq!(sent.html(), "h=0&legend=2&yes=on&m=x&m=z&b=2&late=l");
    let sent = page.clone().press("Out").await;
    assert!(sent.html().ends_with("late=l&out="), "{}", sent.html());
    assert!(page.press("Elsewhere").await.path().starts_with("/plain?h=0&"));
}

#[tokio::test]
async fn a_search_is_its_address() {
    let form = "<form action=/search><input name=q aria-label=Words><button>Find</button></form>";
    let page = plain(form).await.fill("Words", "a b&c").press("Find").await;
    assert_eq!(page.path(), "/search?q=a+b%26c");
}

#[tokio::test]
async fn files_travel_as_parts_and_an_empty_field_as_one_without_a_name() {
    let form =
        "<form method=post enctype=multipart/form-data><input type=file name=f aria-label=File>
        <button>Send</button></form>";
    let page = plain(form).await;
    let sent = page.clone().press("Send").await;
    assert!(sent.html().contains(
        "name=\"f\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--"
    ));
    let sent = page.attach("File", "a.txt", "text/plain", "one").attach(
        "File",
        "b.txt",
        "text/plain",
        "two",
    );
    let sent = sent.press("Send").await;
    assert!(
        sent.html().contains("filename=\"b.txt\"\r\nContent-Type: text/plain\r\n\r\ntwo\r\n--")
    );
    assert!(!sent.html().contains("a.txt"), "it takes one file");
}

#[tokio::test]
async fn what_is_not_there_is_told_with_what_is() {
    let page = plain(
        "<form method=post><label>Name <input name=a></label><label hidden>Unseen <input></label>
           <label>Fixed <input readonly></label><label>Off <input disabled></label>
           <fieldset><legend>Way</legend><label><input type=radio name=r> One</label></fieldset>
           <label>Size <select><option>S<option disabled>M</select></label>
           <label><input type=checkbox> Tick</label>
           <button>Send</button><button type=button>Script</button></form><button>Lost</button>
         <a href=/x>Go</a><a href=https://elsewhere.example>Away</a>",
    )
    .await;
    let at = "/plain?x=1 (200, \"Plain\")";
    let page = || page.clone();
    let labels = r#""Name", "Fixed", "Off", "Way: One", "Size", "Tick""#;
    for (told, expected) in [
        (
            told(|| page().fill("Nmae", "")),
            format!("no field \"Nmae\" on {at}; there are {labels}"),
        ),
        (
            told(|| page().field("Unseen").value()),
            format!("no field \"Unseen\" on {at}; there are {labels}"),
        ),
        (told(|| page().fill("Fixed", "")), "\"Fixed\" can't be changed".to_owned()),
        (told(|| page().fill("Off", "")), "\"Off\" is disabled".to_owned()),
        (told(|| page().fill("Size", "")), "\"Size\" has choices: use `choose`".to_owned()),
        (told(|| page().fill("Tick", "")), "\"Tick\" is a checkbox: use `check`".to_owned()),
        (told(|| page().check("Name")), "\"Name\" is no checkbox, it is a Text".to_owned()),
        (
            told(|| page().choose("Size", "M")),
            "\"Size\" has no option \"M\"; it has [\"S\", \"M\"]".to_owned(),
        ),
        (
            told(|| page().choose("Way", "Two")),
            "\"Way\" has no option \"Two\"; it has [\"One\"]".to_owned(),
        ),
        (
            told(|| page().press("Sned")),
            format!("no button \"Sned\" on {at}; there are \"Send\", \"Script\", \"Lost\""),
        ),
        (
            told(|| page().press("Script")),
            "the button \"Script\" does nothing without a script".to_owned(),
        ),
        (told(|| page().press("Lost")), "the button \"Lost\" belongs to no form".to_owned()),
        (
            told(|| page().click("Og")),
            format!("no link \"Og\" on {at}; there are \"Go\", \"Away\""),
        ),
        (
            told(|| page().click("Away")),
            "\"Away\" leads to another site: https://elsewhere.example".to_owned(),
        ),
        (told(|| page().within("#gone")), format!("no #gone on {at}")),
    ] {
        assert_eq!(told, expected);
    }
}

#[tokio::test]
async fn of_several_the_part_of_the_page_says_which() {
    let page = plain(
        "<form id=a method=post><label>Text <input name=a></label><button>Send</button></form>
         <form id=b method=post><label>Text <input name=b></label><button>Send</button></form>",
    )
    .await;
    let told_field = told(|| page.field("Text").value());
    assert_eq!(
        told_field,
        "2 fields \"Text\" on /plain?x=1 (200, \"Plain\"): say which by `within`"
    );
    assert!(told(|| page.clone().press("Send")).starts_with("2 buttons \"Send\""));
    let sent = page.within("#b").fill("Text", "x").press("Send").await;
    assert_eq!(sent.html(), "b=x");
}
