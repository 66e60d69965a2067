//! `<SearchForm>`: a form whose answer is an address.

use std::time::Duration;

use formwork_core::{Entries, Form, Issues, address};
use leptos::{context::Provider, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use send_wrapper::SendWrapper;

use super::Search;
use crate::{
    components::{FormMessage, labels},
    erased::{ErasedChildren, erased},
    half::{self, Asked},
    hooks::{FormStatus, OnPage, Scope},
};

/// A form that changes nothing: its fields become the query string of the page's address, so that a
/// search can be linked to, reloaded, and gone back to. See [`use_search`](crate::use_search).
///
/// Without JavaScript it is a plain `<form method="get">`: the browser loads the page with every field
/// in its address, those that were left empty included. When the page is hydrated the router goes to
/// the same address without the empty ones; what the page reads is asked for in one request, and the
/// focus stays where it is. Both addresses say the same. A search that breaks a rule of the form is not
/// begun, and what is wrong stands at its field.
///
/// The form's fields replace the whole query string, in both gears. What is to stay in it, such as an
/// order, is a field of the form, perhaps a hidden one; what is to begin anew with each search, such as
/// the number of a page, is none.
#[component]
pub fn SearchForm<F: Form + Clone + Sync>(
    /// What is searched for, from [`use_search`](crate::use_search).
    search: Search<F>,
    /// The path of the page that shows what is found, if it is another one.
    #[prop(optional, into)]
    action: Option<String>,
    /// Searches while the visitor types, when they have paused for so long; and at once when they press
    /// a button. Only then, if left out.
    #[prop(optional)]
    debounce: Option<Duration>,
    /// Labels, controls and a button: without JavaScript there is no search without one.
    children: ErasedChildren,
) -> impl IntoView {
    let form = NodeRef::<leptos::html::Form>::new();
    let searching = Searching {
        scope: search.scope,
        query: search.query,
        asked: search.asked,
        typing: StoredValue::new(None),
        turn: StoredValue::new(0),
        find: |entries| F::parse(entries).err().unwrap_or_default(),
    };
    searching.follow(form);
    labels::check(form, "search", || ());
    let go = StoredValue::new(half::IN_BROWSER.then(|| SendWrapper::new(use_navigate())));
    let navigate = move |to: &str, options| {
        go.with_value(|go| go.as_ref().map(|go| go(to, options)));
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        searching.pause();
        if let Some(asked) = half::on_search(&event) {
            searching.begin(&asked, false, navigate);
        }
    };
    let typed = move |event: leptos::ev::Event| {
        half::with_field(&event, |name, form| {
            if search.scope.has_issue_untracked(name) {
                search.scope.recheck(name, &(searching.find)(&form.entries(F::FIELDS)));
            }
        });
        let (Some(pause), turn) = (debounce, searching.pause()) else { return };
        half::after(pause, move || {
            let is_last = searching.turn.try_get_value() == Some(turn);
            let form = form.try_get_untracked().flatten().filter(|_| is_last);
            if let Some(asked) = form.and_then(|form| half::asked_by(&form)) {
                searching.begin(&asked, true, navigate);
            }
        });
    };
    let click = |event: leptos::ev::MouseEvent| {
        half::note_click(event.ctrl_key() || event.meta_key() || event.shift_key());
    };
    let status = FormStatus { scope: search.scope, fields: F::FIELDS };
    let content = erased(view! {
        <FormMessage scope=search.scope/>
        <Provider value=status>{children.build()}</Provider>
    });
    view! {
        // `autocomplete`: going back, a browser would put in what was entered when the page was left,
        // and not what was searched for.
        <form
            method="get"
            autocomplete="off"
            action=action
            role="search"
            node_ref=form
            on:submit=submit
            on:click=click
            on:input=typed
        >
            {content}
        </form>
    }
}

/// A search form on the page, whatever its fields.
#[derive(Clone, Copy)]
struct Searching {
    scope: Scope,
    query: Memo<String>,
    asked: StoredValue<Option<String>>,
    /// The query string that typing has led to: the next one takes its place in the history.
    typing: StoredValue<Option<String>>,
    /// Counts what may begin a search: only the latest does.
    turn: StoredValue<u64>,
    /// What is wrong with the form.
    find: fn(&Entries) -> Issues,
}

impl Searching {
    /// While the form is on the page, it can be put back, and says itself what is wrong with it.
    fn follow(self, form: NodeRef<leptos::html::Form>) {
        Effect::new(move |_| {
            let Some(form) = form.get() else { return };
            form.set_no_validate(true);
            let form = form.clone();
            self.scope.on_page(Some(OnPage::new(|| false, |_| false, move || half::reset(&form))));
        });
    }

    /// What was about to begin does not.
    fn pause(self) -> u64 {
        self.turn.update_value(|turn| *turn += 1);
        self.turn.get_value()
    }

    fn begin(self, asked: &Asked, typed: bool, navigate: impl Fn(&str, NavigateOptions)) {
        let issues = (self.find)(&asked.entries);
        if !issues.is_empty() {
            self.scope.refuse(&asked.entries, issues);
            if !typed {
                asked.focus_first_invalid();
            }
            return;
        }
        let to = address(&asked.path, &asked.entries);
        if half::is_here(&to) {
            self.scope.show_sound();
            if !typed {
                half::read_again();
            }
            return;
        }
        if !asked.set_out(&to) {
            return;
        }
        let query = to.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default();
        // Typing is one step of the history, however many searches it takes.
        let last = self.typing.get_value();
        let replace =
            typed && last.is_some_and(|last| self.query.with_untracked(|now| *now == last));
        self.typing.set_value(typed.then(|| query.clone()));
        self.asked.set_value(Some(query));
        self.scope.show_sound();
        let scroll = asked.is_elsewhere();
        navigate(&to, NavigateOptions { replace, scroll, ..NavigateOptions::default() });
    }
}
