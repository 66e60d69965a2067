//! `#[derive(Wizard)]`: what makes a form one in steps.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Attribute, Ident, Path, ext::IdentExt, spanned::Spanned};

use super::model::{Field, Form, Nests, inner};
use crate::{errors::Errors, function::docs_or, names::pascal_case, options};

/// The options of `#[step(…)]`.
const OPTIONS: &[&str] = &["when"];

/// Of each field, the function that says whether it is asked.
#[derive(Clone)]
pub(crate) struct Steps(Vec<Option<Path>>);

impl Steps {
    /// Checks that the fields are steps.
    pub(super) fn of(form: &Form, errors: &mut Errors) -> Self {
        let fields = &form.fields;
        // What else was wrong with the struct has been said.
        if errors.is_empty() && fields.len() < 2 {
            let message = "a form in steps has two of them or more, each a field: for a form without \
                           steps, derive `Form` instead";
            errors.at(&form.ident, message);
        }
        let last = fields.len().saturating_sub(1);
        let when = fields.iter().enumerate().map(|(at, field)| {
            check_type(field, errors);
            let when = when(&field.attributes, errors);
            if let Some(when) = &when {
                check_when(when, field, at, last, errors);
            }
            when
        });
        Steps(when.collect())
    }
}

/// `#[step(when = function)]`
fn when(attributes: &[Attribute], errors: &mut Errors) -> Option<Path> {
    let mut when = None;
    for option in options::of_attributes(attributes, "step", errors) {
        match option.key.to_string().as_str() {
            "when" if when.is_some() => option.twice(errors),
            "when" => when = option.path("has_outage", errors),
            _ => drop(option.unknown("step", OPTIONS, errors)),
        }
    }
    when
}

fn check_type(field: &Field, errors: &mut Errors) {
    match &field.nests {
        Nests::Group(_) => {}
        Nests::Rows(_) => {
            let help = "put the list into a struct, as a field of it";
            errors.at(&field.ty, format!("a step is one form, and this is a list: {help}"));
        }
        Nests::No => {
            let help = "a struct with `#[derive(Form, Validate)]`, and write `#[garde(dive)]` here";
            errors.at(&field.ident, format!("a step is a form of its own: {help}"));
        }
    }
}

fn check_when(when: &Path, field: &Field, at: usize, last: usize, errors: &mut Errors) {
    if at == 0 {
        let help = "there is no answer yet that it could depend on; take `when` away";
        errors.at(when, format!("the first step is always asked: {help}"));
    } else if at == last {
        let help = "or the button of the step before it could not say that it sends the form; take \
                    `when` away, or let it be followed by a step to look over what was answered";
        errors.at(when, format!("the last step is always asked, {help}"));
    }
    if inner(&field.ty, "Option").is_none() {
        let ty = crate::names::type_text(&field.ty);
        let message =
            format!("what is asked only sometimes is there only sometimes: write `Option<{ty}>`");
        errors.at(&field.ty, message);
    }
}

impl Form {
    fn when(&self, at: usize) -> Option<&Path> {
        self.steps.as_ref()?.0.get(at)?.as_ref()
    }

    /// Whether this field's struct has to be filled in where it is asked for, though it is optional.
    pub(super) fn is_asked_sometimes(&self, at: usize) -> bool {
        self.when(at).is_some()
    }
}

/// How its steps are read, one after the other: whether one is asked depends on those before it.
pub(super) fn read(form: &Form) -> TokenStream {
    let steps = form.fields.iter().enumerate().map(|(at, field)| {
        let Field { ident, name, ty, nests, .. } = field;
        let name = quote!(&::formwork::__private::within(within, #name));
        match (form.when(at), nests) {
            (Some(when), Nests::Group(inner)) => {
                let asked = quote_spanned! {Span::call_site().located_at(when.span())=>
                    let asked: fn(&Self) -> bool = #when;
                };
                quote! {
                    #asked
                    if issues.is_empty() && asked(&this) {
                        this.#ident = ::core::option::Option::Some(
                            <#inner as ::formwork::__private::FormField>::read(
                                entries, #name, issues,
                            ),
                        );
                    }
                }
            }
            _ => quote! {
                this.#ident = <#ty as ::formwork::__private::FormField>::read(
                    entries, #name, issues,
                );
            },
        }
    });
    quote! {
        let mut this = <Self as ::formwork::__private::Form>::placeholder();
        #(#steps)*
        this
    }
}

