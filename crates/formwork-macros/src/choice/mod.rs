//! `#[derive(FormChoice)]`: an enum whose variants are the choices of a field.

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::errors::Errors;

mod expand;
mod model;

/// Expands the derive.
pub(crate) fn choice(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::default();
    let choice = model::Choice::new(input, &mut errors);
    expand::expand(&choice, &errors)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::choice;
    use crate::testing::{check_contains, check_messages};

    #[test]
    fn values_and_labels() {
        let output = choice(quote! {
            enum Priority {
                #[choice(label = "Whenever", value = "0")]
                Low,
                VeryHigh = 7,
            }
        });
        check_messages(&output, &[]);
        let choices =
            quote!(&[(Self::Low, "0", "Whenever"), (Self::VeryHigh, "very-high", "Very high")]);
        check_contains(&output, choices);
        check_contains(
            &output,
            quote!(
                fn placeholder() -> Self {
                    Self::Low
                }
            ),
        );
    }

    #[test]
    fn all_mistakes_at_once_and_still_a_choice() {
        let output = choice(quote! {
            enum Priority {
                Low(u8),
                #[choice(value = "")]
                High { by: u8 },
                #[choice(lable = "x")]
                A,
                #[choice(value = "a", value = "b", label = 3)]
                B,
            }
        });
        check_messages(
            &output,
            &[
                "a choice holds no data: write `Low`",
                "an empty value means that nothing was chosen: use `Option<Priority>` for that",
                "a choice holds no data: write `High`",
                "did you mean `label`?",
                "`value` is declared twice",
                "write `label = \"…\"`",
                "two choices have the value `a`",
            ],
        );
        check_contains(&output, quote!(impl ::formwork::__private::Choice for Priority));
    }

    #[test]
    fn only_enums_with_variants() {
        check_messages(
            &choice(quote!(
                struct S {
                    a: u8,
                }
            )),
            &["derive `Form` instead"],
        );
        check_messages(
            &choice(quote!(
                enum E {}
            )),
            &["needs at least one variant"],
        );
        check_messages(
            &choice(quote!(
                enum E<T> {
                    A,
                }
            )),
            &["can't be generic"],
        );
    }
}
