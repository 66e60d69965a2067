//! The code of a query: its handle and constructor on both sides, the rest on the server.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Visibility, ext::IdentExt};

use super::{
    cache::Cache,
    model::{Argument, Query},
    tags::Tag,
};
use crate::{
    errors::Errors,
    function::{Function, mended},
    guarded::Kind,
    names::type_text,
};

pub(crate) fn expand(mut query: Query, errors: &Errors) -> TokenStream {
    if query.function.signature.receiver().is_some() {
        // It stands in an `impl`, where a handle can't.
        let function = &query.function;
        return quote!(#errors #function);
    }
    if !query.function.signature.generics.params.is_empty() {
        // A type parameter doesn't exist outside of the function that was refused for having it.
        query.arguments.clear();
        query.output = None;
    }
    let handle = handle(&query);
    let server = if errors.is_empty() { server(query) } else { fallback(query) };
    quote!(#errors #handle #server)
}

fn handle(query: &Query) -> TokenStream {
    let Query { declaration, function, arguments, .. } = query;
    let (name, vis) = (&function.signature.ident, &function.visibility);
    let handle = function.handle(Kind::Query);
    let cfgs = function.cfgs();
    let docs = function.docs(&format!("The query `{name}`."));
    let handle_doc = format!("The query [`{}`] with its arguments.", name.unraw());
    let names: Vec<_> = arguments.iter().map(|argument| &argument.name).collect();
    let types: Vec<_> = arguments.iter().map(|argument| &argument.ty).collect();
    let field_docs =
        arguments.iter().map(|argument| format!("The argument `{}`.", argument.plain_name()));
    let id = declaration.id(function);
    let live = query.live.then(|| {
        quote!(
            const LIVE: bool = true;
        )
    });
    let output = query.output.as_ref().map_or_else(|| quote!(()), |output| quote!(#output));
    quote! {
        #[doc = #handle_doc]
        #(#cfgs)*
        #[derive(
            ::core::clone::Clone,
            ::core::fmt::Debug,
            ::core::cmp::PartialEq,
            ::formwork::__private::serde::Serialize,
            ::formwork::__private::serde::Deserialize,
        )]
        #[serde(crate = "::formwork::__private::serde")]
        #vis struct #handle {
            #(#[doc = #field_docs] #vis #names: #types,)*
        }

        #docs
        #(#cfgs)*
        #[allow(clippy::too_many_arguments)]
        #vis fn #name(#(#names: #types),*) -> #handle {
            #handle { #(#names),* }
        }

        #(#cfgs)*
        impl ::formwork::__private::Query for #handle {
            const ID: &'static str = #id;
            #live
            type Output = #output;
        }
    }
}

fn server(query: Query) -> TokenStream {
    let handle = query.function.handle(Kind::Query);
    let cfgs: Vec<_> = query.function.cfgs().into_iter().cloned().collect();
    let (guard, declared) = (query.declaration.guard(), query.declaration.declared());
    let tags = query.tags.iter().map(Tag::expression);
    let templates = query.tags.iter().map(Tag::template);
    let cache = query.cache.as_ref().map(Cache::expand);
    let written = query
        .arguments
        .iter()
        .map(|argument| format!("{}: {}", argument.plain_name(), type_text(&argument.ty)));
    let returned = query.output.as_ref().map_or_else(|| "()".to_owned(), type_text);
    let name = query.function.signature.ident.clone();
    let arguments = query.arguments.iter().map(|Argument { name, .. }| quote!(self.#name));
    let cx = quote_spanned!(Span::mixed_site()=> cx);
    let (parameter, context) =
        if query.takes_context { (cx.clone(), Some(cx)) } else { (quote!(_), None) };
    let arguments = context.into_iter().chain(arguments);
    let function = renamed(query.function);
    let inner = &function.signature.ident;
    // A future that isn't `Send`, or an error that doesn't turn into an `ActionError`, is reported
    // at the function's name instead of at the attribute.
    let body = quote_spanned! {Span::mixed_site().located_at(name.span())=>
        async move {
            #inner(#(#arguments),*)
                .await
                .map_err(::formwork::__private::IntoActionError::into_action_error)
        }
    };
    quote! {
        #(#cfgs)*
        ::formwork::__private::server_only! {
            #function

            impl ::formwork::__private::ServerQuery for #handle {
                type Guard = #guard;
                const TAGS: &'static [&'static str] = &[#(#templates),*];
                const ARGUMENTS: &'static [&'static str] = &[#(#written),*];
                const OUTPUT: &'static str = #returned;
                #cache

                fn tags(&self) -> ::std::vec::Vec<::std::string::String> {
                    ::std::vec![#(#tags),*]
                }

                fn run(
                    self,
                    #parameter: ::formwork::__private::QueryCx<Self::Guard>,
                ) -> impl ::core::future::Future<
                    Output = ::formwork::__private::QueryResult<Self::Output>,
                > + ::core::marker::Send {
                    #body
                }
            }

            ::formwork::__private::inventory::submit! {
                ::formwork::__private::QueryDef::of::<#handle>(#declared)
            }
        }
    }
}

/// After a mistake: whatever refers to the query finds it, and the body is still checked. Nothing
/// compiles, so that `Public` lets nobody in.
fn fallback(query: Query) -> TokenStream {
    let handle = query.function.handle(Kind::Query);
    let cfgs: Vec<_> = query.function.cfgs().into_iter().cloned().collect();
    let function = mended(renamed(query.function));
    quote! {
        #(#cfgs)*
        ::formwork::__private::server_only! {
            #[allow(dead_code)]
            #function

            impl ::formwork::__private::ServerQuery for #handle {
                type Guard = ::formwork::__private::Public;

                fn tags(&self) -> ::std::vec::Vec<::std::string::String> {
                    ::std::vec::Vec::new()
                }

                fn run(
                    self,
                    _: ::formwork::__private::QueryCx<Self::Guard>,
                ) -> impl ::core::future::Future<
                    Output = ::formwork::__private::QueryResult<Self::Output>,
                > + ::core::marker::Send {
                    ::core::future::pending()
                }
            }
        }
    }
}

/// The function gives its name to the handle's constructor.
fn renamed(mut function: Function) -> Function {
    let name = &function.signature.ident;
    function.signature.ident = format_ident!("__formwork_{}", name.unraw(), span = name.span());
    function.visibility = Visibility::Inherited;
    function.attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    function
}
