//! Reads a response stream line by line, however its bytes arrive.

use crate::wire::{self, Line};

/// Puts the chunks of a stream together to [`Line`]s.
///
/// ```
/// use formwork_core::{LineReader, wire::Line};
/// let mut reader = LineReader::default();
/// reader.push(b"\"en");
/// assert!(reader.next().unwrap().is_none());
/// reader.push(b"d\"\n");
/// assert!(matches!(reader.next(), Ok(Some(Line::End))));
/// ```
#[derive(Default)]
pub struct LineReader {
    buffer: Vec<u8>,
    /// How much of the buffer has been handed over.
    read: usize,
    /// How far it is known to have no line break.
    seen: usize,
}

/// A line that is none of the protocol's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotALine;

impl LineReader {
    /// Takes in what has arrived.
    pub fn push(&mut self, chunk: &[u8]) {
        self.buffer.drain(..self.read);
        self.seen -= self.read;
        self.read = 0;
        self.buffer.extend_from_slice(chunk);
    }

    /// The next line, once all of it is there.
    ///
    /// # Errors
    /// If it is none of the protocol's: the stream can't be relied on from here on.
    #[expect(clippy::should_implement_trait, reason = "there may be more after `None`")]
    pub fn next(&mut self) -> Result<Option<Line>, NotALine> {
        let Some(end) = self.buffer[self.seen..].iter().position(|byte| *byte == b'\n') else {
            self.seen = self.buffer.len();
            return Ok(None);
        };
        let end = self.seen + end;
        // As text, like all JSON of the client: serde has code of its own for reading it from bytes.
        let line = str::from_utf8(&self.buffer[self.read..end]).ok().and_then(wire::decode);
        (self.read, self.seen) = (end + 1, end + 1);
        line.map(Some).ok_or(NotALine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &[u8] =
        b"{\"outcome\":{\"status\":200,\"value\":\"\xc3\xbc\"}}\n{\"query\":{\"key\":\"a?{}\",\"value\":1}}\n\"end\"\n";

    fn lines(chunks: &[&[u8]]) -> Vec<String> {
        let mut reader = LineReader::default();
        let mut lines = Vec::new();
        for chunk in chunks {
            reader.push(chunk);
            while let Some(line) = reader.next().unwrap() {
                lines.push(serde_json::to_string(&line).unwrap());
            }
        }
        lines
    }

    #[test]
    fn wherever_the_stream_is_cut_its_lines_are_the_same() {
        let whole = lines(&[STREAM]);
        assert_eq!(whole.len(), 3);
        for at in 0..=STREAM.len() {
            let (before, after) = STREAM.split_at(at);
            assert_eq!(lines(&[before, after]), whole, "{at}");
        }
        assert_eq!(lines(&STREAM.chunks(1).collect::<Vec<_>>()), whole);
    }

    #[test]
    fn what_is_no_line_is_told() {
        for text in ["\n", "<html>\n", "{}\n", "\"end\n", "\u{0}\n"] {
            let mut reader = LineReader::default();
            reader.push(text.as_bytes());
            assert_eq!(reader.next().err(), Some(NotALine), "{text:?}");
        }
    }
}
