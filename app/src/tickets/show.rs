//! The page of one ticket.

use formwork::prelude::*;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{
    badges::{Moment, PriorityBadge, StatusBadge},
    comment::{CommentForm, Comments},
    prioritize::{PriorityForm, SetPriority},
    status::{StatusButton, StatusForms, use_status_forms},
};
use crate::{
    error_page::Unreadable,
    model::TicketDetail,
    session::{SignedIn, Viewer, member},
};
#[cfg(feature = "ssr")]
use crate::{session::Member, store};

/// The ticket with this number and its comments.
#[query(guard = Member, tags("ticket:{id}"))]
pub(crate) async fn ticket(cx: QueryCx<Member>, id: i64) -> QueryResult<TicketDetail> {
    let ticket = store::tickets::by_id(&cx.state(), id).await?;
    ticket.ok_or_else(|| ActionError::not_found("There is no ticket with this number."))
}

/// The page of the ticket that the address names.
#[component]
pub(crate) fn TicketPage() -> impl IntoView {
    view! {
        <SignedIn>
            <Ticket/>
        </SignedIn>
    }
}

#[component]
fn Ticket() -> impl IntoView {
    let params = use_params_map();
    // No ticket has the number 0: what isn't a number isn't found either.
    let id = Memo::new(move |_| {
        params.with(|params| params.get("id")).and_then(|id| id.parse().ok()).unwrap_or(0)
    });
    let ticket = use_query(move || ticket(id.get()));
    let viewer = use_query(member);
    let status = use_status_forms();
    let priority = use_action_state(SetPriority);
    view! {
        <Transition fallback=|| view! { <p class="meta">"Loading the ticket…"</p> }>
            {move || Suspend::new(async move {
                match (ticket.await, viewer.await) {
                    (Ok(ticket), Ok(viewer)) => {
                        view! { <Details ticket viewer status priority/> }.into_any()
                    }
                    (Err(error), _) | (_, Err(error)) => view! { <Unreadable error/> }.into_any(),
                }
            })}
        </Transition>
        // Outside of what is replaced when the ticket changes: a comment changes it, and the form
        // stays as it is.
        <CommentForm ticket status/>
    }
}

#[component]
fn Details(
    ticket: TicketDetail,
    viewer: Viewer,
    status: StatusForms,
    priority: ActionState<SetPriority>,
) -> impl IntoView {
    let title = format!("#{} {}", ticket.id, ticket.subject);
    let affected = ticket.affected.map(|number| match number {
        1 => " · 1 person affected".to_owned(),
        number => format!(" · {number} people affected"),
    });
    view! {
        <Title text=title/>
        <article class="ticket">
            <div class="ticket-head">
                <h1>{ticket.subject}</h1>
                <StatusBadge status=ticket.status/>
                <PriorityBadge priority=ticket.priority/>
                <p class="meta">
                    "#" {ticket.id} " · opened by " {ticket.requester} " on "
                    <Moment at=ticket.created_at/>
                    {affected}
                </p>
            </div>
            <p class="ticket-body">{ticket.body}</p>
            <PriorityForm priority=ticket.priority form=priority/>
            <StatusButton status=ticket.status forms=status/>
        </article>
        <Comments comments=ticket.comments viewer/>
    }
}
