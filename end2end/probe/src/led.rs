//! A form whose success leads to another page.

use formwork::prelude::*;
use leptos::prelude::*;

use crate::shell::room;
#[cfg(feature = "ssr")]
use crate::state::Rooms;

/// The notes that have been taken, and how often.
#[query(public, tags("notes {room}"))]
pub(crate) async fn notes(cx: QueryCx, room: String) -> QueryResult<String> {
    let of = |(text, times): (&String, &u64)| format!("{text}: {times}");
    let mut notes: Vec<_> =
        cx.state::<Rooms>().with(&room, |room| room.numbers.iter().map(of).collect());
    notes.sort();
    Ok(notes.join(", "))
}

/// What is noted.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct Note {
    #[garde(length(chars, min = 1, max = 100))]
    pub(crate) text: String,
}

/// One more note.
#[action(public)]
pub(crate) async fn take_note(cx: ActionCx, form: Note) -> ActionResult<()> {
    let room: String = cx.param("room")?;
    cx.state::<Rooms>().with(&room, |room| room.count(&form.text));
    cx.update_tag(format!("notes {room}"));
    cx.redirect(format!("/led/{room}/there"));
    Ok(())
}

/// The page with the form.
#[component]
pub(crate) fn LedPage() -> impl IntoView {
    let form = use_action_state(TakeNote);
    let text = form.fields().text;
    view! {
        <Form state=form>
            <label for=text.id()>"Note"</label>
            <input {..text.input()}/>
            <SubmitButton>"Take"</SubmitButton>
        </Form>
    }
}

/// The page that a success leads to.
#[component]
pub(crate) fn TherePage() -> impl IntoView {
    let here = room();
    let notes = use_query(move || notes(here.clone()));
    view! { <Loaded query=notes let:notes><output id="notes">{notes}</output></Loaded> }
}
