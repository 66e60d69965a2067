//! A visitor who signs in, opens tickets, writes comments and edits them, and sends again what was not
//! answered.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, bail};
use reqwest::{Client, StatusCode, header};

use crate::{
    chance::Chance,
    expected::{Answered, Moment},
    page::{self, Entries},
    tally::Tally,
};

/// The seeded member of the help desk.
const EMAIL: &str = "demo@example.org";
const PASSWORD: &str = "correct horse battery";
const SIGN_IN: &[&str] = &["session::sign_in::sign_in"];
const COMMENT: &[&str] = &["tickets::comment::add_comment"];
const OPEN: &[&str] = &["tickets::create::create_ticket"];
const EDIT: &[&str] = &["tickets::edit::edit_comment"];
/// The one that is the same in both builds.
const AMEND: &[&str] = &["tickets::amend::edit_ticket"];
/// The one that is renamed.
const PRIORITIZE: &[&str] = &["tickets::prioritize::set_priority", "tickets::prioritize"];
const PRIORITIES: [&str; 4] = ["low", "high", "normal", "urgent"];
const NEW: &str = "/tickets/new";
/// Of a hundred things so many are a ticket, a comment that is edited right away, a ticket's other subject,
/// or a priority.
const TICKETS: u64 = 10;
const EDITED: u64 = 15;
const AMENDED: u64 = 15;
const PRIORITIZED: u64 = 15;
/// How often a visitor tries before giving up.
const PATIENCE: usize = 1_200;
const PAUSE: Duration = Duration::from_millis(50);

pub(crate) struct Visitor {
    client: Client,
    origin: String,
    /// Where the second of two at the same time is sent.
    other: String,
    chance: Chance,
    tally: Arc<Tally>,
    /// The page of the ticket that is commented on; its own as soon as it has opened one.
    ticket: Option<String>,
    /// How often it has given its ticket another priority.
    priorities: usize,
}

/// What is sent, and sent again.
struct Sent<'a> {
    path: &'a str,
    /// The ids of its action.
    action: &'a [&'a str],
    /// What tells it from all others.
    text: &'a str,
    /// What the visitor has entered; the text, but for a choice.
    entered: &'a [&'a str],
    /// By a double click.
    twice: bool,
}

impl Sent<'_> {
    /// Whether a page has all of what was entered: in a control of the form, or to copy. What else a page
    /// knows of it, its visitor does not see.
    fn is_on(&self, html: &str) -> bool {
        self.entered.iter().all(|entered| {
            page::form(html, self.action, entered).is_some() || page::has_to_copy(html, entered)
        })
    }

    fn is_the_same_in_both_builds(&self) -> bool {
        self.action == AMEND
    }
}

/// What became of a text.
enum Told {
    /// It is written; where the visitor was sent.
    Written(String),
    /// Its form is gone, and the text is there to copy.
    Gone,
    /// It is to be typed again.
    Lost,
}

/// Writes so many texts, each of its own.
pub(crate) async fn visit(
    number: u64,
    texts: u64,
    twice: u64,
    origin: &str,
    tally: Arc<Tally>,
) -> Result<()> {
    let mut visitor = Visitor::new(number, origin, tally)?;
    visitor.sign_in().await?;
    for count in 0..texts {
        let text = format!("soak-{number}-{count}-end");
        let twice = visitor.chance.percent(twice);
        let kind = visitor.chance.below(100);
        let is_own = visitor.ticket.is_some();
        if !is_own || kind < TICKETS {
            visitor.open_ticket(&text, twice).await?;
        } else if kind >= 100 - PRIORITIZED {
            visitor.prioritize(&text, twice).await?;
        } else if kind >= 100 - PRIORITIZED - AMENDED {
            visitor.amend(&text, twice).await?;
        } else {
            let written = visitor.comment(&text, twice).await?;
            if written && kind < TICKETS + EDITED {
                visitor.edit(&text, twice).await?;
            }
        }
    }
    Ok(())
}

