//! What every store must do; each implementation's tests run it.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;

use super::{
    Claim, Ended, Entry, Fingerprint, Invalidation, Life, Moment, Store, StoreError, Validity,
};

const MINUTE: Duration = Duration::from_secs(60);

/// Runs everything, each time on an empty store.
pub(super) async fn run<S: Store>(empty: impl Fn() -> S) {
    values(&empty()).await.expect("values");
    invalidation(&empty()).await.expect("invalidation");
    grace(&empty()).await.expect("grace");
    an_invalidation_during_a_computation_wins(&empty()).await.expect("the race");
    lives(&empty()).await.expect("lives");
    followers(&empty()).await.expect("followers");
    claims(&empty()).await.expect("claims");
    leases(&empty()).await.expect("leases");
    lost(&empty()).await.expect("lost");
    waiting(Arc::new(empty())).await.expect("waiting");
    counters(&empty()).await.expect("counters");
}

type Checked = Result<(), StoreError>;

fn entry(as_of: Moment, tags: &[&str], text: &'static str) -> Entry {
    let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
    Entry::new(as_of, Life::minutes(1), tags, vec![Bytes::from_static(text.as_bytes())])
}

async fn put(store: &impl Store, key: &str, tags: &[&str], text: &'static str) -> Checked {
    let now = store.changes(&[]).await?.now;
    store.put(key, entry(now, tags, text)).await
}

async fn found(store: &impl Store, key: &str) -> Result<Option<(Bytes, Validity)>, StoreError> {
    let found = store.lookup(key, &[]).await?.found;
    Ok(found.map(|(entry, validity)| (entry.parts()[0].clone(), validity)))
}

fn tags(tags: &[&str]) -> Vec<String> {
    tags.iter().map(|tag| (*tag).to_owned()).collect()
}

async fn values(store: &impl Store) -> Checked {
    assert_eq!(found(store, "a").await?, None);
    put(store, "a", &["x", "y"], "one").await?;
    put(store, "b", &[], "two").await?;
    assert_eq!(found(store, "a").await?, Some(("one".into(), Validity::Fresh)));
    assert_eq!(found(store, "b").await?, Some(("two".into(), Validity::Fresh)));
    let (entry, _) = store.lookup("a", &[]).await?.found.expect("it is there");
    assert_eq!(**entry.tags(), *tags(&["x", "y"]));
    put(store, "a", &[], "three").await?;
    assert_eq!(found(store, "a").await?, Some(("three".into(), Validity::Fresh)));

    let parts = vec![Bytes::from_static(b"head"), Bytes::new(), Bytes::from_static(&[0, 255])];
    let now = store.changes(&[]).await?.now;
    let several = Entry::new(now, Life::minutes(1), Arc::new([]), parts.clone());
    store.put("parts", several).await?;
    let (entry, _) = store.lookup("parts", &[]).await?.found.expect("it is there");
    assert_eq!(entry.parts(), parts);
    Ok(())
}

async fn invalidation(store: &impl Store) -> Checked {
    put(store, "a", &["x", "y"], "one").await?;
    put(store, "b", &["z"], "two").await?;
    let before = store.changes(&tags(&["y"])).await?;
    store.invalidate(&Invalidation::update(["y", "other"])).await?;
    assert_eq!(found(store, "a").await?, None);
    assert!(found(store, "b").await?.is_some(), "it depends on something else");
    let after = store.changes(&tags(&["y"])).await?;
    assert!(after.now > before.now && after.last > before.last);
    assert!(after.last <= after.now && before.last <= before.now);
    assert_eq!(store.changes(&tags(&["z"])).await?.last, before.last);

    put(store, "a", &["x", "y"], "anew").await?;
    assert_eq!(found(store, "a").await?, Some(("anew".into(), Validity::Fresh)));

    // Of no concern to the value itself, but to this reader.
    let of_reader = tags(&["page"]);
    assert!(store.lookup("b", &of_reader).await?.found.is_some());
    store.invalidate(&Invalidation::update(["page"])).await?;
    assert!(store.lookup("b", &of_reader).await?.found.is_none());
    assert!(found(store, "b").await?.is_some());
    Ok(())
}

