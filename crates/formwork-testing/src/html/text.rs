//! The text that a visitor reads, line by line.

use scraper::{ElementRef, Node, node::Element};

/// What the text of a page is read for.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum For {
    /// To be looked at as it is.
    Reading,
    /// To be compared with that of another run: moments are not the same there.
    Comparing,
}

/// The text of an element and all in it, without what nobody sees and without what is in controls; a
/// line for each block.
pub(crate) fn lines(element: ElementRef<'_>, for_: For) -> Vec<String> {
    let mut reader = Reader { for_, lines: Vec::new(), line: String::new() };
    reader.read(element);
    reader.end_line();
    reader.lines
}

/// The same in one line.
pub(crate) fn text(element: ElementRef<'_>) -> String {
    lines(element, For::Reading).join(" ")
}

/// Without spaces and line breaks around it, and with one space for several: as it looks.
pub(crate) fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether an element and all in it are not on screen, as far as the document says.
pub(super) fn is_unseen(element: &Element) -> bool {
    // `<noscript>`: it is there in one gear only, for what the other one does.
    const UNSEEN: &[&str] = &["head", "script", "style", "template", "noscript", "datalist", "svg"];
    UNSEEN.contains(&element.name()) || element.attr("hidden").is_some()
}

/// Elements whose content is a value, not text.
const CONTROLS: &[&str] = &["textarea", "select", "option", "progress", "meter"];

const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "button",
    "caption",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "label",
    "legend",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tr",
    "ul",
];

struct Reader {
    for_: For,
    lines: Vec<String>,
    line: String,
}

impl Reader {
    fn read(&mut self, element: ElementRef<'_>) {
        let name = element.value().name();
        if is_unseen(element.value()) || CONTROLS.contains(&name) {
            return;
        }
        if name == "img" {
            self.line.push_str(element.attr("alt").unwrap_or_default());
        }
        if name == "time" && self.for_ == For::Comparing {
            self.line.push_str("(a moment)");
            return;
        }
        let is_block = BLOCKS.contains(&name);
        if is_block {
            self.end_line();
        }
        for child in element.children() {
            match (child.value(), ElementRef::wrap(child)) {
                (Node::Text(text), _) => self.line.push_str(text),
                (_, Some(child)) => self.read(child),
                _ => {}
            }
        }
        match name {
            _ if is_block => self.end_line(),
            "td" | "th" => self.line.push(' '),
            _ => {}
        }
    }

    fn end_line(&mut self) {
        let line = squeezed(&std::mem::take(&mut self.line));
        if !line.is_empty() {
            self.lines.push(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use scraper::Html;

    use super::*;

    #[track_caller]
    fn check(html: &str, expected: &[&str]) {
        let document = Html::parse_document(html);
        assert_eq!(lines(document.root_element(), For::Reading), expected, "{html}");
    }

    #[test]
    fn blocks_are_lines_and_what_nobody_sees_is_not_there() {
        check("<h1>A\n  b</h1><p>c <b>d</b><!-- x -->e</p>", &["A b", "c de"]);
        check("<p hidden>x</p><script>y</script><style>z</style><p>a&nbsp; b</p>", &["a b"]);
        check("<table><tr><td>a</td><td>b</td></tr><tr><td>c</table>", &["a b", "c"]);
        check("<label>Body <textarea>typed</textarea></label>", &["Body"]);
        check("<img alt='A cat'> and<br>more", &["A cat and", "more"]);
    }

    #[test]
    fn a_moment_is_no_difference() {
        let document = Html::parse_document("<p>at <time datetime=x>noon</time></p>");
        assert_eq!(lines(document.root_element(), For::Comparing), ["at (a moment)"]);
    }
}
