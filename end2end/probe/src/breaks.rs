//! A form whose action fails: what its visitor is told of that, and what its developer.

use formwork::prelude::*;
use leptos::prelude::*;

/// What the action can't read.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct Broken {
    #[garde(length(chars, min = 1, max = 100))]
    #[field(autocomplete = "off")]
    pub(crate) text: String,
}

/// Fails unless it is a number.
#[action(public)]
pub(crate) async fn read_number(cx: ActionCx, form: Broken) -> ActionResult<u32> {
    let number = form.text.parse()?;
    cx.update_tag("numbers");
    Ok(number)
}

/// The page with the form.
#[component]
pub(crate) fn BreaksPage() -> impl IntoView {
    let form = use_action_state(ReadNumber);
    let text = form.fields().text;
    view! {
        <Form state=form>
            <label for=text.id()>"Number"</label>
            <input {..text.input()}/>
            <SubmitButton>"Read"</SubmitButton>
        </Form>
        <output>{move || form.value()}</output>
    }
}
