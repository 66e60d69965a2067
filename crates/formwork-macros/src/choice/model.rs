//! An enum of choices as it was declared, checked.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Data, DataEnum, DeriveInput, Fields, Generics, Ident, ext::IdentExt};

use crate::{
    errors::Errors,
    names::{kebab_case, sentence_case},
    options,
};

/// The options of `#[choice(…)]`.
const OPTIONS: &[&str] = &["value", "label"];

/// An enum with `#[derive(FormChoice)]`. After mistakes it has what could be understood.
pub(crate) struct Choice {
    pub(crate) ident: Ident,
    /// Empty, unless that was the mistake.
    pub(crate) generics: Generics,
    pub(crate) variants: Vec<Variant>,
}

/// One choice.
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    pub(crate) value: String,
    pub(crate) label: String,
}

impl Choice {
    pub(crate) fn new(input: DeriveInput, errors: &mut Errors) -> Self {
        let DeriveInput { ident, generics, data, .. } = input;
        if !generics.params.is_empty() || generics.where_clause.is_some() {
            errors.at(
                &generics,
                "the choices of a field are known, so they can't be generic: name the types",
            );
        }
        let variants = match data {
            Data::Enum(data) => Self::variants(&ident, data, errors),
            Data::Struct(data) => {
                let message = "the choices of a field are the variants of an enum; for a struct of \
                               fields, derive `Form` instead";
                errors.at(data.struct_token, message);
                Vec::new()
            }
            Data::Union(data) => {
                errors.at(
                    data.union_token,
                    "the choices of a field are the variants of an enum: write `enum`",
                );
                Vec::new()
            }
        };
        Choice { ident, generics, variants }
    }

    fn variants(ident: &Ident, data: DataEnum, errors: &mut Errors) -> Vec<Variant> {
        if data.variants.is_empty() {
            errors.at(ident, "a field to choose from needs at least one variant: add the choices");
        }
        let mut seen: Vec<Variant> = Vec::new();
        for variant in data.variants {
            let (variant, place) = Variant::new(ident, variant, errors);
            if seen.iter().any(|other| other.value == variant.value) {
                let help = "write `#[choice(value = \"…\")]` at one of them";
                errors.at(place, format!("two choices have the value `{}`: {help}", variant.value));
            }
            seen.push(variant);
        }
        seen
    }
}

impl Variant {
    /// The choice, and the source of its value.
    fn new(parent: &Ident, variant: syn::Variant, errors: &mut Errors) -> (Self, TokenStream) {
        let (mut value, mut label) = (None, None);
        for option in options::of_attributes(&variant.attrs, "choice", errors) {
            match option.key.to_string().as_str() {
                "value" if value.is_some() => option.twice(errors),
                "value" => value = option.string(errors),
                "label" if label.is_some() => option.twice(errors),
                "label" => label = option.string(errors),
                _ => drop(option.unknown("choice", OPTIONS, errors)),
            }
        }
        let ident = variant.ident;
        if let Some(empty) = value.as_ref().filter(|value| value.value().is_empty()) {
            let help = format!("use `Option<{parent}>` for that");
            errors.at(empty, format!("an empty value means that nothing was chosen: {help}"));
        }
        if !matches!(variant.fields, Fields::Unit) {
            errors.at(&variant.fields, format!("a choice holds no data: write `{ident}` alone"));
        }
        let plain = ident.unraw().to_string();
        let place =
            value.as_ref().map_or_else(|| ident.to_token_stream(), ToTokens::to_token_stream);
        let value = value.map_or_else(|| kebab_case(&plain), |value| value.value());
        let label = label.map_or_else(|| sentence_case(&plain), |label| label.value());
        (Variant { ident, value, label }, place)
    }
}
