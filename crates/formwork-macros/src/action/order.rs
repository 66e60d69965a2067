//! When a submission is sent: `order = latest` or `order = parallel`.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::{errors::Errors, options::Opt};

/// The name of the option.
pub(crate) const OPTION: &str = "order";

/// The declared order, as a variant of `Order`; without one, submissions queue.
pub(crate) fn parse(options: &[Opt], errors: &mut Errors) -> Option<Ident> {
    let option = options.iter().find(|option| option.key == OPTION)?;
    let word: Option<Ident> = option.ident();
    match word.map(|word| word.to_string()).as_deref() {
        Some("latest") => Some(format_ident!("Latest")),
        Some("parallel") => Some(format_ident!("Parallel")),
        _ => {
            let message = "write `order = latest` (of those that wait only the latest is sent) or \
                           `order = parallel` (sent at once); without it they are sent one after \
                           the other";
            errors.at(option, message);
            None
        }
    }
}

/// The constant for both sides; nothing if nothing is declared.
pub(crate) fn expand(order: Option<&Ident>) -> Option<TokenStream> {
    order.map(|order| {
        quote! {
            const ORDER: ::formwork::__private::Order = ::formwork::__private::Order::#order;
        }
    })
}
