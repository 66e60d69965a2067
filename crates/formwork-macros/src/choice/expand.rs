//! The code of an enum of choices: `Choice` and `FormField`.

use proc_macro2::TokenStream;
use quote::quote;

use super::model::{Choice, Variant};
use crate::errors::Errors;

pub(crate) fn expand(choice: &Choice, errors: &Errors) -> TokenStream {
    let (ident, variants) = (&choice.ident, &choice.variants);
    let [first, ..] = &variants[..] else { return fallback(choice, errors) };
    if !errors.is_empty() {
        return fallback(choice, errors);
    }
    let first = &first.ident;
    let choices = variants
        .iter()
        .map(|Variant { ident, value, label }| quote!((Self::#ident, #value, #label)));
    let read =
        variants.iter().map(|Variant { ident, value, .. }| quote!(#value => return Self::#ident,));
    let write = variants.iter().map(|Variant { ident, value, .. }| quote!(Self::#ident => #value,));
    // Reading and writing don't go through `Choice`: what the enum lacks for that is reported once.
    quote! {
        #[automatically_derived]
        impl ::formwork::__private::Choice for #ident {
            const CHOICES: &'static [(Self, &'static str, &'static str)] = &[#(#choices),*];
        }

        #[automatically_derived]
        impl ::formwork::__private::FormField for #ident {
            const SHAPE: ::formwork::__private::Shape = ::formwork::__private::Shape::new("choice");
            const REQUIRED: bool = true;

            fn placeholder() -> Self {
                Self::#first
            }

            fn read(
                entries: &::formwork::__private::Entries,
                name: &str,
                issues: &mut ::formwork::__private::Issues,
            ) -> Self {
                let message = match entries.last(name).unwrap_or_default() {
                    #(#read)*
                    "" => "Choose one",
                    _ => "Choose one of the options",
                };
                issues.push(name, message);
                Self::#first
            }

            fn write(&self, name: &str, entries: &mut ::formwork::__private::Entries) {
                let value = match self {
                    #(#write)*
                };
                entries.push(name, value);
            }
        }
    }
}

/// After a mistake: choices of nothing, for whatever refers to the enum.
fn fallback(choice: &Choice, errors: &Errors) -> TokenStream {
    let ident = &choice.ident;
    let (impl_generics, type_generics, _) = choice.generics.split_for_impl();
    let bounds = quote!(where Self: ::core::marker::Copy + ::core::cmp::PartialEq + 'static);
    quote! {
        #errors

        #[automatically_derived]
        impl #impl_generics ::formwork::__private::Choice for #ident #type_generics #bounds {
            const CHOICES: &'static [(Self, &'static str, &'static str)] = &[];
        }

        #[automatically_derived]
        impl #impl_generics ::formwork::__private::FormField for #ident #type_generics {
            const SHAPE: ::formwork::__private::Shape = ::formwork::__private::Shape::new("choice");
            const REQUIRED: bool = true;

            fn placeholder() -> Self {
                ::core::unreachable!()
            }

            fn read(
                _: &::formwork::__private::Entries,
                _: &str,
                _: &mut ::formwork::__private::Issues,
            ) -> Self {
                ::core::unreachable!()
            }

            fn write(&self, _: &str, _: &mut ::formwork::__private::Entries) {}
        }
    }
}
