//! A small application: notes, some of whose pages have a mistake that only one way shows.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use axum::Router;
use formwork::{cookie::Cookie, http::request::Parts, prelude::*, testing};
use leptos::{config::LeptosOptions, prelude::*};

/// What the application keeps; clones share it.
#[derive(Clone, Default)]
pub struct Notes(Arc<Mutex<Vec<String>>>);

impl Notes {
    pub fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    fn add(&self, note: String) -> usize {
        let mut notes = self.0.lock().unwrap();
        notes.push(note);
        notes.len()
    }
}

/// The application and what it keeps.
pub struct Started {
    pub app: testing::App,
    pub notes: Notes,
}

pub fn start() -> Started {
    start_with(|routes| routes)
}

pub fn start_with(more: impl FnOnce(Router) -> Router) -> Started {
    let notes = Notes::default();
    let site = testing::site(shell).state(notes.clone());
    let pages = ["/", "/quiet", "/eager", "/forgetful", "/members", "/form", "/join", "/out"];
    let app = testing::App::new(&site, more(site.routes(pages)));
    Started { app, notes }
}

fn shell(_: LeptosOptions) -> impl IntoView {
    view! {
        <html lang="en">
            <head><title>"Notes"</title></head>
            <body><Application/></body>
        </html>
    }
}

#[component]
fn Application() -> impl IntoView {
    provide_formwork();
    let path = use_context::<Parts>().map(|parts| parts.uri.path().to_owned()).unwrap_or_default();
    view! {
        <PageBoundary fallback=|error| view! {
            <h1>{error.message}</h1>
            <JoinForm/>
        }>{page(&path)}</PageBoundary>
    }
}

fn page(path: &str) -> AnyView {
    match path {
        "/" => view! { <TakeNotes/> }.into_any(),
        "/quiet" => view! { <TakeNotesQuietly/> }.into_any(),
        "/eager" => view! { <TakeNotesEagerly/> }.into_any(),
        "/forgetful" => view! { <TakeNotesForgetfully/> }.into_any(),
        "/members" => view! { <Members/> }.into_any(),
        "/join" => view! { <JoinForm/> }.into_any(),
        "/form" => view! { <EveryField/> }.into_any(),
        _ => view! { <WayOut/> }.into_any(),
    }
}

#[query(public, tags("notes"))]
pub async fn notes(cx: QueryCx) -> QueryResult<Vec<String>> {
    Ok(cx.state::<Notes>().all())
}

#[component]
fn List() -> impl IntoView {
    let notes = use_query(notes);
    view! {
        <Loaded query=notes let:notes>
            <ol>{move || notes.get().into_iter().map(|note| view! { <li>{note}</li> }).collect_view()}</ol>
        </Loaded>
    }
}

#[derive(Form, Validate, Clone, Debug)]
pub struct Note {
    #[garde(length(chars, min = 3, max = 50))]
    pub text: String,
}

/// As it should be; what it can't take is an error.
#[action(public)]
pub async fn take_note(cx: ActionCx, form: Note) -> ActionResult<usize> {
    if form.text == "Fail" {
        return Err(ActionError::internal("the disk is full"));
    }
    cx.update_tag("notes");
    Ok(cx.state::<Notes>().add(form.text))
}

// guide: quiet
/// Nobody is told that there is another note.
#[action(public)]
pub async fn take_note_quietly(cx: ActionCx, form: Note) -> ActionResult<usize> {
    Ok(cx.state::<Notes>().add(form.text))
}
// guide: end

/// It says that running it twice is as running it once, which is not so.
#[action(public, idempotent)]
pub async fn take_note_eagerly(cx: ActionCx, form: Note) -> ActionResult<usize> {
    cx.update_tag("notes");
    Ok(cx.state::<Notes>().add(form.text))
}

#[action(public)]
pub async fn take_note_forgetfully(cx: ActionCx, form: Note) -> ActionResult<usize> {
    cx.update_tag("notes");
    Ok(cx.state::<Notes>().add(form.text))
}

fn note_form<A>(state: ActionState<A>) -> impl IntoView
where
    A: formwork::Action<Form = Note, Output = usize>,
{
    let fields = state.fields();
    let taken = move || state.value().map(|number| view! { <p>"Note " {number} " is taken."</p> });
    view! {
        <Form state>
            <label for=fields.text.id()>"Your note"</label>
            <textarea {..fields.text.textarea()}></textarea>
            <FieldIssues field=fields.text/>
            <SubmitButton>"Take it"</SubmitButton>
            {taken}
        </Form>
        <List/>
    }
}

#[component]
fn TakeNotes() -> impl IntoView {
    note_form(use_action_state(TakeNote))
}

#[component]
fn TakeNotesQuietly() -> impl IntoView {
    note_form(use_action_state(TakeNoteQuietly))
}

#[component]
fn TakeNotesEagerly() -> impl IntoView {
    note_form(use_action_state(TakeNoteEagerly))
}

/// A control that does not take its attributes from the field: what was typed does not come back.
#[component]
fn TakeNotesForgetfully() -> impl IntoView {
    let form = use_action_state(TakeNoteForgetfully);
    view! {
        <Form state=form>
            <label>"Your note" <textarea name="text"></textarea></label>
            <SubmitButton>"Take it"</SubmitButton>
        </Form>
        <List/>
    }
}

/// Whoever has joined.
#[derive(Clone, Debug)]
pub struct Member {
    pub name: String,
}

impl Guard for Member {
    async fn check(cx: &GuardCx) -> ActionResult<Self> {
        let name = cx.cookie("member");
        let name = name.ok_or_else(|| ActionError::unauthorized("Members only."))?;
        Ok(Member { name })
    }

    fn subject(&self) -> Option<String> {
        Some(self.name.clone())
    }
}

