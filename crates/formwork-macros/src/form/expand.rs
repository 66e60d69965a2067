//! The code of a form: `Form`, what makes it a part of other forms, and `FormFields`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;

use super::{
    applies,
    model::{Field, Form, Nests},
    rules, steps,
};
use crate::{errors::Errors, function::docs_or};

pub(crate) fn expand(form: &Form, errors: &Errors) -> TokenStream {
    if !errors.is_empty() {
        return fallback(form, errors);
    }
    let Form { ident, fields, preflight, .. } = form;
    let handles = handles(form);
    // A form in steps is no part of another one.
    let part = form.steps.is_none().then(|| part(form));
    let names = names(form, true);
    let (steps, constant) = match form.steps {
        Some(_) => (Some(steps::steps(form)), Some(steps::constant(form))),
        None => (None, None),
    };
    let kind = if form.steps.is_some() { "wizard" } else { "form" };
    let (dives, types) = (dives(form), types(form));
    let shape = fields.iter().map(|Field { name, ty, .. }| {
        let field = quote!(<#ty as ::formwork::__private::FormField>);
        quote!(.field(#name, #field::SHAPE, #field::REQUIRED))
    });
    let specs =
        fields.iter().enumerate().map(|(at, field)| spec(field, form.is_asked_sometimes(at)));
    let placeholders = fields.iter().map(|Field { ident, ty, .. }| {
        quote!(#ident: <#ty as ::formwork::__private::FormField>::placeholder())
    });
    let read_fields = fields.iter().map(|Field { ident, name, ty, .. }| {
        quote! {
            #ident: <#ty as ::formwork::__private::FormField>::read(
                entries, &::formwork::__private::within(within, #name), issues,
            )
        }
    });
    let read = match form.steps {
        Some(_) => steps::read(form),
        None => quote!(Self { #(#read_fields,)* }),
    };
    let write = fields.iter().map(|Field { ident, name, ty, .. }| {
        quote! {
            <#ty as ::formwork::__private::FormField>::write(
                &self.#ident, &::formwork::__private::within(within, #name), entries,
            );
        }
    });
    // Unused without fields.
    let used = |name| {
        if fields.is_empty() { quote!(_) } else { format_ident!("{name}").into_token_stream() }
    };
    let (entries, within, issues) = (used("entries"), used("within"), used("issues"));
    // A struct without rules is reported at its name.
    let validate = quote_spanned! {Span::call_site().located_at(ident.span())=>
        ::formwork::__private::garde_issues(self)
    };
    quote! {
        #[automatically_derived]
        impl ::formwork::__private::Form for #ident {
            const SHAPE: ::formwork::__private::Shape =
                ::formwork::__private::Shape::new(#kind)#(#shape)*;
            const FIELDS: &'static [::formwork::__private::FieldSpec] = &[#(#specs),*];
            const PREFLIGHT: bool = #preflight;
            #constant

            fn placeholder() -> Self {
                Self { #(#placeholders,)* }
            }

            fn read(
                #entries: &::formwork::__private::Lookup<'_>,
                #within: &str,
                #issues: &mut ::formwork::__private::Issues,
            ) -> Self {
                #read
            }

            fn write(&self, #within: &str, #entries: &mut ::formwork::__private::Entries) {
                #(#write)*
            }

            fn validate(&self) -> ::std::vec::Vec<::formwork::__private::Broken> {
                #validate
            }
        }
        #part
        #names
        #handles
        #dives
        #types
        #steps
    }
}

/// A field's row in the form's table.
fn spec(field: &Field, asked_sometimes: bool) -> TokenStream {
    let Field { ident, name, was, label, ty, secret, .. } = field;
    let (ident, secret) = (ident.to_string(), secret.is_some());
    let constraints = constraints(field);
    // Where a step is asked, it is to be filled in.
    let optional = match asked_sometimes {
        true => quote!(false),
        false => quote!(!<#ty as ::formwork::__private::FormField>::REQUIRED),
    };
    quote! {
        ::formwork::__private::FieldSpec {
            ident: #ident,
            name: #name,
            was: &[#(#was),*],
            label: #label,
            secret: #secret,
            optional: #optional,
            structure: <#ty as ::formwork::__private::FormField>::STRUCTURE,
            constraints: #constraints,
        }
    }
}

/// The type's constraints, with those of the field's options and rules.
fn constraints(field: &Field) -> TokenStream {
    let Field { attributes, ty, secret, input_type, inputmode, autocomplete, files, .. } = field;
    let this = quote!(<#ty as ::formwork::__private::FormField>);
    let secret = secret.map(|_| quote!(.secret()));
    let typed = input_type.as_ref().map(|input_type| quote!(.typed(#input_type)));
    let inputmode = inputmode.as_ref().map(|inputmode| quote!(.inputmode(#inputmode)));
    let autocomplete = autocomplete.as_ref().map(|words| quote!(.autocomplete(#words)));
    let rules = rules::constraints(attributes, &quote!(!#this::REQUIRED));
    let files = files.constraints();
    quote!(#this::CONSTRAINTS #secret #typed #rules #inputmode #autocomplete #files)
}

/// What makes the struct a field of other forms, alone and in lists.
fn part(form: &Form) -> TokenStream {
    let ident = &form.ident;
    let blank = form.fields.iter().map(|Field { name, ty, .. }| {
        quote! {
            <#ty as ::formwork::__private::FormField>::is_blank(
                entries, &::formwork::__private::within(name, #name),
            )
        }
    });
    let this = quote!(<Self as ::formwork::__private::Form>);
    quote! {
        #[automatically_derived]
        impl ::formwork::__private::FormField for #ident {
            const SHAPE: ::formwork::__private::Shape = #this::SHAPE;
            const REQUIRED: bool = true;
            const STRUCTURE: ::formwork::__private::Structure =
                ::formwork::__private::Structure::Group(#this::FIELDS);
            const CONSTRAINTS: ::formwork::__private::Constraints =
                ::formwork::__private::Constraints::NONE;

            fn placeholder() -> Self {
                #this::placeholder()
            }

            fn read(
                entries: &::formwork::__private::Lookup<'_>,
                name: &str,
                issues: &mut ::formwork::__private::Issues,
            ) -> Self {
                #this::read(entries, name, issues)
            }

            fn write(&self, name: &str, entries: &mut ::formwork::__private::Entries) {
                #this::write(self, name, entries);
            }

            #[allow(unused_variables)]
            fn is_blank(entries: &::formwork::__private::Lookup<'_>, name: &str) -> bool {
                true #(&& #blank)*
            }
        }

        #[automatically_derived]
        impl ::formwork::__private::ListItem for #ident {
            const LIST_SHAPE: ::formwork::__private::Shape =
                ::formwork::__private::rows::shape::<Self>();
            const LIST_STRUCTURE: ::formwork::__private::Structure =
                ::formwork::__private::Structure::Rows(#this::FIELDS);

            fn read_list(
                entries: &::formwork::__private::Lookup<'_>,
                name: &str,
                issues: &mut ::formwork::__private::Issues,
            ) -> ::std::vec::Vec<Self> {
                ::formwork::__private::rows::read(entries, name, issues)
            }

            fn write_list<'a>(
                items: impl ::core::iter::Iterator<Item = &'a Self>,
                name: &str,
                entries: &mut ::formwork::__private::Entries,
            ) {
                ::formwork::__private::rows::write(items, name, entries);
            }

            fn is_list_blank(entries: &::formwork::__private::Lookup<'_>, name: &str) -> bool {
                ::formwork::__private::rows::is_blank(entries, name)
            }
        }
    }
}

/// The struct of typed handles: each as visible as its field, so that no handle shows a type that
/// its field hides.
fn handles(form: &Form) -> TokenStream {
    let Form { ident, visibility, fields, .. } = form;
    let made = fields.iter().enumerate().map(|(at, Field { ident: field, nests, .. })| {
        let spec = quote!(&<#ident as ::formwork::__private::Form>::FIELDS[#at]);
        match nests {
            Nests::No => quote!(#field: scope.field(#spec)),
            Nests::Group(ty) => quote! {
                #field: <#ty as ::formwork::__private::FormFields>::fields(scope.group(#spec))
            },
            Nests::Rows(_) => quote!(#field: scope.rows(#spec)),
        }
    });
    let scope = if fields.is_empty() { quote!(_) } else { quote!(scope) };
    handles_with(form, quote!(#scope), quote!(Self::Fields { #(#made,)* }), visibility)
}

fn handles_with(
    form: &Form,
    scope: TokenStream,
    made: TokenStream,
    visibility: &syn::Visibility,
) -> TokenStream {
    let Form { ident, fields, .. } = form;
    let name = format_ident!("{ident}Fields");
    let doc = format!("The fields of [`{}`], as a component shows them.", ident.unraw());
    let declared =
        fields.iter().map(|Field { attributes, visibility, ident, ty, nests, .. }| {
            let doc = docs_or(attributes, &format!("The field `{}`.", ident.unraw()));
            let handle = match nests {
                Nests::No => quote!(::formwork::__private::Field<#ty>),
                Nests::Group(ty) => quote!(<#ty as ::formwork::__private::FormFields>::Fields),
                Nests::Rows(ty) => quote!(::formwork::__private::Rows<#ty>),
            };
            quote!(#doc #visibility #ident: #handle)
        });
    quote! {
        #[doc = #doc]
        #[derive(::core::clone::Clone, ::core::marker::Copy)]
        #[allow(dead_code)]
        #visibility struct #name {
            #(#declared,)*
        }

        #[automatically_derived]
        impl ::formwork::__private::FormFields for #ident {
            type Fields = #name;

            fn fields(#scope: ::formwork::__private::FieldScope) -> Self::Fields {
                #made
            }
        }
    }
}

/// Inputs hold the values of their fields.
fn types(form: &Form) -> TokenStream {
    let checks = form.fields.iter().filter_map(|field| {
        let Field { ty, input_type, .. } = field;
        let input_type = input_type.as_ref()?;
        let help = match input_type.value().as_str() {
            "range" | "number" => "it is for numbers",
            "search" | "tel" | "password" => "it is for a `String`",
            "text" | "hidden" => "they are several, a tick, a file, or fields of their own",
            "email" => "use the type `Email`, which is checked alike on both sides",
            "url" => "use the type `WebAddress`, which is checked on both sides",
            "date" | "month" | "time" | "color" => "use the type of that name, such as `Date`",
            "datetime-local" => "use the type `LocalDateTime`",
            _ => "leave `type` out",
        };
        let message =
            format!("an input of type `{}` can't hold these values: {help}", input_type.value());
        Some(quote_spanned! {Span::call_site().located_at(input_type.span())=>
            const _: () = ::core::assert!(
                <#ty as ::formwork::__private::FormField>::CONSTRAINTS.takes(#input_type)
                    && !<#ty as ::formwork::__private::FormField>::STRUCTURE.nests(),
                #message
            );
        })
    });
    let files = form.fields.iter().map(|field| {
        let Field { ty, secret, files, .. } = field;
        files.checks(ty, *secret)
    });
    let rules = form.fields.iter().map(|field| applies::of_choices(&field.attributes, &field.ty));
    quote!(#(#checks)* #(#files)* #(#rules)*)
}

/// The struct of typed names.
fn names(form: &Form, made: bool) -> TokenStream {
    let Form { ident, visibility, fields, .. } = form;
    let name = format_ident!("{ident}Names");
    let doc = format!("The names of the fields of [`{}`], as paths of issues.", ident.unraw());
    let declared = fields.iter().map(|Field { visibility, ident, nests, .. }| {
        let doc = format!("The name of `{}`.", ident.unraw());
        let ty = match nests {
            Nests::No => quote!(::formwork::__private::FieldName),
            Nests::Group(ty) => quote!(<#ty as ::formwork::__private::FormNames>::Names),
            Nests::Rows(ty) => quote!(::formwork::__private::RowNames<#ty>),
        };
        quote!(#[doc = #doc] #visibility #ident: #ty)
    });
    let values = fields.iter().map(|Field { ident, name, nests, .. }| match nests {
        Nests::No => quote!(#ident: ::formwork::__private::FieldName::of(within, #name)),
        Nests::Group(ty) => quote! {
            #ident: <#ty as ::formwork::__private::FormNames>::names_within(
                &::formwork::__private::within(within, #name),
            )
        },
        Nests::Rows(_) => quote!(#ident: ::formwork::__private::RowNames::of(within, #name)),
    });
    let (within, body) = match made && !fields.is_empty() {
        true => (quote!(within), quote!(Self::Names { #(#values,)* })),
        false if made => (quote!(_), quote!(Self::Names {})),
        false => (quote!(_), quote!(::core::unreachable!())),
    };
    quote! {
        #[doc = #doc]
        #[allow(dead_code)]
        #visibility struct #name {
            #(#declared,)*
        }

        #[automatically_derived]
        impl ::formwork::__private::FormNames for #ident {
            type Names = #name;

            fn names_within(#within: &str) -> Self::Names {
                #body
            }
        }
    }
}

/// A struct's own rules are checked only if the field says so.
fn dives(form: &Form) -> TokenStream {
    let checks = form.fields.iter().filter(|field| matches!(field.nests, Nests::No)).map(|field| {
        let Field { ident, ty, .. } = field;
        let message = format!(
            "the rules of the struct in `{}` would not be checked: write `#[garde(dive)]` at it",
            ident.unraw()
        );
        quote_spanned! {Span::call_site().located_at(ident.span())=>
            const _: () = ::core::assert!(
                !<#ty as ::formwork::__private::FormField>::STRUCTURE.nests(), #message
            );
        }
    });
    quote!(#(#checks)*)
}

/// After a mistake: a form of no fields that keeps the handles, for whatever refers to it.
fn fallback(form: &Form, errors: &Errors) -> TokenStream {
    let ident = &form.ident;
    let generic = !form.generics.params.is_empty();
    let handles = if generic { TokenStream::new() } else { fallback_handles(form) };
    let is_part = !generic && form.steps.is_none();
    let part = if is_part { fallback_part(form) } else { TokenStream::new() };
    let steps = (!generic && form.steps.is_some()).then(|| steps::fallback(form));
    let (impl_generics, type_generics, where_clause) = form.generics.split_for_impl();
    let predicates = where_clause.map(|clause| clause.predicates.to_token_stream());
    let bounds = generic.then(|| quote!(where Self: ::core::marker::Send + 'static, #predicates));
    quote! {
        #errors

        #[automatically_derived]
        impl #impl_generics ::formwork::__private::Form for #ident #type_generics #bounds {
            const SHAPE: ::formwork::__private::Shape = ::formwork::__private::Shape::new("form");
            const FIELDS: &'static [::formwork::__private::FieldSpec] = &[];

            fn placeholder() -> Self {
                ::core::unreachable!()
            }

            fn read(
                _: &::formwork::__private::Lookup<'_>,
                _: &str,
                _: &mut ::formwork::__private::Issues,
            ) -> Self {
                ::core::unreachable!()
            }

            fn write(&self, _: &str, _: &mut ::formwork::__private::Entries) {}

            fn validate(&self) -> ::std::vec::Vec<::formwork::__private::Broken> {
                ::core::unreachable!()
            }
        }
        #part
        #handles
        #steps
    }
}

/// As [`part`], without asking anything of the fields.
fn fallback_part(form: &Form) -> TokenStream {
    part(&Form { fields: Vec::new(), ..form.clone() })
}

/// As [`handles`], without making any.
fn fallback_handles(form: &Form) -> TokenStream {
    let handles = handles_with(form, quote!(_), quote!(::core::unreachable!()), &form.visibility);
    let names = names(form, false);
    quote!(#handles #names)
}
