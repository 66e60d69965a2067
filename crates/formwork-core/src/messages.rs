//! What a visitor reads where a rule is not kept: a sentence that says how to mend it.

use std::{borrow::Cow, fmt::Display};

use garde::{
    I18n,
    i18n::{InvalidCreditCard, InvalidEmail, InvalidPhoneNumber, InvalidUrl, IpKind},
};

/// The messages for garde's rules; its own are fragments ("length is lower than 1").
pub(crate) struct Messages;

impl I18n for Messages {
    fn length_lower_than(&self, min: usize) -> Cow<'static, str> {
        match min {
            1 => "Fill this in".into(),
            _ => format!("Enter at least {min} characters").into(),
        }
    }

    fn length_greater_than(&self, max: usize) -> Cow<'static, str> {
        format!("Enter at most {max} characters").into()
    }

    fn range_lower_than(&self, min: &dyn Display) -> Cow<'static, str> {
        format!("Enter {min} or more").into()
    }

    fn range_greater_than(&self, max: &dyn Display) -> Cow<'static, str> {
        format!("Enter {max} or less").into()
    }

    fn credit_card_invalid(&self, _: InvalidCreditCard) -> Cow<'static, str> {
        "Enter a valid card number".into()
    }

    fn pattern_no_match(&self, _: &dyn Display) -> Cow<'static, str> {
        "Enter it in the format that is asked for".into()
    }

    fn contains_missing(&self, text: &dyn Display) -> Cow<'static, str> {
        format!("It must contain “{text}”").into()
    }

    fn url_invalid(&self, _: InvalidUrl) -> Cow<'static, str> {
        "Enter a web address, such as https://example.org".into()
    }

    fn prefix_missing(&self, text: &dyn Display) -> Cow<'static, str> {
        format!("It must begin with “{text}”").into()
    }

    fn suffix_missing(&self, text: &dyn Display) -> Cow<'static, str> {
        format!("It must end with “{text}”").into()
    }

    fn phone_number_invalid(&self, _: InvalidPhoneNumber) -> Cow<'static, str> {
        "Enter a phone number with its country code, such as +44 20 7946 0000".into()
    }

    fn ip_invalid(&self, kind: IpKind) -> Cow<'static, str> {
        format!("Enter an {kind} address").into()
    }

    fn matches_field_mismatch(&self, _: &dyn Display) -> Cow<'static, str> {
        "Enter the same in both fields".into()
    }

    fn email_invalid(&self, _: InvalidEmail) -> Cow<'static, str> {
        "Enter an e-mail address, such as name@example.org".into()
    }

    fn ascii_invalid(&self) -> Cow<'static, str> {
        "Use unaccented letters, digits and punctuation only".into()
    }

    fn alphanumeric_invalid(&self) -> Cow<'static, str> {
        "Use letters and digits only".into()
    }

    fn required_not_set(&self) -> Cow<'static, str> {
        "Fill this in".into()
    }
}
