//! A visitor who signs in, writes comments, and sends again what was not answered.

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
/// The tickets that are commented on.
const TICKETS: u64 = 8;
/// How often a visitor tries before giving up.
const PATIENCE: usize = 200;
const PAUSE: Duration = Duration::from_millis(50);

struct Visitor {
    client: Client,
    origin: String,
    chance: Chance,
}

/// Writes so many comments, each with a text of its own.
pub(crate) async fn visit(
    number: u64,
    comments: u64,
    twice: u64,
    origin: &str,
    tally: &Arc<Tally>,
) -> Result<()> {
    let client = Client::builder()
        .cookie_store(true)
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(60))
        .build()?;
    let chance = Chance::new(1_000 + number);
    let mut visitor = Visitor { client, origin: origin.to_owned(), chance };
    visitor.sign_in().await?;
    for comment in 0..comments {
        let text = format!("soak-{number}-{comment}-end");
        let ticket = visitor.chance.below(TICKETS) + 1;
        let path = format!("/tickets/{ticket}");
        tally.meant(&text);
        let form = visitor.form(&path, COMMENT).await?;
        let form = filled(form, "body", &text);
        let twice = visitor.chance.percent(twice);
        visitor.send_until_answered(&path, form, &text, twice, tally).await?;
    }
    Ok(())
}

impl Visitor {
    async fn sign_in(&mut self) -> Result<()> {
        for _ in 0..PATIENCE {
            let form = self.form("/sign-in", SIGN_IN).await?;
            let form = filled(filled(form, "email", EMAIL), "password", PASSWORD);
            if let Ok((StatusCode::SEE_OTHER, _)) = self.post("/sign-in", &form).await {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("signing in never succeeded")
    }

    /// The form of a page, however often it takes to get the page.
    async fn form(&self, path: &str, action: &str) -> Result<Entries> {
        let mut last = None;
        for _ in 0..PATIENCE {
            match self.client.get(format!("{}{path}", self.origin)).send().await {
                Ok(answer) if answer.status() == StatusCode::OK => {
                    if let Ok(html) = answer.text().await {
                        return page::form(&html, action)
                            .with_context(|| format!("{path} has no form of `{action}`"));
                    }
                }
                Ok(answer) => last = Some(answer.status()),
                Err(_) => {}
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("{path} never came; the last status was {last:?}")
    }

    /// Sends a form, again and again without changing it, until it is answered.
    async fn send_until_answered(
        &self,
        path: &str,
        mut form: Entries,
        text: &str,
        twice: bool,
        tally: &Tally,
    ) -> Result<()> {
        for _ in 0..PATIENCE {
            let answer = if twice {
                // A double click: the browser shows the answer to the second.
                let (_, second) = futures::join!(self.post(path, &form), self.post(path, &form));
                second
            } else {
                self.post(path, &form).await
            };
            let Ok((status, html)) = answer else {
                tally.unanswered();
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            tally.answered(status);
            if status == StatusCode::SEE_OTHER {
                tally.told(text);
                return Ok(());
            }
            if !page::shows(&html, text) {
                tally.lost_input(text);
                return Ok(());
            }
            // The page that came back is what is sent next.
            if let Some(again) = page::form(&html, COMMENT) {
                form = again;
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("{text} was never answered")
    }

    async fn post(&self, path: &str, form: &Entries) -> Result<(StatusCode, String)> {
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
        Ok((answer.status(), answer.text().await?))
    }
}

fn filled(mut form: Entries, name: &str, value: &str) -> Entries {
    if let Some((_, old)) = form.iter_mut().find(|(n, _)| n == name) {
        value.clone_into(old);
    }
    form
}
