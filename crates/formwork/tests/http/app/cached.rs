//! What is cached, and what invalidates it.

use std::time::Duration;

use formwork::{
    cookie::Cookie,
    http::{HeaderValue, StatusCode, header, request::Parts},
    prelude::*,
};
use leptos::prelude::*;

use super::{
    Desk, Word,
    views::{Shown, WordForm},
};

/// The titles of all tickets, and which run of the query it was.
#[query(public, tags("news"), cache(minutes = 5))]
pub async fn news(cx: QueryCx) -> QueryResult<String> {
    let desk = cx.state::<Desk>();
    desk.record("news");
    let titles: Vec<String> = desk.tickets().iter().map(|ticket| ticket.title.clone()).collect();
    desk.gate().pass().await;
    Ok(titles.join(", "))
}

// guide: tags
/// Depends on what it finds: who wrote it.
#[query(public, tags("article:{id}"), cache(minutes = 5))]
pub async fn article(cx: QueryCx, id: u64) -> QueryResult<String> {
    let desk = cx.state::<Desk>();
    desk.record("article");
    cx.tag(format!("author:{}", id % 2));
    let count = desk.tickets().len();
    Ok(format!("article {id}, {count} tickets"))
}
// guide: end

// guide: tags
/// Depends on what it reads.
#[query(public, cache(minutes = 5))]
pub async fn front_page(cx: QueryCx) -> QueryResult<String> {
    cx.state::<Desk>().record("front_page");
    Ok(format!("front page: {}", cx.query(article(1)).await?))
}
// guide: end

/// Not cached; depends on what it finds.
#[query(public)]
pub async fn byline(cx: QueryCx) -> QueryResult<String> {
    cx.state::<Desk>().record("byline");
    cx.tag("author:1");
    Ok("by one".to_owned())
}

/// Reads what others of its page read, too.
#[query(public)]
pub async fn signed(cx: QueryCx) -> QueryResult<String> {
    Ok(format!("signed {}", cx.query(byline()).await?))
}

/// Depends on what it finds: whose it is.
#[query(guard = super::Member)]
pub async fn inbox(cx: QueryCx<super::Member>) -> QueryResult<String> {
    cx.state::<Desk>().record("inbox");
    let owner = cx.guard().0.clone();
    cx.tag(format!("member:{owner}"));
    Ok(format!("Letters for {owner}"))
}

/// The same for every member.
#[query(guard = super::Member, tags("news"), cache(minutes = 5))]
pub async fn roster(cx: QueryCx<super::Member>) -> QueryResult<String> {
    let desk = cx.state::<Desk>();
    desk.record("roster");
    let count = desk.tickets().len();
    desk.gate().pass().await;
    Ok(format!("{count} for members"))
}

/// Declares `cache`, and looks at who it is for.
#[query(guard = super::Member, cache(minutes = 5))]
pub async fn nosy(cx: QueryCx<super::Member>) -> QueryResult<String> {
    cx.state::<Desk>().record("nosy");
    Ok(format!("for {}", cx.guard().0))
}

/// Who a layer says that it is.
#[derive(Clone)]
pub struct Visitor(pub String);

/// Asks for what a layer put into the request.
#[query(public)]
pub async fn greeting(cx: QueryCx) -> QueryResult<String> {
    Ok(format!("Hello {}", cx.state::<Visitor>().0))
}

/// There is no such thing.
#[query(public)]
pub async fn nothing(cx: QueryCx) -> QueryResult<String> {
    cx.state::<Desk>().record("nothing");
    Err(ActionError::not_found("There is nothing here."))
}

/// Declares `cache`, and reads a cookie.
#[query(public, cache(minutes = 5))]
pub async fn careless(cx: QueryCx) -> QueryResult<String> {
    let desk = cx.state::<Desk>();
    desk.record("careless");
    desk.gate().pass().await;
    Ok(cx.cookie("colour").unwrap_or_else(|| "none".to_owned()))
}

/// Declares `cache`, and reads what is guarded.
#[query(public, cache(minutes = 5))]
pub async fn indiscreet(cx: QueryCx) -> QueryResult<String> {
    cx.state::<Desk>().record("indiscreet");
    Ok(cx.query(super::minutes()).await?)
}

/// Fails while there are two tickets.
#[query(public, tags("news"), cache(minutes = 5))]
pub async fn shaky(cx: QueryCx) -> QueryResult<usize> {
    let desk = cx.state::<Desk>();
    desk.record("shaky");
    let count = desk.tickets().len();
    if count == 2 {
        panic!("not with two");
    }
    Ok(count)
}

