//! Every Rust file begins with a `//!` line that says what it is for.

use super::{Finding, Source};

pub(super) fn check(source: &Source) -> Option<Finding> {
    let opening = source.text.lines().next().unwrap_or_default();
    let says_something = opening.strip_prefix("//!").is_some_and(|words| !words.trim().is_empty());
    (source.path.ends_with(".rs") && !says_something).then(|| Finding {
        path: source.path.clone().into(),
        line: 1,
        what: "the file doesn't begin by saying what it is for".into(),
        mend: "make its first line `//! …`, one sentence".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> bool {
        let (path, text) = (path.into(), text.into());
        check(&Source { path, text }).is_some()
    }

    #[test]
    fn only_a_sentence_will_do() {
        assert!(!found("app/src/lib.rs", "//! The application.\n"));
        for text in ["", "//!\nmod a;", "mod a;\n", "\n//! Late.", "// The application."] {
            assert!(found("app/src/lib.rs", text), "{text:?}");
        }
        assert!(!found("end2end/tests/a.spec.ts", "import x"));
    }
}
