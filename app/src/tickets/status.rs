//! Closing a ticket, and opening it again.

use formwork::prelude::*;
use leptos::prelude::*;

use crate::model::TicketStatus;
#[cfg(feature = "ssr")]
use crate::{session::Member, store};

/// Closes the ticket of the page.
#[action(guard = Member)]
pub(crate) async fn close_ticket(cx: ActionCx<Member>) -> ActionResult<()> {
    set_status(&cx, TicketStatus::Closed).await
}

/// Opens the ticket of the page again.
#[action(guard = Member)]
pub(crate) async fn reopen_ticket(cx: ActionCx<Member>) -> ActionResult<()> {
    set_status(&cx, TicketStatus::Open).await
}

/// Gives the ticket of the page this status.
#[cfg(feature = "ssr")]
pub(super) async fn set_status(cx: &ActionCx<Member>, status: TicketStatus) -> ActionResult<()> {
    let ticket: i64 = cx.param("id")?;
    if !store::tickets::set_status(&cx.state(), ticket, status).await? {
        return Err(ActionError::not_found("There is no ticket with this number."));
    }
    cx.update_tag("tickets");
    cx.update_tag(format!("ticket:{ticket}"));
    Ok(())
}

/// The states of both actions. They are kept outside of the ticket, which is shown anew when its
/// status changes, so that what was done can be told beside what is shown.
#[derive(Clone, Copy)]
pub(super) struct StatusForms {
    close: ActionState<CloseTicket>,
    reopen: ActionState<ReopenTicket>,
}

impl StatusForms {
    /// For a button that closes the ticket from a form about something else.
    pub(super) fn close_button(self) -> String {
        self.close.button()
    }
}

/// The states of both actions on this page.
pub(super) fn use_status_forms() -> StatusForms {
    StatusForms { close: use_action_state(CloseTicket), reopen: use_action_state(ReopenTicket) }
}

/// The button that changes the status, and what the last press of it did.
#[component]
pub(super) fn StatusButton(
    /// The ticket's.
    status: TicketStatus,
    /// From [`use_status_forms`].
    forms: StatusForms,
) -> impl IntoView {
    let StatusForms { close, reopen } = forms;
    let done = move || match status {
        TicketStatus::Closed if close.succeeded() => Some("Ticket closed."),
        TicketStatus::Open if reopen.succeeded() => Some("Ticket reopened."),
        _ => None,
    };
    let button = match status {
        TicketStatus::Open => view! {
            <Form state=close>
                <SubmitButton pending="Closing…" attr:class="secondary">"Close ticket"</SubmitButton>
            </Form>
        }
        .into_any(),
        TicketStatus::Closed => view! {
            <Form state=reopen>
                <SubmitButton pending="Reopening…" attr:class="secondary">"Reopen ticket"</SubmitButton>
            </Form>
        }
        .into_any(),
    };
    view! {
        <div class="ticket-status">
            {button}
            <div role="status">{move || done().map(|done| view! { <p class="notice">{done}</p> })}</div>
        </div>
    }
}
