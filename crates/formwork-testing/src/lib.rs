//! The test kit: an action run alone, pages used in process, and one scenario in every way that a
//! visitor may come.
//!
//! Applications know it as `formwork::testing`, with the feature `testing`, which stands in
//! `dev-dependencies` alone:
//!
//! ```toml
//! [dev-dependencies]
//! formwork = { workspace = true, features = ["testing"] }
//! ```
//!
//! - [`run`] runs one action with a form, a guard's proof and what it needs of the application, and
//!   tells its outcome, its issues and its effects: [`Ran`].
//! - [`App`] has the application's own router, with all its layers, in process. A [`Visitor`] opens a
//!   [`Page`], fills its fields in by their labels, presses its buttons by their texts, and gets the
//!   next page. It is a browser without JavaScript: it sends what a browser would, and keeps cookies.
//! - [`in_every_way`] runs one scenario natively, enhanced, with everything sent twice, and from a page
//!   of an older build; it fails if what a visitor would see differs.
//!
//! What fails says what is there instead: the labels of the page, its buttons, its links.

mod app;
mod field;
mod html;
mod outcome;
mod page;
mod run;
mod send;
mod visitor;
mod way;

pub use app::{App, site};
pub use field::Field;
pub use formwork_axum::testing::Effects;
pub use outcome::Outcome;
pub use page::Page;
pub use run::{Ran, Run, run};
pub use visitor::Visitor;
pub use way::{Way, in_every_way, in_ways};
