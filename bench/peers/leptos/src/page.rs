//! The guestbook's only page.

use leptos::prelude::*;

use crate::posts::{AddPost, posts};

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
                <link rel="stylesheet" href="/pkg/leptos-peer.css"/>
                <HydrationScripts options/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// The application.
#[component]
pub fn App() -> impl IntoView {
    let add = ServerAction::<AddPost>::new();
    let posts = Resource::new(move || add.version().get(), |_| posts());
    let form = NodeRef::<leptos::html::Form>::new();
    let issue = move || add.value().get().and_then(Result::err).map(|error| error.to_string());
    // What was posted leaves the form, as after a document load.
    Effect::new(move || {
        if let (Some(Ok(_)), Some(form)) = (add.value().get(), form.get_untracked()) {
            form.reset();
        }
    });
    view! {
        <main>
            <h1>"Guestbook"</h1>
            <ActionForm action=add node_ref=form attr:id="post">
                <label for="title">"Title"</label>
                <input type="text" id="title" name="title"/>
                <label for="body">"Text"</label>
                <textarea rows="4" id="body" name="body"></textarea>
                <p class="issue" role="alert">{issue}</p>
                <button disabled=add.pending()>
                    {move || if add.pending().get() { "Posting…" } else { "Post" }}
                </button>
            </ActionForm>
            <Transition fallback=|| view! { <p>"Loading…"</p> }>
                <ul id="posts">
                    <For
                        each=move || posts.get().and_then(Result::ok).unwrap_or_default()
                        key=|post| post.id
                        let(post)
                    >
                        <li data-id=post.id>
                            <h2 class="post-title">{post.title}</h2>
                            <p class="post-body">{post.body}</p>
                        </li>
                    </For>
                </ul>
            </Transition>
        </main>
    }
}
