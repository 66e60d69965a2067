//! Submissions that don't wait for each other.

use formwork::prelude::*;
use leptos::prelude::*;

use crate::shell::room;
#[cfg(feature = "ssr")]
use crate::state::Rooms;

/// How often it was pressed.
#[query(public, tags("presses {room}"))]
pub(crate) async fn presses(cx: QueryCx, room: String) -> QueryResult<u64> {
    Ok(cx.state::<Rooms>().with(&room, |room| room.number("presses")))
}

/// How often the other button was pressed.
#[query(public, tags("others {room}"))]
pub(crate) async fn others(cx: QueryCx, room: String) -> QueryResult<u64> {
    Ok(cx.state::<Rooms>().with(&room, |room| room.number("others")))
}

/// One more.
#[action(public, order = parallel)]
pub(crate) async fn press(cx: ActionCx) -> ActionResult<()> {
    let room: String = cx.param("room")?;
    cx.state::<Rooms>().with(&room, |room| room.count("presses"));
    cx.update_tag(format!("presses {room}"));
    Ok(())
}

/// One more of the others.
#[action(public, order = parallel)]
pub(crate) async fn press_other(cx: ActionCx) -> ActionResult<()> {
    let room: String = cx.param("room")?;
    cx.state::<Rooms>().with(&room, |room| room.count("others"));
    cx.update_tag(format!("others {room}"));
    Ok(())
}

/// The page.
#[component]
pub(crate) fn SideBySidePage() -> impl IntoView {
    let (press, other) = (use_action_state(Press), use_action_state(PressOther));
    let (here, there) = (room(), room());
    let presses = use_query(move || presses(here.clone()));
    let others = use_query(move || others(there.clone()));
    view! {
        <Form state=press.keyed(1)><button>"Press"</button></Form>
        <Form state=press.keyed(2)><button>"Press as well"</button></Form>
        <Form state=other><button>"The other"</button></Form>
        <Loaded query=presses let:number><output id="presses">{number}</output></Loaded>
        <Loaded query=others let:number><output id="others">{number}</output></Loaded>
        <button on:click=move |_| presses.refresh()>"Refresh"</button>
        <p id="refreshing">{move || presses.is_refreshing().then_some("Reading…")}</p>
    }
}
