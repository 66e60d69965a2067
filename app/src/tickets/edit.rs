//! Editing a comment of one's own.

use std::collections::BTreeMap;

use formwork::prelude::*;
use leptos::prelude::*;

use super::{rules::not_blank, show::SeenTicket};
use crate::pending_note::PendingNote;
#[cfg(feature = "ssr")]
use crate::{model::TicketDetail, session::Member, store};

/// How a member edits their own comments, by the comments' ids.
pub(crate) type Edits = BTreeMap<i64, BoundAction<EditComment>>;

// guide: bind
/// What a member who looks at the ticket can edit.
#[cfg(feature = "ssr")]
pub(super) fn edits_of(cx: &QueryCx<Member>, ticket: &TicketDetail) -> Edits {
    let viewer = cx.guard().user().id;
    let own = ticket.comments.iter().filter(|comment| comment.author_id == viewer);
    own.map(|comment| (comment.id, cx.bind(EditComment::bind(comment.id)))).collect()
}
// guide: end

/// The form for a comment, if it is one of the visitor's own.
pub(super) fn edit_of(
    seen: Signal<SeenTicket>,
    id: Memo<i64>,
    body: Memo<String>,
) -> impl IntoView {
    let edit = Memo::new(move |_| seen.with(|seen| seen.edits.get(&id.get()).cloned()));
    move || edit.get().map(|edit| view! { <EditForm edit body=body.get()/> })
}

/// What a comment is to say from now on.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct EditedComment {
    /// Plain text with line breaks.
    #[garde(length(chars, min = 1, max = 2_000), custom(not_blank))]
    pub(crate) body: String,
}

// guide: bound
/// Changes a comment on the ticket of the page; which one, the ticket's query has handed out.
#[action(guard = Member)]
pub(crate) async fn edit_comment(
    cx: ActionCx<Member>,
    comment: Bound<i64>,
    form: EditedComment,
) -> ActionResult<()> {
    let ticket: i64 = cx.param("id")?;
    let author = cx.guard().user().id;
    let (pool, submission) = (cx.state(), cx.submission_id());
    // What was handed out to its author is of no use to another member.
    if !store::comments::update(&pool, submission, ticket, *comment, author, &form.body).await? {
        return Err(ActionError::not_found("There is no such comment of yours."));
    }
    cx.update_tag("tickets");
    cx.update_tag(format!("ticket:{ticket}"));
    Ok(())
}
// guide: end

/// The form for one comment, folded away until it is asked for or has something to say.
#[component]
fn EditForm(
    /// For one of the visitor's own.
    edit: BoundAction<EditComment>,
    /// What it says now.
    body: String,
) -> impl IntoView {
    // guide: form
    let form = use_action_state(edit);
    let fields = form.fields();
    // guide: end
    let details = NodeRef::<leptos::html::Details>::new();
    // Without JavaScript the page that comes back has it folded away, too.
    Effect::new(move |_| {
        if form.succeeded()
            && let Some(details) = details.get_untracked()
        {
            let _ = details.remove_attribute("open");
        }
    });
    let done = move || form.succeeded().then(|| view! { <p class="notice">"Comment saved."</p> });
    view! {
        <details class="edit" node_ref=details open=move || form.error().is_some()>
            <summary>"Edit"</summary>
            <Form state=form attr:class="stack">
                <div class="field">
                    <label for=fields.body.id()>"Your comment, edited"</label>
                    // guide: form
                    <textarea rows="4" {..fields.body.textarea_with(body)}></textarea>
                    // guide: end
                    <FieldIssues field=fields.body/>
                </div>
                <div class="actions">
                    <SubmitButton>"Save comment"</SubmitButton>
                    <PendingNote/>
                </div>
            </Form>
        </details>
        <div role="status">{done}</div>
    }
}
