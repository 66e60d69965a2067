//! The session: who a visitor is, signing in and out, and pages for those who have signed in.

#[cfg(feature = "ssr")]
mod guard;
mod require;
mod sign_in;
mod sign_out;
mod viewer;

#[cfg(feature = "ssr")]
pub(crate) use guard::Member;
#[cfg(feature = "ssr")]
pub use guard::current_user;
pub(crate) use require::SignedIn;
pub(crate) use sign_in::{SignInForm, SignInPage};
pub(crate) use sign_out::SignOutButton;
pub(crate) use viewer::{Viewer, member, viewer};