/// As [`shaky`], and not cached.
#[query(public, tags("news"))]
pub async fn brittle(cx: QueryCx) -> QueryResult<String> {
    let count = cx.state::<Desk>().tickets().len();
    if count == 2 {
        return Err(ActionError::unavailable("Not with two."));
    }
    Ok(format!("{count} tickets"))
}

/// Depends on what may fail.
#[query(public, cache(minutes = 5))]
pub async fn tally(cx: QueryCx) -> QueryResult<String> {
    Ok(format!("{} tickets", cx.query(shaky()).await?))
}

/// Fresh for no time that a test could see, but kept for a while.
#[query(public, tags("news"), cache(seconds = 1, stale = "1 hour"))]
pub async fn soon_stale(cx: QueryCx) -> QueryResult<usize> {
    let desk = cx.state::<Desk>();
    desk.record("soon_stale");
    Ok(desk.tickets().len())
}

/// Writes a ticket, then invalidates a tag as [`news`] has.
#[action(public)]
pub async fn publish(cx: ActionCx, form: Word) -> ActionResult<String> {
    let desk = cx.state::<Desk>();
    desk.add(form.word);
    cx.update_tag("news");
    // What the action itself reads from now on is fresh.
    Ok(cx.query(news()).await?)
}

/// Writes a ticket; what is from before may be served for a while.
#[action(public)]
pub async fn publish_softly(cx: ActionCx, form: Word) -> ActionResult<()> {
    cx.state::<Desk>().add(form.word);
    cx.revalidate_tag("news", Duration::from_secs(60));
    Ok(())
}

/// Writes a ticket; what has this tag and is from before may be served for a while.
#[action(public)]
pub async fn soften(cx: ActionCx, form: Word) -> ActionResult<()> {
    cx.state::<Desk>().add("softly".to_owned());
    cx.revalidate_tag(form.word, Duration::from_secs(60));
    Ok(())
}

/// As [`publish_softly`], and sends the visitor to where it does not show.
#[action(public)]
pub async fn publish_softly_and_go(cx: ActionCx, form: Word) -> ActionResult<()> {
    cx.state::<Desk>().add(form.word);
    cx.revalidate_tag("news", Duration::from_secs(60));
    cx.redirect("/doings");
    Ok(())
}

/// Writes a ticket; the pages of this path are out of date.
#[action(public)]
pub async fn publish_at(cx: ActionCx, form: Word) -> ActionResult<()> {
    cx.state::<Desk>().add("at a path".to_owned());
    cx.revalidate_path(form.word);
    Ok(())
}

/// Writes a ticket and invalidates its tag, then fails, or is cut off.
#[action(public)]
pub async fn publish_in_vain(cx: ActionCx, form: Word) -> ActionResult<()> {
    let is_cut = form.word == "cut";
    cx.state::<Desk>().add(form.word);
    cx.update_tag("news");
    assert!(!is_cut, "it is cut off");
    Err(ActionError::conflict("Somebody was faster."))
}

/// Reads everything again.
#[action(public)]
pub async fn look_again(cx: ActionCx) -> ActionResult<()> {
    cx.refresh();
    Ok(())
}

/// Sets a cookie with the word, and invalidates the tag of the same name twice.
#[action(public)]
pub async fn do_much(cx: ActionCx, form: Word) -> ActionResult<()> {
    let mut cookie = Cookie::new("colour", form.word.clone());
    cookie.set_path("/");
    cx.set_cookie(cookie);
    cx.update_tag(form.word.clone());
    cx.update_tag(form.word);
    cx.revalidate_path("/news");
    Ok(())
}

/// Waits at the gate, and records whether it came through.
#[query(public, tags("patient"))]
pub async fn patient(cx: QueryCx) -> QueryResult<String> {
    let desk = cx.state::<Desk>();
    desk.record("patient");
    desk.gate().pass().await;
    desk.record("patient, to its end");
    Ok("through".to_owned())
}

/// Follows what others publish.
#[query(public, live, tags("news"))]
pub async fn board(cx: QueryCx) -> QueryResult<Vec<super::Ticket>> {
    let desk = cx.state::<Desk>();
    desk.record("board");
    Ok(desk.tickets().clone())
}

/// As [`board`], from the cache.
#[query(public, live, tags("news"), cache(minutes = 5))]
pub async fn billboard(cx: QueryCx) -> QueryResult<usize> {
    Ok(cx.state::<Desk>().tickets().len())
}

/// As [`board`], for members.
#[query(guard = super::Member, live, tags("news"))]
pub async fn members_board(cx: QueryCx<super::Member>) -> QueryResult<String> {
    Ok(format!("{} sees {}", cx.guard().0, cx.state::<Desk>().tickets().len()))
}

