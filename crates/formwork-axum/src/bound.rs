//! Values that the server hands out, and gets back unaltered.

use std::{fmt, ops::Deref, time::Duration};

use formwork_core::{ActionError, BoundAction};
use serde::{
    Deserialize, Serialize,
    de::{
        DeserializeOwned,
        value::{self, MapDeserializer},
    },
};

use crate::{
    action::ServerAction,
    refusal::Refusal,
    seal::{Keys, Opened, Purpose, now},
};

/// A value that this server bound to the action that received it: it is what was handed out.
///
/// Only the pipeline makes one, after it has opened the seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound<T>(T);

/// What the macro writes; not for use by hand. No function of [`Bound`] itself: the compiler would
/// propose it to whoever tries to make one.
#[doc(hidden)]
pub fn opened<T>(value: T) -> Bound<T> {
    Bound(value)
}

impl<T> Bound<T> {
    /// The value itself.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Bound<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Values on their way to be bound: `AddComment::bind(ticket)`, to be given to
/// [`QueryCx::bind`](crate::QueryCx::bind).
pub struct Binding<A: ServerAction> {
    values: A::Bound,
    for_this_visitor: bool,
    expires_in: Option<Duration>,
}

impl<A: ServerAction> Binding<A> {
    /// What the macro writes; not for use by hand.
    #[doc(hidden)]
    pub fn new(values: A::Bound) -> Self {
        Binding { values, for_this_visitor: false, expires_in: None }
    }

    /// Only the visitor who reads it may send it: the one that the guard's
    /// [`subject`](crate::Guard::subject) names.
    #[must_use]
    pub fn for_this_visitor(mut self) -> Self {
        self.for_this_visitor = true;
        self
    }

    /// It may be sent for this long.
    #[must_use]
    pub fn expires_in(mut self, time: Duration) -> Self {
        self.expires_in = Some(time);
        self
    }

    /// Whether it can be used for a while only.
    pub(crate) fn expires(&self) -> bool {
        self.expires_in.is_some()
    }

    /// Seals the values for the action; `subject` is who reads them.
    pub(crate) fn seal(self, keys: &Keys, subject: Option<String>) -> BoundAction<A> {
        let owner =
            if self.for_this_visitor {
                Some(subject.expect(
                    "`for_this_visitor` needs a guard whose `subject` says who the visitor is",
                ))
            } else {
                None
            };
        let expires = self.expires_in.map(|time| now() + time.as_secs());
        let values = serde_json::to_string(&self.values).expect("bound values serialise to JSON");
        let key = form_key(keys, A::ID, &values);
        let sealed = Sealed { values: self.values, owner, expires };
        let json = serde_json::to_vec(&sealed).expect("bound values serialise to JSON");
        let sealed = keys.seal(Purpose::Bound, &context(A::ID, A::SHAPE), &json);
        handed_out(sealed, key)
    }
}

/// As the client reads it. There is no constructor that its code could call.
fn handed_out<A>(sealed: String, key: String) -> BoundAction<A> {
    let fields = [("sealed", sealed), ("key", key)].into_iter();
    let read = BoundAction::deserialize(MapDeserializer::<_, value::Error>::new(fields));
    read.expect("these are its fields")
}

#[derive(Serialize, Deserialize)]
struct Sealed<T> {
    #[serde(rename = "v")]
    values: T,
    /// Who alone may send it.
    #[serde(rename = "u", skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    /// Until when, in seconds since 1970.
    #[serde(rename = "e", skip_serializing_if = "Option::is_none")]
    expires: Option<u64>,
}

/// Values that came back as they were handed out, and the key of the form that sent them.
pub(crate) struct Unsealed<T> {
    pub(crate) values: T,
    pub(crate) form: String,
}

/// Opens what a form sent for the action `A`.
pub(crate) fn unseal<A: ServerAction>(
    keys: &Keys,
    sealed: Option<&str>,
    subject: Option<String>,
) -> Result<Unsealed<A::Bound>, ActionError> {
    let Sealed { values, owner, .. } = unsealed::<A, A::Bound>(keys, sealed)?;
    if owner.is_some() && owner != subject {
        return Err(Refusal::Forged.into());
    }
    let text = serde_json::to_string(&values)?;
    Ok(Unsealed { values, form: form_key(keys, A::ID, &text) })
}

/// The values for a guard, before it is known who sends them.
pub(crate) fn open<A: ServerAction>(
    keys: &Keys,
    sealed: Option<&str>,
) -> Result<serde_json::Value, ActionError> {
    Ok(unsealed::<A, serde_json::Value>(keys, sealed)?.values)
}

/// What was sealed for the action and has not expired.
fn unsealed<A: ServerAction, T: DeserializeOwned>(
    keys: &Keys,
    sealed: Option<&str>,
) -> Result<Sealed<T>, Refusal> {
    let sealed = sealed.ok_or(Refusal::Forged)?;
    let json = match keys.open(Purpose::Bound, &context(A::ID, A::SHAPE), sealed) {
        Opened::Text(json) => json,
        Opened::UnknownKey => return Err(Refusal::KeyGone),
        Opened::Forged => return Err(Refusal::Forged),
    };
    // Sealed for this action and shape: that it can't be read means a type that kept its name.
    let sealed: Sealed<T> = read(&json).ok_or(Refusal::KeyGone)?;
    if sealed.expires.is_some_and(|expires| expires < now()) {
        return Err(Refusal::Expired);
    }
    Ok(sealed)
}

/// The form of this build that stands for one of another build, which had this id and shape: the one
/// with the same values. `None` if they can't be read, or are no values of this build's.
pub(crate) fn same_form<A: ServerAction>(
    keys: &Keys,
    id: &str,
    shape: &str,
    sealed: &str,
) -> Option<String> {
    let values: A::Bound = values(keys, id, shape, sealed)?;
    Some(form_key(keys, A::ID, &serde_json::to_string(&values).ok()?))
}

/// The values in a seal for this action and shape, whichever build's they are, as JSON: the same however
/// often and by whichever key they are sealed. `None` without the key.
pub(crate) fn content(keys: &Keys, id: &str, shape: &str, sealed: &str) -> Option<String> {
    values(keys, id, shape, sealed).map(|values: serde_json::Value| values.to_string())
}

/// The values in a seal for this action and shape, whichever build's they are and however old.
fn values<T: DeserializeOwned>(keys: &Keys, id: &str, shape: &str, sealed: &str) -> Option<T> {
    match keys.open(Purpose::Bound, &context(id, shape), sealed) {
        Opened::Text(json) => Some(read::<T>(&json)?.values),
        _ => None,
    }
}

fn read<T: DeserializeOwned>(json: &[u8]) -> Option<Sealed<T>> {
    serde_json::from_slice(json).ok()
}

/// The seal is tied to the action and to what it takes.
pub(crate) fn context(id: &str, shape: impl fmt::Display) -> Vec<u8> {
    format!("{id}@{shape}").into_bytes()
}

/// Equal for equal values, so that a form is found again in the next render; it says nothing about
/// them to whoever lacks the key.
fn form_key(keys: &Keys, id: &str, values: &str) -> String {
    keys.name(Purpose::Bound, format!("{id}?{values}").as_bytes())
}
