//! The guestbook's only page.

use formwork::prelude::*;
use leptos::{config::LeptosOptions, prelude::*};

use crate::posts::{AddPost, Post, posts};

// guide: shell
/// The document.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>"Guestbook"</title>
                <link rel="icon" href="data:,"/>
                <link rel="stylesheet" href="/pkg/guestbook.css"/>
                <ClientScripts options/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}
// guide: end

// guide: app
/// The application.
#[component]
pub fn App() -> impl IntoView {
    provide_formwork();
    view! {
        <PageBoundary fallback=|error| view! { <ErrorPage error/> }>
            <main>
                <h1>"Guestbook"</h1>
                <NewPostForm/>
                <Posts/>
            </main>
        </PageBoundary>
    }
}
// guide: end

// guide: form
#[component]
fn NewPostForm() -> impl IntoView {
    let form = use_action_state(AddPost);
    let fields = form.fields();
    view! {
        // Without JavaScript, too, the page says what is wrong rather than the browser.
        <Form state=form attr:id="post" attr:novalidate=true>
            <label for=fields.title.id()>"Title"</label>
            <input {..fields.title.input()}/>
            <FieldIssues field=fields.title/>
            <label for=fields.body.id()>"Text"</label>
            <textarea rows="4" {..fields.body.textarea()}></textarea>
            <FieldIssues field=fields.body/>
            <SubmitButton pending="Posting…">"Post"</SubmitButton>
        </Form>
    }
}
// guide: end

// guide: list
#[component]
fn Posts() -> impl IntoView {
    let posts = use_query(posts);
    view! {
        <Loaded query=posts fallback=|| view! { <p>"Loading…"</p> } let:posts>
            <ul id="posts">
                <Each each=move || posts.get() key=|post| post.id children=item/>
            </ul>
        </Loaded>
    }
}
// guide: end

// guide: list
fn item(post: Post) -> impl IntoView {
    view! {
        <li data-id=post.id>
            <h2 class="post-title">{post.title}</h2>
            <p class="post-body">{post.body}</p>
        </li>
    }
}
// guide: end

// guide: error
#[component]
fn ErrorPage(error: PublicError) -> impl IntoView {
    view! {
        <main class="error-page">
            <h1>{error.kind.status()}</h1>
            <p>{error.to_string()}</p>
            <p><a href="/">"Back to the guestbook"</a></p>
        </main>
    }
}
// guide: end
