//! Finds a difference.

use std::collections::HashMap;

use super::{apply::MAX_DEPTH, json};

/// The steps that make `new` out of `old`; `None` if there are none that are shorter than `new`.
///
/// Rows of an array that are in both are found wherever they moved to. A row that changed is looked
/// for in the old row's place, a member of an object under its name.
pub fn diff(old: &str, new: &str) -> Option<String> {
    let steps = diff_at(old, new, MAX_DEPTH)?;
    (steps.len() < new.len()).then_some(steps)
}

fn diff_at(old: &str, new: &str, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let (old, new) = (json::parts(old)?, json::parts(new)?);
    if old.is_array != new.is_array {
        return None;
    }
    let is_array = old.is_array;
    let places = Places::of(&old.elements, is_array);
    let mut steps = Steps { is_array, text: String::from("["), pending: Pending::Nothing };
    // The old element that would come next if nothing had changed.
    let mut next = 0;
    for element in &new.elements {
        if let Some(at) = places.same(element, next) {
            steps.copy(at);
            next = at + 1;
            continue;
        }
        let changed = places.changed(element, next).and_then(|at| {
            let (before, after) = (old.elements[at], *element);
            let (before, after) =
                (json::value_of(before, is_array)?, json::value_of(after, is_array)?);
            let inner = diff_at(before, after, depth)?;
            (inner.len() + 8 < element.len()).then_some((at, inner))
        });
        match changed {
            Some((at, inner)) => {
                steps.change(at, &inner);
                next = at + 1;
            }
            None => steps.insert(element),
        }
    }
    Some(steps.end())
}

/// Where to look for an element among the old ones.
struct Places<'a> {
    old: &'a [&'a str],
    is_array: bool,
    /// The first place of each text; of each name in an object.
    first: HashMap<&'a str, usize>,
}

impl<'a> Places<'a> {
    fn of(old: &'a [&'a str], is_array: bool) -> Self {
        let mut first = HashMap::with_capacity(old.len());
        for (at, element) in old.iter().enumerate() {
            let known_by =
                if is_array { element } else { json::name_of(element).unwrap_or(element) };
            first.entry(known_by).or_insert(at);
        }
        Places { old, is_array, first }
    }

    /// The same element, best where it would come next.
    fn same(&self, element: &str, next: usize) -> Option<usize> {
        if self.old.get(next) == Some(&element) {
            return Some(next);
        }
        let at = self.named(element)?;
        (self.old[at] == element).then_some(at)
    }

    /// The element that this one was before, by its place or by its name.
    fn changed(&self, element: &str, next: usize) -> Option<usize> {
        if self.is_array { (next < self.old.len()).then_some(next) } else { self.named(element) }
    }

    fn named(&self, element: &str) -> Option<usize> {
        let known_by = if self.is_array { element } else { json::name_of(element)? };
        self.first.get(known_by).copied()
    }
}

/// The steps as text; neighbours of a kind become one.
struct Steps {
    is_array: bool,
    text: String,
    pending: Pending,
}

enum Pending {
    Nothing,
    Copy { start: usize, count: usize },
    Insert,
}

impl Steps {
    fn copy(&mut self, at: usize) {
        if let Pending::Copy { start, count } = &mut self.pending
            && *start + *count == at
        {
            *count += 1;
            return;
        }
        self.settle();
        self.pending = Pending::Copy { start: at, count: 1 };
    }

    fn change(&mut self, at: usize, steps: &str) {
        self.settle();
        self.separate();
        self.text.push_str(&format!("[{at},{steps}]"));
    }

    fn insert(&mut self, element: &str) {
        if let Pending::Insert = self.pending {
            self.text.push(',');
        } else {
            self.settle();
            self.separate();
            self.text.push_str(if self.is_array { "{\"+\":[" } else { "{\"+\":{" });
            self.pending = Pending::Insert;
        }
        self.text.push_str(element);
    }

    fn settle(&mut self) {
        match std::mem::replace(&mut self.pending, Pending::Nothing) {
            Pending::Nothing => {}
            Pending::Copy { start, count } => {
                self.separate();
                self.text.push_str(&format!("[{start},{count}]"));
            }
            Pending::Insert => self.text.push_str(if self.is_array { "]}" } else { "}}" }),
        }
    }

    fn separate(&mut self) {
        if self.text.len() > 1 {
            self.text.push(',');
        }
    }

