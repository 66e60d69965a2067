//! A proxy that gives each request to the next instance, and now and then hangs up on the visitor
//! when the answer is there.

use std::{
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
    hang_ups: Arc<AtomicUsize>,
}

struct Inner {
    fleet: Arc<Fleet>,
    client: reqwest::Client,
    next: AtomicUsize,
    hang_up: u64,
    chance: Mutex<Chance>,
    hang_ups: Arc<AtomicUsize>,
}

impl Proxy {
    /// Listens on a free port for as long as the run lasts.
    pub(crate) async fn start(fleet: Arc<Fleet>, hang_up: u64) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let hang_ups = Arc::new(AtomicUsize::new(0));
        let inner = Arc::new(Inner {
            fleet,
            client: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .build()?,
            next: AtomicUsize::new(0),
            hang_up,
            chance: Mutex::new(Chance::new(2)),
            hang_ups: Arc::clone(&hang_ups),
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
        Ok(Proxy { address, hang_ups })
    }

    /// Where visitors go.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many answers never arrived.
    pub(crate) fn hang_ups(&self) -> usize {
        self.hang_ups.load(Ordering::Relaxed)
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
        .await?;
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
    let answer = answer.bytes().await?;
    if inner.chance.lock().await.percent(inner.hang_up) {
        inner.hang_ups.fetch_add(1, Ordering::Relaxed);
        return Err(anyhow!("hung up"));
    }
    Ok(response.body(Body::from(answer))?)
}
