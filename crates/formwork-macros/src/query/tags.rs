//! A query's tags: text with `{argument}` in it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::LitStr;

use super::model::Argument;
use crate::{errors::Errors, names::suggestion};

/// One tag, taken apart.
pub(crate) struct Tag {
    span: Span,
    /// The text as a format string: `ticket:{}`.
    format: String,
    /// The literal, as it was declared.
    template: String,
    /// The text as it is, if it has no arguments.
    text: String,
    arguments: Vec<Ident>,
}

impl Tag {
    /// As it was declared, for the list of what the application makes public.
    pub(crate) fn template(&self) -> &str {
        &self.template
    }

    /// Reads a tag; one that can't be read is reported at the literal.
    pub(crate) fn new(literal: &LitStr, known: &[Argument], errors: &mut Errors) -> Option<Self> {
        let value = literal.value();
        if value.is_empty() {
            errors.at(
                literal,
                "a tag can't be empty: name what the query depends on, such as \"posts\"",
            );
            return None;
        }
        let mut tag = Tag {
            span: literal.span(),
            format: String::new(),
            template: value.clone(),
            text: String::new(),
            arguments: vec![],
        };
        let mut rest = value.as_str();
        while let Some(at) = rest.find(['{', '}']) {
            tag.push(&rest[..at]);
            let (brace, after) = rest[at..].split_at(1);
            if after.starts_with(brace) {
                tag.push(brace);
                rest = &after[1..];
                continue;
            }
            if brace == "}" {
                errors
                    .at(literal, "this tag has a `}` without `{`: write `}}` for the brace itself");
                return None;
            }
            let Some((name, after)) = after.split_once('}') else {
                errors
                    .at(literal, "this tag has a `{` without `}`: write `{{` for the brace itself");
                return None;
            };
            let Some(argument) = known.iter().find(|argument| argument.plain_name() == name) else {
                errors.at(literal, unknown(name, known));
                return None;
            };
            tag.format.push_str("{}");
            tag.arguments.push(argument.name.clone());
            rest = after;
        }
        tag.push(rest);
        Some(tag)
    }

    /// The expression of the tag, where `self` is the query.
    pub(crate) fn expression(&self) -> TokenStream {
        if self.arguments.is_empty() {
            let text = &self.text;
            return quote!(::std::string::String::from(#text));
        }
        // An argument that has no `Display` is reported at the tag.
        let span = Span::call_site().located_at(self.span);
        let format = LitStr::new(&self.format, span);
        let arguments = self.arguments.iter().map(|argument| {
            let mut argument = argument.clone();
            argument.set_span(argument.span().located_at(self.span));
            quote_spanned!(span=> &self.#argument)
        });
        quote_spanned!(span=> ::std::format!(#format, #(#arguments),*))
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.format.push_str(&text.replace('{', "{{").replace('}', "}}"));
    }
}

fn unknown(name: &str, known: &[Argument]) -> String {
    let known: Vec<String> = known.iter().map(Argument::plain_name).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    if name.contains(|c: char| !c.is_alphanumeric() && c != '_') || name.is_empty() {
        return format!("`{{{name}}}`: write just the argument's name between the braces");
    }
    let help = match (suggestion(name, &known), &known[..]) {
        (Some(meant), _) => format!("did you mean `{{{meant}}}`?"),
        (None, []) => "this query has no arguments".to_owned(),
        (None, known) => format!("it has {}", crate::names::list(known)),
    };
    format!("`{{{name}}}` names no argument of this query: {help}")
}
