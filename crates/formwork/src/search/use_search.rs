//! What the page's address says, read as a form is.

use std::marker::PhantomData;

use formwork_core::{Entries, Form, Issues, query_entries};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    field::{FieldScope, FormFields},
    half,
    hooks::Scope,
};

/// Reads the query string of the page's address as a form, and follows it: when the visitor searches,
/// goes back, or follows a link to another search.
///
/// ```
/// use formwork::{FieldIssues, FormChoice, SearchForm, prelude::*};
/// use leptos::prelude::*;
///
/// /// What a visitor looks for: `/books?text=rust&kind=novel`.
/// #[derive(formwork::Form, Validate, Default, Clone, PartialEq)]
/// struct BookSearch {
///     #[garde(length(chars, max = 100))]
///     #[field(type = "search")]
///     text: String,
///     #[garde(skip)]
///     kind: Option<Kind>,
/// }
///
/// #[derive(FormChoice, Clone, Copy, PartialEq)]
/// enum Kind {
///     Novel,
///     Poems,
/// }
///
/// #[component]
/// fn Books() -> impl IntoView {
///     let search = use_search::<BookSearch>();
///     let fields = search.fields();
///     // As a rule an argument of a query: `use_query(move || books(search.get()))`.
///     let looked_for = move || search.get().text;
///     view! {
///         <SearchForm search>
///             <label for=fields.text.id()>"Text"</label>
///             <input {..fields.text.input()}/>
///             <FieldIssues field=fields.text/>
///             <label for=fields.kind.id()>"Kind"</label>
///             <select {..fields.kind.select()}>{fields.kind.options_or("Any")}</select>
///             <button type="submit">"Search"</button>
///         </SearchForm>
///         <p>{looked_for}</p>
///     }
/// }
/// # let _ = Books;
/// ```
///
/// Anyone can write an address, so it always is a search: a field that can't be read, or that breaks a
/// rule, counts as left out, with its issue beside it. What the form says when every field is left out
/// should be a search as well: make fields `Option`s, `String`s or lists. Of a form for which that is an
/// issue, it is its `Default`.
pub fn use_search<F>() -> Search<F>
where
    F: Form + Default + Clone + PartialEq + Send + Sync,
{
    let scope = Scope::without_action(F::FIELDS);
    let location = use_location();
    let own = location.pathname.get_untracked();
    // While the visitor goes to another page, this one is on screen for a moment longer: the new address
    // says nothing about it.
    let query = Memo::new(move |before: Option<&String>| {
        let here = location.pathname.with(|path| *path == own);
        let now = location.search.get();
        if here { now } else { before.cloned().unwrap_or_default() }
    });
    let read =
        Memo::new(move |_| query.with(|query| half::speaking(|| read::<F>(&query_entries(query)))));
    let show = move |query: &str| {
        read.with_untracked(|(_, issues)| scope.show(&query_entries(query), issues));
    };
    query.with_untracked(|query| show(query));
    let asked = StoredValue::new(None);
    Effect::new(move |before: Option<String>| {
        let now = query.get();
        if before.is_some_and(|before| before != now) {
            show(&now);
            // What the visitor goes on typing while their own search is shown stays as it is.
            if asked.get_value().as_ref() != Some(&now) {
                asked.set_value(None);
                scope.put_back();
            }
        }
        now
    });
    Search { scope, query, asked, read, form: PhantomData }
}

/// A search: what the address says; see [`use_search`].
pub struct Search<F: Send + Sync + 'static> {
    pub(super) scope: Scope,
    /// The query string.
    pub(super) query: Memo<String>,
    /// The query string that the form itself has asked for last.
    pub(super) asked: StoredValue<Option<String>>,
    read: Memo<(F, Issues)>,
    form: PhantomData<fn() -> F>,
}

impl<F: Send + Sync + 'static> Clone for Search<F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F: Send + Sync + 'static> Copy for Search<F> {}

impl<F: Form + Clone + Send + Sync> Search<F> {
    /// What is searched for; reactive.
    pub fn get(self) -> F {
        self.read.with(|(form, _)| form.clone())
    }

    /// What the address says and can't be searched for; reactive.
    pub fn issues(self) -> Issues {
        self.read.with(|(_, issues)| issues.clone())
    }

    /// Whether anything is searched for at all; reactive.
    pub fn is_empty(self) -> bool {
        self.query.with(|query| query_entries(query).iter().all(|(_, value)| value.is_empty()))
    }
}

impl<F: FormFields + Send + Sync> Search<F> {
    /// The fields of the form, with what the address says in them.
    pub fn fields(self) -> F::Fields {
        F::fields(FieldScope::new(self.scope, None))
    }
}

/// What can be read of these entries, and what is wrong with the others.
fn read<F: Form + Default>(entries: &Entries) -> (F, Issues) {
    let issues = match F::parse(entries) {
        Ok(form) => return (form, Issues::default()),
        Err(issues) => issues,
    };
    let sound = |(name, _): &(&str, &str)| !issues.has(name);
    let rest: Entries =
        entries.iter().filter(sound).map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    // Of what the address does not name nobody said anything wrong.
    let mut said = Issues::default();
    for issue in issues.iter().filter(|issue| entries.last(&issue.path).is_some()) {
        said.push(issue.path.as_str(), issue.message.as_str());
    }
    (F::parse(&rest).unwrap_or_default(), said)
}
