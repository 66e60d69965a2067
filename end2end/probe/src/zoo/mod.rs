//! A form with a field of every type and rule: what the server takes of it, a browser must not hold back.

mod form;
mod page;
#[cfg(feature = "ssr")]
mod values;

pub(crate) use page::ZooPage;
#[cfg(feature = "ssr")]
pub use values::accepted;
