//! Step 8: the same submission runs once; its recorded outcome is answered again.
//!
//! A submission is the same if its sender, its id and everything in it are: a second click, a
//! refresh, a retry after a lost response. While it runs, its duplicates wait. Only a success is
//! recorded: what failed may be tried again.
//!
//! What is in the store says who sent it. So it is found by what every build knows of a submission,
//! also by one that has no such action any more, and is answered to its sender alone.

use std::{task::Poll, time::Duration};

use formwork_core::{ActionError, ErrorKind, PublicError, wire};
use futures::{FutureExt, poll};
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;
use tracing::Instrument;

use super::{Came, Ran, Submission, parse, recorded, recorded::Seen, run, steps, watched};
use crate::{
    bound, failure,
    hex::hex,
    observe,
    refusal::Refusal,
    seal::{Opened, Purpose},
    store::{Claim, ClaimId, Ended, Fingerprint, Store, StoreError},
    upload,
};

/// A day: as long as a page may lie open before it is sent again.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);
/// How much longer than it may run a submission is claimed.
const MARGIN: Duration = Duration::from_secs(10);

/// Runs the action, or answers what it answered before.
pub(super) async fn once(submission: &mut Submission) -> Result<Came, ActionError> {
    let Some(mut fingerprint) = fingerprint(submission) else {
        submission.come_to("parse");
        let form = parse::parse(submission)?;
        let logged = logged(submission);
        let name = identity(submission).map(|identity| name(&identity, &who(submission)));
        // What it came to could not be asked for afterwards, so nobody looks on.
        let (audience, watched) = watched::of(submission, false);
        let run = run::run(submission, form, name, audience).map(|result| result.map_err(logged));
        return watched::until(watched, to_its_end(submission, run)).await;
    };
    let store = submission.site.store().clone();
    let seen = seen_of(submission, replaced(submission)).await?;
    submission.has_asked = true;
    if let Some(seen) = seen
        && let Some(ran) = replay(submission, seen)
    {
        return ran.map(Came::ran);
    }
    if let Some(sent) = submission.sealed.filter(|sent| *sent != fingerprint)
        && let Some(seen) = Box::pin(note_sealed(&*store, &sent, &fingerprint)).await?
        && let Some(ran) = replay(submission, seen)
    {
        return ran.map(Came::ran);
    }
    let who = who(submission);
    let name = name(&fingerprint, &who);
    let lease = run::time_limit(submission) + MARGIN;
    loop {
        let seen = match store.claim(&fingerprint, lease).await.map_err(refused)? {
            Claim::Yours(claim) => {
                return claimed(submission, Claimed { fingerprint, claim, name, who }).await;
            }
            Claim::Recorded(outcome) => Seen::recorded(&outcome)?,
            Claim::Running => match store.wait(&fingerprint).await.map_err(refused)? {
                Ended::Recorded(outcome) => Seen::recorded(&outcome)?,
                Ended::Failed(failure) | Ended::Unsure(failure) => Seen::failure(&failure)?,
                Ended::Unknown | Ended::Lost => continue,
            },
        };
        match replay(submission, seen) {
            Some(ran) => return ran.map(Came::ran),
            // Somebody else's, with the same id and fields: this one is another submission.
            None => fingerprint = of_sender(&fingerprint, &who),
        }
    }
}

/// Its outcome, if it ran or runs; else this error, which keeps it from running now. Nothing is noted of it:
/// later it may run.
pub(super) async fn recorded_or(
    submission: &mut Submission,
    error: ActionError,
) -> Result<Ran, ActionError> {
    let Some(mut fingerprint) = fingerprint(submission) else { return Err(error) };
    let store = submission.site.store().clone();
    loop {
        let seen = match store.wait(&fingerprint).await.map_err(refused)? {
            Ended::Recorded(record) => match recorded::same_as(&record) {
                Some(other) => {
                    fingerprint = other;
                    continue;
                }
                None => Seen::recorded(&record)?,
            },
            Ended::Failed(failure) | Ended::Unsure(failure) => Seen::failure(&failure)?,
            Ended::Unknown => return Err(error),
            // "Too often" would make another submission of what is sent next.
            Ended::Lost => return Err(Refusal::MayBeDone.into()),
        };
        if let Some(ran) = replay(submission, seen) {
            submission.come_to("once");
            return ran;
        }
        // Somebody else's, as in [`once`].
        fingerprint = of_sender(&fingerprint, &who(submission));
    }
}