async fn grace(store: &impl Store) -> Checked {
    put(store, "a", &["x"], "one").await?;
    store.invalidate(&Invalidation::stale("x", MINUTE)).await?;
    assert_eq!(found(store, "a").await?, Some(("one".into(), Validity::Stale)));
    put(store, "a", &["x"], "two").await?;
    assert_eq!(found(store, "a").await?, Some(("two".into(), Validity::Fresh)));

    put(store, "b", &["y"], "one").await?;
    store.invalidate(&Invalidation::stale("y", Duration::from_millis(30))).await?;
    assert_eq!(found(store, "b").await?, Some(("one".into(), Validity::Stale)));
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(found(store, "b").await?, None, "its grace is over");
    store.invalidate(&Invalidation::stale("y", MINUTE)).await?;
    assert_eq!(found(store, "b").await?, None, "and stays over");

    put(store, "c", &["z"], "one").await?;
    store.invalidate(&Invalidation::stale("z", MINUTE)).await?;
    store.invalidate(&Invalidation::update(["z"])).await?;
    assert_eq!(found(store, "c").await?, None, "an update grants none");
    Ok(())
}

async fn an_invalidation_during_a_computation_wins(store: &impl Store) -> Checked {
    let began = store.lookup("a", &[]).await?.now;
    store.invalidate(&Invalidation::update(["x"])).await?;
    store.put("a", entry(began, &["x"], "from before")).await?;
    assert_eq!(found(store, "a").await?, None);

    let later = store.lookup("a", &[]).await?.now;
    store.put("a", entry(later, &["x"], "from after")).await?;
    store.put("a", entry(began, &["x"], "from before")).await?;
    assert_eq!(found(store, "a").await?, Some(("from after".into(), Validity::Fresh)));
    Ok(())
}

async fn lives(store: &impl Store) -> Checked {
    let now = store.changes(&[]).await?.now;
    let millis = Duration::from_millis;
    let life = Life { fresh: millis(40), stale: millis(40), expire: millis(120) };
    let value = vec![Bytes::from_static(b"one")];
    store.put("a", Entry::new(now, life, Arc::new([]), value)).await?;
    let mut seen = Vec::new();
    for _ in 0..40 {
        let now = found(store, "a").await?.map(|(_, validity)| validity);
        if seen.last() != Some(&now) {
            seen.push(now);
        }
        tokio::time::sleep(millis(5)).await;
    }
    // A machine with much to do may sleep through one of the ages; it never goes back to one.
    use Validity::{Fresh, Old, Stale};
    let mut ages = [Some(Fresh), Some(Stale), Some(Old), None].into_iter();
    assert!(seen.iter().all(|age| ages.any(|next| next == *age)), "{seen:?}");
    assert_eq!(seen.last(), Some(&None));
    Ok(())
}

async fn followers(store: &impl Store) -> Checked {
    let mut first = store.invalidations();
    let what = Invalidation::update(["a", "b"]);
    store.invalidate(&what).await?;
    let mut second = store.invalidations();
    let stale = Invalidation::stale("c", MINUTE);
    store.invalidate(&stale).await?;
    assert_eq!(*first.recv().await.expect("it is followed"), what);
    assert_eq!(*first.recv().await.expect("it is followed"), stale);
    // Who shares the store with other instances may yet hear of what was invalidated just before.
    let mut heard = second.recv().await.expect("it is followed");
    if *heard == what {
        heard = second.recv().await.expect("it is followed");
    }
    assert_eq!(*heard, stale);
    Ok(())
}

const ONE: Fingerprint = [1; 32];
const TWO: Fingerprint = [2; 32];

async fn claims(store: &impl Store) -> Checked {
    let Claim::Yours(claim) = store.claim(&ONE, MINUTE).await? else { panic!("nobody has it") };
    assert_eq!(store.claim(&ONE, MINUTE).await?, Claim::Running);
    assert!(matches!(store.claim(&TWO, MINUTE).await?, Claim::Yours(_)), "another one");

    store.record(&ONE, claim + 1, "of nobody".into(), MINUTE).await?;
    assert_eq!(store.claim(&ONE, MINUTE).await?, Claim::Running, "only who has it records");
    store.record(&ONE, claim, "outcome".into(), MINUTE).await?;
    assert_eq!(store.claim(&ONE, MINUTE).await?, Claim::Recorded("outcome".into()));
    store.release(&ONE, claim, "too late".into()).await?;
    assert_eq!(store.claim(&ONE, MINUTE).await?, Claim::Recorded("outcome".into()));
    assert_eq!(store.wait(&ONE).await?, Ended::Recorded("outcome".into()));
    Ok(())
}

