//! The only page.

use formwork::prelude::*;
use leptos::{config::LeptosOptions, prelude::*};

use crate::books::{AddBook, Book, books};

/// The document around the application; it is rendered on the server alone.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>"Reading list"</title>
                <link rel="icon" href="/favicon.svg"/>
                <link rel="stylesheet" href="/pkg/app.css"/>
                // Under `cargo leptos watch`: the page is loaded again when something was built.
                <AutoReload options=options.clone()/>
                <ClientScripts options/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// The application, as the server renders it and the browser takes it over.
#[component]
pub fn App() -> impl IntoView {
    provide_formwork();
    view! {
        // Shows the error page when there is no such page, or something on it failed.
        <PageBoundary fallback=|error| view! { <ErrorPage error/> }>
            <main>
                <h1>"Reading list"</h1>
                <NewBookForm/>
                <Books/>
            </main>
        </PageBoundary>
    }
}

/// Posts to this very page. Without JavaScript the page comes back; with it, only what has changed.
#[component]
fn NewBookForm() -> impl IntoView {
    let form = use_action_state(AddBook);
    // One for each field of `NewBook`: a misspelt one does not compile.
    let fields = form.fields();
    let added =
        move || form.succeeded().then(|| view! { <p class="notice">"Added to the list."</p> });
    view! {
        <Form state=form attr:class="card">
            <label for=fields.title.id()>"Title"</label>
            <input {..fields.title.input()}/>
            <FieldIssues field=fields.title/>
            <label for=fields.reason.id()>"Why read it?"</label>
            <textarea rows="3" {..fields.reason.textarea()}></textarea>
            <FieldIssues field=fields.reason/>
            <SubmitButton pending="Adding…">"Add"</SubmitButton>
            <div role="status">{added}</div>
        </Form>
    }
}

#[component]
fn Books() -> impl IntoView {
    let books = use_query(books);
    view! {
        <Loaded query=books let:books>
            <Show when=move || books.with(Vec::is_empty)>
                <p class="empty">"Nothing yet. What would you like to read?"</p>
            </Show>
            <ul class="books">
                <Each each=move || books.get() key=|book| book.id children=book/>
            </ul>
        </Loaded>
    }
}

fn book(book: Book) -> impl IntoView {
    view! {
        <li class="card">
            <h2>{book.title}</h2>
            {(!book.reason.is_empty()).then(|| view! { <p>{book.reason}</p> })}
        </li>
    }
}

#[component]
fn ErrorPage(error: PublicError) -> impl IntoView {
    view! {
        <main>
            <h1>{error.kind.status()}</h1>
            <p>{error.to_string()}</p>
            <p><a href="/">"Back to the list"</a></p>
        </main>
    }
}
