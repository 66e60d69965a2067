//! Closing a ticket, and opening it again.

use formwork::prelude::*;
use leptos::prelude::*;

use crate::model::TicketStatus;
#[cfg(feature = "ssr")]
use crate::{session::Member, store};

// guide: action
/// Closes the ticket of the page.
#[action(guard = Member)]
pub(crate) async fn close_ticket(cx: ActionCx<Member>) -> ActionResult<()> {
    set_status(&cx, TicketStatus::Closed).await
}
// guide: end

/// Opens the ticket of the page again.
#[action(guard = Member)]
pub(crate) async fn reopen_ticket(cx: ActionCx<Member>) -> ActionResult<()> {
    set_status(&cx, TicketStatus::Open).await
}

// guide: action
/// Gives the ticket of the page this status.
#[cfg(feature = "ssr")]
async fn set_status(cx: &ActionCx<Member>, status: TicketStatus) -> ActionResult<()> {
    let ticket: i64 = cx.param("id")?;
    let (pool, submission) = (cx.state(), cx.submission_id());
    if !store::tickets::set_status(&pool, submission, ticket, status).await? {
        return Err(ActionError::not_found("There is no ticket with this number."));
    }
    cx.update_tag("tickets");
    cx.update_tag(format!("ticket:{ticket}"));
    Ok(())
}
// guide: end

/// The button that changes the status, and what the last press of it did.
#[component]
pub(super) fn StatusButton(
    /// The ticket's.
    status: Memo<TicketStatus>,
) -> impl IntoView {
    let (close, reopen) = (use_action_state(CloseTicket), use_action_state(ReopenTicket));
    let done = move || match status.get() {
        TicketStatus::Closed if close.succeeded() => Some("Ticket closed."),
        TicketStatus::Open if reopen.succeeded() => Some("Ticket reopened."),
        _ => None,
    };
    let button = move || {
        match status.get() {
        TicketStatus::Open => view! {
            <Form state=close animated=true>
                <SubmitButton pending="Closing…" attr:class="secondary">"Close ticket"</SubmitButton>
            </Form>
        }
        .into_any(),
        TicketStatus::Closed => view! {
            <Form state=reopen animated=true>
                <SubmitButton pending="Reopening…" attr:class="secondary">"Reopen ticket"</SubmitButton>
            </Form>
        }
        .into_any(),
    }
    };
    view! {
        <div class="ticket-status">
            {button}
            <div role="status">{move || done().map(|done| view! { <p class="notice">{done}</p> })}</div>
        </div>
    }
}
