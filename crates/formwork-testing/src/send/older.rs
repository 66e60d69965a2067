//! From a page of an older build, in which the form was another: nothing is run, and the page of this
//! build comes back with everything filled in. The visitor sends that.

use formwork_axum::testing;
use formwork_core::{Shape, is_named_secret, wire};

use super::{Submission, Value};
use crate::{
    Page,
    html::{Control, Kind},
};

pub(super) async fn send(submission: Submission) -> Page {
    let button = submission.button.clone();
    let mut page = as_of_another_build(submission.clone()).native().await;
    assert!(
        page.status() == 409,
        "{button:?} was pressed on a page of an older build, which is to be told so with the status \
         409 and filled in again; it was answered by {page:?}:\n{}",
        page.text()
    );
    if let Some(selector) = submission.page.scope() {
        page = page.within(selector);
    }
    fill_in(&submission, page).submission(&button).native().await
}

/// The same with the fingerprint of a form that this build does not have, and what is sealed, sealed for
/// that.
fn as_of_another_build(mut submission: Submission) -> Submission {
    let other = Shape::new("a form of an older build").to_string();
    let last = |name| submission.last(name).unwrap_or_default().to_owned();
    let (action, ours) = (last(wire::ACTION), last(wire::SHAPE));
    let site = submission.page.visitor.app.site();
    let reseal = |field: &str, action: &str, ours: &str, sealed: &str| {
        testing::sealed_by_another_build(site, field, action, [ours, &other], sealed)
    };
    for (name, value) in &mut submission.entries {
        let Value::Text(value) = value else { continue };
        match &**name {
            wire::SHAPE => other.clone_into(value),
            wire::BOUND | wire::STEPS => *value = reseal(name, &action, &ours, value),
            wire::ACTION => {
                if let Some(button) = wire::Button::parse(value) {
                    let bound = reseal(wire::BOUND, button.action, button.shape, button.bound);
                    *value = wire::Button { shape: &other, bound: &bound, ..button }.to_string();
                }
            }
            _ => {}
        }
    }
    submission
}

/// The page that came back, with what no page can keep entered again. Everything else is to be there.
fn fill_in(sent: &Submission, mut page: Page) -> Page {
    let form = page.clone().submission(&sent.button).form;
    let secrets = sent.last(wire::SECRETS).unwrap_or_default();
    let was = sent.page.document.controls.iter();
    let was = was.filter(|control| control.form == Some(sent.form) && control.is_seen);
    for before in was.filter(|control| !control.is_button() && !control.name.is_empty()) {
        let now = page.document.controls.iter_mut();
        let now = now.filter(|control| control.form == Some(form)).find(|now| is_same(now, before));
        let lost = |now: &str| {
            panic!(
                "{:?} had {:?} in it on the page of the older build, and has {now} on the page of \
                 this one, which came back for {:?}",
                before.label,
                before.shown(),
                sent.button
            )
        };
        let Some(now) = now else { lost("no place") };
        match before.kind {
            Kind::File { .. } => now.files.clone_from(&before.files),
            _ if before.kind == Kind::Password || is_named_secret(secrets, &before.name) => {
                now.value.clone_from(&before.value);
            }
            _ if lines(&now.shown()) != lines(&before.shown()) => {
                lost(&format!("{:?}", now.shown()))
            }
            _ => {}
        }
    }
    page
}

fn is_same(now: &Control, before: &Control) -> bool {
    let is_choice = before.is_one_of_a_group();
    now.name == before.name && now.kind == before.kind && (!is_choice || now.value == before.value)
}

fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}
