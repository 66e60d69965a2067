//! The cache against a model, over many interleavings of readers and writers.
//!
//! Each case is a schedule: who does what, and how often each gives way between two steps. The
//! properties: whoever begins to read after an invalidation has returned gets nothing from before it; and
//! nothing from before a soft one that is said to be fresh, also where one value is made of another.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::FutureExt;
use proptest::prelude::*;
use tokio::{sync::watch, task::LocalSet};

use super::{
    Ask, Cache, Got, Keep, Made, Served,
    late::{Late, pause},
};
use crate::{
    paths,
    store::{Invalidation, Life, Memory, Store},
};

const TAGS: usize = 2;
const PAGES: usize = 1;
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
    Read(Read),
    /// Writes what this tag stands for, then invalidates it.
    Write(usize),
    /// As `Write`, but what is from before may be served for a while.
    Soften(usize),
    /// Changes what a page shows, then invalidates the page.
    WritePage(usize),
}

#[derive(Clone, Copy, Debug)]
struct Read {
    of: usize,
    /// Perhaps on a page whose own tag counts for its reader alone.
    page: Option<usize>,
    /// Perhaps computing it fails.
    fails: bool,
    /// Whether this reader waits for what is fresh.
    fresh: bool,
    /// Whether it is a value of its own that is made of that one.
    nested: bool,
}

fn step() -> impl Strategy<Value = Step> {
    let tag = 0..TAGS;
    let page = prop_oneof![Just(None), (0..PAGES).prop_map(Some)];
    let perhaps = prop::bool::weighted;
    let read = (tag.clone(), page, perhaps(0.2), perhaps(0.3), perhaps(0.3)).prop_map(
        |(of, page, fails, fresh, nested)| What::Read(Read { of, page, fails, fresh, nested }),
    );
    let what = prop_oneof![
        8 => read,
        1 => tag.clone().prop_map(What::Write),
        1 => tag.prop_map(What::Soften),
        2 => (0..PAGES).prop_map(What::WritePage),
    ];
    // They begin at different times, and some take much longer than others.
    let pause = || prop_oneof![3 => 0_u8..4, 1 => 4_u8..40];
    let pauses = (0_u8..120, pause(), pause(), pause());
    (what, pauses).prop_map(|(what, (a, b, c, d))| Step { what, pauses: [a, b, c, d] })
}

fn tag(at: usize) -> String {
    format!("tag {}", at % TAGS)
}

fn page_tag(at: usize) -> String {
    format!("page {at}")
}

/// What is written, and how far its invalidation has come.
#[derive(Default)]
struct World {
    written: [AtomicUsize; TAGS],
    /// What the last invalidation that returned stood for.
    announced: [AtomicUsize; TAGS],
    /// The same of a soft one.
    softened: [AtomicUsize; TAGS],
    /// The same for pages.
    shown: [AtomicUsize; PAGES],
    announced_pages: [AtomicUsize; PAGES],
}

/// What a reader saw, or at least has to see: of its two tags, and of each page.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
struct Seen {
    tags: (usize, usize),
    pages: [usize; PAGES],
    /// Whether it is said to be perhaps from before a soft one.
    outdated: bool,
}

impl Seen {
    fn is_from_before(&self, floor: &Seen) -> bool {
        let pages = self.pages.iter().zip(&floor.pages).any(|(seen, floor)| seen < floor);
        self.tags.0 < floor.tags.0 || self.tags.1 < floor.tags.1 || pages
    }
}

impl World {
    fn at<const N: usize>(counters: &[AtomicUsize; N], at: usize) -> usize {
        counters[at % N].load(Ordering::SeqCst)
    }

    /// What a reader who comes now has to see.
    fn floor(&self, of: usize, page: Option<usize>) -> Seen {
        let tag = |of| World::at(&self.announced, of);
        let mut floor = Seen { tags: (tag(of), tag(of + 1)), ..Seen::default() };
        if let Some(page) = page {
            floor.pages[page] = World::at(&self.announced_pages, page);
        }
        floor
    }

