//! A form that keeps what was sent, and a component elsewhere that runs its action, too, and tells what
//! came of both.

use formwork::prelude::*;
use leptos::prelude::*;

/// What is kept.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct Kept {
    #[garde(length(chars, min = 1, max = 10))]
    pub(crate) name: String,
    #[garde(skip)]
    pub(crate) loud: bool,
    #[garde(length(max = 3), dive)]
    pub(crate) words: Vec<Word>,
}

/// A row.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct Word {
    #[garde(length(chars, min = 1, max = 10))]
    pub(crate) word: String,
}

/// Says what it has kept. That a name is taken only it knows.
#[action(public)]
pub(crate) async fn keep(_cx: ActionCx, form: Kept) -> ActionResult<String> {
    if form.name == "taken" {
        return Err(ActionError::invalid(Kept::names().name, "Somebody else has this name"));
    }
    let words: Vec<_> = form.words.iter().map(|word| word.word.as_str()).collect();
    Ok(format!("{} {} {words:?}", form.name, form.loud))
}

/// The page: two components that know nothing of each other.
#[component]
pub(crate) fn KeepingPage() -> impl IntoView {
    view! {
        <Elsewhere/>
        <Keeper/>
    }
}

/// Without the form.
#[component]
fn Elsewhere() -> impl IntoView {
    let state = use_action_state(Keep);
    let by_itself = move |_| {
        let words = vec![Word { word: "dispatched".to_owned() }];
        state.dispatch(&Kept { name: "nobody".to_owned(), loud: true, words });
    };
    view! {
        <p>
            <button type="button" on:click=by_itself>"Keep nobody"</button>
            <button type="button" on:click=move |_| state.reset()>"Put back"</button>
        </p>
        <output id="kept">{move || state.value()}</output>
        <p id="wrong">{move || state.issues().iter().map(|issue| issue.message.clone()).collect::<Vec<_>>().join("; ")}</p>
        <p id="busy">{move || if state.pending() { "busy" } else { "idle" }}</p>
    }
}

/// With the form.
#[component]
fn Keeper() -> impl IntoView {
    let form = use_action_state(Keep);
    let fields =
        form.fields_from(&Kept { name: "first".to_owned(), loud: true, words: Vec::new() });
    view! {
        <Form state=form reset=false>
            <label for=fields.name.id()>"Name"</label>
            <input {..fields.name.input()}/>
            <FieldIssues field=fields.name/>
            <label><input {..fields.loud.checkbox()}/> "Loud"</label>
            <EachRow rows=fields.words let:word>
                <input aria-label="Word" {..word.fields.word.input()}/>
                <button {..word.remove()}>"Remove"</button>
            </EachRow>
            <FieldIssues field=fields.words/>
            <button {..fields.words.add()}>"Add a word"</button>
            <SubmitButton>"Keep"</SubmitButton>
            <button type="reset">"Undo"</button>
        </Form>
    }
}
