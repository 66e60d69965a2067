//! What was called otherwise in an older build.

use formwork::prelude::*;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Desk, Member};

/// In an older build `subject` or `headline`, `text`, `code`, `place` and `contacts` with `digits`.
#[derive(Form, Validate, Clone, Debug)]
pub struct Report {
    #[garde(length(chars, min = 1, max = 40))]
    #[field(was = "subject", was = "headline")]
    pub title: String,
    #[garde(skip)]
    #[field(was = "text")]
    pub body: String,
    /// Was a text.
    #[garde(skip)]
    pub copies: Option<u8>,
    #[garde(skip)]
    #[field(secret, was = "code")]
    pub pin: Option<String>,
    #[garde(dive)]
    #[field(was = "place")]
    pub room: Place,
    #[garde(dive)]
    #[field(was = "contacts")]
    pub people: Vec<Person>,
}

#[derive(Form, Validate, Clone, Debug)]
pub struct Place {
    #[garde(skip)]
    pub floor: String,
}

#[derive(Form, Validate, Clone, Debug)]
pub struct Person {
    #[garde(skip)]
    #[field(was = "digits")]
    pub phone: String,
}

#[action(public, was = "reports::send", was = "reports.post")]
pub async fn file_report(cx: ActionCx, form: Report) -> ActionResult<String> {
    cx.state::<Desk>().record("file_report");
    Ok(form.title)
}

/// Has bound values, and its guard looks at them.
#[action(guard = Member, was = "reports::mark")]
pub async fn annotate(cx: ActionCx<Member>, ticket: Bound<u64>, form: Remark) -> ActionResult<()> {
    cx.state::<Desk>().record("annotate");
    let _ = (ticket, form);
    Ok(())
}

#[derive(Form, Validate, Clone, Debug)]
pub struct Remark {
    #[garde(skip)]
    #[field(was = "remark")]
    pub note: String,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Annotations(Vec<BoundAction<Annotate>>);

#[query(public)]
pub async fn annotations(cx: QueryCx) -> QueryResult<Annotations> {
    Ok(Annotations((1..=2).map(|id| cx.bind(Annotate::bind(id))).collect()))
}

#[component]
pub fn Reports() -> impl IntoView {
    let form = use_action_state(FileReport);
    let fields = form.fields();
    let rows = use_query(annotations);
    view! {
        <Form state=form attr:id="report">
            <input {..fields.title.input()}/>
            <textarea {..fields.body.textarea()}></textarea>
            <input {..fields.copies.input()}/>
            <input {..fields.pin.input()}/>
            <input {..fields.room.floor.input()}/>
            <EachRow rows=fields.people let:person>
                <input {..person.fields.phone.input()}/>
            </EachRow>
            <SubmitButton>"File"</SubmitButton>
        </Form>
        <p id="filed">{move || form.value()}</p>
        <Suspense>
            {move || rows.get().and_then(Result::ok).map(|rows| {
                let rows = rows.0.into_iter().enumerate();
                rows.map(|(at, row)| view! { <AnnotateForm at row/> }).collect_view()
            })}
        </Suspense>
    }
}

#[component]
fn AnnotateForm(at: usize, row: BoundAction<Annotate>) -> impl IntoView {
    let form = use_action_state(row);
    view! {
        <Form state=form attr:id=format!("annotate-{at}")>
            <input {..form.fields().note.input()}/>
            <SubmitButton>"Note"</SubmitButton>
        </Form>
    }
}
