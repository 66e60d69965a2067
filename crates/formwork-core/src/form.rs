//! A whole form: read, validated, written, and its fingerprint.

use std::{borrow::Cow, collections::HashSet};

use crate::{
    Entries, FieldSpec, FormField, Issues, Lookup, Shape, Steps,
    messages::{Messages, decode},
    spec::{Places, Spelled},
};

/// What an action receives: a struct with `#[derive(Form, Validate)]`, or `()` for a button that
/// sends nothing but itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a form",
    label = "an action's form must be a struct with `#[derive(Form, Validate)]`",
    note = "add `#[derive(Form, Validate)]` to it, or leave the parameter out for an action without fields"
)]
pub trait Form: Sized + Send + 'static {
    /// The fingerprint of names, types and requiredness.
    const SHAPE: Shape;
    /// Its fields, in order.
    const FIELDS: &'static [FieldSpec];
    /// Whether a browser checks the rules before it sends the form: `#[form(preflight = false)]`
    /// keeps their code out of the client.
    const PREFLIGHT: bool = true;
    /// Its steps, if it has any: `#[derive(Wizard)]`.
    const STEPS: Option<Steps> = None;
    /// A form of placeholders; see [`FormField::placeholder`](crate::FormField::placeholder).
    fn placeholder() -> Self;
    /// Reads every field, collecting an issue for each that can't be read. `within` is the name of
    /// the struct in the form that it is part of; empty for the form itself.
    fn read(entries: &Lookup<'_>, within: &str, issues: &mut Issues) -> Self;
    /// Writes every field as a browser would send it.
    fn write(&self, within: &str, entries: &mut Entries);
    /// Checks the rules of every field; each issue is where garde finds it.
    fn validate(&self) -> Vec<Broken>;

    /// Reads and validates: the form, or all issues of all fields at once, in their order.
    ///
    /// # Errors
    /// The issues, at the names that the fields have in the form.
    fn parse(entries: &Entries) -> Result<Self, Issues> {
        let lookup = Lookup::new(entries);
        let mut unread = Issues::default();
        let form = Self::read(&lookup, "", &mut unread);
        let broken = form.validate();
        if unread.is_empty() && broken.is_empty() {
            return Ok(form);
        }
        Err(issues(Self::FIELDS, &lookup, unread, broken))
    }
}

/// A rule that a form does not keep: garde's path, and its message in our code.
#[doc(hidden)]
pub struct Broken {
    path: String,
    message: String,
}

/// What is wrong with one step of a form in steps, at the names that its fields have in the form; an
/// optional one may be left blank.
#[doc(hidden)]
pub fn check_step<T: Form + FormField>(
    fields: &'static [FieldSpec],
    at: usize,
    optional: bool,
    entries: &Entries,
) -> Issues {
    let (lookup, spec) = (Lookup::new(entries), &fields[at]);
    if optional && T::is_blank(&lookup, spec.name) {
        return Issues::default();
    }
    let mut unread = Issues::default();
    let step = <T as Form>::read(&lookup, spec.name, &mut unread);
    let mut broken = step.validate();
    for Broken { path, .. } in &mut broken {
        let dot = if path.is_empty() || path.starts_with('[') { "" } else { "." };
        *path = [spec.ident, dot, path].concat();
    }
    issues(fields, &lookup, unread, broken)
}

/// Not generic, so that there is one of it in a client with many forms.
fn issues(
    fields: &'static [FieldSpec],
    lookup: &Lookup<'_>,
    unread: Issues,
    broken: Vec<Broken>,
) -> Issues {
    // A field that could not be read holds a placeholder: what its rules say of that is noise.
    let placeholders: HashSet<&str> = unread.iter().map(|issue| issue.path.as_str()).collect();
    let mut places = Places::new(fields, lookup);
    let mut placed = Vec::with_capacity(unread.len() + broken.len());
    for Broken { path, message } in broken {
        let place = places.of(&path, Spelled::AsStruct);
        if !placeholders.contains(place.name.as_str()) {
            let sentence = place.say(decode(&message)).sentence();
            placed.push((place, sentence));
        }
    }
    for issue in unread.iter() {
        let place = places.of(&issue.path, Spelled::AsForm);
        placed.push((place, Cow::Owned(issue.message.clone())));
    }
    places.arrange(placed)
}

impl Form for () {
    const SHAPE: Shape = Shape::new("form");
    const FIELDS: &'static [FieldSpec] = &[];
    const PREFLIGHT: bool = false;

    fn placeholder() -> Self {}

    fn read(_: &Lookup<'_>, _: &str, _: &mut Issues) -> Self {}

    fn write(&self, _: &str, _: &mut Entries) {}

    fn validate(&self) -> Vec<Broken> {
        Vec::new()
    }
}

/// The rules of a form's fields: every struct with garde's `Validate` has them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no validation rules",
    label = "add `Validate` beside `Form`: `#[derive(Form, Validate)]`",
    note = "a field without rules says so: `#[garde(skip)]`"
)]
pub trait Rules {
    /// What garde found.
    fn broken(&self) -> Vec<Broken>;
}

// Without this attribute the compiler names garde's trait and not what to write.
#[diagnostic::do_not_recommend]
impl<T: garde::Validate> Rules for T
where
    T::Context: Default,
{
    fn broken(&self) -> Vec<Broken> {
        match garde::with_i18n(Messages, || self.validate()) {
            Ok(()) => Vec::new(),
            Err(report) => report.iter().map(broken).collect(),
        }
    }
}

fn broken((path, error): &(garde::Path, garde::Error)) -> Broken {
    Broken { path: path.to_string(), message: error.message().to_owned() }
}

/// What garde found.
pub fn garde_issues<T: Rules>(form: &T) -> Vec<Broken> {
    form.broken()
}
