//! What a WASM is made of, by the crates that its functions come from.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::ops::Range;

use anyhow::Result;
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

/// Of bytes, before they are compressed.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Composition {
    /// The functions of each crate: how many there are, and their bytes.
    crates: BTreeMap<String, (usize, u64)>,
    /// Texts and tables.
    data: u64,
    /// What is neither.
    rest: u64,
}

impl Composition {
    /// Of a WASM with the names of its functions.
    pub(super) fn of(wasm: &[u8]) -> Result<Self> {
        let (mut imported, mut bodies) = (0, Vec::new());
        let (mut names, mut data, mut rest) = (HashMap::new(), 0, 0);
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::ImportSection(imports) => {
                    rest += length(imports.range());
                    for import in imports.into_imports() {
                        imported += usize::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionEntry(body) => bodies.push(length(body.range())),
                Payload::DataSection(section) => data = length(section.range()),
                Payload::CustomSection(section) => {
                    let KnownCustom::Name(sections) = section.as_known() else { continue };
                    for section in sections {
                        let Name::Function(functions) = section? else { continue };
                        for function in functions {
                            let function = function?;
                            names.insert(function.index as usize, function.name);
                        }
                    }
                }
                Payload::CodeSectionStart { .. } => {}
                other => rest += other.as_section().map_or(0, |(_, range)| length(range)),
            }
        }
        let mut all = Composition { data, rest, ..Composition::default() };
        for (at, bytes) in bodies.into_iter().enumerate() {
            let name = names.get(&(imported + at)).copied().unwrap_or_default();
            let of = all.crates.entry(crate_of(name)).or_default();
            *of = (of.0 + 1, of.1 + bytes);
        }
        Ok(all)
    }

    /// The largest parts as lines.
    pub(super) fn table(&self, most: usize) -> String {
        let mut parts: Vec<_> = self.crates.iter().collect();
        parts.sort_by_key(|(name, (_, bytes))| (std::cmp::Reverse(*bytes), *name));
        let (shown, others) = parts.split_at(most.min(parts.len()));
        let sum = |parts: &[(&String, &(usize, u64))]| {
            parts.iter().fold((0, 0), |sum, (_, of)| (sum.0 + of.0, sum.1 + of.1))
        };
        let mut text = format!("  {:<30} {:>10} {:>10}\n", "made of", "functions", "bytes");
        let mut line = |name: &str, (functions, bytes): (usize, u64)| {
            let functions = if functions > 0 { functions.to_string() } else { String::new() };
            let _ = writeln!(text, "  {name:<30} {functions:>10} {bytes:>10}");
        };
        shown.iter().for_each(|(name, of)| line(name, **of));
        line("others", sum(others));
        line("texts and tables", (0, self.data));
        line("what is neither", (0, self.rest));
        text
    }
}

fn length(range: Range<u64>) -> u64 {
    range.end - range.start
}

/// Functions of no crate: of the language's own types, and of wasm-bindgen's making.
const OTHERS: &str = "(without a crate)";

/// The crate that a function is written in; of a trait's method, the crate of the type that has it.
fn crate_of(name: &str) -> String {
    let name = format!("{:#}", rustc_demangle::demangle(name));
    let name = match name.split_once(" as ") {
        // Of any type at all: the trait's.
        Some((of, rest)) if !of.contains("::") => rest,
        _ => &name,
    };
    let Some((first, _)) = name.split_once("::") else { return OTHERS.to_owned() };
    // A crate may have its hash behind it: `core[c5930c85a12de822]::num`.
    let hashed = first.strip_suffix(']').and_then(|first| first.rsplit_once('['));
    let first = hashed.map_or(first, |(name, _)| name);
    // `<&mut serde_json`, `<impl alloc`.
    let word = first.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next();
    word.filter(|word| !word.is_empty()).unwrap_or(OTHERS).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_of_the_crate_that_it_is_written_in() {
        for (name, expected) in [
            ("_ZN4core3ptr13drop_in_place17h0123456789abcdefE", "core"),
            ("alloc::vec::Vec<T,A>::push", "alloc"),
            ("<alloc::vec::Vec<T> as core::ops::drop::Drop>::drop", "alloc"),
            (
                "<&mut serde_json::de::Deserializer<R> as serde_core::de::Deserializer>::f",
                "serde_json",
            ),
            ("<T as tachys::view::any_view::IntoAny>::into_any", "tachys"),
            ("core[c5930c85a12de822]::num::imp", "core"),
            ("__wbindgen_malloc", OTHERS),
            ("", OTHERS),
        ] {
            assert_eq!(crate_of(name), expected, "{name}");
        }
    }
}
