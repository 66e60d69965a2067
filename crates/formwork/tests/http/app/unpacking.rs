//! A streaming action: it says of each box that it is unpacked.

use formwork::{cookie::Cookie, prelude::*};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Desk;

#[derive(Form, Validate, Clone, Debug)]
pub struct Delivery {
    #[garde(range(max = 100_000))]
    pub boxes: usize,
    /// What it comes to besides: `cookie`, `go`, `fail`, `hoard`, `news`, `bad news`, `glass`.
    #[garde(skip)]
    pub and: Option<String>,
}

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Unpacked {
    pub boxes: usize,
    pub of: usize,
}

#[action(public)]
pub async fn unpack(
    cx: ActionCx,
    form: Delivery,
    reports: Reports<Unpacked>,
) -> ActionResult<usize> {
    one_by_one(&cx, form, reports).await
}

#[action(public, throttle = "1/minute")]
pub async fn unpack_seldom(
    cx: ActionCx,
    form: Delivery,
    reports: Reports<Unpacked>,
) -> ActionResult<usize> {
    one_by_one(&cx, form, reports).await
}

/// Waits at the gate before each box.
async fn one_by_one(
    cx: &ActionCx,
    form: Delivery,
    reports: Reports<Unpacked>,
) -> ActionResult<usize> {
    let desk = cx.state::<Desk>();
    let (of, and) = (form.boxes, form.and.as_deref().unwrap_or_default());
    desk.record("unpack");
    let _glass = (and == "glass").then(|| Glass);
    if and.ends_with("news") {
        cx.update_tag("news");
    }
    for boxes in 1..=of {
        desk.gate().pass().await;
        desk.record("a box");
        match and {
            "hoard" => reports.replace(Unpacked { boxes, of }),
            _ => reports.send(Unpacked { boxes, of }).await,
        }
    }
    match and {
        "cookie" => cx.set_cookie(Cookie::new("colour", "brown")),
        "go" => cx.redirect("/tickets/1"),
        "fail" | "bad news" => return Err(ActionError::invalid("boxes", "The last one is empty")),
        _ => cx.update_tag("tickets"),
    }
    desk.record("unpack, to its end");
    Ok(of)
}

/// Not to be dropped.
struct Glass;

impl Drop for Glass {
    fn drop(&mut self) {
        panic!("it is broken");
    }
}

#[component]
pub fn Unpacking() -> impl IntoView {
    let state = use_action_state(Unpack);
    let fields = state.fields();
    view! {
        <Form state attr:id="unpack">
            <input {..fields.boxes.input()}/>
            <input {..fields.and.input()}/>
            <FieldIssues field=fields.boxes/>
            <button>"Unpack"</button>
        </Form>
        <SeldomForm/>
        <p id="unpacking">{move || state.latest_report().map(|report| report.boxes)}</p>
        <p id="unpacked">{move || state.value()}</p>
    }
}

#[component]
fn SeldomForm() -> impl IntoView {
    let state = use_action_state(UnpackSeldom);
    let fields = state.fields();
    view! {
        <Form state attr:id="unpack-seldom">
            <input {..fields.boxes.input()}/>
            <input {..fields.and.input()}/>
            <button>"Unpack"</button>
        </Form>
    }
}
