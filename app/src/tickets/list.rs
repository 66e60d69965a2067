//! The list of tickets.

use formwork::prelude::*;
use leptos::prelude::*;
use leptos_meta::Title;

use super::badges::{Moment, PriorityBadge, StatusBadge, count_of};
use crate::{error_page::Unreadable, model::TicketSummary, session::SignedIn};
#[cfg(feature = "ssr")]
use crate::{session::Member, store};

/// All tickets, the latest change first.
#[query(guard = Member, tags("tickets"))]
pub(crate) async fn tickets(cx: QueryCx<Member>) -> QueryResult<Vec<TicketSummary>> {
    Ok(store::tickets::list(&cx.state()).await?)
}

/// The page with the list.
#[component]
pub(crate) fn TicketsPage() -> impl IntoView {
    view! {
        <SignedIn>
            <Title text="Tickets"/>
            <div class="toolbar">
                <h1>"Tickets"</h1>
                <a class="button" href="/tickets/new">"New ticket"</a>
            </div>
            <List/>
        </SignedIn>
    }
}

#[component]
fn List() -> impl IntoView {
    let tickets = use_query(tickets);
    view! {
        <Transition fallback=|| view! { <p class="meta">"Loading the tickets…"</p> }>
            {move || Suspend::new(async move {
                match tickets.await {
                    Ok(tickets) if tickets.is_empty() => {
                        view! { <p class="empty">"No tickets yet. All is well."</p> }.into_any()
                    }
                    Ok(tickets) => view! {
                        <ul class="tickets">
                            {tickets.into_iter().map(|ticket| view! { <Row ticket/> }).collect_view()}
                        </ul>
                    }
                    .into_any(),
                    Err(error) => view! { <Unreadable error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Row(ticket: TicketSummary) -> impl IntoView {
    view! {
        <li>
            <a href=format!("/tickets/{}", ticket.id)>
                <span class="subject">{ticket.subject}</span>
                <PriorityBadge priority=ticket.priority/>
                <StatusBadge status=ticket.status/>
                <span class="meta">
                    "#" {ticket.id} " · " {ticket.requester} " · " <Moment at=ticket.updated_at/>
                    " · " {count_of(ticket.comment_count, "comment")}
                </span>
            </a>
        </li>
    }
}
