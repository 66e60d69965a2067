//! What both halves of Formwork agree on: the wire, form data, issues, tags and keys.
//!
//! This crate is pure: no Leptos, no axum, no tokio and no DOM. Everything that a browser and a
//! server must spell the same way stands here, once.

mod action;
mod address;
mod bound;
mod carry;
mod constraints;
pub mod delta;
mod draft;
mod entries;
mod error;
mod field;
mod form;
mod issue;
mod json;
mod lines;
mod lookup;
mod messages;
mod mistake;
mod names;
mod observer;
mod page;
pub mod path;
mod query;
pub mod route;
mod rows;
mod shape;
mod spec;
mod upload;
mod version;
pub mod wire;
mod wizard;

pub use action::{Action, Streaming};
pub use address::{address, query_entries};
pub use bound::{BoundAction, Target, Unbound};
pub use carry::{Carried, carry};
pub use constraints::{Constraints, Limit};
pub use draft::{Draft, Drafts};
pub use entries::Entries;
pub use error::{ActionError, ActionResult, ErrorKind, IntoActionError, PublicError, QueryResult};
#[doc(hidden)]
pub use field::rows as row_items;
pub use field::{
    Choice, Choices, Color, Date, Decimal, Email, FormField, FormValue, ListItem, LocalDateTime,
    Month, Time, WebAddress,
};
pub use form::{Broken, Form, Rules, check_step, garde_issues};
pub use issue::{Issue, Issues};
pub use lines::{LineReader, NotALine};
pub use lookup::Lookup;
pub use mistake::{Mistake, Words, languages, set_languages, set_words, speaking, told};
pub use names::{FieldName, FormNames, RowNames};
pub use observer::{Change, Layer, Observer, Order, Progress, SubmitOptions};
pub use page::{PageData, Posted};
pub use query::{Query, QueryKey};
pub use rows::{RowChange, UsedKeys};
pub use shape::{Shape, action_id};
pub use spec::{
    FieldSpec, Structure, arrange, has_lists, has_secrets, is_named_secret, is_secret,
    secret_names, spec_of,
};
pub use upload::{Arrived, Content, Upload, has_files, most_bytes_of_files};
pub use version::Version;
pub use wizard::{Steps, Wizard, step_of};
