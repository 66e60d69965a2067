//! Reads JSON, for a client that has to be small.
//!
//! What serde_json has besides is what it can say of a text that is wrong: with all that is formatted for
//! it, floats among it, that was a tenth of a small client. Here a text is right or wrong. What is written
//! by serde_json reads as it does there; structs are objects alone, which they also may be as arrays there.
//! Its feature `arbitrary_precision` does not reach here: a number of no type of its own is an `f64`, at most.

mod text;
mod types;

use std::fmt;

use serde::de::{self, Deserialize};

use text::Reader;

/// The value of a text; `None` if it has none of this type.
pub(crate) fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Option<T> {
    let mut reader = Reader::new(text);
    let value = T::deserialize(&mut reader).ok()?;
    reader.is_at_end().then_some(value)
}

/// The text is wrong, or of another type.
#[derive(Debug)]
struct Wrong;

type Result<T> = std::result::Result<T, Wrong>;

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the JSON that was expected")
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Wrong
    }
    // Each of these would format what it is about.
    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Wrong
    }
    fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Wrong
    }
    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Wrong
    }
    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Wrong
    }
    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Wrong
    }
    fn missing_field(_: &'static str) -> Self {
        Wrong
    }
    fn duplicate_field(_: &'static str) -> Self {
        Wrong
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};
    use serde_json::{Value, json, value::RawValue};

    use super::{text::MAX_DEPTH, *};

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    enum Kind {
        Bare,
        With(i32),
        Pair(u8, String),
        Named { a: Option<bool>, b: f64 },
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Wide {
        kinds: Vec<Kind>,
        text: String,
        of_numbers: BTreeMap<u32, char>,
        of_kinds: BTreeMap<String, (i64, u64)>,
        #[serde(default)]
        left_out: Option<Box<Wide>>,
        unit: (),
    }

    fn wide() -> Wide {
        let named = Kind::Named { a: Some(true), b: -1.5e300 };
        Wide {
            kinds: vec![Kind::Bare, Kind::With(-7), Kind::Pair(255, "ü".into()), named],
            text: "a\"\\\u{1}/\n\u{1f600}".into(),
            of_numbers: BTreeMap::from([(7, 'x'), (u32::MAX, '"')]),
            of_kinds: BTreeMap::from([("k\t".into(), (i64::MIN, u64::MAX))]),
            left_out: None,
            unit: (),
        }
    }

    #[test]
    fn what_serde_json_writes_is_read_back() {
        let wide = Wide { left_out: Some(Box::new(wide())), ..wide() };
        for text in
            [serde_json::to_string(&wide).unwrap(), serde_json::to_string_pretty(&wide).unwrap()]
        {
            assert_eq!(read::<Wide>(&text).as_ref(), Some(&wide));
        }
    }

    #[test]
    fn a_raw_value_is_the_text_as_it_stands() {
        let raw = |text: &str| read::<Box<RawValue>>(text).map(|raw| raw.get().to_owned());
        for text in ["null", "[1, {\"a\":\"]\\\"\"}]", "-1.0e5", "\"x\"", "{}", "true"] {
            assert_eq!(raw(&format!(" {text} ")).as_deref(), Some(text));
        }
        let members = read::<BTreeMap<String, Box<RawValue>>>(r#"{"a":[1 ],"b":2}"#).unwrap();
        assert_eq!(members["a"].get(), "[1 ]");
        assert_eq!(raw("[1"), None);
    }

    #[test]
    fn what_is_wrong_is_none() {
        for bad in [
            "",
            " ",
            "nul",
            "truer",
            "[",
            "[1",
            "[1,",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1,}",
            "{a:1}",
            "{1:2}",
            "\"",
            "\"\\",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\ud800\"",
            "\"\\ud800\\u0041\"",
            "\"\\udc00\"",
            "+1",
            "-",
            "1 1",
            "[]]",
            "--1",
            "1e",
        ] {
            assert_eq!(read::<Value>(bad), None, "{bad}");
        }
        assert_eq!(read::<u8>("256"), None);
        assert_eq!(read::<Value>("18446744073709551616"), Some(json!(18446744073709551616.0)));
        assert_eq!(read::<u32>("-1"), None);
        assert_eq!(read::<u32>("1.0"), None);
        assert_eq!(read::<Kind>("{\"With\":1,\"Bare\":null}"), None);
        assert_eq!(read::<Wide>("{}"), None);
    }

    #[test]
    fn no_depth_exhausts_the_stack() {
        let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(read::<Value>(&deep(MAX_DEPTH)).is_some());
        assert!(read::<Value>(&deep(MAX_DEPTH + 1)).is_none());
        assert!(read::<Box<RawValue>>(&deep(100_000)).is_none());
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_filter("JSON has no others", |f| f.is_finite()).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::vec((any::<String>(), inner), 0..8)
                    .prop_map(|members| json!(members.into_iter().collect::<BTreeMap<_, _>>())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_value_is_read_back(value in values()) {
            prop_assert_eq!(read::<Value>(&value.to_string()), Some(value));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[\\[\\]{}\",:0-9a-z\\\\ .-]{0,40}") {
            // Leading zeros and bare control characters are let pass: nobody writes them.
            if serde_json::from_str::<Value>(&text).is_ok() {
                prop_assert!(read::<Value>(&text).is_some(), "{}", text);
            }
        }
    }
}
