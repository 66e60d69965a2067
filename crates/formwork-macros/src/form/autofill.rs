//! The words of `autocomplete` and `inputmode`, as the HTML standard lists them (§4.10.18.7, §6.9.6).

use syn::LitStr;

use crate::{
    errors::Errors,
    names::{list, suggestion},
};

const FIELDS: &[&str] = &[
    "name",
    "honorific-prefix",
    "given-name",
    "additional-name",
    "family-name",
    "honorific-suffix",
    "nickname",
    "organization-title",
    "username",
    "new-password",
    "current-password",
    "one-time-code",
    "organization",
    "street-address",
    "address-line1",
    "address-line2",
    "address-line3",
    "address-level4",
    "address-level3",
    "address-level2",
    "address-level1",
    "country",
    "country-name",
    "postal-code",
    "cc-name",
    "cc-given-name",
    "cc-additional-name",
    "cc-family-name",
    "cc-number",
    "cc-exp",
    "cc-exp-month",
    "cc-exp-year",
    "cc-csc",
    "cc-type",
    "transaction-currency",
    "transaction-amount",
    "language",
    "bday",
    "bday-day",
    "bday-month",
    "bday-year",
    "sex",
    "url",
    "photo",
    "tel",
    "tel-country-code",
    "tel-national",
    "tel-area-code",
    "tel-local",
    "tel-local-prefix",
    "tel-local-suffix",
    "tel-extension",
    "email",
    "impp",
    "on",
    "off",
];

const BEFORE: &[&str] = &["shipping", "billing", "home", "work", "mobile", "fax", "pager"];

const KEYBOARDS: &[&str] = &["none", "text", "decimal", "numeric", "tel", "search", "email", "url"];

/// Reports a value that no browser knows.
pub(super) fn check_autocomplete(value: &LitStr, errors: &mut Errors) {
    let text = value.value();
    let words = text.split_ascii_whitespace().filter(|word| *word != "webauthn");
    for word in words {
        if !word.starts_with("section-") && !BEFORE.contains(&word) && !FIELDS.contains(&word) {
            let help = match suggestion(word, FIELDS) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "see the autofill fields of the HTML standard".to_owned(),
            };
            errors.at(value, format!("browsers know no autofill field `{word}`: {help}"));
        }
    }
}

/// Reports a keyboard that there isn't.
pub(super) fn check_inputmode(value: &LitStr, errors: &mut Errors) {
    if !KEYBOARDS.contains(&value.value().as_str()) {
        errors.at(value, format!("there is no such keyboard: it is {}", list(KEYBOARDS)));
    }
}
