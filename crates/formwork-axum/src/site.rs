//! An application as Formwork sees it: its document, its settings, its actions and queries, and the
//! routes that serve them.

use std::{
    collections::HashMap,
    fmt,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::Request,
    response::Response,
    routing::{MethodRouter, any, get},
    serve::ListenerExt,
};
use formwork_core::{ActionError, most_bytes_of_files, wire};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts};
use leptos::{
    config::{Env, LeptosOptions},
    prelude::{IntoAny, IntoView},
};
use tokio::sync::watch;
use tower::{Layer, ServiceExt};
use tower_http::services::ServeDir;

use crate::{
    action::{self, ActionDef, Registry},
    boundary::RequestBoundary,
    build_id::{self, Stamps},
    compressed,
    config::{Config, ConfigError},
    cookies,
    destination::{self, Continuing, ForData},
    developer, failure, flash, headers,
    hooks::{Failure, Hooks, RefusedSubmission},
    leptos_seam::{self, Shell},
    limits::{Throttles, UnderWay, UnderWayGuard},
    observe, origin,
    page::{self, PageCache, PageState, Pages},
    query::{self, QueryDef, Reads},
    refusal::Refusal,
    resume::{Resumed, Resuming},
    revalidate::Revalidate,
    seal::{self, Keys},
    shutdown::{self, Running},
    store::{self, Store},
    submit,
};

/// A Formwork application on the server; cheap to clone.
#[derive(Clone)]
pub struct Site(Arc<Inner>);

struct Inner {
    options: LeptosOptions,
    shell: Shell,
    config: Config,
    keys: Arc<Keys>,
    actions: Registry<ActionDef>,
    /// By the ids that they had in older builds.
    renamed: Registry<ActionDef>,
    queries: Registry<QueryDef>,
    store: Arc<dyn Store>,
    hooks: Arc<Hooks>,
    reads: Arc<Reads>,
    pages: Pages,
    /// The routes of all pages.
    routes: RwLock<Arc<[String]>>,
    /// Whether the client's router goes from one to the other.
    has_router: AtomicBool,
    /// The routes whose pages are kept.
    kept: RwLock<HashMap<String, PageCache>>,
    throttles: Throttles,
    under_way: Arc<UnderWay>,
    running: Running,
    following: Arc<UnderWay>,
    /// Whether the server shuts down: what would go on for ever ends.
    closing: watch::Sender<bool>,
    /// The largest body that any action accepts.
    body_limit: usize,
    /// The most bytes that the files of any action can have.
    files_limit: u64,
    build: HeaderValue,
    /// Whether the client's files lie there compressed as well.
    compressed: bool,
    files: Stamps,
}

/// Why an application can't start, with what to do about it.
#[derive(Debug)]
pub struct StartError(String);

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

impl StartError {
    pub(crate) fn new(message: impl fmt::Display) -> Self {
        StartError(message.to_string())
    }
}

impl From<ConfigError> for StartError {
    fn from(error: ConfigError) -> Self {
        StartError(error.to_string())
    }
}

