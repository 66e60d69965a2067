//! A query as it was declared, checked.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{Pat, PatType, Type, ext::IdentExt, parse_quote};

use super::{cache::Cache, tags::Tag};
use crate::{
    errors::Errors,
    function::{Function, last_segment},
    guarded::{Declaration, Kind},
    names::type_text,
};

/// The options that only queries have.
const OWN: &[&str] = &["tags", "cache", "live"];

/// A function with `#[query]`. After mistakes it has what could be understood.
pub(crate) struct Query {
    pub(crate) declaration: Declaration,
    pub(crate) function: Function,
    pub(crate) takes_context: bool,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) cache: Option<Cache>,
    /// Whether components that show it follow what others change.
    pub(crate) live: bool,
    /// `T` of `QueryResult<T>`.
    pub(crate) output: Option<Type>,
}

/// An argument: part of the query's key.
pub(crate) struct Argument {
    pub(crate) name: Ident,
    pub(crate) ty: TokenStream,
}

impl Query {
    pub(crate) fn new(options: TokenStream, function: Function, errors: &mut Errors) -> Self {
        let declaration = Declaration::parse(Kind::Query, options, OWN, errors);
        function.check(Kind::Query, errors);

        let mut arguments = Vec::new();
        let mut takes_context = false;
        for (at, parameter) in function.parameters().enumerate() {
            if !Declaration::is_context(Kind::Query, parameter) {
                arguments.extend(Argument::new(parameter, errors));
            } else if at > 0 {
                errors.at(parameter, "the context comes first: move it before the arguments");
            } else {
                takes_context = true;
                declaration.check_context(Kind::Query, parameter, errors);
            }
        }

        let (mut tags, mut cache, mut live) = (Vec::new(), None, false);
        for option in &declaration.own {
            match option.key.to_string().as_str() {
                "cache" if cache.is_some() => option.twice(errors),
                "cache" => cache = Cache::parse(option, errors),
                "live" => live = option.word(errors),
                _ => {
                    for literal in option.strings("tags(\"posts\", \"post:{id}\")", errors) {
                        tags.extend(Tag::new(&literal, &arguments, errors));
                    }
                }
            }
        }
        let output = function.output(Kind::Query).cloned();
        Query { declaration, takes_context, arguments, tags, cache, live, output, function }
    }
}

impl Argument {
    /// The name without `r#`, as it is spelt in tags and on the wire.
    pub(crate) fn plain_name(&self) -> String {
        self.name.unraw().to_string()
    }

    fn new(parameter: &PatType, errors: &mut Errors) -> Option<Self> {
        if last_segment(&parameter.ty)
            .is_some_and(|segment| segment.ident == Kind::Action.context())
        {
            errors.at(&parameter.ty, "a query's context is `QueryCx`: it reads and has no effects");
            return None;
        }
        let name = match &*parameter.pat {
            Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => pat.ident.clone(),
            _ => {
                let message = "give this argument a name: it becomes a field of the query's handle";
                errors.at(&parameter.pat, message);
                return None;
            }
        };
        let ty = match &*parameter.ty {
            Type::Reference(reference) => {
                let owned = owned(&reference.elem);
                let message = format!(
                    "an argument travels from the browser, so it owns its value: write `{name}: {}`",
                    type_text(&owned)
                );
                errors.at(reference, message);
                owned.to_token_stream()
            }
            Type::ImplTrait(ty) => {
                errors
                    .at(ty, "an argument has one type on both sides: name it instead of `impl …`");
                return None;
            }
            ty => ty.to_token_stream(),
        };
        Some(Argument { name, ty })
    }
}

/// What owns a value that was borrowed.
fn owned(borrowed: &Type) -> Type {
    match borrowed {
        Type::Slice(slice) => {
            let element = &slice.elem;
            parse_quote!(Vec<#element>)
        }
        ty if last_segment(ty).is_some_and(|segment| segment.ident == "str") => {
            parse_quote!(String)
        }
        ty => ty.clone(),
    }
}
