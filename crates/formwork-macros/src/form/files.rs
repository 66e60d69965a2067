//! What `#[field(…)]` says of files: `accept = "image/*, .csv"`, `max_size = "5 MB"`, `max_files = 3`,
//! `max_total = "12 MB"`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, LitStr, Type, spanned::Spanned};

use crate::{errors::Errors, options::Opt};

/// The options of a field that is a file, or several.
#[derive(Clone, Default)]
pub(super) struct Files {
    accept: Option<LitStr>,
    /// In bytes.
    max_size: Option<(u64, Span)>,
    max_files: Option<Expr>,
    /// In bytes.
    max_total: Option<(u64, Span)>,
}

impl Files {
    /// Takes one of the options in.
    pub(super) fn add(&mut self, option: &Opt, errors: &mut Errors) {
        let twice = match option.key.to_string().as_str() {
            "accept" => self.accept.is_some(),
            "max_size" => self.max_size.is_some(),
            "max_total" => self.max_total.is_some(),
            _ => self.max_files.is_some(),
        };
        if twice {
            option.twice(errors);
            return;
        }
        match option.key.to_string().as_str() {
            "accept" => {
                self.accept = option.string(errors);
                self.accept.iter().for_each(|accept| check_accept(accept, errors));
            }
            "max_size" => self.max_size = size(option, errors),
            "max_total" => self.max_total = size(option, errors),
            _ => self.max_files = option.expression("3", errors),
        }
    }

    /// Calls on a `Constraints`, to be put behind one.
    pub(super) fn constraints(&self) -> TokenStream {
        let accept = self.accept.iter().map(|accept| quote!(.accept(#accept)));
        let size = self.max_size.iter().map(|(bytes, _)| quote!(.max_size(#bytes)));
        let files = self.max_files.iter().map(|files| quote!(.max_files(#files)));
        let total = self.max_total.iter().map(|(bytes, _)| quote!(.max_total(#bytes)));
        quote!(#(#accept)* #(#size)* #(#files)* #(#total)*)
    }

    /// What is for files is declared of files, and `max_files` and `max_total` of several.
    pub(super) fn checks(&self, ty: &Type, secret: Option<Span>) -> TokenStream {
        let constraints = quote!(<#ty as ::formwork::__private::FormField>::CONSTRAINTS);
        let check = |span: Span, right: TokenStream, message: &str| {
            quote_spanned! {Span::call_site().located_at(span)=>
                const _: () = ::core::assert!(#right, #message);
            }
        };
        let of_files = |span, name: &str| {
            let message = format!("`{name}` is for files: the field's type is `Upload` then");
            check(span, quote!(#constraints.is_file()), &message)
        };
        let accept = self.accept.iter().map(|accept| of_files(accept.span(), "accept"));
        let size = self.max_size.iter().map(|(_, span)| of_files(*span, "max_size"));
        let of_several = |span, name: &str| {
            let message =
                format!("`{name}` is for several files: the field's type is `Vec<Upload>`");
            check(span, quote!(#constraints.is_file() && #constraints.multiple), &message)
        };
        let files = self.max_files.iter().map(|files| of_several(files.span(), "max_files"));
        let total = self.max_total.iter().map(|(_, span)| of_several(*span, "max_total"));
        let secret = secret.map(|span| {
            let file = "a file can't be `secret`: a page never shows it again anyway; leave it out";
            let nested = "`secret` is for a single value: declare it on the fields of the struct";
            let structure = quote!(<#ty as ::formwork::__private::FormField>::STRUCTURE);
            let of_file = check(span, quote!(!#constraints.is_file()), file);
            let of_struct = check(span, quote!(!#structure.nests()), nested);
            quote!(#of_file #of_struct)
        });
        quote!(#(#accept)* #(#size)* #(#files)* #(#total)* #secret)
    }
}

/// `image/png`, `image/*` or `.csv`, between commas.
fn check_accept(accept: &LitStr, errors: &mut Errors) {
    let word = |text: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "+-._*".contains(c);
        !text.is_empty() && text.chars().all(plain)
    };
    for kind in accept.value().split(',').map(str::trim) {
        let sound = match (kind.split_once('/'), kind.strip_prefix('.')) {
            (Some((family, kind)), None) => word(family) && word(kind),
            (None, Some(ending)) => word(ending),
            _ => false,
        };
        if !sound {
            let help =
                "write media types and endings, such as `\"image/*, application/pdf, .csv\"`";
            errors.at(accept, format!("`{kind}` is no type of file: {help}"));
        }
    }
}

fn size(option: &Opt, errors: &mut Errors) -> Option<(u64, Span)> {
    let text = option.string(errors)?;
    let bytes = bytes(&text.value());
    if bytes.is_none() {
        let help = "write a number and a unit: `\"500 kB\"`, `\"5 MB\"` or `\"1 GB\"`";
        errors.at(&text, help);
    }
    Some((bytes?, text.span()))
}

/// `5 MB` and the like; `KiB`, `MiB` and `GiB` are powers of two.
fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let of = match unit.trim() {
        "B" => 1,
        "kB" | "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(of).filter(|bytes| *bytes > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, expect) in [
            ("5 MB", Some(5_000_000)),
            ("500kB", Some(500_000)),
            ("1 GiB", Some(1 << 30)),
            ("7 B", Some(7)),
            ("5", None),
            ("MB", None),
            ("0 MB", None),
            ("5 mb", None),
            ("1.5 MB", None),
            ("99999999999 GB", None),
        ] {
            assert_eq!(bytes(text), expect, "{text}");
        }
    }
}
