//! What a developer is told besides.
//!
//! In development: how long each step of a submission took and what it made stale, in the `Server-Timing` of
//! its answer. Browsers show that beside the request, and the client puts it into the console.
//!
//! Under `cargo leptos watch`, and nowhere else: the page says why something failed, and keeps what is typed
//! in it when a changed file has it loaded anew. A server that merely takes itself for one in development, as
//! every one does that is not told otherwise, says nothing of this.

use std::{env, iter::once, sync::LazyLock, time::Instant};

use formwork_core::{ErrorKind, PublicError};
use http::{HeaderName, HeaderValue};

use crate::{effects::Stale, paths};

/// W3C Server Timing.
pub(crate) const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// A header of any length would be refused on its way.
const MOST_TAGS: usize = 50;

/// When a submission came to which step.
#[derive(Default)]
pub(crate) struct Passed(Vec<(&'static str, Instant)>);

impl Passed {
    pub(crate) fn note(&mut self, step: &'static str) {
        self.0.push((step, Instant::now()));
    }

    /// The steps with their milliseconds, and the tags of what is stale.
    pub(crate) fn timing(&self, stale: &Stale) -> Option<HeaderValue> {
        let until = self.0.iter().skip(1).map(|(_, at)| *at).chain(once(Instant::now()));
        let steps = self.0.iter().zip(until).map(|((step, at), until)| {
            let milliseconds = until.duration_since(*at).as_secs_f64() * 1_000.0;
            format!("{step};dur={milliseconds:.3}")
        });
        let tags = stale.tags().filter(|tag| *tag != paths::ANY).map(|tag| {
            // A path is a tag with a mark before it.
            format!("stale;desc=\"{}\"", quotable(tag.trim_start_matches(paths::MARK)))
        });
        let all: Vec<_> = steps.chain(tags.take(MOST_TAGS)).collect();
        HeaderValue::from_str(&all.join(", ")).ok()
    }
}

/// As much of it as may stand in a quoted string (RFC 9110 §5.6.4).
fn quotable(text: &str) -> String {
    let is_plain = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
    text.chars().map(|c| if is_plain(c) { c } else { '?' }).collect()
}

static IS_WATCHED: LazyLock<bool> = LazyLock::new(|| env::var_os("LEPTOS_WATCH").is_some());

/// Whether `cargo leptos watch` has started this server.
pub(crate) fn is_watched() -> bool {
    *IS_WATCHED
}

/// What the visitor is told; if that is its developer, with the cause that otherwise only the log has.
pub(crate) fn explained(public: PublicError, cause: Option<&str>) -> PublicError {
    match cause.filter(|_| is_watched() && public.kind == ErrorKind::Internal) {
        Some(cause) => with_cause(public, cause),
        None => public,
    }
}

fn with_cause(public: PublicError, cause: &str) -> PublicError {
    let message = format!("{} Under `cargo leptos watch` only: {cause}.", public.message);
    PublicError { message, ..public }
}

#[cfg(test)]
mod tests {
    use formwork_core::ActionError;

    use super::*;

    #[test]
    fn each_step_has_its_time_and_each_tag_its_name() {
        let (mut passed, mut stale) = (Passed::default(), Stale::default());
        passed.note("guard");
        passed.note("run");
        stale.update_tag("ticket:7");
        stale.revalidate_path("/tickets");
        stale.update_tag("\"é");
        let timing = passed.timing(&stale).unwrap();
        let all: Vec<_> = timing.to_str().unwrap().split(", ").collect();
        assert!(all[0].starts_with("guard;dur=0.") && all[1].starts_with("run;dur=0."), "{all:?}");
        assert_eq!(
            all[2..],
            ["stale;desc=\"/tickets\"", "stale;desc=\"??\"", "stale;desc=\"ticket:7\""]
        );
    }

    #[test]
    fn a_developer_is_told_the_cause_and_nobody_else() {
        let public = || ActionError::internal("no such table: tickets").public(Some("abc".into()));
        let told = with_cause(public(), "no such table: tickets").to_string();
        assert!(told.ends_with("watch` only: no such table: tickets. (abc)"), "{told}");
        assert_eq!(explained(public(), Some("no such table: tickets")), public());
    }
}
