//! Actions with values that the server has bound to them.

use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

use crate::Action;

/// An action together with the values that it will act on, sealed by the server.
///
/// A query hands it out next to the data it belongs to; the browser can neither read nor change
/// what is in it, nor make one: no function does, and a text that the server did not seal is refused
/// when it comes back. It is tied to its action: another action refuses it.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct BoundAction<A> {
    sealed: String,
    key: String,
    #[serde(skip)]
    action: PhantomData<fn() -> A>,
}

impl<A> Clone for BoundAction<A> {
    fn clone(&self) -> Self {
        BoundAction { sealed: self.sealed.clone(), key: self.key.clone(), action: PhantomData }
    }
}

/// Two are equal if they bind the same values to the same action; each seal is another text.
impl<A> PartialEq for BoundAction<A> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl<A> std::fmt::Debug for BoundAction<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("BoundAction").field(&self.key).finish()
    }
}

/// An action without bound values; `#[action]` says so.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has bound values",
    label = "this action needs the values that the server binds to it",
    note = "hand out a `BoundAction<{Self}>` from a query, with `cx.bind({Self}::bind(…))`, and use that"
)]
pub trait Unbound: Action {}

/// What a form can run: an action, or one that values are bound to.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not something that a form can run as it stands",
    label = "a form runs an action, or the `BoundAction` that a query handed out",
    note = "if its action has parameters of type `Bound<…>`, a query must hand it out"
)]
pub trait Target {
    /// The action.
    type Action: Action;
    /// Which of several forms of the action this is; empty for the only one.
    fn key(&self) -> &str;
    /// The sealed values.
    fn sealed(&self) -> Option<&str>;
}

#[diagnostic::do_not_recommend]
impl<A: Unbound> Target for A {
    type Action = A;

    fn key(&self) -> &str {
        ""
    }

    fn sealed(&self) -> Option<&str> {
        None
    }
}

impl<A: Action> Target for BoundAction<A> {
    type Action = A;

    fn key(&self) -> &str {
        &self.key
    }

    fn sealed(&self) -> Option<&str> {
        Some(&self.sealed)
    }
}
