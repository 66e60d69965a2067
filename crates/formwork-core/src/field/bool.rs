//! A checkbox.

use super::FormField;
use crate::{Constraints, Entries, Issues, Lookup, Mistake, Shape, Structure};

impl FormField for bool {
    const SHAPE: Shape = Shape::new("bool");
    const REQUIRED: bool = false;
    const STRUCTURE: Structure = Structure::One;
    const CONSTRAINTS: Constraints = Constraints { input_type: "checkbox", ..Constraints::ANY };

    fn placeholder() -> Self {
        false
    }

    fn read(entries: &Lookup<'_>, name: &str, issues: &mut Issues) -> Self {
        match entries.last(name).unwrap_or_default() {
            "on" | "true" | "1" => true,
            "" | "off" | "false" | "0" => false,
            _ => {
                issues.push(name, Mistake::NotATick.sentence());
                false
            }
        }
    }

    fn write(&self, name: &str, entries: &mut Entries) {
        if *self {
            entries.push(name, "on");
        }
    }

    fn is_blank(entries: &Lookup<'_>, name: &str) -> bool {
        entries.last(name).is_none_or(str::is_empty)
    }
}
