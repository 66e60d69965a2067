//! Which languages the visitor reads.

use crate::dom::window;

/// Takes them from the browser, which says the same in `Accept-Language`.
pub fn learn_languages() {
    let languages = window().navigator().languages();
    formwork_core::set_languages(languages.iter().filter_map(|one| one.as_string()).collect());
}
