//! Guards with parameters and about a thing, what stands around a handler, and the pages for them.

use std::marker::PhantomData;

use formwork::{Guarded, prelude::*};
use leptos::prelude::*;

use super::{Desk, Member, Word, views::WordForm};

/// What somebody may be allowed to do.
pub trait Permission: Send + Sync + 'static {
    const NAME: &'static str;
}

pub struct Moderate;

impl Permission for Moderate {
    const NAME: &'static str = "moderate";
}

pub struct Publish;

impl Permission for Publish {
    const NAME: &'static str = "publish";
}

// guide: guard
/// A member whom the request says to be allowed this.
pub struct Has<P> {
    pub member: Member,
    permission: PhantomData<P>,
}
// guide: end

// guide: guard
impl<P: Permission> Guard for Has<P> {
    async fn check(cx: &GuardCx) -> ActionResult<Self> {
        cx.state::<Desk>().record(P::NAME);
        let member = Member::check(cx).await?;
        let granted = cx.cookie("granted").unwrap_or_default();
        if granted.split('+').any(|name| name == P::NAME) {
            Ok(Has { member, permission: PhantomData })
        } else {
            Err(ActionError::forbidden(format!("You may not {}.", P::NAME)))
        }
    }
}
// guide: end

// guide: owner
/// Whoever the ticket that is acted on belongs to: each member has the one that their header says.
pub struct Owner {
    pub ticket: u64,
}
// guide: end

// guide: owner
impl Guard for Owner {
    async fn check(cx: &GuardCx) -> ActionResult<Self> {
        cx.state::<Desk>().record("owner");
        let ticket: u64 = cx.resource("id")?;
        let own = cx.parts().headers.get("x-owns").and_then(|own| own.to_str().ok());
        if own == Some(&*ticket.to_string()) {
            Ok(Owner { ticket })
        } else {
            Err(ActionError::forbidden(format!("Ticket {ticket} is somebody else's.")))
        }
    }
}
// guide: end

/// Whoever aims at this, by the query string that axum reads and by what a layer put there.
pub struct Aimed(pub String);

#[derive(serde::Deserialize)]
struct Target {
    at: u8,
}

impl Guard for Aimed {
    async fn check(cx: &GuardCx) -> ActionResult<Self> {
        let axum::extract::Query(Target { at }) = cx.extract().await?;
        let axum::Extension(by): axum::Extension<Layered> = cx.extract().await?;
        Ok(Aimed(format!("{at} by {}", by.0)))
    }
}

/// What a layer of the application puts into a request.
#[derive(Clone)]
pub struct Layered(pub &'static str);

#[action(guard = Aimed)]
pub async fn aim(cx: ActionCx<Aimed>, _form: Word) -> ActionResult<String> {
    cx.state::<Desk>().record("aim");
    Ok(cx.guard().0.clone())
}

/// Asks for what nothing it stands before has.
pub struct Confused;

impl Guard for Confused {
    async fn check(cx: &GuardCx) -> ActionResult<Self> {
        let _: u64 = cx.bound("ticket")?;
        Ok(Confused)
    }
}

#[action(guard = Has<Moderate>)]
pub async fn hide(cx: ActionCx<Has<Moderate>>, form: Word) -> ActionResult<String> {
    cx.state::<Desk>().record("hide");
    Ok(format!("{} by {}", form.word, cx.guard().member.0))
}

#[action(guard = Has<Publish>)]
pub async fn release(cx: ActionCx<Has<Publish>>, form: Word) -> ActionResult<String> {
    cx.state::<Desk>().record("release");
    Ok(form.word)
}

/// About the ticket in the page's path.
#[action(guard = Owner)]
pub async fn tear_up(cx: ActionCx<Owner>, _form: Word) -> ActionResult<u64> {
    cx.state::<Desk>().record("tear_up");
    Ok(cx.guard().ticket)
}

/// About the ticket that is bound to it, whatever the path says.
#[action(guard = Owner)]
pub async fn frame(cx: ActionCx<Owner>, id: Bound<u64>, _form: Word) -> ActionResult<u64> {
    assert_eq!(*id, cx.guard().ticket, "the guard and the handler speak of the same");
    cx.state::<Desk>().record("frame");
    Ok(*id)
}

#[action(guard = Confused)]
pub async fn muddle(cx: ActionCx<Confused>, _form: Word) -> ActionResult<()> {
    cx.state::<Desk>().record("muddle");
    Ok(())
}

#[query(public)]
pub async fn frames(cx: QueryCx) -> QueryResult<BoundAction<Frame>> {
    Ok(cx.bind(Frame::bind(2)))
}

/// Five queries under one guard are asked for by [`Notes`]; this is each of them.
#[query(guard = Has<Moderate>)]
pub async fn note(cx: QueryCx<Has<Moderate>>, number: u64) -> QueryResult<String> {
    Ok(format!("note {number} for {}", cx.guard().member.0))
}

#[query(guard = Owner)]
pub async fn secret_of(cx: QueryCx<Owner>, id: u64) -> QueryResult<String> {
    assert_eq!(cx.guard().ticket, id);
    Ok(format!("the secret of {id}"))
}

#[query(guard = Has<Moderate>)]
pub async fn moderator(cx: QueryCx<Has<Moderate>>) -> QueryResult<String> {
    Ok(cx.guard().member.0.clone())
}

/// What a wrap puts into the context: writes nothing before it is committed.
#[derive(Clone)]
pub struct Transaction(pub Desk);

/// Commits what the handler did, if it succeeded.
async fn in_transaction<G, T>(cx: ActionCx<G>, next: Next<G, T>) -> ActionResult<T> {
    let desk: Desk = cx.state();
    assert_eq!(next.action(), "guarded::book");
    desk.record("begin");
    let value = next.run(cx.with(Transaction(desk.clone()))).await?;
    desk.record("commit");
    Ok(value)
}

#[action(public, wrap = in_transaction, id = "guarded::book")]
pub async fn book(cx: ActionCx, form: Word) -> ActionResult<String> {
    cx.state::<Transaction>().0.record("book");
    match form.word.as_str() {
        "fail" => Err(ActionError::conflict("It is taken.")),
        "panic" => panic!("the pen is empty"),
        _ => Ok(form.word),
    }
}

#[component]
pub fn GuardedPage() -> impl IntoView {
    let frames = use_query(frames);
    view! {
        <WordForm id="hide" state=use_action_state(Hide)/>
        <WordForm id="release" state=use_action_state(Release)/>
        <WordForm id="tear-up" state=use_action_state(TearUp)/>
        <WordForm id="aim" state=use_action_state(Aim)/>
        <WordForm id="muddle" state=use_action_state(Muddle)/>
        <WordForm id="book" state=use_action_state(Book)/>
        <Suspense>
            {move || frames.get().and_then(Result::ok).map(|frame| view! {
                <WordForm id="frame" state=use_action_state(frame)/>
            })}
        </Suspense>
    }
}

/// Reads five queries under one guard.
#[component]
pub fn Notes() -> impl IntoView {
    let note = |number| {
        let text = use_query(move || note(number));
        view! {
            <Suspense>
                {move || text.get().and_then(Result::ok).map(|text| view! { <p class="note">{text}</p> })}
            </Suspense>
        }
    };
    (1..=5).map(note).collect_view()
}

/// A page for those who pass a guard.
#[component]
pub fn Room() -> impl IntoView {
    view! {
        <Guarded by=moderator>
            <p id="room">"For moderators only."</p>
        </Guarded>
    }
}