impl Site {
    /// An application with this document, with the settings of `Leptos.toml` in the working folder
    /// and of the environment.
    ///
    /// # Errors
    /// If a setting is wrong, two actions or two queries share an id, or in production a key is
    /// missing.
    pub fn new<V: IntoView + 'static>(
        shell: impl Fn(LeptosOptions) -> V + Send + Sync + 'static,
    ) -> Result<Self, StartError> {
        let (options, mut config) = (options()?, Config::read()?);
        if developer::is_watched() {
            let port = options.reload_external_port.unwrap_or(options.reload_port);
            let policy = &mut config.content_security_policy;
            *policy = headers::with_reload(policy, port);
        }
        Self::with(options, config, shell)
    }

    /// An application with these settings.
    ///
    /// # Errors
    /// As [`new`](Site::new).
    pub fn with<V: IntoView + 'static>(
        options: LeptosOptions,
        config: Config,
        shell: impl Fn(LeptosOptions) -> V + Send + Sync + 'static,
    ) -> Result<Self, StartError> {
        let keys = seal::configured(&config.keys_file).map_err(StartError::new)?;
        Self::with_keys(options, config, keys.as_deref().map(String::as_str), shell)
    }

    /// An application with these settings and this key ring, written as in `FORMWORK_KEYS`; neither
    /// that variable nor the file of `keys-file` is read.
    ///
    /// # Errors
    /// As [`new`](Site::new).
    pub fn with_keys<V: IntoView + 'static>(
        options: LeptosOptions,
        config: Config,
        keys: Option<&str>,
        shell: impl Fn(LeptosOptions) -> V + Send + Sync + 'static,
    ) -> Result<Self, StartError> {
        config.check()?;
        // Set already when two sites run in one process, as in tests.
        leptos_seam::init_executor();
        let keys =
            seal::load(keys, options.env == Env::PROD, &PathBuf::from("target/formwork/dev-key"));
        let build = build_of(&options);
        let shell_options = options.clone();
        let actions = action::registry(inventory::iter::<ActionDef>).map_err(StartError)?;
        let renamed = action::renamed(&actions).map_err(StartError)?;
        let queries = action::registry(inventory::iter::<QueryDef>).map_err(StartError)?;
        let declared = actions.values().filter_map(|action| action.limits.body);
        let store = store::open(&config)?;
        let shared = (config.store != "memory").then(|| Arc::clone(&store));
        let throttles = Throttles::new(&actions, config.throttle_factor, shared);
        let body_limit = declared.max().unwrap_or(0).max(config.body_limit);
        let most_files = config.max_files as u64;
        let of_files = actions.values().map(|a| most_bytes_of_files(a.fields, most_files));
        let files_limit = of_files.max().unwrap_or(0);
        let keys = Arc::new(keys.map_err(|error| StartError(error.to_string()))?);
        let pages = Pages::new(Arc::clone(&store), config.render_timeout());
        let hooks = Arc::<Hooks>::default();
        failure::note_panics();
        let reads =
            Reads::new(Arc::clone(&keys), Arc::clone(&hooks), Arc::clone(&store), &config, &build);
        Ok(Site(Arc::new(Inner {
            shell: Arc::new(move || shell(shell_options.clone()).into_any()),
            config,
            throttles,
            under_way: Arc::default(),
            running: Running::default(),
            following: Arc::default(),
            closing: watch::Sender::new(false),
            body_limit,
            files_limit,
            keys,
            hooks,
            reads,
            pages,
            routes: RwLock::default(),
            has_router: AtomicBool::new(false),
            kept: RwLock::default(),
            actions,
            renamed,
            queries,
            store,
            build: HeaderValue::from_str(&build).expect("hexadecimal digits"),
            compressed: !developer::is_watched()
                && compressed::are_current(Path::new(&*options.site_root)),
            files: Stamps::of(Path::new(&*options.site_root).join(&*options.site_pkg_dir)),
            options,
        })))
    }

    /// The routes of every page that the application's `<Routes>` have; the rest is as in
    /// [`routes`](Site::routes).
    ///
    /// ```ignore
    /// let router = site.pages(App).layer(Extension(pool)).layer(sessions);
    /// site.serve(router).await
    /// ```
    pub fn pages<V: IntoView + 'static>(
        &self,
        app: impl Fn() -> V + Clone + Send + 'static,
    ) -> Router {
        let pages = leptos_axum::generate_route_list(app);
        self.0.has_router.store(true, Ordering::Relaxed);
        self.routes(pages.iter().map(|page| page.path().to_owned()))
    }

    /// The routes of these pages, of the queries, of the client's files, and the error page for
    /// everything else.
    ///
    /// A page's path is axum's: `/tickets/{id}`. Applications with a router use
    /// [`pages`](Site::pages).
    ///
    /// # Panics
    /// If [`cache_page`](Site::cache_page) named a page that isn't among these.
    pub fn routes<P: AsRef<str>>(&self, pages: impl IntoIterator<Item = P>) -> Router {
        let mut router = Router::new();
        let mut kept = self.0.kept.read().unwrap_or_else(PoisonError::into_inner).clone();
        let pages: Vec<P> = pages.into_iter().collect();
        *self.0.routes.write().unwrap_or_else(PoisonError::into_inner) =
            pages.iter().map(|page| page.as_ref().to_owned()).collect();
        for page in &pages {
            router = router.route(page.as_ref(), self.page(kept.remove(page.as_ref())));
        }
        if let Some(path) = kept.keys().next() {
            panic!(
                "`cache_page({path:?}, …)`: no page has this path; write it as the route has it"
            );
        }
        let site = self.clone();
        let read = move |request: Request| query::answer(site, request.into_parts().0);
        let site = self.clone();
        let follow = move |request: Request| query::follow(site, request.into_parts().0);
        let site = self.clone();
        let refused = move |request: Request| refused(site, request.into_parts().0);
        let site = self.clone();
        let only_read =
            move |request: Request| refuse(site, request.into_parts().0, Refusal::NoSuchMethod);
        router
            .route(wire::QUERY_PATH, get(read).fallback(only_read.clone()))
            .route(wire::LIVE_PATH, get(follow).fallback(only_read))
            .route(REFUSED_PATH, any(refused))
            .fallback_service(self.files())
    }

    /// Keeps the pages of this route, and serves everyone the same: `/`, `/tickets/{id}`. Say it
    /// before [`pages`](Site::pages) or [`routes`](Site::routes).
    ///
    /// A page is kept if it turns out, while it is rendered, to be for everyone: complete,
    /// successful, and without anything of its visitor's (a guarded query, a cookie, a header, what
    /// was just submitted). Anything else is rendered for each request, as if nothing had been said;
    /// in development the header `Formwork-Cache` tells which it was, and why. It lives until a tag
    /// of a query that it read, or its own path, is invalidated, or its [`Life`](crate::Life) is
    /// over.
    ///
    /// Its address, with the query string, is all that it may depend on. Its forms have no
    /// submission id of their own: the browser's half adds one, but a form that is sent twice
    /// without JavaScript runs twice.
    ///
    /// ```ignore
    /// let site = Site::new(shell)?.cache_page("/", Life::minutes(5));
    /// ```
    #[must_use]
    pub fn cache_page(self, path: impl Into<String>, cache: impl Into<PageCache>) -> Self {
        let kept = self.0.kept.write();
        kept.unwrap_or_else(PoisonError::into_inner).insert(path.into(), cache.into());
        self
    }

    /// A value that is the same for every request, such as a connection pool: `cx.state::<Pool>()` has it.
    ///
    /// A layer can put one into each request as well (`axum::Extension`). Then nobody knows that it is
    /// not a visitor's own, a session's user, say: a query that asks for it is cached for nobody, nor is a
    /// page that shows it.
    ///
    /// ```ignore
    /// let site = Site::new(shell)?.state(pool);
    /// ```
    #[must_use]
    pub fn state<T: Clone + Send + Sync + 'static>(self, value: T) -> Self {
        self.0.reads.state().put(value);
        self
    }

    /// Invalidates what is cached, from outside of an action; see [`Revalidate`].
    pub fn revalidate(&self) -> Revalidate {
        Revalidate::new(Arc::clone(&self.0.store))
    }

    /// Calls this for every submission that is refused, throttled, stale or invalid, or that could not
    /// be run to its end (503: a handler that took too long, a store that is away,
    /// [`ActionError::unavailable`]); it has been logged and counted. Internal errors (500) are for
    /// [`on_error`](Site::on_error). It runs before the answer is sent, so it should not take long; a
    /// panic of it is logged, and changes nothing else.
    ///
    /// ```ignore
    /// let site = Site::new(shell)?.on_refusal(|refused| {
    ///     if refused.outcome == "refused" {
    ///         bans.note(refused.client, refused.action);
    ///     }
    /// });
    /// ```
    #[must_use]
    pub fn on_refusal(self, hook: impl Fn(&RefusedSubmission<'_>) + Send + Sync + 'static) -> Self {
        self.0.hooks.on_refusal(hook);
        self
    }

    /// Calls this for every error and panic of an action, a query or a page whose cause the visitor is
    /// not told; it has been logged under the same digest. It runs before the answer is sent, so it
    /// should not take long; a panic of it is logged, and changes nothing else.
    ///
    /// ```ignore
    /// let site = Site::new(shell)?.on_error(|failure| tracker.send(failure.digest, failure.cause));
    /// ```
    #[must_use]
    pub fn on_error(self, hook: impl Fn(&Failure<'_>) + Send + Sync + 'static) -> Self {
        self.0.hooks.on_error(hook);
        self
    }

    /// Serves a router until Ctrl-C or SIGTERM, at the address of the settings. By then nothing new is
    /// taken; what is under way has the time of `shutdown-timeout` to end, and to be recorded.
    ///
    /// # Errors
    /// If the address can't be listened on.
    pub async fn serve(self, router: Router) -> std::io::Result<()> {
        let address: SocketAddr = self.0.options.site_addr;
        let listener = tokio::net::TcpListener::bind(address).await.map_err(|error| {
            std::io::Error::new(
                error.kind(),
                format!(
                    "can't listen on {address}: {error}; set LEPTOS_SITE_ADDR to another address"
                ),
            )
        })?;
        tracing::info!("listening on http://{}", listener.local_addr()?);
        let service = RequestBoundary.layer(self.guarded(router));
        let service =
            axum::ServiceExt::<Request>::into_make_service_with_connect_info::<SocketAddr>(service);
        // A stream is sent line by line: without this each line waits until the one before has been
        // acknowledged, which takes 40 ms on most systems (RFC 9293, §3.7.4).
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        let mut closing = self.closing();
        let is_closing = async move {
            let _ = closing.wait_for(|closing| *closing).await;
        };
        let serving = axum::serve(listener, service).with_graceful_shutdown(is_closing);
        shutdown::serve(&self, serving.into_future()).await
    }

    /// Ends what goes on for as long as its visitor stays: the connections that follow live
    /// queries. [`serve`](Site::serve) does it when it shuts down; call it when you serve by other
    /// means, or a graceful shutdown waits for them.
    pub fn close(&self) {
        self.0.closing.send_replace(true);
    }

    /// Waits until every action that runs has ended, also those whose visitor is gone, and what became of
    /// them is recorded; for as long as `shutdown-timeout` at most. [`serve`](Site::serve) does it last;
    /// call it when you serve by other means.
    pub async fn finish(&self) {
        let patience = Duration::from_secs(self.0.config.shutdown_timeout);
        shutdown::finish(self, tokio::time::Instant::now() + patience).await;
    }

    /// The router behind what [`serve`](Site::serve) asks of every request: one that changes
    /// something must come from a page of this application, whatever the route; every response has
    /// the headers of [`Config`]; an action's redirect brings the data of its destination along.
    pub fn guarded(&self, router: Router) -> Router {
        let site = self.clone();
        // Around the router: a layer in it would come after the route was chosen, and a refused
        // request would still run it.
        Router::new().fallback(move |request: Request| guard(site, router, request))
    }

    /// Reading a page and posting its forms; whatever else is asked of it is refused with a page.
    fn page(&self, kept: Option<PageCache>) -> MethodRouter {
        let (read, post, other) = (self.clone(), self.clone(), self.clone());
        // Each layer between moves what is not on the heap.
        get(move |request: Request| Box::pin(read_page(read, request.into_parts().0, kept)))
            .post(move |request: Request| submit::submit(post, request))
            .fallback(move |request: Request| {
                refuse(other, request.into_parts().0, Refusal::NoSuchMethod)
            })
    }

    fn files(&self) -> ServeDir<MethodRouter> {
        let (read, post) = (self.clone(), self.clone());
        let missing =
            any(move |request: Request| refuse(read, request.into_parts().0, Refusal::NoSuchPage));
        // The error page has forms, too: signing out in the header, say.
        let missing = missing.post(move |request: Request| submit::submit(post, request));
        // The folder's own `index.html` must not stand in for a page.
        let mut files = ServeDir::new(&*self.0.options.site_root);
        // Under `cargo leptos watch` they change while the server runs.
        if self.0.compressed {
            files = files.precompressed_br().precompressed_gzip();
        }
        files
            .append_index_html_on_directories(false)
            .call_fallback_on_method_not_allowed(true)
            .fallback(missing)
    }

    /// Puts this in place of the action that has its id.
    pub(crate) fn stand_in(&mut self, def: &'static ActionDef) {
        let inner = Arc::get_mut(&mut self.0).expect("nobody else has the site yet");
        inner.actions.insert(def.id, def);
    }

    pub(crate) fn actions(&self) -> &Registry<ActionDef> {
        &self.0.actions
    }

    /// The action that had this id in an older build.
    pub(crate) fn renamed(&self, id: &str) -> Option<&'static ActionDef> {
        self.0.renamed.get(id).copied()
    }

    pub(crate) fn queries(&self) -> &Registry<QueryDef> {
        &self.0.queries
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.0.keys)
    }

    pub(crate) fn hooks(&self) -> &Hooks {
        &self.0.hooks
    }

    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        &self.0.store
    }

    pub(crate) fn reads(&self) -> Arc<Reads> {
        Arc::clone(&self.0.reads)
    }

    /// The patterns of the routes that have a page.
    pub(crate) fn routes_of_pages(&self) -> Arc<[String]> {
        Arc::clone(&self.0.routes.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The same, for a client that has a router: these it may ask for before they are gone to.
    pub(crate) fn routes_of_client(&self) -> Vec<String> {
        let routes = self.0.has_router.load(Ordering::Relaxed).then(|| self.routes_of_pages());
        routes.map(|routes| routes.to_vec()).unwrap_or_default()
    }

    pub(crate) fn kept_pages(&self) -> &Pages {
        &self.0.pages
    }

    /// Whether this is no production server.
    pub(crate) fn is_development(&self) -> bool {
        self.0.options.env != Env::PROD
    }

    pub(crate) fn throttles(&self) -> &Throttles {
        &self.0.throttles
    }

    /// The largest body that any action accepts; which action it is for is known afterwards.
    pub(crate) fn body_limit(&self) -> usize {
        self.0.body_limit
    }

    /// The most bytes of a body with files: those of its files, and of one that is too large as much as is
    /// read past, so that the fields after it arrive.
    pub(crate) fn upload_limit(&self) -> u64 {
        (self.0.body_limit as u64)
            .saturating_add(self.0.files_limit)
            .saturating_add(if self.0.files_limit == 0 { 0 } else { self.read_past() })
    }

    /// How many bytes are read of files that are not kept: where no form has files, no more than of
    /// anything else.
    pub(crate) fn read_past(&self) -> u64 {
        if self.0.files_limit == 0 { self.0.body_limit as u64 } else { submit::READ_PAST }
    }

    /// Counts a client's submission for as long as the guard lives; `None` if there are too many.
    pub(crate) fn under_way(&self, client: IpAddr) -> Option<UnderWayGuard> {
        self.0.under_way.enter(client, self.0.config.max_concurrent)
    }

    /// Counts a connection of a client that follows live queries; `None` if there are too many.
    pub(crate) fn follows(&self, client: IpAddr) -> Option<UnderWayGuard> {
        self.0.following.enter(client, self.0.config.max_live)
    }

    /// The actions that run, whoever waits for them.
    pub(crate) fn running(&self) -> &Running {
        &self.0.running
    }

    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.0.closing.subscribe()
    }

    pub(crate) fn shell(&self) -> Shell {
        Arc::clone(&self.0.shell)
    }

    pub(crate) fn build(&self) -> &str {
        self.0.build.to_str().unwrap_or_default()
    }

    /// Whether visitors come over HTTPS, as the public origins say: cookies may be `Secure`.
    pub fn is_https(&self) -> bool {
        let origins = &self.0.config.public_origins;
        !origins.is_empty() && origins.iter().all(|origin| origin.starts_with("https://"))
    }

    /// Every response says which build it is from.
    pub(crate) fn mark_build(&self, headers: &mut HeaderMap) {
        headers.insert(wire::BUILD_HEADER, self.0.build.clone());
    }
}

