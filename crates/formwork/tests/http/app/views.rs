//! The pages. No router: a page is chosen by the path of the request.

use formwork::{
    Action, Query,
    http::{HeaderValue, header, request::Parts},
    prelude::*,
};
use leptos::{config::LeptosOptions, prelude::*};

use super::{
    bindings::*, cached::*, doings::*, guarded::*, limited::*, profile::*, renamed::*, signing::*,
    survey::Surveys, unpacking::Unpacking, uploads::*, voyage::*,
};

/// The document.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <title>"Under test"</title>
                <ClientScripts options/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

#[component]
fn App() -> impl IntoView {
    provide_formwork();
    // What must not be seen by any other request; see `boundary.rs`.
    if let Some(user) = request_header("x-user") {
        provide_context(CurrentUser(user));
    }
    view! {
        <PageBoundary fallback=|error| view! { <ErrorPage error/> }>
            <Page/>
        </PageBoundary>
    }
}

/// What a page's root provides to its components.
#[derive(Clone, Debug, PartialEq)]
pub struct CurrentUser(pub String);

#[component]
fn ErrorPage(error: PublicError) -> impl IntoView {
    if path() == "/always-broken" {
        panic!("even the error page");
    }
    view! {
        <main id="error-page">
            <h1>{error.kind.status()}</h1>
            <p id="message">{error.message}</p>
            <code id="digest">{error.digest}</code>
            {(error.kind == formwork::ErrorKind::Unauthorized && has_door()).then(EnterForm)}
        </main>
    }
}

/// Elsewhere the error page has no form to sign in with.
fn has_door() -> bool {
    matches!(path().as_str(), "/remarks" | "/lounge" | "/voyage")
}

#[component]
fn Page() -> impl IntoView {
    let path = path();
    match path.as_str() {
        "/" => view! { <Tickets/> }.into_any(),
        "/rows" => view! { <Rows/> }.into_any(),
        "/buttons" => view! { <Buttons/> }.into_any(),
        "/doings" => view! { <Doings/> }.into_any(),
        "/voyage" => view! { <Voyages/> }.into_any(),
        "/survey" => view! { <Surveys/> }.into_any(),
        "/unpacking" => view! { <Unpacking/> }.into_any(),
        "/gallery" => view! { <Gallery/> }.into_any(),
        "/slow" => view! { <Shown id="slow" query=slow/> <Who/> }.into_any(),
        "/failing" => view! { <Shown id="failing" query=failing/> <Tickets/> }.into_any(),
        "/members" => view! { <Shown id="minutes" query=minutes/> }.into_any(),
        "/bound" => view! { <BoundRows/> }.into_any(),
        "/mine" => view! { <Mine/> }.into_any(),
        "/brief" => view! { <Brief/> }.into_any(),
        "/limited" => view! { <Limited/> }.into_any(),
        "/notes" => view! { <Notes/> }.into_any(),
        "/remarks" => view! { <Remarks/> }.into_any(),
        "/lounge" => view! { <Lounge/> }.into_any(),
        "/room" => view! { <Room/> }.into_any(),
        guarded if guarded.starts_with("/guarded") => view! { <GuardedPage/> }.into_any(),
        "/profile" => view! { <EditProfile/> }.into_any(),
        "/wishes" => view! { <EditWishes/> }.into_any(),
        "/reports" => view! { <Reports/> }.into_any(),
        path if path.starts_with("/news") => view! { <News/> }.into_any(),
        path if path.starts_with("/kept") => view! { <Kept what=path.to_owned()/> }.into_any(),
        "/twice" => view! { <Twice/> }.into_any(),
        "/patient" => view! { <Patient/> }.into_any(),
        "/elsewhere" => view! { <Elsewhere/> }.into_any(),
        "/own-headers" => view! { <OwnHeaders/> }.into_any(),
        "/broken" | "/always-broken" => panic!("this page is broken"),
        other => {
            let id = other.rsplit('/').next().and_then(|id| id.parse().ok()).unwrap_or_default();
            view! { <TicketPage id/> }.into_any()
        }
    }
}

/// Who the page thinks that it is for: asked within the page, after its data came.
#[component]
fn Who() -> impl IntoView {
    let slow = use_query(slow);
    view! {
        <Suspense>
            {move || slow.get().map(|_| {
                view! { <p id="who">{use_context::<CurrentUser>().map(|user| user.0)}</p> }
            })}
        </Suspense>
    }
}

