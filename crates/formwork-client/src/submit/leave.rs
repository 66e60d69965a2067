//! Leaving a page for another document that the framework loads: nothing more is sent, and nothing of
//! what was to be sent is lost. And leaving it by a router: there is nobody left then whom an answer could
//! be told.
//!
//! What is under way elsewhere has a moment to end, and what had no answer is asked about once more: what
//! is done is no draft. If there is no answer now, nobody knows whether it is done; so it is kept under
//! its submission's id, and sent again by the same form it is the same.

use std::time::Duration;

use wasm_bindgen_futures::spawn_local;

use super::{Job, page_url, queue, stream};
use crate::{
    dom,
    drafts::{self, Sent},
    page, unsent,
};

/// How long what is under way may take to end.
const PATIENCE: Duration = Duration::from_secs(3);
const ASK_AGAIN: Duration = Duration::from_millis(50);
/// A page that is still there after so long is not being left: somebody has stopped it.
const STAYED: Duration = Duration::from_secs(30);

/// For the page that answers this submission natively, with everything that was typed in it but files.
pub(super) async fn to_the_page_of(job: &Job) {
    if !queue::stop() {
        // For another page already, which gets this one's entries as what was typed.
        queue::keep(job.clone());
        return;
    }
    queue::ask_again(&page_url());
    others_have_ended(Some(job.id)).await;
    drafts::keep(job.form.as_ref(), sent(Some(job.id)));
    dom::post_natively(&job.url, &job.body);
    go_on_if_still_here().await;
}

/// Loads this page as a document, of the server's build, with what is typed in it.
pub fn load_new_build() {
    if queue::stop() {
        spawn_local(async {
            queue::ask_again(&page_url());
            others_have_ended(None).await;
            drafts::keep(None, sent(None));
            unsent::let_go();
            page::load_anew();
            go_on_if_still_here().await;
        });
    }
}

/// A router has left a page: what had no answer there is kept for it.
pub(crate) fn by_router() {
    for job in queue::take_unanswered(|job| !job.is_on_screen()) {
        drafts::keep_failed(&job, None);
    }
}

/// What was sent from a page that its visitor leaves; `None` if the framework leaves it.
pub(crate) fn sent_and_left() -> Option<Sent> {
    (!queue::is_stopped()).then(|| sent(None))
}

/// What was sent and has no outcome, but for the one that the next document answers.
fn sent(but: Option<u64>) -> Sent {
    let mut unanswered = queue::under_way();
    unanswered.extend(queue::unanswered());
    unanswered.retain(|job| Some(job.id) != but && !job.answered.get());
    Sent { waiting: queue::waiting(), unanswered }
}

async fn others_have_ended(but: Option<u64>) {
    let mut left = PATIENCE;
    while queue::under_way().iter().any(|job| Some(job.id) != but) && !left.is_zero() {
        stream::wait(ASK_AGAIN).await;
        left = left.saturating_sub(ASK_AGAIN);
    }
}

async fn go_on_if_still_here() {
    stream::wait(STAYED).await;
    drafts::forget();
    queue::go_on();
}
