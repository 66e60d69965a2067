//! Names made from names: of handles, form values and labels, and the name that was meant.

use quote::ToTokens;

/// `add_comment` → `AddComment`.
pub(crate) fn pascal_case(snake: &str) -> String {
    snake.split('_').map(capitalized).collect()
}

/// `VeryHigh` → `very-high`.
pub(crate) fn kebab_case(pascal: &str) -> String {
    words(pascal).join("-").to_lowercase()
}

/// `VeryHigh` → `Very high`; abbreviations stay: `HTTPError` → `HTTP error`.
pub(crate) fn sentence_case(pascal: &str) -> String {
    let words = words(pascal).into_iter().enumerate().map(|(at, word)| {
        let abbreviation = word.chars().filter(|c| c.is_uppercase()).count() > 1;
        if at == 0 || abbreviation { word } else { word.to_lowercase() }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The known name that was probably meant: at most a third of it is different.
pub(crate) fn suggestion<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|candidate| (distance(name, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len().div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `` `a`, `b` and `c` ``
pub(crate) fn list(names: &[&str]) -> String {
    let mut text = String::new();
    for (at, name) in names.iter().enumerate() {
        let separator = match at {
            0 => "",
            _ if at + 1 == names.len() => " and ",
            _ => ", ",
        };
        text += &format!("{separator}`{name}`");
    }
    text
}

/// A type as its author would write it, on every compiler: `auth::Role<Admin, 2>`.
pub(crate) fn type_text(ty: impl ToTokens) -> String {
    let tokens = ty.to_token_stream().to_string();
    let mut text = String::with_capacity(tokens.len());
    let mut chars = tokens.chars().peekable();
    while let Some(char) = chars.next() {
        let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        if !char.is_whitespace() {
            text.push(char);
        } else if text.ends_with(',') || (word(text.chars().last()) && word(chars.peek().copied()))
        {
            text.push(' ');
        }
    }
    text
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// A word begins at an upper-case letter after a lower-case one, and at the last of several
/// upper-case letters if a lower-case one follows.
fn words(pascal: &str) -> Vec<String> {
    let chars: Vec<char> = pascal.chars().collect();
    let mut words = vec![String::new()];
    for (at, &char) in chars.iter().enumerate() {
        let after_small = at > 0 && !chars[at - 1].is_uppercase();
        let before_small = chars.get(at + 1).is_some_and(|next| next.is_lowercase());
        let begins = char == '_' || (char.is_uppercase() && (after_small || before_small));
        if begins && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| char != '_') {
            word.push(char);
        }
    }
    words
}

/// How many letters must be put in, taken out, replaced or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let mut least = replaced.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    least = least.min(table[i - 2][j - 2] + 1);
                }
                least
            };
        }
    }
    table[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn handles() {
        assert_eq!(pascal_case("add_comment"), "AddComment");
        assert_eq!(pascal_case("step_2"), "Step2");
        assert_eq!(pascal_case("_x"), "X");
    }

    #[test]
    fn values_and_labels() {
        for (variant, value, label) in [
            ("Low", "low", "Low"),
            ("VeryHigh", "very-high", "Very high"),
            ("HTTPError", "http-error", "HTTP error"),
            ("UsesTLS", "uses-tls", "Uses TLS"),
            ("Level2Support", "level2-support", "Level2 support"),
            ("A", "a", "A"),
        ] {
            assert_eq!(
                (kebab_case(variant).as_str(), sentence_case(variant).as_str()),
                (value, label)
            );
        }
    }

    #[test]
    fn the_name_that_was_meant() {
        let known = ["public", "guard", "id", "tags"];
        assert_eq!(suggestion("gaurd", &known), Some("guard"));
        assert_eq!(suggestion("pub", &known), None);
        assert_eq!(suggestion("tag", &known), Some("tags"));
        assert_eq!(suggestion("limit", &known), None);
    }

    #[test]
    fn types_read_as_they_are_written() {
        assert_eq!(type_text(quote!(crate::auth::Role<Admin, 2>)), "crate::auth::Role<Admin, 2>");
        assert_eq!(type_text(quote!(Box<dyn Any>)), "Box<dyn Any>");
    }

    #[test]
    fn lists_read_as_a_sentence() {
        assert_eq!(list(&["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(list(&["a"]), "`a`");
    }
}
