//! Who the visitor is: a name in a cookie.

#[cfg(feature = "ssr")]
use formwork::cookie::Cookie;
use formwork::prelude::*;
use leptos::prelude::*;

/// The name.
#[query(public)]
pub(crate) async fn who(cx: QueryCx) -> QueryResult<String> {
    Ok(cx.cookie("who").unwrap_or_else(|| "nobody".to_owned()))
}

/// Another name.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct Name {
    #[garde(skip)]
    pub(crate) name: String,
}

/// From now on the visitor is this one.
#[action(public)]
pub(crate) async fn become_another(cx: ActionCx, form: Name) -> ActionResult<()> {
    let mut cookie = Cookie::new("who", form.name);
    cookie.set_path("/");
    cx.set_cookie(cookie);
    Ok(())
}

/// The page that reads nothing.
#[component]
pub(crate) fn HomePage() -> impl IntoView {
    let form = use_action_state(BecomeAnother);
    let name = form.fields().name;
    let done = move || form.succeeded().then_some("You are another now.");
    view! {
        <p>"Nothing is read here."</p>
        <Form state=form>
            <label for=name.id()>"Name"</label>
            <input {..name.input()}/>
            <SubmitButton>"Become"</SubmitButton>
        </Form>
        <p>{done}</p>
        <a href="/who">"Who am I?"</a>
    }
}

/// The page that says it.
#[component]
pub(crate) fn WhoPage() -> impl IntoView {
    let who = use_query(who);
    view! { <Loaded query=who let:name><output>"You are " {name}</output></Loaded> }
}
