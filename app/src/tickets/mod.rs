//! Tickets: listed, counted, opened, shown, discussed, closed and opened again.

mod badges;
mod comment;
mod count;
mod create;
mod list;
mod rules;
mod show;
mod status;

pub(crate) use count::OpenCount;
pub(crate) use create::NewTicketPage;
pub(crate) use list::TicketsPage;
pub(crate) use show::TicketPage;
