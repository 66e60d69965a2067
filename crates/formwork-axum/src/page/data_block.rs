//! The data block at the end of a document, from which hydration starts.

use formwork_core::{PageData, wire};

/// Puts the data before the document's `</body>`, or at its end if there is none.
///
/// A data block is never executed, so a content security policy needs no nonce for it (HTML
/// standard, "data block"). `<` is escaped: the text can't end the element early.
pub(crate) fn append(html: &mut String, data: &PageData) {
    let json =
        serde_json::to_string(data).expect("page data is plain data").replace('<', "\\u003c");
    let block =
        format!("<script type=\"application/json\" id=\"{}\">{json}</script>", wire::DATA_BLOCK);
    let at = html.rfind("</body>").unwrap_or(html.len());
    html.insert_str(at, &block);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_can_not_end_the_block() {
        let mut html = "<body>x</body></html>".to_owned();
        let data = PageData { build: "</script><b>".into(), ..PageData::default() };
        append(&mut html, &data);
        assert_eq!(
            html,
            "<body>x<script type=\"application/json\" id=\"__formwork\">\
             {\"build\":\"\\u003c/script>\\u003cb>\"}</script></body></html>"
        );
    }
}
