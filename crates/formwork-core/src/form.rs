//! A whole form: read, validated, written, and its fingerprint.

use crate::{Entries, Issues, Shape, messages::Messages};

/// What an action receives: a struct with `#[derive(Form, Validate)]`, or `()` for a button that
/// sends nothing but itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a form",
    label = "an action's form must be a struct with `#[derive(Form, Validate)]`",
    note = "add `#[derive(Form, Validate)]` to it, or leave the parameter out for an action without fields"
)]
pub trait Form: Sized + Send + 'static {
    /// The fingerprint of names, types and requiredness.
    const SHAPE: Shape;
    /// The names of fields that are never echoed, logged or stored.
    const SECRETS: &'static [&'static str];
    /// Reads every field, collecting an issue for each that can't be read.
    fn read(entries: &Entries, issues: &mut Issues) -> Self;
    /// Checks the rules of every field.
    fn validate(&self) -> Issues;
    /// Writes every field as a browser would send it.
    fn write(&self, entries: &mut Entries);

    /// Reads and validates: the form, or all issues of all fields at once.
    fn parse(entries: &Entries) -> Result<Self, Issues> {
        let mut issues = Issues::default();
        let form = Self::read(entries, &mut issues);
        let unread = issues.clone();
        // A field that could not be read holds a placeholder: what its rules say of that is noise.
        for issue in form.validate().iter().filter(|issue| !unread.has(&issue.path)) {
            issues.push(issue.path.as_str(), issue.message.as_str());
        }
        if issues.is_empty() { Ok(form) } else { Err(issues) }
    }
}

impl Form for () {
    const SHAPE: Shape = Shape::new("form");
    const SECRETS: &'static [&'static str] = &[];

    fn read(_: &Entries, _: &mut Issues) -> Self {}

    fn validate(&self) -> Issues {
        Issues::default()
    }

    fn write(&self, _: &mut Entries) {}
}

/// The rules of a form's fields: every struct with garde's `Validate` has them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no validation rules",
    label = "add `Validate` beside `Form`: `#[derive(Form, Validate)]`",
    note = "a field without rules says so: `#[garde(skip)]`"
)]
pub trait Rules {
    /// What garde found, as issues at the names of the struct's fields.
    fn broken(&self) -> Issues;
}

// Without this attribute the compiler names garde's trait and not what to write.
#[diagnostic::do_not_recommend]
impl<T: garde::Validate> Rules for T
where
    T::Context: Default,
{
    fn broken(&self) -> Issues {
        let mut issues = Issues::default();
        if let Err(report) = garde::with_i18n(Messages, || self.validate()) {
            for (path, error) in report.iter() {
                issues.push(path.to_string(), error.message());
            }
        }
        issues
    }
}

/// What garde found, as issues at the form's field names.
pub fn garde_issues<T: Rules>(form: &T) -> Issues {
    form.broken()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FormField;

    #[derive(garde::Validate)]
    struct Ticket {
        #[garde(length(chars, min = 1, max = 5))]
        subject: String,
        #[garde(range(min = 1))]
        seats: u8,
    }

    impl Form for Ticket {
        const SHAPE: Shape = Shape::new("form");
        const SECRETS: &'static [&'static str] = &[];

        fn read(entries: &Entries, issues: &mut Issues) -> Self {
            Ticket {
                subject: FormField::read(entries, "subject", issues),
                seats: FormField::read(entries, "seats", issues),
            }
        }

        fn validate(&self) -> Issues {
            garde_issues(self)
        }

        fn write(&self, entries: &mut Entries) {
            self.subject.write("subject", entries);
            self.seats.write("seats", entries);
        }
    }

    #[track_caller]
    fn check(pairs: &[(&str, &str)], expect: &[(&str, &str)]) {
        let entries = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let issues = Ticket::parse(&entries).err().unwrap_or_default();
        let found: Vec<_> = issues.iter().map(|i| (i.path.as_str(), i.message.as_str())).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn all_issues_of_all_fields_at_once() {
        check(&[("subject", "ok"), ("seats", "2")], &[]);
        check(
            &[("subject", "too long"), ("seats", "many")],
            &[
                ("seats", "Enter a whole number from 0 to 255"),
                ("subject", "Enter at most 5 characters"),
            ],
        );
    }

    #[test]
    fn a_placeholder_is_not_judged() {
        check(&[("subject", "ok")], &[("seats", "Enter a number")]);
    }
}
