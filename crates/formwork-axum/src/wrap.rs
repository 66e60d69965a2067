//! What stands around an action's handler: `#[action(wrap = in_transaction)]`.

use formwork_core::ActionResult;
use futures::future::BoxFuture;

use crate::{cx::ActionCx, guard::Public};

/// The handler, for the function that an action names as its `wrap`. It is given the context and the
/// handler, once everything has been checked and parsed, and answers in the handler's place.
///
/// What it adds to the context with [`ActionCx::with`], the handler finds as state. An error of its
/// own counts as the handler's; a panic, the time limit and a visitor who goes away pass through it
/// as through the handler, so what it holds must be safe to drop.
///
/// ```
/// use std::{sync::Arc, time::Instant};
/// use formwork_axum::{ActionCx, Next};
/// use formwork_core::ActionResult;
///
/// /// How long the handler took: `#[action(public, wrap = timed)]`, for any guard and value.
/// async fn timed<G, T>(cx: ActionCx<G>, next: Next<G, T>) -> ActionResult<T> {
///     let (action, begun) = (next.action(), Instant::now());
///     let result = next.run(cx).await;
///     println!("{action} took {:?} and was {}", begun.elapsed(), result.is_ok());
///     result
/// }
///
/// # #[derive(Clone)] struct Pool;
/// # #[derive(Clone)] struct Transaction;
/// # impl Pool { async fn begin(&self) -> ActionResult<Transaction> { Ok(Transaction) } }
/// # impl Transaction { async fn commit(&self) -> ActionResult<()> { Ok(()) } }
/// /// A transaction that the handler finds by `cx.state::<Transaction>()`. It is rolled back when it
/// /// is dropped without a commit, as most databases' are.
/// async fn in_transaction<G, T>(cx: ActionCx<G>, next: Next<G, T>) -> ActionResult<T> {
///     let transaction = cx.state::<Pool>().begin().await?;
///     let value = next.run(cx.with(transaction.clone())).await?;
///     transaction.commit().await?;
///     Ok(value)
/// }
/// ```
pub struct Next<G = Public, T = ()> {
    action: &'static str,
    handler: Handler<G, T>,
}

type Handler<G, T> =
    Box<dyn FnOnce(ActionCx<G>) -> BoxFuture<'static, ActionResult<T>> + Send + 'static>;

impl<G, T> Next<G, T> {
    /// What the macro writes; not for use by hand.
    #[doc(hidden)]
    pub fn new<F>(
        action: &'static str,
        handler: impl FnOnce(ActionCx<G>) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = ActionResult<T>> + Send + 'static,
    {
        Next { action, handler: Box::new(|cx| Box::pin(handler(cx))) }
    }

    /// The action's id.
    pub fn action(&self) -> &'static str {
        self.action
    }

    /// Runs the handler.
    ///
    /// # Errors
    /// What the handler fails with.
    pub async fn run(self, cx: ActionCx<G>) -> ActionResult<T> {
        (self.handler)(cx).await
    }
}
