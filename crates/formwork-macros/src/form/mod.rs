//! `#[derive(Form)]`: reading, validating and writing a struct, and a typed handle for each field.

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::errors::Errors;

mod applies;
mod autofill;
mod expand;
mod files;
mod model;
mod rules;
mod steps;

/// Expands the derive.
pub(crate) fn form(item: TokenStream) -> TokenStream {
    derive(item, false)
}

/// Expands `#[derive(Wizard)]`.
pub(crate) fn wizard(item: TokenStream) -> TokenStream {
    derive(item, true)
}

fn derive(item: TokenStream, in_steps: bool) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::default();
    let form = model::Form::new(input, in_steps, &mut errors);
    expand::expand(&form, &errors)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::{form, wizard};
    use crate::testing::{check_contains, check_messages};

    #[test]
    fn fields_are_read_in_order() {
        let output = form(quote! {
            pub struct SignIn {
                /// The address.
                #[field(name = "e-mail")]
                pub email: String,
                #[field(secret)]
                password: String,
                r#type: u8,
            }
        });
        check_messages(&output, &[]);
        check_contains(
            &output,
            quote!(ident: "email", name: "e-mail", was: &[], label: "Email", secret: false),
        );
        check_contains(
            &output,
            quote!(ident: "password", name: "password", was: &[], label: "Password", secret: true),
        );
        check_contains(
            &output,
            quote!(ident: "r#type", name: "type", was: &[], label: "Type", secret: false),
        );
        check_contains(&output, quote!(pub struct SignInFields));
        check_contains(&output, quote!(pub email: ::formwork::__private::Field<String>));
        check_contains(&output, quote!(r#type: ::formwork::__private::Field<u8>));
    }

    #[test]
    fn what_garde_dives_into_nests() {
        let output = form(quote! {
            struct Profile {
                #[garde(dive)]
                address: Option<Address>,
                #[garde(length(max = 3), dive)]
                phones: Vec<Phone>,
                #[garde(skip)]
                topics: Vec<Topic>,
            }
        });
        check_messages(&output, &[]);
        check_contains(
            &output,
            quote!(address: <Address as ::formwork::__private::FormFields>::Fields),
        );
        check_contains(&output, quote!(phones: ::formwork::__private::Rows<Phone>));
        check_contains(&output, quote!(topics: ::formwork::__private::Field<Vec<Topic> >));
    }

    #[test]
    fn a_field_may_have_had_other_names() {
        let output = form(quote! {
            struct Post {
                #[field(was = "subject", was = "headline")]
                title: String,
            }
        });
        check_messages(&output, &[]);
        check_contains(&output, quote!(was: &["subject", "headline"]));

        let output = form(quote! {
            struct Post {
                #[field(was = "title")]
                title: String,
                #[field(was = "title", was = "text")]
                body: String,
                #[field(was = "text", was, was = "_x")]
                note: String,
            }
        });
        check_messages(
            &output,
            &[
                "write `was = \"…\"`",
                "names that begin with `_` are Formwork's own: name the field `x`",
                "the field is named `title` now: take `was` away",
                "another field is named `title` now",
                "`was = \"text\"` stands there twice",
            ],
        );
    }

    #[test]
    fn all_mistakes_at_once_and_still_a_form() {
        let output = form(quote! {
            struct Post {
                _action: String,
                #[field(name = "")]
                a: u8,
                #[field(name = "b c")]
                b: u8,
                #[field(name = "e")]
                d: u8,
                e: u8,
                #[field(secert)]
                f: u8,
                #[field(secret, secret = true, name = "x", name = "y")]
                g: u8,
                #[field]
                h: u8,
            }
        });
        check_messages(
            &output,
            &[
                "names that begin with `_` are Formwork's own: name the field `action`",
                "a field needs a name",
                "use letters, digits, `-` and `_`",
                "two fields are named `e`",
                "has no option `secert`: did you mean `secret`?",
                "`secret` is declared twice",
                "`name` is declared twice",
                "write the options in parentheses: `#[field(…)]`",
            ],
        );
        check_contains(&output, quote!(impl ::formwork::__private::Form for Post));
        check_contains(&output, quote!(f: ::formwork::__private::Field<u8>));
    }

    #[test]
    fn steps_have_an_enum_and_are_read_one_after_the_other() {
        let output = wizard(quote! {
            pub struct Report {
                #[garde(dive)]
                what: What,
                #[garde(dive)]
                #[step(when = rules::is_theft)]
                stolen_things: Option<Theft>,
                #[garde(dive)]
                r#last: Contact,
            }
        });
        check_messages(&output, &[]);
        check_contains(&output, quote!(pub enum ReportStep));
        check_contains(
            &output,
            quote!(&[ReportStep::What, ReportStep::StolenThings, ReportStep::Last]),
        );
        check_contains(&output, quote!(let asked: fn(&Self) -> bool = rules::is_theft;));
        check_contains(&output, quote!([true, this.stolen_things.is_some(), true]));
        check_contains(&output, quote!(::formwork::__private::Shape::new("wizard")));
        assert!(!output.to_string().contains("ListItem"), "it is no part of another form");
    }

    #[test]
    fn what_can_be_no_step() {
        let output = wizard(quote! {
            struct Report {
                #[garde(dive)]
                #[step(when = yes)]
                what: What,
                #[garde(skip)]
                title: String,
                #[garde(dive)]
                more: Vec<What>,
                #[garde(dive)]
                #[step(if = yes, when, when = yes, when = yes)]
                sometimes: Option<What>,
                #[garde(dive)]
                #[step(when = yes)]
                last: What,
            }
        });
        check_messages(
            &output,
            &[
                "the first step is always asked",
                "write `Option<What>`",
                "a step is a form of its own",
                "a step is one form, and this is a list",
                "it takes `when`",
                "write `when = has_outage`",
                "`when` is declared twice",
                "the last step is always asked",
                "write `Option<What>`",
            ],
        );
        check_contains(&output, quote!(enum ReportStep));
        check_messages(
            &wizard(quote!(
                struct Report {
                    #[garde(dive)]
                    what: What,
                }
            )),
            &["has two of them or more"],
        );
        check_messages(
            &wizard(quote!(
                enum Report {
                    What(What),
                }
            )),
            &["the enum of its steps is made from it"],
        );
    }

    #[test]
    fn only_structs_with_named_fields() {
        check_messages(
            &form(quote!(
                enum Kind {
                    A,
                }
            )),
            &["derive `FormChoice` instead"],
        );
        check_messages(&form(quote!(union U { a: u8 })), &["a form is a struct with named fields"]);
        check_messages(
            &form(quote!(
                struct T(String);
            )),
            &["give every field a name"],
        );
        check_messages(
            &form(quote!(
                struct T;
            )),
            &["leave the form parameter out"],
        );
        check_messages(
            &form(quote!(
                struct T {}
            )),
            &[],
        );
        let output = form(quote!(
            struct T<'a, U: Clone> {
                a: &'a U,
            }
        ));
        check_messages(&output, &["can't be generic"]);
    }
}
