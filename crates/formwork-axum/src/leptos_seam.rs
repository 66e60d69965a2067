//! Every touch of a Leptos internal on the server; a new Leptos version is mended here.

use std::{future::Future, pin::Pin, sync::Arc};

use futures::{StreamExt, stream};
use http::{StatusCode, header, request::Parts};
use leptos::nonce::Nonce;
use leptos::prelude::{AnyView, Owner, RenderHtml, provide_context};
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
        let mut body: String = chunks.await.collect().await;
        if let Some(shared) = shared {
            while let Some(deferred) = shared.await_deferred() {
                deferred.await;
            }
        }
        let whole = std::mem::take(&mut body);
        let html = meta_output
            .inject_meta_context(stream::once(Box::pin(async move { whole })))
            .await
            .collect()
            .await;
        let options = std::mem::take(&mut *options.0.write().unwrap_or_else(|e| e.into_inner()));
        Rendered { html, options }
    })
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
    Box::pin(async move { Box::pin(app.to_html_stream_in_order().chain(chunks())) as Pin<Box<_>> })
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
