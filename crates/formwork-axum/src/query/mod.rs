//! Queries on the server: the registry, one run per request, and the lines that carry their values.

mod def;
mod endpoint;
mod request;

pub use def::{QueryDef, ServerQuery};
pub(crate) use endpoint::{answer, lines, named_in, stream_response};
pub(crate) use request::{QueryScope, RequestQueries};
