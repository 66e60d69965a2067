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
