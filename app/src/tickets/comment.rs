//! What people say about a ticket, and saying it.

use formwork::prelude::*;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::status::set_status;
use super::{
    badges::{Moment, count_of},
    edit::EditForm,
    rules::not_blank,
    status::StatusForms,
};
use crate::{
    model::{Comment, TicketDetail, TicketStatus},
    pending_note::PendingNote,
    session::Viewer,
};
#[cfg(feature = "ssr")]
use crate::{session::Member, store};

/// What a visitor has to say.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct NewComment {
    /// Plain text with line breaks.
    #[garde(length(chars, min = 1, max = 2_000), custom(not_blank))]
    pub(crate) body: String,
    /// What the pressed button adds.
    #[garde(skip)]
    pub(crate) then: Option<Then>,
}

/// What is to be done once the comment is there.
#[derive(FormChoice, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Close the ticket.
    Close,
}

/// Adds a comment to the ticket of the page.
#[action(guard = Member)]
pub(crate) async fn add_comment(cx: ActionCx<Member>, form: NewComment) -> ActionResult<i64> {
    let ticket: i64 = cx.param("id")?;
    let author = cx.guard().user().id;
    let id = store::comments::add(&cx.state(), ticket, author, &form.body).await?;
    let id = id.ok_or_else(|| ActionError::not_found("There is no ticket with this number."))?;
    cx.update_tag("tickets");
    cx.update_tag(format!("ticket:{ticket}"));
    if form.then == Some(Then::Close) {
        set_status(&cx, TicketStatus::Closed).await?;
    }
    Ok(id)
}

/// The comments of a ticket, oldest first.
#[component]
pub(super) fn Comments(
    /// The ticket's.
    comments: Vec<Comment>,
    /// Who may edit their own.
    viewer: Viewer,
) -> impl IntoView {
    let title = match comments.len() {
        0 => "No comments yet".to_owned(),
        number => count_of(number as i64, "comment"),
    };
    view! {
        <section class="comments">
            <h2>{title}</h2>
            <ol>
                {comments
                    .into_iter()
                    .map(|comment| {
                        let own = comment.author_id == viewer.id;
                        view! { <Remark comment own/> }
                    })
                    .collect_view()}
            </ol>
        </section>
    }
}

#[component]
fn Remark(comment: Comment, own: bool) -> impl IntoView {
    let Comment { id, author, body, created_at, .. } = comment.clone();
    view! {
        <li class="comment" id=format!("comment-{id}")>
            <span class="author">{author}</span>
            <Moment at=created_at/>
            <p class="text">{body}</p>
            {own.then(|| view! { <EditForm comment/> })}
        </li>
    }
}

/// The form for one more.
#[component]
pub(super) fn CommentForm(
    /// The ticket that it is about.
    ticket: UseQuery<TicketDetail>,
    /// The states of closing it and opening it again.
    status: StatusForms,
) -> impl IntoView {
    let form = use_action_state(AddComment);
    let fields = form.fields();
    let added = move || form.succeeded().then(|| view! { <p class="notice">"Comment added."</p> });
    view! {
        <Form state=form attr:class="card">
            <div class="field">
                <label for=fields.body.id()>"Your comment"</label>
                <textarea rows="4" {..fields.body.textarea()}></textarea>
                <FieldIssues field=fields.body/>
            </div>
            <div role="status">{added}</div>
            <div class="actions">
                <SubmitButton pending="Posting…">"Post comment"</SubmitButton>
                <ClosingButtons ticket status/>
                <PendingNote/>
            </div>
        </Form>
    }
}

/// The buttons that close the ticket, while it is open: with the comment, by a value beside it, and
/// without, by an action of their own.
#[component]
fn ClosingButtons(ticket: UseQuery<TicketDetail>, status: StatusForms) -> impl IntoView {
    view! {
        <Transition>
            {move || Suspend::new(async move {
                let open = ticket.await.is_ok_and(|ticket| ticket.status == TicketStatus::Open);
                open.then(|| view! {
                    <button type="submit" class="secondary" name="then" value=Then::Close.value()>
                        "Comment and close"
                    </button>
                    <SubmitButton action=status.close_button() attr:class="secondary">
                        "Close without comment"
                    </SubmitButton>
                })
            })}
        </Transition>
    }
}
