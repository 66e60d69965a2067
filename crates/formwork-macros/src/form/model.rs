//! A form as it was declared, checked.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{Attribute, Data, DeriveInput, Generics, Ident, LitStr, Type, Visibility, ext::IdentExt};

use super::{applies, autofill, files::Files, steps::Steps};

use crate::{errors::Errors, options};

/// The options of `#[field(…)]`.
const OPTIONS: &[&str] = &[
    "secret",
    "name",
    "was",
    "label",
    "type",
    "inputmode",
    "autocomplete",
    "accept",
    "max_size",
    "max_files",
    "max_total",
];

/// A struct with `#[derive(Form)]`. After mistakes it has what could be understood.
#[derive(Clone)]
pub(crate) struct Form {
    pub(crate) ident: Ident,
    pub(crate) visibility: Visibility,
    /// Empty, unless that was the mistake.
    pub(crate) generics: Generics,
    pub(crate) fields: Vec<Field>,
    /// Whether a browser checks the rules before it sends the form.
    pub(crate) preflight: bool,
    /// Of a form in steps.
    pub(crate) steps: Option<Steps>,
}

/// One field of it.
#[derive(Clone)]
pub(crate) struct Field {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    /// The name in the form.
    pub(crate) name: String,
    /// The names that it had in older builds.
    pub(crate) was: Vec<LitStr>,
    /// What a visitor knows it by.
    pub(crate) label: String,
    /// Where it says that it is one.
    pub(crate) secret: Option<Span>,
    pub(crate) input_type: Option<LitStr>,
    pub(crate) inputmode: Option<LitStr>,
    pub(crate) autocomplete: Option<LitStr>,
    pub(crate) files: Files,
    pub(crate) nests: Nests,
}

/// Whether a field is a struct of fields: it is where garde dives into it.
#[derive(Clone)]
pub(crate) enum Nests {
    No,
    /// This struct, or an `Option` of it.
    Group(Type),
    /// A `Vec` of this struct.
    Rows(Type),
}

impl Nests {
    fn of(ty: &Type, dives: bool) -> Self {
        let inner = inner(ty, "Option").unwrap_or(ty);
        match inner_of_vec(inner) {
            _ if !dives => Nests::No,
            Some(row) => Nests::Rows(row.clone()),
            None => Nests::Group(inner.clone()),
        }
    }
}

fn inner_of_vec(ty: &Type) -> Option<&Type> {
    inner(ty, "Vec")
}

/// `T` of `Wrapper<T>`.
pub(super) fn inner<'ty>(ty: &'ty Type, wrapper: &str) -> Option<&'ty Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == wrapper)?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first() {
        Some(syn::GenericArgument::Type(inner)) => Some(inner),
        _ => None,
    }
}

/// `#[form(preflight = false)]`
fn preflight(attributes: &[Attribute], errors: &mut Errors) -> bool {
    let mut preflight = true;
    for option in options::of_attributes(attributes, "form", errors) {
        match option.key.to_string().as_str() {
            "preflight" => match option.expression("false", errors) {
                Some(syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Bool(value), .. })) => {
                    preflight = value.value;
                }
                Some(other) => errors.at(other, "write `preflight = false`"),
                None => {}
            },
            _ => drop(option.unknown("form", &["preflight"], errors)),
        }
    }
    preflight
}

/// Whether garde is told to check the rules within the field.
fn dives(attributes: &[Attribute]) -> bool {
    let lists = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("garde"))
        .filter_map(|attribute| attribute.meta.require_list().ok());
    lists.flat_map(|list| list.tokens.clone()).any(|token| token.to_string() == "dive")
}