    /// The same of what is said to be fresh.
    fn fresh_floor(&self, of: usize, page: Option<usize>) -> Seen {
        let mut floor = self.floor(of, page);
        floor.tags.0 = floor.tags.0.max(World::at(&self.softened, of));
        floor.tags.1 = floor.tags.1.max(World::at(&self.softened, of + 1));
        floor
    }
}

/// Looks at what is there.
async fn compute(world: Arc<World>, of: usize, fails: bool, pauses: [u8; 4]) -> Made<Seen> {
    pause(pauses[1]).await;
    let pages = std::array::from_fn(|page| World::at(&world.shown, page));
    let first = World::at(&world.written, of);
    pause(pauses[2]).await;
    let second = World::at(&world.written, of + 1);
    pause(pauses[3]).await;
    let value = Seen { tags: (first, second), pages, outdated: false };
    Made { value, keep: if fails { Keep::Share } else { stored(&value, of) } }
}

fn stored(value: &Seen, of: usize) -> Keep {
    let tags = Arc::from([tag(of), tag(of + 1)]);
    let parts = vec![serde_json::to_vec(value).unwrap().into()];
    Keep::Store { life: Life::minutes(1), tags, parts, decoded_bytes: 0 }
}

fn took(got: Got<Seen>) -> Seen {
    match got {
        Got::Entry(entry, served) => {
            let seen: Seen = serde_json::from_slice(&entry.parts()[0]).unwrap();
            Seen { outdated: served != Served::Fresh, ..seen }
        }
        Got::Made(seen) => seen,
        Got::Yourself => panic!("everything can be shared"),
    }
}

async fn read(cache: Arc<Cache<Seen>>, world: Arc<World>, what: Read, pauses: [u8; 4]) -> Seen {
    let Read { of, page, fails, fresh, nested } = what;
    let also: Vec<String> = page.map(page_tag).into_iter().collect();
    let (key, known) = (format!("key {of}"), [tag(of)]);
    if !nested {
        let ask = Ask { key: &key, known: &known, also: &also, fresh };
        return took(cache.get(ask, || compute(Arc::clone(&world), of, fails, pauses)).await);
    }
    let make = || {
        let (cache, world) = (Arc::clone(&cache), Arc::clone(&world));
        let (key, known, mut also) = (key.clone(), known.clone(), also.clone());
        // It is kept for readers on other pages as well.
        also.push(paths::ANY.to_owned());
        async move {
            let ask = Ask { key: &key, known: &known, also: &also, fresh: true };
            let make = || compute(Arc::clone(&world), of, false, pauses);
            let value = took(cache.get(ask, make).await);
            pause(pauses[3]).await;
            let keep = match (fails, value.outdated) {
                (true, _) => Keep::Share,
                (false, true) => Keep::Once,
                (false, false) => stored(&value, of),
            };
            Made { value, keep }
        }
    };
    // What it depends on is found out altogether.
    let ask = Ask { key: &format!("of {key}"), known: &[], also: &also, fresh };
    took(cache.get(ask, make).await)
}

