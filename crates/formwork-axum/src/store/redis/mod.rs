//! The store that several instances share: Redis 7, or Valkey.
//!
//! Everything is in Redis under one prefix; an instance keeps local copies of values and of the
//! states of their tags, which are brought up to date by pub/sub. What must hold:
//!
//! 1. A local copy is served while this instance follows the invalidations, or Redis is away. When it
//!    begins to follow, anew or again, it forgets what it knew of tags: local copies from before are
//!    then compared with Redis.
//! 2. The clock is Redis' own, in microseconds, and never goes back; an instance reads its own
//!    idea of it, which is behind at most: what is computed is taken for older than it is, never
//!    for newer.
//!    After each start of Redis, which may have lost the last of what it knew or all, the clock begins
//!    anew at a later moment, the floor: nothing from before it is served any more, wherever it is.
//! 3. Redis away: values are served from the local copies, and nothing is put anywhere. An
//!    invalidation drops every local copy, and is sent when Redis is back, before anything is
//!    read. Claims fail: whether something ran can't be known.
//! 4. What ran while Redis went away is recorded when it is back, and what still runs is claimed
//!    again, also if Redis has lost it or its lease is over. Until every instance has had the time
//!    to do so, nobody is given a claim; and only by the very run of Redis that is followed.

mod encoding;
mod follow;
mod held;
mod scripts;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use futures::future::BoxFuture;
use held::{Held, Hold, State};
use moka::sync::Cache;
use redis::{
    Client,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use tokio::{
    runtime::Handle,
    sync::{Notify, RwLock, broadcast, oneshot, watch},
    time::Instant,
};

use super::{
    Changes, Claim, ClaimId, Counted, Ended, Entry, Fingerprint, Invalidation, Lookup, Moment,
    Reply, Store, StoreError, memory,
    tags::{TagState, Tags},
};
use crate::hex::hex;

/// See the module.
pub(crate) struct Redis(Arc<Shared>);

struct Shared {
    client: Client,
    /// Made anew with the one that follows.
    connection: Mutex<ConnectionManager>,
    prefix: String,
    /// Local copies of values.
    near: Cache<Box<str>, Entry>,
    /// What this instance knows of tags since it follows the invalidations.
    tags: Tags,
    invalidations: broadcast::Sender<Arc<Invalidation>>,
    /// Who waits for runs that are under way, here or elsewhere.
    waiting: Mutex<HashMap<Fingerprint, watch::Sender<Option<Ended>>>>,
    held: Held,
    /// Taken alone by who tells Redis of everything that is held: nothing ends in between.
    telling: RwLock<()>,
    /// When the first claim is given after Redis was away.
    claims_from: Mutex<Instant>,
    /// What could not be sent while Redis was away.
    unsent: Mutex<Invalidation>,
    link: watch::Sender<Link>,
    /// Which run of Redis is followed.
    run_id: Mutex<String>,
    /// Something could not be sent: the connection is to be made anew.
    broken: Notify,
}

/// Whether the instance follows the invalidations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    /// It has not done so yet.
    New,
    Up,
    Down,
}

/// What Redis knows of a submission.
enum Asked {
    Recorded(Bytes),
    /// For at most so long.
    Running(Duration),
    /// It was begun, and nobody has said how it ended.
    Lost,
    Nothing,
}

/// How long an operation may take, connecting included.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long nobody is given a claim after Redis was away: longer than any instance takes to notice that
/// it is back, and to tell what it holds.
const SETTLED_AFTER: Duration =
    Duration::from_millis(follow::LONGEST_PAUSE.as_millis() as u64 + 1_000);
/// How long it is known that something was begun whose end nobody has told.
const LOST_KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// How long the state of a tag is kept; longer than any value that may depend on it.
const TAG_KEPT: Duration = Duration::from_secs(31 * 24 * 60 * 60);
/// How long a value is kept at most.
const LONGEST_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How often a run that somebody waits for is asked about, in case its message was lost.
const ASK_AGAIN: Duration = Duration::from_secs(1);
/// How often it is looked after whether Redis has been told of everything.
const TOLD_SOON: Duration = Duration::from_millis(20);
/// How many invalidations a slow follower may be behind.
const FOLLOWED: usize = 256;

