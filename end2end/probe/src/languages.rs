//! A search and a form for visitors of several languages.

use formwork::prelude::*;
use leptos::prelude::*;

/// What is looked for.
#[derive(Form, Validate, Clone, Debug, Default, PartialEq)]
pub(crate) struct Wanted {
    #[garde(length(chars, max = 5))]
    pub(crate) wanted: String,
}

/// What is noted.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct Text {
    #[garde(length(chars, max = 5))]
    pub(crate) text: String,
}

/// Takes a text.
#[action(public)]
pub(crate) async fn note(_cx: ActionCx, form: Text) -> ActionResult<String> {
    Ok(form.text)
}

/// The page.
#[component]
pub(crate) fn LanguagesPage() -> impl IntoView {
    let search = use_search::<Wanted>();
    let wanted = search.fields().wanted;
    let form = use_action_state(Note);
    let text = form.fields().text;
    view! {
        <SearchForm search>
            <label for=wanted.id()>"Wanted"</label>
            <input {..wanted.input()}/>
            <FieldIssues field=wanted/>
            <button>"Search"</button>
        </SearchForm>
        <Form state=form confirm_leave=true>
            <label for=text.id()>"Note"</label>
            <input {..text.input()}/>
            <FieldIssues field=text/>
            <SubmitButton>"Take note"</SubmitButton>
        </Form>
        <output>{move || form.value()}</output>
    }
}
