//! The code of a form: `Form` and `FormFields`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;

use super::model::{Field, Form};
use crate::{errors::Errors, function::docs_or};

pub(crate) fn expand(form: &Form, errors: &Errors) -> TokenStream {
    if !errors.is_empty() {
        return fallback(form, errors);
    }
    let (ident, fields) = (&form.ident, &form.fields);
    let handles = handles(form);
    let shape = fields.iter().map(|Field { name, ty, .. }| {
        let field = quote!(<#ty as ::formwork::__private::FormField>);
        quote!(.field(#name, #field::SHAPE, #field::REQUIRED))
    });
    let secrets = fields.iter().filter(|field| field.secret).map(|field| &field.name);
    let read = fields.iter().map(|Field { ident, name, ty, .. }| {
        quote!(#ident: <#ty as ::formwork::__private::FormField>::read(entries, #name, issues))
    });
    let write = fields.iter().map(|Field { ident, name, ty, .. }| {
        quote!(<#ty as ::formwork::__private::FormField>::write(&self.#ident, #name, entries);)
    });
    // Unused without fields.
    let (entries, issues) =
        if fields.is_empty() { (quote!(_), quote!(_)) } else { (quote!(entries), quote!(issues)) };
    let validate = validate(form);
    quote! {
        #[automatically_derived]
        impl ::formwork::__private::Form for #ident {
            const SHAPE: ::formwork::__private::Shape =
                ::formwork::__private::Shape::new("form")#(#shape)*;
            const SECRETS: &'static [&'static str] = &[#(#secrets),*];

            fn read(
                #entries: &::formwork::__private::Entries,
                #issues: &mut ::formwork::__private::Issues,
            ) -> Self {
                Self { #(#read,)* }
            }

            fn validate(&self) -> ::formwork::__private::Issues {
                #validate
            }

            fn write(&self, #entries: &mut ::formwork::__private::Entries) {
                #(#write)*
            }
        }
        #handles
    }
}

/// garde knows a field by its name in the struct; an issue is at its name in the form.
fn validate(form: &Form) -> TokenStream {
    // A struct without rules is reported at its name.
    let issues = quote_spanned! {Span::call_site().located_at(form.ident.span())=>
        ::formwork::__private::garde_issues(self)
    };
    let mut renamed = form
        .fields
        .iter()
        .map(|Field { ident, name, .. }| (ident.to_string(), name))
        .filter(|(ident, name)| ident != *name)
        .map(|(ident, name)| quote!(#ident => #name,))
        .peekable();
    if renamed.peek().is_none() {
        return issues;
    }
    quote! {
        let mut issues = <::formwork::__private::Issues as ::core::default::Default>::default();
        for issue in #issues.iter() {
            let path = match issue.path.as_str() {
                #(#renamed)*
                path => path,
            };
            issues.push(path, issue.message.as_str());
        }
        issues
    }
}

/// The struct of typed handles: each as visible as its field, so that no handle shows a type that
/// its field hides.
fn handles(form: &Form) -> TokenStream {
    let Form { ident, visibility, fields, .. } = form;
    let name = format_ident!("{ident}Fields");
    let doc = format!("The fields of [`{}`], as a component shows them.", ident.unraw());
    let declared = fields.iter().map(|Field { attributes, visibility, ident, ty, .. }| {
        let doc = docs_or(attributes, &format!("The field `{}`.", ident.unraw()));
        quote!(#doc #visibility #ident: ::formwork::__private::Field<#ty>)
    });
    let made = fields.iter().map(|Field { ident, name, .. }| quote!(#ident: scope.field(#name)));
    let scope = if fields.is_empty() { quote!(_) } else { quote!(scope) };
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
                #name { #(#made,)* }
            }
        }
    }
}

/// After a mistake: a form of no fields that keeps the handles, for whatever refers to it.
fn fallback(form: &Form, errors: &Errors) -> TokenStream {
    let ident = &form.ident;
    let generic = !form.generics.params.is_empty();
    let handles = if generic { TokenStream::new() } else { handles(form) };
    let (impl_generics, type_generics, where_clause) = form.generics.split_for_impl();
    let predicates = where_clause.map(|clause| clause.predicates.to_token_stream());
    let bounds = generic.then(|| quote!(where Self: ::core::marker::Send + 'static, #predicates));
    quote! {
        #errors

        #[automatically_derived]
        impl #impl_generics ::formwork::__private::Form for #ident #type_generics #bounds {
            const SHAPE: ::formwork::__private::Shape = ::formwork::__private::Shape::new("form");
            const SECRETS: &'static [&'static str] = &[];

            fn read(
                _: &::formwork::__private::Entries,
                _: &mut ::formwork::__private::Issues,
            ) -> Self {
                ::core::unreachable!()
            }

            fn validate(&self) -> ::formwork::__private::Issues {
                ::core::unreachable!()
            }

            fn write(&self, _: &mut ::formwork::__private::Entries) {}
        }
        #handles
    }
}
