//! What is counted on the thread of a test: the server runs there, too.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use metrics::{
    Counter, CounterFn, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};

type Counts = Arc<Mutex<BTreeMap<String, u64>>>;

/// Keeps counters as `action outcome`; set it with `metrics::set_default_local_recorder`.
#[derive(Default)]
pub struct Counted(Counts);

impl Counted {
    /// What was counted so far under this name, by action and outcome.
    pub fn of(&self, name: &str) -> Vec<(String, u64)> {
        let counts = self.0.lock().expect("no test panicked");
        let ours = counts.iter().filter_map(|(key, count)| {
            Some((key.strip_prefix(name)?.trim_start().to_owned(), *count))
        });
        ours.collect()
    }
}

struct One(Counts, String);

impl CounterFn for One {
    fn increment(&self, value: u64) {
        *self.0.lock().expect("no test panicked").entry(self.1.clone()).or_default() += value;
    }

    fn absolute(&self, value: u64) {
        self.0.lock().expect("no test panicked").insert(self.1.clone(), value);
    }
}

impl Recorder for Counted {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let labels = key.labels().map(|label| format!(" {}", label.value())).collect::<String>();
        Counter::from_arc(Arc::new(One(Arc::clone(&self.0), format!("{}{labels}", key.name()))))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}
