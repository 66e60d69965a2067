//! Files of a ticket and of its comments: chosen, shown, and how far they have been sent.
//!
//! Each part is erased: with its type in the types of the page, they would be too deep for the compiler.

use formwork::{Field, Upload, prelude::*};
use leptos::prelude::*;

use crate::model::Attachment;

// guide: choose
/// The control to choose some.
#[component]
pub(super) fn ChooseFiles(
    /// Of the form.
    field: Field<Vec<Upload>>,
) -> impl IntoView {
    let field = field.hinted();
    view! {
        <div class="field">
            <label for=field.id()>"Files (optional)"</label>
            <input {..field.input()}/>
            <p class="hint" id=field.hint_id()>
                "Images, PDF and text, up to five of at most 10 MB each, 20 MB in all"
            </p>
            <FieldIssues field/>
        </div>
    }
    .into_any()
}
// guide: end

// guide: progress
/// How much has been sent, with a button that breaks it off.
#[component]
pub(super) fn Sending<A: formwork::Action>(
    /// Of the form that sends them.
    form: ActionState<A>,
) -> impl IntoView {
    let shown = Memo::new(move |_| form.progress().is_some());
    let sent = move || form.progress().map_or(0, |progress| progress.sent);
    let total = move || form.progress().map_or(1, |progress| progress.total.max(1));
    view! {
        <Show when=move || shown.get()>
            <p class="sending">
                <progress aria-label="Sending the files" value=sent max=total></progress>
                <button type="button" class="secondary" on:click=move |_| form.cancel()>"Cancel"</button>
            </p>
        </Show>
    }
    .into_any()
}
// guide: end

/// Those that are there; an image is shown small.
#[component]
pub(super) fn Attached(
    /// In the order in which they came.
    #[prop(into)]
    files: Signal<Vec<Attachment>>,
) -> impl IntoView {
    let some = Memo::new(move |_| files.with(|files| !files.is_empty()));
    view! {
        <Show when=move || some.get()>
            <ul class="attachments">
                <Each each=move || files.get() key=|file| file.id let:file>
                    <li>{link(file)}</li>
                </Each>
            </ul>
        </Show>
    }
    .into_any()
}

fn link(file: Attachment) -> impl IntoView {
    let href = format!("/attachments/{}", file.id);
    let image = file.content_type.starts_with("image/").then(|| {
        view! { <img src=format!("{href}/small") alt="" loading="lazy" width="64" height="64"/> }
    });
    let size = size_of(file.size);
    // Not a page of ours: the router leaves it to the browser.
    view! { <a href=href rel="external" target="_blank">{image} {file.file_name} " " <span class="meta">{size}</span></a> }.into_any()
}

fn size_of(bytes: i64) -> String {
    match bytes {
        ..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}