impl Redis {
    /// A store at `redis://host:port/db`, with so many bytes of local copies. It connects by itself,
    /// now and whenever the connection is lost.
    ///
    /// # Errors
    /// If the address can't be understood.
    pub(crate) fn open(url: &str, near_bytes: usize) -> Result<Self, StoreError> {
        Self::with_prefix(url, near_bytes, "formwork")
    }

    fn with_prefix(url: &str, near_bytes: usize, prefix: &str) -> Result<Self, StoreError> {
        let client = Client::open(url)?;
        // Channels are shared by all databases of a server; keys are not.
        let db = client.get_connection_info().redis_settings().db();
        let connection = Mutex::new(connect(&client)?);
        let shared = Arc::new(Shared {
            connection,
            client,
            prefix: format!("{prefix}:{db}"),
            near: memory::entries(near_bytes),
            tags: Tags::new(),
            invalidations: broadcast::Sender::new(FOLLOWED),
            waiting: Mutex::default(),
            held: Held::default(),
            telling: RwLock::default(),
            claims_from: Mutex::new(Instant::now()),
            unsent: Mutex::default(),
            link: watch::Sender::new(Link::New),
            run_id: Mutex::default(),
            broken: Notify::new(),
        });
        follow::spawn(&shared);
        Ok(Redis(shared))
    }
}

impl Shared {
    fn key(&self, kind: &str, name: impl std::fmt::Display) -> String {
        format!("{}:{kind}:{name}", self.prefix)
    }

    /// Where it says which run of Redis the data is of, and since when.
    fn begun(&self) -> String {
        self.key("begun", "")
    }

