//! `actions.lock` as it is written: a block for each action and query, a line for each thing that is
//! said of it, and above them what was acknowledged by hand:
//!
//! ```text
//! breaking tickets::merge (no ticket was merged for a year)
//!
//! action tickets::comment::add_comment
//!   shape 5dc9c680aa740f40
//!   fields body (was text), then
//! ```

use std::collections::BTreeMap;

/// What stands before the id of an action that may break open pages.
const BREAKING: &str = "breaking ";

/// The file.
#[derive(Debug, Default)]
pub(super) struct Lock {
    /// The lines that acknowledge a break, in order.
    acknowledged: Vec<String>,
    /// The lines of each block, by its first: `action ID` or `query ID`.
    blocks: BTreeMap<String, Block>,
}

/// What is said of one action or query.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Block(Vec<String>);

impl Lock {
    pub(super) fn parse(text: &str) -> Self {
        let mut lock = Lock::default();
        let mut head = None;
        for line in text.lines() {
            if let Some(said) = line.strip_prefix("  ") {
                if let Some(block) = head.as_ref().and_then(|head| lock.blocks.get_mut(head)) {
                    block.0.push(said.to_owned());
                }
            } else if line.starts_with(BREAKING) {
                lock.acknowledged.push(line.to_owned());
            } else if line.starts_with("action ") || line.starts_with("query ") {
                lock.blocks.insert(line.to_owned(), Block::default());
                head = Some(line.to_owned());
            }
        }
        lock
    }

    /// The actions, by their ids.
    pub(super) fn actions(&self) -> impl Iterator<Item = (&str, &Block)> {
        self.of("action ")
    }

    /// The queries, by their ids.
    pub(super) fn queries(&self) -> impl Iterator<Item = (&str, &Block)> {
        self.of("query ")
    }

    pub(super) fn action(&self, id: &str) -> Option<&Block> {
        self.blocks.get(&format!("action {id}"))
    }

    /// The ids of the actions that may break pages of an older build: a line that stood there by then was
    /// about an older break.
    pub(super) fn acknowledged_since(&self, old: &Lock) -> impl Iterator<Item = &str> {
        let lines = self.acknowledged.iter().filter(|line| !old.acknowledged.contains(line));
        lines.filter_map(|line| line.strip_prefix(BREAKING)?.split_whitespace().next())
    }

    fn of(&self, kind: &'static str) -> impl Iterator<Item = (&str, &Block)> {
        self.blocks.iter().filter_map(move |(head, block)| Some((head.strip_prefix(kind)?, block)))
    }
}

impl Block {
    /// What is said under this word.
    pub(super) fn get(&self, word: &str) -> Option<&str> {
        self.0.iter().find_map(|line| line.strip_prefix(word)?.strip_prefix(' '))
    }

    /// The lines that are not in the other.
    pub(super) fn without<'a>(&'a self, other: &'a Block) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(|line| !other.0.contains(line)).map(String::as_str)
    }

    /// The ids that an action had before.
    pub(super) fn was(&self) -> impl Iterator<Item = &str> {
        self.get("was").into_iter().flat_map(|ids| ids.split(", "))
    }

    /// An action's fields.
    pub(super) fn fields(&self) -> impl Iterator<Item = Field<'_>> {
        self.get("fields").into_iter().flat_map(|fields| fields.split(", ")).map(Field::parse)
    }
}

/// A field of an action: `pin (secret; was code key)`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) secret: bool,
    /// The names that it had before.
    pub(super) was: Vec<&'a str>,
}

impl<'a> Field<'a> {
    fn parse(text: &'a str) -> Self {
        let (name, notes) = text.split_once(" (").unwrap_or((text, ""));
        let notes = notes.trim_end_matches(')').split("; ");
        let mut field = Field { name, secret: false, was: Vec::new() };
        for note in notes {
            match note.strip_prefix("was ") {
                Some(names) => field.was.extend(names.split(' ')),
                None => field.secret |= note == "secret",
            }
        }
        field
    }
}

/// The text that the code makes, with what was acknowledged by hand put above the first block.
pub(super) fn with_acknowledged(listed: &str, kept: &Lock) -> String {
    if kept.acknowledged.is_empty() {
        return listed.to_owned();
    }
    let said = kept.acknowledged.join("\n");
    match listed.split_once("\n\n") {
        Some((header, blocks)) => format!("{header}\n\n{said}\n\n{blocks}"),
        None => format!("{listed}\n{said}\n"),
    }
}

/// What the new file says otherwise, line by line: `-` for what is gone, `+` for what has come.
pub(super) fn difference(old: &Lock, new: &Lock) -> Vec<String> {
    let nothing = Block::default();
    let mut lines = Vec::new();
    let mut heads: Vec<&String> = old.blocks.keys().chain(new.blocks.keys()).collect();
    heads.sort();
    heads.dedup();
    for head in heads {
        let (before, after) = (old.blocks.get(head), new.blocks.get(head));
        if before == after {
            continue;
        }
        let sign = match (before, after) {
            (_, None) => '-',
            (None, _) => '+',
            _ => ' ',
        };
        lines.push(format!("{sign} {head}"));
        let (before, after) = (before.unwrap_or(&nothing), after.unwrap_or(&nothing));
        lines.extend(before.without(after).map(|line| format!("-   {line}")));
        lines.extend(after.without(before).map(|line| format!("+   {line}")));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# What a client may run.\n# More.\n\naction a\n  shape 1\n  was x, y\n  \
                        fields pin (secret; was code key), b\n\nquery q\n  guard public\n";

    #[test]
    fn it_reads_what_is_written() {
        let lock = Lock::parse(TEXT);
        let action = lock.action("a").unwrap();
        assert_eq!(action.get("shape"), Some("1"));
        assert_eq!(action.was().collect::<Vec<_>>(), ["x", "y"]);
        let fields: Vec<_> = action.fields().collect();
        assert_eq!(fields[0], Field { name: "pin", secret: true, was: vec!["code", "key"] });
        assert_eq!(fields[1], Field { name: "b", secret: false, was: vec![] });
        assert_eq!(lock.queries().map(|(id, _)| id).collect::<Vec<_>>(), ["q"]);
    }

    #[test]
    fn what_is_acknowledged_stays_when_the_file_is_written_anew() {
        let kept = Lock::parse("# Old header.\n\nbreaking b (why)\nbreaking c\n\naction z\n");
        let text = with_acknowledged(TEXT, &kept);
        assert!(text.contains("# More.\n\nbreaking b (why)\nbreaking c\n\naction a\n"), "{text}");
        let read = Lock::parse(&text);
        for (old, since) in [("", vec!["b", "c"]), ("breaking b (before)\nbreaking c\n", vec!["b"])]
        {
            let acknowledged = |old: &Lock| read.acknowledged_since(old).eq(since);
            assert!(acknowledged(&Lock::parse(old)), "{old}");
        }
        assert_eq!(with_acknowledged(&text, &Lock::default()), text);
    }

    #[test]
    fn a_difference_has_both_sides() {
        let new = TEXT.replace("shape 1", "shape 2").replace("query q", "query r");
        assert_eq!(
            difference(&Lock::parse(TEXT), &Lock::parse(&new)),
            [
                "  action a",
                "-   shape 1",
                "+   shape 2",
                "- query q",
                "-   guard public",
                "+ query r",
                "+   guard public",
            ]
        );
    }
}
