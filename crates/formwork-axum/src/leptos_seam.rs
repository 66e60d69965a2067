//! Every touch of a Leptos internal on the server; a new Leptos version is mended here.

use std::{
    cell::Cell,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::Arc,
};

use any_spawner::{CustomExecutor, Executor, PinnedLocalFuture};
use futures::{FutureExt, Stream, StreamExt, stream};
use http::{StatusCode, header, request::Parts};
use leptos::nonce::Nonce;
use leptos::prelude::{AnyView, Owner, RenderHtml, provide_context};
use leptos::tachys::{
    ssr::{StreamBuilder, StreamChunk},
    view::Position,
};
use leptos_axum::{ResponseOptions, ResponseParts};
use leptos_integration_utils::{BoxedFnOnce, PinnedFuture, PinnedStream, build_response};
use leptos_meta::ServerMetaContext;
use leptos_router::{components::provide_server_redirect, location::RequestUrl};

use crate::{
    boundary::{Isolated, isolate},
    effects,
    page::PageContext,
};

/// The application's document: what the `shell` function of a Leptos application returns.
pub(crate) type Shell = Arc<dyn Fn() -> AnyView + Send + Sync>;

/// A rendered document, and what the components said of its response.
pub(crate) struct Rendered {
    pub(crate) html: String,
    pub(crate) options: ResponseParts,
}

/// Renders the whole document under an owner of its own.
pub(crate) fn render(
    parts: Parts,
    page: PageContext,
    nonce: &str,
    shell: Shell,
) -> impl Future<Output = Rendered> + Send {
    let options = ResponseOptions::default();
    let (meta, meta_output) = ServerMetaContext::new();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let url = format!("http://leptos.dev{path}");

    let nonce = Nonce::from_value(nonce);
    let provide = {
        let (options, redirected) = (options.clone(), options.clone());
        move || {
            provide_context(RequestUrl::new(&url));
            provide_context(meta);
            provide_context(parts);
            provide_context(options);
            provide_context(page);
            provide_context(nonce);
            // leptos_axum's own redirects only those who accept HTML by name.
            provide_server_redirect(move |path| {
                redirected.set_status(StatusCode::FOUND);
                redirected.insert_header(header::LOCATION, effects::visible(path));
            });
        }
    };
    // `build_response` makes its owner current on this thread: isolate puts the old one back.
    let (owner, chunks) =
        isolate(None, || build_response(move || shell(), provide, in_order, true));
    let cleanup = Cleanup(Some(owner.clone()));
    let shared = owner.shared_context();

    Isolated::under(owner, async move {
        let _cleanup = cleanup;
        let body = whole(chunks.await).await;
        if let Some(shared) = shared {
            while let Some(deferred) = shared.await_deferred() {
                deferred.await;
            }
        }
        let document = stream::once(Box::pin(async move { body }));
        let html = whole(without_hop(meta_output.inject_meta_context(document)).await).await;
        let options = std::mem::take(&mut *options.0.write().unwrap_or_else(|e| e.into_inner()));
        Rendered { html, options }
    })
}

/// All chunks as one text; the first is not copied, and most often it is all.
async fn whole(chunks: impl Stream<Item = String>) -> String {
    let mut chunks = pin!(chunks);
    let mut text = chunks.next().await.unwrap_or_default();
    while let Some(chunk) = chunks.next().await {
        text.push_str(&chunk);
    }
    text
}

/// Whether components run only to tell which routes there are, as in
/// `leptos_axum::generate_route_list`.
pub fn is_listing_routes() -> bool {
    leptos_router::RouteList::is_generating()
}

fn in_order(
    app: AnyView,
    chunks: BoxedFnOnce<PinnedStream<String>>,
    _supports_out_of_order: bool,
) -> PinnedFuture<PinnedStream<String>> {
    Box::pin(async move {
        // As `to_html_stream_in_order`, which begins without any room.
        let mut builder = StreamBuilder::with_capacity(DOCUMENT, None);
        let at = &mut Position::FirstChild;
        app.to_html_async_with_buf::<false>(&mut builder, at, true, false, Vec::new());
        let mut pieces = builder.take_chunks();
        // Where nothing was waited for all is one piece; the builder as a stream would copy it.
        let first = match pieces.pop_front() {
            Some(StreamChunk::Sync(text)) => Some(text),
            Some(waiting) => {
                pieces.push_front(waiting);
                None
            }
            None => None,
        };
        for piece in pieces {
            match piece {
                StreamChunk::Sync(text) => builder.push_sync(&text),
                StreamChunk::Async { chunks } => builder.push_async(chunks),
                StreamChunk::OutOfOrder { .. } => unreachable!("it is rendered in order"),
            }
        }
        let document = stream::iter(first).chain(builder.finish());
        Box::pin(document.chain(chunks())) as Pin<Box<_>>
    })
}

/// As many bytes as most documents have, their data included.
const DOCUMENT: usize = 32 * 1024;

/// Leptos' tasks run on tokio, except one: see [`without_hop`].
pub(crate) fn init_executor() {
    // Somebody has set one already: then there is one.
    let _ = Executor::init_custom_executor(Tokio);
}

struct Tokio;

thread_local! {
    /// Whether what is spawned now runs here and at once.
    static AT_ONCE: Cell<bool> = const { Cell::new(false) };
}

impl CustomExecutor for Tokio {
    fn spawn(&self, mut task: PinnedFuture<()>) {
        if AT_ONCE.get() && task.as_mut().now_or_never().is_some() {
            return;
        }
        tokio::spawn(task);
    }

    fn spawn_local(&self, task: PinnedLocalFuture<()>) {
        tokio::task::spawn_local(task);
    }

    fn poll_local(&self) {}
}

/// Polls a future whose tasks have nothing to wait for: they run here and at once. `inject_meta_context`
/// waits for such a task to pass a tick, so that what is rendered meanwhile comes first; here all is
/// rendered by then, and on another thread the task would cost as much as ten rows of the page.
async fn without_hop<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    poll_fn(|cx| {
        AT_ONCE.set(true);
        let _reset = Reset;
        future.as_mut().poll(cx)
    })
    .await
}

/// Also after a panic.
struct Reset;

impl Drop for Reset {
    fn drop(&mut self) {
        AT_ONCE.set(false);
    }
}

/// Cleans the owner up when the document is done, and also when the visitor went away before.
struct Cleanup(Option<Owner>);

impl Drop for Cleanup {
    fn drop(&mut self) {
        if let Some(owner) = self.0.take() {
            isolate(None, || owner.unset_with_forced_cleanup());
        }
    }
}
