//! `<Each>`: a list whose rows stay what they are when others come, go or move.

use std::hash::Hash;

use leptos::{prelude::*, tachys::view::keyed::SerializableKey};

use crate::half;

/// One view for each row, known by its key: what was typed into a row, and what was opened in it,
/// stays when the list changes.
///
/// In the browser it is Leptos' `<For>`. On the server, where no row ever changes, it does without
/// an owner for every row.
#[component]
pub fn Each<EF, I, T, C, V, KF, K>(
    /// The rows.
    each: EF,
    /// What a row is known by.
    key: KF,
    /// What shows a row.
    children: C,
) -> impl IntoView
where
    EF: Fn() -> I + Send + 'static,
    I: IntoIterator<Item = T> + Send + 'static,
    C: Fn(T) -> V + Send + Clone + 'static,
    V: IntoView + 'static,
    KF: Fn(&T) -> K + Send + Clone + 'static,
    K: Eq + Hash + SerializableKey + 'static,
    T: Send + 'static,
{
    half::each(each, key, children)
}
