//! In the next build a comment stays as it was written: its action is the one that is gone.

use leptos::prelude::*;

use super::show::SeenTicket;
#[cfg(feature = "ssr")]
use crate::{model::TicketDetail, session::Member};
#[cfg(feature = "ssr")]
use formwork::prelude::QueryCx;

/// Nothing can be edited.
pub(crate) type Edits = ();

/// Nothing.
#[cfg(feature = "ssr")]
pub(super) fn edits_of(_: &QueryCx<Member>, _: &TicketDetail) -> Edits {}

/// Nothing.
pub(super) fn edit_of(_: Signal<SeenTicket>, _: Memo<i64>, _: Memo<String>) -> impl IntoView {}
