//! The list of tickets.

use formwork::prelude::*;
use leptos::prelude::*;
use leptos_meta::Title;

use super::badges::{Moment, PriorityBadge, StatusBadge, count_of};
use crate::{error_page::unreadable, model::TicketSummary, session::SignedIn};
#[cfg(feature = "ssr")]
use crate::{session::Member, store};

/// All tickets, the latest change first; the same for all members.
#[query(guard = Member, tags("tickets"), cache(minutes = 5), live)]
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
    let refresh = move || if tickets.is_refreshing() { "Refreshing…" } else { "Refresh" };
    view! {
        // Without JavaScript the browser asks for the page again.
        <form
            method="get"
            on:submit=move |event| {
                event.prevent_default();
                tickets.refresh();
            }
        >
            <button type="submit" class="secondary">{refresh}</button>
        </form>
        <Loaded
            query=tickets
            fallback=|| view! { <p class="meta">"Loading the tickets…"</p> }
            failed=Box::new(unreadable)
            let:tickets
        >
            <Rows tickets/>
        </Loaded>
    }
}

#[component]
fn Rows(tickets: Signal<Vec<TicketSummary>>) -> impl IntoView {
    let none = Memo::new(move |_| tickets.with(Vec::is_empty));
    view! {
        <Show
            when=move || !none.get()
            fallback=|| view! { <p class="empty">"No tickets yet. All is well."</p> }
        >
            <ul class="tickets">
                <EachSignal each=move || tickets.get() key=|ticket| ticket.id let:ticket>
                    <li>{move || view! { <Row ticket=ticket.get()/> }}</li>
                </EachSignal>
            </ul>
        </Show>
    }
}

#[component]
fn Row(ticket: TicketSummary) -> impl IntoView {
    view! {
        <a href=format!("/tickets/{}", ticket.id)>
            <span class="subject">{ticket.subject}</span>
            <PriorityBadge priority=ticket.priority/>
            <StatusBadge status=ticket.status/>
            <span class="meta">
                "#" {ticket.id} " · " {ticket.requester} " · " <Moment at=ticket.updated_at/>
                " · " {count_of(ticket.comment_count, "comment")}
            </span>
        </a>
    }
}
