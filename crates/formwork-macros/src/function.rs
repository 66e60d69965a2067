//! The function under `#[action]` or `#[query]`: parsed as far as it matters, and what both ask of
//! it.

use proc_macro2::{Group, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{
    Attribute, FnArg, GenericArgument, Ident, PatType, PathArguments, PathSegment, ReturnType,
    Signature, Token, Type, Visibility, ext::IdentExt, parse::Parse, parse::ParseStream,
};

use crate::{errors::Errors, guarded::Kind, names::pascal_case};

/// A function whose body stays as it is: nothing here depends on it, and what doesn't parse in it
/// is rustc's to report.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    pub(crate) body: Group,
}

impl Function {
    /// Reports everything that is wrong with it, except for its parameters' types.
    pub(crate) fn check(&self, kind: Kind, errors: &mut Errors) {
        let (a, signature) = (kind.with_article(), &self.signature);
        if signature.asyncness.is_none() {
            errors.at(
                signature.fn_token,
                format!("{a} is asynchronous: write `async fn {}`", signature.ident),
            );
        }
        if let Some(receiver) = signature.receiver() {
            let help = "move it out of the `impl` and take `self` away";
            errors.at(receiver, format!("{a} is a function of its own: {help}"));
        }
        if !signature.generics.params.is_empty() || signature.generics.where_clause.is_some() {
            let help = "write one function for each type";
            errors
                .at(&signature.generics, format!("{a} has one id, so it can't be generic: {help}"));
        }
        if let Some(unsafety) = &signature.unsafety {
            errors.at(
                unsafety,
                format!("{a} is called by anyone, so it can't be `unsafe`: take it away"),
            );
        }
        if self.handle(kind) == signature.ident {
            let help = "write its name in snake case, such as `add_comment`";
            errors.at(&signature.ident, format!("{a} and its handle need different names: {help}"));
        }
        self.check_output(kind, errors);
    }

    /// The name of the type that stands for it: `AddComment`, `TicketQuery`.
    pub(crate) fn handle(&self, kind: Kind) -> Ident {
        let name = pascal_case(&self.signature.ident.unraw().to_string());
        let suffix = match kind {
            Kind::Action => "",
            Kind::Query => "Query",
        };
        format_ident!("{name}{suffix}", span = self.signature.ident.span())
    }

    /// Its parameters, without `self`.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &PatType> {
        self.signature.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(parameter) => Some(parameter),
            FnArg::Receiver(_) => None,
        })
    }

    /// `T` of `-> ActionResult<T>`.
    pub(crate) fn output(&self, kind: Kind) -> Option<&Type> {
        let ReturnType::Type(_, ty) = &self.signature.output else { return None };
        let result = last_segment(ty)?;
        let known = result.ident == kind.result() || result.ident == "Result";
        first_argument(result).filter(|_| known)
    }

    /// Its documentation, or a sentence in its place.
    pub(crate) fn docs(&self, otherwise: &str) -> TokenStream {
        docs_or(&self.attributes, otherwise)
    }

    /// The conditions under which it exists; whatever is made from it exists under the same.
    pub(crate) fn cfgs(&self) -> Vec<&Attribute> {
        self.attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).collect()
    }

    fn check_output(&self, kind: Kind, errors: &mut Errors) {
        if self.output(kind).is_some() {
            return;
        }
        let (a, result) = (kind.with_article(), kind.result());
        match &self.signature.output {
            ReturnType::Default => {
                let message = format!(
                    "{a} returns `{result}<T>`: write `-> {result}<()>` if it has no value"
                );
                errors.at(&self.signature.ident, message);
            }
            ReturnType::Type(_, ty) => {
                let message = format!(
                    "{a} returns `{result}<T>`, or `Result<T, E>` where `E` turns into an `ActionError`"
                );
                errors.at(ty, message);
            }
        }
    }
}

impl Parse for Function {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        Ok(Function {
            attributes: input.call(Attribute::parse_outer)?,
            visibility: input.parse()?,
            signature: input.parse()?,
            body: input.parse()?,
        })
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Function { attributes, visibility, signature, body } = self;
        quote!(#(#attributes)* #visibility #signature #body).to_tokens(tokens);
    }
}

/// Parses the item under the attribute; `Err` is what to emit when it isn't a function.
pub(crate) fn parse(kind: Kind, item: TokenStream) -> Result<Function, TokenStream> {
    syn::parse2(item.clone()).map_err(|_| {
        let mut errors = Errors::default();
        let message = format!("`#[{0}]` goes on an `async fn` with a body", kind.name());
        errors.at(&item, message);
        quote!(#errors #item)
    })
}

/// Makes a function asynchronous if it was forgotten, so that rustc doesn't report every `.await`.
pub(crate) fn mended(mut function: Function) -> Function {
    function.signature.asyncness.get_or_insert_with(<Token![async]>::default);
    function
}

/// The last segment of a type's path: `ActionCx<Member>` of `formwork::ActionCx<Member>`.
pub(crate) fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        Type::Group(group) => last_segment(&group.elem),
        Type::Paren(paren) => last_segment(&paren.elem),
        _ => None,
    }
}

/// The first type in a segment's `<…>`.
pub(crate) fn first_argument(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The documentation among these attributes, or a sentence in its place.
pub(crate) fn docs_or(attributes: &[Attribute], otherwise: &str) -> TokenStream {
    let docs: Vec<_> =
        attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).collect();
    if docs.is_empty() { quote!(#[doc = #otherwise]) } else { quote!(#(#docs)*) }
}
