//! One action, run alone.

use std::{fmt, ops::Deref, pin::Pin, sync::Arc};

use axum::body::Body;
use formwork_axum::{
    Binding, ServerAction, Site,
    testing::{self, Effects, Given, Noted},
};
use formwork_core::{Entries, Form, Target as _, wire};
use http::{Extensions, HeaderName, HeaderValue, Request, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    App, Outcome,
    html::File,
    send::{Value, encode, stream},
    site,
};

/// Runs one action with this form, through the whole pipeline: what a browser would send is made of the
/// form, its rules are judged, and the handler runs with its limits. There is no page, and no layer of
/// the application's; what these would put into the request is given by
/// [`extension`](Run::extension). `()` is the form of an action without fields.
///
/// Its guard is asked, about the cookies, headers and extensions that are given here; or it isn't, if
/// what it would prove is given itself: [`guard`](Run::guard).
///
/// ```
/// # use formwork::{prelude::*, testing};
/// # use std::sync::{Arc, Mutex};
/// # type Notes = Arc<Mutex<Vec<String>>>;
/// #[derive(Form, Validate, Clone, Debug)]
/// pub struct NewNote {
///     #[garde(length(chars, min = 3))]
///     pub text: String,
/// }
///
/// #[action(public)]
/// pub async fn take_note(cx: ActionCx, form: NewNote) -> ActionResult<usize> {
///     let notes = cx.state::<Notes>();
///     notes.lock().unwrap().push(form.text);
///     cx.update_tag("notes");
///     let count = notes.lock().unwrap().len();
///     Ok(count)
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let notes = Notes::default();
/// let note = NewNote { text: "Buy milk".to_owned() };
/// let ran = testing::run(TakeNote, note).state(notes.clone()).await;
/// assert_eq!(*ran.value(), 1);
/// assert_eq!(ran.effects().updated_tags(), ["notes"]);
///
/// let ran = testing::run(TakeNote, NewNote { text: "x".to_owned() }).state(notes).await;
/// assert_eq!(ran.issues_at(NewNote::names().text), ["Enter at least 3 characters"]);
/// assert_eq!(ran.effects(), &testing::Effects::default());
/// # }
/// ```
pub fn run<A: ServerAction>(_: A, form: A::Form) -> Run<A> {
    let mut entries = Entries::default();
    form.write("", &mut entries);
    if A::Form::STEPS.is_some() {
        entries.push(wire::STEP, wire::ALL_STEPS);
    }
    let mut site = site(|_| ());
    testing::observe::<A>(&mut site);
    Run {
        site,
        entries,
        files: Vec::new(),
        guard: None,
        binding: None,
        path: "/".to_owned(),
        parameters: Vec::new(),
        headers: Vec::new(),
        extensions: Extensions::new(),
    }
}

/// An action that is about to run; `.await` runs it. See [`run`].
#[must_use = "it runs when it is awaited"]
pub struct Run<A: ServerAction> {
    site: Site,
    entries: Entries,
    files: Vec<(String, File)>,
    guard: Option<Arc<A::Guard>>,
    binding: Option<Binding<A>>,
    path: String,
    parameters: Vec<(String, String)>,
    headers: Vec<(HeaderName, HeaderValue)>,
    extensions: Extensions,
}

impl<A: ServerAction> Run<A> {
    /// What its guard proves: `Member(alice)`. The guard is not asked; a test of the guard itself gives
    /// what it looks at instead: a [`cookie`](Run::cookie), a [`header`](Run::header), an
    /// [`extension`](Run::extension).
    pub fn guard(mut self, proof: A::Guard) -> Self {
        self.guard = Some(Arc::new(proof));
        self
    }

