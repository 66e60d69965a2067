//! A page that shows who its visitor is and how much there is, with a form for each kind of effect.

#[cfg(feature = "ssr")]
use std::time::Duration;

#[cfg(feature = "ssr")]
use formwork::cookie::Cookie;
use formwork::prelude::*;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::state::Rooms;
use crate::{shell::room, who::who};

/// How much there is; one value for everyone.
#[query(public, tags("heap {room}"), cache(minutes = 5))]
pub(crate) async fn heap(cx: QueryCx, room: String) -> QueryResult<u64> {
    Ok(cx.state::<Rooms>().with(&room, |room| room.number("heap")))
}

/// One more, which others may see a minute later; the visitor goes to where it does not show.
#[action(public)]
pub(crate) async fn add_and_go(cx: ActionCx) -> ActionResult<()> {
    let room: String = cx.param("room")?;
    cx.state::<Rooms>().with(&room, |room| room.count("heap"));
    cx.revalidate_tag(format!("heap {room}"), Duration::from_secs(60));
    cx.redirect(format!("/parts/{room}"));
    Ok(())
}

/// From now on the visitor is Ada, and goes to where that shows.
#[action(public)]
pub(crate) async fn become_and_go(cx: ActionCx) -> ActionResult<()> {
    let mut cookie = Cookie::new("who", "Ada");
    cookie.set_path("/");
    cx.set_cookie(cookie);
    cx.redirect("/who");
    Ok(())
}

/// Has none.
#[action(public)]
pub(crate) async fn nod(_cx: ActionCx) -> ActionResult<()> {
    Ok(())
}

/// The page.
#[component]
pub(crate) fn EffectsPage() -> impl IntoView {
    let (add, nod) = (use_action_state(AddAndGo), use_action_state(Nod));
    let ada = use_action_state(BecomeAndGo);
    let here = room();
    let (heap, who) = (use_query(move || heap(here.clone())), use_query(who));
    let nodded = move || nod.succeeded().then_some("Nodded.");
    view! {
        <Form state=add><button>"Add and go"</button></Form>
        <Form state=ada><button>"Become Ada and go"</button></Form>
        <Form state=nod><button>"Nod"</button></Form>
        <p>{nodded}</p>
        <Loaded query=heap let:number><output id="heap">{number}</output></Loaded>
        <Loaded query=who let:name><output id="name">{name}</output></Loaded>
    }
}