async fn leases(store: &impl Store) -> Checked {
    let short = Duration::from_millis(200);
    let Claim::Yours(first) = store.claim(&ONE, short).await? else { panic!("nobody has it") };
    assert_eq!(store.wait(&ONE).await?, Ended::Lost, "who had it is gone");
    assert_eq!(store.wait(&ONE).await?, Ended::Lost, "whoever asks, and when");
    let Claim::Yours(second) = store.claim(&ONE, MINUTE).await? else { panic!("it is over") };
    assert_ne!(first, second);
    store.record(&ONE, first, "too late".into(), MINUTE).await?;
    assert_eq!(store.claim(&ONE, MINUTE).await?, Claim::Running);
    store.record(&ONE, second, "outcome".into(), short).await?;
    assert_eq!(store.claim(&ONE, MINUTE).await?, Claim::Recorded("outcome".into()));
    tokio::time::sleep(short * 2).await;
    assert!(matches!(store.claim(&ONE, MINUTE).await?, Claim::Yours(_)), "it was kept so long");
    Ok(())
}

/// Who had it and is gone may have done it: that somebody else gives it back changes nothing about that.
async fn lost(store: &impl Store) -> Checked {
    let short = Duration::from_millis(200);
    assert!(matches!(store.claim(&ONE, short).await?, Claim::Yours(_)), "nobody has it");
    for _ in 0..2 {
        assert_eq!(store.wait(&ONE).await?, Ended::Lost);
        let Claim::Yours(claim) = store.claim(&ONE, MINUTE).await? else { panic!("it is over") };
        store.release(&ONE, claim, "not this time".into()).await?;
    }
    assert_eq!(store.wait(&ONE).await?, Ended::Lost);
    let Claim::Yours(claim) = store.claim(&ONE, MINUTE).await? else { panic!("it is over") };
    store.record(&ONE, claim, "outcome".into(), MINUTE).await?;
    assert_eq!(store.wait(&ONE).await?, Ended::Recorded("outcome".into()));

    let Claim::Yours(claim) = store.claim(&TWO, MINUTE).await? else { panic!("nobody has it") };
    store.lose(&TWO, claim, "cut off".into()).await?;
    assert_eq!(store.wait(&TWO).await?, Ended::Lost, "nobody can tell whether it did it");
    let Claim::Yours(claim) = store.claim(&TWO, MINUTE).await? else {
        panic!("it may be tried again")
    };
    store.give_up(&TWO, claim).await?;
    assert_eq!(store.wait(&TWO).await?, Ended::Lost, "it was stopped on the way");
    assert!(matches!(store.claim(&TWO, MINUTE).await?, Claim::Yours(_)), "it may be tried again");
    Ok(())
}

async fn waiting<S: Store>(store: Arc<S>) -> Checked {
    let stopped: Fingerprint = [3; 32];
    let Claim::Yours(claim) = store.claim(&stopped, MINUTE).await? else { panic!("it is new") };
    let waits = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.wait(&stopped).await }
    });
    tokio::time::sleep(Duration::from_millis(30)).await;
    store.give_up(&stopped, claim).await?;
    let ended = waits.await.expect("it does not panic")?;
    assert!(matches!(ended, Ended::Lost | Ended::Unknown), "claim it: {ended:?}");

    for fails in [true, false] {
        let Claim::Yours(claim) = store.claim(&ONE, MINUTE).await? else { panic!("not freed") };
        let waiting: Vec<_> = (0..3)
            .map(|_| {
                let store = Arc::clone(&store);
                tokio::spawn(async move { store.wait(&ONE).await })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(30)).await;
        let ended = if fails {
            store.release(&ONE, claim, "no".into()).await?;
            Ended::Failed("no".into())
        } else {
            store.record(&ONE, claim, "yes".into(), MINUTE).await?;
            Ended::Recorded("yes".into())
        };
        for waiting in waiting {
            assert_eq!(waiting.await.expect("it does not panic")?, ended);
        }
    }
    assert_eq!(store.wait(&TWO).await?, Ended::Unknown, "nobody runs it");
    Ok(())
}

async fn counters(store: &impl Store) -> Checked {
    let window = Duration::from_millis(80);
    for expect in 1..=3 {
        let counted = store.count("a", window).await?;
        assert_eq!(counted.count, expect);
        assert!(counted.ends_in <= window && counted.ends_in > Duration::ZERO);
    }
    assert_eq!(store.count("b", window).await?.count, 1, "each key for itself");
    tokio::time::sleep(window * 2).await;
    assert_eq!(store.count("a", window).await?.count, 1, "a new window");
    Ok(())
}
