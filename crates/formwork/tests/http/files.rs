//! Which client files a document is given: those of its own build, or none.

use std::{fs, path::Path};

use formwork::{Config, Site, http::Method};
use leptos::config::LeptosOptions;

use crate::{
    app::{self, Desk, shell},
    harness::{Browser, Server},
};

/// A server whose client is this script.
async fn deployed(folder: &Path, script: &str) -> (Server, String) {
    let pkg = folder.join("pkg");
    fs::create_dir_all(&pkg).unwrap();
    fs::write(pkg.join("app.js"), script).unwrap();
    let root = folder.to_str().unwrap().to_owned();
    let options = LeptosOptions::builder().output_name("under-test").site_root(root).build();
    let site = Site::with_keys(options, Config::default(), None, shell).expect("it starts");
    let desk = Desk::seeded();
    let server = Server::serving(site.guarded(app::pages(&site, &desk)), desk).await;
    let build = server.browser().get("/").await.header("formwork-build").unwrap();
    (server, build)
}

/// The status and the text of the script that a document of this build asks for.
async fn script(browser: &Browser, build: &str) -> (u16, String) {
    let request = browser.request(Method::GET, &format!("/pkg/app.js?b={build}"));
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.text().await.unwrap())
}

/// What a browser is answered that asks for the script of a build, and says what it understands.
async fn asked(browser: &Browser, address: &str, accept: &str) -> reqwest::Response {
    let request = browser.request(Method::GET, address).header("accept-encoding", accept);
    request.send().await.unwrap()
}

#[tokio::test]
async fn the_clients_files_are_sent_compressed_and_kept_for_ever() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compressed-files");
    let _ = fs::remove_dir_all(&folder);
    let pkg = folder.join("pkg");
    fs::create_dir_all(&pkg).unwrap();
    let script = "client()".repeat(100);
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut script.as_bytes(), &mut compressed, &Default::default()).unwrap();
    fs::write(pkg.join("app.js.br"), &compressed).unwrap();
    let (server, build) = deployed(&folder, &script).await;
    let (browser, hashed) = (server.browser(), format!("/pkg/app.js?b={build}"));

    let answer = asked(&browser, &hashed, "gzip, br").await;
    let header = |name: &str| answer.headers()[name].to_str().unwrap();
    assert_eq!(header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!((header("content-encoding"), header("vary")), ("br", "accept-encoding"));
    assert_eq!(header("content-type"), "text/javascript");
    assert_eq!(answer.bytes().await.unwrap(), compressed);

    // Whoever does not understand it, and whoever does not say which build.
    let answer = asked(&browser, &hashed, "identity").await;
    assert!(!answer.headers().contains_key("content-encoding"));
    assert_eq!(answer.text().await.unwrap(), script);
    let answer = asked(&browser, "/pkg/app.js", "br").await;
    assert_eq!(answer.headers()["cache-control"], "no-cache");
    // What is missing now may be there after the deploy.
    let answer = asked(&browser, "/pkg/app.js?b=0000000000000000", "br").await;
    assert_eq!(answer.status().as_u16(), 404);
    let control = answer.headers().get("cache-control").map(|control| control.to_str().unwrap());
    assert!(!control.unwrap_or_default().contains("immutable"), "{control:?}");

    // The next build was made without compressing: nothing of the one before is sent.
    let (server, build) = deployed(&folder, "newer()").await;
    let answer = asked(&server.browser(), &format!("/pkg/app.js?b={build}"), "br").await;
    assert!(!answer.headers().contains_key("content-encoding"));
    assert_eq!(answer.text().await.unwrap(), "newer()");
}

#[tokio::test]
async fn d6_the_files_of_an_open_page_are_served_across_a_deploy_and_back() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("files-of-builds");
    let _ = fs::remove_dir_all(&folder);
    let (old_folder, new_folder) = (folder.join("old"), folder.join("new"));
    let (old, before) = deployed(&old_folder, "before()").await;
    assert_eq!(script(&old.browser(), &before).await, (200, "before()".to_owned()));
    let (new, after) = deployed(&new_folder, "after()").await;
    assert_ne!(before, after);
    let browser = new.browser();
    assert_eq!(script(&browser, &before).await.0, 404, "never those of another build");

    // As whoever deploys keeps them.
    let kept = new_folder.join("pkg").join(&before);
    fs::create_dir_all(&kept).unwrap();
    fs::copy(old_folder.join("pkg/app.js"), kept.join("app.js")).unwrap();
    assert_eq!(script(&browser, &before).await, (200, "before()".to_owned()));
    assert_eq!(script(&browser, &after).await, (200, "after()".to_owned()));
    assert_eq!(script(&browser, "0000000000000000").await.0, 404);
    // What is kept does not make it another build: started again, it is the one it was.
    let (_again, build) = deployed(&new_folder, "after()").await;
    assert_eq!(build, after);
    // Back again: what was loaded from the newer build in between.
    let kept = old_folder.join("pkg").join(&after);
    fs::create_dir_all(&kept).unwrap();
    fs::copy(new_folder.join("pkg/app.js"), kept.join("app.js")).unwrap();
    assert_eq!(script(&old.browser(), &after).await, (200, "after()".to_owned()));
}
