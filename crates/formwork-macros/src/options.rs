//! The options in an attribute: `public, id = "…", tags("…")`.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, LitStr, Token, Type,
    parse::{Parse, Parser},
    punctuated::Punctuated,
};

use crate::{
    errors::Errors,
    names::{list, suggestion},
};

/// One option with its value, not yet understood.
pub(crate) struct Opt {
    pub(crate) key: Ident,
    value: Value,
}

enum Value {
    None,
    Assigned(TokenStream),
    List(TokenStream),
}

/// Splits options at their commas; what isn't an option is reported and left out.
///
/// An option stands for itself, so that one that can't be read doesn't hide the others: this is
/// why it isn't `Punctuated<Meta, Token![,]>`, which also has no types as values.
pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Vec<Opt> {
    let mut options = Vec::new();
    for chunk in split_at_commas(tokens) {
        match Opt::from_tokens(chunk.clone()) {
            Some(option) => options.push(option),
            None => errors.at(chunk, "write an option as `key`, `key = value` or `key(…)`"),
        }
    }
    options
}

/// The options in all attributes of this name.
pub(crate) fn of_attributes(attributes: &[Attribute], name: &str, errors: &mut Errors) -> Vec<Opt> {
    let mut options = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
        match attribute.meta.require_list() {
            Ok(list) => options.extend(parse(list.tokens.clone(), errors)),
            Err(_) => {
                errors.at(attribute, format!("write the options in parentheses: `#[{name}(…)]`"))
            }
        }
    }
    options
}

impl Opt {
    /// Whether the option stands alone, as it must.
    pub(crate) fn word(&self, errors: &mut Errors) -> bool {
        let alone = matches!(self.value, Value::None);
        if !alone {
            errors.at(self, format!("`{0}` takes no value: write just `{0}`", self.key));
        }
        alone
    }

    /// What stands after `=`, if it can be read as a `T`.
    pub(crate) fn assigned<T: Parse>(&self) -> Option<T> {
        match &self.value {
            Value::Assigned(tokens) => syn::parse2(tokens.clone()).ok(),
            _ => None,
        }
    }

    /// What stands in parentheses.
    pub(crate) fn list(&self) -> Option<TokenStream> {
        match &self.value {
            Value::List(tokens) => Some(tokens.clone()),
            _ => None,
        }
    }

    /// The string after `=`.
    pub(crate) fn string(&self, errors: &mut Errors) -> Option<LitStr> {
        let value = self.assigned();
        if value.is_none() {
            errors.at(self, format!("write `{} = \"…\"`", self.key));
        }
        value
    }

    /// The path after `=`.
    pub(crate) fn path(&self, example: &str, errors: &mut Errors) -> Option<syn::Path> {
        let value = self.assigned();
        if value.is_none() {
            errors.at(self, format!("write `{} = {example}`", self.key));
        }
        value
    }

    /// The word after `=`.
    pub(crate) fn ident(&self) -> Option<Ident> {
        self.assigned()
    }

    /// The expression after `=`.
    pub(crate) fn expression(&self, example: &str, errors: &mut Errors) -> Option<syn::Expr> {
        let value = self.assigned();
        if value.is_none() {
            errors.at(self, format!("write `{} = {example}`", self.key));
        }
        value
    }

    /// The type after `=`.
    pub(crate) fn ty(&self, errors: &mut Errors) -> Option<Type> {
        let value = self.assigned();
        if value.is_none() {
            errors.at(self, format!("write `{} = Type`", self.key));
        }
        value
    }

    /// The strings in parentheses.
    pub(crate) fn strings(&self, example: &str, errors: &mut Errors) -> Vec<LitStr> {
        let parser = Punctuated::<LitStr, Token![,]>::parse_terminated;
        let value = match &self.value {
            Value::List(tokens) => parser.parse2(tokens.clone()).ok(),
            _ => None,
        };
        if value.is_none() {
            errors.at(self, format!("write `{example}`"));
        }
        value.into_iter().flatten().collect()
    }

    /// The options in parentheses.
    pub(crate) fn options(&self, example: &str, errors: &mut Errors) -> Option<Vec<Opt>> {
        match &self.value {
            Value::List(tokens) => Some(parse(tokens.clone(), errors)),
            _ => {
                errors.at(self, format!("write `{example}`"));
                None
            }
        }
    }

    /// Reports an option that doesn't exist, with the one that was probably meant.
    pub(crate) fn unknown<'a>(
        &self,
        attribute: &str,
        known: &[&'a str],
        errors: &mut Errors,
    ) -> Option<&'a str> {
        let key = self.key.to_string();
        let meant = suggestion(&key, known);
        let help = match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("it takes {}", list(known)),
        };
        errors.at(&self.key, format!("`#[{attribute}]` has no option `{key}`: {help}"));
        meant
    }

    /// Reports an option that stands there twice.
    pub(crate) fn twice(&self, errors: &mut Errors) {
        errors.at(self, format!("`{}` is declared twice: keep one of them", self.key));
    }

    fn from_tokens(tokens: TokenStream) -> Option<Self> {
        let mut tokens = tokens.into_iter();
        let Some(TokenTree::Ident(key)) = tokens.next() else { return None };
        let value = match tokens.next() {
            None => Value::None,
            Some(TokenTree::Punct(punct)) if punct.as_char() == '=' => {
                Value::Assigned(tokens.collect())
            }
            Some(TokenTree::Group(group))
                if group.delimiter() == Delimiter::Parenthesis && tokens.next().is_none() =>
            {
                Value::List(group.stream())
            }
            Some(_) => return None,
        };
        Some(Opt { key, value })
    }
}

impl ToTokens for Opt {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.key.to_tokens(tokens);
        match &self.value {
            Value::None => {}
            Value::Assigned(value) | Value::List(value) => value.to_tokens(tokens),
        }
    }
}

/// Commas inside a type's `<…>` separate nothing.
fn split_at_commas(tokens: TokenStream) -> Vec<TokenStream> {
    let mut chunks = vec![TokenStream::new()];
    let mut depth = 0_usize;
    let mut previous = ' ';
    for token in tokens {
        let mut at_comma = false;
        let mut char = ' ';
        if let TokenTree::Punct(punct) = &token {
            char = punct.as_char();
            match char {
                '<' => depth += 1,
                // Not the end of `->`.
                '>' if previous != '-' => depth = depth.saturating_sub(1),
                ',' => at_comma = depth == 0,
                _ => {}
            }
        }
        previous = char;
        match chunks.last_mut() {
            Some(chunk) if !at_comma => chunk.extend([token]),
            _ => chunks.push(TokenStream::new()),
        }
    }
    chunks.retain(|chunk| !chunk.is_empty());
    chunks
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn options_come_apart_at_their_own_commas_only() {
        let mut errors = Errors::default();
        let options = parse(
            quote!(public, guard = Role<Admin, fn() -> u8>, tags("a", "b"), id = "x",),
            &mut errors,
        );
        let keys: Vec<_> = options.iter().map(|option| option.key.to_string()).collect();
        assert_eq!(keys, ["public", "guard", "tags", "id"]);
        assert!(options[1].ty(&mut errors).is_some());
        assert_eq!(options[2].strings("", &mut errors).len(), 2);
        assert!(errors.is_empty());
    }

    #[test]
    fn what_is_no_option_does_not_hide_the_others() {
        let mut errors = Errors::default();
        let options = parse(quote!("id", public), &mut errors);
        assert_eq!(options.len(), 1);
        assert!(!errors.is_empty());
    }
}
