//! The list of tickets.

use formwork::{Search, prelude::*};
use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    badges::{Moment, PriorityBadge, StatusBadge, count_of},
    search::{SearchTickets, TicketSearch},
};
use crate::{error_page::unreadable, model::TicketSummary, session::SignedIn};
#[cfg(feature = "ssr")]
use crate::{session::Member, store};

// guide: query
/// The tickets that are looked for, the latest change first; the same for all members.
#[query(guard = Member, tags("tickets"), cache(minutes = 5), live)]
pub(crate) async fn tickets(
    cx: QueryCx<Member>,
    search: TicketSearch,
) -> QueryResult<Vec<TicketSummary>> {
    Ok(store::tickets::list(&cx.state(), &search.filter()).await?)
}
// guide: end

/// The page with the list.
#[component]
pub(crate) fn TicketsPage() -> impl IntoView {
    view! {
        <SignedIn>
            <Title text="Tickets"/>
            <div class="toolbar">
                <h1>"Tickets"</h1>
                <a class="button secondary" href="/tickets/import">"Import"</a>
                <a class="button secondary" href="/incidents/new">"Report an incident"</a>
                <a class="button" href="/tickets/new">"New ticket"</a>
            </div>
            <List/>
        </SignedIn>
    }
}

#[component]
fn List() -> impl IntoView {
    // guide: search
    let search = use_search::<TicketSearch>();
    let found = use_query(move || tickets(search.get().tidied()));
    // guide: end
    let narrowed = Memo::new(move |_| !search.is_empty());
    view! {
        <SearchTickets search/>
        <Loaded
            query=found
            fallback=|| view! { <p class="meta">"Loading the tickets…"</p> }
            failed=Box::new(unreadable)
            let:tickets
        >
            <div class="found">
                <Found tickets narrowed/>
                <Refresh query=found search/>
            </div>
            <Rows tickets narrowed/>
        </Loaded>
    }
    .into_any()
}

/// How many there are; said again when a search finds others.
#[component]
fn Found(tickets: Signal<Vec<TicketSummary>>, narrowed: Memo<bool>) -> impl IntoView {
    let text = move || {
        narrowed
            .get()
            .then(|| format!("{} found", count_of(tickets.with(Vec::len) as i64, "ticket")))
    };
    let all = move || narrowed.get().then(|| view! { <a href="/tickets">"Show all tickets"</a> });
    view! {
        <p class="meta" role="status">{text}</p>
        {all}
    }
    .into_any()
}

// guide: refresh
/// Reads the list again; without JavaScript the browser asks for the page again, as it is.
#[component]
fn Refresh(query: UseQuery<Vec<TicketSummary>>, search: Search<TicketSearch>) -> impl IntoView {
    let label = move || if query.is_refreshing() { "Refreshing…" } else { "Refresh" };
    let refresh = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        query.refresh();
    };
    view! {
        <form method="get" on:submit=refresh>
            {move || search.get().hidden()}
            <button type="submit" class="secondary">{label}</button>
        </form>
    }
    .into_any()
}
// guide: end

#[component]
fn Rows(tickets: Signal<Vec<TicketSummary>>, narrowed: Memo<bool>) -> impl IntoView {
    let none = Memo::new(move |_| tickets.with(Vec::is_empty));
    let nothing = move || match narrowed.get() {
        true => "No ticket is like that. Try fewer words, or any status and priority.",
        false => "No tickets yet. All is well.",
    };
    view! {
        <Show when=move || !none.get() fallback=move || view! { <p class="empty">{nothing}</p> }>
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
