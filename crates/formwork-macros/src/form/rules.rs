//! garde's rules of a field as constraints of its control.
//!
//! Never stricter than the rule: what HTML can't say, or only some browsers would judge alike, is
//! left out.

use proc_macro2::TokenStream;
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
    rules.iter().map(|rule| of_rule(rule, or_none)).collect()
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

/// Reports rules that garde has for other types: it says so at the derive, and not what to write.
pub(crate) fn check(attributes: &[Attribute], ty: &syn::Type, errors: &mut Errors) {
    let mut ignored = Errors::default();
    let syn::Type::Path(path) = ty else { return };
    let Some(name) = path.path.get_ident().map(ToString::to_string) else { return };
    let number = NUMBERS.contains(&name.as_str());
    for rule in options::of_attributes(attributes, "garde", &mut ignored) {
        let key = rule.key.to_string();
        let help = match key.as_str() {
            "range" if name == "String" => "it is for numbers and dates; a text has a `length(…)`",
            "range" if name == "bool" => "it is for numbers and dates",
            "length" if number => "it is for texts and lists; a number has a `range(…)`",
            "ascii" | "alphanumeric" | "contains" | "prefix" | "suffix" | "pattern" | "email"
            | "url"
                if number || name == "bool" =>
            {
                "it is for texts"
            }
            "length" if name == "bool" => "it is for texts and lists",
            "inner" | "dive" if number || name == "String" || name == "bool" => {
                "there is nothing within the value: write the rules themselves"
            }
            "required" if number || name == "String" || name == "bool" => {
                "it is for an `Option`; a text that must not be empty has `length(min = 1)`"
            }
            _ => continue,
        };
        errors.at(&rule, format!("the rule `{key}` can't apply to a `{name}`: {help}"));
    }
}

const NUMBERS: &[&str] = &[
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32",
    "f64",
];

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
    let Some(expr) = value else { return quote!(::formwork::__private::Limit::None) };
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
    fn ranges_and_patterns() {
        check(
            parse_quote!(#[garde(skip, range(min = -5, max = 1_0))]),
            quote!(.range(Limit::Is("-5"), Limit::Is("10"))),
        );
        check(parse_quote!(#[garde(prefix("a."))]), quote!(.pattern("a\\x2e[\\s\\S]*")));
        check(parse_quote!(#[garde(custom(f), matches(other))]), quote!());
    }
}
