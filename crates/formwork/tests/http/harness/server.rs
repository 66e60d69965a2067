//! A server on a port of its own, in the runtime of the test.

use std::{net::SocketAddr, sync::Once};

use axum::{Router, ServiceExt, extract::Request};
use formwork::{Config, RequestBoundary, Site};
use tokio::net::TcpListener;
use tower::Layer;

use super::{Browser, Page, Raw, log, soon};
use crate::app::{self, Desk};

/// A running server. It ends with the test's runtime.
pub struct Server {
    address: SocketAddr,
    pub desk: Desk,
}

impl Server {
    /// The application with the default settings.
    pub async fn start() -> Self {
        Self::with(Config::default()).await
    }

    /// The application with these settings.
    pub async fn with(config: Config) -> Self {
        Self::extended(config, |routes| routes).await
    }

    /// The application, and routes of its own beside the pages.
    pub async fn extended(config: Config, more: impl FnOnce(Router) -> Router) -> Self {
        prepare();
        let desk = Desk::seeded();
        Self::serving(more(app::routes(config, &desk)), desk).await
    }

    /// The application with this key ring.
    pub async fn with_keys(keys: &str) -> Self {
        Self::with_both(Config::default(), keys).await
    }

    /// The application with these settings and this key ring.
    pub async fn with_both(config: Config, keys: &str) -> Self {
        prepare();
        let desk = Desk::seeded();
        let site = app::site(config, Some(keys));
        Self::serving(app::pages(&site, &desk), desk).await
    }

    /// The application, and what invalidates it from outside.
    pub async fn with_site() -> (Self, Site) {
        prepare();
        let desk = Desk::seeded();
        let site = app::site(Config::default(), None);
        (Self::serving(app::pages(&site, &desk), desk).await, site)
    }

    /// As [`guarded`](Server::guarded), and the site itself.
    pub async fn guarded_site(
        config: Config,
        more: impl FnOnce(&Site, Router) -> Router,
    ) -> (Self, Site) {
        prepare();
        let desk = Desk::seeded();
        let site = app::site(config, None);
        let router = site.guarded(more(&site, app::pages(&site, &desk)));
        (Self::serving(router, desk).await, site)
    }

    /// As [`extended`](Server::extended), behind all that `Site::serve` asks of every request.
    pub async fn guarded(config: Config, more: impl FnOnce(Router) -> Router) -> Self {
        prepare();
        let desk = Desk::seeded();
        let site = app::site(config, None);
        let router = site.guarded(more(app::pages(&site, &desk)));
        Self::serving(router, desk).await
    }

    /// As [`guarded`](Server::guarded), with what more is said of the site.
    pub async fn of_site(config: Config, more: impl FnOnce(Site) -> Site) -> Self {
        prepare();
        let desk = Desk::seeded();
        let site = more(app::site(config, None));
        Self::serving(site.guarded(app::pages(&site, &desk)), desk).await
    }

    /// Any router, behind the request boundary, as `Site::serve` does it.
    pub async fn serving(router: Router, desk: Desk) -> Self {
        let service = RequestBoundary.layer(router);
        let (listener, server) = Self::listen(desk).await;
        let make =
            ServiceExt::<Request>::into_make_service_with_connect_info::<SocketAddr>(service);
        tokio::spawn(async { axum::serve(listener, make).await });
        server
    }

    /// Any router as axum alone serves it.
    pub async fn without_boundary(router: Router, desk: Desk) -> Self {
        let (listener, server) = Self::listen(desk).await;
        tokio::spawn(async { axum::serve(listener, router).await });
        server
    }

    async fn listen(desk: Desk) -> (TcpListener, Self) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        (listener, Server { address, desk })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A browser of its own, with an empty cookie jar.
    pub fn browser(&self) -> Browser {
        Browser::new(self.origin(), &[])
    }

    /// A browser that sends these headers with each request.
    pub fn browser_with(&self, headers: &[(&'static str, &str)]) -> Browser {
        Browser::new(self.origin(), headers)
    }

    /// Sends bytes and reads the whole answer.
    pub async fn send(&self, request: &super::Request) -> Page {
        let mut raw = Raw::connect(self).await;
        raw.write(&request.bytes(self)).await;
        raw.answer().await
    }

    /// Whether a page still comes as it should.
    #[track_caller]
    pub fn is_well(&self) -> impl Future<Output = ()> {
        let at = std::panic::Location::caller();
        let browser = self.browser();
        async move {
            let page = soon(browser.get("/")).await;
            assert!(page.status == 200 && page.has("#open"), "the server is unwell, at {at}");
        }
    }
}

/// Once for all tests of this process.
fn prepare() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        log::capture();
        // The development key is kept under `target/` of the working folder.
        let workspace = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        std::env::set_current_dir(workspace).expect("the workspace is there");
    });
}
