//! The code of an enum of choices: `Choice` and `FormValue`.

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
    let read = variants.iter().map(
        |Variant { ident, value, .. }| quote!(#value => ::core::result::Result::Ok(Self::#ident),),
    );
    let write = variants.iter().map(|Variant { ident, value, .. }| quote!(Self::#ident => #value,));
    // Reading and writing don't go through `Choice`: what the enum lacks for that is reported once.
    quote! {
        #[automatically_derived]
        impl ::formwork::__private::Choice for #ident {
            const CHOICES: &'static [(Self, &'static str, &'static str)] = &[#(#choices),*];
        }

        #[automatically_derived]
        impl ::formwork::__private::FormValue for #ident {
            const SHAPE: ::formwork::__private::Shape = ::formwork::__private::Shape::new("choice");
            const CONSTRAINTS: ::formwork::__private::Constraints =
                ::formwork::__private::Constraints::CHOICE;

            fn placeholder() -> Self {
                Self::#first
            }

            fn from_text(
                text: &str,
            ) -> ::core::result::Result<Self, ::formwork::__private::Mistake> {
                match text {
                    #(#read)*
                    "" => ::core::result::Result::Err(::formwork::__private::Mistake::NotChosen),
                    _ => ::core::result::Result::Err(::formwork::__private::Mistake::NotAChoice),
                }
            }

            fn to_text(&self) -> ::std::string::String {
                ::std::string::String::from(match self {
                    #(#write)*
                })
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
        impl #impl_generics ::formwork::__private::FormValue for #ident #type_generics {
            const SHAPE: ::formwork::__private::Shape = ::formwork::__private::Shape::new("choice");

            fn placeholder() -> Self {
                ::core::unreachable!()
            }

            fn from_text(
                _: &str,
            ) -> ::core::result::Result<Self, ::formwork::__private::Mistake> {
                ::core::unreachable!()
            }

            fn to_text(&self) -> ::std::string::String {
                ::core::unreachable!()
            }
        }
    }
}
