//! What people say about a ticket, and saying it.

use formwork::prelude::*;
use leptos::prelude::*;

use super::{
    attachments::{Attached, ChooseFiles, Sending},
    badges::{Moment, count_of},
    edit::edit_of,
    rules::not_blank,
    show::SeenTicket,
    status::CloseTicket,
};
use crate::{
    model::{Comment, TicketStatus},
    pending_note::PendingNote,
    session::Viewer,
};
#[cfg(feature = "ssr")]
use crate::{
    session::Member,
    store::{self, comments::NewCommentRow},
};

/// What a visitor has to say.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct NewComment {
    /// Plain text with line breaks.
    #[garde(length(chars, min = 1, max = 2_000), custom(not_blank))]
    pub(crate) body: String,
    /// What the pressed button adds.
    #[garde(skip)]
    pub(crate) then: Option<Then>,
    /// What shows it.
    #[garde(skip)]
    #[field(accept = "image/*, application/pdf, text/plain")]
    #[field(max_size = "10 MB", max_files = 5, max_total = "20 MB")]
    pub(crate) files: Vec<Upload>,
    /// In which language it is written. Its action is the changed one.
    #[cfg(feature = "next")]
    #[garde(skip)]
    pub(crate) language: Option<String>,
}

// guide: then
/// What is to be done once the comment is there.
#[derive(FormChoice, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Close the ticket.
    Close,
}
// guide: end

/// Adds a comment to the ticket of the page.
#[action(guard = Member)]
pub(crate) async fn add_comment(cx: ActionCx<Member>, form: NewComment) -> ActionResult<i64> {
    let ticket: i64 = cx.param("id")?;
    let author = cx.guard().user().id;
    let files = cx.state::<store::attachments::Folder>().keep(&form.files).await?;
    let status = form.then.map(|Then::Close| TicketStatus::Closed);
    let new = NewCommentRow { body: form.body, status, files };
    let (pool, submission) = (cx.state(), cx.submission_id());
    let id = store::comments::add(&pool, submission, ticket, author, new).await?;
    let id = id.ok_or_else(|| ActionError::not_found("There is no ticket with this number."))?;
    cx.update_tag("tickets");
    cx.update_tag(format!("ticket:{ticket}"));
    Ok(id)
}

/// The comments of a ticket, oldest first, and what the visitor is adding to them.
#[component]
pub(super) fn Comments(
    /// The query behind it.
    ticket: UseQuery<SeenTicket>,
    /// The ticket.
    seen: Signal<SeenTicket>,
    /// Who adds a comment.
    viewer: Signal<Viewer>,
) -> impl IntoView {
    // guide: optimistic
    let add = use_action_state(AddComment);
    let optimistic = use_optimistic(add, ticket, move |seen, sent: &NewComment, id| {
        let Viewer { id: author_id, name: author } = viewer.get_untracked();
        let (body, created_at) = (sent.body.clone(), seen.ticket.updated_at);
        let attachments = Vec::new();
        let comment = Comment { id, author_id, author, body, created_at, attachments };
        seen.ticket.comments.push(comment);
    });
    // guide: end
    let comments = Memo::new(move |_| seen.with(|seen| seen.ticket.comments.clone()));
    let title = move || match comments.with(Vec::len) {
        0 => "No comments yet".to_owned(),
        number => count_of(number as i64, "comment"),
    };
    view! {
        <section class="comments">
            <h2>{title}</h2>
            <ol>
                // guide: optimistic
                <EachSignal
                    each=move || comments.get()
                    key=move |comment| optimistic.key(&comment.id)
                    let:comment
                >
                    <Remark seen comment/>
                </EachSignal>
                // guide: end
            </ol>
        </section>
    }
}

#[component]
fn Remark(seen: Signal<SeenTicket>, comment: Signal<Comment>) -> impl IntoView {
    let id = Memo::new(move |_| comment.with(|comment| comment.id));
    let body = Memo::new(move |_| comment.with(|comment| comment.body.clone()));
    // One that the server does not know of yet has no moment and no address.
    let is_sent = move || id.get() > 0;
    let moment = move || match is_sent() {
        true => view! { <Moment at=comment.with(|comment| comment.created_at)/> }.into_any(),
        false => view! { <span class="meta">"sending…"</span> }.into_any(),
    };
    view! {
        <li class="comment" id=move || is_sent().then(|| format!("comment-{}", id.get()))>
            <span class="author">{move || comment.with(|comment| comment.author.clone())}</span>
            {moment}
            <p class="text">{body}</p>
            <Attached files=Signal::derive(move || comment.with(|c| c.attachments.clone()))/>
            {edit_of(seen, id, body)}
        </li>
    }
}

/// The form for one more.
#[component]
pub(super) fn CommentForm(
    /// The ticket that it is about.
    seen: Signal<SeenTicket>,
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
            <ChooseFiles field=fields.files/>
            <Sending form/>
            <div role="status">{added}</div>
            <div class="actions">
                <SubmitButton pending="Posting…">"Post comment"</SubmitButton>
                <ClosingButtons seen/>
                <PendingNote/>
            </div>
        </Form>
    }
}

/// The buttons that close the ticket, while it is open: with the comment, by a value beside it, and
/// without, by an action of their own.
#[component]
fn ClosingButtons(seen: Signal<SeenTicket>) -> impl IntoView {
    let open = Memo::new(move |_| seen.with(|seen| seen.ticket.status == TicketStatus::Open));
    let close = use_action_state(CloseTicket);
    view! {
        <Show when=move || open.get()>
            // guide: buttons
            <button type="submit" class="secondary" name="then" value=Then::Close.value()>
                "Comment and close"
            </button>
            <SubmitButton action=close.button() attr:class="secondary">
                "Close without comment"
            </SubmitButton>
            // guide: end
        </Show>
    }
}

#[cfg(all(test, feature = "ssr", not(feature = "next")))]
mod tests {
    use formwork::{ErrorKind, testing};

    use super::*;
    use crate::store::{attachments::Folder, tests::fresh, users};

    #[tokio::test]
    async fn a_comment_that_closes_its_ticket_is_told_to_whoever_reads_either() {
        let (data, pool) = fresh().await;
        let dana = users::by_id(&pool, 1).await.unwrap().unwrap();
        let comment = |ticket: i64| {
            let then = Some(Then::Close);
            let form = NewComment { body: "Done".to_owned(), then, files: Vec::new() };
            testing::run(AddComment, form)
                .guard(Member::of(dana.clone()))
                .state(pool.clone())
                .state(Folder::in_data(data.path()).unwrap())
                .on("/tickets/{id}")
                .param("id", ticket)
        };
        let ran = comment(2).await;
        let ticket = store::tickets::by_id(&pool, 2).await.unwrap().unwrap();
        assert_eq!(ticket.status, TicketStatus::Closed);
        assert_eq!(ticket.comments.last().map(|comment| comment.id), Some(*ran.value()));
        assert_eq!(ran.effects().updated_tags(), ["ticket:2", "tickets"]);
        assert_eq!(ran.effects().redirect(), None);

        let ran = comment(4711).await;
        assert_eq!(ran.error().map(|error| error.kind), Some(ErrorKind::NotFound));
    }
}