/// The settings that Leptos reads. Run by cargo-leptos or without the file, everything is in the
/// environment.
pub(crate) fn options() -> Result<LeptosOptions, StartError> {
    let file = Path::new("Leptos.toml").exists().then_some("Leptos.toml");
    let options = leptos::config::get_configuration(file);
    Ok(options.map_err(|error| StartError(format!("Leptos.toml: {error}")))?.leptos_options)
}

/// Which build a server with these settings is of.
pub(crate) fn build_of(options: &LeptosOptions) -> String {
    build_id::of_client_files(&PathBuf::from(&*options.site_root).join(&*options.site_pkg_dir))
}

/// What is asked of every request, and said in every response.
async fn guard(site: Site, router: Router, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let pkg = &site.0.options.site_pkg_dir;
    let is_read = matches!(parts.method, Method::GET | Method::HEAD);
    let kept = (is_read && !developer::is_watched())
        .then(|| build_id::kept(&parts.uri, pkg, site.build(), &site.0.files))
        .flatten();
    if let Some(uri) = build_id::of_another(&parts.uri, pkg, site.build()) {
        parts.uri = uri;
    }
    let exempt = origin::is_exempt(&parts, site.config());
    let refused = (!exempt).then(|| origin::check(&parts, site.config()).err());
    let (request, unread, continuing, resuming) = match refused.flatten() {
        None => {
            if parts.uri.path() == wire::LIVE_PATH {
                parts.extensions.insert(query::Again(router.clone()));
            }
            let continuing = Continuing::expect(&mut parts).map(|c| (c, router.clone()));
            let resuming = Resuming::expect(&mut parts).map(|r| (r, router.clone()));
            (Request::from_parts(parts, body), None, continuing, resuming)
        }
        Some(refusal) => (for_refusal(parts, refusal), Some(body), None, None),
    };
    let Ok(mut response) = router.oneshot(request).await;
    if let Some(mut body) = unread {
        // The browser shows no answer before it has sent everything.
        Box::pin(submit::discard(&mut body)).await;
    }
    if let Some((continuing, router)) = continuing {
        continuing.go_on(&mut response, router, site.config().render_timeout());
    }
    if let Some((resuming, router)) = resuming
        && let Some(resumed) = response.extensions_mut().remove()
    {
        response = Box::pin(resuming.go_on(resumed, response, router)).await;
    }
    let is_file = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    if let Some(kept) = kept.filter(|_| is_file) {
        // Unless the application has said it.
        let control = response.headers_mut().entry(header::CACHE_CONTROL);
        control.or_insert(HeaderValue::from_static(kept));
    }
    headers::general(response.headers_mut(), site.config());
    headers::keep_cookies_private(response.headers_mut());
    site.mark_build(response.headers_mut());
    response
}

