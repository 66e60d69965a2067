//! Between the guard and the throttle: a button that changes the rows of a list. The page comes back
//! with what was typed and the row; nothing is run.

use formwork_core::{ActionError, RowChange, wire};

use super::{Submission, unseal};
use crate::refusal::Refusal;

/// The row to go on with, if such a button was pressed.
pub(super) fn change(submission: &mut Submission) -> Result<Option<String>, ActionError> {
    let Some(value) = submission.entries.last(wire::ROWS).map(str::to_owned) else {
        return Ok(None);
    };
    let fields = submission.def().fields;
    let change = RowChange::parse(&value);
    let row = change.and_then(|change| change.apply_to(&mut submission.entries, fields));
    // Which of several forms it is, the page must know as well.
    unseal::open(submission)?;
    row.ok_or(Refusal::NoSuchList.into()).map(Some)
}
