//! More queries than one request names.

use formwork::prelude::*;
use leptos::prelude::*;

use crate::shell::room;
#[cfg(feature = "ssr")]
use crate::state::Rooms;

/// How many there are.
const COUNTERS: u32 = 60;

/// One of many numbers.
#[query(public, tags("{room} {name}"))]
pub(crate) async fn counter(cx: QueryCx, room: String, name: String) -> QueryResult<u64> {
    Ok(cx.state::<Rooms>().with(&room, |room| room.number(&name)))
}

/// Which of them.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct Which {
    #[garde(skip)]
    pub(crate) name: String,
}

/// Counts one more of one of them.
#[action(public)]
pub(crate) async fn count(cx: ActionCx, form: Which) -> ActionResult<()> {
    let room: String = cx.param("room")?;
    cx.state::<Rooms>().with(&room, |room| room.count(&form.name));
    cx.update_tag(format!("{room} {}", form.name));
    Ok(())
}

/// The page with a form, and the numbers once they are asked for.
#[component]
pub(crate) fn ManyPage() -> impl IntoView {
    let form = use_action_state(Count);
    let name = form.fields().name;
    let shown = RwSignal::new(false);
    view! {
        <Form state=form>
            <label for=name.id()>"Name"</label>
            <input {..name.input()}/>
            <SubmitButton>"Count"</SubmitButton>
        </Form>
        <button on:click=move |_| shown.set(true)>"Show all"</button>
        <Show when=move || shown.get()>
            <ul>
                {(0..COUNTERS).map(|number| view! { <Counter number/> }).collect_view()}
            </ul>
        </Show>
    }
}

#[component]
fn Counter(number: u32) -> impl IntoView {
    let (room, name) = (room(), format!("n{number:02}"));
    let id = name.clone();
    let counter = use_query(move || counter(room.clone(), name.clone()));
    view! {
        <Loaded query=counter let:value>
            <li id=id.clone()>{move || value.get()}</li>
        </Loaded>
    }
}
