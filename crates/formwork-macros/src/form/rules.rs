//! garde's rules of a field as constraints of its control.
//!
//! Never stricter than the rule: what HTML can't say, or only some browsers would judge alike, is
//! left out.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, Expr, ExprLit, ExprUnary, Lit, UnOp};

use crate::{
    errors::Errors,
    options::{self, Opt},
};

/// Calls on a `Constraints`, to be put behind one: `.length(…).filled(…)`.
pub(crate) fn constraints(attributes: &[Attribute], or_none: &TokenStream) -> TokenStream {
    // garde reports what it can't read.
    let mut ignored = Errors::default();
    let rules = options::of_attributes(attributes, "garde", &mut ignored);
    if is_adapted(&rules) {
        return TokenStream::new();
    }
    rules.iter().map(|rule| of_rule(rule, or_none)).collect()
}

/// Whether the rules are those of a module of the author's own, whatever their names: `adapt(module)`.
pub(super) fn is_adapted(rules: &[Opt]) -> bool {
    rules.iter().any(|rule| rule.key == "adapt")
}

fn of_rule(rule: &Opt, or_none: &TokenStream) -> TokenStream {
    let mut ignored = Errors::default();
    let inner = rule.list().map(|tokens| options::parse(tokens, &mut ignored)).unwrap_or_default();
    let literal =
        || syn::parse2::<syn::LitStr>(rule.list()?).ok().map(|text| escaped(&text.value()));
    match rule.key.to_string().as_str() {
        "length" => length(&inner, or_none),
        "range" => {
            let limit = |name| limit(value(&inner, name), |expr| quote!(#expr));
            let (min, max) = (limit("min"), limit("max"));
            quote!(.range(#min, #max))
        }
        "required" => quote!(.filled(false)),
        // Within an `Option`: of its value.
        "inner" => inner.iter().map(|rule| of_rule(rule, or_none)).collect(),
        "ascii" => quote!(.pattern(r"\p{ASCII}*")),
        "prefix" => with_pattern(literal().map(|text| format!(r"{text}[\s\S]*"))),
        "suffix" => with_pattern(literal().map(|text| format!(r"[\s\S]*{text}"))),
        "contains" => with_pattern(literal().map(|text| format!(r"[\s\S]*{text}[\s\S]*"))),
        "email" => quote!(.inputmode("email")),
        "url" => quote!(.inputmode("url")),
        _ => TokenStream::new(),
    }
}

fn with_pattern(pattern: Option<String>) -> TokenStream {
    pattern.map(|pattern| quote!(.pattern(#pattern))).unwrap_or_default()
}

/// `minlength` and `maxlength` count UTF-16 code units. A text has at least as many of them as it
/// has characters and at most twice as many; at most as many as bytes, and at least a third.
fn length(options: &[Opt], or_none: &TokenStream) -> TokenStream {
    let has = |mode: &str| options.iter().any(|option| option.key == mode);
    let equal = value(options, "equal");
    let (min, max) = (value(options, "min").or(equal.clone()), value(options, "max").or(equal));
    let filled = match min.as_ref().and_then(number) {
        Some(least) if least != "0" => quote!(.filled(#or_none)),
        _ => TokenStream::new(),
    };
    let bytes = !has("chars") && !has("graphemes") && !has("utf16");
    let min = if bytes {
        limit(min, |min| quote!((#min).div_ceil(3)))
    } else {
        limit(min, |min| quote!(#min))
    };
    let max = if has("graphemes") {
        quote!(::formwork::__private::Limit::None)
    } else if has("chars") {
        limit(max, |max| quote!((#max) * 2))
    } else {
        limit(max, |max| quote!(#max))
    };
    quote!(#filled.length(#min, #max))
}

/// The expression after `name =`.
fn value(options: &[Opt], name: &str) -> Option<Expr> {
    let mut ignored = Errors::default();
    options.iter().find(|option| option.key == name)?.expression("…", &mut ignored)
}

fn limit(value: Option<Expr>, of: impl Fn(&Expr) -> TokenStream) -> TokenStream {
    // What depends on the values is not known before there are any.
    let Some(expr) = value.filter(|expr| !names_values(expr.to_token_stream())) else {
        return quote!(::formwork::__private::Limit::None);
    };
    match number(&expr).filter(|_| of(&expr).to_string() == expr.to_token_stream().to_string()) {
        Some(text) => quote!(::formwork::__private::Limit::Is(#text)),
        None => {
            // What an integer literal would be is not known without a type.
            let typed = match &expr {
                Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) if int.suffix().is_empty() => {
                    let digits =
                        syn::LitInt::new(&format!("{}_usize", int.base10_digits()), int.span());
                    of(&syn::parse_quote!(#digits))
                }
                expr => of(expr),
            };
            quote!(::formwork::__private::Limit::Of(|| ::std::string::ToString::to_string(&(#typed))))
        }
    }
}

/// Whether an expression reads another field or garde's context.
fn names_values(expr: TokenStream) -> bool {
    expr.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "self" || ident == "ctx",
        TokenTree::Group(group) => names_values(group.stream()),
        _ => false,
    })
}

/// A literal number as HTML writes it.
fn number(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) => Some(int.base10_digits().to_owned()),
        Expr::Lit(ExprLit { lit: Lit::Float(float), .. }) => Some(float.base10_digits().to_owned()),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => {
            Some(format!("-{}", number(expr)?))
        }
        _ => None,
    }
}

/// A text as a pattern that matches just it, whatever the flags.
fn escaped(text: &str) -> String {
    let escape = |char: char| {
        if char.is_ascii_alphanumeric() || !char.is_ascii() {
            char.to_string()
        } else {
            format!(r"\x{:02x}", u32::from(char))
        }
    };
    text.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[track_caller]
    fn check(attribute: Attribute, expect: TokenStream) {
        let found = constraints(&[attribute], &quote!(O)).to_string();
        let expect = expect.to_string().replace("Limit", ":: formwork :: __private :: Limit");
        assert_eq!(found, expect);
    }

    #[test]
    fn lengths() {
        check(
            parse_quote!(#[garde(length(chars, min = 1, max = 1_000))]),
            quote!(.filled(O).length(
                Limit::Is("1"),
                Limit::Of(|| ::std::string::ToString::to_string(&((1000_usize) * 2)))
            )),
        );
        check(
            parse_quote!(#[garde(length(utf16, min = LEAST, max = 9))]),
            quote!(.length(
                Limit::Of(|| ::std::string::ToString::to_string(&(LEAST))),
                Limit::Is("9")
            )),
        );
        check(
            parse_quote!(#[garde(length(graphemes, max = 9))]),
            quote!(.length(Limit::None, Limit::None)),
        );
    }

    #[test]
    fn what_depends_on_values_or_on_a_module_of_the_authors_own_is_left_out() {
        check(
            parse_quote!(#[garde(range(min = self.from, max = 9))]),
            quote!(.range(Limit::None, Limit::Is("9"))),
        );
        check(
            parse_quote!(#[garde(length(min = 1, max = most(ctx.limit)))]),
            quote!(.filled(O).length(
                Limit::Of(|| ::std::string::ToString::to_string(&((1_usize).div_ceil(3)))),
                Limit::None
            )),
        );
        check(parse_quote!(#[garde(adapt(rules), length(min = 1), range(max = 9))]), quote!());
    }

    #[test]
    fn ranges_and_patterns() {
        check(
            parse_quote!(#[garde(skip, range(min = -5, max = 1_0))]),
            quote!(.range(Limit::Is("-5"), Limit::Is("10"))),
        );
        check(parse_quote!(#[garde(prefix("a."))]), quote!(.pattern("a\\x2e[\\s\\S]*")));
        check(parse_quote!(#[garde(custom(f), matches(other))]), quote!());
    }
}
