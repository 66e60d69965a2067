//! `actions.lock`: everything that this build lets a client run or read, for a review to see.

use std::fmt::Write;

use formwork_core::{FieldSpec, Order, Shape, Structure};

use crate::{
    action::{self, ActionDef, Registered},
    limits::Throttle,
    query::QueryDef,
    store::Life,
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
    let actions = action::registry(inventory::iter::<ActionDef>)?;
    action::renamed(&actions)?;
    let actions = sorted(actions.into_values());
    let queries = sorted(action::registry(inventory::iter::<QueryDef>)?.into_values());
    let mut text = HEADER.to_owned();
    for action in actions {
        let (id, guard) = (action.id, action.declared.guard);
        let _ = write!(text, "\naction {id}\n  shape {}\n  guard {guard}\n", action.shape);
        if !action.was.is_empty() {
            let _ = writeln!(text, "  was {}", action.was.join(", "));
        }
        if !action.bound.is_empty() {
            let _ = writeln!(text, "  bound {}", action.bound.join(", "));
            let _ = writeln!(text, "  bound-types {}", action.bound_types.join(", "));
        }
        let fields = fields(&[String::new()], action.fields);
        if !fields.is_empty() {
            let _ = writeln!(text, "  fields {}", fields.join(", "));
        }
        if action.idempotent {
            text.push_str("  idempotent\n");
        }
        match action.order {
            Order::Queued => {}
            Order::Latest => text.push_str("  order latest\n"),
            Order::Parallel => text.push_str("  order parallel\n"),
        }
        if let Some(wrap) = action.wrap {
            let _ = writeln!(text, "  wrap {wrap}");
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
        let (id, guard) = (query.id(), query.declared().guard);
        let _ = write!(text, "\nquery {id}\n  shape {}\n  guard {guard}\n", shape(query));
        if !query.arguments.is_empty() {
            let _ = writeln!(text, "  arguments {}", query.arguments.join(", "));
        }
        let _ = writeln!(text, "  returns {}", query.output);
        if !query.templates.is_empty() {
            let _ = writeln!(text, "  tags {}", query.templates.join(", "));
        }
        if let Some(Life { fresh, stale, expire }) = query.cache {
            let [fresh, stale, expire] = [fresh, stale, expire].map(|time| time.as_secs());
            let _ = writeln!(text, "  cache fresh {fresh} s, stale {stale} s, expire {expire} s");
        }
        if query.live {
            text.push_str("  live\n");
        }
    }
    Ok(text)
}

/// The fingerprint of a query: its arguments and what it returns, as they are written. What stands
/// behind the names of these types is not in it.
fn shape(query: &QueryDef) -> Shape {
    let arguments = query.arguments.iter();
    let shape = arguments.fold(Shape::new("query"), |shape, argument| {
        shape.field(argument, Shape::new("argument"), true)
    });
    shape.field(query.output, Shape::new("output"), true)
}

/// The names under which a form's values are sent; `[]` stands for the key of a row. `within` is what
/// stands before them: now, and in older builds.
fn fields(within: &[String], specs: &[FieldSpec]) -> Vec<String> {
    let names = specs.iter().flat_map(|spec| {
        let own = || std::iter::once(&spec.name).chain(spec.was);
        let names = within.iter().flat_map(|within| own().map(move |own| format!("{within}{own}")));
        let names: Vec<String> = names.collect();
        let followed_by = |end: &str| -> Vec<String> {
            names.iter().map(|name| format!("{name}{end}")).collect()
        };
        match spec.structure {
            Structure::Group(inner) => fields(&followed_by("."), inner),
            Structure::Rows(inner) => fields(&followed_by("[]."), inner),
            Structure::One | Structure::Many => vec![with_notes(&names, spec.secret)],
        }
    });
    names.collect()
}

/// `pin (secret; was code)`: the first of the names is today's.
fn with_notes(names: &[String], secret: bool) -> String {
    let (name, old) = names.split_first().expect("a field has a name");
    let was = (!old.is_empty()).then(|| format!("was {}", old.join(" ")));
    let notes: Vec<String> = secret.then(|| "secret".to_owned()).into_iter().chain(was).collect();
    if notes.is_empty() { name.clone() } else { format!("{name} ({})", notes.join("; ")) }
}

fn sorted<T: Registered>(all: impl Iterator<Item = &'static T>) -> Vec<&'static T> {
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|def| def.id());
    all
}

#[cfg(test)]
mod tests {
    use formwork_core::Constraints;

    use super::*;

    const fn field(
        name: &'static str,
        was: &'static [&'static str],
        structure: Structure,
    ) -> FieldSpec {
        let (secret, optional) = (false, false);
        let constraints = Constraints::ANY;
        FieldSpec { ident: name, name, was, label: name, secret, optional, structure, constraints }
    }

    #[test]
    fn fields_tell_under_which_names_they_were_sent() {
        static INNER: [FieldSpec; 2] =
            [field("city", &["town"], Structure::One), field("zip", &[], Structure::One)];
        static FIELDS: [FieldSpec; 4] = [
            FieldSpec { secret: true, ..field("pin", &["code", "key"], Structure::One) },
            field("topics", &[], Structure::Many),
            field("home", &["address"], Structure::Group(&INNER)),
            field("others", &[], Structure::Rows(&INNER)),
        ];
        assert_eq!(
            fields(&[String::new()], &FIELDS),
            [
                "pin (secret; was code key)",
                "topics",
                "home.city (was home.town address.city address.town)",
                "home.zip (was address.zip)",
                "others[].city (was others[].town)",
                "others[].zip",
            ]
        );
    }
}