#[query(guard = Member)]
pub async fn member(cx: QueryCx<Member>) -> QueryResult<String> {
    Ok(cx.guard().name.clone())
}

#[derive(Form, Validate, Clone, Debug)]
pub struct Joining {
    #[garde(length(chars, min = 1))]
    pub name: String,
    #[garde(length(chars, min = 4))]
    #[field(secret)]
    pub password: String,
}

#[action(public)]
pub async fn join(cx: ActionCx, form: Joining) -> ActionResult<()> {
    if form.password != "open sesame" {
        return Err(ActionError::invalid(Joining::names().password, "That is not it"));
    }
    let mut cookie = Cookie::new("member", form.name);
    cookie.set_path("/");
    cx.set_cookie(cookie);
    cx.redirect("/members");
    Ok(())
}

#[component]
fn JoinForm() -> impl IntoView {
    let form = use_action_state(Join);
    let fields = form.fields();
    view! {
        <Form state=form>
            <label for=fields.name.id()>"Name"</label>
            <input {..fields.name.input()}/>
            <FieldIssues field=fields.name/>
            <label for=fields.password.id()>"Password"</label>
            <input {..fields.password.input()}/>
            <FieldIssues field=fields.password/>
            <SubmitButton>"Join"</SubmitButton>
        </Form>
    }
}

/// A note of a member's, by its number.
#[action(guard = Member)]
pub async fn sign_note(
    cx: ActionCx<Member>,
    number: Bound<usize>,
    form: Note,
) -> ActionResult<String> {
    let signed = format!("{}: {} ({})", *number, form.text, cx.guard().name);
    cx.state::<Notes>().add(signed.clone());
    cx.revalidate_path("/members");
    cx.refresh();
    Ok(signed)
}

#[query(guard = Member)]
pub async fn to_sign(cx: QueryCx<Member>) -> QueryResult<formwork::BoundAction<SignNote>> {
    Ok(cx.bind(SignNote::bind(7).for_this_visitor()))
}

#[component]
fn Members() -> impl IntoView {
    view! {
        <Guarded by=member>
            <MembersPage/>
        </Guarded>
    }
}

#[component]
fn MembersPage() -> impl IntoView {
    let (member, bound) = (use_query(member), use_query(to_sign));
    view! {
        <Loaded query=member let:member><h1>"Hello " {member}</h1></Loaded>
        <a href="/">"All notes"</a>
        <Loaded query=bound let:bound>{sign_form(bound.get_untracked())}</Loaded>
    }
}

fn sign_form(bound: formwork::BoundAction<SignNote>) -> impl IntoView {
    let form = use_action_state(bound);
    let fields = form.fields();
    view! {
        <Form state=form>
            <label for=fields.text.id()>"Note"</label>
            <input {..fields.text.input()}/>
            <FieldIssues field=fields.text/>
            <SubmitButton>"Sign"</SubmitButton>
            <p>{move || form.value()}</p>
        </Form>
    }
    .into_any()
}

#[derive(FormChoice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    Small,
    Large,
}

/// Every kind of control.
#[derive(Form, Validate, Clone, Debug)]
pub struct Everything {
    #[garde(skip)]
    pub urgent: bool,
    #[garde(skip)]
    pub size: Size,
    #[garde(skip)]
    pub by: Option<Size>,
    #[garde(skip)]
    pub topics: BTreeSet<Size>,
    #[garde(skip)]
    #[field(accept = "text/plain")]
    pub files: Vec<Upload>,
    #[garde(skip)]
    pub then: Option<String>,
}

#[action(public)]
pub async fn tell(cx: ActionCx, form: Everything) -> ActionResult<String> {
    let Everything { urgent, size, by, topics, files, then } = form;
    let mut contents = Vec::new();
    for file in files {
        let text = String::from_utf8(file.bytes().await?).expect("a text");
        contents.push(format!("{} = {text}", file.file_name()));
    }
    let id: Option<String> = cx.param("id").ok();
    Ok(format!("{urgent} {size:?} {by:?} {topics:?} {contents:?} {then:?} {id:?}"))
}

#[component]
fn EveryField() -> impl IntoView {
    let form = use_action_state(Tell);
    let f = form.fields();
    let one = |choice: formwork::OneChoice<_>| {
        view! { <label><input {..choice.input()}/> {choice.label()}</label> }
    };
    let several = |choice: formwork::OneChoice<_>| {
        view! { <label><input {..choice.input()}/> {choice.label()}</label> }
    };
    view! {
        <Form state=form>
            <label><input {..f.urgent.checkbox()}/> "Urgent"</label>
            <label for=f.size.id()>"Size"</label>
            <select {..f.size.select()}>{f.size.options(Size::Small)}</select>
            <fieldset {..f.by.group()}>
                <legend>"By"</legend>
                {f.by.choices().map(one).collect_view()}
            </fieldset>
            <fieldset {..f.topics.group()}>
                <legend>"Topics"</legend>
                {f.topics.choices().map(several).collect_view()}
            </fieldset>
            <label for=f.files.id()>"Files"</label>
            <input {..f.files.input()}/>
            <FieldIssues field=f.files/>
            <SubmitButton>"Send"</SubmitButton>
            <button type="submit" name="then" value="close">"Send and close"</button>
            <output>{move || form.value()}</output>
        </Form>
    }
    .into_any()
}

/// The page of an action that goes to another site.
#[action(public)]
pub async fn leave(cx: ActionCx) -> ActionResult<()> {
    cx.redirect_external("https://elsewhere.example/thanks");
    Ok(())
}

#[component]
fn WayOut() -> impl IntoView {
    let form = use_action_state(Leave);
    view! { <Form state=form><SubmitButton>"Leave"</SubmitButton></Form> }
}
