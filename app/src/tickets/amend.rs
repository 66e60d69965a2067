//! Editing a ticket, while others may do the same.

use std::collections::BTreeSet;

use formwork::{ErrorKind, Field, prelude::*};
use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    rules::not_blank,
    show::{SeenTicket, ticket, ticket_number},
};
use crate::{
    error_page::unreadable,
    model::{Content, Part, Priority, Version},
    session::SignedIn,
    undo::Undo,
};
#[cfg(feature = "ssr")]
use crate::{
    model::Edit,
    session::Member,
    store::{self, tickets::Edited},
};

/// What a ticket is to say from now on.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct EditedTicket {
    /// One line that says what is wrong.
    #[garde(length(chars, min = 3, max = 120), custom(not_blank))]
    #[field(autocomplete = "off")]
    pub(crate) subject: String,
    /// The whole story.
    #[garde(length(chars, min = 1, max = 10_000), custom(not_blank))]
    #[field(label = "What happened?")]
    pub(crate) body: String,
    /// How soon it needs work.
    #[garde(skip)]
    pub(crate) priority: Priority,
    /// How many people can't work because of it, if that is known.
    #[garde(range(min = 1, max = 100_000))]
    #[field(type = "text", label = "People affected (optional)", autocomplete = "off")]
    pub(crate) affected: Option<u32>,
    /// Of which parts to take what somebody else has made of them meanwhile.
    #[garde(skip)]
    pub(crate) take: BTreeSet<Part>,
    /// What the ticket was when its editor began.
    #[garde(skip)]
    #[field(type = "hidden")]
    pub(crate) began: String,
    /// What it was when its editor saw last what others have made of it.
    #[garde(skip)]
    #[field(type = "hidden")]
    pub(crate) seen: String,
}

impl EditedTicket {
    /// The form of one who begins with this.
    fn of(content: Content) -> Self {
        let version = content.version().to_string();
        let Content { subject, body, priority, affected } = content;
        let take = BTreeSet::new();
        EditedTicket {
            subject,
            body,
            priority,
            affected,
            take,
            began: version.clone(),
            seen: version,
        }
    }
}

/// Changes the ticket of the page, unless somebody else has changed the same of it meanwhile.
#[action(guard = Member)]
pub(crate) async fn edit_ticket(cx: ActionCx<Member>, form: EditedTicket) -> ActionResult<()> {
    let id: i64 = cx.param("id")?;
    let EditedTicket { subject, body, priority, affected, take, began, seen } = form;
    let yours = Content { subject, body, priority, affected };
    // A version that nobody gave out is that of nothing.
    let version = |text: String| text.parse().unwrap_or_default();
    let (began, seen) = (version(began), version(seen));
    let edit = Edit { yours: &yours, began, seen, take: &take };
    let (pool, submission) = (cx.state(), cx.submission_id());
    match store::tickets::edit(&pool, submission, id, edit).await? {
        Edited::Gone => Err(ActionError::not_found("There is no ticket with this number.")),
        Edited::Conflict(parts) => Err(in_conflict(&parts)),
        Edited::Saved => {
            cx.update_tag("tickets");
            cx.update_tag(format!("ticket:{id}"));
            cx.redirect(format!("/tickets/{id}"));
            Ok(())
        }
    }
}

// guide: conflict
#[cfg(feature = "ssr")]
fn in_conflict(parts: &[Part]) -> ActionError {
    let error = ActionError::conflict(
        "Somebody else has changed this ticket meanwhile. Nothing is lost: compare, choose, and save \
         again.",
    );
    parts.iter().fold(error, |error, part| {
        let names = EditedTicket::names();
        let name = match part {
            Part::Subject => names.subject,
            Part::Body => names.body,
            Part::Priority => names.priority,
            Part::Affected => names.affected,
        };
        error.with_issue(name, "Somebody else has changed this as well")
    })
}
// guide: end

/// The page with the form.
#[component]
pub(crate) fn EditTicketPage() -> impl IntoView {
    view! {
        <SignedIn>
            <Editor/>
        </SignedIn>
    }
}

#[component]
fn Editor() -> impl IntoView {
    let id = ticket_number();
    let query = use_query(move || ticket(id.get()));
    view! {
        <Title text=move || format!("Edit #{}", id.get())/>
        <h1>"Edit ticket #" {id}</h1>
        <Loaded
            query
            fallback=|| view! { <p class="meta">"Loading the ticket…"</p> }
            failed=Box::new(unreadable)
            let:seen
        >
            <EditForm id query seen/>
        </Loaded>
    }
}

