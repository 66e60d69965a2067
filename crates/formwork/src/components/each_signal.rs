//! `<EachSignal>`: a list whose rows keep their elements, and follow their values in place.

use std::{collections::HashMap, hash::Hash};

use leptos::{prelude::*, tachys::view::keyed::SerializableKey};

use crate::{erased::erased, half};

/// As [`Each`](crate::Each), for rows that change: each gets its value as a signal, so that what is
/// typed or opened in a row stays when its value is another.
///
/// ```ignore
/// <EachSignal each=move || comments.get() key=|comment| comment.id let:comment>
///     <li>{move || comment.with(|comment| comment.body.clone())}</li>
/// </EachSignal>
/// ```
#[component]
pub fn EachSignal<T, K, E, F, C, V>(
    /// The rows; reactive.
    each: E,
    /// What a row is known by.
    key: F,
    /// What shows a row.
    children: C,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    K: Clone + Eq + Hash + SerializableKey + Send + Sync + 'static,
    E: Fn() -> Vec<T> + Send + Sync + 'static,
    F: Fn(&T) -> K + Send + Sync + 'static,
    C: Fn(Signal<T>) -> V + Clone + Send + 'static,
    V: IntoView + 'static,
{
    let shown = StoredValue::new(HashMap::<K, ArcRwSignal<T>>::new());
    let rows = move || {
        let items = each();
        let row = |item: T| {
            let key = key(&item);
            let known = shown.try_with_value(|shown| shown.get(&key).cloned()).flatten();
            let Some(row) = known else { return (key, ArcRwSignal::new(item)) };
            if row.with_untracked(|old| *old != item) {
                row.set(item);
            }
            (key, row)
        };
        let rows: Vec<_> = items.into_iter().map(row).collect();
        shown.try_update_value(|shown| *shown = rows.iter().cloned().collect());
        rows
    };
    // Erased: a list within a list within a page exceeds the compiler's recursion limit.
    let children = move |(_, row): (K, ArcRwSignal<T>)| {
        erased(children(ReadSignal::from(row.read_only()).into()))
    };
    erased(half::each(rows, |(key, _): &(K, _)| key.clone(), children))
}