    /// What `Site::state` gives to all requests: a connection pool, say.
    pub fn state<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.site = self.site.state(value);
        self
    }

    /// What a layer of the application puts into the request: a session, say.
    pub fn extension<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.extensions.insert(value);
        self
    }

    /// A cookie of the visitor's.
    ///
    /// # Panics
    /// If it can't stand in a header.
    #[track_caller]
    pub fn cookie(self, name: &str, value: &str) -> Self {
        self.header("cookie", &format!("{name}={value}"))
    }

    /// A header of the request.
    ///
    /// # Panics
    /// If it can't stand in a request.
    #[track_caller]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let (Ok(name), Ok(value)) = (name.parse(), value.parse()) else {
            panic!("{name:?}: {value:?} can't be a header");
        };
        self.headers.push((name, value));
        self
    }

    /// The page that has the form, if that matters to the action: `/sign-in?next=/tickets`, or the
    /// pattern of its route, `/tickets/{id}`, whose parameters [`param`](Run::param) gives.
    pub fn on(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// A parameter of the page's path: `param("id", 7)`. One that the path does not have is added to it.
    pub fn param(mut self, name: &str, value: impl ToString) -> Self {
        self.parameters.push((name.to_owned(), value.to_string()));
        self
    }

    /// The values that a query would have bound to it: `EditComment::bind(comment)`.
    pub fn bound(mut self, binding: Binding<A>) -> Self {
        self.binding = Some(binding);
        self
    }

    /// A file in the field of this name; no form brings one along by itself.
    pub fn file(
        mut self,
        field: impl Into<String>,
        file_name: &str,
        content_type: &str,
        bytes: impl Into<Vec<u8>>,
    ) -> Self {
        let file = File {
            name: file_name.to_owned(),
            content_type: content_type.to_owned(),
            bytes: bytes.into().into(),
        };
        self.files.push((field.into(), file));
        self
    }

    async fn go(mut self) -> Ran<A> {
        let (route, path) = self.place();
        let body = encode(&self.entries(), !self.files.is_empty());
        let noted = Noted::default();
        let mut request = Request::post(path)
            .header(header::ACCEPT, wire::NDJSON)
            .header(header::CONTENT_TYPE, body.content_type)
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body.bytes))
            .unwrap_or_else(|error| panic!("there can't be such a page: {error}"));
        for (name, value) in self.headers {
            request.headers_mut().append(name, value);
        }
        request.extensions_mut().extend(self.extensions);
        request.extensions_mut().insert(noted.clone());
        if let Some(proof) = self.guard {
            request.extensions_mut().insert(Given(proof));
        }
        let app = App::new(&self.site, self.site.routes([route]));
        let told = stream::read(app.answer(request).await).await;
        let outcome = Outcome::new(told.outcome);
        let effects = if outcome.succeeded() { noted.effects() } else { Effects::default() };
        Ran { outcome, effects }
    }

    /// What a browser would send, in its order.
    fn entries(&mut self) -> Vec<(String, Value)> {
        let shape = A::SHAPE.to_string();
        let mut own = vec![(wire::ACTION, A::ID.to_owned()), (wire::SHAPE, shape)];
        own.push((wire::SUBMISSION, formwork_axum::submission_id()));
        if let Some(binding) = self.binding.take() {
            let bound = testing::bind(&self.site, binding, self.guard.as_deref());
            own.push((wire::FORM, bound.key().to_owned()));
            own.extend(bound.sealed().map(|sealed| (wire::BOUND, sealed.to_owned())));
        }
        let own = own.into_iter().map(|(name, value)| (name.to_owned(), Value::Text(value)));
        let typed = self.entries.iter();
        let typed = typed.map(|(name, value)| (name.to_owned(), Value::Text(value.to_owned())));
        let files = self.files.iter().cloned().map(|(name, file)| (name, Value::File(file)));
        own.chain(typed).chain(files).collect()
    }

    /// The route of the page, and its address.
    fn place(&self) -> (String, String) {
        let (route, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let mut route = route.to_owned();
        for (name, _) in &self.parameters {
            if !route.contains(&format!("{{{name}}}")) {
                route = format!("{}/{{{name}}}", route.trim_end_matches('/'));
            }
        }
        let mut path = route.clone();
        for (name, value) in &self.parameters {
            let value = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
            path = path.replace(&format!("{{{name}}}"), &value);
        }
        if !query.is_empty() {
            path = format!("{path}?{query}");
        }
        (route, path)
    }
}

impl<A: ServerAction> IntoFuture for Run<A> {
    type Output = Ran<A>;
    type IntoFuture = Pin<Box<dyn Future<Output = Ran<A>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.go())
    }
}

/// What became of an action that ran alone: its [`Outcome`], and what it did besides.
pub struct Ran<A: ServerAction> {
    outcome: Outcome<A>,
    effects: Effects,
}

impl<A: ServerAction> Ran<A> {
    /// What it did besides returning a value; nothing if it failed.
    pub fn effects(&self) -> &Effects {
        &self.effects
    }
}

impl<A: ServerAction> Deref for Ran<A> {
    type Target = Outcome<A>;

    fn deref(&self) -> &Outcome<A> {
        &self.outcome
    }
}

impl<A: ServerAction> fmt::Debug for Ran<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}\n{:?}", self.outcome, self.effects)
    }
}
