//! Tickets: listed, looked for, counted, opened, shown, discussed, edited, prioritized, closed and opened again.

mod amend;
mod attachments;
mod badges;
mod comment;
mod count;
mod create;
#[cfg_attr(feature = "next", path = "edit_gone.rs")]
mod edit;
mod list;
mod prioritize;
mod rules;
mod search;
mod show;
mod status;

pub(crate) use amend::EditTicketPage;
pub(crate) use count::OpenCount;
pub(crate) use create::NewTicketPage;
pub(crate) use list::TicketsPage;
pub(crate) use rules::not_blank;
pub(crate) use show::TicketPage;
