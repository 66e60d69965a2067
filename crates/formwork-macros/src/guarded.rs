//! Who may run it, and under which id: what `#[action]` and `#[query]` declare alike.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{LitStr, PatType, Type};

use crate::{
    errors::Errors,
    function::{Function, first_argument, last_segment},
    names::type_text,
    options::{self, Opt},
};

/// Which of the two attributes it is.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// `#[action]`
    Action,
    /// `#[query]`
    Query,
}

/// Who may run it.
pub(crate) enum Access {
    /// Anyone.
    Public,
    /// Whoever passes this guard.
    Guard(Box<Type>),
}

/// What the attribute says.
pub(crate) struct Declaration {
    /// `None` after a mistake.
    pub(crate) access: Option<Access>,
    /// The declared id, if it isn't the path in the source.
    pub(crate) id: Option<LitStr>,
    /// The options that only this attribute has.
    pub(crate) own: Vec<Opt>,
}

const SHARED: [&str; 3] = ["public", "guard", "id"];

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Action => "action",
            Kind::Query => "query",
        }
    }

    pub(crate) fn with_article(self) -> &'static str {
        match self {
            Kind::Action => "an action",
            Kind::Query => "a query",
        }
    }

    pub(crate) fn result(self) -> &'static str {
        match self {
            Kind::Action => "ActionResult",
            Kind::Query => "QueryResult",
        }
    }

    pub(crate) fn context(self) -> &'static str {
        match self {
            Kind::Action => "ActionCx",
            Kind::Query => "QueryCx",
        }
    }
}

impl Declaration {
    /// Reads the options; those named in `own` are left for the caller.
    pub(crate) fn parse(
        kind: Kind,
        tokens: TokenStream,
        own: &[&str],
        errors: &mut Errors,
    ) -> Self {
        let known = [&SHARED[..], own].concat();
        let mut declaration = Declaration { access: None, id: None, own: Vec::new() };
        let mut declared = false;
        for option in options::parse(tokens, errors) {
            let key = option.key.to_string();
            match key.as_str() {
                "public" | "guard" => {
                    let access = declaration.access(kind, &option, declared, errors);
                    declaration.access = declaration.access.or(access);
                    declared = true;
                }
                "id" if declaration.id.is_some() => option.twice(errors),
                "id" => {
                    declaration.id = option.string(errors).inspect(|id| check_id(kind, id, errors))
                }
                key if own.contains(&key) => declaration.own.push(option),
                _ => {
                    declared |= matches!(
                        option.unknown(kind.name(), &known, errors),
                        Some("public" | "guard")
                    )
                }
            }
        }
        if !declared {
            let verb = match kind {
                Kind::Action => "run",
                Kind::Query => "read",
            };
            let message = format!(
                "declare who may {verb} this {0}: `#[{0}(public)]` for anyone, or \
                 `#[{0}(guard = Member)]` where `Member` implements `Guard`",
                kind.name()
            );
            errors.push(syn::Error::new(Span::call_site(), message));
        }
        declaration
    }

    /// Whether a parameter is the context, under whatever name.
    pub(crate) fn is_context(kind: Kind, parameter: &PatType) -> bool {
        last_segment(&parameter.ty).is_some_and(|segment| segment.ident == kind.context())
    }

    /// Reports a context that belongs to another guard.
    ///
    /// Only the guard's name is compared: `auth::Member` and `Member` may be the same, and whether
    /// they are is rustc's to say.
    pub(crate) fn check_context(&self, kind: Kind, parameter: &PatType, errors: &mut Errors) {
        let Some(access) = &self.access else { return };
        let argument = last_segment(&parameter.ty).and_then(first_argument);
        let name =
            |ty: &Type| last_segment(ty).map_or_else(|| type_text(ty), |s| s.ident.to_string());
        let found = argument.map_or_else(|| "Public".to_owned(), name);
        let (fits, is) = match access {
            Access::Public => (found == "Public", "public".to_owned()),
            Access::Guard(guard) => {
                (found == name(guard), format!("guarded by `{}`", type_text(guard)))
            }
        };
        if !fits {
            let message =
                format!("this {} is {is}: write `cx: {}`", kind.name(), self.context(kind));
            errors.at(&parameter.ty, message);
        }
    }

    /// The type that the context parameter has: `ActionCx<Member>`.
    pub(crate) fn context(&self, kind: Kind) -> String {
        match &self.access {
            Some(Access::Guard(guard)) => format!("{}<{}>", kind.context(), type_text(guard)),
            _ => kind.context().to_owned(),
        }
    }

    /// The guard as a type.
    pub(crate) fn guard(&self) -> TokenStream {
        match &self.access {
            Some(Access::Guard(guard)) => guard.to_token_stream(),
            _ => quote!(::formwork::__private::Public),
        }
    }

    /// The expression of the id.
    pub(crate) fn id(&self, function: &Function) -> TokenStream {
        match &self.id {
            Some(id) => id.to_token_stream(),
            None => {
                let name = syn::ext::IdentExt::unraw(&function.signature.ident).to_string();
                quote! {
                    ::formwork::__private::action_id(
                        ::core::concat!(::core::module_path!(), "::", #name)
                    )
                }
            }
        }
    }

    /// Where it stands and who may run it, for the registry.
    pub(crate) fn declared(&self) -> TokenStream {
        let guard = match &self.access {
            Some(Access::Guard(guard)) => type_text(guard),
            _ => "public".to_owned(),
        };
        quote! {
            ::formwork::__private::Declared {
                file: ::core::file!(),
                line: ::core::line!(),
                guard: #guard,
            }
        }
    }

    fn access(
        &self,
        kind: Kind,
        option: &Opt,
        declared: bool,
        errors: &mut Errors,
    ) -> Option<Access> {
        if declared {
            let same = match &self.access {
                Some(Access::Public) => option.key == "public",
                Some(Access::Guard(_)) => option.key == "guard",
                None => true,
            };
            let message = match (same, option.key == "guard") {
                (false, _) => format!(
                    "{} is either public or guarded: keep one of `public` and `guard = …`",
                    kind.with_article()
                ),
                (true, true) => format!(
                    "{} has one guard: write a type whose guard checks both",
                    kind.with_article()
                ),
                (true, false) => "`public` is declared twice: keep one of them".to_owned(),
            };
            errors.at(option, message);
            return None;
        }
        if option.key == "public" {
            return option.word(errors).then_some(Access::Public);
        }
        option.ty(errors).map(|guard| Access::Guard(Box::new(guard)))
    }
}

pub(crate) fn check_id(kind: Kind, id: &LitStr, errors: &mut Errors) {
    let text = id.value();
    let plain = |c: char| c.is_ascii_alphanumeric() || "_:.-".contains(c);
    if text.is_empty() {
        errors.at(
            id,
            format!("{}'s id can't be empty: take `id` away to use its path", kind.with_article()),
        );
    } else if !text.chars().all(plain) {
        let help = "use letters, digits, `_`, `:`, `.` and `-`";
        errors
            .at(id, format!("{}'s id travels in names and addresses: {help}", kind.with_article()));
    }
}
