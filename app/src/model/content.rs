//! What can be edited of a ticket, and what becomes of it when two do so at the same time.

use std::{collections::BTreeSet, fmt, str::FromStr};

use formwork::FormChoice;

use super::{Priority, UnknownName};

/// What can be edited of a ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    /// One line that says what is wrong.
    pub subject: String,
    /// The whole story.
    pub body: String,
    /// How soon it needs work.
    pub priority: Priority,
    /// How many people can't work because of it, if that is known.
    pub affected: Option<u32>,
}

/// A part of it.
#[derive(FormChoice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// [`Content::subject`]
    Subject,
    /// [`Content::body`]
    Body,
    /// [`Content::priority`]
    Priority,
    /// [`Content::affected`]
    Affected,
}

impl Part {
    /// Every part, in the order of the form.
    pub const ALL: [Self; 4] = [Self::Subject, Self::Body, Self::Priority, Self::Affected];
}

/// Which content it is: a fingerprint of each part, as an `ETag` is one of a whole. It travels with the
/// form, so that nothing has to be remembered of who edits what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Version([u64; 4]);

impl Content {
    /// Its version.
    #[must_use]
    pub fn version(&self) -> Version {
        Version(Part::ALL.map(|part| fingerprint(&self.text(part))))
    }

    /// A part as a form sends it.
    #[must_use]
    pub fn text(&self, part: Part) -> String {
        match part {
            Part::Subject => self.subject.clone(),
            Part::Body => self.body.clone(),
            Part::Priority => self.priority.as_str().to_owned(),
            Part::Affected => self.affected.map(|number| number.to_string()).unwrap_or_default(),
        }
    }

    fn take(&mut self, part: Part, from: &Content) {
        match part {
            Part::Subject => self.subject.clone_from(&from.subject),
            Part::Body => self.body.clone_from(&from.body),
            Part::Priority => self.priority = from.priority,
            Part::Affected => self.affected = from.affected,
        }
    }
}

impl Version {
    /// Whether a part has this text.
    #[must_use]
    pub fn has(&self, part: Part, text: &str) -> bool {
        self.0[part as usize] == fingerprint(text)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.0;
        write!(f, "{a:x}-{b:x}-{c:x}-{d:x}")
    }
}

impl FromStr for Version {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let parts: Option<Vec<u64>> =
            text.split('-').map(|part| u64::from_str_radix(part, 16).ok()).collect();
        let parts = parts.and_then(|parts| parts.try_into().ok());
        parts.map(Version).ok_or_else(|| UnknownName(text.to_owned()))
    }
}

/// FNV-1a: equal in every build and on both sides. A form makes one kind of line break of all.
fn fingerprint(text: &str) -> u64 {
    let bytes = text.bytes().filter(|byte| *byte != b'\r');
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// What one who edits has sent.
#[derive(Clone, Copy, Debug)]
pub struct Edit<'a> {
    /// What it is to be.
    pub yours: &'a Content,
    /// What it was when they began.
    pub began: Version,
    /// What it was when they saw last what others have made of it.
    pub seen: Version,
    /// What they leave to the others.
    pub take: &'a BTreeSet<Part>,
}

impl Edit<'_> {
    /// What becomes of the ticket, which is `theirs` by now. A part that only one of them has changed is
    /// that one's; one that both have changed is a conflict until its editor has seen what the others
    /// have made of it.
    ///
    /// # Errors
    ///
    /// The parts in conflict.
    pub fn onto(self, theirs: &Content) -> Result<Content, Vec<Part>> {
        let mut merged = theirs.clone();
        let mut conflicts = Vec::new();
        for part in Part::ALL {
            let (yours, now) = (self.yours.text(part), theirs.text(part));
            // What one has never changed stays the others', even if one has seen it.
            if self.began.has(part, &yours) || yours == now || self.take.contains(&part) {
                continue;
            }
            if self.seen.has(part, &now) {
                merged.take(part, self.yours);
            } else {
                conflicts.push(part);
            }
        }
        if conflicts.is_empty() { Ok(merged) } else { Err(conflicts) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(subject: &str, body: &str) -> Content {
        Content {
            subject: subject.to_owned(),
            body: body.to_owned(),
            priority: Priority::Normal,
            affected: None,
        }
    }

    #[test]
    fn versions_read_back_and_tell_parts_apart() {
        let version = content("a", "b\r\nc").version();
        assert_eq!(version.to_string().parse(), Ok(version));
        assert!(version.has(Part::Subject, "a") && version.has(Part::Body, "b\nc"));
        assert!(!version.has(Part::Subject, "b") && !version.has(Part::Affected, "1"));
        for other in
            ["", "1", "1-2-3", "1-2-3-4-5", "1-2-3-x", "-1-2-3-4", "11112222333344445-0-0-0"]
        {
            assert!(other.parse::<Version>().is_err(), "{other}");
        }
    }

    #[test]
    fn what_one_alone_has_changed_is_theirs_and_what_both_have_is_asked_about() {
        let began = content("subject", "body");
        #[track_caller]
        fn check(
            began: &Content,
            yours: &Content,
            theirs: &Content,
            seen: &Content,
            take: &[Part],
            expect: Result<Content, Vec<Part>>,
        ) {
            let take = take.iter().copied().collect();
            let edit = Edit { yours, began: began.version(), seen: seen.version(), take: &take };
            assert_eq!(edit.onto(theirs), expect);
        }
        let mine = content("mine", "body");
        check(&began, &mine, &began, &began, &[], Ok(mine.clone()));
        // Another part.
        let theirs = content("subject", "theirs");
        check(&began, &mine, &theirs, &began, &[], Ok(content("mine", "theirs")));
        // The same part, and the same of it.
        check(&began, &mine, &mine, &began, &[], Ok(mine.clone()));
        // The same part.
        let theirs = content("theirs", "theirs");
        check(&began, &mine, &theirs, &began, &[], Err(vec![Part::Subject]));
        // Once it was seen, either can be had; the part that was never changed stays theirs.
        check(&began, &mine, &theirs, &theirs, &[], Ok(content("mine", "theirs")));
        check(&began, &mine, &theirs, &theirs, &[Part::Subject], Ok(theirs.clone()));
        // And again, if it is another by then.
        let later = content("later", "theirs");
        check(&began, &mine, &later, &theirs, &[], Err(vec![Part::Subject]));
        let numbers = Content { affected: Some(1), ..began.clone() };
        let other = Content { affected: Some(2), ..began.clone() };
        check(&began, &numbers, &other, &began, &[], Err(vec![Part::Affected]));
    }
}
