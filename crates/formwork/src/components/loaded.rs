//! `<Loaded>`: what a query's value looks like, once it is there.

use formwork_core::PublicError;
use leptos::prelude::*;

use crate::{erased::erased, half, hooks::UseQuery};

/// Shows its children once a query has its value, and gives them the value as a signal: when a
/// submission changes it, only what shows the changed part is touched. Nothing that the visitor has
/// typed or opened within is made anew.
///
/// ```ignore
/// let posts = use_query(posts);
/// view! {
///     <Loaded query=posts let:posts>
///         <Each each=move || posts.get() key=|post| post.id let:post>
///             <li>{post.title}</li>
///         </Each>
///     </Loaded>
/// }
/// ```
///
/// On the server the page waits for the value. `<Suspense>` and `<Transition>` work with queries,
/// too; they build what they show two or three times for each page.
#[component]
pub fn Loaded<T, C, V>(
    /// The query, from [`use_query`](crate::use_query).
    query: UseQuery<T>,
    /// What stands there until the value has come; nothing, if left out. On the server a page never
    /// shows it.
    #[prop(optional, into)]
    fallback: ViewFn,
    /// What stands there if the query failed: an alert with its message, if left out.
    #[prop(default = Box::new(alert))]
    failed: Box<dyn Fn(PublicError) -> AnyView + Send + Sync>,
    /// What shows the value.
    children: C,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    C: Fn(Signal<T>) -> V + Send + 'static,
    V: IntoView + 'static,
{
    half::loaded(query, fallback, failed, children)
}

fn alert(error: PublicError) -> AnyView {
    erased(view! { <p class="issue" role="alert">{error.to_string()}</p> })
}
