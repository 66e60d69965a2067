//! The difference between two JSON texts: what it takes to make the new one out of the old.
//!
//! It works on texts as `serde_json` writes them (no spaces), so that the result is exact to the
//! byte and a checksum of it can be compared; it knows nothing of the types behind them.
//!
//! A difference is an array of steps, which together make the new array or object:
//!
//! | step | means |
//! |---|---|
//! | `[start,count]` | copy so many elements of the old value |
//! | `[index,[…]]` | the old element at this place, changed by the steps within |
//! | `{"+":[…]}` | elements that are new, in an array |
//! | `{"+":{…}}` | members that are new or have a new value, in an object |
//!
//! ```
//! use formwork_core::delta;
//! let old = r#"[{"id":1},{"id":2}]"#;
//! let new = r#"[{"id":3},{"id":1},{"id":2}]"#;
//! let difference = delta::diff(old, new).unwrap();
//! assert_eq!(difference, r#"[{"+":[{"id":3}]},[0,2]]"#);
//! assert_eq!(delta::apply(old, &difference).as_deref(), Some(new));
//! ```

mod apply;
mod diff;
mod json;

pub use apply::apply;
pub use diff::diff;
