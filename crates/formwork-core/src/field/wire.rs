//! Values of ours as JSON: the text that a form has of them.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::{Color, Date, Decimal, Email, FormValue, LocalDateTime, Month, Time, WebAddress};

macro_rules! as_text {
    ($($ty:ty)*) => {$(
        impl Serialize for $ty {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $ty {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::from_text(&text).map_err(|mistake| D::Error::custom(mistake.sentence()))
            }
        }
    )*};
}
as_text! { Color Date Decimal Email LocalDateTime Month Time WebAddress }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_their_texts_and_nothing_else_is_read() {
        let date: Date = serde_json::from_str("\"2026-11-21\"").unwrap();
        assert_eq!(serde_json::to_string(&date).unwrap(), "\"2026-11-21\"");
        assert!(serde_json::from_str::<Email>("\"nobody\"").is_err());
        assert!(serde_json::from_str::<Decimal>("1.5").is_err(), "a float is not exact");
    }
}
