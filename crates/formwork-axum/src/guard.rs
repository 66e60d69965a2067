//! Who may run an action or read a query.

use std::{
    any::type_name,
    fmt,
    ops::Deref,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use formwork_core::{ActionError, ActionResult};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{seal::Keys, view::RequestView};

/// A proof that a visitor may do something, made from the request and from what is to be acted on.
///
/// ```
/// use formwork_axum::{Guard, GuardCx};
/// use formwork_core::ActionError;
///
/// /// Whoever knows the service's token.
/// struct Service;
///
/// impl Guard for Service {
///     async fn check(cx: &GuardCx) -> Result<Self, ActionError> {
///         match cx.parts().headers.get("x-token") {
///             Some(token) if token == "s3cret" => Ok(Service),
///             Some(_) => Err(ActionError::forbidden("This token may not do that.")),
///             None => Err(ActionError::unauthorized("Send a token.")),
///         }
///     }
/// }
/// ```
///
/// A guard takes parameters as types, so that the context says what was proved, and a function can
/// ask for the proof: `fn ban(by: &Has<Moderate>, …)`.
///
/// ```
/// use formwork_axum::{Guard, GuardCx};
/// use formwork_core::ActionError;
/// use std::marker::PhantomData;
///
/// trait Permission: Send + Sync + 'static {
///     const NAME: &'static str;
/// }
/// struct Moderate;
/// impl Permission for Moderate {
///     const NAME: &'static str = "moderate";
/// }
///
/// /// `#[action(guard = Has<Moderate>)]`, `cx: ActionCx<Has<Moderate>>`
/// struct Has<P>(PhantomData<P>);
///
/// impl<P: Permission> Guard for Has<P> {
///     async fn check(cx: &GuardCx) -> Result<Self, ActionError> {
///         let granted: Vec<String> = cx.state();
///         if granted.iter().any(|name| name == P::NAME) {
///             Ok(Has(PhantomData))
///         } else {
///             Err(ActionError::forbidden("You may not do that."))
///         }
///     }
/// }
/// ```
///
/// One that is about a thing asks which one it is: [`GuardCx::resource`].
///
/// Within a request, the queries under one guard ask it once, unless it asked what is acted on.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a guard",
    label = "`guard = …` needs a type that implements `Guard`",
    note = "implement `formwork::Guard` for it: `async fn check(cx: &GuardCx) -> Result<Self, ActionError>`"
)]
pub trait Guard: Sized + Send + Sync + 'static {
    /// The proof, or why there is none: [`unauthorized`](ActionError::unauthorized) for a visitor
    /// who should sign in, [`forbidden`](ActionError::forbidden) for one who may not.
    fn check(cx: &GuardCx) -> impl Future<Output = Result<Self, ActionError>> + Send;

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
    async fn check(_: &GuardCx) -> Result<Self, ActionError> {
        Ok(Public)
    }
}

/// What a guard is given: the request, and what is to be acted on.
pub struct GuardCx {
    view: RequestView,
    on: ActedOn,
    /// Whether the guard asked what is acted on: then its answer is about that alone.
    particular: AtomicBool,
}

/// What an action or a query acts on.
pub(crate) enum ActedOn {
    /// An action: the parameters of its page's path, and the values that are bound to it.
    Action { params: Arc<[(String, String)]>, bound: Option<SealedValues> },
    /// A query: its arguments as JSON.
    Query { arguments: String },
}

/// The values that are bound to an action, not yet opened.
pub(crate) struct SealedValues {
    pub(crate) keys: Arc<Keys>,
    pub(crate) sealed: Option<String>,
    pub(crate) names: &'static [&'static str],
    pub(crate) open: fn(&Keys, Option<&str>) -> Result<Value, ActionError>,
}

impl GuardCx {
    pub(crate) fn new(view: RequestView, on: ActedOn) -> Self {
        GuardCx { view, on, particular: AtomicBool::new(false) }
    }

    /// Whether the guard asked what is acted on.
    pub(crate) fn is_particular(&self) -> bool {
        self.particular.load(Ordering::Relaxed)
    }

