//! What has become of each action since another build, for the pages of that build which are open.

use std::{collections::BTreeSet, fmt};

use super::lock::{Block, Field, Lock};

/// What became of an action.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Unchanged,
    /// What an open page sends runs; these lines are otherwise.
    Compatible(Vec<String>),
    /// What an open page sends is filled in again, under the id that the action has now.
    Migratable(String),
    /// An open page loses its form, or the fields that this names.
    Breaking(String),
    New,
}

/// Every action and query of both, in order.
pub(super) struct Report {
    actions: Vec<(String, Verdict)>,
    queries: Vec<(String, &'static str)>,
    acknowledged: BTreeSet<String>,
}

/// Compares the file of an older build with that of this one.
pub(super) fn compare(old: &Lock, new: &Lock) -> Report {
    let mut actions: Vec<(String, Verdict)> =
        old.actions().map(|(id, block)| (id.to_owned(), verdict(id, block, new))).collect();
    let is_new = |id: &str| old.action(id).is_none();
    let came = new.actions().filter(|(id, _)| is_new(id));
    actions.extend(came.map(|(id, _)| (id.to_owned(), Verdict::New)));
    actions.sort_by(|(a, _), (b, _)| a.cmp(b));
    Report {
        actions,
        queries: queries(old, new),
        acknowledged: new.acknowledged_since(old).map(str::to_owned).collect(),
    }
}

fn verdict(id: &str, before: &Block, new: &Lock) -> Verdict {
    let renamed = || new.actions().find(|(_, block)| block.was().any(|was| was == id));
    let same = new.action(id).map(|block| (id, block));
    let Some((now, after)) = same.or_else(renamed) else {
        return Verdict::Breaking("it is gone".to_owned());
    };
    if now == id && before == after {
        return Verdict::Unchanged;
    }
    let is_same = |word| before.get(word) == after.get(word);
    if now == id && is_same("shape") {
        let gone = before.without(after).map(|line| format!("-{line}"));
        let came = after.without(before).map(|line| format!("+{line}"));
        return Verdict::Compatible(gone.chain(came).collect());
    }
    if !is_same("bound-types") {
        return Verdict::Breaking("what is bound to it is of other types".to_owned());
    }
    let lost: Vec<&str> = lost(before, after).collect();
    if lost.is_empty() {
        return Verdict::Migratable(now.to_owned());
    }
    Verdict::Breaking(format!("no field takes {}", lost.join(", ")))
}

/// The fields whose content nothing takes now. A secret is never filled in again.
fn lost<'a>(before: &'a Block, after: &'a Block) -> impl Iterator<Item = &'a str> {
    let takes = |name: &str, field: &Field<'_>| field.name == name || field.was.contains(&name);
    let lost = before
        .fields()
        .filter(move |field| !field.secret && !after.fields().any(|now| takes(field.name, &now)));
    lost.map(|field| field.name)
}

/// What an open page can't read any more loses nothing that was entered: it is told, and not judged.
fn queries(old: &Lock, new: &Lock) -> Vec<(String, &'static str)> {
    let find = |lock: &'_ Lock, id: &str| lock.queries().any(|(other, _)| other == id);
    let mut queries: Vec<_> = old
        .queries()
        .map(|(id, before)| {
            let after = new.queries().find(|(other, _)| *other == id).map(|(_, block)| block);
            let now = match after {
                None => "gone: open pages keep what they show",
                Some(after) if before == after => "unchanged",
                Some(after) if before.get("shape") == after.get("shape") => "compatible",
                Some(_) => "of another shape: open pages keep what they show",
            };
            (id.to_owned(), now)
        })
        .collect();
    let came = new.queries().filter(|(id, _)| !find(old, id));
    queries.extend(came.map(|(id, _)| (id.to_owned(), "new")));
    queries.sort();
    queries
}

impl Report {
    /// The actions that break open pages without anybody having said that it is meant.
    pub(super) fn unacknowledged(&self) -> Vec<&str> {
        let broken = self.broken().filter(|id| !self.acknowledged.contains(*id));
        broken.collect()
    }

