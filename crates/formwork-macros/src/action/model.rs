//! An action as it was declared, checked.

use proc_macro2::TokenStream;
use syn::{Ident, LitStr, Pat, PatType, Path, Type};

use super::{
    limits::{self, Limits},
    order, reports, was, wrap,
};
use crate::{
    errors::Errors,
    function::{Function, first_argument, last_segment},
    guarded::{Declaration, Kind},
};

/// A function with `#[action]`. After mistakes it has what could be understood.
pub(crate) struct Action {
    pub(crate) declaration: Declaration,
    /// The ids that it had in older builds.
    pub(crate) was: Vec<LitStr>,
    pub(crate) function: Function,
    /// What it accepts of one visitor.
    pub(crate) limits: Limits,
    /// The function that stands around the handler.
    pub(crate) wrap: Option<Path>,
    /// When it is sent, if others are under way.
    pub(crate) order: Option<Ident>,
    /// The parameters that the server binds: their names, and `T` of `Bound<T>`.
    pub(crate) bound: Vec<(Ident, Type)>,
    /// `T` of `Reports<T>`: what it reports while it runs.
    pub(crate) reports: Option<Type>,
    /// The form's type; `None` for an action without fields.
    pub(crate) form: Option<Type>,
    /// `T` of `ActionResult<T>`.
    pub(crate) output: Option<Type>,
}

impl Action {
    pub(crate) fn new(options: TokenStream, function: Function, errors: &mut Errors) -> Self {
        let own = [limits::OPTIONS, &[wrap::OPTION, order::OPTION, was::OPTION]].concat();
        let declaration = Declaration::parse(Kind::Action, options, &own, errors);
        function.check(Kind::Action, errors);
        let was = was::parse(&declaration, errors);
        let limits = Limits::parse(&declaration.own, errors);
        let wrap = wrap::parse(&declaration.own, errors);
        let order = order::parse(&declaration.own, errors);
        let bound = bound_parameters(&function, errors);
        let reports = reports::parse(&function, limits.is_idempotent(), errors);
        let form = check_parameters(&declaration, &function, errors);
        let output = function.output(Kind::Action).cloned();
        Action { declaration, was, limits, wrap, order, bound, reports, form, output, function }
    }
}

/// The type of a parameter that the server binds: `T` of `Bound<T>`.
fn bound_type(parameter: &PatType) -> Option<&Type> {
    last_segment(&parameter.ty).filter(|last| last.ident == "Bound").and_then(first_argument)
}

fn bound_parameters(function: &Function, errors: &mut Errors) -> Vec<(Ident, Type)> {
    let mut bound = Vec::new();
    for parameter in function.parameters() {
        let Some(ty) = bound_type(parameter) else { continue };
        match &*parameter.pat {
            Pat::Ident(name) => bound.push((name.ident.clone(), ty.clone())),
            other => {
                errors.at(other, "a bound value needs a name: write `ticket: Bound<TicketId>`")
            }
        }
    }
    let order: Vec<bool> = function.parameters().map(|p| bound_type(p).is_some()).collect();
    // The context, then what is bound, then the form.
    if order.iter().skip(1).is_sorted_by(|before, after| before >= after)
        && !order.first().is_some_and(|first| *first)
    {
        return bound;
    }
    errors.at(
        &function.signature.ident,
        "the context comes first, then the `Bound` values, then the form",
    );
    bound
}

/// The form's type, if there is one.
fn check_parameters(
    declaration: &Declaration,
    function: &Function,
    errors: &mut Errors,
) -> Option<Type> {
    let (contexts, mut forms): (Vec<&PatType>, Vec<&PatType>) = function
        .parameters()
        .filter(|parameter| bound_type(parameter).is_none() && !reports::is_one(parameter))
        .partition(|parameter| Declaration::is_context(Kind::Action, parameter));

    if let [context, more @ ..] = &contexts[..] {
        declaration.check_context(Kind::Action, context, errors);
        if !function.parameters().next().is_some_and(|first| std::ptr::eq(first, *context)) {
            errors.at(context, "the context comes first: move it before the form");
        }
        for context in more {
            errors.at(context, "an action has one context: take this one away");
        }
    } else {
        let context = declaration.context(Kind::Action);
        let message = format!("an action takes its context first: write `cx: {context}`");
        match forms[..] {
            // Of two, the first was meant to be it.
            [first, _, ..] => {
                errors.at(first, message);
                forms.remove(0);
            }
            [form] => errors.at(form, message),
            [] => errors.at(&function.signature.ident, message),
        }
    }

    let [form, more @ ..] = &forms[..] else { return None };
    for parameter in more {
        errors.at(parameter, "an action takes one form: make this a field of it");
    }
    if let Type::Reference(reference) = &*form.ty {
        errors.at(reference, "an action takes its form by value: take the `&` away");
        return Some((*reference.elem).clone());
    }
    Some((*form.ty).clone())
}
