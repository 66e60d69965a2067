//! `<ClientScripts>`: loads the client and hydrates the page.

use leptos::{config::LeptosOptions, prelude::*};

/// Loads the client; put it into the `<head>` of the document.
///
/// It stands for Leptos' `HydrationScripts`, whose file names depend on an environment variable of
/// the moment when Leptos itself was compiled.
#[component]
pub fn ClientScripts(
    /// The settings that the document is rendered with.
    options: LeptosOptions,
) -> impl IntoView {
    let base = format!("/{}/{}", options.site_pkg_dir, options.output_name);
    let (script, wasm) = (format!("{base}.js"), format!("{base}.wasm"));
    // If the client can't be loaded, the page stays as it is, and its forms post.
    let load = format!(
        "import({script:?}).then(client=>client.default({{module_or_path:{wasm:?}}}).then(()=>client.hydrate()))"
    );
    view! {
        <link rel="modulepreload" href=script/>
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin=""/>
        <script type="module" nonce=leptos::nonce::use_nonce()>{load}</script>
    }
}
