//! The state of an action on a page: its last outcome, whether it is pending, and how to run it.

use std::{
    cell::RefCell,
    collections::{HashMap, VecDeque},
    fmt::Display,
    marker::PhantomData,
    rc::Rc,
    sync::{
        Arc, Mutex, OnceLock, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
};

use formwork_core::{
    Action, ActionError, Carried, Draft, Entries, FieldSpec, Form, Issues, Layer, Lookup, Observer,
    Order, Posted, Progress, PublicError, QueryKey, RowChange, Shape, Steps, Streaming, Target,
    UsedKeys, carry, path, step_of,
    wire::{self, AtStep, Outcome},
};
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use serde::de::DeserializeOwned;

use super::steps::{self, StepState};
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

/// As many reports of a run are kept.
const MOST_REPORTS: usize = 1_000;

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
        let cell = cell(Declared::of::<A>(), form, bound);
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

    /// What is wrong with the form, as far as it isn't mended yet: of the last run, and of what was
    /// found before one; reactive.
    pub fn issues(self) -> Issues {
        self.scope.issues()
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

    /// Whether a submission waits for a connection: it is sent by itself when there is one again.
    /// Reactive.
    pub fn is_offline(self) -> bool {
        self.scope.offline()
    }

    /// Sends an interrupted submission again, as it was.
    pub fn retry(self) {
        self.scope.retry();
    }

    /// How much of its files has been sent, while they are; reactive. Without JavaScript the browser
    /// shows it.
    pub fn progress(self) -> Option<Progress> {
        self.scope.progress()
    }

    /// Breaks off the submission whose files are being sent: the server reads no further, nothing runs,
    /// and the form stays as it is. A streaming action that has begun to report is stopped. Then there is no
    /// [`value`](ActionState::value), also of the run before. It may have been done in that very moment: what is
    /// on screen is read again.
    pub fn cancel(self) {
        self.scope.cancel();
    }

    /// What the action has reported since it was sent last, in order, the last thousand at most; empty from the
    /// next submission on.
    /// Reactive: each shows as it comes. Without JavaScript nobody is told before the end.
    pub fn reports<R>(self) -> Vec<R>
    where
        A: Streaming<Report = R>,
        R: DeserializeOwned,
    {
        let read = |report: &Arc<str>| wire::decode(report);
        self.scope.reports(|reports| reports.iter().filter_map(read).collect())
    }

    /// The last of [`reports`](ActionState::reports); reactive.
    ///
    /// ```ignore
    /// let done = move || form.latest_report().map_or(0, |imported| imported.done);
    /// view! { <progress aria-label="Importing" value=done max=100></progress> }
    /// ```
    pub fn latest_report<R>(self) -> Option<R>
    where
        A: Streaming<Report = R>,
        R: DeserializeOwned,
    {
        self.scope.reports(|reports| wire::decode(reports.back()?))
    }

    /// Whether the form holds something that was not sent: a control that has been changed and not
    /// changed back, a row that was added, or what a failed submission has left in it. Reactive; without
    /// JavaScript nobody asks.
    ///
    /// ```ignore
    /// <button type="button" disabled=move || !form.is_dirty() on:click=move |_| form.reset()>
    ///     "Undo my changes"
    /// </button>
    /// ```
    pub fn is_dirty(self) -> bool {
        self.scope.is_dirty()
    }

    /// Puts the form back to what it began with, or to what was saved last: values, rows, issues and
    /// outcome. A `<button type="reset">` does the same, without JavaScript as far as a browser can. That a
    /// form says `reset=false` is about what a success does by itself, not about this.
    pub fn reset(self) {
        self.scope.reset();
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
        if cell.declared.steps.is_some() {
            entries.push(wire::STEP, wire::ALL_STEPS);
        }
        form.write("", &mut entries);
        half::dispatch(&entries, Rc::new(CellObserver::new(&cell, None)));
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
        A::Form::fields(FieldScope::new(self.scope, None))
    }

    /// As [`fields`](ActionState::fields), with these values until the visitor has entered others.
    pub fn fields_from(self, initial: &A::Form) -> <A::Form as FormFields>::Fields {
        let mut entries = Entries::default();
        initial.write("", &mut entries);
        A::Form::fields(FieldScope::new(self.scope, Some(entries)))
    }
}

/// What an action's declaration says, whatever its types.
#[derive(Clone, Copy)]
struct Declared {
    id: &'static str,
    was: &'static [&'static str],
    fields: &'static [FieldSpec],
    steps: Option<InSteps>,
    order: Order,
}

/// What a form in steps needs besides: functions, so that a client without one does not have them.
#[derive(Clone, Copy)]
struct InSteps {
    steps: Steps,
    shape: Shape,
    settle: fn(&Cell, &AtStep, bool),
    restart: fn(&Cell, Steps),
    follow: fn(&Arc<Cell>),
}

impl InSteps {
    const fn of(steps: Option<Steps>, shape: Shape) -> Option<Self> {
        match steps {
            Some(steps) => Some(InSteps {
                steps,
                shape,
                settle: Cell::settle_step,
                restart: Cell::restart_steps,
                follow: follow_steps,
            }),
            None => None,
        }
    }
}

impl Declared {
    /// Of a form that runs none.
    const fn without_action(fields: &'static [FieldSpec]) -> Self {
        Declared { id: "", was: &[], fields, steps: None, order: Order::Queued }
    }

