//! Signing in: the form, the check, and back to where the visitor wanted to go.

use formwork::prelude::*;
use leptos::prelude::*;
use leptos_meta::Title;

// guide: credentials
/// What a visitor signs in with.
#[derive(Form, Validate, Clone)]
pub(crate) struct Credentials {
    /// The address of an account.
    #[garde(length(chars, min = 1, max = 254))]
    #[field(label = "E-mail address", inputmode = "email", autocomplete = "username")]
    pub(crate) email: String,
    /// Its password; the upper bound is on the work of hashing it.
    #[garde(length(bytes, min = 1, max = 1_000))]
    #[field(secret, autocomplete = "current-password")]
    pub(crate) password: String,
}
// guide: end

// guide: action
/// Starts a session and goes where `next` in the page's address says, or stays on the page that asked
/// for it.
#[action(public, idempotent, throttle = "10/minute")]
pub(crate) async fn sign_in(cx: ActionCx, form: Credentials) -> ActionResult<()> {
    use crate::store::users;

    // `cargo xtask test --only absence` looks for it in what the browser gets.
    std::hint::black_box("t10-planted-in-an-action");

    let pool: sqlx::SqlitePool = cx.state();
    let user = users::authenticate(&pool, form.email.trim(), &form.password).await?;
    // One message for both: which addresses have an account is nobody's business.
    let user = user.ok_or_else(|| {
        ActionError::invalid("", "This e-mail address and password don't belong together.")
    })?;
    super::guard::begin(cx.parts(), &user).await?;
    cx.refresh();
    let uri = &cx.parts().uri;
    let here = uri.path_and_query().map_or("/", |here| here.as_str());
    cx.redirect(destination(cx.query_param("next"), here));
    Ok(())
}
// guide: end

// guide: destination
/// The page that `next` names, if it is one of ours; otherwise the page that asked to sign in, and
/// from the sign-in page itself the tickets.
#[cfg(feature = "ssr")]
fn destination(next: Option<String>, here: &str) -> String {
    let here = if here.starts_with("/sign-in") { "/tickets" } else { here };
    let to = next.filter(|next| formwork::is_local_path(next));
    to.or_else(|| formwork::is_local_path(here).then(|| here.to_owned()))
        .unwrap_or_else(|| "/tickets".to_owned())
}
// guide: end

/// The page with the form.
#[component]
pub(crate) fn SignInPage() -> impl IntoView {
    view! {
        <Title text="Sign in"/>
        <div class="sign-in">
            <h1>"Sign in"</h1>
            <SignInForm/>
        </div>
    }
}

// guide: form
/// The form, on its own page and wherever a page asks for it.
#[component]
pub(crate) fn SignInForm() -> impl IntoView {
    let form = use_action_state(SignIn);
    let fields = form.fields();
    view! {
        <Form state=form attr:class="card">
            <div class="field">
                <label for=fields.email.id()>{fields.email.label()}</label>
                <input {..fields.email.input()}/>
                <FieldIssues field=fields.email/>
            </div>
            <div class="field">
                <label for=fields.password.id()>{fields.password.label()}</label>
                <input {..fields.password.input()}/>
                <FieldIssues field=fields.password/>
            </div>
            <SubmitButton pending="Signing in…">"Sign in"</SubmitButton>
        </Form>
        <p class="hint">
            "To look around: " <code>"demo@example.org"</code> " with the password "
            <code>"correct horse battery"</code>
        </p>
    }
}
// guide: end

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_host_are_gone_back_to() {
        for (next, to) in [
            ("/tickets/new", "/tickets/new"),
            ("/tickets/7?x=1", "/tickets/7?x=1"),
            ("", "/tickets"),
            ("tickets", "/tickets"),
            ("//evil.example", "/tickets"),
            ("/\\evil.example", "/tickets"),
            ("/\t/evil.example", "/tickets"),
            ("https://evil.example", "/tickets"),
            ("javascript:alert(1)", "/tickets"),
        ] {
            assert_eq!(destination(Some(next.to_owned()), "/sign-in"), to, "{next:?}");
        }
        assert_eq!(destination(None, "/sign-in?next="), "/tickets");
        assert_eq!(destination(None, "/tickets/7?x=1"), "/tickets/7?x=1");
        assert_eq!(destination(None, "//evil.example/"), "/tickets");
    }
}
