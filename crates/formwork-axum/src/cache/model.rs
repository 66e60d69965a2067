//! The cache against a model, over many interleavings of readers and writers.
//!
//! Each case is a schedule: who does what, and how often each gives way between two steps. The
//! property: whoever begins to read after an invalidation has returned gets nothing from before it.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use proptest::prelude::*;
use tokio::task::{LocalSet, yield_now};

use super::{Ask, Cache, Got, Keep, Made};
use crate::store::{Invalidation, Life, Memory, Store};

const TAGS: usize = 3;
const MINUTE: Duration = Duration::from_secs(60);

/// What one of them does, and how often it gives way before each of its steps.
#[derive(Clone, Debug)]
struct Step {
    what: What,
    pauses: [u8; 4],
}

#[derive(Clone, Copy, Debug)]
enum What {
    /// Reads a value that depends on this tag, which is known before, and on the next one, which
    /// is found out on the way.
    Read(usize),
    /// Writes what this tag stands for, then invalidates it.
    Write(usize),
    /// As `Write`, but what is from before may be served for a while.
    Soften(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let tag = 0..TAGS;
    let what = prop_oneof![
        3 => tag.clone().prop_map(What::Read),
        2 => tag.clone().prop_map(What::Write),
        1 => tag.prop_map(What::Soften),
    ];
    (what, prop::array::uniform4(0_u8..5)).prop_map(|(what, pauses)| Step { what, pauses })
}

async fn pause(times: u8) {
    for _ in 0..times {
        yield_now().await;
    }
}

fn tag(at: usize) -> String {
    format!("tag {}", at % TAGS)
}

/// What is written, and how far its invalidation has come.
#[derive(Default)]
struct World {
    written: [AtomicUsize; TAGS],
    /// What the last invalidation that returned stood for.
    announced: [AtomicUsize; TAGS],
}

impl World {
    fn at(counters: &[AtomicUsize; TAGS], tag: usize) -> usize {
        counters[tag % TAGS].load(Ordering::SeqCst)
    }
}

type Seen = (usize, usize);

async fn read(cache: Arc<Cache<Seen>>, world: Arc<World>, of: usize, pauses: [u8; 4]) -> Seen {
    let make = || {
        let world = Arc::clone(&world);
        async move {
            pause(pauses[1]).await;
            let first = World::at(&world.written, of);
            pause(pauses[2]).await;
            let second = World::at(&world.written, of + 1);
            pause(pauses[3]).await;
            let tags = Arc::from([tag(of), tag(of + 1)]);
            let parts = vec![serde_json::to_vec(&(first, second)).unwrap().into()];
            let keep = Keep::Store { life: Life::minutes(1), tags, parts };
            Made { value: (first, second), keep }
        }
    };
    let (key, known) = (format!("key {of}"), [tag(of)]);
    let ask = Ask { key: &key, known: &known, also: &[], fresh: false };
    match cache.get(ask, make).await {
        Got::Entry(entry, _) => serde_json::from_slice(&entry.parts()[0]).unwrap(),
        Got::Made(seen) => seen,
        Got::Yourself => panic!("everything can be shared"),
    }
}

/// Runs a schedule; everything that a reader saw and should not have.
fn run(steps: Vec<Step>) -> Vec<String> {
    let wrong = Rc::new(RefCell::new(Vec::new()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let local = LocalSet::new();
    let found = Rc::clone(&wrong);
    local.block_on(&runtime, async move {
        let store: Arc<dyn Store> = Arc::new(Memory::new(1 << 20));
        let cache: Arc<Cache<Seen>> = Cache::new(Arc::clone(&store), MINUTE);
        let world = Arc::new(World::default());
        let mut tasks = Vec::new();
        for Step { what, pauses } in steps {
            let (cache, store) = (Arc::clone(&cache), Arc::clone(&store));
            let (world, wrong) = (Arc::clone(&world), Rc::clone(&found));
            tasks.push(tokio::task::spawn_local(async move {
                pause(pauses[0]).await;
                match what {
                    What::Read(of) => {
                        let floor = |tag| World::at(&world.announced, tag);
                        let floor = (floor(of), floor(of + 1));
                        let seen = read(cache, Arc::clone(&world), of, pauses).await;
                        if seen.0 < floor.0 || seen.1 < floor.1 {
                            wrong.borrow_mut().push(format!("{seen:?} after {floor:?} at {of}"));
                        }
                    }
                    What::Write(of) => {
                        let new = world.written[of].fetch_add(1, Ordering::SeqCst) + 1;
                        pause(pauses[1]).await;
                        store.invalidate(&Invalidation::update([tag(of)])).await.unwrap();
                        world.announced[of].fetch_max(new, Ordering::SeqCst);
                    }
                    What::Soften(of) => {
                        world.written[of].fetch_add(1, Ordering::SeqCst);
                        pause(pauses[1]).await;
                        store.invalidate(&Invalidation::stale(&tag(of), MINUTE)).await.unwrap();
                    }
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
    });
    wrong.take()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn c4_nothing_from_before_an_invalidation_is_served_after_it(
        steps in prop::collection::vec(step(), 2..40),
    ) {
        let wrong = run(steps);
        prop_assert!(wrong.is_empty(), "{wrong:?}");
    }
}

fn count_computations(
    count: &Arc<AtomicUsize>,
    keep: Keep,
) -> impl Future<Output = Made<u8>> + use<> {
    let count = Arc::clone(count);
    async move {
        count.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(20)).await;
        Made { value: 7, keep }
    }
}

fn cache() -> Arc<Cache<u8>> {
    Cache::new(Arc::new(Memory::new(1 << 20)), MINUTE)
}

const ASK: Ask<'_> = Ask { key: "key", known: &[], also: &[], fresh: false };

fn keep(life: Life) -> Keep {
    Keep::Store { life, tags: Arc::new([]), parts: vec![] }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn c3_a_thousand_readers_of_nothing_compute_it_once() {
    let (cache, count) = (cache(), Arc::default());
    let readers: Vec<_> = (0..1000)
        .map(|_| {
            let (cache, count) = (Arc::clone(&cache), Arc::clone(&count));
            let make = move || count_computations(&count, keep(Life::minutes(1)));
            tokio::spawn(async move { cache.get(ASK, make).await })
        })
        .collect();
    for reader in readers {
        assert!(!matches!(reader.await.unwrap(), Got::Yourself));
    }
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_is_private_goes_to_who_computed_it_alone() {
    let (cache, count) = (cache(), Arc::default());
    let make = || count_computations(&count, Keep::Private);
    let (one, two) = tokio::join!(cache.get(ASK, make), cache.get(ASK, make));
    assert!(matches!((one, two), (Got::Made(7), Got::Yourself)));
    assert!(matches!(cache.get(ASK, make).await, Got::Made(7)), "and is not kept");
}

#[tokio::test]
async fn a_reader_who_goes_away_takes_nothing_from_the_others() {
    let (cache, count) = (cache(), Arc::default());
    let make = || count_computations(&count, keep(Life::minutes(1)));
    let impatient = tokio::time::timeout(Duration::from_millis(1), cache.get(ASK, make));
    let (first, second) = tokio::join!(impatient, cache.get(ASK, make));
    assert!(first.is_err() && matches!(second, Got::Made(7)));
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_panic_or_a_failure_is_not_kept_and_an_old_value_stands_in() {
    let (cache, count) = (cache(), Arc::default());
    let panics = || async { panic!("while computing") };
    assert!(matches!(cache.get(ASK, panics).await, Got::Yourself));
    let fails = || count_computations(&count, Keep::Share);
    assert!(matches!(cache.get(ASK, fails).await, Got::Made(7)));
    assert!(matches!(cache.get(ASK, fails).await, Got::Made(7)));
    assert_eq!(count.load(Ordering::SeqCst), 2, "each tried");

    let old = Life { expire: MINUTE, ..Life::default() };
    let makes = || count_computations(&count, keep(old));
    assert!(matches!(cache.get(ASK, makes).await, Got::Made(7)));
    use super::Served::InsteadOfFailure;
    assert!(matches!(cache.get(ASK, fails).await, Got::Entry(_, InsteadOfFailure)));
}
