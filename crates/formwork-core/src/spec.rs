//! What a form is made of, as a table: names, secrets, structure and constraints.

use std::{borrow::Cow, collections::HashMap};

use crate::{
    Constraints, Entries, Issues, Lookup, Mistake,
    path::{self, Step},
};

/// One field of a form, as `#[derive(Form)]` declares it.
#[derive(Clone, Copy, Debug)]
pub struct FieldSpec {
    /// Its name in the struct: where garde finds it.
    pub ident: &'static str,
    /// Its name in the form.
    pub name: &'static str,
    /// The names that it had in the forms of older builds.
    pub was: &'static [&'static str],
    /// What a visitor knows it by.
    pub label: &'static str,
    /// Whether it is never echoed, logged or stored, nor is anything in it.
    pub secret: bool,
    /// Whether it may be left out: then a struct's own fields may be, all of them.
    pub optional: bool,
    /// What it is made of.
    pub structure: Structure,
    /// What its control says of the values that it takes.
    pub constraints: Constraints,
}

/// What a field is made of.
#[derive(Clone, Copy, Debug)]
pub enum Structure {
    /// One value: `city`.
    One,
    /// Several values under one name: `topics`.
    Many,
    /// A struct: `address.city`.
    Group(&'static [FieldSpec]),
    /// A list of structs: `phones[KEY].number`.
    Rows(&'static [FieldSpec]),
}

/// Whether there is a list of structs among these fields.
pub const fn has_lists(fields: &[FieldSpec]) -> bool {
    let mut at = 0;
    while at < fields.len() {
        let lists = match fields[at].structure {
            Structure::Rows(_) => true,
            Structure::Group(fields) => has_lists(fields),
            Structure::One | Structure::Many => false,
        };
        if lists {
            return true;
        }
        at += 1;
    }
    false
}

/// Whether anything among these fields is a secret.
pub const fn has_secrets(fields: &[FieldSpec]) -> bool {
    let mut at = 0;
    while at < fields.len() {
        if fields[at].secret || has_secrets(fields[at].structure.fields()) {
            return true;
        }
        at += 1;
    }
    false
}

impl Structure {
    /// Whether it has fields of its own.
    pub const fn nests(self) -> bool {
        matches!(self, Structure::Group(_) | Structure::Rows(_))
    }

    const fn fields(self) -> &'static [FieldSpec] {
        match self {
            Structure::One | Structure::Many => &[],
            Structure::Group(fields) | Structure::Rows(fields) => fields,
        }
    }
}

/// Whether the field of this name is a secret, or within one.
pub fn is_secret(fields: &[FieldSpec], name: &str) -> bool {
    let mut fields = fields;
    for step in path::steps(name) {
        let Step::Field(name) = step else { continue };
        // By its old names, too: whether a page is old is not asked here.
        let named = |spec: &&FieldSpec| spec.name == name || spec.was.contains(&name);
        let Some(spec) = fields.iter().find(named) else { return false };
        if spec.secret {
            return true;
        }
        fields = spec.structure.fields();
    }
    false
}

/// The names of all secrets of a form, between spaces: `pin phones[].pin`.
pub fn secret_names(fields: &'static [FieldSpec]) -> String {
    fn collect(within: &str, fields: &'static [FieldSpec], names: &mut Vec<String>) {
        for spec in fields {
            let name = path::within(within, spec.name).into_owned();
            match spec.structure {
                _ if spec.secret => names.push(name),
                Structure::Rows(fields) => collect(&format!("{name}[]"), fields, names),
                structure => collect(&name, structure.fields(), names),
            }
        }
    }
    let mut names = Vec::new();
    collect("", fields, &mut names);
    names.join(" ")
}

/// Whether a list that [`secret_names`] wrote has this name, or the struct that it is in.
pub fn is_named_secret(names: &str, name: &str) -> bool {
    let mut pattern = String::new();
    for step in path::steps(name) {
        match step {
            Step::Field(field) => pattern = path::within(&pattern, field).into_owned(),
            Step::Row(_) => pattern.push_str("[]"),
        }
        if names.split(' ').any(|secret| secret == pattern) {
            return true;
        }
    }
    false
}

/// The field of this name, and whether the name is that of a row of it.
fn find(fields: &'static [FieldSpec], name: &str) -> Option<(&'static FieldSpec, bool)> {
    let (mut found, mut fields) = (None, fields);
    for step in path::steps(name) {
        found = match (step, found) {
            (Step::Row(key), Some((spec, false))) if path::is_key(key) => Some((spec, true)),
            (Step::Row(_), _) => return None,
            (Step::Field(name), _) => {
                let spec = fields.iter().find(|spec| spec.name == name)?;
                fields = spec.structure.fields();
                Some((spec, false))
            }
        };
    }
    found
}

/// The field of this name, if the form has it.
pub fn spec_of(fields: &'static [FieldSpec], name: &str) -> Option<&'static FieldSpec> {
    find(fields, name).map(|(spec, _)| spec)
}

/// Whether the field of this name is a list of structs.
pub(crate) fn is_list(fields: &'static [FieldSpec], name: &str) -> bool {
    is_plain(name)
        && find(fields, name)
            .is_some_and(|(spec, row)| !row && matches!(spec.structure, Structure::Rows(_)))
}

/// Whether a name is spelled as a form spells it: `phones.` names the same as `phones`, and is in no form.
fn is_plain(name: &str) -> bool {
    let plain = path::steps(name).fold(String::new(), |within, step| match step {
        Step::Field(field) => path::within(&within, field).into_owned(),
        Step::Row(key) => path::row(&within, key),
    });
    plain == name
}

/// How a path names fields.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelled {
    /// As the struct does: garde's paths.
    AsStruct,
    /// As the form does: a handler's, and ours.
    AsForm,
}

/// Where something stands in a form: its name as the visitor's form has it, and its place in order.
pub(crate) struct Place {
    pub(crate) name: String,
    order: Vec<usize>,
    /// The field, if the form has it.
    spec: Option<&'static FieldSpec>,
}

/// Finds places in a submission.
pub(crate) struct Places<'a> {
    fields: &'static [FieldSpec],
    entries: &'a Lookup<'a>,
    /// The keys of the lists that were asked for.
    keys: HashMap<String, Vec<&'a str>>,
}