    fn end(mut self) -> String {
        self.settle();
        self.text.push(']');
        self.text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{super::apply, *};

    #[track_caller]
    fn check(old: &str, new: &str, expect: Option<&str>) {
        let steps = diff(old, new);
        assert_eq!(steps.as_deref(), expect);
        if let Some(steps) = steps {
            assert_eq!(apply(old, &steps).as_deref(), Some(new));
        }
    }

    #[test]
    fn only_what_changed_travels() {
        let old = r#"{"title":"Printer on fire","status":"open","comments":[{"id":1,"body":"Which one?"},{"id":2,"body":"The big one."}]}"#;
        check(
            old,
            &old.replace("open", "closed"),
            Some(r#"[[0,1],{"+":{"status":"closed"}},[2,1]]"#),
        );
        check(
            old,
            &old.replace("}]}", r#"},{"id":3,"body":"Gone."}]}"#),
            Some(r#"[[0,2],[2,[[0,2],{"+":[{"id":3,"body":"Gone."}]}]]]"#),
        );
        let old = old.replace("Which one?", "Which one of the printers do you mean?");
        check(
            &old,
            &old.replace(r#""id":1"#, r#""id":9"#),
            Some(r#"[[0,2],[2,[[0,[{"+":{"id":9}},[1,1]]],[1,1]]]]"#),
        );
    }

    #[test]
    fn what_would_not_be_shorter_is_sent_whole() {
        check("[1]", "[2]", None);
        check("[1]", "{}", None);
        check("1", "2", None);
    }

    #[test]
    fn rows_are_found_where_they_went() {
        let rows: Vec<String> = (0..9).map(|n| format!("\"row number {n}\"")).collect();
        let text = |order: &[usize]| {
            let picked: Vec<&str> = order.iter().map(|&n| rows[n].as_str()).collect();
            format!("[{}]", picked.join(","))
        };
        let old = text(&[0, 1, 2, 3, 4, 5, 6, 7, 8]);
        check(&old, &text(&[0, 1, 3, 4, 5, 6, 7, 8]), Some("[[0,2],[3,6]]"));
        check(&old, &text(&[8, 0, 1, 2, 3, 4, 5, 6, 7]), Some("[[8,1],[0,8]]"));
        check(&old, &text(&[]), None);
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i16>().prop_map(Value::from),
            "[a-c\",\\\\{}\\[\\]:ü<]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 64, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map("[a-d\"]{0,2}", inner, 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    /// Two values that have much in common: the second is the first with some of it replaced.
    fn related() -> impl Strategy<Value = (Value, Value)> {
        (value(), value(), any::<prop::sample::Index>(), 0..4u8).prop_map(
            |(old, other, at, how)| {
                let mut new = old.clone();
                match &mut new {
                    Value::Array(rows) if !rows.is_empty() => {
                        let at = at.index(rows.len());
                        match how {
                            0 => rows.insert(at, other),
                            1 => drop(rows.remove(at)),
                            2 => rows.rotate_left(at),
                            _ => rows[at] = other,
                        }
                    }
                    Value::Object(members) if !members.is_empty() => {
                        let at = at.index(members.len());
                        let name = members.keys().nth(at).cloned().unwrap();
                        match how {
                            0 => drop(members.remove(&name)),
                            1 => drop(members.insert("new".to_owned(), other)),
                            _ => drop(members.insert(name, other)),
                        }
                    }
                    _ => new = other,
                }
                (old, new)
            },
        )
    }

    const TITLE: &str = "a title that stays as it is";

    /// Rows with rows in them, as a list of tickets with their comments.
    fn rows() -> impl Strategy<Value = Value> {
        let comment = ("[a-cü\"]{40,60}", any::<u8>())
            .prop_map(|(text, stars)| json!({"text": text, "stars": stars}));
        let row = (any::<u16>(), prop::collection::vec(comment, 1..5)).prop_map(|(id, comments)| {
            json!({"id": id, "title": TITLE, "of": {"comments": comments, "title": TITLE}})
        });
        prop::collection::vec(row, 1..5).prop_map(Value::from)
    }

    proptest! {
        #[test]
        fn of_a_change_deep_within_nothing_travels_that_is_around_it(
            old in rows(),
            row in any::<prop::sample::Index>(),
            at in any::<prop::sample::Index>(),
            how in 0..3_u8,
        ) {
            let mut new = old.clone();
            let row = row.index(new.as_array().unwrap().len());
            let comments = new[row]["of"]["comments"].as_array_mut().unwrap();
            let at = at.index(comments.len());
            match how {
                0 => comments[at]["stars"] = json!(300),
                1 => comments.insert(at, json!({"text": "another one", "stars": 300})),
                _ => drop(comments.remove(at)),
            }
            let (old, new) = (old.to_string(), new.to_string());
            let steps = diff(&old, &new).expect("the difference is shorter");
            prop_assert!(!steps.contains(TITLE), "{steps}");
            prop_assert!(how != 0 || !steps.contains("text"), "{steps}");
            prop_assert_eq!(apply(&old, &steps), Some(new));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn the_difference_makes_the_new_out_of_the_old((old, new) in related()) {
            let (old, new) = (old.to_string(), new.to_string());
            if let Some(steps) = diff_at(&old, &new, MAX_DEPTH) {
                prop_assert!(serde_json::from_str::<Value>(&steps).is_ok(), "{}", steps);
                prop_assert_eq!(apply(&old, &steps), Some(new));
            }
        }

        #[test]
        fn the_same_of_unrelated_values(old in value(), new in value()) {
            let (old, new) = (old.to_string(), new.to_string());
            if let Some(steps) = diff(&old, &new) {
                prop_assert!(steps.len() < new.len());
                prop_assert_eq!(apply(&old, &steps), Some(new));
            }
        }

        #[test]
        fn nothing_that_is_applied_panics(old in "[\\[\\]{},:\"0-9a+\\\\ü]{0,40}", steps in "[\\[\\]{},:\"0-9a+\\\\ü]{0,40}") {
            let _ = apply(&old, &steps);
        }
    }
}
