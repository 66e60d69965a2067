//! The rows of a CSV file as tickets, or what is wrong with them, in sentences that say how to mend it;
//! on the server only.

use std::str;

use csv::{ErrorKind, ReaderBuilder, StringRecord, Trim};
use formwork::{Entries, prelude::*};

use crate::{
    model::Priority,
    store::{attachments::NewFiles, tickets::NewTicketRow},
    tickets::not_blank,
};

/// More come in several files.
pub(super) const MOST: usize = 5_000;
/// As many rows are complained about at once.
const MOST_SAID: usize = 10;

/// A row, with the rules of the form for one ticket.
#[derive(Form, Validate, Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// One line that says what is wrong.
    #[garde(length(chars, min = 3, max = 120), custom(not_blank))]
    pub(super) subject: String,
    /// The whole story.
    #[garde(length(chars, min = 1, max = 10_000), custom(not_blank))]
    pub(super) body: String,
    /// How soon it needs work; in its turn, unless the row says otherwise.
    #[garde(skip)]
    pub(super) priority: Option<Priority>,
    /// How many people can't work because of it.
    #[garde(range(min = 1, max = 100_000))]
    pub(super) affected: Option<u32>,
}

impl From<Row> for NewTicketRow {
    fn from(row: Row) -> Self {
        let Row { subject, body, priority, affected } = row;
        let (priority, files) = (priority.unwrap_or_default(), NewFiles::default());
        NewTicketRow { subject, body, priority, affected, submission: None, files }
    }
}

/// The columns that are read; the first two have to be there.
const COLUMNS: [&str; 4] = ["subject", "body", "priority", "affected"];
const NEEDED: usize = 2;

/// Reads a file.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Row>, Vec<String>> {
    let text = text(bytes).map_err(|wrong| vec![wrong])?;
    let delimiter = delimiter(text);
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).trim(Trim::Headers).from_reader(text.as_bytes());
    let columns = columns(reader.headers().map_err(|error| vec![error.to_string()])?)
        .map_err(|wrong| vec![wrong])?;
    let (mut rows, mut wrong) = (Vec::new(), Vec::new());
    for record in reader.records() {
        if rows.len() + wrong.len() == MOST {
            return Err(vec![format!(
                "This file has more than {MOST} rows: split it, and import its parts one by one."
            )]);
        }
        match record {
            Ok(record) if record.iter().all(|cell| cell.trim().is_empty()) => {}
            Ok(record) => match row(&record, &columns) {
                Ok(row) => rows.push(row),
                Err(sentence) => wrong.push(sentence),
            },
            Err(error) => wrong.push(torn(&error, char::from(delimiter))),
        }
    }
    if wrong.is_empty() && rows.is_empty() {
        wrong.push("There is no ticket below the first line: add a row for each.".to_owned());
    }
    if wrong.is_empty() { Ok(rows) } else { Err(at_most(wrong)) }
}

/// The text, without the mark that some programs put before it.
fn text(bytes: &[u8]) -> Result<&str, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let how = "save it as “CSV UTF-8”, and choose it again.";
    // UTF-16 has these in every letter of English.
    if bytes.contains(&0) {
        return Err(format!("This file is not in UTF-8: {how}"));
    }
    let text = str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("Line {line} of this file is not in UTF-8: {how}")
    })?;
    if text.trim().is_empty() {
        return Err("This file is empty: choose one whose first line names the columns.".to_owned());
    }
    Ok(text)
}

/// What stands between columns: in some countries a spreadsheet writes semicolons.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |delimiter: &u8| first.bytes().filter(|byte| byte == delimiter).count();
    // Of as many the last one is taken.
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

/// Where the columns stand, by what the first line says.
fn columns(first: &StringRecord) -> Result<[Option<usize>; COLUMNS.len()], String> {
    let at = COLUMNS.map(|name| first.iter().position(|cell| cell.eq_ignore_ascii_case(name)));
    match at[..NEEDED].iter().position(Option::is_none) {
        None => Ok(at),
        Some(missing) => Err(format!(
            "The first line names no column “{}”: write subject, body, priority and affected there, \
             as far as the rows have them. The first two are needed.",
            COLUMNS[missing]
        )),
    }
}

fn row(record: &StringRecord, columns: &[Option<usize>; COLUMNS.len()]) -> Result<Row, String> {
    let mut entries = Entries::default();
    for (name, at) in COLUMNS.into_iter().zip(columns) {
        let cell = at.and_then(|at| record.get(at)).unwrap_or_default();
        let is_priority = name == "priority";
        let value = if is_priority { cell.trim().to_ascii_lowercase() } else { cell.to_owned() };
        if is_priority && !value.is_empty() && value.parse::<Priority>().is_err() {
            let known = Priority::ALL.map(Priority::as_str).join(", ");
            return Err(format!("{}, priority: “{cell}” is none of {known}.", name_of(record)));
        }
        entries.push(name, value);
    }
    <Row as formwork::Form>::parse(&entries).map_err(|issues| {
        let said = issues.iter().map(|issue| format!("{}: {}", issue.path, issue.message));
        format!("{}, {}.", name_of(record), said.collect::<Vec<_>>().join("; "))
    })
}

