//! What a submission is expected to make of a query's value, shown before the server has answered.

use std::{
    cell::Cell,
    rc::Rc,
    sync::{Arc, RwLock, Weak},
};

use formwork_core::{Action, Form, wire};
use leptos::prelude::*;
use send_wrapper::SendWrapper;

use super::{
    ActionState, UseQuery,
    use_action_state::{Expectation, Expected},
};
use crate::half;

/// Shows what a submission is expected to make of a query's value, from the submit until the value
/// comes from the server; then the one gives way to the other in the same step. If the submission
/// fails, its change is taken away and the changes of later ones are made again without it.
///
/// `update` is given the value, what is being sent, and an id for what the action makes: the action's
/// own output stands in for the id that the server will give. Rows keyed by
/// [`key`](Optimistic::key) keep their elements when the real row takes the place of the expected
/// one.
///
/// ```ignore
/// let form = use_action_state(AddComment); // answers the new comment's id
/// let comments = use_query(comments);
/// let optimistic = use_optimistic(form, comments, move |comments, form, id| {
///     comments.push(Comment { id, body: form.body.clone() });
/// });
/// view! {
///     <For each=move || … key=move |comment| optimistic.key(&comment.id) let:comment> … </For>
/// }
/// ```
///
/// It stands for every component that shows the query. Nothing is shown for a submission that the
/// form's own rules refuse.
pub fn use_optimistic<A, T>(
    form: ActionState<A>,
    query: UseQuery<T>,
    update: impl Fn(&mut T, &A::Form, A::Output) + Send + Sync + 'static,
) -> Optimistic<A::Output>
where
    A: Action,
    A::Output: TemporaryId,
    T: Clone + Send + Sync + 'static,
{
    let rows: Rows<A::Output> = Arc::default();
    if half::IN_BROWSER {
        let update = Rc::new(update);
        let known = Arc::clone(&rows);
        let cell = form.scope().cell();
        let there = Arc::downgrade(&cell);
        let expectation: Expectation = Rc::new(move |entries| {
            let sent = A::Form::parse(entries).ok()?;
            let id = A::Output::temporary(next_number());
            let update = Rc::clone(&update);
            let layer_id = id.clone();
            let known = Arc::clone(&known);
            let there = Weak::clone(&there);
            Some(Expected {
                key: query.key()?,
                layer: Rc::new(move |value| {
                    // What the update reads may have gone with the page, which can be come back to
                    // before there is an answer.
                    if there.strong_count() > 0
                        && let Some(value) = value.downcast_mut::<T>()
                    {
                        update(value, &sent, layer_id.clone());
                    }
                }),
                succeeded: Box::new(move |outcome| {
                    let real = outcome.value.as_ref().and_then(|value| wire::decode(value.get()));
                    if let Some(real) = real {
                        known.write().expect("no writer panics").push((real, id.clone()));
                    }
                }),
            })
        });
        let number = next_number() as usize;
        cell.add_expectation(number, expectation);
        let cell = SendWrapper::new(cell);
        on_cleanup(move || cell.remove_expectation(number));
    }
    Optimistic(StoredValue::new(rows))
}

/// What the server gave, and what stood in for it.
type Rows<I> = Arc<RwLock<Vec<(I, I)>>>;

/// Tells which rows were there before the server knew of them; see [`use_optimistic`].
pub struct Optimistic<I>(StoredValue<Rows<I>>);

impl<I> Clone for Optimistic<I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<I> Copy for Optimistic<I> {}

impl<I: TemporaryId> Optimistic<I> {
    /// The id that a row began with: its temporary one if it was shown before it was real. As the
    /// key of a `<For>` it keeps the row's elements.
    pub fn key(self, id: &I) -> I {
        let began = self.0.try_with_value(|rows| {
            let rows = rows.read().expect("no writer panics");
            rows.iter().find(|(real, _)| real == id).map(|(_, temporary)| temporary.clone())
        });
        began.flatten().unwrap_or_else(|| id.clone())
    }
}

/// What an action answers that can be stood in for: the id of a new row, or nothing.
///
/// Temporary ids must differ from each other and from those that the server gives: for signed
/// numbers they are negative, for unsigned ones they count down from the largest, a text begins with
/// `~`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't stand in for an id that the server will give",
    note = "let the action answer the id of the row that it makes (a number or a `String`), or nothing",
    note = "for an id type of your own: `impl formwork::TemporaryId for {Self}`"
)]
pub trait TemporaryId:
    Clone + PartialEq + Send + Sync + serde::de::DeserializeOwned + 'static
{
    /// The id with this number, of which there is no other.
    fn temporary(number: u32) -> Self;
}

impl TemporaryId for () {
    fn temporary(_: u32) -> Self {}
}

impl TemporaryId for String {
    fn temporary(number: u32) -> Self {
        format!("~{number}")
    }
}

macro_rules! numbers {
    ($($signed:ty),*; $($unsigned:ty),*) => {
        $(impl TemporaryId for $signed {
            fn temporary(number: u32) -> Self {
                -(number as $signed)
            }
        })*
        $(impl TemporaryId for $unsigned {
            fn temporary(number: u32) -> Self {
                <$unsigned>::MAX - number as $unsigned
            }
        })*
    };
}

numbers!(i32, i64, i128; u32, u64, u128);

fn next_number() -> u32 {
    thread_local! {
        static LAST: Cell<u32> = const { Cell::new(0) };
    }
    LAST.set(LAST.get() + 1);
    LAST.get()
}
