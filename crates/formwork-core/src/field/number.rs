//! Numbers: whole ones of each size, and floating-point ones.

use super::FormValue;
use crate::{Constraints, Limit, Mistake, Shape};

macro_rules! integers {
    ($constraints:expr; $($int:ty: $min:literal $max:literal)*) => {$(
        impl FormValue for $int {
            const SHAPE: Shape = Shape::new("integer");
            const CONSTRAINTS: Constraints = $constraints($min, $max);

            fn placeholder() -> Self {
                0
            }

            fn from_text(text: &str) -> Result<Self, Mistake> {
                let text = text.trim_ascii();
                text.parse().map_err(|_| not_whole(text, $min, $max))
            }

            fn to_text(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

integers! { exact;
    u8: "0" "255"
    u16: "0" "65535"
    u32: "0" "4294967295"
    i8: "-128" "127"
    i16: "-32768" "32767"
    i32: "-2147483648" "2147483647"
}
integers! { wide;
    u64: "0" "18446744073709551615"
    u128: "0" "340282366920938463463374607431768211455"
    i64: "-9223372036854775808" "9223372036854775807"
    i128: "-170141183460469231731687303715884105728" "170141183460469231731687303715884105727"
}

macro_rules! of_the_machine {
    ($($int:ty as $narrow:ty)*) => {$(
        /// In the range of WASM, whose memory has 32 bits: both halves take the same numbers.
        impl FormValue for $int {
            const SHAPE: Shape = <$narrow>::SHAPE;
            const CONSTRAINTS: Constraints = <$narrow as FormValue>::CONSTRAINTS;

            fn placeholder() -> Self {
                0
            }

            fn from_text(text: &str) -> Result<Self, Mistake> {
                let narrow = <$narrow>::from_text(text)?;
                Ok(narrow.try_into().expect("no machine that this runs on has less than 32 bits"))
            }

            fn to_text(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

of_the_machine! { usize as u32 isize as i32 }

/// Integers that a browser computes with as they are.
const fn exact(min: &'static str, max: &'static str) -> Constraints {
    Constraints {
        input_type: "number",
        required: true,
        min: Limit::Is(min),
        max: Limit::Is(max),
        step: "1",
        ordered: true,
        ..Constraints::ANY
    }
}

/// Integers beyond 2⁵³, which `<input type="number">` would compare rounded.
const fn wide(min: &'static str, _: &'static str) -> Constraints {
    // The numeric keyboard of some phones has no minus sign.
    let inputmode = if min.len() == 1 { "numeric" } else { "" };
    Constraints { required: true, inputmode, ..Constraints::ANY }
}

fn not_whole(text: &str, min: &str, max: &str) -> Mistake {
    match text {
        "" => Mistake::NotANumber,
        _ => Mistake::NotWhole { min: min.to_owned(), max: max.to_owned() },
    }
}

macro_rules! floats {
    ($($float:ty)*) => {$(
        impl FormValue for $float {
            const SHAPE: Shape = Shape::new("number");
            // Without limits: what rounds to a limit here is beyond it for a browser.
            const CONSTRAINTS: Constraints = Constraints {
                input_type: "number",
                required: true,
                step: "any",
                ..Constraints::ANY
            };

            fn placeholder() -> Self {
                0.0
            }

            fn from_text(text: &str) -> Result<Self, Mistake> {
                let number = text.trim_ascii().parse().ok();
                number.filter(|number: &$float| number.is_finite()).ok_or(Mistake::NotANumber)
            }

            fn to_text(&self) -> String {
                self.to_string()
            }
        }
    )*};
}
floats!(f32 f64);
