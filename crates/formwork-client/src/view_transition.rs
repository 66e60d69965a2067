//! Changes to the screen in one step, animated by a View Transition where that is wanted.

use std::{cell::RefCell, rc::Rc};

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use crate::{
    dom::{document, is_hidden, window},
    submit::stream,
};

/// Makes a change and waits until it is on screen. `animated`: between two states of the page, if
/// the browser can and the visitor doesn't mind motion.
pub(crate) async fn change(animated: bool, change: impl FnOnce() + 'static) {
    let start = animated.then(start_function).flatten();
    let Some(start) = start else {
        change();
        stream::next_task().await;
        return;
    };
    let change = Rc::new(RefCell::new(Some(change)));
    let callback = Closure::once_into_js({
        let change = Rc::clone(&change);
        move || -> Promise {
            if let Some(change) = change.take() {
                change();
            }
            future_to_promise(async {
                stream::next_task().await;
                Ok(JsValue::UNDEFINED)
            })
        }
    });
    let transition = start.call1(&document(), &callback);
    let done = transition.and_then(|it| Reflect::get(&it, &"updateCallbackDone".into()));
    if let Ok(Ok(done)) = done.map(JsCast::dyn_into::<Promise>) {
        let _ = JsFuture::from(done).await;
    }
    // Should the browser not have called back, the change is made all the same.
    if let Some(change) = change.take() {
        change();
        stream::next_task().await;
    }
}

/// `document.startViewTransition`, unless it is missing, unwanted or nobody looks.
fn start_function() -> Option<Function> {
    let reduced = window().match_media("(prefers-reduced-motion: reduce)").ok().flatten();
    if is_hidden() || reduced.is_some_and(|query| query.matches()) {
        return None;
    }
    Reflect::get(&document(), &"startViewTransition".into()).ok()?.dyn_into().ok()
}
