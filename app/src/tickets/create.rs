//! Opening a ticket.

use formwork::{Field, prelude::*};
use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    attachments::{ChooseFiles, Sending},
    rules::not_blank,
};
use crate::{model::Priority, session::SignedIn};
#[cfg(feature = "ssr")]
use crate::{session::Member, store};

/// What is needed to open a ticket.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct NewTicket {
    /// One line that says what is wrong.
    #[garde(length(chars, min = 3, max = 120), custom(not_blank))]
    #[field(autocomplete = "off")]
    pub(crate) subject: String,
    /// The whole story.
    #[garde(length(chars, min = 1, max = 10_000), custom(not_blank))]
    #[cfg_attr(feature = "next", field(name = "story", was = "body"))]
    pub(crate) body: String,
    /// How soon it needs work.
    #[garde(skip)]
    pub(crate) priority: Priority,
    /// How many people can't work because of it, if that is known.
    #[cfg(not(feature = "next"))]
    // Not of the type `number`: it hides from the form what it can't read, and scrolls away what it
    // can.
    #[garde(range(min = 1, max = 100_000))]
    #[field(type = "text", autocomplete = "off")]
    pub(crate) affected: Option<u32>,
    /// How many people can't work because of it, roughly. Its action is the retyped one.
    #[cfg(feature = "next")]
    #[garde(skip)]
    pub(crate) affected: Option<Reach>,
    // guide: files
    /// What shows it.
    #[garde(skip)]
    #[field(accept = "image/*, application/pdf, text/plain")]
    #[field(max_size = "10 MB", max_files = 5, max_total = "20 MB")]
    pub(crate) files: Vec<Upload>,
    // guide: end
}

/// How many people something is about.
#[cfg(feature = "next")]
#[derive(FormChoice, Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reach {
    /// The one who says so.
    JustMe,
    /// Some.
    MyTeam,
    /// All.
    Everybody,
}

// guide: action
/// Opens a ticket and goes to its page.
#[action(guard = Member)]
pub(crate) async fn create_ticket(cx: ActionCx<Member>, form: NewTicket) -> ActionResult<()> {
    let new = store::tickets::NewTicketRow {
        subject: form.subject,
        body: form.body,
        priority: form.priority,
        affected: people(form.affected),
        submission: cx.submission_id().map(str::to_owned),
        files: cx.state::<store::attachments::Folder>().keep(&form.files).await?,
    };
    let id = store::tickets::create(&cx.state(), cx.guard().user().id, new).await?;
    cx.update_tag("tickets");
    cx.redirect(format!("/tickets/{id}"));
    Ok(())
}
// guide: end

#[cfg(all(feature = "ssr", not(feature = "next")))]
fn people(affected: Option<u32>) -> Option<u32> {
    affected
}

#[cfg(all(feature = "ssr", feature = "next"))]
fn people(affected: Option<Reach>) -> Option<u32> {
    affected.map(|reach| match reach {
        Reach::JustMe => 1,
        Reach::MyTeam => 10,
        Reach::Everybody => 1_000,
    })
}

/// The page with the form.
#[component]
pub(crate) fn NewTicketPage() -> impl IntoView {
    view! {
        <SignedIn>
            <Title text="New ticket"/>
            <h1>"New ticket"</h1>
            <p>
                "Is something broken? "
                <a href="/incidents/new">"Report an incident"</a>
                " step by step: what is asked there tells how soon it needs work."
            </p>
            <NewTicketForm/>
        </SignedIn>
    }
}

#[component]
fn NewTicketForm() -> impl IntoView {
    let form = use_action_state(CreateTicket);
    let fields = form.fields();
    view! {
        <Form state=form attr:class="card">
            <div class="field">
                <label for=fields.subject.id()>"Subject"</label>
                <input {..fields.subject.input()}/>
                <FieldIssues field=fields.subject/>
            </div>
            <div class="field">
                <label for=fields.body.id()>"What happened?"</label>
                <textarea rows="6" {..fields.body.textarea()}></textarea>
                <FieldIssues field=fields.body/>
            </div>
            <div class="field">
                <label for=fields.priority.id()>"Priority"</label>
                <select {..fields.priority.select()}>
                    {fields.priority.options(Priority::Normal)}
                </select>
                <FieldIssues field=fields.priority/>
            </div>
            <div class="field">
                <label for=fields.affected.id()>"People affected (optional)"</label>
                {affected(fields.affected)}
                <FieldIssues field=fields.affected/>
            </div>
            <ChooseFiles field=fields.files/>
            <Sending form/>
            <SubmitButton pending="Opening…">"Open ticket"</SubmitButton>
        </Form>
    }
}

#[cfg(not(feature = "next"))]
fn affected(field: Field<Option<u32>>) -> impl IntoView {
    view! { <input {..field.input()}/> }
}

#[cfg(feature = "next")]
fn affected(field: Field<Option<Reach>>) -> impl IntoView {
    view! { <select {..field.select()}>{field.options_or("Nobody knows")}</select> }
}

#[cfg(all(test, feature = "ssr", not(feature = "next")))]
mod tests {
    use formwork::testing;

    use super::*;
    use crate::store::{attachments::Folder, tests::fresh, users};

    // guide: run
    #[tokio::test]
    async fn a_ticket_is_kept_and_who_opened_it_goes_to_its_page() {
        let (data, pool) = fresh().await;
        let dana = users::by_id(&pool, 1).await.unwrap().unwrap();
        let ticket = |subject: &str| NewTicket {
            subject: subject.to_owned(),
            body: "All of it.".to_owned(),
            priority: Priority::High,
            affected: Some(12),
            files: Vec::new(),
        };
        let run = |ticket| {
            testing::run(CreateTicket, ticket)
                .guard(Member::of(dana.clone()))
                .state(pool.clone())
                .state(Folder::in_data(data.path()).unwrap())
        };

        let ran = run(ticket("Ice")).file("files", "a.txt", "text/plain", "cold").await;
        assert_eq!(ran.effects().redirect(), Some("/tickets/9"));
        assert_eq!(ran.effects().updated_tags(), ["tickets"]);
        let kept = store::tickets::by_id(&pool, 9).await.unwrap().unwrap();
        assert_eq!((&*kept.subject, &*kept.requester), ("Ice", "Dana Demo"));
        assert_eq!(kept.attachments[0].file_name, "a.txt");

        let ran = run(ticket("?!")).await;
        assert_eq!(ran.issues_at(NewTicket::names().subject), ["Enter at least 3 characters"]);
        assert_eq!(ran.effects(), &testing::Effects::default());
    }
    // guide: end
}
