//! What a form of another build sent, under the names that it has in the form of this one.

use std::collections::{HashMap, HashSet};

use crate::{
    Entries, FieldSpec, Issues, Structure,
    path::{self, Step},
    wire,
};

/// What was entered, carried over.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// What the form of this build takes, under the names of its fields.
    pub entries: Entries,
    /// What it has no place for, as labels and values: for the visitor to copy.
    pub left: Vec<(String, String)>,
}

/// Gives each entry the name that its field has now: the same, or the one that was declared for the
/// old one by `#[field(was = "…")]`. `unread` finds what the fields can't read: that stays where it
/// is, for a control that shows whatever it is given, and is left to copy as well, for one that does
/// not. Formwork's own fields stay as they are; what is empty is not worth copying, and what is a secret,
/// by the name under which it was sent, is not shown again.
pub fn carry(
    sent: &Entries,
    fields: &'static [FieldSpec],
    is_secret: impl Fn(&str) -> bool,
    unread: impl FnOnce(&Entries) -> Issues,
) -> Carried {
    let mut carried = Carried::default();
    for (name, value) in sent.iter() {
        match place(fields, name) {
            _ if wire::is_reserved(name) => carried.entries.push(name, value),
            // The field that takes it may be none.
            _ if is_secret(name) => {}
            Some(place) => carried.entries.push(place.name, value),
            None if value.is_empty() => {}
            None => carried.left.push((name.to_owned(), value.to_owned())),
        }
    }
    let unread = unread(&carried.entries);
    let unread: HashSet<&str> = unread.iter().map(|issue| issue.path.as_str()).collect();
    let mut last: HashMap<&str, &str> = HashMap::new();
    for (name, value) in carried.entries.iter() {
        last.insert(name, value);
    }
    for (name, value) in carried.entries.iter() {
        let Some(place) = place(fields, name).filter(|_| !wire::is_reserved(name)) else {
            continue;
        };
        // Of several values of such a field only the last is shown.
        let several = matches!(place.spec.structure, Structure::One)
            && last.get(name).is_some_and(|last| *last != value);
        if (several || unread.contains(name)) && !value.is_empty() && !is_secret(name) {
            carried.left.push((place.spec.label.to_owned(), value.to_owned()));
        }
    }
    carried
}

/// Where an entry belongs.
struct Place {
    name: String,
    spec: &'static FieldSpec,
}

/// What a name stands in.
enum Within {
    Fields(&'static [FieldSpec]),
    List(&'static [FieldSpec]),
    Nothing,
}

/// The place of an entry of this name, as it was called in any build; `None` if no field takes it.
fn place(fields: &'static [FieldSpec], name: &str) -> Option<Place> {
    let mut now = String::new();
    let mut spec = None;
    let mut within = Within::Fields(fields);
    let mut at_row = false;
    for step in path::steps(name) {
        (now, within, at_row) = match (step, within) {
            (Step::Field(name), Within::Fields(fields)) => {
                let named = fields.iter().find(|spec| spec.name == name);
                let old = |spec: &&FieldSpec| spec.was.contains(&name);
                let found = named.or_else(|| fields.iter().find(old))?;
                spec = Some(found);
                let within = match found.structure {
                    Structure::One | Structure::Many => Within::Nothing,
                    Structure::Group(fields) => Within::Fields(fields),
                    Structure::Rows(fields) => Within::List(fields),
                };
                (path::within(&now, found.name).into_owned(), within, false)
            }
            (Step::Row(key), Within::List(fields)) if path::is_key(key) => {
                (path::row(&now, key), Within::Fields(fields), true)
            }
            _ => return None,
        };
    }
    // A row itself is a hidden field; a struct or a list as a whole holds no value.
    (at_row || matches!(within, Within::Nothing)).then_some(Place { name: now, spec: spec? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Constraints;

    const fn field(name: &'static str, structure: Structure) -> FieldSpec {
        FieldSpec {
            ident: name,
            name,
            was: &[],
            label: name,
            secret: false,
            optional: false,
            structure,
            constraints: Constraints::ANY,
        }
    }

    static PHONE: [FieldSpec; 1] =
        [FieldSpec { was: &["digits"], ..field("number", Structure::One) }];
    static FIELDS: [FieldSpec; 4] = [
        FieldSpec {
            was: &["subject", "headline"],
            label: "Title",
            ..field("title", Structure::One)
        },
        FieldSpec { was: &["numbers"], ..field("phones", Structure::Rows(&PHONE)) },
        FieldSpec { was: &["home"], ..field("address", Structure::Group(&PHONE)) },
        field("topics", Structure::Many),
    ];

    fn entries(pairs: &[(&str, &str)]) -> Entries {
        pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
    }

    #[track_caller]
    fn check(
        sent: &[(&str, &str)],
        unread: &[&str],
        expect: &[(&str, &str)],
        left: &[(&str, &str)],
    ) {
        let found = |_: &Entries| {
            let mut issues = Issues::default();
            unread.iter().for_each(|path| issues.push(*path, "m"));
            issues
        };
        let carried = carry(&entries(sent), &FIELDS, |name| name == "pin", found);
        assert_eq!(carried.entries, entries(expect));
        let copied: Vec<_> = carried.left.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(copied, left);
    }

    #[test]
    fn names_of_any_build_become_those_of_this_one() {
        check(
            &[
                ("_action", "a"),
                ("headline", "Lamp"),
                ("numbers[k]", ""),
                ("numbers[k].digits", "1"),
                ("phones[x].number", "2"),
                ("home.digits", "3"),
                ("topics", "a"),
                ("topics", "b"),
            ],
            &[],
            &[
                ("_action", "a"),
                ("title", "Lamp"),
                ("phones[k]", ""),
                ("phones[k].number", "1"),
                ("phones[x].number", "2"),
                ("address.number", "3"),
                ("topics", "a"),
                ("topics", "b"),
            ],
            &[],
        );
    }

    #[test]
    fn what_no_field_takes_is_left_to_copy() {
        let sent = [
            ("body", "words"),
            ("note", ""),
            ("pin", "1234"),
            ("phones", "a text"),
            ("phones[k].pin.x", "deep"),
            ("address", "one line"),
            ("title.sub", "x"),
            ("__proto__", "y"),
        ];
        let left = [
            ("body", "words"),
            ("phones", "a text"),
            ("phones[k].pin.x", "deep"),
            ("address", "one line"),
            ("title.sub", "x"),
        ];
        check(&sent, &[], &[("__proto__", "y")], &left);
    }

    #[test]
    fn what_a_field_can_not_read_stays_and_is_left_to_copy() {
        check(
            &[("subject", "first"), ("title", "last"), ("topics", "ü"), ("topics", "")],
            &["topics"],
            &[("title", "first"), ("title", "last"), ("topics", "ü"), ("topics", "")],
            &[("Title", "first"), ("topics", "ü")],
        );
    }
}
