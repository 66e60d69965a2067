//! What both halves of Formwork agree on: the wire, form data, issues, tags and keys.
//!
//! This crate is pure: no Leptos, no axum, no tokio and no DOM. Everything that a browser and a
//! server must spell the same way stands here, once.

mod action;
mod bound;
mod entries;
mod error;
mod field;
mod form;
mod issue;
mod messages;
mod observer;
mod page;
mod query;
mod shape;
pub mod wire;

pub use action::Action;
pub use bound::{BoundAction, Target, Unbound};
pub use entries::Entries;
pub use error::{ActionError, ActionResult, ErrorKind, IntoActionError, PublicError, QueryResult};
pub use field::{Choice, FormField};
pub use form::{Form, Rules, garde_issues};
pub use issue::{Issue, Issues};
pub use observer::Observer;
pub use page::{PageData, Posted};
pub use query::{Query, QueryKey};
pub use shape::{Shape, action_id};