    fn connection(&self) -> ConnectionManager {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// One that has died without a word would itself take minutes to notice.
    fn connect_anew(&self) {
        if let Ok(connection) = connect(&self.client) {
            *self.connection.lock().unwrap_or_else(PoisonError::into_inner) = connection;
        }
    }

    fn run_id(&self) -> MutexGuard<'_, String> {
        self.run_id.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_up(&self) -> bool {
        *self.link.borrow() == Link::Up
    }

    /// Waits for the first connection; afterwards says at once whether there is one.
    async fn up(&self) -> Result<(), StoreError> {
        let mut link = self.link.subscribe();
        let known = link.wait_for(|link| *link != Link::New);
        match tokio::time::timeout(PATIENCE, known).await {
            Ok(Ok(link)) if *link == Link::Up => Ok(()),
            _ => Err(StoreError("Redis can't be reached".to_owned())),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<Fingerprint, watch::Sender<Option<Ended>>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unsent(&self) -> MutexGuard<'_, Invalidation> {
        self.unsent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn lookup(&self, key: &str, also: &[String]) -> Result<Lookup, StoreError> {
        // Before the copy is looked at: an invalidation in between is then a later one.
        let now = self.tags.now();
        let near = self.near.get(key).and_then(|entry| {
            let validity = entry.validity(self.states(&entry, also))?;
            Some((entry, validity))
        });
        if near.is_some() {
            return Ok(Lookup { now, found: near });
        }
        self.up().await?;
        let (now, blob) = redis::pipe()
            .cmd("GET")
            .arg(self.key("clock", ""))
            .cmd("HGET")
            .arg(self.key("entry", key))
            .arg("entry")
            .query_async::<(Option<u64>, Option<Vec<u8>>)>(&mut self.connection())
            .await?;
        let now = self.known(now)?;
        let Some(entry) = blob.and_then(|blob| encoding::read_entry(blob.into())) else {
            return Ok(Lookup { now, found: None });
        };
        let names: Vec<&str> = entry.tags().iter().chain(also).map(String::as_str).collect();
        let states = self.fetch_states(&names).await?;
        let validity = entry.validity(states);
        if validity.is_some() {
            self.keep_near(key, &entry);
        }
        Ok(Lookup { now, found: validity.map(|validity| (entry, validity)) })
    }

    fn states<'a>(
        &'a self,
        entry: &'a Entry,
        also: &'a [String],
    ) -> impl Iterator<Item = TagState> + 'a {
        entry.tags().iter().chain(also).map(|tag| self.tags.state(tag))
    }

    /// The states of these tags as Redis has them, remembered for the next time.
    async fn fetch_states(&self, tags: &[&str]) -> Result<Vec<TagState>, StoreError> {
        if tags.is_empty() {
            return Ok(Vec::new());
        }
        let known_from = self.tags.floor();
        let mut pipe = redis::pipe();
        pipe.cmd("HMGET").arg(self.begun()).arg(&["floor", "", ""]);
        for tag in tags {
            pipe.cmd("HMGET").arg(self.key("tag", tag)).arg(&["updated", "stale", "until"]);
        }
        let found: Vec<[Option<u64>; 3]> = pipe.query_async(&mut self.connection()).await?;
        let mut found = found.into_iter();
        let floor = self.known(found.next().and_then(|[floor, ..]| floor))?;
        let states: Vec<TagState> = found
            .map(|[updated, stale, until]| TagState {
                updated: Moment(updated.unwrap_or_default()).max(floor),
                stale: Moment(stale.unwrap_or_default()),
                stale_until: until.unwrap_or_default(),
            })
            .collect();
        for (tag, state) in tags.iter().zip(&states) {
            self.tags.learn(tag, *state, known_from);
        }
        Ok(states)
    }

    async fn put(&self, key: &str, entry: Entry) -> Result<(), StoreError> {
        if !self.is_up() {
            return Ok(());
        }
        self.keep_near(key, &entry);
        let kept = entry.kept().min(LONGEST_LIFE);
        let _: () = scripts::PUT
            .key(self.key("entry", key))
            .arg(entry.as_of().0)
            .arg(encoding::write_entry(&entry))
            .arg(millis(kept))
            .invoke_async(&mut self.connection())
            .await?;
        Ok(())
    }

    fn keep_near(&self, key: &str, entry: &Entry) {
        if self.near.get(key).is_none_or(|old| old.as_of() <= entry.as_of()) {
            self.near.insert(key.into(), entry.clone());
        }
        // The connection may have been lost in between, and every copy dropped.
        if !self.is_up() {
            self.near.invalidate(key);
        }
    }

    async fn changes(&self, tags: &[String]) -> Result<Changes, StoreError> {
        self.up().await?;
        let clock: Option<u64> = redis::cmd("GET")
            .arg(self.key("clock", ""))
            .query_async(&mut self.connection())
            .await?;
        let names: Vec<&str> = tags.iter().map(String::as_str).collect();
        let now = self.known(clock)?;
        let states = self.fetch_states(&names).await?;
        let last = states.iter().map(TagState::last).max().unwrap_or_default();
        Ok(Changes { now, last })
    }

    async fn invalidate(&self, what: &Invalidation) -> Result<(), StoreError> {
        let sent = match self.up().await {
            Ok(()) => self.send(what).await,
            Err(error) => Err(error),
        };
        match sent {
            Ok(now) => {
                // The message comes back to this instance, too, but its own next read must be
                // fresh already.
                self.tags.note(now, what);
                Ok(())
            }
            Err(error) => {
                self.unsent().extend(what);
                self.lose();
                // No moment of Redis' clock is to be had: what is here can't be told apart.
                self.near.invalidate_all();
                Err(error)
            }
        }
    }

    /// Sends an invalidation; answers its moment.
    async fn send(&self, what: &Invalidation) -> Result<Moment, StoreError> {
        let mut script = scripts::INVALIDATE.key(self.key("clock", ""));
        script
            .arg(self.key("tag", ""))
            .arg(follow::channel(&self.prefix, follow::INVALIDATED))
            .arg(encoding::write_invalidation(what))
            .arg(millis(TAG_KEPT))
            .arg(what.updated.len())
            .arg(&what.updated);
        for (tag, grace) in &what.stale {
            script.arg(tag).arg(millis(*grace));
        }
        Ok(Moment(script.invoke_async(&mut self.connection()).await?))
    }

    /// Something could not be said: the connection is to be made anew, and then it is said again.
    fn lose(&self) {
        self.link.send_if_modified(|link| std::mem::replace(link, Link::Down) != Link::Down);
        self.broken.notify_one();
    }

    /// A moment that every Redis has of which this instance has begun to follow: where it is missing, somebody
    /// has emptied it.
    fn known(&self, moment: Option<u64>) -> Result<Moment, StoreError> {
        moment.map(Moment).ok_or_else(|| {
            self.lose();
            StoreError("Redis has lost what it knew".to_owned())
        })
    }

    /// Waits until every instance has told Redis of what it holds, if Redis was away. Answers which run of it
    /// that is: one that is begun later is to be waited for, too.
    async fn settled(&self) -> Result<String, StoreError> {
        loop {
            let run = self.run_id().clone();
            self.up().await?;
            let from = *self.claims_from();
            if from <= Instant::now() && !run.is_empty() {
                return Ok(run);
            }
            // It may go away once more meanwhile.
            tokio::time::sleep_until(from).await;
        }
    }

    /// Whether nothing has happened to the connection since [`settled`](Shared::settled).
    fn is_settled(&self) -> bool {
        self.is_up() && *self.claims_from() <= Instant::now()
    }

    fn claims_from(&self) -> MutexGuard<'_, Instant> {
        self.claims_from.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn claim(&self, submission: &Fingerprint, lease: Duration) -> Result<Claim, StoreError> {
        match self.held.find(submission).map(|hold| hold.state) {
            Some(State::Running) => return Ok(Claim::Running),
            Some(State::Ended(Ended::Recorded(outcome))) => return Ok(Claim::Recorded(outcome)),
            _ => {}
        }
        let run = self.settled().await?;
        // What is held here is not told meanwhile, and so not this.
        let _telling = self.telling.read().await;
        let id = self.held.take_idle(submission).unwrap_or_else(claim_id);
        let claimed = match self.ask_for(submission, id, lease, &run).await {
            // It took so long that another may not have told that it is its own.
            Ok(Claim::Yours(_)) if !self.is_settled() => {
                Err(StoreError("Redis went away meanwhile".to_owned()))
            }
            claimed => claimed,
        };
        match claimed {
            Ok(Claim::Yours(id)) => {
                self.held.note(submission, id, State::Running, lease);
                Ok(Claim::Yours(id))
            }
            Ok(claim) => Ok(claim),
            Err(error) => {
                // Given back as soon as Redis is there, if it was given.
                self.held.note(submission, id, State::Asked, lease);
                self.lose();
                Err(error)
            }
        }
    }

    /// Asks this run of Redis for a claim under this id, or for a longer lease of it.
    async fn ask_for(
        &self,
        submission: &Fingerprint,
        id: ClaimId,
        lease: Duration,
        run: &str,
    ) -> Result<Claim, StoreError> {
        let (kind, value): (u8, redis::Value) = scripts::CLAIM
            .key(self.submission(submission))
            .key(self.begun())
            .arg(id)
            .arg(millis(lease).max(1))
            .arg(millis(LOST_KEPT))
            .arg(run)
            .invoke_async(&mut self.connection())
            .await?;
        Ok(match kind {
            scripts::YOURS => Claim::Yours(id),
            scripts::RECORDED => Claim::Recorded(bytes(value)?),
            scripts::ANOTHER => return Err(StoreError("Redis was started anew".to_owned())),
            _ => Claim::Running,
        })
    }

    /// Ends a claim: with an outcome that is kept, or with a failure that those learn who wait now.
    /// If Redis is away, this instance keeps it until Redis is back.
    async fn end(
        &self,
        submission: &Fingerprint,
        claim: ClaimId,
        ended: Ended,
        kept: Duration,
    ) -> Result<(), StoreError> {
        let telling = self.telling.read().await;
        let told = self.tell(submission, claim, &ended, kept).await;
        match &told {
            Ok(()) => self.held.forget(submission, claim),
            // Until then it counts as running: nobody else takes its claim while this is on its way.
            Err(_) => {
                self.held.end(submission, claim, ended.clone(), kept);
                self.lose();
            }
        }
        drop(telling);
        if let Some(waiting) = self.waiting().get(submission) {
            waiting.send_replace(Some(ended));
        }
        told
    }

    async fn tell(
        &self,
        submission: &Fingerprint,
        claim: ClaimId,
        ended: &Ended,
        kept: Duration,
    ) -> Result<(), StoreError> {
        let (text, kept, lost) = match ended {
            Ended::Recorded(outcome) => (outcome.as_ref(), millis(kept).max(1), 0),
            Ended::Failed(failure) => (failure.as_ref(), 0, 0),
            Ended::Unsure(failure) => (failure.as_ref(), 0, millis(LOST_KEPT)),
            Ended::Lost => ([].as_slice(), 0, millis(LOST_KEPT)),
            Ended::Unknown => ([].as_slice(), 0, 0),
        };
        let _: () = scripts::END
            .key(self.submission(submission))
            .arg(claim)
            .arg(kept)
            .arg(text)
            .arg(follow::channel(&self.prefix, follow::ENDED))
            .arg(encoding::write_ended(submission, ended))
            .arg(lost)
            .invoke_async(&mut self.connection())
            .await?;
        Ok(())
    }

    /// Tells Redis of everything that is held here: what ended is recorded or given back, what runs is
    /// claimed again.
    async fn tell_all(&self) -> Result<(), StoreError> {
        let _alone = self.telling.write().await;
        let run = self.run_id().clone();
        for (submission, hold) in self.held.list() {
            let Hold { claim, state, .. } = &hold;
            match state {
                State::Running => {
                    self.ask_for(&submission, *claim, hold.left(), &run).await?;
                    continue;
                }
                State::Ended(ended) => self.tell(&submission, *claim, ended, hold.left()).await?,
                State::Asked => {
                    self.tell(&submission, *claim, &Ended::Unknown, hold.left()).await?
                }
            }
            self.held.forget(&submission, *claim);
        }
        Ok(())
    }

    /// Waits until Redis knows of everything that has ended here, and of what was invalidated. It is told
    /// by whoever follows it, as soon as it is back.
    async fn all_is_told(&self) {
        let is_untold = |(_, hold): &(Fingerprint, Hold)| !matches!(hold.state, State::Running);
        while self.held.list().iter().any(is_untold) || !self.unsent().is_empty() {
            tokio::time::sleep(TOLD_SOON).await;
        }
    }

    async fn wait(&self, submission: &Fingerprint) -> Result<Ended, StoreError> {
        let _left = Left { shared: self, submission };
        // Before it is asked for: a message in between is not missed.
        let ended = self
            .waiting()
            .entry(*submission)
            .or_insert_with(|| watch::Sender::new(None))
            .subscribe();
        self.ended(submission, ended).await
    }

    /// How it ended, if it did; `told` is told of it. That one has failed may be said of a run before the
    /// one that is under way: what Redis knows counts, and what was said tells no more than how.
    async fn ended(
        &self,
        submission: &Fingerprint,
        mut told: watch::Receiver<Option<Ended>>,
    ) -> Result<Ended, StoreError> {
        let mut was_running = false;
        let mut said = None;
        loop {
            // Until it ends, or its lease does.
            let left = match self.held.find(submission) {
                Some(Hold { state: State::Ended(ended @ Ended::Recorded(_)), .. }) => {
                    return Ok(ended);
                }
                // Of what runs here Redis knows no more.
                Some(hold) if matches!(hold.state, State::Running) => hold.left(),
                _ => match self.ask(submission).await? {
                    Asked::Recorded(outcome) => return Ok(Ended::Recorded(outcome)),
                    Asked::Lost => return Ok(Ended::Lost),
                    Asked::Nothing if was_running => return Ok(said.unwrap_or(Ended::Lost)),
                    Asked::Nothing => return Ok(Ended::Unknown),
                    Asked::Running(left) => left,
                },
            };
            was_running = true;
            if let Ok(Ok(())) = tokio::time::timeout(left.min(ASK_AGAIN), told.changed()).await {
                match told.borrow_and_update().clone() {
                    Some(ended @ Ended::Recorded(_)) => return Ok(ended),
                    other => said = other,
                }
            }
        }
    }

    async fn ask(&self, submission: &Fingerprint) -> Result<Asked, StoreError> {
        self.up().await?;
        let (kind, value): (u8, redis::Value) = scripts::ASK
            .key(self.submission(submission))
            .invoke_async(&mut self.connection())
            .await?;
        Ok(match kind {
            scripts::RECORDED => Asked::Recorded(bytes(value)?),
            scripts::YOURS => Asked::Nothing,
            scripts::LOST => Asked::Lost,
            _ => Asked::Running(Duration::from_millis(redis::from_redis_value(value)?)),
        })
    }

    async fn count(&self, key: &str, window: Duration) -> Result<Counted, StoreError> {
        self.up().await?;
        let (count, ends_in): (u64, u64) = scripts::COUNT
            .key(self.key("count", key))
            .arg(millis(window).max(1))
            .invoke_async(&mut self.connection())
            .await?;
        Ok(Counted { count, ends_in: Duration::from_millis(ends_in) })
    }

    fn submission(&self, submission: &Fingerprint) -> String {
        self.key("submission", hex(submission))
    }
}

/// The last one who waits for a submission and leaves, told or not, leaves nothing behind.
struct Left<'a> {
    shared: &'a Shared,
    submission: &'a Fingerprint,
}

