//! Every scenario that is promised is proved by a test that carries its number: `fn n1_…` in
//! Rust, `'N1 …'` in a Playwright title. A test of several carries all: `n1_e2_…`, `'N1, E2: …'`.

use std::collections::BTreeSet;

use super::{Finding, Source};

/// The scenarios done so far. One that is missing from every test name is a finding.
const PROMISED: &[&str] = &[
    "N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8", "N9", "N10", "N11", "N12", //
    "E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9", "E10", "E13", //
    "E11", "E12", "E14", //
    "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", //
    "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", //
    "D1", "D2", "D3", "D4", "D5", "D6", "D7", "O1", "O2", "O3", //
    "F1", "F2", "F3", "F4", "F5", "A1", "A2", "A3", //
    "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12", //
    "S1",
];

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let proved: BTreeSet<String> = sources.iter().flat_map(ids).collect();
    PROMISED
        .iter()
        .filter(|id| !proved.contains(**id))
        .map(|id| Finding {
            path: file!().into(),
            line: line_of_promise(id),
            what: format!("no test carries the number {id}"),
            mend: format!(
                "name one `fn {}_…` in Rust, or `'{id} …'` under end2end/tests",
                id.to_lowercase()
            ),
        })
        .collect()
}

fn line_of_promise(id: &str) -> usize {
    super::line_of(include_str!("scenarios.rs"), |line| line.contains(&format!("\"{id}\",")))
}

fn ids(source: &Source) -> BTreeSet<String> {
    if source.path.starts_with("xtask/src/tidy/") {
        // Tests about this check would pass it.
        BTreeSet::new()
    } else if source.path.ends_with(".spec.ts") {
        ids_in_titles(&source.text)
    } else if source.path.ends_with(".rs") {
        ids_in_functions(&source.text)
    } else {
        BTreeSet::new()
    }
}

/// The words at the beginning of each function's name that are ids.
fn ids_in_functions(text: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let names = code.flat_map(|line| line.split("fn ").skip(1)).map(|rest| {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
        &rest[..end.unwrap_or(rest.len())]
    });
    names.flat_map(|name| name.split('_').map_while(|word| id(&word.to_uppercase()))).collect()
}

/// The words in each test's title that are ids.
fn ids_in_titles(text: &str) -> BTreeSet<String> {
    let titles = ["test(", "describe("]
        .into_iter()
        .flat_map(|call| text.split(call).skip(1))
        .filter_map(|rest| {
            let mut inside = rest.trim_start().chars();
            let quote = inside.next().filter(|c| "'\"`".contains(*c))?;
            inside.as_str().split(quote).next()
        });
    titles.flat_map(|title| title.split(|c: char| !c.is_alphanumeric())).filter_map(id).collect()
}

/// The word, when it is a letter and a number.
fn id(word: &str) -> Option<String> {
    let number = word.strip_prefix(|c: char| c.is_ascii_uppercase())?;
    let is_id = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
    is_id.then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let (path, text) = (path.into(), text.into());
        ids(&Source { path, text }).into_iter().collect()
    }

    #[test]
    fn rust_functions_begin_with_their_ids() {
        let text = "/// fn n9 is text\nasync fn n1_keeps_input() {}\nfn t1_t2_refused() {}\n\
                    fn input_n3() {}\nfn n10_() {} // n4_";
        assert_eq!(found("server/tests/http.rs", text), ["N1", "N10", "T1", "T2"]);
    }

    #[test]
    fn playwright_titles_contain_them() {
        let text = "test('N1 an invalid field', …);\ntest.describe(\"E1, E2: no load\", …);\n\
                    test(\n  `E13 three in order`, …);\ntest.skip('N5 later', …);\nexpect('N6')";
        assert_eq!(found("end2end/tests/a.spec.ts", text), ["E1", "E13", "E2", "N1"]);
        assert!(found("end2end/tests/fixtures.ts", text).is_empty());
    }

    #[test]
    fn what_no_test_carries_is_found_where_it_is_promised() {
        let source = Source {
            path: "server/tests/http.rs".into(),
            text: PROMISED[1..]
                .iter()
                .map(|id| format!("fn {}_x() {{}}\n", id.to_lowercase()))
                .collect(),
        };
        let findings = check(&[source]);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].what, "no test carries the number N1");
        assert!(findings[0].line > 1);
    }
}
