//! The code of an action: its handle on both sides, the rest on the server.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::model::Action;
use crate::{errors::Errors, function::mended, guarded::Kind};

pub(crate) fn expand(action: Action, errors: &Errors) -> TokenStream {
    if action.function.signature.receiver().is_some() {
        // It stands in an `impl`, where a handle can't.
        let function = &action.function;
        return quote!(#errors #function);
    }
    let handle = handle(&action);
    let server = if errors.is_empty() { server(&action) } else { fallback(action) };
    quote!(#errors #handle #server)
}

fn handle(action: &Action) -> TokenStream {
    let Action { declaration, function, .. } = action;
    let (handle, vis) = (function.handle(Kind::Action), &function.visibility);
    let cfgs = function.cfgs();
    let docs = function.docs(&format!("The action `{}`.", function.signature.ident));
    let id = declaration.id(function);
    let (form, output) = types(action);
    quote! {
        #docs
        #(#cfgs)*
        #[derive(
            ::core::clone::Clone,
            ::core::marker::Copy,
            ::core::fmt::Debug,
            ::core::cmp::PartialEq,
            ::core::cmp::Eq,
        )]
        #vis struct #handle;

        #(#cfgs)*
        impl ::formwork::__private::Action for #handle {
            const ID: &'static str = #id;
            type Form = #form;
            type Output = #output;
        }
    }
}

fn server(action: &Action) -> TokenStream {
    let Action { declaration, function, .. } = action;
    let (name, handle) = (&function.signature.ident, function.handle(Kind::Action));
    let cfgs = function.cfgs();
    let (guard, declared) = (declaration.guard(), declaration.declared());
    // Hygienic, so that an action may have any name.
    let (cx, form) =
        (quote_spanned!(Span::mixed_site()=> cx), quote_spanned!(Span::mixed_site()=> form));
    let arguments = if action.form.is_some() { quote!(#cx, #form) } else { quote!(#cx) };
    // A future that isn't `Send`, or an error that doesn't turn into an `ActionError`, is reported
    // at the function's name instead of at the attribute.
    let body = quote_spanned! {Span::mixed_site().located_at(name.span())=>
        async move { #name(#arguments).await.map_err(::core::convert::Into::into) }
    };
    let form = action.form.as_ref().map_or_else(|| quote!(_), |_| form);
    quote! {
        #(#cfgs)*
        ::formwork::__private::server_only! {
            #function

            impl ::formwork::__private::ServerAction for #handle {
                type Guard = #guard;

                fn run(
                    #cx: ::formwork::__private::ActionCx<Self::Guard>,
                    #form: Self::Form,
                ) -> impl ::core::future::Future<
                    Output = ::formwork::__private::ActionResult<Self::Output>,
                > + ::core::marker::Send {
                    #body
                }
            }

            ::formwork::__private::inventory::submit! {
                ::formwork::__private::ActionDef::of::<#handle>(#declared)
            }
        }
    }
}

/// After a mistake: whatever refers to the action finds it, and the body is still checked. Nothing
/// compiles, so that `Public` lets nobody in.
fn fallback(action: Action) -> TokenStream {
    let handle = action.function.handle(Kind::Action);
    let cfgs: Vec<_> = action.function.cfgs().into_iter().cloned().collect();
    let function = mended(action.function);
    quote! {
        #(#cfgs)*
        ::formwork::__private::server_only! {
            #[allow(dead_code)]
            #function

            impl ::formwork::__private::ServerAction for #handle {
                type Guard = ::formwork::__private::Public;

                fn run(
                    _: ::formwork::__private::ActionCx<Self::Guard>,
                    _: Self::Form,
                ) -> impl ::core::future::Future<
                    Output = ::formwork::__private::ActionResult<Self::Output>,
                > + ::core::marker::Send {
                    ::core::future::pending()
                }
            }
        }
    }
}

fn types(action: &Action) -> (TokenStream, TokenStream) {
    // A type parameter doesn't exist outside of the function that was refused for having it.
    let generic = !action.function.signature.generics.params.is_empty();
    let name = |ty: Option<&syn::Type>| match ty {
        Some(ty) if !generic => quote!(#ty),
        _ => quote!(()),
    };
    (name(action.form.as_ref()), name(action.output.as_ref()))
}
