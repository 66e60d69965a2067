//! An application as Formwork sees it: its document, its settings, its actions and queries, and the
//! routes that serve them.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Router,
    body::Body,
    extract::Request,
    middleware::Next,
    response::Response,
    routing::{MethodRouter, any, get},
};
use formwork_core::{ActionError, wire};
use http::{HeaderMap, HeaderValue, Uri, request::Parts};
use leptos::{
    config::{Env, LeptosOptions},
    prelude::{IntoAny, IntoView},
};
use tower::Layer;
use tower_http::services::ServeDir;

use crate::{
    action::{self, ActionDef, Registry},
    boundary::RequestBoundary,
    build_id,
    config::{Config, ConfigError},
    cookies, flash, headers,
    leptos_seam::Shell,
    limits::{Throttles, UnderWay, UnderWayGuard},
    origin,
    page::{self, PageState},
    query::{self, QueryDef},
    refusal::Refusal,
    seal::{self, Keys},
    submit::{self, Once},
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
    queries: Registry<QueryDef>,
    once: Once,
    throttles: Throttles,
    under_way: Arc<UnderWay>,
    /// The largest body that any action accepts.
    body_limit: usize,
    build: HeaderValue,
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
    pub(crate) fn new(message: impl Into<String>) -> Self {
        StartError(message.into())
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
        // Run by cargo-leptos or without the file: everything is in the environment.
        let file = Path::new("Leptos.toml").exists().then_some("Leptos.toml");
        let options = leptos::config::get_configuration(file)
            .map_err(|error| StartError(format!("Leptos.toml: {error}")))?
            .leptos_options;
        let config = Config::read()?;
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
        let keys = std::env::var("FORMWORK_KEYS").ok();
        Self::with_keys(options, config, keys.as_deref(), shell)
    }

    /// An application with these settings and this key ring, written as in `FORMWORK_KEYS`; that
    /// variable is not read.
    ///
    /// # Errors
    /// As [`new`](Site::new).
    pub fn with_keys<V: IntoView + 'static>(
        options: LeptosOptions,
        config: Config,
        keys: Option<&str>,
        shell: impl Fn(LeptosOptions) -> V + Send + Sync + 'static,
    ) -> Result<Self, StartError> {
        // Set already when two sites run in one process, as in tests.
        let _ = any_spawner::Executor::init_tokio();
        let keys =
            seal::load(keys, options.env == Env::PROD, &PathBuf::from("target/formwork/dev-key"));
        let pkg = PathBuf::from(&*options.site_root).join(&*options.site_pkg_dir);
        let build = build_id::of_client_files(&pkg);
        let shell_options = options.clone();
        let actions = action::registry(inventory::iter::<ActionDef>).map_err(StartError)?;
        let queries = action::registry(inventory::iter::<QueryDef>).map_err(StartError)?;
        let declared = actions.values().filter_map(|action| action.limits.body);
        let body_limit = declared.max().unwrap_or(0).max(config.body_limit);
        Ok(Site(Arc::new(Inner {
            shell: Arc::new(move || shell(shell_options.clone()).into_any()),
            config,
            throttles: Throttles::new(&actions),
            under_way: Arc::default(),
            body_limit,
            keys: Arc::new(keys.map_err(|error| StartError(error.to_string()))?),
            actions,
            queries,
            once: Once::new(),
            build: HeaderValue::from_str(&build).expect("hexadecimal digits"),
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
        self.routes(pages.iter().map(|page| page.path().to_owned()))
    }

    /// The routes of these pages, of the queries, of the client's files, and the error page for
    /// everything else.
    ///
    /// A page's path is axum's: `/tickets/{id}`. Applications with a router use
    /// [`pages`](Site::pages).
    pub fn routes<P: AsRef<str>>(&self, pages: impl IntoIterator<Item = P>) -> Router {
        let mut router = Router::new();
        for page in pages {
            router = router.route(page.as_ref(), self.page());
        }
        let site = self.clone();
        let read = move |request: Request| query::answer(site, request.into_parts().0);
        let site = self.clone();
        let refused = move |request: Request| refused(site, request.into_parts().0);
        let site = self.clone();
        let only_read =
            move |request: Request| refuse(site, request.into_parts().0, Refusal::NoSuchMethod);
        router
            .route(wire::QUERY_PATH, get(read).fallback(only_read))
            .route(REFUSED_PATH, any(refused))
            .fallback_service(self.files())
    }

    /// Serves a router until Ctrl-C or SIGTERM, at the address of the settings.
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
        axum::serve(listener, service).with_graceful_shutdown(shutdown()).await
    }

    /// The router behind what [`serve`](Site::serve) asks of every request: one that changes
    /// something must come from a page of this application, whatever the route; every response has
    /// the headers of [`Config`].
    pub fn guarded(&self, router: Router) -> Router {
        let site = self.clone();
        let guard = axum::middleware::from_fn(move |request: Request, next: Next| {
            let site = site.clone();
            async move {
                let (parts, body) = request.into_parts();
                let exempt = origin::is_exempt(&parts, site.config());
                let refused = (!exempt).then(|| origin::check(&parts, site.config()).err());
                let request = match refused.flatten() {
                    None => Request::from_parts(parts, body),
                    Some(refusal) => for_refusal(parts, refusal),
                };
                let mut response = next.run(request).await;
                headers::general(response.headers_mut(), site.config());
                response
            }
        });
        // Around the router: a layer in it would come after the route was chosen, and a refused
        // request would still run it.
        Router::new().fallback_service(guard.layer(router))
    }

    /// Reading a page and posting its forms; whatever else is asked of it is refused with a page.
    fn page(&self) -> MethodRouter {
        let (read, post, other) = (self.clone(), self.clone(), self.clone());
        get(move |request: Request| read_page(read, request.into_parts().0))
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
        ServeDir::new(&*self.0.options.site_root)
            .append_index_html_on_directories(false)
            .call_fallback_on_method_not_allowed(true)
            .fallback(missing)
    }

    pub(crate) fn actions(&self) -> &Registry<ActionDef> {
        &self.0.actions
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

    pub(crate) fn once(&self) -> &Once {
        &self.0.once
    }

    pub(crate) fn throttles(&self) -> &Throttles {
        &self.0.throttles
    }

    /// The largest body that any action accepts; which action it is for is known afterwards.
    pub(crate) fn body_limit(&self) -> usize {
        self.0.body_limit
    }

    /// Counts a client's submission for as long as the guard lives; `None` if there are too many.
    pub(crate) fn under_way(&self, client: IpAddr) -> Option<UnderWayGuard> {
        self.0.under_way.enter(client, self.0.config.max_concurrent)
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
async fn read_page(site: Site, parts: Parts) -> Response {
    if names_action(&parts.uri) {
        return refuse(site, parts, Refusal::NotPosted).await;
    }
    let path = parts.uri.path().to_owned();
    let posted = flash::take(&site.keys(), &parts.headers, &path);
    let shown = posted.is_some();
    let mut response = page::render(&site, parts, PageState { posted, error: None }).await;
    if shown {
        cookies::set(response.headers_mut(), &[flash::removal(&path)]);
    }
    response
}

pub(crate) async fn refuse(site: Site, parts: Parts, refusal: Refusal) -> Response {
    let error = ActionError::from(refusal).public(None);
    if submit::wants_stream(&parts.headers) {
        return submit::refused(&site, error);
    }
    page::render(&site, parts, PageState { posted: None, error: Some(error) }).await
}

fn names_action(uri: &Uri) -> bool {
    let query = uri.query().unwrap_or_default();
    query.split('&').any(|pair| pair.split('=').next() == Some(wire::ACTION))
}

async fn shutdown() {
    let interrupt = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
