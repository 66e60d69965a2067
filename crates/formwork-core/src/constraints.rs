//! What a field's control says of the values that it takes: the HTML standard's constraints.

/// The constraints of a field, from its type, its rules and its options.
///
/// They are never stricter than the server is: what can't be said soundly in HTML is left out.
#[derive(Clone, Copy, Debug)]
pub struct Constraints {
    /// The `type` of its `<input>`.
    pub input_type: &'static str,
    /// Whether an empty value is refused.
    pub required: bool,
    /// At least so many characters.
    pub min_length: Limit,
    /// At most so many UTF-16 code units.
    pub max_length: Limit,
    /// The least value.
    pub min: Limit,
    /// The greatest value.
    pub max: Limit,
    /// The distance of values, from `min` on.
    pub step: &'static str,
    /// A regular expression that the whole value matches, with the `v` flag.
    pub pattern: &'static str,
    /// Which keyboard suits.
    pub inputmode: &'static str,
    /// What the browser may fill in.
    pub autocomplete: &'static str,
    /// Which files may be chosen.
    pub accept: &'static str,
    /// The most bytes of each file.
    pub max_size: u64,
    /// The most files; 0 where there are none.
    pub max_files: usize,
    /// The most bytes of all files of the field together.
    pub max_total: u64,
    /// Whether several values may be chosen.
    pub multiple: bool,
    /// Whether a browser compares its values with `min` and `max` as the server does.
    pub ordered: bool,
    /// Whether the value is what the control holds, letter by letter: a browser measures that, and the
    /// server what was read of it.
    pub verbatim: bool,
    /// Whether it is one of several choices.
    pub choice: bool,
}

/// A limit as the text of an attribute.
#[derive(Clone, Copy, Debug)]
pub enum Limit {
    /// No limit.
    None,
    /// This one.
    Is(&'static str),
    /// What an expression in a rule comes to.
    Of(fn() -> String),
}

impl Constraints {
    /// A text field that takes anything.
    pub const ANY: Self = Constraints {
        input_type: "text",
        required: false,
        min_length: Limit::None,
        max_length: Limit::None,
        min: Limit::None,
        max: Limit::None,
        step: "",
        pattern: "",
        inputmode: "",
        autocomplete: "",
        accept: "",
        max_size: 0,
        max_files: 0,
        max_total: 0,
        multiple: false,
        ordered: false,
        verbatim: false,
        choice: false,
    };

    /// A text field whose value is the text that was entered, with nothing taken away or changed.
    pub const TEXT: Self = Constraints { verbatim: true, ..Self::ANY };

    /// One of several choices: an empty one is none.
    pub const CHOICE: Self =
        Constraints { input_type: "", required: true, choice: true, ..Self::ANY };

    /// No single `<input>`: a struct, a list or choices.
    pub const NONE: Self = Constraints { input_type: "", ..Self::ANY };

    /// The constraints of a secret: its text is not shown while it is typed.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        if same(self.input_type, "text") {
            self.input_type = "password";
        }
        self
    }

    /// Whether an `<input>` of this type can hold the values of the field.
    pub const fn takes(&self, input_type: &str) -> bool {
        let text = same(self.input_type, "text") || same(self.input_type, "password");
        let number = same(self.input_type, "number");
        match input_type.as_bytes() {
            b"text" | b"hidden" => {
                !self.multiple && !self.is_file() && !same(self.input_type, "checkbox")
            }
            b"search" | b"tel" | b"password" => text,
            b"number" | b"range" => number,
            _ => false,
        }
    }

    /// With another type of `<input>`.
    #[must_use]
    pub const fn typed(mut self, input_type: &'static str) -> Self {
        if same(input_type, "range") {
            // It has no values but those between its ends.
            self.ordered = true;
        }
        if same(self.input_type, "email") || same(self.input_type, "url") {
            // It is these that take the spaces away.
            self.verbatim = false;
        }
        if same(self.input_type, "number") && same(input_type, "text") {
            self.inputmode = if same(self.step, "1") { "numeric" } else { "decimal" };
            self.step = "";
        }
        self.input_type = input_type;
        self
    }

    /// With a keyboard that suits.
    #[must_use]
    pub const fn inputmode(mut self, inputmode: &'static str) -> Self {
        self.inputmode = inputmode;
        self
    }

    /// With what the browser may fill in.
    #[must_use]
    pub const fn autocomplete(mut self, autocomplete: &'static str) -> Self {
        self.autocomplete = autocomplete;
        self
    }

    /// With a rule that refuses the empty text, unless that is read as `None`.
    #[must_use]
    pub const fn filled(mut self, or_none: bool) -> Self {
        self.required = self.required || !or_none;
        self
    }

    /// With a rule for its length, in the units of `minlength` and `maxlength`.
    #[must_use]
    pub const fn length(mut self, min: Limit, max: Limit) -> Self {
        if self.verbatim {
            self.min_length = min.or(self.min_length);
            self.max_length = max.or(self.max_length);
        }
        self
    }

    /// With a rule for its value, where a browser compares alike.
    #[must_use]
    pub const fn range(mut self, min: Limit, max: Limit) -> Self {
        if self.ordered {
            self.min = min.or(self.min);
            self.max = max.or(self.max);
        }
        self
    }

    /// With a rule for how it is written.
    #[must_use]
    pub const fn pattern(mut self, pattern: &'static str) -> Self {
        if self.verbatim {
            self.pattern = pattern;
        }
        self
    }
}

impl Limit {
    const fn or(self, other: Limit) -> Limit {
        match self {
            Limit::None => other,
            limit => limit,
        }
    }
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    a.len() == b.len() && at == a.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_as_text_has_its_keyboard_and_no_steps() {
        let number = Constraints { input_type: "number", step: "1", ..Constraints::ANY };
        let text = number.typed("text");
        assert_eq!((text.input_type, text.inputmode, text.step), ("text", "numeric", ""));
        assert!(number.takes("range") && !Constraints::ANY.takes("range"));
    }

    #[test]
    fn of_a_value_that_is_not_the_text_itself_a_browser_measures_nothing() {
        let ruled = |constraints: Constraints| {
            let ruled = constraints.length(Limit::Is("1"), Limit::Is("9")).pattern("a*");
            (matches!(ruled.max_length, Limit::Is("9")), ruled.pattern)
        };
        assert_eq!(ruled(Constraints::TEXT), (true, "a*"));
        assert_eq!(ruled(Constraints::ANY), (false, ""));
        let email = <crate::Email as crate::FormValue>::CONSTRAINTS;
        assert_eq!(ruled(email), (true, "a*"));
        assert_eq!(ruled(email.typed("text")), (false, ""));
    }

    #[test]
    fn what_is_optional_is_not_required() {
        assert!(Constraints::ANY.filled(false).required);
        assert!(!Constraints::ANY.filled(true).required);
    }
}
