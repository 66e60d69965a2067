//! Giving a ticket another priority.

use formwork::prelude::*;
use leptos::prelude::*;

use crate::model::Priority;
#[cfg(feature = "ssr")]
use crate::{session::Member, store};

/// How soon a ticket needs work.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct NewPriority {
    /// One of the four.
    #[garde(skip)]
    pub(crate) priority: Priority,
}

/// Gives the ticket of the page another priority. Of several choices in a row the last one counts.
#[cfg_attr(not(feature = "next"), action(guard = Member, order = latest))]
#[cfg_attr(
    feature = "next",
    action(
        guard = Member,
        order = latest,
        id = "tickets::prioritize",
        was = "tickets::prioritize::set_priority"
    )
)]
pub(crate) async fn set_priority(cx: ActionCx<Member>, form: NewPriority) -> ActionResult<()> {
    let ticket: i64 = cx.param("id")?;
    let (pool, submission) = (cx.state(), cx.submission_id());
    if !store::tickets::set_priority(&pool, submission, ticket, form.priority).await? {
        return Err(ActionError::not_found("There is no ticket with this number."));
    }
    cx.update_tag("tickets");
    cx.update_tag(format!("ticket:{ticket}"));
    Ok(())
}

/// The form to choose it with. A choice is set at once; without JavaScript the button sets it.
#[component]
pub(super) fn PriorityForm(
    /// The ticket's.
    priority: Memo<Priority>,
) -> impl IntoView {
    let form = use_action_state(SetPriority);
    let field = form.fields().priority;
    // guide: dispatch
    let choose = move |event| {
        if let Some(priority) = Priority::from_value(&event_target_value(&event)) {
            form.dispatch(&NewPriority { priority });
        }
    };
    // guide: end
    // What was chosen and could not be set stays chosen.
    let shown = move || {
        let chosen = form.error().map(|_| field.value()).filter(|chosen| !chosen.is_empty());
        chosen.unwrap_or_else(|| priority.get().value().to_owned())
    };
    let done = move || form.succeeded().then(|| view! { <p class="notice">"Priority set."</p> });
    view! {
        <Form state=form reset=false attr:class="ticket-priority">
            <label for=field.id()>"Priority"</label>
            // Somebody else may give it another one meanwhile.
            <select
                {..field.select()}
                on:change=choose
                prop:value=shown
            >
                {field.options(priority.get_untracked())}
            </select>
            <FieldIssues field/>
            <SubmitButton pending="Setting…" attr:class="secondary">"Set priority"</SubmitButton>
            <div role="status">{done}</div>
        </Form>
    }
}
