//! What an action reports while it runs: its parameter `reports: Reports<T>`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{PatType, Type};

use crate::{
    errors::Errors,
    function::{Function, first_argument, last_segment},
};

/// Whether a parameter is what it reports with.
pub(crate) fn is_one(parameter: &PatType) -> bool {
    reported(&parameter.ty).is_some_and(|last| last.ident == "Reports")
}

/// By reference it was meant to be it, too.
fn reported(ty: &Type) -> Option<&syn::PathSegment> {
    match ty {
        Type::Reference(reference) => last_segment(&reference.elem),
        ty => last_segment(ty),
    }
}

/// `T` of `Reports<T>`, if there is one.
pub(crate) fn parse(function: &Function, is_idempotent: bool, errors: &mut Errors) -> Option<Type> {
    let mut all = function.parameters().filter(|parameter| is_one(parameter));
    let reports = all.next()?;
    for more in all {
        errors.at(more, "an action reports one type: make it an enum, and take this one away");
    }
    if is_idempotent {
        let message = "an action that reports is stopped when its visitor goes away, and its outcome is \
                       recorded: take `idempotent` away";
        errors.at(reports, message);
    }
    let ty = reported(&reports.ty).and_then(first_argument);
    if matches!(&*reports.ty, Type::Reference(_)) {
        errors.at(&reports.ty, "an action takes `Reports` by value: take the `&` away");
    } else if ty.is_none() {
        errors.at(&reports.ty, "say what it reports: write `reports: Reports<Progress>`");
    }
    ty.cloned()
}

/// The constant for the server.
pub(crate) fn expand(reports: Option<&Type>) -> Option<TokenStream> {
    reports.map(|_| {
        quote! {
            const STREAMS: bool = true;
        }
    })
}
