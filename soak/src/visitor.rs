//! A visitor who signs in, opens tickets, writes comments and edits them, and sends again what was not
//! answered.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, bail};
use reqwest::{Client, StatusCode, header};

use crate::{
    chance::Chance,
    expected::{Answered, Trouble},
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
/// The one that is renamed.
const PRIORITIZE: &[&str] = &["tickets::prioritize::set_priority", "tickets::prioritize"];
const PRIORITIES: [&str; 4] = ["low", "high", "normal", "urgent"];
const NEW: &str = "/tickets/new";
/// Of a hundred things so many are a ticket, a comment that is edited right away, or a priority.
const TICKETS: u64 = 10;
const EDITED: u64 = 15;
const PRIORITIZED: u64 = 15;
/// How often a visitor tries before giving up.
const PATIENCE: usize = 1_200;
const PAUSE: Duration = Duration::from_millis(50);

pub(crate) struct Visitor {
    client: Client,
    origin: String,
    chance: Chance,
    trouble: Trouble,
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
    entered: &'a str,
    /// By a double click.
    twice: bool,
}

impl Sent<'_> {
    /// Whether a page has what was entered.
    fn is_on(&self, html: &str) -> bool {
        if self.entered == self.text {
            page::shows(html, self.text)
        } else {
            page::form(html, self.action, self.entered).is_some()
                || page::has_to_copy(html, self.entered)
        }
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
    tally: &Arc<Tally>,
) -> Result<()> {
    let mut visitor = Visitor::new(number, origin, tally.trouble())?;
    visitor.sign_in().await?;
    for count in 0..texts {
        let text = format!("soak-{number}-{count}-end");
        let twice = visitor.chance.percent(twice);
        let kind = visitor.chance.below(100);
        let is_own = visitor.ticket.is_some();
        if !is_own || kind < TICKETS {
            visitor.open_ticket(&text, twice, tally).await?;
        } else if kind >= 100 - PRIORITIZED {
            visitor.prioritize(&text, twice, tally).await?;
        } else {
            let written = visitor.comment(&text, twice, tally).await?;
            if written && kind < TICKETS + EDITED {
                visitor.edit(&text, twice, tally).await?;
            }
        }
    }
    Ok(())
}

impl Visitor {
    /// One with cookies of its own.
    pub(crate) fn new(number: u64, origin: &str, trouble: Trouble) -> Result<Self> {
        let client = Client::builder()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(90))
            .build()?;
        let chance = Chance::new(1_000 + number);
        let origin = origin.to_owned();
        Ok(Visitor { client, origin, chance, trouble, ticket: None, priorities: 0 })
    }

    pub(crate) async fn sign_in(&mut self) -> Result<()> {
        for _ in 0..PATIENCE {
            let form = self.form("/sign-in", SIGN_IN, "").await?.context("no form to sign in")?;
            let form = filled(filled(form, "email", EMAIL), "password", PASSWORD);
            if let Ok(Answer { status: StatusCode::SEE_OTHER, .. }) =
                self.post("/sign-in", &form).await
            {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("signing in never succeeded")
    }

    /// Opens a ticket, without any trouble.
    pub(crate) async fn open_ticket_once(&self, subject: &str) -> Result<()> {
        let form = self.form(NEW, OPEN, "").await?.context("no form to open a ticket")?;
        let answer = self.post(NEW, &described(form, subject)).await?;
        if answer.status != StatusCode::SEE_OTHER {
            bail!("opening a ticket was answered with {}", answer.status);
        }
        Ok(())
    }

    async fn open_ticket(&mut self, text: &str, twice: bool, tally: &Tally) -> Result<()> {
        tally.meant(text);
        let form = self.form(NEW, OPEN, "").await?.context("no form to open a ticket")?;
        let form = described(form, text);
        let again = |form| described(form, text);
        let sent = Sent { path: NEW, action: OPEN, text, entered: text, twice };
        let told = self.send(&sent, form, again, tally).await?;
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
    async fn comment(&self, text: &str, twice: bool, tally: &Tally) -> Result<bool> {
        tally.meant(text);
        let path = &*self.ticket()?;
        let form = self.form(path, COMMENT, "").await?;
        let form = form.with_context(|| format!("{path} has no form to comment"))?;
        let form = filled(form, "body", text);
        let sent = Sent { path, action: COMMENT, text, entered: text, twice };
        let again = |form| filled(form, "body", text);
        let told = self.send(&sent, form, again, tally).await?;
        Ok(matches!(told, Told::Written(_)))
    }

    /// Puts another text in the place of one that is written, if this build has a form for it.
    async fn edit(&self, text: &str, twice: bool, tally: &Tally) -> Result<()> {
        let path = &*self.ticket()?;
        let Some(form) = self.form(path, EDIT, text).await? else { return Ok(()) };
        let better = &*text.replace("-end", "-edited-end");
        tally.meant(better);
        let form = filled(form, "body", better);
        let sent = Sent { path, action: EDIT, text: better, entered: better, twice };
        self.send(&sent, form, |form| form, tally).await?;
        Ok(())
    }

    /// Gives the visitor's own ticket another priority than it has.
    async fn prioritize(&mut self, text: &str, twice: bool, tally: &Tally) -> Result<()> {
        let entered = PRIORITIES[self.priorities % PRIORITIES.len()];
        self.priorities += 1;
        let path = &*self.ticket()?;
        tally.meant(text);
        tally.chosen(path, text, entered);
        let form = self.form(path, PRIORITIZE, "").await?;
        let form = form.with_context(|| format!("{path} has no form for a priority"))?;
        let form = filled(form, "priority", entered);
        let sent = Sent { path, action: PRIORITIZE, text, entered, twice };
        // What an older build has no form for is chosen again in its own.
        let again = |form| filled(form, "priority", entered);
        self.send(&sent, form, again, tally).await?;
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
        tally: &Tally,
    ) -> Result<Told> {
        let text = sent.text;
        for _ in 0..PATIENCE {
            let Some((meaning, Answer { location, html, .. })) =
                self.try_once(sent, &form, tally).await
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
            let back = page::form(&html, sent.action, sent.entered);
            match back.or_else(|| page::form(&html, sent.action, "")) {
                Some(again) if sent.action != EDIT || holds(&again, sent.entered) => {
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

    /// What it was answered, if it was.
    async fn try_once(
        &self,
        sent: &Sent<'_>,
        form: &Entries,
        tally: &Tally,
    ) -> Option<(Answered, Answer)> {
        let answers = if sent.twice {
            tally.note(sent.text, "twice");
            // A double click: the browser shows the answer to the second.
            let both = futures::join!(self.post(sent.path, form), self.post(sent.path, form));
            vec![both.0, both.1]
        } else {
            vec![self.post(sent.path, form).await]
        };
        let mut shown = None;
        for answer in answers {
            match answer {
                Ok(answer) => {
                    let meaning = self.trouble.means(answer.status, &answer.html);
                    tally.answered(sent.text, answer.status, meaning, &answer.html);
                    shown = Some((meaning, answer));
                }
                Err(_) => tally.unanswered(sent.text),
            }
        }
        shown
    }

    /// Whether what was entered stands on its page.
    async fn sees(&self, sent: &Sent<'_>) -> Result<bool> {
        let path = if sent.path == NEW { "/tickets" } else { sent.path };
        Ok(sent.is_on(&self.page(path).await?))
    }

    /// A page, however often it takes to get it.
    async fn page(&self, path: &str) -> Result<String> {
        let mut last = None;
        for _ in 0..PATIENCE {
            match self.client.get(format!("{}{path}", self.origin)).send().await {
                Ok(answer) if answer.status() == StatusCode::OK => {
                    if let Ok(html) = answer.text().await {
                        return Ok(html);
                    }
                }
                Ok(answer) => last = Some(answer.status()),
                Err(_) => {}
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("{path} never came; the last status was {last:?}")
    }

    async fn post(&self, path: &str, form: &Entries) -> Result<Answer> {
        let mut url = reqwest::Url::parse("http://here.example")?;
        let lines = form.iter().map(|(name, value)| (name, value.replace('\n', "\r\n")));
        url.query_pairs_mut().extend_pairs(lines);
        let answer = self
            .client
            .post(format!("{}{path}", self.origin))
            .header(header::ORIGIN, &self.origin)
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

/// A ticket as either build asks for it. The text goes into both of its fields, and each of them is
/// filled in where it came back empty: it is there to copy.
fn described(form: Entries, text: &str) -> Entries {
    let mut form = form;
    for (name, value) in &mut form {
        match name.as_str() {
            "subject" | "body" | "story" if value.is_empty() => text.clone_into(value),
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
/// id and a text of its own, the two to different instances. Both are told that it is written.
pub(crate) async fn hammer(
    number: u64,
    texts: u64,
    origin: &str,
    tally: &Arc<Tally>,
) -> Result<()> {
    let mut visitor = Visitor::new(50_000 + number, origin, Trouble::default())?;
    visitor.sign_in().await?;
    let path = &*format!("/tickets/{}", number % 8 + 1);
    let form = visitor.form(path, COMMENT, "").await?.context("no form to comment")?;
    for count in 0..texts {
        let text = &*format!("soak-twice-{number}-{count}-end");
        tally.meant(text);
        let form = filled(form.clone(), "body", text);
        let form = filled(form, "_submission", &format!("twice-{number}-{count}"));
        let sent = Sent { path, action: COMMENT, text, entered: text, twice: true };
        for _ in 0..PATIENCE {
            if let Some((Answered::Written, _)) = visitor.try_once(&sent, &form, tally).await {
                tally.told(text);
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(())
}