/// What became of a submission that can't be run as it was sent, or of one that it is sent in place of, if
/// it ran. If it did not, it is refused by all instances from now on: its visitor is told so, and a
/// duplicate of it that is on its way to another instance must not run after all.
pub(super) fn seen(
    submission: &Submission,
) -> impl Future<Output = Result<Option<Seen>, ActionError>> + Send + use<> {
    let own = asked(submission);
    let mut replaced = replaced(submission);
    replaced.names.extend(own);
    seen_of(submission, replaced)
}

fn seen_of(
    submission: &Submission,
    all: Replaced<'_>,
) -> impl Future<Output = Result<Option<Seen>, ActionError>> + Send + use<> {
    let store = submission.site.store().clone();
    let Replaced { names, shut } = all;
    let is_shut = shut.is_some();
    // Its files are hashed once more for it.
    let compares = names.iter().any(|asked| asked.content.is_some());
    let content = compares.then(|| content(submission));
    async move {
        for asked in names {
            if let Some(seen) = seen_or_refused(&*store, asked).await? {
                // Nobody is told that something was done which was entered after it.
                let is_other = asked.content.is_some() && asked.content != content;
                let result = if is_other { Err(Refusal::DoneBefore.into()) } else { seen.result };
                return Ok(Some(Seen { result, ..seen }));
            }
        }
        // There is no asking about what can't be read any more.
        if is_shut { Err(Refusal::MayBeDone.into()) } else { Ok(None) }
    }
}

async fn seen_or_refused(store: &dyn Store, asked: Asked) -> Result<Option<Seen>, ActionError> {
    let Asked { mut fingerprint, looked, .. } = asked;
    loop {
        let outcome = match store.wait(&fingerprint).await.map_err(refused)? {
            Ended::Recorded(outcome) => outcome,
            // To fill in its form again could mean that it is done twice.
            Ended::Lost if !looked => return Err(Refusal::MayBeDone.into()),
            // This time; whether it was done before is known to the store.
            Ended::Failed(_) | Ended::Unsure(_) => continue,
            // Nobody has heard of it: if the store can tell, it is not to run any more.
            Ended::Lost | Ended::Unknown => {
                match store.claim(&fingerprint, MARGIN).await.map_err(refused)? {
                    Claim::Yours(claim) => {
                        let refusal = recorded::refusal(&Refusal::ChangedShape.into());
                        let kept = store.record(&fingerprint, claim, refusal, REMEMBERED).await;
                        return kept.map(|()| None).map_err(refused);
                    }
                    Claim::Recorded(outcome) => outcome,
                    Claim::Running => continue,
                }
            }
        };
        match recorded::same_as(&outcome) {
            Some(other) => fingerprint = other,
            None => {
                let seen = Seen::recorded(&outcome)?;
                return Ok(seen.result.is_ok().then_some(seen));
            }
        }
    }
}

/// Notes which submission it is that was sent like this, for when its seals can't be opened any more. If
/// that has been so already, for another instance, it was refused there, and is not to run here.
async fn note_sealed(
    store: &dyn Store,
    sent: &Fingerprint,
    fingerprint: &Fingerprint,
) -> Result<Option<Seen>, ActionError> {
    loop {
        let record = match store.claim(sent, MARGIN).await.map_err(refused)? {
            Claim::Yours(claim) => {
                let same = recorded::same(fingerprint);
                let kept = store.record(sent, claim, same, REMEMBERED).await;
                return kept.map(|()| None).map_err(refused);
            }
            Claim::Recorded(record) => record,
            Claim::Running => match store.wait(sent).await.map_err(refused)? {
                Ended::Recorded(record) => record,
                Ended::Failed(_) | Ended::Unsure(_) | Ended::Unknown | Ended::Lost => continue,
            },
        };
        return match recorded::same_as(&record) {
            Some(_) => Ok(None),
            None => Seen::recorded(&record).map(Some),
        };
    }
}

/// A submission that is asked about.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    fingerprint: Fingerprint,
    /// Of one that another is sent in place of: what the form held that came back for it. Only who sends
    /// that again is told that it is done.
    content: Option<Fingerprint>,
    /// Its visitor was told that it may be done, and sends all the same.
    looked: bool,
}

/// Both fingerprints, and whether its visitor has looked.
type Name = [u8; 2 * size_of::<Fingerprint>() + 1];

