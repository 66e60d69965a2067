//! Pages for those who have signed in.

use formwork::{ErrorKind, prelude::*};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::viewer::member;
use crate::error_page::Unreadable;

/// Shows its children to members; asks everyone else to sign in, with status 401.
///
/// It is a courtesy and no boundary: what the children read and write has guards of its own.
#[component]
pub(crate) fn SignedIn(
    /// The page.
    children: ChildrenFn,
) -> impl IntoView {
    let member = use_query(member);
    let children = StoredValue::new(children);
    view! {
        <Transition>
            {move || Suspend::new(async move {
                match member.await {
                    Ok(_) => children.with_value(|children| children()).into_any(),
                    Err(error) if error.kind == ErrorKind::Unauthorized => {
                        view! { <PleaseSignIn/> }.into_any()
                    }
                    Err(error) => view! { <Unreadable error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn PleaseSignIn() -> impl IntoView {
    let path = use_location().pathname;
    view! {
        <Title text="Please sign in"/>
        <section class="error-page">
            <h1>"Please sign in"</h1>
            <p>"This page is for members of the help desk."</p>
            <a class="button" href=move || format!("/sign-in?next={}", path.get())>"Sign in"</a>
        </section>
    }
}
