//! What both sides know of an action: its id, its shape, its form and its outcome's type.

use serde::{Serialize, de::DeserializeOwned};

use crate::{Form, Order, Shape};

/// An action's handle, made by `#[action]`: the server runs what stands behind it, the browser
/// only names it.
pub trait Action: Copy + Send + Sync + 'static {
    /// Stable across builds: the path in the source, or `id = "…"`.
    const ID: &'static str;
    /// The ids that it had in older builds: `was = "…"`.
    const WAS: &'static [&'static str] = &[];
    /// The fingerprint of what the action takes.
    const SHAPE: Shape = <Self::Form as Form>::SHAPE;
    /// When a submission is sent, if others of the same client are under way.
    const ORDER: Order = Order::Queued;
    /// What a visitor fills in.
    type Form: Form;
    /// What the handler returns on success.
    type Output: Clone + Send + Sync + Serialize + DeserializeOwned + 'static;
}

/// An action that reports while it runs: its handler takes `reports: Reports<Report>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` reports nothing while it runs",
    label = "not a streaming action",
    note = "let its handler take `reports: Reports<T>` beside the form, where `T` is what it reports"
)]
pub trait Streaming: Action {
    /// What it reports.
    type Report: Clone + Send + Sync + Serialize + DeserializeOwned + 'static;
}
