//! A visitor who signs in, opens tickets, writes comments and edits them, and sends again what was not
//! answered.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, bail};
use reqwest::{Client, StatusCode, header};

use crate::{
    chance::Chance,
    page::{self, Entries},
    tally::Tally,
};

/// The seeded member of the help desk.
const EMAIL: &str = "demo@example.org";
const PASSWORD: &str = "correct horse battery";
const SIGN_IN: &str = "session::sign_in::sign_in";
const COMMENT: &str = "tickets::comment::add_comment";
const OPEN: &str = "tickets::create::create_ticket";
const EDIT: &str = "tickets::edit::edit_comment";
const NEW: &str = "/tickets/new";
/// Of a hundred things so many are a ticket, or a comment that is edited right away.
const TICKETS: u64 = 10;
const EDITED: u64 = 15;
/// How often a visitor tries before giving up.
const PATIENCE: usize = 400;
const PAUSE: Duration = Duration::from_millis(50);
/// What a page says of a submission that was done before its form changed.
const DONE: &str = "was done before this page changed";
/// What it says if nobody knows.
const LOOK: &str = "we can&#x27;t tell whether it was done";
const LOOK_TOO: &str = "we can't tell whether it was done";

pub(crate) struct Visitor {
    client: Client,
    origin: String,
    chance: Chance,
    /// The page of the ticket that is commented on.
    ticket: String,
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
    let mut visitor = Visitor::new(number, origin)?;
    visitor.sign_in().await?;
    for count in 0..texts {
        let text = format!("soak-{number}-{count}-end");
        let twice = visitor.chance.percent(twice);
        let kind = visitor.chance.below(100);
        if count == 0 || kind < TICKETS {
            visitor.open_ticket(&text, twice, tally).await?;
        } else {
            let written = visitor.comment(&text, twice, tally).await?;
            if written && kind < TICKETS + EDITED {
                visitor.edit(&text, tally).await?;
            }
        }
    }
    Ok(())
}

