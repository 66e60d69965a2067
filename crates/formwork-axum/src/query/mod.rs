//! Queries on the server: the registry, one run per request, and the lines that carry their values.

mod cached;
mod def;
mod endpoint;
mod live;
mod reads;
mod request;
mod run;
mod sent;

pub use def::{QueryDef, ServerQuery};
pub(crate) use endpoint::{
    Asked, answer, bytes_of, lines, named_in, stream_of_bytes, stream_response,
};
pub(crate) use live::{Again, follow};
pub(crate) use reads::Reads;
pub(crate) use request::{QueryScope, RequestQueries, visitor};
pub(crate) use run::{Run, Settled};
