//! The code of an action: its handle on both sides, the rest on the server.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::{model::Action, order, reports, was, wrap};
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

/// The types of the bound values, as they are written.
fn bound_kinds(action: &Action) -> impl Iterator<Item = String> {
    action.bound.iter().map(|(_, ty)| quote!(#ty).to_string().replace(' ', ""))
}

fn handle(action: &Action) -> TokenStream {
    let Action { declaration, function, .. } = action;
    let (handle, vis) = (function.handle(Kind::Action), &function.visibility);
    let cfgs = function.cfgs();
    let docs = function.docs(&format!("The action `{}`.", function.signature.ident));
    let id = declaration.id(function);
    let (form, output) = types(action);
    let kinds = bound_kinds(action);
    // What is bound is part of what a page of another build may not send.
    let shape = (!action.bound.is_empty()).then(|| {
        quote! {
            const SHAPE: ::formwork::__private::Shape =
                <#form as ::formwork::__private::Form>::SHAPE
                    #(.field("", ::formwork::__private::Shape::new(#kinds), true))*;
        }
    });
    let was = was::expand(&action.was);
    let order = order::expand(action.order.as_ref());
    let unbound = action.bound.is_empty().then(|| {
        quote! {
            #(#cfgs)*
            impl ::formwork::__private::Unbound for #handle {}
        }
    });
    let is_generic = !function.signature.generics.params.is_empty();
    let streaming = action.reports.as_ref().filter(|_| !is_generic).map(|reported| {
        quote! {
            #(#cfgs)*
            impl ::formwork::__private::Streaming for #handle {
                type Report = #reported;
            }
        }
    });
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
            #was
            #order
            type Form = #form;
            type Output = #output;
            #shape
        }

        #unbound
        #streaming
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
    let names: Vec<_> = (0..action.bound.len())
        .map(|at| quote::format_ident!("bound{at}", span = Span::mixed_site()))
        .collect();
    let reporter = quote_spanned!(Span::mixed_site()=> reports);
    let mut arguments = quote!(#cx #(, ::formwork::__private::opened(#names))*);
    // As they are written, behind those that have their place.
    let behind = function.parameters().skip(1 + action.bound.len());
    for parameter in behind {
        let argument = if reports::is_one(parameter) { &reporter } else { &form };
        arguments.extend(quote!(, #argument));
    }
    let reported = action
        .reports
        .as_ref()
        .map(|_| quote!(let #reporter = ::formwork::__private::Reports::of(&#cx);));
    let types: Vec<_> = action.bound.iter().map(|(_, ty)| ty).collect();
    let spelt = action.bound.iter().map(|(name, _)| syn::ext::IdentExt::unraw(name).to_string());
    let kinds = bound_kinds(action);
    let spelt = (!action.bound.is_empty()).then(|| {
        quote! {
            const BOUND: &'static [&'static str] = &[#(#spelt),*];
            const BOUND_TYPES: &'static [&'static str] = &[#(#kinds),*];
        }
    });
    let (bind, limits) = (bind(action), action.limits.expand());
    let spelt_wrap = wrap::expand(action.wrap.as_ref());
    let streams = reports::expand(action.reports.as_ref());
    // A future that isn't `Send`, or an error that doesn't turn into an `ActionError`, is reported
    // at the function's name instead of at the attribute.
    let handler = quote_spanned! {Span::mixed_site().located_at(name.span())=>
        async move {
            #reported
            #name(#arguments)
                .await
                .map_err(::formwork::__private::IntoActionError::into_action_error)
        }
    };
    let body = match &action.wrap {
        None => handler,
        Some(wrap) => {
            let next = quote_spanned!(Span::mixed_site()=> next);
            quote_spanned! {Span::mixed_site().located_at(syn::spanned::Spanned::span(wrap))=>
                async move {
                    let #next = ::formwork::__private::Next::new(
                        <Self as ::formwork::__private::Action>::ID,
                        move |#cx| #handler,
                    );
                    #wrap(#cx, #next)
                        .await
                        .map_err(::formwork::__private::IntoActionError::into_action_error)
                }
            }
        }
    };
    let form = action.form.as_ref().map_or_else(|| quote!(_), |_| form);
    quote! {
        #(#cfgs)*
        ::formwork::__private::server_only! {
            #function

            impl ::formwork::__private::ServerAction for #handle {
                type Guard = #guard;
                type Bound = (#(#types,)*);
                #spelt
                #limits
                #spelt_wrap
                #streams

                fn run(
                    #cx: ::formwork::__private::ActionCx<Self::Guard>,
                    (#(#names,)*): Self::Bound,
                    #form: Self::Form,
                ) -> impl ::core::future::Future<
                    Output = ::formwork::__private::ActionResult<Self::Output>,
                > + ::core::marker::Send {
                    #body
                }
            }

            #bind

            ::formwork::__private::inventory::submit! {
                ::formwork::__private::ActionDef::of::<#handle>(#declared)
            }
        }
    }
}

/// How the server binds values to it; an action without any has no such function.
fn bind(action: &Action) -> Option<TokenStream> {
    let Action { bound, function, .. } = action;
    if bound.is_empty() {
        return None;
    }
    let (handle, vis) = (function.handle(Kind::Action), &function.visibility);
    let (names, types): (Vec<_>, Vec<_>) = bound.iter().map(|(name, ty)| (name, ty)).unzip();
    Some(quote! {
        impl #handle {
            /// The action with these values, to be sealed by a context's `bind`.
            #[allow(dead_code)]
            #vis fn bind(#(#names: #types),*) -> ::formwork::__private::Binding<Self> {
                ::formwork::__private::Binding::new((#(#names,)*))
            }
        }
    })
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
                type Bound = ();

                fn run(
                    _: ::formwork::__private::ActionCx<Self::Guard>,
                    _: Self::Bound,
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
