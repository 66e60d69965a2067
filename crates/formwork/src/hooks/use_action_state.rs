//! The state of an action on a page: its last outcome, whether it is pending, and how to run it.

use std::{
    cell::RefCell,
    collections::HashMap,
    fmt::Display,
    marker::PhantomData,
    rc::Rc,
    sync::{Arc, Weak},
};

use formwork_core::{
    Action, Entries, Form, Observer, PublicError, Shape, Target,
    wire::{self, Outcome},
};
use leptos::prelude::*;
use send_wrapper::SendWrapper;

use crate::{
    field::{FieldScope, FormFields},
    half, root,
};

/// The state of an action, shared by every component that asks for the same action and key.
///
/// ```ignore
/// let form = use_action_state(AddComment);
/// view! {
///     <Form state=form> … </Form>
///     <Show when=move || form.value().is_some()>"Posted."</Show>
/// }
/// ```
///
/// It takes the action itself, or the [`BoundAction`](crate::BoundAction) that a query handed out.
pub fn use_action_state<T: Target>(target: T) -> ActionState<T::Action> {
    ActionState::of(target.key().to_owned(), target.sealed().map(str::to_owned))
}

/// A handle to the state of an action; see [`use_action_state`].
pub struct ActionState<A> {
    scope: Scope,
    action: PhantomData<fn() -> A>,
}

impl<A> Clone for ActionState<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for ActionState<A> {}

impl<A: Action> ActionState<A> {
    fn of(form: String, bound: Option<String>) -> Self {
        let cell = cell(A::ID, form, bound);
        ActionState { scope: Scope(StoredValue::new(cell)), action: PhantomData }
    }

    /// The state of one of several forms of this action on a page, such as the rows of a list: only
    /// the form that was submitted shows its issues.
    pub fn keyed(self, key: impl Display) -> Self {
        let cell = self.scope.cell();
        let form = match &cell.bound {
            Some(_) => format!("{}{}{key}", cell.form, wire::KEYED),
            None => key.to_string(),
        };
        Self::of(form, cell.bound.clone())
    }

    /// The value of the last run, if it succeeded; reactive.
    pub fn value(self) -> Option<A::Output> {
        let outcome = self.scope.outcome()?;
        // A value of another build's type is as none: the outcome still counts.
        outcome.value.as_ref().and_then(|value| wire::decode(value.get()))
    }

    /// Whether the last run succeeded; reactive.
    pub fn succeeded(self) -> bool {
        self.scope.outcome().is_some_and(|outcome| outcome.is_success())
    }

    /// All issues of the last run; reactive.
    pub fn issues(self) -> formwork_core::Issues {
        self.scope.outcome().map(|outcome| outcome.issues.clone()).unwrap_or_default()
    }

    /// Why the last run was refused or failed; reactive.
    pub fn error(self) -> Option<PublicError> {
        self.scope.outcome()?.error.clone()
    }

    /// From the submission until everything it changed is on screen; reactive.
    pub fn pending(self) -> bool {
        self.scope.pending()
    }

    /// Whether the connection failed before an answer came; [`retry`](ActionState::retry) sends the
    /// same submission again. Reactive.
    pub fn interrupted(self) -> bool {
        self.scope.interrupted()
    }

    /// Sends an interrupted submission again, as it was.
    pub fn retry(self) {
        self.scope.retry();
    }

    /// Runs the action from an event handler rather than from a form. It waits for the submissions
    /// before it.
    pub fn dispatch(self, form: &A::Form) {
        // From a timer, say, after the component has gone: then there is nobody to act for.
        let Some(cell) = self.scope.try_cell() else { return };
        let mut entries = Entries::default();
        for (name, value) in cell.entries(A::ID, A::SHAPE) {
            entries.push(name, value);
        }
        entries.push(wire::SUBMISSION, half::submission_id());
        form.write(&mut entries);
        half::dispatch(
            &entries,
            Rc::new(CellObserver { cell: Arc::downgrade(&cell), reset: None }),
        );
    }