impl Asked {
    fn read(name: &Name) -> Option<Self> {
        let (fingerprint, rest) = name.split_first_chunk()?;
        let (content, looked) = rest.split_first_chunk()?;
        Some(Asked { fingerprint: *fingerprint, content: Some(*content), looked: *looked == [1] })
    }

    /// As the form that comes back names it, which holds this.
    fn write(self, held: Fingerprint, looked: bool) -> Vec<u8> {
        let looked = u8::from(self.looked || looked);
        [&self.fingerprint[..], &self.content.unwrap_or(held), &[looked]].concat()
    }
}

/// How many submissions one is sent in place of at most; the first ones are those most likely done.
const MOST_REPLACED: usize = 32;

/// What a submission is sent in place of; see [`wire::AGAIN`].
#[derive(Default)]
struct Replaced<'a> {
    names: Vec<Asked>,
    /// These are there as well, and the key that sealed them is gone.
    shut: Option<&'a str>,
}

/// What this one is sent in place of. It is asked about before anybody knows who sends it, and what is not
/// known is noted as refused; so only what was handed out here counts.
fn replaced(submission: &Submission) -> Replaced<'_> {
    let sealed = submission.entries.last(wire::AGAIN).filter(|sealed| !sealed.is_empty());
    let idempotent = submission.action.is_some_and(|action| action.idempotent);
    let Some(sealed) = sealed.filter(|_| !idempotent) else { return Replaced::default() };
    match submission.site.keys().open(Purpose::Again, b"", sealed) {
        Opened::Text(text) => {
            let (names, _) = text.as_chunks();
            let names = names.iter().take(MOST_REPLACED).filter_map(Asked::read).collect();
            Replaced { names, shut: None }
        }
        Opened::UnknownKey => Replaced { names: Vec::new(), shut: Some(sealed) },
        Opened::Forged => Replaced::default(),
    }
}

/// What the form that comes back is to name there, after this error.
pub(super) fn unsettled(submission: &Submission, error: &PublicError) -> String {
    let looked = may_be_done(error);
    let Replaced { names, shut } = replaced(submission);
    // Until its visitor is told.
    if let Some(shut) = shut.filter(|_| !looked) {
        return shut.to_owned();
    }
    let all = names.into_iter().chain(submission.unsettled).take(MOST_REPLACED);
    let all: Vec<Asked> = all.collect();
    if all.is_empty() {
        return String::new();
    }
    let held = content(submission);
    let names: Vec<u8> = all.into_iter().flat_map(|asked| asked.write(held, looked)).collect();
    submission.site.keys().seal(Purpose::Again, b"", &names)
}

/// Whether that is what the visitor is told.
pub(super) fn may_be_done(error: &PublicError) -> bool {
    error.message == Refusal::MayBeDone.text()
}

/// What the form that comes back is to name there, if nobody has asked about it yet.
pub(super) fn unasked(submission: &Submission) -> Option<&str> {
    let named = submission.entries.last(wire::AGAIN).filter(|named| !named.is_empty());
    named.filter(|_| !submission.has_asked)
}

/// The submission itself, to be asked about.
pub(super) fn asked(submission: &Submission) -> Option<Asked> {
    let fingerprint = fingerprint(submission)?;
    Some(Asked { fingerprint, content: None, looked: false })
}

/// What it came to before; `None` if somebody else sent that.
pub(super) fn replay(submission: &mut Submission, seen: Seen) -> Option<Result<Ran, ActionError>> {
    if seen.who.as_ref().is_some_and(|sender| *sender != who(submission)) {
        return None;
    }
    submission.replayed = seen.result.is_ok();
    Some(seen.result)
}

/// A submission that is this request's to run.
struct Claimed {
    fingerprint: Fingerprint,
    claim: ClaimId,
    /// As the handler records it.
    name: String,
    who: String,
}