impl<'a> Places<'a> {
    pub(crate) fn new(fields: &'static [FieldSpec], entries: &'a Lookup<'a>) -> Self {
        Places { fields, entries, keys: HashMap::new() }
    }

    /// The place of a path. What the form doesn't have keeps its name, and comes last. What a rule says
    /// of a struct as a whole stands at its first field: the struct has no control of its own.
    pub(crate) fn of(&mut self, path: &str, spelled: Spelled) -> Place {
        let mut place = Place { name: String::new(), order: Vec::new(), spec: None };
        let mut fields = self.fields;
        let mut structure = Structure::Group(fields);
        for step in path::steps(path) {
            match step {
                Step::Field(field) => {
                    let known = |spec: &&FieldSpec| match spelled {
                        Spelled::AsStruct => spec.ident == field,
                        Spelled::AsForm => spec.name == field,
                    };
                    let at = fields.iter().position(|spec| known(&spec));
                    place.spec = at.map(|at| &fields[at]);
                    place.order.push(at.unwrap_or(usize::MAX));
                    let name = place.spec.map_or(field, |spec| spec.name);
                    place.name = path::within(&place.name, name).into_owned();
                    structure = place.spec.map_or(Structure::One, |spec| spec.structure);
                    fields = structure.fields();
                }
                Step::Row(row) if matches!(structure, Structure::Rows(_)) => {
                    let entries = self.entries;
                    let keys = self
                        .keys
                        .entry(place.name.clone())
                        .or_insert_with_key(|list| entries.keys(list));
                    // By its key where the submission named it, by its position where the struct.
                    let by_key = |keys: &[&str]| keys.iter().position(|key| *key == row);
                    let by_position =
                        |keys: &[&str]| row.parse().ok().filter(|at: &usize| *at < keys.len());
                    let at = match spelled {
                        Spelled::AsStruct => by_position(keys),
                        Spelled::AsForm => by_key(keys).or_else(|| by_position(keys)),
                    };
                    let key = at.map_or(row, |at| keys[at]);
                    place.order.push(at.unwrap_or(usize::MAX));
                    place.name = path::row(&place.name, key);
                    structure = Structure::Group(fields);
                }
                // All values of a field stand under its one name.
                Step::Row(_) if matches!(structure, Structure::Many) => {}
                Step::Row(row) => place.name = path::row(&place.name, row),
            }
        }
        while let (Spelled::AsStruct, false, Structure::Group([first, ..])) =
            (spelled, path.is_empty(), structure)
        {
            place.order.push(0);
            place.name = path::within(&place.name, first.name).into_owned();
            (place.spec, structure) = (Some(first), first.structure);
        }
        place
    }