    fn of<A: Action>() -> Self {
        Declared {
            id: A::ID,
            was: A::WAS,
            fields: <A::Form as Form>::FIELDS,
            steps: const { InSteps::of(<A::Form as Form>::STEPS, A::SHAPE) },
            order: A::ORDER,
        }
    }
}

/// The state behind every handle to one action and key.
pub(crate) struct Cell {
    declared: Declared,
    pub(crate) form: String,
    /// The values that the server bound to the action, sealed.
    pub(crate) bound: Option<String>,
    /// What the visitor had entered, after a failed submission without JavaScript, until the form
    /// is reset. That nothing was is not the same as `None`: boxes that were all unticked stay so.
    kept: ArcRwSignal<Option<Vec<(String, String)>>>,
    /// What the form begins with since a success did not empty it.
    saved: ArcRwSignal<Option<Vec<(String, String)>>>,
    /// What was sent, or was to be, and not accepted.
    refused: ArcRwSignal<Option<Vec<(String, String)>>>,
    /// Whether what is kept was not accepted.
    is_kept_unsent: AtomicBool,
    is_dirty: ArcRwSignal<bool>,
    /// The form's element, as far as it can be asked from here.
    on_page: ArcRwSignal<Option<OnPage>>,
    /// Of what was entered on a page of another build, what this form has no field for.
    left: ArcRwSignal<Vec<(String, String)>>,
    outcome: ArcRwSignal<Option<Arc<Outcome>>>,
    /// Those of the outcome at first; they go as they are mended.
    issues: ArcRwSignal<Issues>,
    /// Those that the form's own rules had at last, before it was sent.
    found: ArcRwSignal<Issues>,
    /// Of a form in steps.
    pub(super) steps: Option<StepState>,
    /// The keys of the lists that are on the page.
    rows: RowKeys,
    in_flight: ArcRwSignal<usize>,
    retry: ArcRwSignal<Option<Retry>>,
    /// While files are sent.
    progress: ArcRwSignal<Option<Progress>>,
    cancel: ArcRwSignal<Option<Retry>>,
    /// Of a streaming action: what its last run has reported.
    reports: OnceLock<ArcRwSignal<VecDeque<Arc<str>>>>,
    submission: ArcRwSignal<String>,
    /// What its next submission is sent in place of; see [`wire::AGAIN`].
    again: ArcRwSignal<String>,
    /// Whether one of its submissions waits for a connection.
    offline: ArcRwSignal<bool>,
    /// What its submissions are expected to change; see [`use_optimistic`](crate::use_optimistic).
    expectations: Expectations,
}

/// Each with a number, to be taken away with its component.
/// Empty on the server, whose threads share no such thing.
type Expectations = OnceLock<SendWrapper<RefCell<Vec<(usize, Expectation)>>>>;
/// From what is sent to the layer over a query's value, and to who is told of the outcome.
pub(crate) type Expectation = Rc<dyn Fn(&Entries) -> Option<Expected>>;

pub(crate) struct Expected {
    pub(crate) key: QueryKey,
    pub(crate) layer: Layer,
    /// Called with the outcome of a success.
    pub(crate) succeeded: Succeeded,
}

type Succeeded = Box<dyn Fn(&Outcome)>;

type Retry = Arc<SendWrapper<Box<dyn Fn()>>>;

/// A form on the page: whether something in it was changed, and how it is put back.
#[derive(Clone)]
pub(crate) struct OnPage(Arc<SendWrapper<Element>>);

struct Element {
    is_touched: Box<dyn Fn() -> bool>,
    holds_other: Box<HoldsOther>,
    reset: Box<dyn Fn()>,
}

/// Whether something else than these names and values was entered.
type HoldsOther = dyn Fn(&[(String, String)]) -> bool;

impl OnPage {
    pub(crate) fn new(
        is_touched: impl Fn() -> bool + 'static,
        holds_other: impl Fn(&[(String, String)]) -> bool + 'static,
        reset: impl Fn() + 'static,
    ) -> Self {
        let element = Element {
            is_touched: Box::new(is_touched),
            holds_other: Box::new(holds_other),
            reset: Box::new(reset),
        };
        OnPage(Arc::new(SendWrapper::new(element)))
    }
}

