//! How many tickets need work, for the header.

use formwork::prelude::*;
use leptos::prelude::*;

use crate::model::TicketCounts;
#[cfg(feature = "ssr")]
use crate::store;

// guide: query
/// How many tickets there are of each status; anyone may know, so that one count serves everyone.
#[query(public, tags("tickets"), cache(minutes = 5), live)]
pub(crate) async fn ticket_counts(cx: QueryCx) -> QueryResult<TicketCounts> {
    Ok(store::tickets::counts(&cx.state()).await?)
}
// guide: end

// guide: view
/// The number of open tickets, beside the link to the list.
#[component]
pub(crate) fn OpenCount() -> impl IntoView {
    let counts = use_query(ticket_counts);
    view! {
        // Without the number the link is still a link.
        <Loaded query=counts failed=Box::new(|_| ().into_any()) let:counts>
            <span class="badge count">{move || counts.get().open} " open"</span>
        </Loaded>
    }
}
// guide: end