#[component]
fn EditForm(id: Memo<i64>, query: UseQuery<SeenTicket>, seen: Signal<SeenTicket>) -> impl IntoView {
    let form = use_action_state(EditTicket);
    let content = Memo::new(move |_| seen.with(|seen| seen.ticket.content()));
    let fields = form.fields_from(&EditedTicket::of(content.get_untracked()));
    let compare = Compare::new(form, content, fields.seen, fields.take);
    // What others have made of it may come a moment later by itself.
    Effect::new(move |_| {
        if compare.conflict.get() {
            query.refresh();
        }
    });
    let began = fields.began;
    view! {
        // guide: form
        <Form state=form reset=false confirm_leave=true attr:class="card">
        // guide: end
            <div class="field">
                <label for=fields.subject.id()>{fields.subject.label()}</label>
                <input {..fields.subject.input()}/>
                <FieldIssues field=fields.subject/>
                {compare.theirs(Part::Subject, began, move || fields.subject.refused())}
            </div>
            <div class="field">
                <label for=fields.body.id()>{fields.body.label()}</label>
                <textarea rows="6" {..fields.body.textarea()}></textarea>
                <FieldIssues field=fields.body/>
                {compare.theirs(Part::Body, began, move || fields.body.refused())}
            </div>
            <div class="field">
                <label for=fields.priority.id()>{fields.priority.label()}</label>
                <select {..fields.priority.select()}>
                    {fields.priority.options(Priority::Normal)}
                </select>
                <FieldIssues field=fields.priority/>
                {compare.theirs(Part::Priority, began, move || fields.priority.refused())}
            </div>
            <div class="field">
                <label for=fields.affected.id()>{fields.affected.label()}</label>
                <input {..fields.affected.input()}/>
                <FieldIssues field=fields.affected/>
                {compare.theirs(Part::Affected, began, move || fields.affected.refused())}
            </div>
            <input {..fields.began.input()}/>
            <input type="hidden" name=fields.seen.name() value=compare.seen autocomplete="off"/>
            <div class="actions">
                <SubmitButton pending="Saving…">"Save ticket"</SubmitButton>
                <Undo form/>
                <a class="button secondary" href=move || format!("/tickets/{}", id.get())>"Cancel"</a>
            </div>
        </Form>
    }
    .into_any()
}

/// What others have made of the ticket since its editor began.
#[derive(Clone, Copy)]
struct Compare {
    content: Memo<Content>,
    /// Whether the last try to save was in conflict.
    conflict: Memo<bool>,
    /// The version that its editor has seen: the one that is on screen, once it is compared.
    seen: Memo<String>,
    take: Field<BTreeSet<Part>>,
}

impl Compare {
    fn new(
        form: ActionState<EditTicket>,
        content: Memo<Content>,
        seen: Field<String>,
        take: Field<BTreeSet<Part>>,
    ) -> Self {
        let conflict =
            Memo::new(move |_| form.error().is_some_and(|error| error.kind == ErrorKind::Conflict));
        let seen = Memo::new(move |before: Option<&String>| match before {
            _ if conflict.get() => content.with(|content| content.version().to_string()),
            Some(before) => before.clone(),
            // After any other failure without JavaScript: what was sent.
            None => seen.value(),
        });
        Compare { content, conflict, seen, take }
    }

    /// What somebody else has made of a part, beside what its editor has made of it.
    fn theirs(
        self,
        part: Part,
        began: Field<String>,
        yours: impl Fn() -> Option<String> + Send + Sync + 'static,
    ) -> AnyView {
        let theirs = Memo::new(move |_| self.differing(part, &began.value(), &yours()?));
        let panel = move || {
            let text = match theirs.get()? {
                text if text.is_empty() => "(nothing)".to_owned(),
                text if part == Part::Priority => {
                    Priority::from_value(&text).map_or(text, |priority| priority.label().to_owned())
                }
                text => text,
            };
            let take = self.take.choices().nth(part as usize)?;
            Some(view! {
                <div class="theirs">
                    <p class="meta">"By now, somebody else has made it:"</p>
                    <blockquote class="text">{text}</blockquote>
                    <label class="choice"><input {..take.input()}/> "Take this instead of mine"</label>
                </div>
            })
        };
        panel.into_any()
    }

    /// What they have made of a part, if its editor has made something else of it.
    fn differing(self, part: Part, began: &str, yours: &str) -> Option<String> {
        if self.seen.with(|seen| seen == began) {
            return None;
        }
        let began: Version = began.parse().unwrap_or_default();
        let yours = if part == Part::Affected { yours.trim() } else { yours };
        let theirs = self.content.with(|content| content.text(part));
        let both = !began.has(part, yours) && !began.has(part, &theirs) && yours != theirs;
        both.then_some(theirs)
    }
}
