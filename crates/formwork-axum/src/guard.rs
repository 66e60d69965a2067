//! Who may run an action or read a query.

use formwork_core::ActionError;
use http::request::Parts;

/// A proof that a visitor may do something, made from the request and nothing else.
///
/// ```
/// use formwork_axum::{Guard, http::request::Parts};
/// use formwork_core::ActionError;
///
/// /// Whoever knows the service's token.
/// struct Service;
///
/// impl Guard for Service {
///     async fn check(parts: &Parts) -> Result<Self, ActionError> {
///         match parts.headers.get("x-token") {
///             Some(token) if token == "s3cret" => Ok(Service),
///             Some(_) => Err(ActionError::forbidden("This token may not do that.")),
///             None => Err(ActionError::unauthorized("Send a token.")),
///         }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a guard",
    label = "`guard = …` needs a type that implements `Guard`",
    note = "implement `formwork::Guard` for it: from the request's parts to a value, or an `ActionError`"
)]
pub trait Guard: Sized + Send + Sync + 'static {
    /// The proof, or why there is none: [`unauthorized`](ActionError::unauthorized) for a visitor
    /// who should sign in, [`forbidden`](ActionError::forbidden) for one who may not.
    fn check(parts: &Parts) -> impl Future<Output = Result<Self, ActionError>> + Send;

    /// Who the visitor is, for values that are bound to one visitor alone
    /// ([`Binding::for_this_visitor`](crate::Binding::for_this_visitor)): an account's id, say.
    fn subject(&self) -> Option<String> {
        None
    }
}

/// The guard of what is declared `public`: anyone.
#[derive(Clone, Copy, Debug)]
pub struct Public;

impl Guard for Public {
    async fn check(_: &Parts) -> Result<Self, ActionError> {
        Ok(Public)
    }
}
