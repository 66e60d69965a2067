//! `<ClientScripts>`: loads the client and hydrates the page.

use formwork_core::wire;
use leptos::{config::LeptosOptions, prelude::*};

use crate::half;

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
    // A server of another build has files of the same names: it gives these, or none.
    let of = format!("?{}={}", wire::BUILD_PARAMETER, half::build());
    let (script, wasm) = (format!("{base}.js{of}"), format!("{base}.wasm{of}"));
    // If the client can't be loaded, the page stays as it is, and its forms post.
    let load = format!(
        "import({script:?}).then(client=>client.default({{module_or_path:{wasm:?}}}).then(()=>client.hydrate())).catch(why=>console.info(\"The page works without its client:\",why))"
    );
    view! {
        <link rel="modulepreload" href=script/>
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin=""/>
        <script type="module" nonce=leptos::nonce::use_nonce()>{load}</script>
    }
}
