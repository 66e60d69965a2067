//! Sent twice, as by a double click: both requests are the same, and so must be what they are told.

use super::Submission;
use crate::{Page, way};

pub(super) async fn send(submission: Submission) -> Page {
    let (visitor, body) = (submission.page.visitor.clone(), submission.body());
    let (from, to) = (&submission.page.url, &submission.to);
    let [first, second] = visitor.post_twice(from, to, &body).await;
    let told = (first.status(), first.location());
    let again = (second.status(), second.location());
    let button = &submission.button;
    assert!(
        told == again,
        "{button:?} was pressed twice, and told {}, then {}: the second time is not to run again",
        way::answered(&told),
        way::answered(&again)
    );
    // The browser shows what the last one was answered.
    visitor.land(second).await
}
