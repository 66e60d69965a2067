//! Carries a difference out.

use super::json::{self, Parts};

/// Differences within differences: as deep as [`diff`](super::diff) goes, and no deeper.
pub(super) const MAX_DEPTH: usize = 8;

/// The new text; `None` if the difference was not made for this old text, or is not one. Compare
/// the result's [`Version`](crate::Version) with the one that was announced: a difference that fits
/// by accident makes another text.
pub fn apply(old: &str, delta: &str) -> Option<String> {
    apply_at(old, delta, MAX_DEPTH)
}

fn apply_at(old: &str, delta: &str, depth: usize) -> Option<String> {
    let old = json::parts(old)?;
    let steps = json::parts(delta).filter(|steps| steps.is_array)?;
    let depth = depth.checked_sub(1)?;
    let mut changed = String::new();
    // Elements that changed are kept here for as long as they are being joined.
    let mut own = Vec::new();
    let mut pieces = Vec::new();
    for step in &steps.elements {
        let step = json::parts(step)?;
        match Step::read(&step)? {
            Step::Copy(start, count) => {
                let run = old.elements.get(start..start.checked_add(count)?)?;
                pieces.extend(run.iter().map(|element| Piece::Given(element)));
            }
            Step::Change(index, steps) => {
                let element = old.elements.get(index)?;
                let value = json::value_of(element, old.is_array)?;
                changed.push_str(&element[..element.len() - value.len()]);
                changed.push_str(&apply_at(value, steps, depth)?);
                own.push(std::mem::take(&mut changed));
                pieces.push(Piece::Own(own.len() - 1));
            }
            Step::Insert(value) => {
                let new = json::parts(value).filter(|new| new.is_array == old.is_array)?;
                pieces.extend(new.elements.into_iter().map(Piece::Given));
            }
        }
    }
    let pieces = pieces.iter().map(|piece| match piece {
        Piece::Given(text) => *text,
        Piece::Own(at) => own[*at].as_str(),
    });
    Some(json::join(old.is_array, pieces))
}

enum Piece<'a> {
    Given(&'a str),
    Own(usize),
}

enum Step<'a> {
    Copy(usize, usize),
    Change(usize, &'a str),
    Insert(&'a str),
}

impl<'a> Step<'a> {
    fn read(step: &Parts<'a>) -> Option<Self> {
        match (step.is_array, step.elements.as_slice()) {
            (true, [index, steps]) if steps.starts_with('[') => {
                Some(Step::Change(index.parse().ok()?, steps))
            }
            (true, [start, count]) => Some(Step::Copy(start.parse().ok()?, count.parse().ok()?)),
            (false, [member]) => Some(Step::Insert(member.strip_prefix("\"+\":")?)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused() {
        let old = r#"[1,{"a":2}]"#;
        for bad in [
            "",
            "7",
            "{}",
            "[7]",
            "[[0]]",
            "[[0,3]]",
            "[[2,1]]",
            "[[-1,1]]",
            "[[18446744073709551615,2]]",
            "[[0,[[0,0]]]]",
            r#"[{"-":[1]}]"#,
            r#"[{"+":{"a":1}}]"#,
            r#"[[1,[{"+":[1]}]]]"#,
        ] {
            assert_eq!(apply(old, bad), None, "{bad}");
        }
        assert_eq!(apply("7", "[]"), None);
    }

    #[test]
    fn no_depth_exhausts_the_stack() {
        let (old, delta) = ("[".repeat(10_000) + &"]".repeat(10_000), "[[0,".repeat(10_000));
        assert_eq!(apply(&old, &(delta + "[]" + &"]]".repeat(10_000))), None);
    }
}
