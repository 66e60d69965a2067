//! An application in the process of its tests.

use axum::{Router, body::Body, extract::ConnectInfo, response::Response};
use formwork_axum::{Config, RequestBoundary, RequestBoundaryService, Site, testing};
use http::{Request, StatusCode, header};
use leptos::{config::LeptosOptions, prelude::IntoView};
use std::net::SocketAddr;
use tower::{Layer, ServiceExt};
use url::Url;

use crate::{Visitor, Way};

/// A site with this document, with the default settings and a key of its own: nothing is read from the
/// environment or from files, and no two sites have anything in common.
///
/// An application whose settings matter to a test makes its own, by `Site::with_keys`.
///
/// # Panics
/// As [`Site::with_keys`] fails: if two actions share an id, say.
pub fn site<V: IntoView + 'static>(
    shell: impl Fn(LeptosOptions) -> V + Send + Sync + 'static,
) -> Site {
    // A document's own build is that of the client's files, and there are none.
    let options = LeptosOptions::builder().output_name("under-test").site_root(NOWHERE).build();
    let keys = testing::key_ring();
    let site = Site::with_keys(options, Config::default(), Some(&keys), shell);
    site.unwrap_or_else(|error| panic!("the application does not start: {error}"))
}

const NOWHERE: &str = "target/no-client-under-test";

/// An application in this process: its router with all layers, behind what `Site::serve` puts around
/// it, without a port.
///
/// ```
/// # use formwork::{Site, prelude::*, testing};
/// # use leptos::prelude::*;
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let site: Site = testing::site(|_| view! { <html><body><h1>"Hello"</h1></body></html> });
/// let app = testing::App::new(&site, site.routes(["/"]));
/// let page = app.visitor().open("/").await;
/// assert_eq!(page.text(), "Hello");
/// # }
/// ```
#[derive(Clone)]
pub struct App {
    site: Site,
    service: RequestBoundaryService<Router>,
    origin: Url,
}

impl App {
    /// As `site.serve(router)` would serve it.
    pub fn new(site: &Site, router: Router) -> Self {
        let origin = testing::origin(site).unwrap_or("http://localhost");
        App {
            site: site.clone(),
            service: RequestBoundary.layer(site.guarded(router)),
            origin: origin.parse().expect("a public origin is the address of a site"),
        }
    }

    /// Somebody who has not been here before: a browser without cookies and without JavaScript.
    pub fn visitor(&self) -> Visitor {
        Way::native().visitor(self)
    }

    pub(crate) fn site(&self) -> &Site {
        &self.site
    }

    pub(crate) fn origin(&self) -> &Url {
        &self.origin
    }

    /// The answer, as it would leave the server.
    pub(crate) async fn answer(&self, mut request: Request<Body>) -> Response {
        let host = &self.origin[url::Position::BeforeHost..url::Position::AfterPort];
        let host = host.parse().expect("a host is visible ASCII");
        request.headers_mut().insert(header::HOST, host);
        request.extensions_mut().insert(ConnectInfo(PEER));
        let Ok(response) = self.service.clone().oneshot(request).await;
        response
    }
}

/// Where all visitors come from.
const PEER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 9);

/// Whether a status sends a browser elsewhere.
pub(crate) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}
