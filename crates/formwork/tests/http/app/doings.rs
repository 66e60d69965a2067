//! What the application's visitors can do and read.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
};

use formwork::{cookie::Cookie, prelude::*};
use serde::{Deserialize, Serialize};

use super::{Desk, Ticket};

/// Every kind of field.
#[derive(Form, Validate, Clone, Debug)]
pub struct NewTicket {
    #[garde(length(chars, min = 1, max = 20))]
    pub title: String,
    #[garde(length(chars, max = 200))]
    pub body: String,
    #[garde(range(min = 1, max = 5))]
    pub copies: u8,
    #[garde(skip)]
    pub urgent: bool,
    #[garde(inner(range(min = 1, max = 30)))]
    pub days: Option<u32>,
    #[garde(skip)]
    pub priority: Priority,
    #[garde(length(chars, min = 4))]
    #[field(secret)]
    pub pin: String,
}

#[derive(FormChoice, Clone, Copy, PartialEq, Debug)]
pub enum Priority {
    Low,
    Normal,
    VeryHigh,
}

#[action(public)]
pub async fn open_ticket(cx: ActionCx, form: NewTicket) -> ActionResult<u64> {
    let desk = cx.state::<Desk>();
    desk.record("open_ticket");
    cx.update_tag("tickets");
    Ok(desk.add(form.title))
}

/// One row of a list.
#[derive(Form, Validate, Clone, Debug)]
pub struct NewTitle {
    #[garde(skip)]
    pub id: u64,
    #[garde(length(chars, min = 1, max = 20))]
    pub title: String,
}

#[action(public)]
pub async fn rename_ticket(cx: ActionCx, form: NewTitle) -> ActionResult<()> {
    let desk = cx.state::<Desk>();
    desk.record("rename_ticket");
    let mut tickets = desk.tickets();
    if tickets.iter().any(|other| other.id != form.id && other.title == form.title) {
        let error = ActionError::conflict("Another ticket has this title by now.");
        return Err(error.with_issue(NewTitle::names().title, "Choose another title"));
    }
    let ticket = tickets.iter_mut().find(|ticket| ticket.id == form.id);
    ticket.ok_or_else(|| ActionError::not_found("There is no such ticket."))?.title = form.title;
    cx.update_tag("tickets");
    Ok(())
}

/// Takes the ticket from the page's path.
#[action(public)]
pub async fn close_ticket(cx: ActionCx) -> ActionResult<u64> {
    let id: u64 = cx.param("id")?;
    let desk = cx.state::<Desk>();
    desk.record("close_ticket");
    if desk.tickets().iter().all(|ticket| ticket.id != id) {
        return Err(ActionError::not_found("There is no such ticket."));
    }
    Ok(id)
}

#[derive(Form, Validate, Clone, Debug)]
pub struct Decision {
    #[garde(skip)]
    pub note: String,
    #[garde(skip)]
    pub verdict: String,
}

#[action(public)]
pub async fn decide(cx: ActionCx, form: Decision) -> ActionResult<String> {
    cx.state::<Desk>().record("decide");
    Ok(format!("{}: {}", form.verdict, form.note))
}

#[derive(Form, Validate, Clone, Debug)]
pub struct Note {
    #[garde(skip)]
    pub note: String,
}

/// The action that a button brings into the form of [`decide`].
#[action(public)]
pub async fn set_aside(cx: ActionCx, form: Note) -> ActionResult<String> {
    cx.state::<Desk>().record("set_aside");
    Ok(form.note)
}

#[derive(Form, Validate, Clone, Debug)]
pub struct Target {
    #[garde(skip)]
    pub to: String,
}

#[action(public)]
pub async fn go(cx: ActionCx, form: Target) -> ActionResult<()> {
    cx.state::<Desk>().record("go");
    cx.redirect(form.to);
    Ok(())
}

/// May leave the application.
#[action(public)]
pub async fn leave(cx: ActionCx, form: Target) -> ActionResult<()> {
    cx.redirect_external(form.to);
    Ok(())
}

#[derive(Form, Validate, Clone, Debug)]
pub struct Word {
    #[garde(skip)]
    pub word: String,
    #[garde(skip)]
    #[field(secret)]
    pub secret: String,
}

/// Has an id of its own.
#[action(public, id = "desk.echo")]
pub async fn echo(cx: ActionCx, form: Word) -> ActionResult<String> {
    cx.state::<Desk>().record("echo");
    Ok(form.word)
}

#[action(public)]
pub async fn burst(cx: ActionCx, form: Word) -> ActionResult<()> {
    cx.state::<Desk>().record("burst");
    panic!("the pipe is corroded at {}", form.word);
}

#[derive(Form, Validate, Clone, Debug)]
pub struct Glass {
    #[garde(custom(once_brittle))]
    pub glass: String,
}

/// A rule that breaks the first time that it is asked.
fn once_brittle(_: &str, _: &()) -> garde::Result {
    static BROKEN: AtomicBool = AtomicBool::new(false);
    assert!(BROKEN.swap(true, Ordering::Relaxed), "the glass is cracked");
    Ok(())
}

#[action(public)]
pub async fn pour(cx: ActionCx, form: Glass) -> ActionResult<String> {
    cx.state::<Desk>().record("pour");
    Ok(form.glass)
}