/// Sets a cookie for the pages of this path.
#[action(public)]
pub async fn paint_at(cx: ActionCx, form: Word) -> ActionResult<()> {
    let mut cookie = Cookie::new("colour", "red");
    cookie.set_path(form.word);
    cx.set_cookie(cookie);
    Ok(())
}

/// Sets a cookie, then sends the visitor elsewhere.
#[action(public)]
pub async fn paint_and_go(cx: ActionCx, form: Word) -> ActionResult<()> {
    cx.state::<Desk>().record("paint_and_go");
    let mut cookie = Cookie::new("colour", form.word);
    cookie.set_path("/");
    cx.set_cookie(cookie);
    cx.redirect("/doings");
    Ok(())
}

/// Sends the visitor elsewhere within something that fails and is caught, and sets a cookie only then.
#[action(public)]
pub async fn go_and_paint(cx: ActionCx, form: Word) -> ActionResult<()> {
    let attempt: Result<(), &str> = async {
        cx.redirect("/doings");
        Err("what comes after it went wrong")
    }
    .await;
    assert!(attempt.is_err());
    let mut cookie = Cookie::new("colour", form.word);
    cookie.set_path("/");
    cx.set_cookie(cookie);
    Ok(())
}

/// Writes a ticket, and sends the visitor to the page that lists them.
#[action(public)]
pub async fn publish_and_go(cx: ActionCx, form: Word) -> ActionResult<()> {
    cx.state::<Desk>().add(form.word);
    cx.revalidate_tag("news", Duration::from_secs(60));
    cx.redirect("/news?from=here#top");
    Ok(())
}

/// The page at `/patient`.
#[component]
pub fn Patient() -> impl IntoView {
    view! {
        <Shown id="colour" query=super::colour/>
        <Shown id="patient" query=patient/>
    }
}

/// A page that sends its visitor on.
#[component]
pub fn Elsewhere() -> impl IntoView {
    let response = expect_context::<leptos_axum::ResponseOptions>();
    response.set_status(StatusCode::FOUND);
    view! { <Shown id="colour" query=super::colour/> }
}

/// The page at `/news` and below.
#[component]
pub fn News() -> impl IntoView {
    view! {
        <Shown id="news" query=news/>
        <WordForm id="publish" state=use_action_state(Publish)/>
        <WordForm id="publish-softly" state=use_action_state(PublishSoftly)/>
        <WordForm id="publish-at" state=use_action_state(PublishAt)/>
        <WordForm id="publish-in-vain" state=use_action_state(PublishInVain)/>
        <WordForm id="do-much" state=use_action_state(DoMuch)/>
    }
}

/// The page at `/twice`: what two of its components show, and a third one by way of another query.
#[component]
pub fn Twice() -> impl IntoView {
    view! {
        <Shown id="one" query=byline/>
        <Shown id="two" query=byline/>
        <Shown id="by-way" query=signed/>
    }
}

/// The pages that are declared to be kept; the last part of the path says what is on it.
#[component]
pub fn Kept(what: String) -> impl IntoView {
    let what = what.rsplit('/').next().unwrap_or_default().to_owned();
    let response = expect_context::<leptos_axum::ResponseOptions>();
    match what.as_str() {
        "colour" => view! { <Shown id="colour" query=super::colour/> }.into_any(),
        "minutes" => view! { <Shown id="minutes" query=super::minutes/> }.into_any(),
        "failing" => view! { <Shown id="failing" query=super::failing/> }.into_any(),
        "greeting" => view! { <Shown id="greeting" query=greeting/> }.into_any(),
        "roster" => view! { <Shown id="roster" query=roster/> }.into_any(),
        "brittle" => view! { <Shown id="brittle" query=brittle/> }.into_any(),
        "tally" => view! { <Shown id="tally" query=tally/> }.into_any(),
        "nothing" => view! { <Shown id="nothing" query=nothing/> }.into_any(),
        "broken" => panic!("this page is broken"),
        "missing" => {
            response.set_status(StatusCode::NOT_FOUND);
            view! { <p id="missing">"Missing"</p> }.into_any()
        }
        "cookie" => {
            let cookie = HeaderValue::from_static("visited=1");
            response.append_header(header::SET_COOKIE, cookie);
            view! { <p id="cookie">"Set"</p> }.into_any()
        }
        "brief" => view! { <super::bindings::Brief/> }.into_any(),
        "request" => {
            let parts = expect_context::<Parts>();
            let agent = parts.headers.get("x-agent").and_then(|agent| agent.to_str().ok());
            view! { <p id="agent">{agent.unwrap_or("nobody").to_owned()}</p> }.into_any()
        }
        _ => view! {
            <News/>
            <p id="address">{what}</p>
            <script>"document.title = 'not ours'"</script>
        }
        .into_any(),
    }
}
