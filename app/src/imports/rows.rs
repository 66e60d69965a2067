//! The rows of a CSV file as tickets, or what is wrong with them, in sentences that say how to mend it;
//! on the server only.

use std::{io::Read, str};

use csv::{ReaderBuilder, StringRecord};
use formwork::{Entries, prelude::*};

use crate::{
    model::Priority,
    store::{attachments::NewFiles, tickets::NewTicketRow},
    tickets::not_blank,
};

const EMPTY: &str = "This file is empty: choose one whose first line names the columns.";
/// More come in several files.
pub(super) const MOST: usize = 5_000;
/// As many rows are complained about at once.
const MOST_SAID: usize = 10;
/// As many letters of a cell are said.
const MOST_QUOTED: usize = 30;

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
    let mut records = records(text, delimiter);
    let first = records.next().unwrap_or_else(|| Err(EMPTY.to_owned()));
    let (_, first) = first.map_err(|wrong| vec![wrong])?;
    let columns = columns(&first).map_err(|wrong| vec![wrong])?;
    let (mut rows, mut wrong) = (Vec::new(), Vec::new());
    for record in records {
        if rows.len() + wrong.len() == MOST {
            return Err(vec![format!(
                "This file has more than {MOST} rows: split it, and import its parts one by one."
            )]);
        }
        let row = record.and_then(|(number, record)| {
            let whole = has_columns(number, &record, first.len(), char::from(delimiter));
            whole.and_then(|()| row(number, &record, &columns))
        });
        match row {
            Ok(row) => rows.push(row),
            Err(sentence) => wrong.push(sentence),
        }
    }
    if wrong.is_empty() && rows.is_empty() {
        wrong.push("There is no ticket below the first line: add a row for each.".to_owned());
    }
    if wrong.is_empty() { Ok(rows) } else { Err(at_most(wrong)) }
}

/// Stands below the text, in a row of its own: unless a quote is open there, which would take in all that
/// follows without a word. No text has it.
const END: &str = "\0";

/// The rows that have something in them, each with its number as a spreadsheet counts it: an empty line is a
/// row to that, and a line break between quotes begins none.
fn records(
    text: &str,
    delimiter: u8,
) -> impl Iterator<Item = Result<(usize, StringRecord), String>> {
    let reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes().chain(b"\n".as_slice()).chain(END.as_bytes()));
    let mut number = 0;
    let numbered = reader.into_records().map_while(move |record| {
        let record = match record {
            Ok(record) if record.iter().eq([END]) => return None,
            Ok(record) => record,
            Err(error) => return Some(Err(error.to_string())),
        };
        number += 1 + empty_lines_before(text, &record);
        match record.iter().next_back() {
            Some(cell) if cell.ends_with(END) => {
                Some(Err(format!("Row {number} has a quote that is not closed.")))
            }
            _ => Some(Ok((number, record))),
        }
    });
    let is_blank = |record: &StringRecord| record.iter().all(|cell| cell.trim().is_empty());
    numbered.filter(move |row| !row.as_ref().is_ok_and(|(_, record)| is_blank(record)))
}

/// The reader passes over them.
fn empty_lines_before(text: &str, record: &StringRecord) -> usize {
    let at = record.position().map_or(0, |position| position.byte() as usize);
    let (before, rest) = text.split_at_checked(at).unwrap_or((text, ""));
    let blank = rest.find(|letter| letter != '\r' && letter != '\n').unwrap_or(rest.len());
    let breaks = rest[..blank].replace("\r\n", "\n").len();
    // The second half of the line break before it is none of its own.
    breaks - usize::from(before.ends_with('\r') && rest.starts_with('\n'))
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
        return Err(EMPTY.to_owned());
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
    let at =
        COLUMNS.map(|name| first.iter().position(|cell| cell.trim().eq_ignore_ascii_case(name)));
    match at[..NEEDED].iter().position(Option::is_none) {
        None => Ok(at),
        Some(missing) => Err(format!(
            "The first line names no column “{}”: write subject, body, priority and affected there, \
             as far as the rows have them. The first two are needed.",
            COLUMNS[missing]
        )),
    }
}

fn row(
    number: usize,
    record: &StringRecord,
    columns: &[Option<usize>; COLUMNS.len()],
) -> Result<Row, String> {
    let mut entries = Entries::default();
    for (name, at) in COLUMNS.into_iter().zip(columns) {
        let cell = at.and_then(|at| record.get(at)).unwrap_or_default();
        let is_priority = name == "priority";
        let value = if is_priority { cell.trim().to_ascii_lowercase() } else { cell.to_owned() };
        if is_priority && !value.is_empty() && value.parse::<Priority>().is_err() {
            let known = Priority::ALL.map(Priority::as_str).join(", ");
            return Err(format!("Row {number}, priority: “{}” is none of {known}.", short(cell)));
        }
        entries.push(name, value);
    }
    <Row as formwork::Form>::parse(&entries).map_err(|issues| {
        let said = issues.iter().map(|issue| format!("{}: {}", issue.path, issue.message));
        format!("Row {number}, {}.", said.collect::<Vec<_>>().join("; "))
    })
}

fn short(cell: &str) -> String {
    match cell.char_indices().nth(MOST_QUOTED) {
        Some((end, _)) => format!("{}…", &cell[..end]),
        None => cell.to_owned(),
    }
}

/// Whether a row has as many cells as the first line.
fn has_columns(
    number: usize,
    record: &StringRecord,
    expected: usize,
    delimiter: char,
) -> Result<(), String> {
    if record.len() == expected {
        return Ok(());
    }
    let delimiter =
        if delimiter == '\t' { "a tab".to_owned() } else { format!("“{delimiter}”") };
    Err(format!(
        "Row {number} has {} columns instead of {expected}: what has {delimiter} or a quote in it \
         stands between quotes.",
        record.len()
    ))
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
            b"subject,body\nIce,Cold\nIce,cold,very\n\"Ice\"\n",
            &["Row 3 has 3 columns instead of 2", "Row 4 has 1 columns instead of 2"],
        );
        check(
            b"subject,body\nIce,\"Cold\nTea,Hot\nPot,Empty\n",
            &["Row 2 has a quote that is not closed."],
        );
        check(b"subject,body\nIce,Cold\nTea,\"", &["Row 3 has a quote that is not closed."]);
        check(b"\"subject,body\nIce,Cold\n", &["Row 1 has a quote that is not closed."]);
        // An empty line is a row of the spreadsheet, a line break between quotes is not.
        for line_break in ["\n", "\r\n", "\r"] {
            let lines =
                ["", "subject,body", "", "", "Ice,\"Cold", "", "there\"", ",", " ", "I,Cold", "I"];
            check(
                lines.join(line_break).as_bytes(),
                &["Row 8, subject: Enter at least 3", "Row 9 has 1 columns instead of 2"],
            );
        }
        let long = "soon".repeat(1_000);
        let wrong = read(format!("subject,body,priority\nIce,Cold,{long}\n").as_bytes());
        assert!(wrong.unwrap_err()[0].len() < 120);
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
        for file in [most.clone(), format!("{most},\n")] {
            assert_eq!(read(file.as_bytes()).map(|rows| rows.len()), Ok(MOST));
        }
        check(format!("{most}Ice,Cold\n").as_bytes(), &["more than 5000 rows: split it"]);
    }
}
