//! Pages for those who have signed in.

use formwork::prelude::*;
use leptos::prelude::*;

use super::viewer::member;

// guide: page
/// Shows its children to members; asks everyone else to sign in, with status 401, where they are.
///
/// It is a courtesy and no boundary: what the children read and write has guards of its own.
#[component]
pub(crate) fn SignedIn(
    /// The page.
    children: ErasedChildrenFn,
) -> impl IntoView {
    view! { <Guarded by=member children/> }
}
// guide: end
