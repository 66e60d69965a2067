//! Actions that declare limits, and the page with a form of each.

use formwork::prelude::*;
use leptos::prelude::*;

use super::{Desk, Member, Word, views::WordForm};

// guide: limits
#[action(public, throttle = "2/minute")]
pub async fn whisper(cx: ActionCx, form: Word) -> ActionResult<String> {
    cx.state::<Desk>().record("whisper");
    Ok(form.word)
}
// guide: end

#[action(guard = Member, throttle = "2/minute")]
pub async fn petition(cx: ActionCx<Member>, form: Word) -> ActionResult<String> {
    cx.state::<Desk>().record("petition");
    Ok(form.word)
}

// guide: limits
#[action(public, body_limit = 8 * 1024)]
pub async fn send_much(cx: ActionCx, form: Word) -> ActionResult<usize> {
    cx.state::<Desk>().record("send_much");
    Ok(form.word.len())
}
// guide: end

#[action(public, body_limit = 1024)]
pub async fn send_little(cx: ActionCx, form: Word) -> ActionResult<usize> {
    cx.state::<Desk>().record("send_little");
    Ok(form.word.len())
}

// guide: limits
/// Waits at the gate, but not for long.
#[action(public, time_limit = 1)]
pub async fn linger(cx: ActionCx, form: Word) -> ActionResult<String> {
    let desk = cx.state::<Desk>();
    desk.record("linger");
    desk.gate().pass().await;
    desk.record("linger, to its end");
    Ok(form.word)
}
// guide: end

/// Lets in whoever comes, but not while the gate is closed.
pub struct Doorkeeper;

impl Guard for Doorkeeper {
    async fn check(cx: &GuardCx) -> ActionResult<Self> {
        let desk = cx.state::<Desk>();
        desk.record("doorkeeper");
        desk.gate().pass().await;
        Ok(Doorkeeper)
    }
}

#[action(guard = Doorkeeper)]
pub async fn step_in(cx: ActionCx<Doorkeeper>, form: Word) -> ActionResult<String> {
    cx.state::<Desk>().record("step_in");
    Ok(form.word)
}

#[query(guard = Doorkeeper)]
pub async fn inside(cx: QueryCx<Doorkeeper>) -> QueryResult<String> {
    cx.state::<Desk>().record("inside");
    Ok("Warm".to_owned())
}

#[component]
pub fn Limited() -> impl IntoView {
    view! {
        <WordForm id="whisper" state=use_action_state(Whisper)/>
        <WordForm id="petition" state=use_action_state(Petition)/>
        <WordForm id="send-much" state=use_action_state(SendMuch)/>
        <WordForm id="send-little" state=use_action_state(SendLittle)/>
        <WordForm id="linger" state=use_action_state(Linger)/>
        <WordForm id="step-in" state=use_action_state(StepIn)/>
    }
}
