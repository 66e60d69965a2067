//! Looking for tickets: by words, status and priority, all of them in the page's address.

use std::time::Duration;

use formwork::{Entries, Form as _, Search, prelude::*};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::model::{Priority, TicketStatus};
#[cfg(feature = "ssr")]
use crate::store::tickets::Filter;

/// How long a pause in typing ends a word.
const PAUSE: Duration = Duration::from_millis(300);

// guide: form
/// Which tickets to list; all, as long as nothing is entered.
#[derive(Form, Validate, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
pub(crate) struct TicketSearch {
    /// Words that are in the ticket, in any order.
    #[garde(length(chars, max = 100))]
    #[field(type = "search", label = "Words or #number", autocomplete = "off")]
    pub(crate) text: String,
    /// Only those with this status.
    #[garde(skip)]
    pub(crate) status: Option<TicketStatus>,
    /// Only those with this priority.
    #[garde(skip)]
    pub(crate) priority: Option<Priority>,
}
// guide: end

impl TicketSearch {
    /// The same search, however it is typed.
    pub(super) fn tidied(self) -> Self {
        let text = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        TicketSearch { text, ..self }
    }

    /// As fields that nobody sees.
    pub(super) fn hidden(&self) -> impl IntoView + use<> {
        let mut entries = Entries::default();
        self.write("", &mut entries);
        let said = entries.iter().filter(|(_, value)| !value.is_empty());
        let field = |(name, value): (&str, &str)| {
            view! { <input type="hidden" name=name.to_owned() value=value.to_owned()/> }
        };
        said.map(field).collect_view()
    }

    /// As the store is asked.
    #[cfg(feature = "ssr")]
    pub(super) fn filter(&self) -> Filter {
        let words = self.text.split_whitespace().map(str::to_owned).collect();
        Filter { words, status: self.status, priority: self.priority }
    }
}

// guide: view
/// The form, which searches while one types.
#[component]
pub(super) fn SearchTickets(
    /// What is looked for.
    search: Search<TicketSearch>,
) -> impl IntoView {
    let fields = search.fields();
    view! {
        <SearchForm search debounce=PAUSE attr:class="search">
            <div class="field wide">
                <label for=fields.text.id()>{fields.text.label()}</label>
                <input {..fields.text.input()}/>
                <FieldIssues field=fields.text/>
            </div>
            <div class="field">
                <label for=fields.status.id()>{fields.status.label()}</label>
                <select {..fields.status.select()}>{fields.status.options_or("Any")}</select>
                <FieldIssues field=fields.status/>
            </div>
            <div class="field">
                <label for=fields.priority.id()>{fields.priority.label()}</label>
                <select {..fields.priority.select()}>{fields.priority.options_or("Any")}</select>
                <FieldIssues field=fields.priority/>
            </div>
            <button type="submit" class="secondary">"Search"</button>
        </SearchForm>
    }
    .into_any()
}
// guide: end
