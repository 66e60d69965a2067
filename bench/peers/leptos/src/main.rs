//! The server.

use axum::{
    Router,
    routing::{get, post},
};
use leptos::prelude::*;
use leptos_peer::shell;

/// As our guestbook has it: what is compared is the framework.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The router's list of routes would do this; there is none.
    any_spawner::Executor::init_tokio()?;
    let options = get_configuration(None)?.leptos_options;
    let page = {
        let options = options.clone();
        // The whole page in its order, so that it is there without JavaScript, too.
        leptos_axum::render_app_async(move || shell(options.clone()))
    };
    let address = options.site_addr;
    let router = Router::new()
        .route("/", get(page))
        .route("/api/{*function}", post(leptos_axum::handle_server_fns))
        .fallback(leptos_axum::file_and_error_handler(shell))
        .with_state(options);
    let listener = tokio::net::TcpListener::bind(address).await?;
    axum::serve(listener, router).await?;
    Ok(())
}