impl Form {
    pub(crate) fn new(input: DeriveInput, in_steps: bool, errors: &mut Errors) -> Self {
        let DeriveInput { attrs, vis: visibility, ident, generics, data } = input;
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
                let message = match in_steps {
                    true => {
                        "a form in steps is a struct with a field for each step; the enum of its \
                             steps is made from it: write `struct`"
                    }
                    false => {
                        "a form is a struct with named fields; for an enum that is the choices of \
                              a field, derive `FormChoice` instead"
                    }
                };
                errors.at(data.enum_token, message);
                Vec::new()
            }
            Data::Union(data) => {
                errors.at(data.union_token, "a form is a struct with named fields: write `struct`");
                Vec::new()
            }
        };
        let preflight = preflight(&attrs, errors);
        let form = Form { ident, visibility, generics, fields, preflight, steps: None };
        let steps = in_steps.then(|| Steps::of(&form, errors));
        Form { steps, ..form }
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
        check_old_names(&seen, errors);
        seen
    }
}

impl Field {
    /// The field, and the source of its name.
    fn new(field: syn::Field, errors: &mut Errors) -> Option<(Self, TokenStream)> {
        let syn::Field { attrs: attributes, vis: visibility, ident, ty, .. } = field;
        let ident = ident?;
        let mut secret = None;
        let mut was = Vec::new();
        let [mut name, mut label, mut input_type, mut inputmode, mut autocomplete] =
            [const { None::<LitStr> }; 5];
        let mut files = Files::default();
        for option in options::of_attributes(&attributes, "field", errors) {
            let slot = match option.key.to_string().as_str() {
                "secret" if secret.is_some() => {
                    option.twice(errors);
                    continue;
                }
                "secret" => {
                    secret = option.word(errors).then(|| option.key.span());
                    continue;
                }
                "was" => {
                    was.extend(option.string(errors));
                    continue;
                }
                "accept" | "max_size" | "max_files" | "max_total" => {
                    files.add(&option, errors);
                    continue;
                }
                "name" => &mut name,
                "label" => &mut label,
                "type" => &mut input_type,
                "inputmode" => &mut inputmode,
                "autocomplete" => &mut autocomplete,
                _ => {
                    option.unknown("field", OPTIONS, errors);
                    continue;
                }
            };
            if slot.is_some() {
                option.twice(errors);
            } else {
                *slot = option.string(errors);
            }
        }
        if let Some(inputmode) = &inputmode {
            autofill::check_inputmode(inputmode, errors);
        }
        if let Some(autocomplete) = &autocomplete {
            autofill::check_autocomplete(autocomplete, errors);
        }
        let label = label.map_or_else(|| words(&ident.unraw().to_string()), |l| l.value());
        let (name, place) = match name {
            Some(literal) => (literal.value(), literal.into_token_stream()),
            None => (ident.unraw().to_string(), ident.to_token_stream()),
        };
        check_name(&name, &place, errors);
        for old in &was {
            check_name(&old.value(), &old.to_token_stream(), errors);
        }
        applies::check(&attributes, &ty, errors);
        let nests = Nests::of(&ty, dives(&attributes));
        let field = Field {
            attributes,
            visibility,
            ident,
            ty,
            name,
            was,
            label,
            secret,
            input_type,
            inputmode,
            autocomplete,
            files,
            nests,
        };
        Some((field, place))
    }
}

/// What an old page sends under a name must belong to one field.
fn check_old_names(fields: &[Field], errors: &mut Errors) {
    let mut seen: Vec<String> = Vec::new();
    for field in fields {
        for old in &field.was {
            let name = old.value();
            if name == field.name {
                let help = "take `was` away, or write the name that it had before";
                errors.at(old, format!("the field is named `{name}` now: {help}"));
            } else if fields.iter().any(|other| other.name == name) {
                let help = "what an old page sends under that name is that field's";
                errors.at(old, format!("another field is named `{name}` now: {help}"));
            } else if seen.contains(&name) {
                let help = "what an old page sends under that name is one field's";
                errors.at(old, format!("`was = \"{name}\"` stands there twice: {help}"));
            }
            seen.push(name);
        }
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

/// `first_name` → `First name`.
fn words(ident: &str) -> String {
    let text = ident.replace('_', " ");
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
