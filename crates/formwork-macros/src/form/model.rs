//! A form as it was declared, checked.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Data, DeriveInput, Generics, Ident, Type, Visibility, ext::IdentExt};

use crate::{errors::Errors, options};

/// The options of `#[field(…)]`.
const OPTIONS: &[&str] = &["secret", "name"];

/// A struct with `#[derive(Form)]`. After mistakes it has what could be understood.
pub(crate) struct Form {
    pub(crate) ident: Ident,
    pub(crate) visibility: Visibility,
    /// Empty, unless that was the mistake.
    pub(crate) generics: Generics,
    pub(crate) fields: Vec<Field>,
}

/// One field of it.
pub(crate) struct Field {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    /// The name in the form.
    pub(crate) name: String,
    pub(crate) secret: bool,
}

impl Form {
    pub(crate) fn new(input: DeriveInput, errors: &mut Errors) -> Self {
        let DeriveInput { vis: visibility, ident, generics, data, .. } = input;
        if !generics.params.is_empty() || generics.where_clause.is_some() {
            let help = "name the types, and use `String` instead of `&str`";
            errors.at(
                &generics,
                format!("a form has one shape and owns its values, so it can't be generic: {help}"),
            );
        }
        let fields = match data {
            Data::Struct(data) => match data.fields {
                syn::Fields::Named(fields) => Self::fields(fields, errors),
                syn::Fields::Unnamed(fields) => {
                    let help = "give every field a name, such as `title: String`";
                    errors.at(fields, format!("a form's fields have names: {help}"));
                    Vec::new()
                }
                syn::Fields::Unit => {
                    let message = format!(
                        "a form is a struct with named fields: write `struct {ident} {{}}`, or leave the \
                         form parameter out of the action"
                    );
                    errors.at(&ident, message);
                    Vec::new()
                }
            },
            Data::Enum(data) => {
                let message = "a form is a struct with named fields; for an enum that is the choices of \
                               a field, derive `FormChoice` instead";
                errors.at(data.enum_token, message);
                Vec::new()
            }
            Data::Union(data) => {
                errors.at(data.union_token, "a form is a struct with named fields: write `struct`");
                Vec::new()
            }
        };
        Form { ident, visibility, generics, fields }
    }

    fn fields(fields: syn::FieldsNamed, errors: &mut Errors) -> Vec<Field> {
        let mut seen: Vec<Field> = Vec::new();
        for field in fields.named {
            let Some((field, place)) = Field::new(field, errors) else { continue };
            if seen.iter().any(|other| other.name == field.name) {
                let help = "a visitor's value would land in both; rename one";
                errors.at(
                    place,
                    format!("two fields are named `{}` in the form: {help}", field.name),
                );
            }
            seen.push(field);
        }
        seen
    }
}

impl Field {
    /// The field, and the source of its name.
    fn new(field: syn::Field, errors: &mut Errors) -> Option<(Self, TokenStream)> {
        let syn::Field { attrs: attributes, vis: visibility, ident, ty, .. } = field;
        let ident = ident?;
        let (mut secret, mut name) = (false, None);
        for option in options::of_attributes(&attributes, "field", errors) {
            match option.key.to_string().as_str() {
                "secret" if secret => option.twice(errors),
                "secret" => secret = option.word(errors) || secret,
                "name" if name.is_some() => option.twice(errors),
                "name" => name = option.string(errors),
                _ => drop(option.unknown("field", OPTIONS, errors)),
            }
        }
        let (name, place) = match name {
            Some(literal) => (literal.value(), literal.into_token_stream()),
            None => (ident.unraw().to_string(), ident.to_token_stream()),
        };
        check_name(&name, &place, errors);
        Some((Field { attributes, visibility, ident, ty, name, secret }, place))
    }
}

fn check_name(name: &str, place: &TokenStream, errors: &mut Errors) {
    let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() {
        errors.at(place, "a field needs a name: take `name` away to use the field's own");
    } else if name.starts_with('_') {
        let better = name.trim_start_matches('_');
        let help = if better.is_empty() {
            "choose another".to_owned()
        } else {
            format!("name the field `{better}`")
        };
        errors.at(place, format!("names that begin with `_` are Formwork's own: {help}"));
    } else if !name.chars().all(plain) {
        let help = "use letters, digits, `-` and `_`";
        errors.at(place, format!("a field's name becomes part of ids in the page: {help}"));
    }
}
