//! What both sides know of a query: its id, its arguments and its value's type.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A query's handle with its arguments, made by `#[query]`.
pub trait Query: Clone + PartialEq + Send + Sync + Serialize + DeserializeOwned + 'static {
    /// Stable across builds: the path in the source, or `id = "…"`.
    const ID: &'static str;
    /// Whether a component that shows it follows what others change, by server-sent events.
    const LIVE: bool = false;
    /// What the query reads.
    type Output: Clone + Send + Sync + Serialize + DeserializeOwned + 'static;

    /// The name of this query with these arguments, equal on both sides.
    fn key(&self) -> QueryKey {
        // Arguments are serde data; a map with keys that JSON lacks is the author's mistake and
        // shows in the first render.
        let args = serde_json::to_string(self).expect("query arguments must serialise to JSON");
        QueryKey(format!("{}?{args}", Self::ID))
    }
}

/// The name of one query with its arguments: `tickets::ticket?[42]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct QueryKey(String);

impl QueryKey {
    /// Reads a key that a client named; nothing is trusted about it yet.
    pub fn from_wire(text: impl Into<String>) -> Self {
        QueryKey(text.into())
    }

    /// The query's id.
    pub fn id(&self) -> &str {
        self.0.split_once('?').map_or(self.0.as_str(), |(id, _)| id)
    }

    /// The arguments as JSON.
    pub fn args(&self) -> &str {
        self.0.split_once('?').map_or("", |(_, args)| args)
    }

    /// The whole key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_apart_at_the_first_question_mark() {
        let key = QueryKey::from_wire(r#"tickets::search?["why?"]"#);
        assert_eq!((key.id(), key.args()), ("tickets::search", r#"["why?"]"#));
        assert_eq!(QueryKey::from_wire("x").args(), "");
    }
}
