//! Importing tickets from a CSV file, and how far that is.

use formwork::prelude::*;
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::rows;
use crate::session::SignedIn;
#[cfg(feature = "ssr")]
use crate::{session::Member, store};

/// The file.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct TicketFile {
    /// A row for each ticket.
    #[garde(skip)]
    #[field(label = "CSV file", accept = "text/csv, .csv", max_size = "2 MB")]
    pub(crate) file: Upload,
}

// guide: report
/// How many tickets have been imported so far.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq)]
pub(crate) struct SoFar {
    done: usize,
    total: usize,
}
// guide: end

// guide: action
/// Opens a ticket for each row of the file: all of them, or none. Answers how many.
#[action(guard = Member, order = parallel)]
pub(crate) async fn import_tickets(
    cx: ActionCx<Member>,
    form: TicketFile,
    reports: Reports<SoFar>,
) -> ActionResult<usize> {
    let rows = rows::read(&form.file.bytes().await?).map_err(at_the_file)?;
    let total = rows.len();
    // Stopped while it is committed, it has changed them; one that fails has not, whatever it says.
    cx.update_tag("tickets");
    // Stopped on the way, since its visitor has gone, it leaves nothing: all is one transaction.
    let import = store::tickets::Import::begin(&cx.state(), cx.submission_id()).await?;
    let Some(mut import) = import else { return Ok(total) };
    for (row, done) in rows.into_iter().zip(1..) {
        import.add(cx.guard().user().id, row.into()).await?;
        reports.replace(SoFar { done, total });
    }
    import.commit().await?;
    Ok(total)
}
// guide: end

/// What is wrong with the rows stands at the field of the file.
#[cfg(feature = "ssr")]
fn at_the_file(wrong: Vec<String>) -> ActionError {
    let mut issues = formwork::Issues::default();
    for sentence in wrong {
        issues.push(TicketFile::names().file, sentence);
    }
    ActionError::from_issues(issues)
}

/// The page with the form.
#[component]
pub(crate) fn ImportPage() -> impl IntoView {
    view! {
        <SignedIn>
            <Title text="Import tickets"/>
            <h1>"Import tickets"</h1>
            <p>
                "From a spreadsheet, say: save it as CSV, in UTF-8. Its first line names the columns. "
                <code>"subject"</code>" and "<code>"body"</code>" have to be there; "
                <code>"priority"</code>" (low, normal, high or urgent) and "<code>"affected"</code>
                " (a number of people) may be."
            </p>
            <pre class="sample" tabindex="0" aria-label="An example">{EXAMPLE}</pre>
            <ImportForm/>
        </SignedIn>
    }
}

const EXAMPLE: &str = "subject,body,priority\nPrinter on fire,\"It smokes, too.\",urgent\nNo tea,The pot is empty.,low";

#[component]
fn ImportForm() -> impl IntoView {
    let form = use_action_state(ImportTickets);
    let file = form.fields().file.hinted();
    view! {
        <Form state=form attr:class="card">
            <div class="field">
                <label for=file.id()>"CSV file"</label>
                <input {..file.input()}/>
                <p class="hint" id=file.hint_id()>
                    "At most 2 MB and 5,000 rows. Either all of them are imported or none."
                </p>
                <FieldIssues field=file/>
            </div>
            <HowFar form/>
            <Told form/>
            <SubmitButton pending="Importing…">"Import"</SubmitButton>
        </Form>
    }
    .into_any()
}

// guide: progress
/// How much of the file has been sent, and then how many of its tickets are there.
#[component]
fn HowFar(form: ActionState<ImportTickets>) -> impl IntoView {
    let shown = Memo::new(move |_| form.progress().is_some());
    let far = Memo::new(move |_| match (form.latest_report(), form.progress()) {
        (Some(SoFar { done, total }), _) => ("Importing", done, total),
        (None, Some(sent)) => ("Sending the file", sent.sent as usize, sent.total as usize),
        (None, None) => ("", 0, 1),
    });
    let count = move || form.latest_report().map(|far| format!("{} of {}", far.done, far.total));
    view! {
        <Show when=move || shown.get()>
            <div class="sending">
                <label for="how-far">{move || far.get().0}</label>
                <progress id="how-far" value=move || far.get().1 max=move || far.get().2.max(1)></progress>
                <span class="meta">{count}</span>
                <button type="button" class="secondary" on:click=move |_| form.cancel()>"Cancel"</button>
            </div>
        </Show>
    }
    .into_any()
}
// guide: end

/// What is read out: that it has begun, and what it came to, and no number in between.
#[component]
fn Told(form: ActionState<ImportTickets>) -> impl IntoView {
    let total = Memo::new(move |_| form.latest_report().map(|far| far.total));
    let told = move || match (form.pending(), total.get(), form.value()) {
        (true, Some(total), _) => {
            view! { <span class="visually-hidden">{format!("Importing {}", tickets(total))}</span> }
                .into_any()
        }
        (false, _, Some(count)) => view! {
            <p class="notice">
                {tickets(count)} " imported. " <a href="/tickets">"See them in the list"</a>
            </p>
        }
        .into_any(),
        _ => ().into_any(),
    };
    view! { <div role="status">{told}</div> }.into_any()
}

fn tickets(count: usize) -> String {
    if count == 1 { "1 ticket".to_owned() } else { format!("{count} tickets") }
}
