//! How one setting is read from the file, from the environment, and printed: an impl a type.

use ipnet::IpNet;
use toml::Value;

/// A type that a setting can have.
pub(super) trait Setting: Sized {
    /// What it must be, for the error.
    const EXPECTED: &'static str;
    fn from_toml(value: &Value) -> Option<Self>;
    fn from_text(text: &str) -> Option<Self>;
    fn to_toml(&self) -> Value;
}

macro_rules! whole_numbers {
    ($($number:ty)*) => {$(
        impl Setting for $number {
            const EXPECTED: &'static str = "a whole number, not negative";

            fn from_toml(value: &Value) -> Option<Self> {
                value.as_integer()?.try_into().ok()
            }

            fn from_text(text: &str) -> Option<Self> {
                text.trim().parse().ok()
            }

            fn to_toml(&self) -> Value {
                Value::Integer(i64::try_from(*self).unwrap_or(i64::MAX))
            }
        }
    )*};
}
whole_numbers!(usize u64 u32);

impl Setting for String {
    const EXPECTED: &'static str = "a text";

    fn from_toml(value: &Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }

    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }

    fn to_toml(&self) -> Value {
        Value::String(self.clone())
    }
}

impl Setting for Vec<String> {
    const EXPECTED: &'static str = "a list of texts";

    fn from_toml(value: &Value) -> Option<Self> {
        value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
    }

    fn from_text(text: &str) -> Option<Self> {
        Some(items(text).map(str::to_owned).collect())
    }

    fn to_toml(&self) -> Value {
        Value::Array(self.iter().cloned().map(Value::String).collect())
    }
}

impl Setting for Vec<IpNet> {
    const EXPECTED: &'static str = "a list of addresses or networks, such as \"10.0.0.0/8\"";

    fn from_toml(value: &Value) -> Option<Self> {
        value.as_array()?.iter().map(|item| network(item.as_str()?)).collect()
    }

    fn from_text(text: &str) -> Option<Self> {
        items(text).map(network).collect()
    }

    fn to_toml(&self) -> Value {
        Value::Array(self.iter().map(|network| Value::String(network.to_string())).collect())
    }
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from))
}