    pub(crate) fn scope(self) -> Scope {
        self.scope
    }
}

impl<A: Action> ActionState<A>
where
    A::Form: FormFields,
{
    /// The fields of the form, by name.
    pub fn fields(self) -> <A::Form as FormFields>::Fields {
        A::Form::fields(FieldScope(self.scope))
    }
}

/// The state behind every handle to one action and key.
pub(crate) struct Cell {
    pub(crate) form: String,
    /// The values that the server bound to the action, sealed.
    pub(crate) bound: Option<String>,
    /// What the visitor had entered, after a failed submission without JavaScript, until the form
    /// is reset.
    kept: ArcRwSignal<Vec<(String, String)>>,
    outcome: ArcRwSignal<Option<Arc<Outcome>>>,
    in_flight: ArcRwSignal<usize>,
    retry: ArcRwSignal<Option<Retry>>,
    submission: ArcRwSignal<String>,
}

type Retry = Arc<SendWrapper<Box<dyn Fn()>>>;

impl Cell {
    fn new(action: &str, form: String, bound: Option<String>) -> Self {
        let posted = half::posted().filter(|posted| posted.action == action && posted.form == form);
        let (outcome, kept) = match posted {
            Some(posted) => (Some(Arc::new(posted.outcome)), posted.kept),
            None => (None, Vec::new()),
        };
        Cell {
            form,
            bound,
            kept: ArcRwSignal::new(kept),
            outcome: ArcRwSignal::new(outcome),
            in_flight: ArcRwSignal::new(0),
            retry: ArcRwSignal::new(None),
            submission: ArcRwSignal::new(half::submission_id()),
        }
    }

    /// The hidden fields of its form, except for the submission's id.
    pub(crate) fn entries(&self, action: &str, shape: Shape) -> Vec<(&'static str, String)> {
        let mut entries = vec![(wire::ACTION, action.to_owned()), (wire::SHAPE, shape.to_string())];
        if !self.form.is_empty() {
            entries.push((wire::FORM, self.form.clone()));
        }
        entries.extend(self.bound.clone().map(|bound| (wire::BOUND, bound)));
        entries
    }

    fn retry_now(&self) {
        if let Some(retry) = self.retry.get_untracked() {
            self.retry.set(None);
            retry();
        }
    }
}

/// What tells a cell of a submission's turns.
///
/// It holds the cell no longer than its components do: an interrupted submission, which the cell
/// keeps for a retry, would otherwise keep the cell, and follow the visitor to another page.
struct CellObserver {
    cell: Weak<Cell>,
    /// The cell of the form that a success resets.
    reset: Option<Weak<Cell>>,
}

impl CellObserver {
    fn with(&self, tell: impl FnOnce(&Cell)) {
        if let Some(cell) = self.cell.upgrade() {
            tell(&cell);
        }
    }
}

impl Observer for CellObserver {
    fn started(&self) {
        self.with(|cell| {
            cell.retry.set(None);
            cell.in_flight.update(|count| *count += 1);
        });
    }

    fn outcome(&self, outcome: Outcome) {
        if let Some(error) = outcome.error.clone().filter(|error| error.kind.replaces_page()) {
            root::show_page_error(Some(error));
        }
        if let Some(form) = self.reset.as_ref().filter(|_| outcome.is_success())
            && let Some(form) = form.upgrade()
        {
            // A reset returns to what the document said; what was kept is not to come back.
            form.kept.set(Vec::new());
        }
        self.with(|cell| {
            // What was sent has been answered: what is sent next is another submission.
            cell.submission.set(half::submission_id());
            cell.outcome.set(Some(Arc::new(outcome)));
        });
    }

    fn interrupted(&self, retry: Box<dyn Fn()>) {
        self.with(|cell| cell.retry.set(Some(Arc::new(SendWrapper::new(retry)))));
    }

    fn finished(&self) {
        self.with(|cell| cell.in_flight.update(|count| *count = count.saturating_sub(1)));
    }
}

