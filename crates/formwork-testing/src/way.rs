//! The ways in which a visitor may come, and one scenario in all of them.

use std::{
    fmt::{self, Debug},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use http::StatusCode;
use similar::TextDiff;
use url::Url;

use crate::{App, Page, Visitor, html::Kind as ControlKind};

/// A way in which a visitor may come; [`in_every_way`] hands it to the scenario, which makes its
/// visitors by it.
#[derive(Clone)]
pub struct Way {
    kind: Kind,
    /// What its visitors saw, step by step.
    seen: Arc<Mutex<Vec<Step>>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Native,
    Enhanced,
    Twice,
    FromAnOlderBuild,
}

/// What a visitor did, and saw then.
struct Step {
    what: String,
    lines: Vec<String>,
}

impl Way {
    /// Without JavaScript: forms are posted, pages come back.
    pub fn native() -> Self {
        Self::of(Kind::Native)
    }

    /// As the hydrated page: the answer to a form is a stream, whose outcome and data are shown.
    pub fn enhanced() -> Self {
        Self::of(Kind::Enhanced)
    }

    /// Every form is sent twice, as by a double click; the second one must be told what the first was.
    pub fn submitted_twice() -> Self {
        Self::of(Kind::Twice)
    }

    /// Every form is sent from a page of an older build first, whose form was another: it must come back
    /// with everything filled in, and is then sent again.
    pub fn from_an_older_build() -> Self {
        Self::of(Kind::FromAnOlderBuild)
    }

    fn of(kind: Kind) -> Self {
        Way { kind, seen: Arc::default() }
    }

    /// Somebody who comes to this application in this way, and has not been here before.
    pub fn visitor(&self, app: &App) -> Visitor {
        Visitor::new(app.clone(), self.clone())
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) fn saw(&self, what: String, page: &Page) {
        self.seen().push(Step { what, lines: as_seen(page) });
    }

    fn seen(&self) -> MutexGuard<'_, Vec<Step>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `native`, `enhanced`, `submitted twice`, `from an older build`.
impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::Native => "native",
            Kind::Enhanced => "enhanced",
            Kind::Twice => "submitted twice",
            Kind::FromAnOlderBuild => "from an older build",
        })
    }
}

impl Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Runs one scenario in every [`Way`], each time from its beginning, and compares what its visitors saw
/// and what it returns with those of the native one. Each time it has to make its own application, with
/// data of its own: it is changed. Returns what the scenario did.
///
/// Compared after each step are the address, the status, the title, the text, what is in the fields and
/// what is wrong with them. The content of `<time>` is not, nor are the digests of errors, nor passwords
/// and files, which no page shows again.
///
/// ```no_run
/// # struct Desk { app: formwork::testing::App }
/// # impl Desk {
/// #     async fn start() -> Desk { unimplemented!() }
/// #     async fn comments(&self) -> i64 { 0 }
/// # }
/// # use formwork::testing;
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// testing::in_every_way(async |way| {
///     let desk = Desk::start().await;
///     let page = way.visitor(&desk.app).open("/tickets/1").await;
///     let page = page.fill("Your comment", "Me too").press("Post comment").await;
///     assert!(page.shows("Comment added."));
///     desk.comments().await
/// })
/// .await;
/// # }
/// ```
///
/// # Panics
/// If a visitor saw something else than in the native way, or something else was returned: with the
/// first difference of each way.
pub async fn in_every_way<T: PartialEq + Debug>(scenario: impl AsyncFn(Way) -> T) -> T {
    let others = [Way::enhanced(), Way::submitted_twice(), Way::from_an_older_build()];
    in_ways(others, scenario).await
}

