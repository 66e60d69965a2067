//! The application's own words for what is wrong with a field, and for all else that Formwork says.

use std::borrow::Cow;

use formwork_core::Words;

use crate::half;

/// Takes the application's words for the mistakes of visitors, in every language that it speaks. Call
/// it once on each side: in the server's `main`, and before [`hydrate`](crate::hydrate) in the
/// client's, where it must come first.
///
/// ```
/// use std::borrow::Cow;
///
/// use formwork::Mistake;
///
/// fn words(mistake: &Mistake, language: &str) -> Option<Cow<'static, str>> {
///     // `de`, `de-AT` and so on; `None` is asked again for the visitor's next language, and what
///     // nobody has words for is said in English.
///     if !language.starts_with("de") {
///         return None;
///     }
///     Some(match mistake {
///         Mistake::Missing => "Bitte ausfüllen".into(),
///         Mistake::TooLong { max } => format!("Höchstens {max} Zeichen").into(),
///         _ => return None,
///     })
/// }
///
/// formwork::set_words(words);
/// ```
///
/// The visitor's languages are those of the request's `Accept-Language`, which in the browser are
/// `navigator.languages`: both sides say the same.
///
/// What Formwork says of a form or a page as a whole — why it was refused, that the connection failed,
/// the question before something unsent is left — is asked for by its English text, as
/// [`Mistake::Told`](crate::Mistake::Told).
pub fn set_words(words: Words) {
    formwork_core::set_words(words);
    half::learn_languages();
}

/// A sentence of Formwork's own for the visitor of this page.
pub(crate) fn told(english: impl Into<Cow<'static, str>>) -> Cow<'static, str> {
    half::speaking(|| formwork_core::told(english))
}
