//! The floor: the guestbook as one would write it by hand on axum, with a template and nothing else.
//!
//! `GET /` renders the page, `POST /` adds a post and redirects. `GET /bytes` answers the file that
//! `FLOOR_BYTES` names, from memory: what no page of the same size can be faster than.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, RwLock},
};

use askama::Template;
use axum::{
    Form, Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use serde::Deserialize;

const KEPT: usize = 100;

const STYLE: &str = include_str!("../../../examples/guestbook/style/main.css");

#[derive(Clone)]
struct Post {
    id: u64,
    title: String,
    body: String,
}

type Posts = Arc<RwLock<VecDeque<Post>>>;

#[derive(Template)]
#[template(path = "guestbook.html")]
struct Page<'a> {
    posts: &'a VecDeque<Post>,
}

#[derive(Deserialize)]
struct NewPost {
    title: String,
    body: String,
}

/// As the guestbook has it: what is compared is the framework.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let post = |id| Post {
        id,
        title: format!("Post number {id}"),
        body: format!("The text of post {id}. It was here when the guestbook was opened."),
    };
    let posts: Posts = Arc::new(RwLock::new((1..=KEPT as u64).rev().map(post).collect()));
    let bytes = match std::env::var("FLOOR_BYTES") {
        Ok(file) => Bytes::from(std::fs::read(file)?),
        Err(_) => Bytes::new(),
    };
    let same_bytes = move || async move {
        ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], bytes.clone())
    };
    let router = Router::new()
        .route("/", get(page).post(add))
        .route("/bytes", get(same_bytes))
        .route("/pkg/guestbook.css", get(([(header::CONTENT_TYPE, "text/css")], STYLE)))
        .with_state(posts);
    let address: SocketAddr =
        std::env::var("FLOOR_ADDR").as_deref().unwrap_or("127.0.0.1:3004").parse()?;
    let listener = tokio::net::TcpListener::bind(address).await?;
    axum::serve(listener, router).await?;
    Ok(())
}

async fn page(State(posts): State<Posts>) -> Response {
    let posts = posts.read().expect("no writer panics");
    match (Page { posts: &posts }).render() {
        Ok(html) => Html(html).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn add(State(posts): State<Posts>, Form(new): Form<NewPost>) -> Response {
    let lengths = (new.title.chars().count(), new.body.chars().count());
    if !(1..=200).contains(&lengths.0) || !(1..=10_000).contains(&lengths.1) {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    }
    let mut posts = posts.write().expect("no writer panics");
    let id = posts.front().map_or(0, |newest| newest.id) + 1;
    posts.push_front(Post { id, title: new.title, body: new.body });
    posts.truncate(KEPT);
    Redirect::to("/").into_response()
}