impl Visitor {
    /// One with cookies of its own.
    pub(crate) fn new(number: u64, origin: &str, tally: Arc<Tally>) -> Result<Self> {
        let client = Client::builder()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(90))
            .build()?;
        let chance = Chance::new(1_000 + number);
        let (origin, other) = (origin.to_owned(), origin.to_owned());
        Ok(Visitor { client, origin, other, chance, tally, ticket: None, priorities: 0 })
    }

    pub(crate) async fn sign_in(&mut self) -> Result<()> {
        for _ in 0..PATIENCE {
            let known = self.tally.trouble().now();
            let form = self.form("/sign-in", SIGN_IN, "").await?.context("no form to sign in")?;
            let form = filled(filled(form, "email", EMAIL), "password", PASSWORD);
            if let Ok(answer) = self.post(&self.origin, "/sign-in", &form).await {
                let html = &answer.html;
                let meaning = self.tally.trouble().means(answer.status, html, known, true);
                match meaning {
                    Answered::Written => return Ok(()),
                    Answered::Wrong => self.tally.answered("sign-in", answer.status, meaning, html),
                    _ => {}
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("signing in never succeeded")
    }

    /// Opens a ticket, without any trouble.
    pub(crate) async fn open_ticket_once(&self, subject: &str) -> Result<()> {
        let form = self.form(NEW, OPEN, "").await?.context("no form to open a ticket")?;
        let answer =
            self.post(&self.origin, NEW, &described(form, subject, &in_full(subject))).await?;
        if answer.status != StatusCode::SEE_OTHER {
            bail!("opening a ticket was answered with {}", answer.status);
        }
        Ok(())
    }

    async fn open_ticket(&mut self, text: &str, twice: bool) -> Result<()> {
        self.tally.meant(text);
        let story = &*in_full(text);
        let form = self.form(NEW, OPEN, "").await?.context("no form to open a ticket")?;
        let form = described(form, text, story);
        // What is to be copied is put into what is empty.
        let again = |form| described(form, text, story);
        let sent = Sent { path: NEW, action: OPEN, text, entered: &[text, story], twice };
        let told = self.send(&sent, form, again).await?;
        // Who was told of it in another way than by its page goes on with the ticket before.
        if let Told::Written(page) = told
            && page.starts_with("/tickets/")
            && page != NEW
        {
            self.ticket = Some(page);
            self.priorities = 0;
        }
        Ok(())
    }

    /// The page of the visitor's own ticket.
    fn ticket(&self) -> Result<String> {
        self.ticket.clone().context("no ticket has been opened")
    }

    /// Whether it is written.
    async fn comment(&self, text: &str, twice: bool) -> Result<bool> {
        self.tally.meant(text);
        let path = &*self.ticket()?;
        let form = self.form(path, COMMENT, "").await?;
        let form = form.with_context(|| format!("{path} has no form to comment"))?;
        let form = filled(form, "body", text);
        let sent = Sent { path, action: COMMENT, text, entered: &[text], twice };
        let again = |form| filled(form, "body", text);
        let told = self.send(&sent, form, again).await?;
        Ok(matches!(told, Told::Written(_)))
    }

    /// Puts another text in the place of one that is written, if this build has a form for it.
    async fn edit(&self, text: &str, twice: bool) -> Result<()> {
        let path = &*self.ticket()?;
        let Some(form) = self.form(path, EDIT, text).await? else { return Ok(()) };
        let better = &*text.replace("-end", "-edited-end");
        self.tally.meant(better);
        let form = filled(form, "body", better);
        let sent = Sent { path, action: EDIT, text: better, entered: &[better], twice };
        self.send(&sent, form, |form| form).await?;
        Ok(())
    }

    /// Gives the visitor's own ticket another subject.
    async fn amend(&self, text: &str, twice: bool) -> Result<()> {
        let path = &*format!("{}/edit", self.ticket()?);
        self.tally.meant(text);
        let form = self.form(path, AMEND, "").await?;
        let form = form.with_context(|| format!("{path} has no form"))?;
        let form = filled(form, "subject", text);
        let sent = Sent { path, action: AMEND, text, entered: &[text], twice };
        self.send(&sent, form, |form| form).await?;
        Ok(())
    }

    /// Gives the visitor's own ticket another priority than it has.
    async fn prioritize(&mut self, text: &str, twice: bool) -> Result<()> {
        let entered = PRIORITIES[self.priorities % PRIORITIES.len()];
        self.priorities += 1;
        let path = &*self.ticket()?;
        self.tally.meant(text);
        self.tally.chosen(path, text, entered);
        let form = self.form(path, PRIORITIZE, "").await?;
        let form = form.with_context(|| format!("{path} has no form for a priority"))?;
        let form = filled(form, "priority", entered);
        let sent = Sent { path, action: PRIORITIZE, text, entered: &[entered], twice };
        // What an older build has no form for is chosen again in its own.
        let again = |form| filled(form, "priority", entered);
        self.send(&sent, form, again).await?;
        Ok(())
    }

    /// The form of a page that has this text in it; `None` if the page has no such form.
    async fn form(&self, path: &str, action: &[&str], holds: &str) -> Result<Option<Entries>> {
        Ok(page::form(&self.page(path).await?, action, holds))
    }

    /// Sends a form, again and again without changing it, until it is answered. What comes back filled
    /// in is sent next, as `mended` by somebody who copies what has no field any more.
    async fn send(
        &self,
        sent: &Sent<'_>,
        mut form: Entries,
        mended: impl Fn(Entries) -> Entries,
    ) -> Result<Told> {
        let (text, tally) = (sent.text, &*self.tally);
        let mut known = tally.trouble().now();
        for _ in 0..PATIENCE {
            let Some((meaning, Answer { location, html, .. })) =
                self.try_once(sent, &form, known).await
            else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            if matches!(meaning, Answered::Written | Answered::WrittenBefore) {
                tally.told(text);
                return Ok(Told::Written(location));
            }
            if !sent.is_on(&html) {
                tally.lost_input(text);
                return Ok(Told::Lost);
            }
            if meaning == Answered::Unsure && self.sees(sent).await? {
                tally.told(text);
                return Ok(Told::Written(sent.path.to_owned()));
            }
            // The page that came back is what is sent next.
            known = tally.trouble().now();
            let back = page::form(&html, sent.action, sent.entered[0]);
            match back.or_else(|| page::form(&html, sent.action, "")) {
                Some(again) if sent.action != EDIT || holds(&again, sent.entered[0]) => {
                    form = mended(again);
                }
                _ if matches!(meaning, Answered::Gone | Answered::Stale) => {
                    tally.refused(text);
                    return Ok(Told::Gone);
                }
                _ => {}
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("{text} was never answered")
    }

    /// What it was answered, if it was; its form came when this was known of the trouble.
    async fn try_once(
        &self,
        sent: &Sent<'_>,
        form: &Entries,
        known: Moment,
    ) -> Option<(Answered, Answer)> {
        let tally = &*self.tally;
        let answers = if sent.twice {
            tally.note(sent.text, "twice");
            // A double click: the browser shows the answer to the second.
            let first = self.post(&self.origin, sent.path, form);
            let both = futures::join!(first, self.post(&self.other, sent.path, form));
            vec![both.0, both.1]
        } else {
            vec![self.post(&self.origin, sent.path, form).await]
        };
        let is_changed = !sent.is_the_same_in_both_builds();
        let mut shown = None;
        for answer in answers {
            match answer {
                Ok(answer) => {
                    let (status, html) = (answer.status, &answer.html);
                    let meaning = tally.trouble().means(status, html, known, is_changed);
                    tally.answered(sent.text, status, meaning, html);
                    shown = Some((meaning, answer));
                }
                Err(error) if took_too_long(&error) => tally.wrong(sent.text, "it took too long"),
                Err(_) => tally.unanswered(sent.text),
            }
        }
        shown
    }

    /// Whether what was entered stands on its page.
    async fn sees(&self, sent: &Sent<'_>) -> Result<bool> {
        let path = if sent.path == NEW { "/tickets" } else { sent.path };
        let html = self.page(path).await?;
        // A choice is what its form shows; a text stands somewhere.
        Ok(match sent.entered[0] == sent.text {
            true => page::shows(&html, sent.text),
            false => sent.is_on(&html),
        })
    }

    /// A page, however often it takes to get it: but what is answered is the page.
    async fn page(&self, path: &str) -> Result<String> {
        for _ in 0..PATIENCE {
            match self.client.get(format!("{}{path}", self.origin)).send().await {
                Ok(answer) => {
                    let status = answer.status();
                    if let Ok(html) = answer.text().await {
                        if status == StatusCode::OK {
                            return Ok(html);
                        }
                        self.tally.wrong(path, &format!("{status} {}", page::alerts(&html)));
                    }
                }
                Err(error) if error.is_timeout() => self.tally.wrong(path, "it took too long"),
                Err(_) => {}
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("{path} never came")
    }

    async fn post(&self, origin: &str, path: &str, form: &Entries) -> Result<Answer> {
        let mut url = reqwest::Url::parse("http://here.example")?;
        let lines = form.iter().map(|(name, value)| (name, value.replace('\n', "\r\n")));
        url.query_pairs_mut().extend_pairs(lines);
        let answer = self
            .client
            .post(format!("{origin}{path}"))
            .header(header::ORIGIN, origin)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(url.query().unwrap_or_default().to_owned())
            .send()
            .await?;
        let status = answer.status();
        let location = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        let location = location.unwrap_or_default().to_owned();
        Ok(Answer { status, location, html: answer.text().await? })
    }
}

struct Answer {
    status: StatusCode,
    location: String,
    html: String,
}

fn took_too_long(error: &anyhow::Error) -> bool {
    error.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_timeout)
}

/// What is told of a ticket with this subject.
fn in_full(subject: &str) -> String {
    format!("{subject} in full")
}

/// A ticket as either build asks for it.
fn described(form: Entries, subject: &str, story: &str) -> Entries {
    let mut form = form;
    for (name, value) in &mut form {
        match name.as_str() {
            "subject" if value.is_empty() => subject.clone_into(value),
            "body" | "story" if value.is_empty() => story.clone_into(value),
            // A number for the one, a choice for the other.
            "affected" => value.clear(),
            _ => {}
        }
    }
    form
}

fn holds(form: &Entries, text: &str) -> bool {
    form.iter().any(|(_, value)| value == text)
}

fn filled(mut form: Entries, name: &str, value: &str) -> Entries {
    if let Some((_, old)) = form.iter_mut().find(|(n, _)| n == name) {
        value.clone_into(old);
    }
    form
}

/// Sends so many submissions twice at the same time, without ever reading a page in between: each with an
/// id and a text of its own, one of the two to each of these instances. Both are told that it is written.
pub(crate) async fn hammer(
    number: u64,
    texts: u64,
    [one, other]: [&str; 2],
    tally: Arc<Tally>,
) -> Result<()> {
    let mut visitor = Visitor::new(50_000 + number, one, Arc::clone(&tally))?;
    other.clone_into(&mut visitor.other);
    visitor.sign_in().await?;
    let path = &*format!("/tickets/{}", number % 8 + 1);
    let form = visitor.form(path, COMMENT, "").await?.context("no form to comment")?;
    for count in 0..texts {
        let text = &*format!("soak-twice-{number}-{count}-end");
        tally.meant(text);
        let form = filled(form.clone(), "body", text);
        let form = filled(form, "_submission", &format!("twice-{number}-{count}"));
        let sent = Sent { path, action: COMMENT, text, entered: &[text], twice: true };
        for _ in 0..PATIENCE {
            let known = tally.trouble().now();
            if let Some((Answered::Written, _)) = visitor.try_once(&sent, &form, known).await {
                tally.told(text);
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(())
}
