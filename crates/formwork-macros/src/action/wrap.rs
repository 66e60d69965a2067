//! What stands around the handler: `wrap = in_transaction`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Path;

use crate::{errors::Errors, options::Opt};

/// The name of the option.
pub(crate) const OPTION: &str = "wrap";

/// The function that is given the context and the handler.
pub(crate) fn parse(options: &[Opt], errors: &mut Errors) -> Option<Path> {
    let option = options.iter().find(|option| option.key == OPTION)?;
    option.path("in_transaction", errors)
}

/// The constant for `actions.lock`; nothing if nothing is declared.
pub(crate) fn expand(wrap: Option<&Path>) -> Option<TokenStream> {
    wrap.map(|wrap| {
        let spelt = wrap.to_token_stream().to_string().replace(' ', "");
        quote! {
            const WRAP: ::core::option::Option<&'static str> = ::core::option::Option::Some(#spelt);
        }
    })
}
