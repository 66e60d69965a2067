//! What is wrong with a value, before it is put into words.

use std::{borrow::Cow, cell::RefCell, sync::OnceLock};

/// A rule that a value does not keep.
///
/// It becomes a sentence for the visitor: the application's, if it has one for the rule and the
/// visitor's languages (see [`set_words`]), else the English one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mistake {
    /// Nothing was entered.
    Missing,
    /// No number.
    NotANumber,
    /// No whole number of the field's type.
    NotWhole {
        /// The least.
        min: String,
        /// The greatest.
        max: String,
    },
    /// Nothing was chosen.
    NotChosen,
    /// Not one of the choices.
    NotAChoice,
    /// A checkbox with a value that is neither on nor off.
    NotATick,
    /// Not written as the kind of value is: its name, such as `date`, and an example.
    NotWritten {
        /// What it should be.
        kind: &'static str,
        /// One that is.
        example: &'static str,
    },
    /// Fewer characters than the least.
    TooShort {
        /// The least.
        min: String,
    },
    /// More characters than the most.
    TooLong {
        /// The most.
        max: String,
    },
    /// Fewer values or rows than the least.
    TooFew {
        /// The least.
        min: String,
    },
    /// More values or rows than the most.
    TooMany {
        /// The most.
        max: String,
    },
    /// Less than the least.
    Below {
        /// The least.
        min: String,
    },
    /// More than the greatest.
    Above {
        /// The greatest.
        max: String,
    },
    /// Not of the pattern.
    Pattern,
    /// It lacks a text.
    Contains {
        /// What it lacks.
        text: String,
    },
    /// It begins otherwise.
    Prefix {
        /// How it should.
        text: String,
    },
    /// It ends otherwise.
    Suffix {
        /// How it should.
        text: String,
    },
    /// Not the same as another field.
    Differs,
    /// Not ASCII.
    NotAscii,
    /// More than letters and digits.
    NotAlphanumeric,
    /// No IP address.
    NotAnIp {
        /// `IPv4`, `IPv6` or `IP`.
        kind: String,
    },
    /// No card number.
    NotACard,
    /// No phone number.
    NotAPhone,
    /// No file was chosen.
    NoFile,
    /// A file was sent with a form that has to be sent again.
    FileNotKept,
    /// A file has too many bytes.
    FileTooLarge {
        /// What is taken, such as `5 MB`.
        max: String,
    },
    /// The files of a field have too many bytes together.
    FilesTooLarge {
        /// What is taken, such as `20 MB`.
        max: String,
    },
    /// A file is of another type.
    WrongFileType {
        /// What is taken, such as `images, PDF`.
        accept: String,
    },
    /// Too many files were chosen.
    TooManyFiles {
        /// How many are taken.
        max: String,
    },
    /// The application's own sentence.
    Said(Cow<'static, str>),
    /// What Formwork itself says of a form or a page as a whole, such as why it was refused, in English.
    Told(Cow<'static, str>),
}

/// The application's words for a mistake in a language, such as `de` or `pt-BR`; `None` if it has
/// none.
pub type Words = fn(mistake: &Mistake, language: &str) -> Option<Cow<'static, str>>;

static WORDS: OnceLock<Words> = OnceLock::new();

thread_local! {
    /// The visitor's languages, the best first; on a server, while a form is read and validated.
    static LANGUAGES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Takes the application's words for all mistakes from now on. The first call counts.
pub fn set_words(words: Words) {
    let _ = WORDS.set(words);
}

/// The visitor of this thread reads these languages, the best first.
#[doc(hidden)]
pub fn set_languages(languages: Vec<String>) {
    LANGUAGES.set(languages);
}

/// Runs `check` for a visitor who reads these languages, the best first. Nothing may wait within it:
/// another visitor's turn would come on this thread.
pub fn speaking<T>(languages: Vec<String>, check: impl FnOnce() -> T) -> T {
    struct Restore(Vec<String>);
    impl Drop for Restore {
        fn drop(&mut self) {
            LANGUAGES.set(std::mem::take(&mut self.0));
        }
    }
    let _restore = Restore(LANGUAGES.replace(languages));
    check()
}

/// What Formwork itself says, in the application's words if it has some.
pub fn told(english: impl Into<Cow<'static, str>>) -> Cow<'static, str> {
    Mistake::Told(english.into()).sentence()
}

/// The languages of an `Accept-Language` header, the best first (RFC 9110 §12.5.4).
///
/// ```
/// # use formwork_core::languages;
/// assert_eq!(languages("fr;q=0.5, de-AT, *;q=0.1, en;q=0"), ["de-AT", "fr"]);
/// ```
pub fn languages(header: &str) -> Vec<String> {
    let mut found: Vec<(u16, &str)> = header
        .split(',')
        .take(32)
        .filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let language = parts.next().filter(|language| !matches!(*language, "" | "*"))?;
            let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1000, thousandths);
            (weight > 0).then_some((weight, language))
        })
        .collect();
    found.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    found.into_iter().map(|(_, language)| language.to_owned()).collect()
}