impl Cell {
    fn new(declared: Declared, form: String, bound: Option<String>) -> Self {
        let posted =
            half::posted().filter(|posted| posted.action == declared.id && !declared.id.is_empty());
        // Which form it was whose values can't be read any more is not known: it may have been this one.
        let may_be_ours = |posted: &&Posted| posted.form == form || posted.form.is_empty();
        let again = posted.as_ref().filter(may_be_ours).map(|posted| posted.again.clone());
        let again = again.unwrap_or_default();
        let posted = posted.filter(|posted| posted.form == form);
        let known = posted.as_ref().map(|posted| posted.submission.clone());
        let (outcome, kept, left) = match posted {
            Some(posted) => (Some(Arc::new(posted.outcome)), posted.kept, posted.left),
            None => (None, None, Vec::new()),
        };
        let known = known.filter(|id| !id.is_empty()).unwrap_or_else(half::submission_id);
        let issues = outcome.as_ref().map(|outcome| outcome.issues.clone()).unwrap_or_default();
        let step = outcome.as_ref().and_then(|outcome| outcome.step.as_ref());
        let steps = declared.steps.map(|of| StepState::new(declared.fields, of.steps, step));
        // A form without fields holds nothing.
        let is_kept = kept.is_some() && !declared.fields.is_empty();
        Cell {
            declared,
            form,
            bound,
            refused: ArcRwSignal::new(kept.clone()),
            is_kept_unsent: AtomicBool::new(is_kept),
            is_dirty: ArcRwSignal::new(is_kept),
            on_page: ArcRwSignal::new(None),
            kept: ArcRwSignal::new(kept),
            saved: ArcRwSignal::new(None),
            left: ArcRwSignal::new(left),
            outcome: ArcRwSignal::new(outcome),
            issues: ArcRwSignal::new(issues),
            found: ArcRwSignal::default(),
            steps,
            rows: RowKeys::default(),
            in_flight: ArcRwSignal::new(0),
            retry: ArcRwSignal::new(None),
            progress: ArcRwSignal::new(None),
            cancel: ArcRwSignal::new(None),
            reports: OnceLock::new(),
            submission: ArcRwSignal::new(known),
            again: ArcRwSignal::new(again),
            offline: ArcRwSignal::new(false),
            expectations: OnceLock::new(),
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

    /// What was sent has been accepted. `emptied`: the form begins anew; else it begins with that.
    fn accept(&self, sent: Vec<(String, String)>, emptied: bool) {
        self.is_kept_unsent.store(false, Ordering::Relaxed);
        self.refused.set(None);
        if emptied {
            self.saved.set(None);
            self.restart();
        } else {
            // Of a form in steps this is the last one alone.
            self.saved.set(self.steps.is_none().then(|| sent.clone()));
            self.kept.set(Some(sent));
            self.rows.settle();
        }
        // What was typed since then is found when the controls have their attributes.
        self.is_dirty.set(false);
    }

    /// Finds out whether the form holds something that was not sent.
    fn judge(&self) {
        let touched = self.on_page.get_untracked().is_some_and(|page| (page.0.is_touched)());
        let unsent = self.is_kept_unsent.load(Ordering::Relaxed);
        let dirty = unsent || touched || self.rows.are_changed();
        if self.is_dirty.get_untracked() != dirty {
            self.is_dirty.set(dirty);
        }
    }

    /// As it began.
    fn reset(&self) {
        self.is_kept_unsent.store(false, Ordering::Relaxed);
        self.restart();
        self.refused.set(None);
        self.left.set(Vec::new());
        self.issues.set(Issues::default());
        self.outcome.set(None);
    }

    /// What became of a submission, or of the check before one.
    fn settle(&self, outcome: Outcome, by_history: bool) {
        self.found.set(Issues::default());
        self.issues.set(outcome.issues.clone());
        if let (Some(InSteps { settle, .. }), Some(told)) = (self.declared.steps, &outcome.step) {
            settle(self, told, by_history);
        }
        self.outcome.set(Some(Arc::new(outcome)));
    }

    /// A reset returns to what the document said, or to what was saved since; what was kept besides is not
    /// to come back.
    fn restart(&self) {
        self.kept.set(self.saved.get_untracked());
        self.rows.reset();
        if let Some(InSteps { steps, restart, .. }) = self.declared.steps {
            restart(self, steps);
        }
    }

    /// Where the server says that the visitor is.
    fn settle_step(&self, told: &AtStep, by_history: bool) {
        if let Some(kept) = &told.kept {
            self.rows.take(&Lookup::new(&kept.iter().cloned().collect()));
            self.kept.set(Some(kept.clone()));
        }
        if let Some(steps) = &self.steps {
            let before = steps.take(told).filter(|_| !by_history);
            steps.note_in_history(self.declared.id, &self.form, before);
        }
    }

    fn restart_steps(&self, of_form: Steps) {
        if let Some(steps) = &self.steps {
            steps.restart(of_form);
            steps.note_in_history(self.declared.id, &self.form, None);
        }
    }

    fn reports(&self) -> &ArcRwSignal<VecDeque<Arc<str>>> {
        self.reports.get_or_init(ArcRwSignal::default)
    }

    fn expected(&self, entries: &Entries) -> Vec<Expected> {
        let expectations = self.expectations.get().map(|all| all.borrow().clone());
        expectations.iter().flatten().filter_map(|(_, expect)| expect(entries)).collect()
    }

    /// Expects this of every submission, until the component that does so has gone.
    pub(crate) fn add_expectation(&self, number: usize, expectation: Expectation) {
        let all = self.expectations.get_or_init(|| SendWrapper::new(RefCell::default()));
        all.borrow_mut().push((number, expectation));
    }

    pub(crate) fn remove_expectation(&self, number: usize) {
        if let Some(all) = self.expectations.get() {
            all.borrow_mut().retain(|(own, _)| *own != number);
        }
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
    /// The form that it was sent from.
    form: Option<SentFrom>,
    order: Order,
    /// Whether it follows a move in the browser's history, instead of being one.
    by_history: bool,
    /// Who waits for this submission's success.
    expected: RefCell<Vec<Succeeded>>,
}

/// A form that sends something.
pub(crate) struct SentFrom {
    cell: Weak<Cell>,
    /// What, without secrets.
    sent: Vec<(String, String)>,
    /// Whether a success empties it.
    emptied: bool,
}

impl SentFrom {
    pub(crate) fn new(form: &Arc<Cell>, sent: &Entries, emptied: bool) -> Self {
        let is_secret = |name: &str| formwork_core::is_secret(form.declared.fields, name);
        SentFrom { cell: Arc::downgrade(form), sent: sent.kept(is_secret), emptied }
    }
}

impl CellObserver {
    fn new(cell: &Arc<Cell>, form: Option<SentFrom>) -> Self {
        let order = cell.declared.order;
        let (cell, by_history) = (Arc::downgrade(cell), false);
        CellObserver { cell, form, order, by_history, expected: RefCell::default() }
    }

    fn by_history(cell: &Arc<Cell>) -> Rc<dyn Observer> {
        Rc::new(CellObserver { by_history: true, ..CellObserver::new(cell, None) })
    }

    fn with(&self, tell: impl FnOnce(&Cell)) {
        if let Some(cell) = self.cell.upgrade() {
            tell(&cell);
        }
    }
}

impl Observer for CellObserver {
    fn order(&self) -> Order {
        self.order
    }

    fn is_there(&self) -> bool {
        self.cell.strong_count() > 0
    }

    fn expect(&self, entries: &Entries) -> Vec<(QueryKey, Layer)> {
        let Some(cell) = self.cell.upgrade() else { return Vec::new() };
        let expected = cell.expected(entries);
        let (layers, succeeded) =
            expected.into_iter().map(|it| ((it.key, it.layer), it.succeeded)).unzip();
        self.expected.replace(succeeded);
        layers
    }

    fn started(&self) {
        self.with(|cell| {
            cell.retry.set(None);
            if let Some(reports) = cell.reports.get() {
                reports.set(VecDeque::new());
            }
            cell.in_flight.update(|count| *count += 1);
        });
    }

    fn outcome(&self, outcome: Outcome) {
        if let Some(error) = outcome.error.clone().filter(|error| error.kind.replaces_page()) {
            root::show_page_error(Some(error));
        }
        if let Some(SentFrom { cell, sent, emptied }) = &self.form
            && let Some(form) = cell.upgrade()
        {
            if outcome.is_success() {
                form.accept(sent.clone(), *emptied);
            } else if outcome.error.is_some() {
                form.refused.set(Some(sent.clone()));
            }
        }
        if outcome.is_success() {
            for succeeded in self.expected.take() {
                succeeded(&outcome);
            }
        }
        self.with(|cell| {
            if outcome.is_success() {
                cell.left.set(Vec::new());
            }
            // What was sent has been answered: what is sent next is another submission. But where nobody
            // can tell whether it is done, it is the same if it is sent as it was.
            if !outcome.error.as_ref().is_some_and(|error| error.kind.is_unsure()) {
                cell.submission.set(half::submission_id());
                if !outcome.again {
                    cell.again.set(String::new());
                }
            }
            cell.settle(outcome, self.by_history);
        });
    }

    fn offline(&self, waits: bool) {
        self.with(|cell| cell.offline.set(waits));
    }

    fn interrupted(&self, retry: Box<dyn Fn()>) {
        self.with(|cell| cell.retry.set(Some(Arc::new(SendWrapper::new(retry)))));
    }

    fn cancellable(&self, cancel: Box<dyn Fn()>) {
        self.with(|cell| cell.cancel.set(Some(Arc::new(SendWrapper::new(cancel)))));
    }

    fn cancelled(&self) {
        // What the one before it came to is not to be taken for what came of this one.
        self.with(|cell| cell.outcome.set(None));
    }

    fn report(&self, report: Box<str>, is_first: bool) {
        self.with(|cell| {
            cell.reports().update(|reports| {
                if is_first {
                    reports.clear();
                }
                if reports.len() == MOST_REPORTS {
                    reports.pop_front();
                }
                reports.push_back(report.into());
            });
        });
    }

    fn progress(&self, progress: Progress) {
        self.with(|cell| cell.progress.set(Some(progress)));
    }

    fn finished(&self) {
        self.with(|cell| {
            cell.progress.set(None);
            cell.cancel.set(None);
        });
        self.with(|cell| cell.in_flight.update(|count| *count = count.saturating_sub(1)));
    }
}

thread_local! {
    /// In the browser, the cells that some component holds.
    static CELLS: RefCell<HashMap<(String, String), Weak<Cell>>> = RefCell::default();
}

fn cell(declared: Declared, form: String, bound: Option<String>) -> Arc<Cell> {
    if !half::IN_BROWSER {
        return Arc::new(Cell::new(declared, form, bound));
    }
    let name = (declared.id.to_owned(), form.clone());
    let known = CELLS.with_borrow(|cells| cells.get(&name).and_then(Weak::upgrade));
    let cell = known.unwrap_or_else(|| {
        let cell = Arc::new(Cell::new(declared, form, bound));
        CELLS.with_borrow_mut(|cells| {
            cells.retain(|_, cell| cell.strong_count() > 0);
            cells.insert(name, Arc::downgrade(&cell));
        });
        cell
    });
    if let Some(InSteps { follow, .. }) = declared.steps {
        follow(&cell);
    }
    // What stands in a `Suspend` is made anew when its query's value changes: the components go, and
    // a moment later they come back. The cell, with what the form came to, waits for them.
    on_cleanup({
        let cell = Arc::clone(&cell);
        move || half::later(|| drop(cell))
    });
    cell
}

/// Goes on with a form in steps where the browser's history says that it was, and follows that.
fn follow_steps(cell: &Arc<Cell>) {
    thread_local! {
        static FOLLOWED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
    }
    if !FOLLOWED.replace(true) {
        half::on_history(|| {
            let cells: Vec<_> =
                CELLS.with_borrow(|cells| cells.values().filter_map(Weak::upgrade).collect());
            cells.iter().for_each(go_with_history);
        });
    }
    let cell = Arc::downgrade(cell);
    half::later(move || {
        if let Some(cell) = cell.upgrade() {
            resume_steps(&cell);
        }
    });
}

/// To the step of this entry of the history, with what is typed now; if the page was loaded anew since,
/// with what was answered then.
fn go_with_history(cell: &Arc<Cell>) {
    let (Some(steps), id) = (&cell.steps, cell.declared.id) else { return };
    let Some((step, sealed)) = half::step_in_history(id, &cell.form) else { return };
    if !sealed.is_empty() && steps.sealed().is_empty() {
        resume_steps(cell);
    } else if step != steps.name() {
        half::go_to_step(id, &cell.form, &step, CellObserver::by_history(cell));
    }
}

/// The page was loaded anew, or has been come back to: the server shows what was answered.
fn resume_steps(cell: &Arc<Cell>) {
    let Declared { id, steps: Some(InSteps { shape, .. }), .. } = cell.declared else { return };
    let Some(steps) = &cell.steps else { return };
    let Some((step, sealed)) = half::step_in_history(id, &cell.form) else { return };
    if sealed.is_empty() || !steps.sealed().is_empty() {
        return;
    }
    let hidden = cell.entries(id, shape).into_iter();
    let mut entries: Entries = hidden.map(|(name, value)| (name.to_owned(), value)).collect();
    // What was typed in it, if the framework itself has loaded the page.
    for (name, value) in cell.kept.get_untracked().unwrap_or_default() {
        if step_of(&name) == step {
            entries.push(name, value);
        }
    }
    entries.push(wire::SUBMISSION, half::submission_id());
    entries.push(wire::STEPS, sealed);
    entries.push(wire::STEP, format!("{}{step}", wire::AS_ANSWERED));
    half::dispatch(&entries, CellObserver::by_history(cell));
}

/// Who is told of a submission to this action and key: its own cell, or `form`'s when no component
/// asked for that action's state. `emptied`: a success resets the form.
pub(crate) fn observer_of(
    action: &str,
    key: &str,
    form: Arc<Cell>,
    sent: &Entries,
    emptied: bool,
) -> Rc<dyn Observer> {
    let name = (action.to_owned(), key.to_owned());
    let named = CELLS.with_borrow(|cells| cells.get(&name).and_then(Weak::upgrade));
    let cell = named.unwrap_or_else(|| Arc::clone(&form));
    Rc::new(CellObserver::new(&cell, Some(SentFrom::new(&form, sent, emptied))))
}

/// Fills in what was typed on this page before its document was loaded anew, or was sent from it and not
/// done. Answers what has no place on it any more.
pub(crate) fn restore(draft: Draft) -> Vec<(String, String)> {
    let cells: Vec<_> =
        CELLS.with_borrow(|cells| cells.values().filter_map(Weak::upgrade).collect());
    let is_meant = |cell: &&Arc<Cell>| {
        let Declared { id, was, .. } = cell.declared;
        cell.form == draft.form && (id == draft.action || was.contains(&&*draft.action))
    };
    let Some(cell) = cells.iter().find(is_meant) else { return draft.entries };
    // What this document answers was entered later, and knows what it is sent in place of.
    if cell.outcome.with_untracked(|told| told.as_ref().is_some_and(|told| !told.is_success())) {
        let kept = cell.kept.get_untracked().unwrap_or_default();
        return draft.entries.into_iter().filter(|entry| !kept.contains(entry)).collect();
    }
    // Nor does it take the place of what is being typed.
    let page = cell.on_page.get_untracked();
    if page.is_some_and(|page| (page.0.holds_other)(&draft.entries)) {
        return draft.entries;
    }
    let typed: Entries = draft.entries.into_iter().collect();
    let Carried { entries, left } =
        carry(&typed, cell.declared.fields, |_| false, |_| Issues::default());
    cell.rows.take(&Lookup::new(&entries));
    cell.kept.set(Some(pairs(&entries)));
    cell.is_kept_unsent.store(true, Ordering::Relaxed);
    cell.left.set(left);
    if !draft.submission.is_empty() {
        // It may be done, or on its way: sent again as it is, it is the same.
        cell.submission.set(draft.submission);
        cell.again.set(draft.again);
    }
    Vec::new()
}

fn values_of(entries: &[(String, String)], name: &str) -> Vec<String> {
    let named = entries.iter().filter(|(n, _)| n == name);
    named.map(|(_, value)| value.clone()).collect()
}

fn pairs(entries: &Entries) -> Vec<(String, String)> {
    entries.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Forgets what every form on the page came to: the visitor is elsewhere, and a form that stands
/// there, too, is another one.
pub(crate) fn forget_outcomes() {
    let cells: Vec<_> =
        CELLS.with_borrow(|cells| cells.values().filter_map(Weak::upgrade).collect());
    for cell in cells {
        cell.retry.set(None);
        cell.outcome.set(None);
        cell.issues.set(Issues::default());
        cell.left.set(Vec::new());
        cell.submission.set(half::submission_id());
        cell.again.set(String::new());
    }
}

/// A form on the page: its cell, to be read reactively.
#[derive(Clone, Copy)]
pub(crate) struct Scope(StoredValue<Arc<Cell>>);

impl Scope {
    /// Of a form that runs no action: what it holds is what the page's address says.
    pub(crate) fn without_action(fields: &'static [FieldSpec]) -> Self {
        let cell = Cell::new(Declared::without_action(fields), String::new(), None);
        Scope(StoredValue::new(Arc::new(cell)))
    }

    /// Shows these from now on, as what the form begins with, and what is wrong with them.
    pub(crate) fn show(self, entries: &Entries, issues: &Issues) {
        self.read(|cell| {
            // An address that says nothing is as none: what the form began with is shown.
            cell.kept.set((!entries.is_empty()).then(|| pairs(entries)));
            cell.issues.set(issues.clone());
            cell.outcome.set(None);
        });
    }

    pub(crate) fn cell(self) -> Arc<Cell> {
        self.0.get_value()
    }

    fn try_cell(self) -> Option<Arc<Cell>> {
        self.0.try_get_value()
    }

    /// Reads the cell, if the page still has the form. While another page takes its place, effects
    /// that belong to the form run once more: for them there is nothing.
    pub(super) fn read<T: Default>(self, read: impl FnOnce(&Cell) -> T) -> T {
        self.0.try_get_value().map(|cell| read(&cell)).unwrap_or_default()
    }

    fn progress(self) -> Option<Progress> {
        self.read(|cell| cell.progress.get())
    }

    fn reports<T: Default>(self, read: impl FnOnce(&VecDeque<Arc<str>>) -> T) -> T {
        self.read(|cell| cell.reports().with(|reports| read(reports)))
    }

    fn cancel(self) {
        if let Some(cancel) = self.read(|cell| cell.cancel.get_untracked()) {
            cancel();
        }
    }

    pub(crate) fn id_of(self, name: &str) -> String {
        self.read(|cell| {
            if cell.form.is_empty() { name.to_owned() } else { format!("{name}-{}", cell.form) }
        })
    }

    /// What the visitor had entered under this name: `None` if the form comes as it is.
    pub(crate) fn kept(self, name: &str) -> Option<Vec<String>> {
        self.read(|cell| {
            cell.kept.with(|kept| {
                let known = steps::known(cell.steps.is_some(), kept.as_deref(), name)?;
                Some(values_of(known, name))
            })
        })
    }

    /// What was sent under this name and not accepted.
    pub(crate) fn refused(self, name: &str) -> Option<Vec<String>> {
        self.read(|cell| cell.refused.with(|refused| Some(values_of(refused.as_deref()?, name))))
    }

    pub(crate) fn is_dirty(self) -> bool {
        self.read(|cell| cell.is_dirty.get())
    }

    pub(crate) fn is_dirty_untracked(self) -> bool {
        self.read(|cell| cell.is_dirty.get_untracked())
    }

    /// Finds out whether the form holds something that was not sent.
    pub(crate) fn judge(self) {
        self.read(Cell::judge);
    }

    /// Tracks what changes the form besides its visitor.
    pub(crate) fn track(self) {
        self.read(|cell| {
            cell.outcome.track();
            cell.kept.track();
        });
    }

    /// The form's element comes, or goes.
    pub(crate) fn on_page(self, page: Option<OnPage>) {
        self.read(|cell| {
            let gone = page.is_none();
            cell.on_page.set(page);
            if gone {
                cell.is_dirty.set(false);
            }
        });
    }

    /// Puts the form back, and then its element.
    pub(crate) fn reset(self) {
        self.read(Cell::reset);
        self.put_back();
    }

    /// Puts the form's element back to what its attributes say, once they do.
    pub(crate) fn put_back(self) {
        if let Some(page) = self.read(|cell| cell.on_page.get_untracked()) {
            half::later(move || (page.0.reset)());
        }
    }

    /// Nothing is wrong with the form.
    pub(crate) fn show_sound(self) {
        self.read(|cell| {
            cell.issues.set(Issues::default());
            cell.outcome.set(None);
        });
    }

    /// As [`reset`](Scope::reset), of which the element takes care itself.
    pub(crate) fn forget(self) {
        self.read(Cell::reset);
    }

    /// Whether the page that is rendered answers a submission that goes on here: at its first
    /// issue, or at the first control of a row that was added.
    pub(crate) fn goes_on_at(self, name: &str) -> bool {
        let outcome = if half::IN_BROWSER { None } else { self.outcome() };
        let Some(outcome) = outcome else { return false };
        if let Some(row) = &outcome.changed {
            let within = name.strip_prefix(row.as_str()).is_some_and(|rest| rest.starts_with('.'));
            return within && self.read(|cell| !cell.rows.gone_on.swap(true, Ordering::Relaxed));
        }
        let first = outcome.issues.iter().find(|issue| !issue.path.is_empty());
        first.is_some_and(|issue| issue.path == name)
    }

    /// The keys of a list; `initial` is asked for the first ones.
    pub(crate) fn row_keys(self, list: &str, initial: impl FnOnce() -> Vec<String>) -> Vec<String> {
        self.read(|cell| {
            let kept = cell.kept.with_untracked(|kept| {
                let known = steps::known(cell.steps.is_some(), kept.as_deref(), list)?;
                let entries: Entries = known.iter().cloned().collect();
                let keys = Lookup::new(&entries).keys(list).into_iter().map(str::to_owned);
                Some(keys.collect())
            });
            cell.rows.of(list, kept, initial).get()
        })
    }

    /// Changes the rows of a list, instantly; the row to go on with, or its list.
    pub(crate) fn change_rows(self, change: RowChange<'_>, row: &str) -> Option<String> {
        let cell = self.try_cell()?;
        let (keys, on) = cell.rows.change(change)?;
        let stays = keys.iter().any(|key| path::row(change.list(), key) == row);
        if row.ends_with(']') && !stays {
            cell.rows.forget_within(row);
            cell.issues.update(|issues| issues.remove_within(row));
        }
        Some(on)
    }

    pub(crate) fn issues(self) -> Issues {
        self.read(|cell| cell.issues.get())
    }

    /// What a check before a submission found.
    pub(crate) fn refuse(self, entries: &Entries, issues: Issues) {
        self.read(|cell| {
            let fields = cell.declared.fields;
            cell.refused.set(Some(entries.kept(|name| formwork_core::is_secret(fields, name))));
            let message = ActionError::from_issues(Issues::default()).public(None);
            cell.settle(Outcome::failed(message, issues.clone()), false);
            cell.found.set(issues);
        });
    }

    /// What a check of one field found, in place of what was said of it before.
    pub(crate) fn recheck(self, name: &str, found: &Issues) {
        self.read(|cell| {
            let changed = cell.issues.with_untracked(|issues| !issues.at(name).eq(found.at(name)));
            if changed {
                cell.issues.update(|issues| issues.replace(name, found.at(name).cloned()));
            }
        });
    }

    /// What a check found while something was entered in one field: what it said of others, too, may be
    /// mended by that. What the server alone said of these stays.
    pub(crate) fn recheck_all(self, name: &str, found: Issues) {
        let (issues, before) =
            self.read(|cell| (cell.issues.get_untracked(), cell.found.get_untracked()));
        for path in issues.iter().map(|issue| issue.path.as_str()) {
            if path == name || before.has(path) {
                self.recheck(path, &found);
            }
        }
        self.note(found);
    }

    /// What a check found at last.
    pub(crate) fn note(self, found: Issues) {
        self.read(|cell| cell.found.set(found));
    }

    /// See [`Cell`].
    pub(crate) fn left(self) -> Vec<(String, String)> {
        self.read(|cell| cell.left.get())
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

    pub(crate) fn offline(self) -> bool {
        self.read(|cell| cell.offline.get())
    }

    pub(crate) fn retry(self) {
        self.read(Cell::retry_now);
    }

    /// See [`Cell`].
    pub(crate) fn again(self) -> String {
        self.read(|cell| cell.again.get())
    }

    pub(crate) fn submission(self) -> String {
        self.read(|cell| cell.submission.get())
    }

    pub(crate) fn issues_at(self, name: &str) -> Vec<String> {
        self.read(|cell| {
            cell.issues.with(|issues| issues.at(name).map(|issue| issue.message.clone()).collect())
        })
    }

    pub(crate) fn has_issue(self, name: &str) -> bool {
        self.read(|cell| cell.issues.with(|issues| issues.has(name)))
    }

    pub(crate) fn has_issues_untracked(self) -> bool {
        self.read(|cell| cell.issues.with_untracked(|issues| !issues.is_empty()))
    }

    pub(crate) fn has_issue_untracked(self, name: &str) -> bool {
        self.read(|cell| cell.issues.with_untracked(|issues| issues.has(name)))
    }
}

/// The keys of lists, by the lists' names.
#[derive(Default)]
struct RowKeys {
    lists: Mutex<HashMap<String, Keys>>,
    /// While a page is rendered: whether a control has been given the focus.
    gone_on: AtomicBool,
}

struct Keys {
    now: ArcRwSignal<Vec<String>>,
    initial: Vec<String>,
    /// What is kept, and what the form began with, is known by these.
    used: UsedKeys,
}

impl RowKeys {
    fn of(
        &self,
        list: &str,
        kept: Option<Vec<String>>,
        initial: impl FnOnce() -> Vec<String>,
    ) -> ArcRwSignal<Vec<String>> {
        let initial = initial();
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = lists.entry(list.to_owned()).or_insert_with(|| {
            let now = kept.clone().unwrap_or_else(|| initial.clone());
            let (now, initial) = (ArcRwSignal::new(now), initial.clone());
            Keys { now, initial, used: UsedKeys::default() }
        });
        keys.used.note(&initial);
        keys.used.note(kept.as_deref().unwrap_or_default());
        keys.now.clone()
    }

    /// The keys of a list, changed, and what [`RowChange::apply`] says.
    fn change(&self, change: RowChange<'_>) -> Option<(Vec<String>, String)> {
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        let list = lists.get_mut(change.list())?;
        let mut keys = list.now.get_untracked();
        let on = change.apply(&mut keys, &mut list.used);
        let now = list.now.clone();
        drop(lists);
        now.set(keys.clone());
        Some((keys, on))
    }

    /// The lists within a row that is gone.
    fn forget_within(&self, row: &str) {
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        lists.retain(|list, _| !list.starts_with(row));
    }

    /// Those of these entries, for every list that is on the page.
    fn take(&self, entries: &Lookup<'_>) {
        let lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        let all: Vec<_> = lists.iter().map(|(name, k)| (name.clone(), k.now.clone())).collect();
        drop(lists);
        for (name, now) in all {
            self.note(&name, &now.get_untracked());
            now.set(entries.keys(&name).into_iter().map(str::to_owned).collect());
        }
    }

    fn note(&self, list: &str, keys: &[String]) {
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(list) = lists.get_mut(list) {
            list.used.note(keys);
        }
    }

    /// Whether there are others than there were.
    fn are_changed(&self) -> bool {
        let lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        lists.values().any(|keys| keys.now.with_untracked(|now| *now != keys.initial))
    }

    /// Those that there are now are those that the form begins with.
    fn settle(&self) {
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        for keys in lists.values_mut() {
            keys.initial = keys.now.get_untracked();
        }
    }

    /// As the form began.
    fn reset(&self) {
        let lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        let all: Vec<_> = lists.values().map(|k| (k.now.clone(), k.initial.clone())).collect();
        drop(lists);
        for (now, initial) in all {
            now.set(initial);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issues(pairs: &[(&str, &str)]) -> Issues {
        let mut issues = Issues::default();
        pairs.iter().for_each(|(path, message)| issues.push(*path, *message));
        issues
    }

    fn keys(keys: &[&str]) -> Vec<String> {
        keys.iter().map(|key| (*key).to_owned()).collect()
    }

    #[test]
    fn e6_what_a_change_mends_elsewhere_is_gone_and_what_the_server_said_there_stays() {
        Owner::new().with(|| {
            let scope = Scope::without_action(&[]);
            scope.refuse(&Entries::default(), issues(&[("new", "short"), ("again", "differs")]));
            scope.recheck_all("new", issues(&[("again", "differs")]));
            assert_eq!(scope.issues(), issues(&[("again", "differs")]));
            scope.recheck_all("new", Issues::default());
            assert_eq!(scope.issues(), Issues::default());

            scope.show(&Entries::default(), &issues(&[("name", "taken"), ("mail", "taken")]));
            scope.recheck_all("name", issues(&[("other", "not told yet")]));
            assert_eq!(scope.issues(), issues(&[("mail", "taken")]));
        });
    }

    #[test]
    fn a_reset_returns_to_what_was_saved_last_unless_a_success_empties_the_form() {
        let sent = |text: &str| vec![("name".to_owned(), text.to_owned())];
        Owner::new().with(|| {
            let scope = Scope::without_action(&[]);
            let cell = scope.cell();
            let shown = || scope.kept("name").and_then(|mut values| values.pop());
            scope.reset();
            assert_eq!(shown(), None);
            for text in ["one", "two"] {
                cell.accept(sent(text), false);
                scope.reset();
                assert_eq!(shown().as_deref(), Some(text));
            }
            cell.accept(sent("three"), true);
            assert_eq!(shown(), None);
            scope.reset();
            assert_eq!(shown(), None);
        });
    }

    #[test]
    fn s1_what_is_cancelled_came_to_nothing_also_not_to_what_the_run_before_it_did() {
        Owner::new().with(|| {
            let cell = Scope::without_action(&[]).cell();
            let observer = CellObserver::new(&cell, None);
            cell.outcome.set(Some(Arc::new(Outcome { status: 200, ..Outcome::default() })));
            observer.started();
            assert!(cell.outcome.get_untracked().is_some(), "until there is another");
            observer.cancelled();
            observer.finished();
            assert!(cell.outcome.get_untracked().is_none());
        });
    }

    #[test]
    fn s1_the_latest_reports_are_kept() {
        Owner::new().with(|| {
            let cell = Scope::without_action(&[]).cell();
            let observer = CellObserver::new(&cell, None);
            let most = MOST_REPORTS;
            for number in 0..most + 5 {
                observer.report(number.to_string().into(), number == 0);
            }
            let ends = cell
                .reports()
                .with_untracked(|kept| (kept.len(), kept.front().cloned(), kept.back().cloned()));
            let said = |number: usize| Some(Arc::from(number.to_string()));
            assert_eq!(ends, (most, said(5), said(most + 4)));
        });
    }

    #[test]
    fn n9_a_row_that_is_added_has_nothing_of_one_that_is_gone() {
        let rows = RowKeys::default();
        rows.of("p", Some(keys(&["r0", "r1"])), || keys(&["r0", "r7"]));
        rows.of("p[r1].q", None, || keys(&["r0"]));
        let change = |what| rows.change(RowChange::parse(what).expect("a change"));
        assert_eq!(change("remove p[r1]"), Some((keys(&["r0"]), "p[r0]".to_owned())));
        rows.forget_within("p[r1]");
        assert_eq!(change("add p[r1].q"), None);
        // What the form began with is known by its key as well.
        assert_eq!(change("add p"), Some((keys(&["r0", "r8"]), "p[r8]".to_owned())));
    }
}