/// Runs what nobody else runs: a write that was begun is finished and recorded.
async fn claimed(submission: &mut Submission, claimed: Claimed) -> Result<Came, ActionError> {
    let Claimed { fingerprint, claim, name, who } = claimed;
    let store = submission.site.store().clone();
    submission.come_to("parse");
    let form = match parse::parse(submission) {
        Ok(form) => form,
        Err(error) => {
            let error = logged(submission)(error);
            let told = recorded::failure(&who, &error);
            if let Err(error) = store.release(&fingerprint, claim, told).await {
                tracing::error!(%error, "a claim is given back when the store is back");
            }
            return Err(error);
        }
    };
    let logged = logged(submission);
    let (audience, watched) = watched::of(submission, true);
    let run = run::run(submission, form, Some(name), audience);
    let run = async move {
        let result = run.await.map_err(logged);
        let recorded = match &result {
            Ok(ran) => {
                let outcome = recorded::outcome(&who, ran);
                store.record(&fingerprint, claim, outcome, REMEMBERED).await
            }
            // Who sends it again, or waits for it, runs it.
            Err(error) if watched::has_left(error) => store.give_up(&fingerprint, claim).await,
            Err(error) => {
                let failure = recorded::failure(&who, error);
                match error.kind() {
                    // It may have written before it failed, or was cut off.
                    ErrorKind::Internal | ErrorKind::Unavailable => {
                        store.lose(&fingerprint, claim, failure).await
                    }
                    _ => store.release(&fingerprint, claim, failure).await,
                }
            }
        };
        if let Err(error) = recorded {
            // Who sends it again meanwhile is answered here, or refused elsewhere.
            tracing::error!(%error, "the outcome of a submission is recorded when the store is back");
        }
        result
    };
    watched::until(watched, to_its_end(submission, run)).await
}

/// Logs a failure where it happens: the visitor may have gone, and duplicates are told the same.
fn logged(submission: &Submission) -> impl FnOnce(ActionError) -> ActionError + Send + use<> {
    let (site, action) = (submission.site.clone(), submission.def().id);
    move |error| failure::settled(site.hooks(), action, error)
}

/// Runs it to its end, also if the visitor goes away (a streaming action's run ends then by itself); for
/// so long it counts as under way. What nobody is there to be answered is told to operations by the run
/// itself.
fn to_its_end<F>(
    submission: &Submission,
    run: F,
) -> impl Future<Output = Result<Ran, ActionError>> + Send + use<F>
where
    F: Future<Output = Result<Ran, ActionError>> + Send + 'static,
{
    let under_way = submission.under_way.clone();
    let running = submission.site.running().enter();
    let left = observe::Left::of(submission);
    let mut run = Box::pin(run.in_current_span());
    async move {
        // What waits for nothing needs no task of its own: another thread would be woken for it.
        if let Poll::Ready(result) = poll!(&mut run) {
            return result;
        }
        let (send, receive) = oneshot::channel();
        let to_its_end = async move {
            let (_under_way, _running) = (under_way, running);
            let result = run.await;
            if let Err(result) = send.send(result) {
                left.tell(result.map(|_| ()));
            }
        };
        tokio::spawn(to_its_end.in_current_span());
        receive.await.unwrap_or_else(|_| Err(ActionError::internal("the run was cancelled")))
    }
}

/// What can't be guaranteed is refused: without the store nobody knows whether it ran.
fn refused(error: StoreError) -> ActionError {
    tracing::error!(%error, "a submission was refused");
    Refusal::CanNotRecord.into()
}

/// What a submission is known by; `None` for one that may run each time.
fn fingerprint(submission: &Submission) -> Option<Fingerprint> {
    // An action that is gone may have been anything.
    let idempotent = submission.action.is_some_and(|action| action.idempotent);
    if idempotent { None } else { identity(submission) }
}

/// The submission by everything that is in it and who sent it, as a text of 32 letters and digits for
/// the handler to record: sent with other content, it has another.
fn name(identity: &Fingerprint, who: &str) -> String {
    short(&of_sender(identity, who))
}

/// The submission by everything that is in it: its id, its page, and what was entered. What is sealed is
/// sealed differently in each page that has the form, so what is in the seals counts, where they open.
fn identity(submission: &Submission) -> Option<Fingerprint> {
    let bound = Bound::of(submission);
    if (bound.is_none() && is_bound(submission)) || steps::is_shut(submission) {
        return submission.sealed;
    }
    let in_steps = submission.steps.is_some();
    let is_same = |name: &str| match name {
        // A form that comes back says it anew, and is the same form.
        wire::AGAIN => true,
        wire::FORM => bound.is_some(),
        _ => in_steps && steps::is_of_rendering(name),
    };
    let entered = submission.entries.iter().filter(|(name, _)| !is_same(name));
    let entered = entered.map(|(name, value)| match &bound {
        Some(bound) if bound.sealed == value => (name, &*bound.content),
        _ => (name, value),
    });
    hash_of(submission, entered)
}

