//! A page of three parts, each with a query of its own, that change together; and three more.

use formwork::prelude::*;
use leptos::prelude::*;

use crate::shell::room;
#[cfg(feature = "ssr")]
use crate::state::Rooms;

/// A part of the page; it fails if it is said to.
#[query(public, tags("parts {room}"))]
pub(crate) async fn part(cx: QueryCx, room: String, name: String) -> QueryResult<String> {
    let (number, failing) = cx
        .state::<Rooms>()
        .with(&room, |room| (room.number("parts"), room.failing.as_ref() == Some(&name)));
    if failing {
        return Err(ActionError::conflict(format!("The part {name} can't be read.")));
    }
    Ok(format!("{name} {number}"))
}

/// Which part is to fail from now on.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct Failing {
    #[garde(skip)]
    pub(crate) failing: Option<String>,
}

/// Changes all parts at once.
#[action(public)]
pub(crate) async fn change(cx: ActionCx, form: Failing) -> ActionResult<()> {
    let room: String = cx.param("room")?;
    cx.state::<Rooms>().with(&room, |room| {
        room.count("parts");
        room.failing = form.failing;
    });
    cx.update_tag(format!("parts {room}"));
    Ok(())
}

/// The page.
#[component]
pub(crate) fn PartsPage() -> impl IntoView {
    let form = use_action_state(Change);
    let failing = form.fields().failing;
    let more = RwSignal::new(false);
    view! {
        <Form state=form>
            <label for=failing.id()>"Fails"</label>
            <input {..failing.input()}/>
            <SubmitButton>"Change"</SubmitButton>
        </Form>
        <Part name="one"/>
        <Part name="two"/>
        <Part name="three"/>
        <button on:click=move |_| more.set(true)>"More"</button>
        <Show when=move || more.get()>
            <Part name="four"/>
            <Part name="five"/>
            <Part name="six"/>
            // Another component that shows the same.
            <Part name="six"/>
        </Show>
    }
}

#[component]
fn Part(name: &'static str) -> impl IntoView {
    let room = room();
    let part = use_query(move || part(room.clone(), name.to_owned()));
    view! {
        <section aria-label=name>
            <Loaded query=part fallback=|| view! { <p>"Loading…"</p> } let:text>
                <p>{text}</p>
            </Loaded>
        </section>
    }
}
