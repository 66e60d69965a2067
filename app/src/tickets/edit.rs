//! Editing a comment of one's own.

use formwork::prelude::*;
use leptos::prelude::*;

use super::rules::not_blank;
use crate::{model::Comment, pending_note::PendingNote};
#[cfg(feature = "ssr")]
use crate::{session::Member, store};

/// What a comment is to say from now on.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct EditedComment {
    /// The comment's id; the handler checks whose it is.
    #[garde(skip)]
    pub(crate) comment: i64,
    /// Plain text with line breaks.
    #[garde(length(chars, min = 1, max = 2_000), custom(not_blank))]
    pub(crate) body: String,
}

/// Changes a comment on the ticket of the page.
#[action(guard = Member)]
pub(crate) async fn edit_comment(cx: ActionCx<Member>, form: EditedComment) -> ActionResult<()> {
    let ticket: i64 = cx.param("id")?;
    let EditedComment { comment, body } = form;
    let author = cx.guard().user().id;
    // One answer for what isn't there and what is somebody else's: ids of comments tell nothing.
    if !store::comments::update(&cx.state(), ticket, comment, author, &body).await? {
        return Err(ActionError::not_found("There is no such comment of yours."));
    }
    cx.update_tag("tickets");
    cx.update_tag(format!("ticket:{ticket}"));
    Ok(())
}

/// The form for one comment, folded away until it is asked for or has something to say.
#[component]
pub(super) fn EditForm(
    /// One of the visitor's own.
    comment: Comment,
) -> impl IntoView {
    let form = use_action_state(EditComment).keyed(comment.id);
    let fields = form.fields();
    view! {
        <details class="edit" open=move || form.error().is_some()>
            <summary>"Edit"</summary>
            <Form state=form attr:class="stack">
                <input type="hidden" name=fields.comment.name() value=comment.id/>
                <div class="field">
                    <label for=fields.body.id()>"Your comment, edited"</label>
                    <textarea rows="4" {..fields.body.textarea_with(comment.body)}></textarea>
                    <FieldIssues field=fields.body/>
                </div>
                <div class="actions">
                    <SubmitButton>"Save comment"</SubmitButton>
                    <PendingNote/>
                </div>
            </Form>
        </details>
    }
}