/// `Form::STEPS`
pub(super) fn constant(form: &Form) -> TokenStream {
    let asked =
        form.fields.iter().enumerate().map(|(at, Field { ident, .. })| match form.when(at) {
            Some(_) => quote!(this.#ident.is_some()),
            None => quote!(true),
        });
    let checks = form.fields.iter().enumerate().filter_map(|(at, field)| {
        let Nests::Group(inner) = &field.nests else { return None };
        // It may be left blank; what is asked sometimes may not, then.
        let optional =
            super::model::inner(&field.ty, "Option").is_some() && form.when(at).is_none();
        Some(quote! {
            #at => ::formwork::__private::check_step::<#inner>(
                <Self as ::formwork::__private::Form>::FIELDS, #at, #optional, entries,
            ),
        })
    });
    quote! {
        const STEPS: ::core::option::Option<::formwork::__private::Steps> =
            ::core::option::Option::Some(::formwork::__private::Steps {
                asked: |entries| {
                    let this = <Self as ::formwork::__private::Form>::read(
                        &::formwork::__private::Lookup::new(entries),
                        "",
                        &mut ::core::default::Default::default(),
                    );
                    let asked = [#(#asked),*];
                    (0..asked.len()).filter(|at| asked[*at]).collect()
                },
                check: |entries, step| match step {
                    #(#checks)*
                    _ => ::core::default::Default::default(),
                },
            });
    }
}

/// The enum of the steps, and what of them may not be in a step that others follow.
pub(super) fn steps(form: &Form) -> TokenStream {
    let variants = variants(form);
    let ident = &form.ident;
    let fields = form.fields.split_last().map_or(&[][..], |(_, before)| before);
    let checks = fields.iter().filter_map(|field| {
        let Nests::Group(inner) = &field.nests else { return None };
        let name = field.ident.unraw();
        let secret = format!(
            "`{name}` has a secret, which no page shows again, and other steps follow it: move the \
             field into the last step"
        );
        let file = format!(
            "`{name}` has a file, which no page can give back, and other steps follow it: move the \
             field into the last step"
        );
        let of_step = quote!(<#inner as ::formwork::__private::Form>::FIELDS);
        let marked = field.secret.is_some();
        Some(quote_spanned! {Span::call_site().located_at(field.ident.span())=>
            const _: () = ::core::assert!(
                !#marked && !::formwork::__private::has_secrets(#of_step), #secret
            );
            const _: () = ::core::assert!(!::formwork::__private::has_files(#of_step), #file);
        })
    });
    let names = form.fields.iter().map(|field| variant(&field.ident));
    let step = name(form);
    quote! {
        #variants

        #[automatically_derived]
        impl ::formwork::__private::Wizard for #ident {
            type Step = #step;
            const ALL: &'static [#step] = &[#(#step::#names),*];
        }

        #(#checks)*
    }
}

/// As [`steps`], after a mistake.
pub(super) fn fallback(form: &Form) -> TokenStream {
    let (variants, step, ident) = (variants(form), name(form), &form.ident);
    quote! {
        #variants

        #[automatically_derived]
        impl ::formwork::__private::Wizard for #ident {
            type Step = #step;
            const ALL: &'static [#step] = &[];
        }
    }
}

fn variants(form: &Form) -> TokenStream {
    let Form { ident, visibility, fields, .. } = form;
    let (name, doc) = (name(form), format!("The steps of [`{}`].", ident.unraw()));
    let variants = fields.iter().map(|Field { attributes, ident, .. }| {
        let docs = docs_or(attributes, &format!("The step `{}`.", ident.unraw()));
        let variant = variant(ident);
        quote!(#docs #variant)
    });
    quote! {
        #[doc = #doc]
        #[derive(
            ::core::clone::Clone,
            ::core::marker::Copy,
            ::core::fmt::Debug,
            ::core::cmp::PartialEq,
            ::core::cmp::Eq,
        )]
        #[allow(dead_code)]
        #visibility enum #name {
            #(#variants,)*
        }
    }
}

/// `ReportStep`
fn name(form: &Form) -> Ident {
    format_ident!("{}Step", form.ident)
}

fn variant(field: &Ident) -> Ident {
    format_ident!("{}", pascal_case(&field.unraw().to_string()), span = field.span())
}