/// The submission by everything that is in it, as it was sent; `None` if nothing of it is sealed.
pub(super) fn sealed(submission: &Submission) -> Option<Fingerprint> {
    let has_steps = submission.entries.last(wire::STEPS).is_some_and(|steps| !steps.is_empty());
    if !has_steps && !is_bound(submission) {
        return None;
    }
    // Told apart from what it is by its content.
    let sent = [("", "sealed")].into_iter().chain(submission.entries.iter());
    hash_of(submission, sent)
}

/// Whether values are bound to it that can't be read.
pub(super) fn is_shut(submission: &Submission) -> bool {
    is_bound(submission) && Bound::of(submission).is_none()
}

fn is_bound(submission: &Submission) -> bool {
    submission.of_action(wire::BOUND, |button| button.bound).is_some_and(|bound| !bound.is_empty())
}

fn hash_of<'a>(
    submission: &'a Submission,
    entries: impl Iterator<Item = (&'a str, &'a str)>,
) -> Option<Fingerprint> {
    let mut hash = Hash::default();
    hash.add(submission.id()?.as_bytes());
    hash.add(submission.parts.uri.to_string().as_bytes());
    entries.for_each(|(name, value)| hash.entry(name, value));
    hash.files(submission);
    Some(hash.0.finalize().into())
}

/// What was entered, whichever build's form it was sent with, and what it is about.
fn content(submission: &Submission) -> Fingerprint {
    let mut hash = Hash::default();
    match Bound::of(submission) {
        Some(bound) => hash.add(bound.content.as_bytes()),
        None => hash.add(
            submission.of_action(wire::BOUND, |button| button.bound).unwrap_or_default().as_bytes(),
        ),
    }
    let entered = submission.entries.iter().filter(|(name, _)| !wire::is_reserved(name));
    entered.for_each(|(name, value)| hash.entry(name, value));
    hash.files(submission);
    hash.0.finalize().into()
}

#[derive(Default)]
struct Hash(Sha256);

impl Hash {
    fn add(&mut self, part: &[u8]) {
        self.0.update((part.len() as u64).to_be_bytes());
        self.0.update(part);
    }

    fn entry(&mut self, name: &str, value: &str) {
        self.add(name.as_bytes());
        // The gears spell line breaks differently.
        match value.contains('\r') {
            true => self.add(value.replace("\r\n", "\n").as_bytes()),
            false => self.add(value.as_bytes()),
        }
    }

    fn files(&mut self, submission: &Submission) {
        for (name, file) in submission.entries.files() {
            self.add(name.as_bytes());
            self.add(file.upload.file_name().as_bytes());
            self.add(&upload::hash(&file.upload));
        }
    }
}

/// What is bound to the action of a submission.
struct Bound<'a> {
    /// The value of the field, or of the button, that has it.
    sealed: &'a str,
    content: String,
}

impl<'a> Bound<'a> {
    /// `None` if there is nothing bound, or no key for it.
    fn of(submission: &'a Submission) -> Option<Self> {
        let (entries, keys) = (&submission.entries, submission.site.keys());
        let action = entries.last(wire::ACTION)?;
        if let Some(button) = wire::Button::parse(action) {
            let values = bound::content(&keys, button.action, button.shape, button.bound)?;
            let content = format!("{}@{}@{values}", button.action, button.shape);
            return Some(Bound { sealed: action, content });
        }
        let sealed = entries.last(wire::BOUND)?;
        let content = bound::content(&keys, action, entries.last(wire::SHAPE)?, sealed)?;
        Some(Bound { sealed, content })
    }
}

/// The same of one of several senders.
fn of_sender(fingerprint: &Fingerprint, who: &str) -> Fingerprint {
    Sha256::new().chain_update(fingerprint).chain_update(who).finalize().into()
}

/// Who sent it, where the guard knows, as a hash: what one account did is not answered to another
/// that sends the same form from the same machine. Cookies would not do: an action may have set one,
/// and the same submission sent again would be another. It is no part of the fingerprint, so that
/// whether something ran can be told when its action, and so its guard, is gone.
fn who(submission: &Submission) -> String {
    submission.subject().map(|subject| short(&Sha256::digest(subject).into())).unwrap_or_default()
}

/// As much of a hash as tells all apart.
fn short(hash: &Fingerprint) -> String {
    hex(&hash[..16])
}