impl Drop for Left<'_> {
    fn drop(&mut self) {
        let mut waiting = self.shared.waiting();
        if waiting.get(self.submission).is_some_and(|ended| ended.receiver_count() == 0) {
            waiting.remove(self.submission);
        }
    }
}

/// A claim on its way to who asked for it: given back if nobody takes it.
struct Given {
    shared: Arc<Shared>,
    submission: Fingerprint,
    claim: Option<Claim>,
}

impl Given {
    fn take(mut self) -> Claim {
        self.claim.take().expect("it is taken once")
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        if let (Some(Claim::Yours(claim)), Ok(runtime)) = (&self.claim, Handle::try_current()) {
            let (shared, submission, claim) = (Arc::clone(&self.shared), self.submission, *claim);
            runtime.spawn(async move {
                let _ = shared.end(&submission, claim, Ended::Unknown, Duration::ZERO).await;
            });
        }
    }
}

/// A connection for commands; it begins with the first one.
fn connect(client: &Client) -> Result<ConnectionManager, StoreError> {
    let config = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE))
        .set_number_of_retries(1);
    Ok(ConnectionManager::new_lazy_with_config(client.clone(), config)?)
}

/// An id of its own for each claim, also after Redis has lost all others.
fn claim_id() -> ClaimId {
    getrandom::u64().expect("the operating system has randomness")
}

