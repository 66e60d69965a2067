//! Queries within Leptos' own `<Suspense>`, `<Transition>` and `<ErrorBoundary>`.

use formwork::prelude::*;
use leptos::prelude::*;

use crate::shell::room;
#[cfg(feature = "ssr")]
use crate::state::Rooms;

/// A thing by its number; there is no thirteenth.
#[query(public, tags("things {room}"))]
pub(crate) async fn thing(cx: QueryCx, room: String, number: u32) -> QueryResult<String> {
    if number == 13 {
        return Err(ActionError::conflict("There is no thirteenth thing."));
    }
    let times = cx.state::<Rooms>().with(&room, |room| room.number("things"));
    Ok(format!("thing {number}, changed {times} times"))
}

/// Changes all things.
#[action(public)]
pub(crate) async fn change_things(cx: ActionCx) -> ActionResult<()> {
    let room: String = cx.param("room")?;
    cx.state::<Rooms>().with(&room, |room| room.count("things"));
    cx.update_tag(format!("things {room}"));
    Ok(())
}

/// The page.
#[component]
pub(crate) fn BoundariesPage() -> impl IntoView {
    let change = use_action_state(ChangeThings);
    let number = RwSignal::new(1_u32);
    let here = room();
    let thing = use_query(move || thing(here.clone(), number.get()));
    view! {
        <Form state=change><button>"Change"</button></Form>
        {[1, 2, 3, 13]
            .map(|to| view! { <button on:click=move |_| number.set(to)>{format!("To {to}")}</button> })
            .collect_view()}
        <section aria-label="transition">
            <Transition fallback=loading>
                <ErrorBoundary fallback=|errors| view! { <Alerts errors/> }>
                    {move || thing.get().map(|text| view! { <p>{text}</p> })}
                </ErrorBoundary>
            </Transition>
        </section>
        <section aria-label="awaited">
            <Transition fallback=loading>
                <ErrorBoundary fallback=|errors| view! { <Alerts errors/> }>
                    {move || Suspend::new(async move { thing.await.map(|text| view! { <p>{text}</p> }) })}
                </ErrorBoundary>
            </Transition>
        </section>
        <section aria-label="suspense">
            <Suspense fallback=loading>
                <ErrorBoundary fallback=|errors| view! { <Alerts errors/> }>
                    {move || thing.get().map(|text| view! { <p>{text}</p> })}
                </ErrorBoundary>
            </Suspense>
        </section>
    }
}

fn loading() -> impl IntoView {
    view! { <p>"Loading…"</p> }
}

#[component]
fn Alerts(#[prop(into)] errors: Signal<Errors>) -> impl IntoView {
    let texts =
        move || errors.read().iter().map(|(_, error)| error.to_string()).collect::<Vec<_>>();
    view! { <p role="alert">{move || texts().join(" ")}</p> }
}
