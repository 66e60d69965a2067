//! `actions.lock`: everything that this build lets a client run or read, for a review to see.

use std::fmt::Write;

use crate::{
    action::{self, ActionDef, Registered},
    limits::Throttle,
    query::QueryDef,
};

const HEADER: &str = "\
# What a client may run (actions) and read (queries). `cargo xtask actions` writes this file, and
# `cargo xtask test` compares it with the code: a change of the public surface shows in its diff.
";

/// The text of `actions.lock`; the same for the same source, on every machine.
///
/// # Errors
/// If two actions or two queries share an id.
pub(crate) fn manifest() -> Result<String, String> {
    let actions = sorted(action::registry(inventory::iter::<ActionDef>)?.into_values());
    let queries = sorted(action::registry(inventory::iter::<QueryDef>)?.into_values());
    let mut text = HEADER.to_owned();
    for action in actions {
        let (id, guard) = (action.id, action.declared.guard);
        let _ = write!(text, "\naction {id}\n  shape {}\n  guard {guard}\n", action.shape);
        if action.idempotent {
            text.push_str("  idempotent\n");
        }
        let limits = action.limits;
        if let Some(Throttle { times, seconds }) = limits.throttle {
            let _ = writeln!(text, "  throttle {times} in {seconds} s");
        }
        if let Some(bytes) = limits.body {
            let _ = writeln!(text, "  body {bytes} bytes");
        }
        if let Some(seconds) = limits.time {
            let _ = writeln!(text, "  time {seconds} s");
        }
    }
    for query in queries {
        let _ = write!(text, "\nquery {}\n  guard {}\n", query.id(), query.declared().guard);
        if !query.templates.is_empty() {
            let _ = writeln!(text, "  tags {}", query.templates.join(", "));
        }
    }
    Ok(text)
}

fn sorted<T: Registered>(all: impl Iterator<Item = &'static T>) -> Vec<&'static T> {
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|def| def.id());
    all
}