/// Runs a schedule; everything that a reader saw and should not have.
fn run(steps: Vec<Step>, turns: Vec<u8>) -> Vec<String> {
    let wrong = Rc::new(RefCell::new(Vec::new()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let local = LocalSet::new();
    let found = Rc::clone(&wrong);
    local.block_on(&runtime, async move {
        let give_way = move |at: usize| pause(turns[at % turns.len()]).boxed();
        let store: Arc<dyn Store> = Arc::new(Late::new(give_way));
        let cache: Arc<Cache<Seen>> = Cache::new(Arc::clone(&store), MINUTE);
        let world = Arc::new(World::default());
        let mut tasks = Vec::new();
        for Step { what, pauses } in steps {
            let (cache, store) = (Arc::clone(&cache), Arc::clone(&store));
            let (world, wrong) = (Arc::clone(&world), Rc::clone(&found));
            tasks.push(tokio::task::spawn_local(async move {
                pause(pauses[0]).await;
                match what {
                    What::Read(what) => {
                        let floor = world.floor(what.of, what.page);
                        let fresh_floor = world.fresh_floor(what.of, what.page);
                        let seen = read(cache, Arc::clone(&world), what, pauses).await;
                        let floor = if seen.outdated { floor } else { fresh_floor };
                        if seen.is_from_before(&floor) {
                            wrong
                                .borrow_mut()
                                .push(format!("{seen:?} after {floor:?} by {what:?}"));
                        }
                    }
                    What::Write(of) => {
                        let new = world.written[of].fetch_add(1, Ordering::SeqCst) + 1;
                        pause(pauses[1]).await;
                        store.invalidate(&Invalidation::update([tag(of)])).await.unwrap();
                        world.announced[of].fetch_max(new, Ordering::SeqCst);
                    }
                    What::Soften(of) => {
                        let new = world.written[of].fetch_add(1, Ordering::SeqCst) + 1;
                        pause(pauses[1]).await;
                        store.invalidate(&Invalidation::stale(&tag(of), MINUTE)).await.unwrap();
                        world.softened[of].fetch_max(new, Ordering::SeqCst);
                    }
                    What::WritePage(page) => {
                        let new = world.shown[page].fetch_add(1, Ordering::SeqCst) + 1;
                        pause(pauses[1]).await;
                        let tags = [page_tag(page), paths::ANY.to_owned()];
                        store.invalidate(&Invalidation::update(tags)).await.unwrap();
                        world.announced_pages[page].fetch_max(new, Ordering::SeqCst);
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
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn c4_nothing_from_before_an_invalidation_is_served_after_it(
        steps in prop::collection::vec(step(), 2..60),
        turns in prop::collection::vec(prop_oneof![4 => 0_u8..3, 1 => 3_u8..30], 1..40),
    ) {
        let wrong = run(steps, turns);
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
    Keep::Store { life, tags: Arc::new([]), parts: vec![], decoded_bytes: 0 }
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
async fn c4_what_another_reader_found_is_not_served_on_a_page_that_was_invalidated_since() {
    let gates: Arc<[watch::Sender<bool>; 2]> = Arc::default();
    let held = Arc::clone(&gates);
    let meanwhile = move |at: usize| {
        // Before the changes of the second reader, and before the look of what it begins.
        let gate = [8, 14].iter().position(|wait| *wait == at).map(|gate| held[gate].subscribe());
        async move {
            if let Some(mut gate) = gate {
                let _ = gate.wait_for(|open| *open).await;
            }
        }
        .boxed()
    };
    let store: Arc<dyn Store> = Arc::new(Late::new(meanwhile));
    let cache: Arc<Cache<usize>> = Cache::new(Arc::clone(&store), MINUTE);
    let (count, compute) = (Arc::new(AtomicUsize::new(0)), watch::Sender::new(false));
    let read = |page: Option<&'static str>| {
        let (cache, count) = (Arc::clone(&cache), Arc::clone(&count));
        let gate = compute.subscribe();
        tokio::spawn(async move {
            let also: Vec<String> = page.map(str::to_owned).into_iter().collect();
            let make = || {
                let (count, mut gate) = (Arc::clone(&count), gate.clone());
                async move {
                    let _ = gate.wait_for(|open| *open).await;
                    let value = count.fetch_add(1, Ordering::SeqCst);
                    let parts = vec![value.to_string().into()];
                    let (life, tags) = (Life::minutes(1), Arc::new([]) as Arc<[String]>);
                    Made { value, keep: Keep::Store { life, tags, parts, decoded_bytes: 0 } }
                }
            };
            match cache.get(Ask { also: &also, ..ASK }, make).await {
                Got::Entry(entry, _) => std::str::from_utf8(&entry.parts()[0]).unwrap().parse(),
                Got::Made(value) => Ok(value),
                Got::Yourself => panic!("it can be shared"),
            }
        })
    };
    let first = read(None);
    pause(20).await;
    let second = read(None);
    pause(20).await;
    compute.send_replace(true);
    assert_eq!(first.await.unwrap(), Ok(0));
    store.invalidate(&Invalidation::update(["page"])).await.unwrap();
    gates[0].send_replace(true);
    pause(20).await;
    let on_page = read(Some("page"));
    pause(20).await;
    gates[1].send_replace(true);
    assert_eq!((second.await.unwrap(), on_page.await.unwrap()), (Ok(0), Ok(1)));
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
