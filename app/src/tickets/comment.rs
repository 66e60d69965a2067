//! What people say about a ticket, and saying it.

use formwork::prelude::*;
use leptos::prelude::*;

use super::{
    badges::{Moment, count_of},
    rules::not_blank,
};
use crate::model::Comment;
#[cfg(feature = "ssr")]
use crate::{session::Member, store};

/// What a visitor has to say.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct NewComment {
    /// Plain text with line breaks.
    #[garde(length(chars, min = 1, max = 2_000), custom(not_blank))]
    pub(crate) body: String,
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
    Ok(id)
}

/// The comments of a ticket, oldest first.
#[component]
pub(super) fn Comments(
    /// The ticket's.
    comments: Vec<Comment>,
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
                    .map(|comment| view! {
                        <li class="comment" id=format!("comment-{}", comment.id)>
                            <span class="author">{comment.author}</span>
                            <Moment at=comment.created_at/>
                            <p class="text">{comment.body}</p>
                        </li>
                    })
                    .collect_view()}
            </ol>
        </section>
    }
}

/// The form for one more.
#[component]
pub(super) fn CommentForm() -> impl IntoView {
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
            <SubmitButton pending="Posting…">"Post comment"</SubmitButton>
        </Form>
    }
}
