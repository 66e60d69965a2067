//! The data block at the end of a document, from which hydration starts.

use formwork_core::{PageData, wire};

/// Puts the data before the document's `</body>`, or at its end if there is none.
///
/// A data block is never executed, so a content security policy needs no nonce for it (HTML
/// standard, "data block"). `<` is escaped: the text can't end the element early.
pub(crate) fn append(html: &mut String, data: &PageData) {
    let values = data.queries.iter().filter_map(|query| query.value.as_ref());
    let expected = values.map(|value| value.get().len()).sum::<usize>() + OTHER;
    let mut json = Vec::with_capacity(expected);
    serde_json::to_writer(&mut json, data).expect("page data is plain data");
    let json = String::from_utf8(json).expect("JSON is UTF-8");
    let end = html.rfind("</body>").map_or_else(String::new, |at| html.split_off(at));
    html.reserve(json.len() + 128);
    html.push_str("<script type=\"application/json\" id=\"");
    html.push_str(wire::DATA_BLOCK);
    html.push_str("\">");
    let mut from = 0;
    for at in memchr::memchr_iter(b'<', json.as_bytes()) {
        html.push_str(&json[from..at]);
        html.push_str("\\u003c");
        from = at + 1;
    }
    html.push_str(&json[from..]);
    html.push_str("</script>");
    html.push_str(&end);
}

/// As many bytes as there mostly are besides values.
const OTHER: usize = 1024;

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
