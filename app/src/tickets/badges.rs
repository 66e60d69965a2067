//! How a ticket's status, priority and times look, wherever they are shown.

use formwork::prelude::*;
use leptos::prelude::*;

use crate::model::{Priority, TicketStatus, format_date, iso_date};

/// The status as a coloured word.
#[component]
pub(super) fn StatusBadge(
    /// The ticket's.
    status: TicketStatus,
) -> impl IntoView {
    view! { <span class=format!("badge status-{}", status.as_str())>{status.label()}</span> }
}

/// The priority as a coloured word.
#[component]
pub(super) fn PriorityBadge(
    /// The ticket's.
    priority: Priority,
) -> impl IntoView {
    view! { <span class=format!("badge priority-{}", priority.as_str())>{priority.label()}</span> }
}

/// A moment, for people and for machines.
#[component]
pub(super) fn Moment(
    /// In unix seconds.
    at: i64,
) -> impl IntoView {
    view! { <time datetime=iso_date(at)>{format_date(at)}</time> }
}

/// A number of things: "1 comment", "2 comments"; never broken at the end of a line.
pub(super) fn count_of(number: i64, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number}\u{a0}{thing}{plural}")
}
