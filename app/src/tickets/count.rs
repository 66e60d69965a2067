//! How many tickets need work, for the header.

use formwork::prelude::*;
use leptos::prelude::*;

use crate::model::TicketCounts;
#[cfg(feature = "ssr")]
use crate::{session::Member, store};

/// How many tickets there are of each status.
#[query(guard = Member, tags("tickets"))]
pub(crate) async fn ticket_counts(cx: QueryCx<Member>) -> QueryResult<TicketCounts> {
    Ok(store::tickets::counts(&cx.state()).await?)
}

/// The number of open tickets, beside the link to the list.
#[component]
pub(crate) fn OpenCount() -> impl IntoView {
    let counts = use_query(ticket_counts);
    view! {
        <Transition>
            {move || Suspend::new(async move {
                // Without the number the link is still a link.
                counts.await.ok().map(|counts| {
                    view! { <span class="badge count">{counts.open} " open"</span> }
                })
            })}
        </Transition>
    }
}
