//! What the unit tests of all macros use.

use proc_macro2::TokenStream;
use quote::ToTokens;

/// The messages of all `compile_error!`s in the output, which must be items that parse.
#[track_caller]
pub(crate) fn messages(output: &TokenStream) -> Vec<String> {
    let file: syn::File = syn::parse2(output.clone()).expect("the output parses");
    let macros = file.items.iter().filter_map(|item| match item {
        syn::Item::Macro(item) if item.mac.path.segments.last()?.ident == "compile_error" => {
            Some(&item.mac)
        }
        _ => None,
    });
    macros.map(|mac| mac.parse_body::<syn::LitStr>().expect("a message").value()).collect()
}

/// Fails unless the output has exactly these messages, in any order of the source.
#[track_caller]
pub(crate) fn check_messages(output: &TokenStream, expect: &[&str]) {
    let found = messages(output);
    assert_eq!(found.len(), expect.len(), "{found:#?}");
    for (found, expect) in found.iter().zip(expect) {
        assert!(found.contains(expect), "`{found}` does not say `{expect}`");
    }
}

/// Fails unless the output contains these tokens.
#[track_caller]
pub(crate) fn check_contains(output: &TokenStream, tokens: impl ToTokens) {
    let (output, tokens) = (output.to_string(), tokens.to_token_stream().to_string());
    assert!(output.contains(&tokens), "no `{tokens}` in\n{output}");
}