/// Where the page of a refused request is rendered: within the application's layers, as its pages
/// need what these put into a request.
const REFUSED_PATH: &str = "/_formwork/refused";

/// Marks a request that was refused; no header can forge it.
#[derive(Clone)]
struct Refused {
    why: Refusal,
    uri: Uri,
}

/// A refused request on its way to the error page: nothing of what it asked for is left to run.
fn for_refusal(mut parts: Parts, why: Refusal) -> Request {
    let uri = std::mem::replace(&mut parts.uri, Uri::from_static(REFUSED_PATH));
    parts.method = http::Method::GET;
    parts.extensions.insert(Refused { why, uri });
    Request::from_parts(parts, Body::empty())
}

/// The page of a refused request; asked for directly, there is nothing here.
async fn refused(site: Site, mut parts: Parts) -> Response {
    match parts.extensions.remove::<Refused>() {
        Some(Refused { why, uri }) => {
            parts.uri = uri;
            refuse(site, parts, why).await
        }
        None => refuse(site, parts, Refusal::NoSuchPage).await,
    }
}

/// A GET of a page: what a post before it left is shown once.
async fn read_page(site: Site, mut parts: Parts, kept: Option<PageCache>) -> Response {
    if let Some(Resumed(posted)) = parts.extensions.remove() {
        let state = PageState { posted: Some(posted), ..PageState::default() };
        return page::render(&site, parts, state).await;
    }
    if names_action(&parts.uri) {
        return refuse(site, parts, Refusal::NotPosted).await;
    }
    if parts.extensions.get::<ForData>().is_some() {
        return page::read(&site, parts).await;
    }
    if submit::wants_stream(&parts.headers) {
        return destination::to_client(&site, page::read(&site, parts).await);
    }
    let path = parts.uri.path().to_owned();
    let posted = flash::take(&site.keys(), &parts.headers, &path);
    let shown = posted.is_some();
    let mut why = None;
    match kept {
        Some(_) if shown => why = Some("it shows what was submitted"),
        Some(kept) => match page::answer_kept(&site, &parts, kept).await {
            Ok(mut response) => {
                also_as_data(&mut response);
                return response;
            }
            Err(reason) => why = Some(reason),
        },
        None => {}
    }
    let mut response =
        page::render(&site, parts, PageState { posted, ..PageState::default() }).await;
    if shown {
        cookies::set(response.headers_mut(), &[flash::removal(&path)]);
    }
    also_as_data(&mut response);
    if let Some(why) = why {
        page::tell(&site, response.headers_mut(), &format!("not kept: {why}"));
    }
    response
}

/// A client that is about to go to a page asks for its data alone, under the same address.
fn also_as_data(page: &mut Response) {
    page.headers_mut().append(header::VARY, HeaderValue::from_static("accept"));
}

pub(crate) async fn refuse(site: Site, parts: Parts, refusal: Refusal) -> Response {
    if matches!(refusal, Refusal::CrossSite | Refusal::UnknownOrigin | Refusal::TooManyAtOnce) {
        observe::unread(&site, &parts, refusal);
    }
    let error = ActionError::from(refusal).public(None);
    let mut response = if submit::wants_stream(&parts.headers) {
        submit::refused(&site, error)
    } else {
        page::render(&site, parts, PageState { error: Some(error), ..PageState::default() }).await
    };
    if refusal == Refusal::TooManyAtOnce {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

fn names_action(uri: &Uri) -> bool {
    let query = uri.query().unwrap_or_default();
    query.split('&').any(|pair| pair.split('=').next() == Some(wire::ACTION))
}