    /// Puts issues at the names that the visitor's form has, in the order of its fields; those of
    /// the form as a whole come first.
    pub(crate) fn arrange(
        &mut self,
        issues: impl IntoIterator<Item = (Place, Cow<'static, str>)>,
    ) -> Issues {
        let mut placed: Vec<_> = issues.into_iter().enumerate().collect();
        // A stable sort is twice the code.
        placed.sort_unstable_by(|(at, (a, _)), (than, (b, _))| {
            a.order.cmp(&b.order).then(at.cmp(than))
        });
        let mut arranged = Issues::default();
        for (_, (place, message)) in placed {
            arranged.push(place.name, message);
        }
        arranged
    }
}

impl Place {
    /// What is said of a mistake here: of several values, how many; of a text, how long.
    pub(crate) fn say(&self, mistake: Mistake) -> Mistake {
        let several = self
            .spec
            .is_some_and(|spec| matches!(spec.structure, Structure::Many | Structure::Rows(_)));
        match mistake {
            Mistake::TooShort { min } if several => Mistake::TooFew { min },
            Mistake::TooLong { max } if several => Mistake::TooMany { max },
            other => other,
        }
    }
}

/// The issues of a handler as its visitor's form has them: positions of rows become their keys, and
/// they stand in the order of the fields.
pub fn arrange(issues: &Issues, fields: &'static [FieldSpec], entries: &Entries) -> Issues {
    let lookup = Lookup::new(entries);
    let mut places = Places::new(fields, &lookup);
    let placed: Vec<_> = issues
        .iter()
        .map(|issue| (places.of(&issue.path, Spelled::AsForm), Cow::Owned(issue.message.clone())))
        .collect();
    places.arrange(placed)
}

#[cfg(test)]
mod tests {
    use super::*;

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

    static PHONE: [FieldSpec; 2] = [
        FieldSpec { ident: "r#type", name: "kind", ..field("", Structure::One) },
        FieldSpec { secret: true, ..field("pin", Structure::One) },
    ];
    static DESK: [FieldSpec; 1] = [field("town", Structure::One)];
    static OFFICE: [FieldSpec; 1] = [field("desk", Structure::Group(&DESK))];
    static FIELDS: [FieldSpec; 4] = [
        field("name", Structure::One),
        field("phones", Structure::Rows(&PHONE)),
        field("topics", Structure::Many),
        field("office", Structure::Group(&OFFICE)),
    ];

    fn entries() -> Entries {
        let names = ["phones[b].kind", "phones[1].kind", "phones[c].kind"];
        names.iter().map(|name| ((*name).to_owned(), String::new())).collect()
    }

    #[test]
    fn secrets_nest() {
        assert!(is_secret(&FIELDS, "phones[x].pin"));
        assert!(!is_secret(&FIELDS, "phones[x].kind"));
        assert!(!is_secret(&FIELDS, "pin"));
    }

    #[test]
    fn secrets_are_known_by_their_names_alone() {
        let names = secret_names(&FIELDS);
        assert_eq!(names, "phones[].pin");
        assert!(is_named_secret(&names, "phones[k].pin"));
        assert!(is_named_secret("pins", "pins[3]") && is_named_secret("a b", "b"));
        for other in ["", "pin", "phones[k].kind", "phones[].pin2", "phones"] {
            assert!(!is_named_secret(&names, other), "{other}");
        }
    }

    #[test]
    fn lists_are_known_by_name() {
        assert!(is_list(&FIELDS, "phones"));
        for other in
            ["", "name", "topics", "phones[k]", "phones[k].pin", "nowhere", "phones[]", "phones."]
        {
            assert!(!is_list(&FIELDS, other), "{other}");
        }
    }

    #[test]
    fn positions_become_keys() {
        let entries = entries();
        let lookup = Lookup::new(&entries);
        let mut places = Places::new(&FIELDS, &lookup);
        let mut check = |path, spelled, expect| {
            assert_eq!(places.of(path, spelled).name, expect);
        };
        check("phones[0].r#type", Spelled::AsStruct, "phones[b].kind");
        check("phones[1].r#type", Spelled::AsStruct, "phones[1].kind");
        check("phones[2].kind", Spelled::AsForm, "phones[c].kind");
        check("phones[c].kind", Spelled::AsForm, "phones[c].kind");
        check("topics[3]", Spelled::AsStruct, "topics");
        check("phones", Spelled::AsStruct, "phones");
        // Of a struct as a whole.
        check("office", Spelled::AsStruct, "office.desk.town");
        check("phones[0]", Spelled::AsStruct, "phones[b].kind");
        check("", Spelled::AsStruct, "");
        check("elsewhere[3].x", Spelled::AsForm, "elsewhere[3].x");
        check("", Spelled::AsForm, "");
    }

    #[test]
    fn issues_stand_in_the_order_of_the_fields() {
        let mut issues = Issues::default();
        for path in ["nowhere", "topics", "phones[2].kind", "phones[b].pin", "name", "", "phones"] {
            issues.push(path, "m");
        }
        let arranged = arrange(&issues, &FIELDS, &entries());
        let paths: Vec<_> = arranged.iter().map(|issue| issue.path.as_str()).collect();
        assert_eq!(
            paths,
            ["", "name", "phones", "phones[b].pin", "phones[c].kind", "topics", "nowhere"]
        );
    }
}
