//! `<EachRow>`: the rows of a list in a form.

use leptos::prelude::*;

use super::Each;
use crate::field::{FormFields, Row, Rows};

/// One view for each row of a list; see [`Rows`]. What is typed in a row stays in it when rows are
/// added, taken away or moved.
#[component]
pub fn EachRow<T, C, V>(
    /// The list, from [`ActionState::fields`](crate::ActionState::fields).
    rows: Rows<T>,
    /// What shows a row.
    children: C,
) -> impl IntoView
where
    T: FormFields,
    C: Fn(Row<T>) -> V + Send + Sync + Clone + 'static,
    V: IntoView + 'static,
{
    let row = move |key: String| {
        let row = rows.row(&key);
        // So that a row without a value to send is a row as well, and in its place.
        view! {
            <input type="hidden" name=row.name() value="" autocomplete="off"/>
            {children(row)}
        }
    };
    view! { <Each each=move || rows.keys() key=|key: &String| key.clone() children=row/> }
}
