//! Actions that act on what the server bound to them, and the pages that hand them out.

use std::time::Duration;

use formwork::prelude::*;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Desk, Member};

#[derive(Form, Validate, Clone, Debug)]
pub struct Title {
    #[garde(length(chars, min = 1, max = 20))]
    pub title: String,
}

#[action(public)]
pub async fn retitle(cx: ActionCx, ticket: Bound<u64>, form: Title) -> ActionResult<()> {
    let desk = cx.state::<Desk>();
    desk.record("retitle");
    let mut tickets = desk.tickets();
    let ticket = tickets.iter_mut().find(|found| found.id == *ticket);
    ticket.ok_or_else(|| ActionError::not_found("There is no such ticket."))?.title = form.title;
    cx.update_tag("tickets");
    Ok(())
}

/// What a button brings into the form of [`retitle`].
#[action(public)]
pub async fn stamp(cx: ActionCx, ticket: Bound<u64>, form: Title) -> ActionResult<String> {
    cx.state::<Desk>().record("stamp");
    Ok(format!("{} on {}", form.title, *ticket))
}

/// Two values and no form.
#[action(public)]
pub async fn hand_over(
    cx: ActionCx,
    ticket: Bound<u64>,
    to: Bound<String>,
) -> ActionResult<String> {
    cx.state::<Desk>().record("hand_over");
    Ok(format!("{} to {}", *ticket, to.into_inner()))
}

/// Writes, and waits at the gate. What is there it refuses.
#[action(guard = Member)]
pub async fn sign(cx: ActionCx<Member>, ticket: Bound<u64>, form: Title) -> ActionResult<String> {
    let desk = cx.state::<Desk>();
    desk.record("sign");
    let signed = format!("{}: {} on {}", cx.guard().0, form.title, *ticket);
    if desk.tickets().iter().any(|ticket| ticket.title == signed) {
        return Err(ActionError::conflict("That is signed."));
    }
    desk.add(signed.clone());
    desk.gate().pass().await;
    Ok(signed)
}

/// A ticket, and what can be done with it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct TicketRow {
    id: u64,
    retitle: BoundAction<Retitle>,
    stamp: BoundAction<Stamp>,
    hand_over: BoundAction<HandOver>,
}

/// Whom a ticket is handed over to: nowhere else on the page.
pub const SUCCESSOR: &str = "bartholomew";

// guide: hand-out
#[query(public, tags("tickets"))]
pub async fn ticket_rows(cx: QueryCx) -> QueryResult<Vec<TicketRow>> {
    let row = |id| TicketRow {
        id,
        retitle: cx.bind(Retitle::bind(id).expires_in(Duration::from_secs(3_600))),
        stamp: cx.bind(Stamp::bind(id)),
        hand_over: cx.bind(HandOver::bind(id, SUCCESSOR.to_owned())),
    };
    Ok(cx.state::<Desk>().tickets().iter().map(|ticket| row(ticket.id)).collect())
}
// guide: end

// guide: for-one
/// For whoever reads it, and nobody else.
#[query(guard = Member)]
pub async fn mine(cx: QueryCx<Member>) -> QueryResult<BoundAction<Sign>> {
    Ok(cx.bind(Sign::bind(7).for_this_visitor()))
}
// guide: end

/// For a second or two.
#[query(public)]
pub async fn brief(cx: QueryCx) -> QueryResult<BoundAction<Retitle>> {
    Ok(cx.bind(Retitle::bind(1).expires_in(Duration::from_secs(1))))
}

#[component]
pub fn BoundRows() -> impl IntoView {
    let rows = use_query(ticket_rows);
    view! {
        <Suspense>
            {move || {
                let rows = rows.get().and_then(Result::ok).into_iter().flatten();
                rows.map(|row| view! { <BoundRow row/> }).collect_view()
            }}
        </Suspense>
    }
}

#[component]
fn BoundRow(row: TicketRow) -> impl IntoView {
    let form = use_action_state(row.retitle);
    let stamp = use_action_state(row.stamp);
    let hand_over = use_action_state(row.hand_over);
    let id = row.id;
    view! {
        <Form state=form attr:id=format!("row-{id}")>
            <input {..form.fields().title.input()}/>
            <FieldIssues field=form.fields().title/>
            <SubmitButton>"Retitle"</SubmitButton>
            <SubmitButton action=stamp.button() attr:class="stamp">"Stamp"</SubmitButton>
        </Form>
        <p id=format!("stamped-{id}")>{move || stamp.value()}</p>
        <Form state=hand_over attr:id=format!("hand-over-{id}")>
            <SubmitButton>"Hand over"</SubmitButton>
        </Form>
        <p id=format!("handed-over-{id}")>{move || hand_over.value()}</p>
    }
}

#[component]
pub fn Mine() -> impl IntoView {
    let mine = use_query(mine);
    view! {
        <Suspense>
            {move || mine.get().and_then(Result::ok).map(|action| {
                let form = use_action_state(action);
                view! {
                    <Form state=form attr:id="sign">
                        <input {..form.fields().title.input()}/>
                        <SubmitButton>"Sign"</SubmitButton>
                    </Form>
                    <p id="signed">{move || form.value()}</p>
                }
            })}
        </Suspense>
    }
}

#[component]
pub fn Brief() -> impl IntoView {
    let brief = use_query(brief);
    view! {
        <Suspense>
            {move || brief.get().and_then(Result::ok).map(|action| {
                let form = use_action_state(action);
                view! {
                    <Form state=form attr:id="brief">
                        <input {..form.fields().title.input()}/>
                        <SubmitButton>"Retitle"</SubmitButton>
                    </Form>
                }
            })}
        </Suspense>
    }
}
