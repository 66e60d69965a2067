//! Whether the server has been deployed since the page was loaded.

use leptos::prelude::*;

use crate::half;

/// Whether the server answers with another build than this page's.
///
/// The next page that the visitor goes to is loaded as a document then, by itself; this is for a banner
/// that proposes to do so now. Nothing is loaded while somebody types, unless they ask for it.
///
/// ```ignore
/// let new_build = use_new_build();
/// view! {
///     <Show when=move || new_build.get()>
///         <p role="status">
///             "There is a new version of this page. "
///             <button type="button" on:click=move |_| new_build.load()>"Load it"</button>
///         </p>
///     </Show>
/// }
/// ```
///
/// The client learns of it from the first response after the deploy: it asks for nothing to find out.
pub fn use_new_build() -> NewBuild {
    let is_there = RwSignal::new(half::is_new_build());
    half::on_new_build(move || {
        // The component may have gone.
        let _ = is_there.try_set(true);
    });
    NewBuild { is_there: is_there.into() }
}

/// See [`use_new_build`].
#[derive(Clone, Copy)]
pub struct NewBuild {
    is_there: Signal<bool>,
}

impl NewBuild {
    /// Whether there is one; reactive.
    pub fn get(self) -> bool {
        self.is_there.get()
    }

    /// Loads this page anew. What is typed in its forms stays, secrets and files excepted.
    pub fn load(self) {
        half::load_new_build();
    }
}
