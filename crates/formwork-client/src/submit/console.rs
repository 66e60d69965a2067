//! For developers: what became of each submission, as a group in the browser's console.
//!
//! How long the server took for each step, and what it made stale, is the response's `Server-Timing`, which a
//! server in development sends. What is compiled for release says nothing; use it behind
//! `cfg!(debug_assertions)`.

use formwork_core::wire::QueryLine;
use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{console, window};

use super::{Job, stream};

/// What has been heard of a submission when its stream has ended.
pub(super) struct Heard {
    /// The status; `None` if there was no answer.
    pub(super) status: Option<u16>,
    /// What came with it, a line for each query.
    pub(super) queries: Vec<String>,
    pub(super) redirect: Option<String>,
}

/// A line of the stream: which query it is of, and how much of it travelled.
pub(super) fn about(line: &QueryLine) -> String {
    let (how, bytes) = match (&line.value, &line.delta, &line.error) {
        (Some(value), ..) => ("whole", value.get().len()),
        (_, Some(delta), _) => ("as a difference", delta.get().len()),
        (.., Some(error)) => return format!("{}: {error}", line.key.as_str()),
        _ => return format!("{}: has changed", line.key.as_str()),
    };
    format!("{}: {how}, {bytes} bytes", line.key.as_str())
}

/// Puts it into the console, once the browser has measured it.
pub(super) fn tell(job: &Job, heard: Heard) {
    let job = job.clone();
    spawn_local(async move {
        stream::next_task().await;
        print(&job, &heard);
    });
}

fn print(job: &Job, heard: &Heard) {
    let timing = timing_of(&job.url);
    let status = heard.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let took = timing.as_ref().map(Timing::took).unwrap_or_default();
    console::group_collapsed_1(&format!("formwork {}: {status}{took}", job.name).into());
    let say = |line: String| console::log_1(&line.into());
    if let Some(timing) = &timing {
        for (what, of) in [("steps", timing.steps()), ("stale", timing.stale())] {
            if !of.is_empty() {
                say(format!("{what}: {}", of.join(", ")));
            }
        }
    }
    if let Some(to) = &heard.redirect {
        say(format!("redirect: {to}"));
    }
    for query in &heard.queries {
        say(format!("query: {query}"));
    }
    console::group_end();
}

/// What the browser has measured (Resource Timing).
struct Timing(JsValue);

/// Of the last request to this address.
fn timing_of(url: &str) -> Option<Timing> {
    let origin = window()?.location().origin().ok()?;
    let all = window()?.performance()?.get_entries_by_name(&format!("{origin}{url}"));
    let is_request = |entry: &JsValue| {
        let kind = text(entry, "initiatorType");
        matches!(&*kind, "fetch" | "xmlhttprequest")
    };
    all.iter().rfind(is_request).map(Timing)
}

impl Timing {
    fn took(&self) -> String {
        let bytes = number(&self.0, "encodedBodySize");
        format!(", {:.0} ms, {bytes} bytes", number(&self.0, "duration"))
    }

    fn steps(&self) -> Vec<String> {
        let steps = self.told().filter(|told| text(told, "name") != "stale");
        steps
            .map(|told| format!("{} {} ms", text(&told, "name"), number(&told, "duration")))
            .collect()
    }

    fn stale(&self) -> Vec<String> {
        let stale = self.told().filter(|told| text(told, "name") == "stale");
        stale.map(|told| text(&told, "description")).collect()
    }

    fn told(&self) -> impl Iterator<Item = JsValue> {
        let all = Reflect::get(&self.0, &"serverTiming".into()).ok();
        all.and_then(|all| all.dyn_into::<Array>().ok()).unwrap_or_default().into_iter()
    }
}

fn text(of: &JsValue, name: &str) -> String {
    Reflect::get(of, &name.into()).ok().and_then(|value| value.as_string()).unwrap_or_default()
}

fn number(of: &JsValue, name: &str) -> f64 {
    Reflect::get(of, &name.into()).ok().and_then(|value| value.as_f64()).unwrap_or_default()
}
