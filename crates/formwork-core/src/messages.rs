//! garde's findings as [`Mistake`]s: its messages are a code here, since they become sentences only
//! when it is known which field they are about.

use std::{borrow::Cow, fmt::Display};

use garde::{
    I18n,
    i18n::{InvalidCreditCard, InvalidEmail, InvalidPhoneNumber, InvalidUrl, IpKind},
};

use crate::Mistake;

/// Stands before a code, so that a custom rule's own sentence is told from it.
const MARK: char = '\u{1}';

/// Makes codes of garde's rules.
pub(crate) struct Messages;

fn code(letter: char, parameter: &dyn Display) -> Cow<'static, str> {
    format!("{MARK}{letter}{parameter}").into()
}

/// What a message of garde's says: a rule of its own, or a custom rule's sentence.
pub(crate) fn decode(message: &str) -> Mistake {
    let mut chars = message.chars();
    let letter = if chars.next() == Some(MARK) { chars.next() } else { None };
    let rest = || chars.as_str().to_owned();
    match letter {
        Some('s') => Mistake::TooShort { min: rest() },
        Some('l') => Mistake::TooLong { max: rest() },
        Some('b') => Mistake::Below { min: rest() },
        Some('a') => Mistake::Above { max: rest() },
        Some('C') => Mistake::NotACard,
        Some('P') => Mistake::Pattern,
        Some('c') => Mistake::Contains { text: rest() },
        Some('U') => WEB_ADDRESS,
        Some('p') => Mistake::Prefix { text: rest() },
        Some('x') => Mistake::Suffix { text: rest() },
        Some('T') => Mistake::NotAPhone,
        Some('i') => Mistake::NotAnIp { kind: rest() },
        Some('=') => Mistake::Differs,
        Some('@') => E_MAIL,
        Some('A') => Mistake::NotAscii,
        Some('N') => Mistake::NotAlphanumeric,
        Some('!') => Mistake::Missing,
        _ => Mistake::Said(Cow::Owned(message.to_owned())),
    }
}

pub(crate) const E_MAIL: Mistake =
    Mistake::NotWritten { kind: "an e-mail address", example: "name@example.org" };
pub(crate) const WEB_ADDRESS: Mistake =
    Mistake::NotWritten { kind: "a web address", example: "https://example.org" };

impl I18n for Messages {
    fn length_lower_than(&self, min: usize) -> Cow<'static, str> {
        code('s', &min)
    }

    fn length_greater_than(&self, max: usize) -> Cow<'static, str> {
        code('l', &max)
    }

    fn range_lower_than(&self, min: &dyn Display) -> Cow<'static, str> {
        code('b', min)
    }

    fn range_greater_than(&self, max: &dyn Display) -> Cow<'static, str> {
        code('a', max)
    }

    fn credit_card_invalid(&self, _: InvalidCreditCard) -> Cow<'static, str> {
        code('C', &"")
    }

    fn pattern_no_match(&self, _: &dyn Display) -> Cow<'static, str> {
        code('P', &"")
    }

    fn contains_missing(&self, text: &dyn Display) -> Cow<'static, str> {
        code('c', text)
    }

    fn url_invalid(&self, _: InvalidUrl) -> Cow<'static, str> {
        code('U', &"")
    }

    fn prefix_missing(&self, text: &dyn Display) -> Cow<'static, str> {
        code('p', text)
    }

    fn suffix_missing(&self, text: &dyn Display) -> Cow<'static, str> {
        code('x', text)
    }

    fn phone_number_invalid(&self, _: InvalidPhoneNumber) -> Cow<'static, str> {
        code('T', &"")
    }

    fn ip_invalid(&self, kind: IpKind) -> Cow<'static, str> {
        code('i', &kind)
    }

    fn matches_field_mismatch(&self, _: &dyn Display) -> Cow<'static, str> {
        code('=', &"")
    }

    fn email_invalid(&self, _: InvalidEmail) -> Cow<'static, str> {
        code('@', &"")
    }

    fn ascii_invalid(&self) -> Cow<'static, str> {
        code('A', &"")
    }

    fn alphanumeric_invalid(&self) -> Cow<'static, str> {
        code('N', &"")
    }

    fn required_not_set(&self) -> Cow<'static, str> {
        code('!', &"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_and_sentences_are_told_apart() {
        assert_eq!(
            decode(&Messages.length_lower_than(3)),
            Mistake::TooShort { min: "3".to_owned() }
        );
        assert_eq!(decode(&Messages.required_not_set()), Mistake::Missing);
        assert_eq!(decode("Say more"), Mistake::Said("Say more".into()));
        assert_eq!(decode(&Messages.ip_invalid(IpKind::V4)).sentence(), "Enter an IPv4 address");
    }
}
