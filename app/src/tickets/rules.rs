//! What the forms about tickets ask of a text besides its length.

// guide: rule
/// Something other than spaces; that a text is empty is for the rule about its length to say.
pub(crate) fn not_blank(text: &str, _: &()) -> garde::Result {
    if !text.is_empty() && text.trim().is_empty() {
        return Err(garde::Error::new("Enter something other than spaces"));
    }
    Ok(())
}
// guide: end

#[cfg(test)]
mod tests {
    use super::*;

    // guide: tested
    #[test]
    fn spaces_alone_say_nothing() {
        for (text, good) in
            [("", true), ("a", true), (" a\n", true), (" ", false), ("\n\t\u{a0}", false)]
        {
            assert_eq!(not_blank(text, &()).is_ok(), good, "{text:?}");
        }
    }
    // guide: end
}