/// As [`in_every_way`], in the native way and in these: where another one is meant to show something
/// else. A deploy while the visitor was signed out, say, does not lead back to the form.
///
/// # Panics
/// As [`in_every_way`].
pub async fn in_ways<T: PartialEq + Debug>(
    others: impl IntoIterator<Item = Way>,
    scenario: impl AsyncFn(Way) -> T,
) -> T {
    let native = Way::native();
    let expected = told(&native, scenario(native.clone())).await;
    let mut differences = Vec::new();
    for way in others {
        let result = told(&way, scenario(way.clone())).await;
        differences.extend(difference(&native, &way).or_else(|| {
            let text = || (format!("{expected:#?}\n"), format!("{result:#?}\n"));
            (result != expected).then(|| compared("what is returned", &way, text()))
        }));
    }
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
    expected
}

/// Whatever goes wrong meanwhile, it is said in which way.
async fn told<T>(way: &Way, scenario: impl Future<Output = T>) -> T {
    struct Tell<'a>(&'a Way);
    impl Drop for Tell<'_> {
        fn drop(&mut self) {
            if std::thread::panicking() {
                eprintln!("this happened in the way `{}`", self.0);
            }
        }
    }
    let _tell = Tell(way);
    scenario.await
}

/// The first step after which something else was seen.
fn difference(native: &Way, way: &Way) -> Option<String> {
    let (expected, seen) = (native.seen(), way.seen());
    let text = |step: &Step| step.lines.concat();
    let steps = expected.iter().zip(seen.iter()).enumerate();
    let differing = steps.clone().find(|(_, (a, b))| a.what != b.what || text(a) != text(b));
    match differing {
        Some((at, (a, b))) if a.what == b.what => {
            let step = format!("step {}, when the visitor had {}", at + 1, a.what);
            Some(compared(&step, way, (text(a), text(b))))
        }
        Some((at, (a, b))) => Some(format!(
            "at step {} the visitor {} in the way `native`, and {} in the way `{way}`",
            at + 1,
            a.what,
            b.what
        )),
        None if expected.len() != seen.len() => Some(format!(
            "there are {} steps in the way `native`, and {} in the way `{way}`",
            expected.len(),
            seen.len()
        )),
        None => None,
    }
}

fn compared(what: &str, way: &Way, (native, other): (String, String)) -> String {
    let diff = TextDiff::from_lines(&native, &other);
    let (native, other) = ("native".to_owned(), way.to_string());
    let diff = diff.unified_diff().context_radius(2).header(&native, &other).to_string();
    format!("{what}: not the same in the ways `native` and `{way}`\n{diff}")
}

/// Everything of a page that is compared, a line each.
fn as_seen(page: &Page) -> Vec<String> {
    let mut lines = vec![
        format!("at {}", page.path()),
        format!("status {}", page.status()),
        format!("title {:?}", page.title()),
    ];
    lines.extend(page.lines());
    let fields = page.document.controls.iter().filter(|control| {
        let comes_again = !matches!(control.kind, ControlKind::Password | ControlKind::File { .. });
        control.is_seen && !control.is_button() && comes_again
    });
    lines.extend(fields.map(|field| {
        let disabled = if field.is_disabled { ", disabled" } else { "" };
        let issue = if field.issue.is_empty() { "" } else { " — " };
        format!("[{}: {:?}{disabled}]{issue}{}", field.label, field.shown(), field.issue)
    }));
    let digests = digests(page);
    let without = |line: String| {
        digests.iter().fold(line, |line, digest| line.replace(digest, "(a digest)")) + "\n"
    };
    lines.into_iter().map(without).collect()
}

/// Those of the errors that a page shows: each is another.
fn digests(page: &Page) -> Vec<String> {
    let data = page.data().unwrap_or_default();
    let errors = data.error.into_iter();
    let errors = errors.chain(data.posted.and_then(|posted| posted.outcome.error));
    let errors = errors.chain(data.queries.into_iter().filter_map(|query| query.error));
    errors.filter_map(|error| error.digest).collect()
}

/// What an answer says without its page.
pub(crate) fn answered((status, to): &(StatusCode, Option<Url>)) -> String {
    match to {
        Some(to) => format!("{status}, go to {to}"),
        None => status.to_string(),
    }
}