/// A query's text or its error, in an element with this id.
#[component]
pub fn Shown<Q>(id: &'static str, query: fn() -> Q) -> impl IntoView
where
    Q: formwork::__private::ServerQuery + Query<Output = String>,
{
    let text = use_query(query);
    view! {
        <Suspense fallback=|| view! { <p>"Loading"</p> }>
            {move || text.get().map(|text| {
                view! { <p id=id>{text.unwrap_or_else(|error| error.to_string())}</p> }
            })}
        </Suspense>
    }
}

#[component]
fn Tickets() -> impl IntoView {
    let form = use_action_state(OpenTicket);
    let fields = form.fields();
    let tickets = use_query(tickets);
    view! {
        <Form state=form attr:id="open">
            <label for=fields.title.id()>"Title"</label>
            <input {..fields.title.input()}/>
            <FieldIssues field=fields.title/>
            <textarea {..fields.body.textarea()}></textarea>
            <FieldIssues field=fields.body/>
            <input {..fields.copies.input()}/>
            <FieldIssues field=fields.copies/>
            <input {..fields.urgent.checkbox()}/>
            <input {..fields.days.input()}/>
            <FieldIssues field=fields.days/>
            <select {..fields.priority.select()}>{fields.priority.options(Priority::Normal)}</select>
            <FieldIssues field=fields.priority/>
            <input {..fields.pin.input()}/>
            <FieldIssues field=fields.pin/>
            <SubmitButton>"Open"</SubmitButton>
        </Form>
        {move || form.value().map(|id| view! { <p id="opened">{format!("Ticket {id}")}</p> })}
        <Suspense fallback=|| view! { <p>"Loading"</p> }>
            {move || tickets.get().map(|tickets| {
                let items = tickets.into_iter().flatten();
                view! { <ul id="tickets">{items.map(|t| view! { <li>{t.title}</li> }).collect_view()}</ul> }
            })}
        </Suspense>
    }
}

#[component]
fn TicketPage(id: u64) -> impl IntoView {
    let form = use_action_state(CloseTicket);
    let ticket = use_query(move || ticket(id));
    view! {
        <Suspense>
            {move || ticket.get().map(|ticket| view! { <h1>{ticket.map(|ticket| ticket.title).ok()}</h1> })}
        </Suspense>
        <Form state=form attr:id="close"><SubmitButton>"Close"</SubmitButton></Form>
        {move || form.value().map(|id| view! { <p id="closed">{format!("Closed {id}")}</p> })}
    }
}

/// Several forms of one action.
#[component]
fn Rows() -> impl IntoView {
    let all = use_action_state(RenameTicket);
    (1..=2_u64)
        .map(|id| {
            let form = all.keyed(id);
            let fields = form.fields();
            view! {
                <Form state=form attr:id=format!("row-{id}")>
                    <input type="hidden" name="id" value=id/>
                    <input {..fields.title.input()}/>
                    <FieldIssues field=fields.title/>
                    <SubmitButton>"Rename"</SubmitButton>
                </Form>
            }
        })
        .collect_view()
}

/// A form with three buttons: two with a name and value, one with an action of its own.
#[component]
fn Buttons() -> impl IntoView {
    let decision = use_action_state(Decide);
    let aside = use_action_state(SetAside);
    let fields = decision.fields();
    view! {
        <Form state=decision attr:id="decide">
            <input {..fields.note.input()}/>
            <button id="yes" name="verdict" value="yes">"Yes"</button>
            <button id="no" name="verdict" value="no">"No"</button>
            <SubmitButton action=aside.button() attr:id="aside">"Later"</SubmitButton>
        </Form>
        <p id="decided">{move || decision.value()}</p>
        <p id="set-aside">{move || aside.value()}</p>
    }
}

/// A form for each thing that can be done.
#[component]
fn Doings() -> impl IntoView {
    let (go, leave) = (use_action_state(Go), use_action_state(Leave));
    let lose = use_action_state(Lose);
    let pour = use_action_state(Pour);
    view! {
        <Form state=go attr:id="go">
            <input {..go.fields().to.input()}/>
            <SubmitButton>"Go"</SubmitButton>
        </Form>
        <Form state=leave attr:id="leave">
            <input {..leave.fields().to.input()}/>
            <SubmitButton>"Leave"</SubmitButton>
        </Form>
        <Form state=pour attr:id="pour">
            <input {..pour.fields().glass.input()}/>
            <SubmitButton>"Pour"</SubmitButton>
        </Form>
        <Form state=lose attr:id="lose"><SubmitButton>"Lose"</SubmitButton></Form>
        <WordForm id="echo" state=use_action_state(Echo)/>
        <WordForm id="burst" state=use_action_state(Burst)/>
        <WordForm id="stumble" state=use_action_state(Stumble)/>
        <WordForm id="vote" state=use_action_state(Vote)/>
        <WordForm id="paint" state=use_action_state(Paint)/>
        <WordForm id="touch" state=use_action_state(Touch)/>
        <WordForm id="write-slowly" state=use_action_state(WriteSlowly)/>
        <WordForm id="second-try" state=use_action_state(SecondTry)/>
        <Shown id="colour" query=colour/>
    }
}

/// A page that says itself how it may be framed and what it may load.
#[component]
fn OwnHeaders() -> impl IntoView {
    let response = expect_context::<leptos_axum::ResponseOptions>();
    for (name, value) in [
        (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "none"),
        (header::CACHE_CONTROL, "public, max-age=60"),
    ] {
        response.insert_header(name, HeaderValue::from_static(value));
    }
}

/// A form of one word and a secret, and its outcome.
#[component]
pub fn WordForm<A: Action<Form = Word>>(id: &'static str, state: ActionState<A>) -> impl IntoView {
    let form = state.keyed(id);
    let fields = form.fields();
    let value =
        move || form.succeeded().then(|| view! { <output id=format!("{id}-done")>"Done"</output> });
    view! {
        <Form state=form attr:id=id>
            <input {..fields.word.input()}/>
            <input {..fields.secret.input()}/>
            <SubmitButton>"Do it"</SubmitButton>
        </Form>
        {value}
    }
}

fn path() -> String {
    with_context(|parts: &Parts| parts.uri.path().to_owned()).expect("a request")
}

fn request_header(name: &str) -> Option<String> {
    // Looked at, not taken: a page that is kept sees a request without headers.
    let header = |parts: &Parts| Some(parts.headers.get(name)?.to_str().ok()?.to_owned());
    with_context(header).flatten()
}

/// A form of structs and lists.
#[component]
fn EditProfile() -> impl IntoView {
    let form = use_action_state(SaveProfile);
    let begun = query_param("begun").is_some();
    let fields = if begun { form.fields_from(&Profile::example()) } else { form.fields() };
    view! {
        <Form state=form attr:id="profile">
            <FormIssues/>
            <input {..fields.name.input()}/>
            <FieldIssues field=fields.name/>
            <input {..fields.address.street.input()}/>
            <input {..fields.address.city.hinted().input()}/>
            <p id=fields.address.city.hint_id()>"Where you live"</p>
            <FieldIssues field=fields.address.city/>
            <input {..fields.billing.street.input()}/>
            <input {..fields.billing.city.input()}/>
            <EachRow rows=fields.phones let:phone>
                <fieldset class="phone">
                    <select {..phone.fields.r#type.select()}>
                        {phone.fields.r#type.options(PhoneType::Mobile)}
                    </select>
                    <input {..phone.fields.number.input()}/>
                    <FieldIssues field=phone.fields.number/>
                    <input {..phone.fields.pin.input()}/>
                    <EachRow rows=phone.fields.hours let:hours>
                        <input {..hours.fields.from.input()}/>
                    </EachRow>
                    <button class="add-hours" {..phone.fields.hours.add()}>"Add hours"</button>
                    <button class="remove" {..phone.remove()}>"Remove"</button>
                    <button class="up" {..phone.up()}>"Up"</button>
                </fieldset>
            </EachRow>
            <button class="add" {..fields.phones.add()}>"Add a phone"</button>
            <FieldIssues field=fields.phones/>
            <fieldset {..fields.topics.group()}>
                <legend>{fields.topics.label()}</legend>
                {fields.topics.choices().map(|topic| view! {
                    <label><input {..topic.input()}/> {topic.label()}</label>
                }).collect_view()}
            </fieldset>
            <input {..fields.badge.input()}/>
            <textarea {..fields.note.textarea()}></textarea>
            <textarea {..fields.site.textarea()}></textarea>
            <SubmitButton>"Save"</SubmitButton>
        </Form>
        <p id="saved">{move || form.value()}</p>
    }
}

/// Ticks and rows, and nothing that is always sent.
#[component]
fn EditWishes() -> impl IntoView {
    let form = use_action_state(SaveWishes);
    let fields = form.fields_from(&Wishes::example());
    view! {
        <Form state=form attr:id="wishes">
            {fields.topics.choices().map(|topic| view! { <input {..topic.input()}/> }).collect_view()}
            <FieldIssues field=fields.topics/>
            <input {..fields.loud.input()}/>
            <input {..fields.sure.checkbox()}/>
            <EachRow rows=fields.hours let:hours>
                <input {..hours.fields.from.input()}/>
                <button class="remove" {..hours.remove()}>"Remove"</button>
            </EachRow>
            <SubmitButton>"Save"</SubmitButton>
        </Form>
    }
}

fn query_param(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let mut pairs = parts.uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(n, _)| *n == name).map(|(_, value)| value.to_owned())
}
