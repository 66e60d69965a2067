//! The ids that an action had in older builds: `was = "tickets::add_note"`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

use crate::{
    errors::Errors,
    guarded::{Declaration, Kind, check_id},
};

/// The name of the option; it may stand there several times.
pub(crate) const OPTION: &str = "was";

pub(crate) fn parse(declaration: &Declaration, errors: &mut Errors) -> Vec<LitStr> {
    let mut old: Vec<LitStr> = Vec::new();
    // Cargo says it to the compiler.
    let of = std::env::var("CARGO_CRATE_NAME").ok();
    for option in declaration.own.iter().filter(|option| option.key == OPTION) {
        let Some(id) = option.string(errors) else { continue };
        check_id(Kind::Action, &id, errors);
        let text = id.value();
        if declaration.id.as_ref().is_some_and(|own| own.value() == text) {
            let help = "write the one that it had before";
            errors.at(&id, format!("`{text}` is the action's id now: {help}"));
        } else if old.iter().any(|other| other.value() == text) {
            errors.at(&id, format!("`was = \"{text}\"` stands there twice: keep one of them"));
        } else if let Some(path) = within(of.as_deref(), &text) {
            errors.at(&id, format!("ids are paths without the crate's name: write `{path}`"));
        }
        old.push(id);
    }
    old
}

/// `tickets::create` of `app::tickets::create`: the likeliest mistake.
fn within<'id>(of: Option<&str>, id: &'id str) -> Option<&'id str> {
    id.strip_prefix(of?)?.strip_prefix("::")
}

/// The constant; nothing for an action that has always been called so.
pub(crate) fn expand(old: &[LitStr]) -> Option<TokenStream> {
    (!old.is_empty()).then(|| {
        quote! {
            const WAS: &'static [&'static str] = &[#(#old),*];
        }
    })
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn an_id_is_a_path_within_its_crate() {
        assert_eq!(within(Some("app"), "app::tickets::create"), Some("tickets::create"));
        assert_eq!(within(Some("app"), "apps::tickets::create"), None);
        assert_eq!(within(None, "app::tickets::create"), None);
    }
}
