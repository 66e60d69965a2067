//! Follows what other instances invalidate and finish, for as long as the store is there.

use std::{sync::Arc, time::Duration};

use futures::{FutureExt, StreamExt};
use tokio::time::Instant;

use super::{Invalidation, Link, Moment, Shared, StoreError, encoding, scripts};

/// The channel of invalidations: the moment, a space, and what.
pub(super) const INVALIDATED: &str = "invalidated";
/// The channel of submissions that have ended.
pub(super) const ENDED: &str = "ended";

const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// A connection that says nothing for so long is asked whether it is still there.
pub(super) const SILENCE: Duration = Duration::from_secs(5);

pub(super) fn channel(prefix: &str, name: &str) -> String {
    format!("{prefix}:{name}")
}

/// Follows from now on; ends with the store.
pub(super) fn spawn(shared: &Arc<Shared>) {
    let shared = Arc::downgrade(shared);
    tokio::spawn(async move {
        let mut pause = SHORTEST_PAUSE;
        let opened = Instant::now();
        while let Some(store) = shared.upgrade() {
            let began = Instant::now();
            let lost = follow(&store).await;
            // Redis may be starting beside us: the first readers wait for it.
            if *store.link.borrow() != Link::New || opened.elapsed() > super::PATIENCE {
                store.link.send_replace(Link::Down);
            }
            match lost {
                Ok(()) => tracing::warn!("the connection to Redis was closed; trying again"),
                Err(error) => tracing::warn!(%error, "Redis can't be reached; trying again"),
            }
            if began.elapsed() > LONGEST_PAUSE {
                pause = SHORTEST_PAUSE;
            }
            store.connect_anew();
            drop(store);
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    });
}

/// Follows one connection to its end.
async fn follow(store: &Arc<Shared>) -> Result<(), StoreError> {
    // What could not be said before is said now.
    let _ = store.broken.notified().now_or_never();
    let connecting = tokio::time::timeout(super::PATIENCE, store.client.get_async_pubsub());
    let mut connection =
        connecting.await.map_err(|_| StoreError("connecting takes too long".to_owned()))??;
    connection.subscribe(channel(&store.prefix, INVALIDATED)).await?;
    connection.subscribe(channel(&store.prefix, ENDED)).await?;
    let (mut ask, mut messages) = connection.split();

    // Is it the Redis that was followed before, with all that it knew?
    let run: String = scripts::BEGIN
        .key(store.key("clock", ""))
        .key(store.begun())
        .arg(store.tags.now().0)
        .arg(channel(&store.prefix, INVALIDATED))
        .arg(encoding::write_invalidation(&Invalidation::everything()))
        .invoke_async(&mut store.connection())
        .await?;
    *store.run_id() = run;
    // What was invalidated here while Redis was away comes before anything is read again.
    loop {
        let unsent = std::mem::take(&mut *store.unsent());
        if unsent.is_empty() {
            break;
        }
        if let Err(error) = store.send(&unsent).await {
            store.unsent().extend(&unsent);
            return Err(error);
        }
    }
    // And what runs here, and how it ended.
    store.tell_all().await?;
    // From here on every invalidation is heard; of those before this moment nothing is known.
    let clock: Option<u64> =
        redis::cmd("GET").arg(store.key("clock", "")).query_async(&mut store.connection()).await?;
    store.tags.begin_at(Moment(clock.unwrap_or_default()));
    let was_away = *store.link.borrow() == Link::Down;
    if was_away {
        *store.claims_from() = Instant::now() + super::SETTLED_AFTER;
    }
    store.link.send_replace(Link::Up);
    tracing::info!("connected to Redis");
    if was_away {
        // What others have invalidated meanwhile was not heard here. Nobody may be following.
        let _ = store.invalidations.send(Arc::new(Invalidation::everything()));
    }

    loop {
        let heard = tokio::select! {
            heard = tokio::time::timeout(SILENCE, messages.next()) => heard,
            () = store.broken.notified() => {
                return Err(StoreError("something could not be sent".to_owned()));
            }
        };
        match heard {
            Ok(Some(message)) => {
                let (channel, payload) = (message.get_channel_name(), message.get_payload_bytes());
                take(store, channel, payload)?;
            }
            Ok(None) => return Ok(()),
            Err(_) => {
                // The last one but for this task: nobody uses the store any more.
                if Arc::strong_count(store) == 1 {
                    return Ok(());
                }
                let asked = tokio::time::timeout(super::PATIENCE, ask.ping::<redis::Value>());
                asked.await.map_err(|_| StoreError("no answer to a ping".to_owned()))??;
            }
        }
    }
}

/// Takes a message; an error if the connection is to be made anew for it.
fn take(store: &Shared, channel: &str, payload: &[u8]) -> Result<(), StoreError> {
    if channel.ends_with(INVALIDATED) {
        let Some((now, what)) = encoding::read_invalidation(payload) else {
            tracing::error!("an invalidation of another version of Formwork can't be read");
            // Whatever it was: nothing that is here is known to be valid.
            store.near.invalidate_all();
            return Ok(());
        };
        // Whoever has begun has seen to it before it said that it has: it hears of its own.
        if what.everything && now <= store.tags.floor() {
            return Ok(());
        }
        store.tags.note(now, &what);
        if what.everything {
            // What is held here is to be told again.
            return Err(StoreError("Redis has lost what it knew".to_owned()));
        }
        // Nobody may be following.
        let _ = store.invalidations.send(Arc::new(what));
    } else if let Some((submission, ended)) = encoding::read_ended(payload) {
        let waiting = store.waiting();
        if let Some(waiting) = waiting.get(&submission) {
            waiting.send_replace(Some(ended));
        }
    }
    Ok(())
}