/// Does it to its end, also if the visitor who waits for it goes away.
fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> Reply<'static, T> {
    let work = tokio::spawn(work);
    Box::pin(async move { work.await.map_err(|error| StoreError(error.to_string()))? })
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn bytes(value: redis::Value) -> Result<Bytes, StoreError> {
    let bytes: Vec<u8> = redis::from_redis_value(value)?;
    Ok(bytes.into())
}

impl From<redis::RedisError> for StoreError {
    fn from(error: redis::RedisError) -> Self {
        StoreError(error.to_string())
    }
}

impl From<redis::ParsingError> for StoreError {
    fn from(error: redis::ParsingError) -> Self {
        StoreError(error.to_string())
    }
}

impl Store for Redis {
    fn lookup<'a>(&'a self, key: &'a str, also: &'a [String]) -> Reply<'a, Lookup> {
        Box::pin(self.0.lookup(key, also))
    }

    fn put<'a>(&'a self, key: &'a str, entry: Entry) -> Reply<'a, ()> {
        Box::pin(self.0.put(key, entry))
    }

    fn changes<'a>(&'a self, tags: &'a [String]) -> Reply<'a, Changes> {
        Box::pin(self.0.changes(tags))
    }

    fn invalidate<'a>(&'a self, what: &'a Invalidation) -> Reply<'a, ()> {
        Box::pin(self.0.invalidate(what))
    }

    fn invalidations(&self) -> broadcast::Receiver<Arc<Invalidation>> {
        self.0.invalidations.subscribe()
    }

    fn claim<'a>(&'a self, submission: &'a Fingerprint, lease: Duration) -> Reply<'a, Claim> {
        let (shared, submission) = (Arc::clone(&self.0), *submission);
        let (send, receive) = oneshot::channel();
        tokio::spawn(async move {
            let claim = shared.claim(&submission, lease).await;
            // Who asked for it may be gone.
            let _ = send.send(claim.map(|claim| Given { shared, submission, claim: Some(claim) }));
        });
        Box::pin(async move {
            let given = receive.await.map_err(|error| StoreError(error.to_string()))?;
            given.map(Given::take)
        })
    }

    fn end<'a>(
        &'a self,
        submission: &'a Fingerprint,
        claim: ClaimId,
        ended: Ended,
        kept: Duration,
    ) -> Reply<'a, ()> {
        let (shared, submission) = (Arc::clone(&self.0), *submission);
        to_its_end(async move { shared.end(&submission, claim, ended, kept).await })
    }

    fn wait<'a>(&'a self, submission: &'a Fingerprint) -> Reply<'a, Ended> {
        Box::pin(self.0.wait(submission))
    }

    fn settled(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.0.all_is_told())
    }

    fn count<'a>(&'a self, key: &'a str, window: Duration) -> Reply<'a, Counted> {
        Box::pin(self.0.count(key, window))
    }
}