#[action(public)]
pub async fn stumble(cx: ActionCx, form: Word) -> ActionResult<u64> {
    cx.state::<Desk>().record("stumble");
    Ok(form.word.parse()?)
}

#[action(public)]
pub async fn lose(cx: ActionCx) -> ActionResult<()> {
    cx.state::<Desk>().record("lose");
    Err(ActionError::not_found("It is nowhere to be found."))
}

#[action(guard = Member)]
pub async fn vote(cx: ActionCx<Member>, form: Word) -> ActionResult<String> {
    cx.state::<Desk>().record("vote");
    Ok(format!("{} votes {}", cx.guard().0, form.word))
}

#[action(public)]
pub async fn paint(cx: ActionCx, form: Word) -> ActionResult<()> {
    cx.state::<Desk>().record("paint");
    let mut cookie = Cookie::new("colour", form.word);
    cookie.set_path("/");
    cx.set_cookie(cookie);
    Ok(())
}

/// Running it twice is as running it once, so each submission runs.
#[action(public, idempotent)]
pub async fn ring(cx: ActionCx) -> ActionResult<()> {
    cx.state::<Desk>().record("ring");
    Ok(())
}

/// Makes the queries with this tag stale.
#[action(public)]
pub async fn touch(cx: ActionCx, form: Word) -> ActionResult<()> {
    cx.state::<Desk>().record("touch");
    cx.update_tag(form.word);
    Ok(())
}

/// Waits at the gate before it writes.
#[action(public)]
pub async fn write_slowly(cx: ActionCx, form: Word) -> ActionResult<u64> {
    let desk = cx.state::<Desk>();
    desk.record("write_slowly");
    desk.gate().pass().await;
    if form.word.starts_with("in vain") {
        return Err(ActionError::internal(format!("the ink has dried: {}", form.word)));
    }
    let id = desk.add(form.word);
    desk.record("write_slowly, to its end");
    Ok(id)
}

/// Fails at first.
#[action(public)]
pub async fn second_try(cx: ActionCx, form: Word) -> ActionResult<String> {
    let desk = cx.state::<Desk>();
    desk.record("second_try");
    if desk.ran("second_try") == 1 {
        return Err(ActionError::unavailable("Not just now."));
    }
    Ok(form.word)
}

/// Whoever says who they are.
pub struct Member(pub String);

impl Guard for Member {
    async fn check(cx: &GuardCx) -> Result<Self, ActionError> {
        match cx.parts().headers.get("x-member").and_then(|name| name.to_str().ok()) {
            Some("mallory") => Err(ActionError::forbidden("Mallory may not.")),
            Some(name) => Ok(Member(name.to_owned())),
            None => Err(ActionError::unauthorized("Say who you are.")),
        }
    }

    fn subject(&self) -> Option<String> {
        assert_ne!(self.0, "rumpelstiltskin", "nobody may know that name");
        Some(self.0.clone())
    }
}

#[query(public, tags("tickets"))]
pub async fn tickets(cx: QueryCx) -> QueryResult<Vec<Ticket>> {
    let desk = cx.state::<Desk>();
    desk.record("tickets");
    Ok(desk.tickets().clone())
}

#[query(public, tags("tickets", "ticket:{id}"))]
pub async fn ticket(cx: QueryCx, id: u64) -> QueryResult<Ticket> {
    let found = cx.state::<Desk>().tickets().iter().find(|ticket| ticket.id == id).cloned();
    found.ok_or_else(|| ActionError::not_found("There is no such ticket."))
}

#[query(public, tags("slow"))]
pub async fn slow(cx: QueryCx) -> QueryResult<String> {
    cx.state::<Desk>().gate().pass().await;
    Ok("Worth the wait.".to_owned())
}

/// Set by the test that [`computed`] is about.
pub static LET_GO: AtomicBool = AtomicBool::new(false);

/// Keeps its thread until it is let go, or for three seconds.
#[query(public, tags("computed"))]
pub async fn computed() -> QueryResult<String> {
    for _ in 0..300 {
        if LET_GO.load(Ordering::Relaxed) {
            return Ok("let go when the outcome was there".to_owned());
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    Ok("nobody waited for the outcome".to_owned())
}

#[query(public, tags("failing"))]
pub async fn failing(cx: QueryCx) -> QueryResult<String> {
    cx.state::<Desk>().record("failing");
    Ok(std::fs::read_to_string("/nonexistent/secret-plan")?)
}

#[query(guard = Member)]
pub async fn minutes(cx: QueryCx<Member>) -> QueryResult<String> {
    Ok(format!("The minutes, for {}", cx.guard().0))
}

#[query(public)]
pub async fn colour(cx: QueryCx) -> QueryResult<String> {
    Ok(cx.cookie("colour").unwrap_or_else(|| "grey".to_owned()))
}

/// Types for which JSON alone has no word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Values {
    pub numbers: (u64, i64, f64),
    pub letter: char,
    pub maybe: Option<u8>,
    pub states: Vec<State>,
    pub by_number: BTreeMap<u32, (String, bool)>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum State {
    Idle,
    Running { since: u64 },
    Done(Vec<u8>),
}

/// What it is asked with.
#[query(public)]
pub async fn same(values: Values) -> QueryResult<Values> {
    Ok(values)
}
