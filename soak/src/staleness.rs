//! How long an instance serves what another one has changed.

use std::{
    fmt,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::{fleet::Fleet, visitor::Visitor};

/// A query whose value every instance keeps: how many tickets are open.
const COUNTED: &str = "/_formwork/query?k=tickets%3A%3Acount%3A%3Aticket_counts%3F%7B%7D";
/// Much longer than it may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Times from the answer that a write was given on one instance to the first fresh read on another.
pub(crate) struct Staleness(Vec<Duration>);

/// Opens so many tickets on the first instance, and asks the second one until it counts them.
pub(crate) async fn measure(fleet: &Fleet, times: u64) -> Result<Staleness> {
    let [writer, reader, ..] = fleet.addresses() else { bail!("it takes two instances") };
    let mut visitor = Visitor::new(9_999, &format!("http://{writer}"), Arc::default())?;
    visitor.sign_in().await?;
    let client = reqwest::Client::new();
    let mut measured = Vec::new();
    for time in 0..times {
        let before = counted(&client, *reader).await?;
        visitor.open_ticket_once(&format!("staleness {time}")).await?;
        let written = Instant::now();
        while counted(&client, *reader).await? == before {
            if written.elapsed() > PATIENCE {
                bail!("{reader} still serves what was before");
            }
        }
        measured.push(written.elapsed());
    }
    measured.sort_unstable();
    Ok(Staleness(measured))
}

async fn counted(client: &reqwest::Client, address: SocketAddr) -> Result<String> {
    Ok(client.get(format!("http://{address}{COUNTED}")).send().await?.text().await?)
}

impl fmt::Display for Staleness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |percent: usize| {
            let place = (self.0.len() * percent / 100).min(self.0.len().saturating_sub(1));
            self.0.get(place).copied().unwrap_or_default().as_secs_f64() * 1_000.0
        };
        write!(
            f,
            "staleness of the second instance after a write on the first, {} times: p50 {:.1} ms, \
             p99 {:.1} ms",
            self.0.len(),
            at(50),
            at(99)
        )
    }
}
