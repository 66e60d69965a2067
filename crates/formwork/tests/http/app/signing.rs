//! A page for those who have signed in, whose session is a layer's, and the form to sign in with.

use std::sync::{Arc, Mutex};

use axum::{
    extract::Request,
    middleware::{self, Next},
    response::Response,
};
use formwork::{Guarded, http::HeaderValue, prelude::*};
use leptos::prelude::*;

use super::Desk;

/// The layer of the session: as those do that applications use, it sets its cookie when the response
/// is on its way out, after everything that the framework did.
pub async fn sessions(mut request: Request, next: Next) -> Response {
    let begun = Begun::default();
    request.extensions_mut().insert(begun.clone());
    let mut response = next.run(request).await;
    if let Some(name) = begun.0.lock().unwrap().take() {
        let cookie = HeaderValue::try_from(format!("session={name}; Path=/; HttpOnly")).unwrap();
        response.headers_mut().append("set-cookie", cookie);
    }
    response
}

pub fn with_sessions(routes: axum::Router) -> axum::Router {
    routes.layer(middleware::from_fn(sessions))
}

/// The session that an action has begun.
#[derive(Clone, Default)]
struct Begun(Arc<Mutex<Option<String>>>);

/// Whoever has signed in.
pub struct Guest(pub String);

impl Guard for Guest {
    async fn check(cx: &GuardCx) -> ActionResult<Self> {
        match cx.cookie("session") {
            Some(name) if name == "banned" => Err(ActionError::forbidden("You are banned.")),
            Some(name) => Ok(Guest(name)),
            None => Err(ActionError::unauthorized("Sign in to remark.")),
        }
    }
}

#[derive(Form, Validate, Clone)]
pub struct Entering {
    #[garde(length(chars, min = 2, max = 20))]
    pub name: String,
    #[garde(skip)]
    #[field(secret)]
    pub password: String,
}

/// Would go elsewhere, if nothing waited for it.
#[action(public, idempotent)]
pub async fn enter(cx: ActionCx, form: Entering) -> ActionResult<()> {
    if form.password != "open sesame" {
        return Err(ActionError::unauthorized("That is not the password."));
    }
    cx.state::<Desk>().record("enter");
    *cx.state::<Begun>().0.lock().unwrap() = Some(form.name);
    cx.redirect("/");
    Ok(())
}

#[derive(Form, Validate, Clone, Debug)]
pub struct Remarked {
    #[garde(length(chars, min = 1))]
    pub text: String,
    #[garde(skip)]
    pub loud: bool,
    #[garde(skip)]
    #[field(secret)]
    pub pin: String,
}

#[action(guard = Guest)]
pub async fn remark(cx: ActionCx<Guest>, row: Bound<u64>, form: Remarked) -> ActionResult<String> {
    cx.state::<Desk>().record("remark");
    Ok(format!("{} on {}: {}", cx.guard().0, *row, form.text))
}

#[query(public)]
pub async fn rows(cx: QueryCx) -> QueryResult<Vec<BoundAction<Remark>>> {
    Ok((1..=2).map(|row| cx.bind(Remark::bind(row))).collect())
}

#[query(public)]
pub async fn guest(cx: QueryCx) -> QueryResult<String> {
    Ok(cx.cookie("session").unwrap_or_else(|| "nobody".to_owned()))
}

#[query(guard = Guest)]
pub async fn guests_only(cx: QueryCx<Guest>) -> QueryResult<String> {
    Ok(cx.guard().0.clone())
}

/// Two rows to remark on, for anyone to see.
#[component]
pub fn Remarks() -> impl IntoView {
    let rows = use_query(rows);
    let guest = use_query(guest);
    let shown = |action: BoundAction<Remark>, row: usize| {
        let form = use_action_state(action);
        let fields = form.fields();
        view! {
            <Form state=form attr:id=format!("remark-{row}")>
                <textarea {..fields.text.textarea()}></textarea>
                <FieldIssues field=fields.text/>
                <input {..fields.loud.checkbox()}/>
                <input type="password" {..fields.pin.input()}/>
                <SubmitButton>"Remark"</SubmitButton>
            </Form>
            <p id=format!("remarked-{row}")>{move || form.value()}</p>
        }
    };
    view! {
        <Suspense>{move || guest.get().map(|guest| view! { <p id="guest">{guest.ok()}</p> })}</Suspense>
        <Suspense>
            {move || {
                let rows = rows.get().and_then(Result::ok).into_iter().flatten();
                rows.enumerate().map(|(at, action)| shown(action, at + 1)).collect_view()
            }}
        </Suspense>
    }
}

/// A page for guests.
#[component]
pub fn Lounge() -> impl IntoView {
    view! {
        <Guarded by=guests_only>
            <Remarks/>
        </Guarded>
    }
}

/// What the error page has for those who have to sign in first.
#[component]
pub fn EnterForm() -> impl IntoView {
    let form = use_action_state(Enter);
    let fields = form.fields();
    view! {
        <Form state=form attr:id="enter">
            <input type="text" {..fields.name.input()}/>
            <FieldIssues field=fields.name/>
            <input type="password" {..fields.password.input()}/>
            <SubmitButton>"Enter"</SubmitButton>
        </Form>
    }
}
