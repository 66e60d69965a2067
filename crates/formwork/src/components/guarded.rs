//! `<Guarded>`: a page for those who pass a guard.

use leptos::prelude::*;

use super::{Loaded, page_boundary::ErrorPage};
use crate::{erased::ErasedChildrenFn, half::Readable, hooks::use_query};

/// Shows its children to whoever may read a query, and the application's error page to everyone
/// else, with the status that the query's guard answers with: 401, 403.
///
/// ```ignore
/// /// Whoever runs the desk.
/// #[query(guard = Admin)]
/// async fn admin() -> QueryResult<()> {
///     Ok(())
/// }
///
/// #[component]
/// fn AdminPage() -> impl IntoView {
///     view! { <Guarded by=admin><Users/></Guarded> }
/// }
/// ```
///
/// It is what a visitor sees, and no boundary: the children's markup is part of the client, and what
/// they read and write has guards of its own.
#[component]
pub fn Guarded<Q: Readable>(
    /// A query under the guard.
    by: impl Fn() -> Q + Send + Sync + 'static,
    /// The page.
    children: ErasedChildrenFn,
) -> impl IntoView {
    let proof = use_query(by);
    let error_page = use_context::<ErrorPage>();
    let error_page = error_page.expect("`<Guarded>` stands inside of a `<PageBoundary>`");
    let children = StoredValue::new(children);
    view! {
        <Loaded query=proof failed=Box::new(move |error| error_page.show(error)) let:_proof>
            {children.with_value(|children| children.build())}
        </Loaded>
    }
}
