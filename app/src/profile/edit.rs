//! Changing one's profile.

use std::collections::BTreeSet;

use formwork::{Date, Email, WebAddress, prelude::*};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

use super::phones::{Phone, Phones};
#[cfg(feature = "ssr")]
use crate::{session::Member, store};
use crate::{session::SignedIn, undo::Undo};

// guide: form
/// What members say of themselves.
#[derive(Form, Validate, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Where mail is read; the one to sign in with may be another.
    #[garde(skip)]
    #[field(label = "E-mail address", autocomplete = "email")]
    pub email: Option<Email>,
    /// A page on the web.
    #[garde(skip)]
    #[field(label = "Web page", autocomplete = "url")]
    pub page: Option<WebAddress>,
    /// The first day here.
    #[garde(skip)]
    #[field(label = "Here since")]
    pub since: Option<Date>,
    /// A few words.
    #[garde(length(chars, max = 500))]
    #[field(label = "About you")]
    pub about: String,
    /// Where the desk stands.
    #[garde(dive)]
    pub desk: Option<Desk>,
    /// How to call.
    #[garde(length(max = 5), dive)]
    pub phones: Vec<Phone>,
    /// What to hear of.
    #[garde(skip)]
    #[field(label = "Tell me of")]
    pub topics: BTreeSet<Topic>,
    /// How.
    #[garde(skip)]
    #[field(label = "By")]
    pub by: Option<By>,
    /// Not at all, for a while.
    #[garde(skip)]
    #[field(label = "I am away")]
    pub away: bool,
}
// guide: end

// guide: nested
/// Where a desk stands.
#[derive(Form, Validate, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Desk {
    /// The building.
    #[garde(length(chars, min = 1, max = 40))]
    pub building: String,
    /// The floor; below the ground it is negative.
    #[garde(range(min = -3, max = 40))]
    pub floor: i8,
}
// guide: end

// guide: choices
/// What a member can be told of.
#[derive(
    FormChoice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize,
)]
pub enum Topic {
    /// A ticket was opened.
    #[choice(label = "New tickets")]
    New,
    /// Somebody answered.
    #[choice(label = "Answers to my tickets")]
    Answers,
    /// Something is broken for many.
    Outages,
}
// guide: end

/// How a member is told.
#[derive(FormChoice, Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum By {
    /// By mail.
    #[choice(label = "E-mail")]
    Mail,
    /// By phone.
    Phone,
}

/// The visitor's own profile.
#[query(guard = Member, tags("profile"))]
pub(crate) async fn profile(cx: QueryCx<Member>) -> QueryResult<Profile> {
    Ok(store::profiles::of(&cx.state(), cx.guard().user().id).await?.unwrap_or_default())
}

// guide: action
/// Keeps the visitor's profile.
#[action(guard = Member)]
pub(crate) async fn save_profile(cx: ActionCx<Member>, form: Profile) -> ActionResult<()> {
    // A rule about two fields.
    if form.by == Some(By::Phone) && form.phones.is_empty() {
        let names = Profile::names();
        return Err(ActionError::invalid(names.by, "Add a phone that we can call"));
    }
    let (pool, submission) = (cx.state(), cx.submission_id());
    store::profiles::save(&pool, submission, cx.guard().user().id, &form).await?;
    cx.update_tag("profile");
    Ok(())
}
// guide: end

/// The page with the form.
#[component]
pub(crate) fn ProfilePage() -> impl IntoView {
    view! {
        <SignedIn>
            <Title text="Profile"/>
            <h1>"Your profile"</h1>
            <Editor/>
        </SignedIn>
    }
}

#[component]
fn Editor() -> impl IntoView {
    let form = use_action_state(SaveProfile);
    let profile = use_query(profile);
    view! {
        <Loaded query=profile fallback=|| view! { <p>"Loading…"</p> } let:profile>
            <ProfileForm form profile=profile.get_untracked()/>
        </Loaded>
    }
}

#[component]
fn ProfileForm(form: ActionState<SaveProfile>, profile: Profile) -> impl IntoView {
    // guide: begin
    let fields = form.fields_from(&profile);
    // guide: end
    let saved = move || form.succeeded().then(|| view! { <p class="notice">"Profile saved."</p> });
    view! {
        <Form state=form reset=false attr:class="card">
            <FormIssues/>
            <div class="field">
                <label for=fields.email.id()>{fields.email.label()}</label>
                <input {..fields.email.input()}/>
                <FieldIssues field=fields.email/>
            </div>
            <div class="field">
                <label for=fields.page.id()>{fields.page.label()}</label>
                <input {..fields.page.hinted().input()}/>
                <p class="hint" id=fields.page.hint_id()>"Such as https://example.org"</p>
                <FieldIssues field=fields.page/>
            </div>
            <div class="field">
                <label for=fields.since.id()>{fields.since.label()}</label>
                <input {..fields.since.input()}/>
                <FieldIssues field=fields.since/>
            </div>
            <div class="field">
                <label for=fields.about.id()>{fields.about.label()}</label>
                <textarea rows="3" {..fields.about.textarea()}></textarea>
                <FieldIssues field=fields.about/>
            </div>
            <fieldset class="stack">
                <legend>"Your desk"</legend>
                <div class="field">
                    <label for=fields.desk.building.id()>{fields.desk.building.label()}</label>
                    <input {..fields.desk.building.input()}/>
                    <FieldIssues field=fields.desk.building/>
                </div>
                <div class="field">
                    <label for=fields.desk.floor.id()>{fields.desk.floor.label()}</label>
                    <input {..fields.desk.floor.input()}/>
                    <FieldIssues field=fields.desk.floor/>
                </div>
            </fieldset>
            <Phones phones=fields.phones/>
            // guide: group
            <fieldset {..fields.topics.group()}>
                <legend>{fields.topics.label()}</legend>
                {fields.topics.choices().map(|topic| view! {
                    <label class="choice"><input {..topic.input()}/> {topic.label()}</label>
                }).collect_view()}
                <FieldIssues field=fields.topics/>
            </fieldset>
            // guide: end
            <fieldset {..fields.by.group()}>
                <legend>{fields.by.label()}</legend>
                {fields.by.choices().map(|by| view! {
                    <label class="choice"><input {..by.input()}/> {by.label()}</label>
                }).collect_view()}
                <FieldIssues field=fields.by/>
            </fieldset>
            <label class="choice"><input {..fields.away.checkbox()}/> {fields.away.label()}</label>
            <div class="actions">
                <SubmitButton pending="Saving…">"Save profile"</SubmitButton>
                <Undo form/>
            </div>
            <div role="status">{saved}</div>
        </Form>
    }
}