thread_local! {
    /// In the browser, the cells that some component holds.
    static CELLS: RefCell<HashMap<(String, String), Weak<Cell>>> = RefCell::default();
}

fn cell(action: &str, form: String, bound: Option<String>) -> Arc<Cell> {
    if !half::IN_BROWSER {
        return Arc::new(Cell::new(action, form, bound));
    }
    let name = (action.to_owned(), form.clone());
    if let Some(cell) = CELLS.with_borrow(|cells| cells.get(&name).and_then(Weak::upgrade)) {
        return cell;
    }
    let cell = Arc::new(Cell::new(action, form, bound));
    CELLS.with_borrow_mut(|cells| {
        cells.retain(|_, cell| cell.strong_count() > 0);
        cells.insert(name, Arc::downgrade(&cell));
    });
    cell
}

/// Who is told of a submission to this action and key: its own cell, or `form`'s when no component
/// asked for that action's state. `reset`: a success resets the form.
pub(crate) fn observer_of(
    action: &str,
    key: &str,
    form: Arc<Cell>,
    reset: bool,
) -> Rc<dyn Observer> {
    let name = (action.to_owned(), key.to_owned());
    let named = CELLS.with_borrow(|cells| cells.get(&name).and_then(Weak::upgrade));
    let cell = named.unwrap_or_else(|| Arc::clone(&form));
    let reset = reset.then(|| Arc::downgrade(&form));
    Rc::new(CellObserver { cell: Arc::downgrade(&cell), reset })
}

/// Forgets what every form on the page came to: the visitor is elsewhere, and a form that stands
/// there, too, is another one.
pub(crate) fn forget_outcomes() {
    let cells: Vec<_> =
        CELLS.with_borrow(|cells| cells.values().filter_map(Weak::upgrade).collect());
    for cell in cells {
        cell.retry.set(None);
        cell.outcome.set(None);
    }
}

/// A form on the page: its cell, to be read reactively.
#[derive(Clone, Copy)]
pub(crate) struct Scope(StoredValue<Arc<Cell>>);

impl Scope {
    pub(crate) fn cell(self) -> Arc<Cell> {
        self.0.get_value()
    }

    fn try_cell(self) -> Option<Arc<Cell>> {
        self.0.try_get_value()
    }

    /// Reads the cell, if the page still has the form. While another page takes its place, effects
    /// that belong to the form run once more: for them there is nothing.
    fn read<T: Default>(self, read: impl FnOnce(&Cell) -> T) -> T {
        self.0.try_get_value().map(|cell| read(&cell)).unwrap_or_default()
    }

    pub(crate) fn id_of(self, name: &str) -> String {
        self.read(|cell| {
            if cell.form.is_empty() { name.to_owned() } else { format!("{name}-{}", cell.form) }
        })
    }

    pub(crate) fn kept(self, name: &str) -> Option<String> {
        self.read(|cell| {
            cell.kept.with(|kept| {
                kept.iter().rev().find(|(n, _)| n == name).map(|(_, value)| value.clone())
            })
        })
    }

    pub(crate) fn outcome(self) -> Option<Arc<Outcome>> {
        self.read(|cell| cell.outcome.get())
    }

    pub(crate) fn pending(self) -> bool {
        self.read(|cell| cell.in_flight.get() > 0)
    }

    pub(crate) fn interrupted(self) -> bool {
        self.read(|cell| cell.retry.with(Option::is_some))
    }

    pub(crate) fn retry(self) {
        self.read(Cell::retry_now);
    }

    pub(crate) fn submission(self) -> String {
        self.read(|cell| cell.submission.get())
    }

    pub(crate) fn issues_at(self, name: &str) -> Vec<String> {
        let outcome = self.outcome();
        let issues = outcome.iter().flat_map(|outcome| outcome.issues.at(name));
        issues.map(|issue| issue.message.clone()).collect()
    }

    pub(crate) fn has_issue(self, name: &str) -> bool {
        self.outcome().is_some_and(|outcome| outcome.issues.has(name))
    }
}
