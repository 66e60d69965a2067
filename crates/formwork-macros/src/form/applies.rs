//! Rules that garde has for other types than the field's: garde says so at its derive, and not what to
//! write instead.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, Type};

use super::{model::inner, rules::is_adapted};
use crate::{
    errors::Errors,
    options::{self, Opt},
};

/// Reports the rules that can't apply to a type that is known by its name.
pub(super) fn check(attributes: &[Attribute], ty: &Type, errors: &mut Errors) {
    let mut ignored = Errors::default();
    let rules = options::of_attributes(attributes, "garde", &mut ignored);
    if !is_adapted(&rules) {
        check_rules(&rules, ty, errors);
    }
}

fn check_rules(rules: &[Opt], ty: &Type, errors: &mut Errors) {
    let value = inner(ty, "Option");
    for rule in rules {
        let key = rule.key.to_string();
        if let (true, Some(value)) = (key == "inner", value.or(item(ty))) {
            let mut ignored = Errors::default();
            let within = rule.list().map(|tokens| options::parse(tokens, &mut ignored));
            check_rules(&within.unwrap_or_default(), value, errors);
            continue;
        }
        if key == "required" && value.is_some() {
            continue;
        }
        let ty = value.unwrap_or(ty);
        let Some(kind) = Kind::of(ty) else { continue };
        if let Some(help) = kind.refuses(rule) {
            let ty = ty.to_token_stream().to_string().replace(' ', "");
            errors.at(rule, format!("the rule `{key}` can't apply to `{ty}`: {help}"));
        }
    }
}

/// Of an enum of choices it is not its name that tells what it is.
pub(super) fn of_choices(attributes: &[Attribute], ty: &Type) -> TokenStream {
    let mut ignored = Errors::default();
    let rules = options::of_attributes(attributes, "garde", &mut ignored);
    let known = !is_adapted(&rules);
    let checks = rules.iter().filter(|rule| known && (is_of_texts(rule) || measures(rule))).map(|rule| {
        let message = format!(
            "the rule `{0}` can't apply to a choice: leave it out, or check the value with `custom(…)`",
            rule.key
        );
        quote_spanned! {Span::call_site().located_at(rule.key.span())=>
            const _: () = ::core::assert!(
                !<#ty as ::formwork::__private::FormField>::CONSTRAINTS.choice, #message
            );
        }
    });
    quote!(#(#checks)*)
}

/// What a type holds, as far as its name tells.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    /// A text that is written in one way only.
    Written,
    Number,
    Time,
    Tick,
    File,
    /// Of files, texts and so on, or of structs.
    List {
        of_values: bool,
    },
}

impl Kind {
    fn of(ty: &Type) -> Option<Self> {
        let Type::Path(path) = ty else { return None };
        Some(match path.path.segments.last()?.ident.to_string().as_str() {
            "String" => Kind::Text,
            "Email" | "WebAddress" | "Color" => Kind::Written,
            "u8" | "u16" | "u32" | "u64" | "u128" | "usize" | "i8" | "i16" | "i32" | "i64"
            | "i128" | "isize" | "f32" | "f64" | "Decimal" => Kind::Number,
            "Date" | "Month" | "Time" | "LocalDateTime" => Kind::Time,
            "bool" => Kind::Tick,
            "Upload" => Kind::File,
            "Vec" | "BTreeSet" => {
                Kind::List { of_values: item(ty).is_some_and(|item| Kind::of(item).is_some()) }
            }
            _ => return None,
        })
    }

    /// What to write instead of a rule that is for other types.
    fn refuses(self, rule: &Opt) -> Option<&'static str> {
        let key = rule.key.to_string();
        Some(match (key.as_str(), self) {
            ("range", Kind::Text | Kind::Written) => {
                "it is for numbers and dates; a text has a `length(…)`"
            }
            ("range", Kind::Tick) => "it is for numbers and dates",
            ("range", Kind::File) => {
                "it is for numbers and dates; a file has `#[field(max_size = \"…\")]`"
            }
            ("range", Kind::List { .. }) => {
                "how many there are is a `length(…)`; of each value it is `inner(range(…))`"
            }
            ("length", Kind::Number) => "it is for texts and lists; a number has a `range(…)`",
            ("length", Kind::Time) => {
                "it is for texts and lists; dates and times have a `range(…)`"
            }
            ("length", Kind::Tick) => "it is for texts and lists",
            ("length", Kind::File) => {
                "it is for texts and lists; a file has `#[field(max_size = \"…\")]`"
            }
            ("length", Kind::Written) if has_unit(rule) => {
                "its bytes are counted: write `length(…)` without a unit"
            }
            ("length", Kind::List { .. }) if has_unit(rule) => {
                "of a list, values are counted: write `length(…)` without a unit"
            }
            (_, Kind::List { .. }) if is_of_texts(rule) => {
                "it is for texts; of each text in a list write it in `inner(…)`"
            }
            (_, Kind::Number | Kind::Time | Kind::Tick | Kind::File) if is_of_texts(rule) => {
                "it is for texts"
            }
            ("dive", Kind::List { of_values: false }) | ("inner", Kind::List { .. }) => {
                return None;
            }
            ("dive", Kind::List { .. }) => {
                "there are no fields within its values: write the rules of each in `inner(…)`"
            }
            ("dive" | "inner", _) => {
                "there is nothing within the value: write the rules themselves"
            }
            ("required", Kind::Text) => {
                "it is for an `Option`; a text that must not be empty has `length(min = 1)`"
            }
            ("required", Kind::List { .. }) => {
                "it is for an `Option`; a list that must not be empty has `length(min = 1)`"
            }
            ("required", _) => "it is for an `Option`; without one, the field is required anyway",
            _ => return None,
        })
    }
}

/// `T` of `Vec<T>` and `BTreeSet<T>`.
fn item(ty: &Type) -> Option<&Type> {
    inner(ty, "Vec").or_else(|| inner(ty, "BTreeSet"))
}

fn is_of_texts(rule: &Opt) -> bool {
    const RULES: &[&str] = &[
        "ascii",
        "alphanumeric",
        "contains",
        "prefix",
        "suffix",
        "pattern",
        "email",
        "url",
        "ip",
        "ipv4",
        "ipv6",
        "credit_card",
        "phone_number",
    ];
    RULES.contains(&rule.key.to_string().as_str())
}

fn measures(rule: &Opt) -> bool {
    rule.key == "length" || rule.key == "range"
}

fn has_unit(rule: &Opt) -> bool {
    let mut ignored = Errors::default();
    let options = rule.list().map(|tokens| options::parse(tokens, &mut ignored));
    let unit = |option: &Opt| ["chars", "graphemes", "utf16"].iter().any(|unit| option.key == unit);
    options.is_some_and(|options| options.iter().any(unit))
}