/// `0.5` is 500. No float: a client would carry the code that reads them.
fn thousandths(weight: &str) -> u16 {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(3);
    let fraction =
        digits.fold(0, |sum, digit| sum * 10 + u16::from(digit.saturating_sub(b'0').min(9)));
    if whole == "0" { fraction } else { 1000 }
}

impl Mistake {
    /// A sentence of the application's own.
    pub fn said(sentence: impl Into<Cow<'static, str>>) -> Self {
        Mistake::Said(sentence.into())
    }

    /// The sentence for the visitor: in the first of the visitor's languages for which the
    /// application has words, or which is English.
    pub fn sentence(self) -> Cow<'static, str> {
        let theirs = WORDS.get().and_then(|words| {
            LANGUAGES.with_borrow(|languages| {
                for language in languages {
                    if let Some(sentence) = words(&self, language) {
                        return Some(sentence);
                    }
                    if language.get(..2).is_some_and(|two| two.eq_ignore_ascii_case("en")) {
                        break;
                    }
                }
                None
            })
        });
        theirs.unwrap_or_else(|| self.english())
    }

    fn english(self) -> Cow<'static, str> {
        let text: &[&str] = match &self {
            Mistake::Missing => &["Fill this in"],
            Mistake::NotANumber => &["Enter a number"],
            Mistake::NotWhole { min, max } => &["Enter a whole number from ", min, " to ", max],
            Mistake::NotChosen => &["Choose one"],
            Mistake::NotAChoice => &["Choose one of the options"],
            Mistake::NotATick => &["Tick the box or leave it"],
            Mistake::NotWritten { kind, example } => &["Enter ", kind, ", such as ", example],
            Mistake::TooShort { min } if min == "1" => &["Fill this in"],
            Mistake::TooShort { min } => &["Enter at least ", min, " characters"],
            Mistake::TooLong { max } => &["Enter at most ", max, " characters"],
            Mistake::TooFew { min } => &["Give at least ", min],
            Mistake::TooMany { max } => &["Give at most ", max],
            Mistake::Below { min } => &["Enter ", min, " or more"],
            Mistake::Above { max } => &["Enter ", max, " or less"],
            Mistake::Pattern => &["Enter it in the format that is asked for"],
            Mistake::Contains { text } => &["It must contain “", text, "”"],
            Mistake::Prefix { text } => &["It must begin with “", text, "”"],
            Mistake::Suffix { text } => &["It must end with “", text, "”"],
            Mistake::Differs => &["Enter the same in both fields"],
            Mistake::NotAscii => &["Use unaccented letters, digits and punctuation only"],
            Mistake::NotAlphanumeric => &["Use letters and digits only"],
            Mistake::NotAnIp { kind } => &["Enter an ", kind, " address"],
            Mistake::NotACard => &["Enter a valid card number"],
            Mistake::NotAPhone => {
                &["Enter a phone number with its country code, such as +44 20 7946 0000"]
            }
            Mistake::NoFile => &["Choose a file"],
            Mistake::FileNotKept => &["Choose the file again: it was not kept"],
            Mistake::FileTooLarge { max } => &["Choose a file of at most ", max],
            Mistake::FilesTooLarge { max } => &["Choose files of at most ", max, " together"],
            Mistake::WrongFileType { accept } => &["Choose a file of one of these types: ", accept],
            Mistake::TooManyFiles { max } if max == "1" => &["Choose one file"],
            Mistake::TooManyFiles { max } => &["Choose at most ", max, " files"],
            Mistake::Said(sentence) | Mistake::Told(sentence) => return sentence.clone(),
        };
        match text {
            [one] => Cow::Owned((*one).to_owned()),
            parts => Cow::Owned(parts.concat()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn german(mistake: &Mistake, language: &str) -> Option<Cow<'static, str>> {
        match mistake {
            Mistake::Missing if language == "de" => Some("Bitte ausfüllen".into()),
            Mistake::Told(english) if english == "Gone." && language == "de" => Some("Weg.".into()),
            _ => None,
        }
    }

    #[test]
    fn the_applications_words_come_first_and_the_english_ones_for_the_rest() {
        set_words(german);
        let of =
            |header: &str, mistake: Mistake| speaking(languages(header), || mistake.sentence());
        assert_eq!(Mistake::Missing.sentence(), "Fill this in");
        assert_eq!(of("fr, de;q=0.8", Mistake::Missing), "Bitte ausfüllen");
        assert_eq!(of("de", Mistake::NotChosen), "Choose one");
        assert_eq!(of("en-GB, de", Mistake::Missing), "Fill this in");
        assert_eq!(of("fr", Mistake::Missing), "Fill this in");
        assert_eq!(speaking(languages("de"), || told("Gone.")), "Weg.");
        assert_eq!(speaking(languages("de"), || told("Back.")), "Back.");
        assert_eq!(Mistake::Missing.sentence(), "Fill this in");
    }

    #[test]
    fn languages_that_are_no_languages() {
        for odd in ["", ",,;;", "*", "de;q=0", "de;q=0.000"] {
            assert_eq!(languages(odd), Vec::<String>::new(), "{odd}");
        }
        assert_eq!(languages("de;q=x"), ["de"]);
    }
}
