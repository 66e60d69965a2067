//! Signing out, from the header of every page.

use formwork::prelude::*;
use leptos::prelude::*;

use super::Viewer;

/// Ends the session.
#[action(public, idempotent)]
pub(crate) async fn sign_out(cx: ActionCx) -> ActionResult<()> {
    super::guard::end(cx.parts()).await?;
    cx.refresh();
    cx.redirect("/sign-in");
    Ok(())
}

/// Who is signed in, and the button that ends it.
#[component]
pub(crate) fn SignOutButton(
    /// Who is signed in.
    viewer: Viewer,
) -> impl IntoView {
    let form = use_action_state(SignOut);
    view! {
        <Form state=form attr:class="sign-out">
            <span>{viewer.name}</span>
            <SubmitButton pending="Signing out…" attr:class="secondary">"Sign out"</SubmitButton>
        </Form>
    }
}