    fn broken(&self) -> impl Iterator<Item = &str> {
        let broken = self.actions.iter().filter(|(_, v)| matches!(v, Verdict::Breaking(_)));
        broken.map(|(id, _)| id.as_str())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (id, verdict) in &self.actions {
            write!(f, "action {id}: ")?;
            match verdict {
                Verdict::Unchanged => writeln!(f, "unchanged")?,
                Verdict::Compatible(lines) => writeln!(f, "compatible ({})", lines.join("; "))?,
                Verdict::Migratable(now) if now == id => writeln!(f, "migratable")?,
                Verdict::Migratable(now) => writeln!(f, "migratable, to {now}")?,
                Verdict::Breaking(why) if self.acknowledged.contains(id) => {
                    writeln!(f, "breaking, as acknowledged ({why})")?;
                }
                Verdict::Breaking(why) => writeln!(f, "breaking ({why})")?,
                Verdict::New => writeln!(f, "new")?,
            }
        }
        for (id, now) in &self.queries {
            writeln!(f, "query {id}: {now}")?;
        }
        let broken: BTreeSet<&str> = self.broken().collect();
        for id in self.acknowledged.iter().filter(|id| !broken.contains(id.as_str())) {
            writeln!(f, "`breaking {id}` acknowledges nothing against this file")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "
action kept
  shape 1
  guard Member
  fields a, b

action limited
  shape 1
  guard Member
  fields a

action retyped
  shape 1
  guard Member
  fields a, pin (secret)

action called_otherwise
  shape 1
  guard Member
  fields a, b.c

action with_less
  shape 1
  guard Member
  fields a, b, c

action rebound
  shape 1
  guard Member
  bound ticket
  bound-types u64
  fields a

action bound_otherwise
  shape 1
  guard Member
  bound ticket
  bound-types u64
  fields a

action gone
  shape 1
  guard public

query read
  guard public
  shape 1

query gone
  guard public
";

    const NEW: &str = "
breaking with_less (nobody used b)
breaking kept

action kept
  shape 1
  guard Member
  fields a, b

action limited
  shape 1
  guard Admin
  fields a
  throttle 10 in 60 s

action retyped
  shape 2
  guard Member
  fields a

action new_name
  shape 2
  guard Member
  was called_otherwise
  fields z (was a), d.e (was d.c b.e b.c)

action with_less
  shape 2
  guard Member
  fields a

action rebound
  shape 2
  guard Member
  bound ticket, author
  bound-types u64, u64
  fields a

action bound_otherwise
  shape 2
  guard Member
  bound number
  bound-types u64
  fields a, b

query read
  guard public
  shape 2

query came
  guard public
";

    #[test]
    fn each_action_is_told_for_the_pages_that_are_open() {
        let report = compare(&Lock::parse(OLD), &Lock::parse(NEW));
        assert_eq!(
            report.to_string().lines().collect::<Vec<_>>(),
            [
                "action bound_otherwise: migratable",
                "action called_otherwise: migratable, to new_name",
                "action gone: breaking (it is gone)",
                "action kept: unchanged",
                "action limited: compatible (-guard Member; +guard Admin; +throttle 10 in 60 s)",
                "action new_name: new",
                "action rebound: breaking (what is bound to it is of other types)",
                "action retyped: migratable",
                "action with_less: breaking, as acknowledged (no field takes b, c)",
                "query came: new",
                "query gone: gone: open pages keep what they show",
                "query read: of another shape: open pages keep what they show",
                "`breaking kept` acknowledges nothing against this file",
            ]
        );
        assert_eq!(report.unacknowledged(), ["gone", "rebound"]);
    }

    #[test]
    fn an_acknowledged_break_is_that_one_and_no_later_one() {
        let [first, second, third] = ["a, b", "a", ""].map(|fields| {
            format!("action x\n  shape {}\n  guard public\n  fields {fields}\n", fields.len())
        });
        let with = |said: &str, block: &str| Lock::parse(&format!("breaking x {said}\n\n{block}"));
        let broken = |old: &Lock, new: &Lock| !compare(old, new).unacknowledged().is_empty();
        let (v1, v2) = (Lock::parse(&first), with("(b is gone)", &second));
        assert!(!broken(&v1, &v2), "it is said in the same build");
        assert!(!broken(&v2, &v2), "it stays in the file");
        assert!(broken(&v2, &with("(b is gone)", &third)), "that was about the break before");
        assert!(!broken(&v2, &with("(and a)", &third)));
        assert!(!broken(&v1, &with("(b is gone)", &third)), "for who skips a build");
    }

    #[test]
    fn the_same_file_breaks_nothing() {
        let lock = Lock::parse(include_str!("../../../actions.lock"));
        let report = compare(&lock, &lock);
        assert!(report.actions.iter().all(|(_, verdict)| *verdict == Verdict::Unchanged));
        assert!(!report.actions.is_empty() && report.unacknowledged().is_empty());
    }
}