/// A row as a spreadsheet counts it.
fn name_of(record: &StringRecord) -> String {
    format!("Row {}", record.position().map_or(0, |position| position.record() + 1))
}

/// A row that has not as many cells as the first line.
fn torn(error: &csv::Error, delimiter: char) -> String {
    let ErrorKind::UnequalLengths { pos: Some(pos), expected_len, len } = error.kind() else {
        return error.to_string();
    };
    let delimiter =
        if delimiter == '\t' { "a tab".to_owned() } else { format!("“{delimiter}”") };
    format!(
        "Row {} has {len} columns instead of {expected_len}: what has {delimiter} or a quote in it \
         stands between quotes.",
        pos.record() + 1
    )
}

/// Somebody is to read them.
fn at_most(mut wrong: Vec<String>) -> Vec<String> {
    let more = wrong.len().saturating_sub(MOST_SAID);
    wrong.truncate(MOST_SAID);
    if more > 0 {
        wrong.push(format!("{more} more rows are like that."));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(subject: &str, body: &str, priority: Option<Priority>, affected: Option<u32>) -> Row {
        Row { subject: subject.to_owned(), body: body.to_owned(), priority, affected }
    }

    #[test]
    fn what_spreadsheets_write_is_read() {
        let ice = || vec![row("Ice, again", "So \"cold\"\nthere", Some(Priority::High), Some(3))];
        for file in [
            "subject,body,priority,affected\n\"Ice, again\",\"So \"\"cold\"\"\nthere\",high,3\n",
            "\u{feff}Subject , BODY,Priority,affected\r\n\"Ice, again\",\"So \"\"cold\"\"\nthere\",High ,3\r\n\r\n,,,\r\n",
            "affected;priority;body;subject;unknown\n3;high;\"So \"\"cold\"\"\nthere\";Ice, again;x",
            "subject\tbody\tpriority\taffected\nIce, again\t\"So \"\"cold\"\"\nthere\"\thigh\t3",
        ] {
            assert_eq!(read(file.as_bytes()).as_deref(), Ok(&*ice()), "{file:?}");
        }
        let least = read("body,subject\nAll of it,Ice\n,\n".as_bytes());
        assert_eq!(least, Ok(vec![row("Ice", "All of it", None, None)]));
    }

    #[test]
    fn what_is_wrong_is_said_with_what_to_do() {
        #[track_caller]
        fn check(file: &[u8], expect: &[&str]) {
            let wrong = read(file).unwrap_err();
            assert_eq!(wrong.len(), expect.len(), "{wrong:?}");
            for (wrong, expect) in wrong.iter().zip(expect) {
                assert!(wrong.contains(expect), "{wrong:?} has no {expect:?}");
            }
        }
        check(b"", &["This file is empty"]);
        check(b"\xef\xbb\xbf\r\n \n", &["This file is empty"]);
        check(b"subject,body\n", &["no ticket below the first line"]);
        check(b"subject,body\nIce,K\xe4lte\n", &["Line 2 of this file is not in UTF-8: save it"]);
        check(b"\xff\xfes\0u\0b\0", &["not in UTF-8"]);
        check(b"subject,story\nIce,Cold\n", &["names no column “body”"]);
        check(b"Ice,Cold\n", &["names no column"]);
        check(
            b"subject,body\nIce,Cold\nIce,cold,very\n\"Ice\n",
            &["Row 3 has 3 columns instead of 2", "Row 4 has 1 columns instead of 2"],
        );
        check(
            b"subject,body,priority,affected\nI,,high,3\nIce,Cold,asap,\nIce,Cold,,none\n",
            &["Row 2, subject: Enter at least 3", "Row 3, priority: ", "Row 4, affected: "],
        );
        let many = format!("subject,body\n{}", "x,y\n".repeat(MOST_SAID + 5));
        let wrong = read(many.as_bytes()).unwrap_err();
        assert_eq!(
            (wrong.len(), &*wrong[MOST_SAID]),
            (MOST_SAID + 1, "5 more rows are like that.")
        );
        let most = format!("subject,body\n{}", "Ice,Cold\n".repeat(MOST));
        assert_eq!(read(most.as_bytes()).map(|rows| rows.len()), Ok(MOST));
        check(format!("{most}Ice,Cold\n").as_bytes(), &["more than 5000 rows: split it"]);
    }
}