    /// What is acted on, by the name that it has where it is declared: for an action the bound value
    /// `ticket: Bound<TicketId>`, and if nothing is bound to it, the parameter `{ticket}` of the
    /// page's path; for a query its argument `ticket: TicketId`.
    ///
    /// ```
    /// use formwork_axum::{Guard, GuardCx};
    /// use formwork_core::ActionError;
    ///
    /// /// `#[action(guard = Owner)] async fn close(cx: ActionCx<Owner>, ticket: Bound<u64>)` and
    /// /// `#[query(guard = Owner)] async fn history(cx: QueryCx<Owner>, ticket: u64)`
    /// struct Owner { ticket: u64 }
    ///
    /// impl Guard for Owner {
    ///     async fn check(cx: &GuardCx) -> Result<Self, ActionError> {
    ///         let ticket: u64 = cx.resource("ticket")?;
    ///         let owned: Vec<u64> = cx.state();
    ///         if owned.contains(&ticket) {
    ///             Ok(Owner { ticket })
    ///         } else {
    ///             Err(ActionError::forbidden("This is somebody else's ticket."))
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    /// Not found, if the path's parameter can't be read as a `T`; the refusal of the seal, if what
    /// is bound was tampered with or has expired; internal, if nothing of this name and type is
    /// declared: then nobody passes.
    pub fn resource<T: FromStr + DeserializeOwned>(&self, name: &str) -> ActionResult<T> {
        match &self.on {
            ActedOn::Action { bound: Some(_), .. } => self.bound(name),
            ActedOn::Action { bound: None, .. } => self.param(name),
            ActedOn::Query { .. } => self.argument(name),
        }
    }

    /// A parameter of the page's path, for the guard of an action: `id` of `/tickets/{id}`. The
    /// visitor can write any path: ask for [`bound`](GuardCx::bound) if the action acts on that.
    ///
    /// # Errors
    /// Not found, if the path has no such parameter or it can't be read as a `T`; internal for a
    /// query, which is read from any page.
    pub fn param<T: FromStr>(&self, name: &str) -> ActionResult<T> {
        self.particular.store(true, Ordering::Relaxed);
        match &self.on {
            ActedOn::Action { params, .. } => param(params, name),
            ActedOn::Query { .. } => Err(Misused::boxed(
                "a query is read from any page and has no path",
                "ask for its argument: `cx.argument(…)` or `cx.resource(…)`",
            )),
        }
    }

    /// A value that is bound to the action: `"ticket"` for `ticket: Bound<TicketId>`. It is what
    /// this server handed out for this action.
    ///
    /// # Errors
    /// The refusal of the seal; internal, if the action binds no value of this name and type.
    pub fn bound<T: DeserializeOwned>(&self, name: &str) -> ActionResult<T> {
        self.particular.store(true, Ordering::Relaxed);
        let ActedOn::Action { bound: Some(bound), .. } = &self.on else {
            return Err(Misused::boxed(
                format!("nothing is bound to what this guard stands before, and so no `{name}`"),
                format!("give the action a parameter `{name}: Bound<{}>`", type_name::<T>()),
            ));
        };
        let values = (bound.open)(&bound.keys, bound.sealed.as_deref())?;
        let at = bound.names.iter().position(|known| *known == name);
        let value = at.and_then(|at| values.get(at));
        value.and_then(|value| T::deserialize(value).ok()).ok_or_else(|| {
            Misused::boxed(
                format!(
                    "the action binds {:?}, and no `{name}: Bound<{}>`",
                    bound.names,
                    type_name::<T>()
                ),
                "name one of its parameters, with its type",
            )
        })
    }

    /// An argument of the query: `"id"` for `id: TicketId`.
    ///
    /// # Errors
    /// Internal, if the query has no argument of this name and type.
    pub fn argument<T: DeserializeOwned>(&self, name: &str) -> ActionResult<T> {
        self.particular.store(true, Ordering::Relaxed);
        let ActedOn::Query { arguments } = &self.on else {
            return Err(Misused::boxed(
                "an action has no arguments",
                "ask for `cx.bound(…)`, `cx.param(…)` or `cx.resource(…)`",
            ));
        };
        let arguments: Value = serde_json::from_str(arguments)?;
        let value = arguments.get(name).and_then(|value| T::deserialize(value).ok());
        value.ok_or_else(|| {
            Misused::boxed(
                format!("the query has no argument `{name}: {}`", type_name::<T>()),
                "name one of its arguments, with its type",
            )
        })
    }
}

impl Deref for GuardCx {
    type Target = RequestView;

    fn deref(&self) -> &RequestView {
        &self.view
    }
}

/// A parameter of a page's path.
pub(crate) fn param<T: FromStr>(params: &[(String, String)], name: &str) -> ActionResult<T> {
    let value = params.iter().find(|(n, _)| n == name).and_then(|(_, v)| v.parse().ok());
    value.ok_or_else(|| ActionError::not_found("There is nothing at this address."))
}

/// A guard that asks for what isn't there: its author's mistake, and nobody passes.
#[derive(Debug)]
struct Misused {
    what: String,
    mend: String,
}

impl Misused {
    fn boxed(what: impl Into<String>, mend: impl Into<String>) -> ActionError {
        ActionError::internal(Misused { what: what.into(), mend: mend.into() })
    }
}

impl fmt::Display for Misused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a guard asked for what isn't there: {}; {}", self.what, self.mend)
    }
}

impl std::error::Error for Misused {}