impl Visitor {
    /// One with cookies of its own.
    pub(crate) fn new(number: u64, origin: &str) -> Result<Self> {
        let client = Client::builder()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(90))
            .build()?;
        let chance = Chance::new(1_000 + number);
        Ok(Visitor { client, origin: origin.to_owned(), chance, ticket: "/tickets/1".to_owned() })
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
        let told = self.send(NEW, OPEN, form, text, twice, again, tally).await?;
        // Who was told of it in another way than by its page goes on with the ticket before.
        if let Told::Written(page) = told
            && page.starts_with("/tickets/")
            && page != NEW
        {
            self.ticket = page;
        }
        Ok(())
    }

    /// Whether it is written.
    async fn comment(&self, text: &str, twice: bool, tally: &Tally) -> Result<bool> {
        tally.meant(text);
        let form = self
            .form(&self.ticket, COMMENT, "")
            .await?
            .with_context(|| format!("{} has no form to comment", self.ticket))?;
        let form = filled(form, "body", text);
        let told = self.send(&self.ticket, COMMENT, form, text, twice, |form| form, tally).await?;
        Ok(matches!(told, Told::Written(_)))
    }

    /// Puts another text in the place of one that is written, if this build has a form for it.
    async fn edit(&self, text: &str, tally: &Tally) -> Result<()> {
        let Some(form) = self.form(&self.ticket, EDIT, text).await? else { return Ok(()) };
        let better = text.replace("-end", "-edited-end");
        tally.meant(&better);
        let form = filled(form, "body", &better);
        let told = self.send(&self.ticket, EDIT, form, &better, false, |form| form, tally).await?;
        if matches!(told, Told::Written(_)) {
            tally.replaced(text);
        }
        Ok(())
    }

    /// The form of a page that has this text in it, however often it takes to get the page; `None` if
    /// the page has no such form.
    async fn form(&self, path: &str, action: &str, holds: &str) -> Result<Option<Entries>> {
        let mut last = None;
        for _ in 0..PATIENCE {
            match self.client.get(format!("{}{path}", self.origin)).send().await {
                Ok(answer) if answer.status() == StatusCode::OK => {
                    if let Ok(html) = answer.text().await {
                        return Ok(page::form(&html, action, holds));
                    }
                }
                Ok(answer) => last = Some(answer.status()),
                Err(_) => {}
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("{path} never came; the last status was {last:?}")
    }

    /// Sends a form, again and again without changing it, until it is answered. What comes back filled
    /// in is sent next, as `mended` by somebody who copies what has no field any more.
    #[expect(clippy::too_many_arguments, reason = "all of them are about one submission")]
    async fn send(
        &self,
        path: &str,
        action: &str,
        mut form: Entries,
        text: &str,
        twice: bool,
        mended: impl Fn(Entries) -> Entries,
        tally: &Tally,
    ) -> Result<Told> {
        for _ in 0..PATIENCE {
            let answer = if twice {
                tally.note(text, "twice");
                // A double click: the browser shows the answer to the second.
                let (first, second) =
                    futures::join!(self.post(path, &form), self.post(path, &form));
                second.or(first)
            } else {
                self.post(path, &form).await
            };
            let Ok(Answer { status, location, html }) = answer else {
                tally.unanswered(text);
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            tally.answered(text, status);
            if status == StatusCode::SEE_OTHER || html.contains(DONE) {
                tally.told(text);
                return Ok(Told::Written(location));
            }
            if !page::shows(&html, text) {
                tally.lost_input(text);
                return Ok(Told::Lost);
            }
            if html.contains(LOOK) || html.contains(LOOK_TOO) {
                tally.note(text, "looked");
                if self.sees(path, text).await? {
                    tally.told(text);
                    return Ok(Told::Written(path.to_owned()));
                }
            }
            // The page that came back is what is sent next.
            match page::form(&html, action, text).or_else(|| page::form(&html, action, "")) {
                Some(again) if action != EDIT || holds(&again, text) => form = mended(again),
                Some(_) | None if status == StatusCode::CONFLICT => {
                    tally.refused(text);
                    return Ok(Told::Gone);
                }
                _ => {}
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("{text} was never answered")
    }

    /// Whether a text stands on its page.
    async fn sees(&self, path: &str, text: &str) -> Result<bool> {
        let path = if path == NEW { "/tickets" } else { path };
        for _ in 0..PATIENCE {
            if let Ok(answer) = self.client.get(format!("{}{path}", self.origin)).send().await
                && answer.status() == StatusCode::OK
                && let Ok(html) = answer.text().await
            {
                return Ok(page::shows(&html, text));
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("{path} never came")
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
/// id and a text of its own, the two to different instances.
pub(crate) async fn hammer(
    number: u64,
    texts: u64,
    origin: &str,
    tally: &Arc<Tally>,
) -> Result<()> {
    let mut visitor = Visitor::new(50_000 + number, origin)?;
    visitor.sign_in().await?;
    let page = format!("/tickets/{}", number % 8 + 1);
    let form = visitor.form(&page, COMMENT, "").await?.context("no form to comment")?;
    for count in 0..texts {
        let text = format!("soak-twice-{number}-{count}-end");
        tally.meant(&text);
        let form = filled(form.clone(), "body", &text);
        let form = filled(form, "_submission", &format!("twice-{number}-{count}"));
        for _ in 0..PATIENCE {
            let (one, other) =
                futures::join!(visitor.post(&page, &form), visitor.post(&page, &form));
            let mut told = false;
            for answer in [one, other] {
                match answer {
                    Ok(answer) => {
                        tally.answered(&text, answer.status);
                        told |= answer.status == StatusCode::SEE_OTHER;
                    }
                    Err(_) => tally.unanswered(&text),
                }
            }
            if told {
                tally.told(&text);
                break;
            }
        }
    }
    Ok(())
}
