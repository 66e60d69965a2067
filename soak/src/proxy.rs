//! A proxy that gives each request to the next instance, and now and then hangs up on the visitor
//! when the answer is there.

use std::{
    fmt,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use anyhow::{Result, anyhow};
use http_body_util::BodyExt;
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use reqwest::Body;
use tokio::{net::TcpListener, sync::Mutex};

use crate::{chance::Chance, fleet::Fleet};

/// See the module.
pub(crate) struct Proxy {
    address: SocketAddr,
    pub(crate) unanswered: Arc<Unanswered>,
}

/// Why what came was not answered.
#[derive(Default)]
pub(crate) struct Unanswered {
    /// The instance was being started.
    nobody: AtomicUsize,
    /// The instance was killed.
    lost: AtomicUsize,
    /// The visitor was hung up on when the answer was there.
    hang_ups: AtomicUsize,
}

impl Unanswered {
    fn note(&self, error: &reqwest::Error) {
        let count = if error.is_connect() { &self.nobody } else { &self.lost };
        count.fetch_add(1, Ordering::Relaxed);
    }
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [nobody, lost, hang_ups] =
            [&self.nobody, &self.lost, &self.hang_ups].map(|count| count.load(Ordering::Relaxed));
        write!(f, "{nobody} found no instance, {lost} lost theirs, {hang_ups} were hung up on")
    }
}

struct Inner {
    fleet: Arc<Fleet>,
    client: reqwest::Client,
    next: AtomicUsize,
    hang_up: u64,
    chance: Mutex<Chance>,
    unanswered: Arc<Unanswered>,
}

impl Proxy {
    /// Listens on a free port for as long as the run lasts.
    pub(crate) async fn start(fleet: Arc<Fleet>, hang_up: u64) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let unanswered = Arc::<Unanswered>::default();
        let inner = Arc::new(Inner {
            fleet,
            client: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .build()?,
            next: AtomicUsize::new(0),
            hang_up,
            chance: Mutex::new(Chance::new(2)),
            unanswered: Arc::clone(&unanswered),
        });
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let inner = Arc::clone(&inner);
                tokio::spawn(async move {
                    let service = service_fn(|request| pass(Arc::clone(&inner), request));
                    // An error closes the connection: that is how a visitor is hung up on.
                    let _ =
                        http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Ok(Proxy { address, unanswered })
    }

    /// Where visitors go.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn pass(inner: Arc<Inner>, request: Request<Incoming>) -> Result<Response<Body>> {
    let instances = inner.fleet.addresses();
    let instance = instances[inner.next.fetch_add(1, Ordering::Relaxed) % instances.len()];
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let is_post = parts.method == hyper::Method::POST;
    let answer = inner
        .client
        .request(parts.method, format!("http://{instance}{path}"))
        .headers(parts.headers)
        .body(body.collect().await?.to_bytes())
        .send()
        .await
        .inspect_err(|error| inner.unanswered.note(error))?;
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        if name != "transfer-encoding" && name != "connection" {
            response = response.header(name, value);
        }
    }
    if !is_post {
        // What follows live queries never ends.
        return Ok(response.body(Body::from(answer))?);
    }
    let answer = answer.bytes().await.inspect_err(|error| inner.unanswered.note(error))?;
    if inner.chance.lock().await.percent(inner.hang_up) {
        inner.unanswered.hang_ups.fetch_add(1, Ordering::Relaxed);
        return Err(anyhow!("hung up"));
    }
    Ok(response.body(Body::from(answer))?)
}
