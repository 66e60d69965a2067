//! The page of one ticket.

use formwork::prelude::*;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use super::{
    attachments::Attached,
    badges::{Moment, PriorityBadge, StatusBadge},
    comment::{CommentForm, Comments},
    edit::Edits,
    prioritize::PriorityForm,
    status::StatusButton,
};
use crate::{
    error_page::unreadable,
    model::TicketDetail,
    session::{SignedIn, member},
};
#[cfg(feature = "ssr")]
use {
    super::edit::edits_of,
    crate::{session::Member, store},
};

// guide: query
/// A ticket as one member sees it.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub(crate) struct SeenTicket {
    /// The ticket and its comments.
    pub(crate) ticket: TicketDetail,
    /// How the member edits their own comments.
    pub(crate) edits: Edits,
}
// guide: end

// guide: query
/// The ticket with this number and its comments.
#[query(guard = Member, tags("ticket:{id}"), live)]
pub(crate) async fn ticket(cx: QueryCx<Member>, id: i64) -> QueryResult<SeenTicket> {
    let ticket = store::tickets::by_id(&cx.state(), id).await?;
    let ticket =
        ticket.ok_or_else(|| ActionError::not_found("There is no ticket with this number."))?;
    Ok(SeenTicket { edits: edits_of(&cx, &ticket), ticket })
}
// guide: end

/// The page of the ticket that the address names.
#[component]
pub(crate) fn TicketPage() -> impl IntoView {
    view! {
        <SignedIn>
            <Ticket/>
        </SignedIn>
    }
}

/// The number in the page's address.
pub(super) fn ticket_number() -> Memo<i64> {
    let params = use_params_map();
    // No ticket has the number 0: what isn't a number isn't found either.
    Memo::new(move |_| {
        params.with(|params| params.get("id")).and_then(|id| id.parse().ok()).unwrap_or(0)
    })
}

// guide: load
#[component]
fn Ticket() -> impl IntoView {
    let id = ticket_number();
    let ticket = use_query(move || ticket(id.get()));
    let viewer = use_query(member);
    view! {
        <Loaded
            query=ticket
            fallback=|| view! { <p class="meta">"Loading the ticket…"</p> }
            failed=Box::new(unreadable)
            let:seen
        >
            <Details seen/>
            <Loaded query=viewer let:viewer>
                <Comments ticket seen viewer/>
            </Loaded>
            <CommentForm seen/>
        </Loaded>
    }
}
// guide: end

/// What the ticket is about. Each part follows the ticket by itself, so that what a change doesn't
/// concern stays as it is: what is typed, what is focused, what is folded out.
#[component]
fn Details(seen: Signal<SeenTicket>) -> impl IntoView {
    let part =
        move |read: fn(&TicketDetail) -> String| move || seen.with(|seen| read(&seen.ticket));
    let id = Memo::new(move |_| seen.with(|seen| seen.ticket.id));
    let status = Memo::new(move |_| seen.with(|seen| seen.ticket.status));
    let priority = Memo::new(move |_| seen.with(|seen| seen.ticket.priority));
    let created_at = Memo::new(move |_| seen.with(|seen| seen.ticket.created_at));
    view! {
        <Title text=part(|ticket| format!("#{} {}", ticket.id, ticket.subject))/>
        <article class="ticket">
            <div class="ticket-head">
                <h1>{part(|ticket| ticket.subject.clone())}</h1>
                {move || view! { <StatusBadge status=status.get()/> }}
                {move || view! { <PriorityBadge priority=priority.get()/> }}
                <p class="meta">
                    "#" {id} " · opened by " {part(|ticket| ticket.requester.clone())} " on "
                    {move || view! { <Moment at=created_at.get()/> }}
                    {part(|ticket| affected(ticket.affected))}
                </p>
            </div>
            <p class="ticket-body">{part(|ticket| ticket.body.clone())}</p>
            <Attached files=Signal::derive(move || seen.with(|seen| seen.ticket.attachments.clone()))/>
            <PriorityForm priority/>
            <div class="actions">
                <StatusButton status/>
                <a class="button secondary" href=move || format!("/tickets/{}/edit", id.get())>
                    "Edit ticket"
                </a>
            </div>
        </article>
    }
}

fn affected(number: Option<u32>) -> String {
    match number {
        None => String::new(),
        Some(1) => " · 1 person affected".to_owned(),
        Some(number) => format!(" · {number} people affected"),
    }
}
