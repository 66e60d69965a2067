//! The text of JSON: its words, numbers and strings, and where its brackets begin and end.

use std::borrow::Cow;

use super::{Result, Wrong};

/// Arrays in objects in arrays: as deep as serde_json goes, and no deeper.
pub(super) const MAX_DEPTH: usize = 128;

/// A text, and how far it has been read.
pub(super) struct Reader<'de> {
    text: &'de str,
    pub(super) at: usize,
    depth: usize,
}

impl<'de> Reader<'de> {
    pub(super) fn new(text: &'de str) -> Self {
        Reader { text, at: 0, depth: 0 }
    }

    pub(super) fn is_at_end(&mut self) -> bool {
        self.space();
        self.at == self.text.len()
    }

    /// The next byte, be it a space.
    pub(super) fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.text.as_bytes().get(self.at) {
            self.at += 1;
        }
    }

    /// The next byte that is no space; it stays to be read.
    pub(super) fn peek(&mut self) -> Result<u8> {
        self.space();
        self.byte().ok_or(Wrong)
    }

    /// Reads this byte, if it is the next.
    fn takes(&mut self, byte: u8) -> Result<bool> {
        let is_it = self.peek()? == byte;
        self.at += usize::from(is_it);
        Ok(is_it)
    }

    pub(super) fn take(&mut self, byte: u8) -> Result<()> {
        if self.takes(byte)? { Ok(()) } else { Err(Wrong) }
    }

    pub(super) fn word(&mut self, word: &str) -> Result<()> {
        self.space();
        let rest = self.text.get(self.at..).ok_or(Wrong)?;
        self.at += word.len();
        if rest.starts_with(word) { Ok(()) } else { Err(Wrong) }
    }

    pub(super) fn bool(&mut self) -> Result<bool> {
        match self.peek()? {
            b't' => self.word("true").map(|()| true),
            _ => self.word("false").map(|()| false),
        }
    }

    /// A number as it is written.
    pub(super) fn number(&mut self) -> Result<&'de str> {
        self.space();
        let start = self.at;
        let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
        while self.text.as_bytes().get(self.at).is_some_and(is_part) {
            self.at += 1;
        }
        self.text.get(start..self.at).filter(|number| !number.starts_with('+')).ok_or(Wrong)
    }

    /// A text: its own piece of the JSON, unless something in it is escaped.
    pub(super) fn string(&mut self) -> Result<Cow<'de, str>> {
        self.take(b'"')?;
        let mut whole = String::new();
        loop {
            let rest = self.text.get(self.at..).ok_or(Wrong)?;
            let end = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\')).ok_or(Wrong)?;
            self.at += end + 1;
            let piece = rest.get(..end).ok_or(Wrong)?;
            if rest.as_bytes().get(end) == Some(&b'\\') {
                whole.push_str(piece);
                whole.push(self.escaped()?);
            } else if whole.is_empty() {
                return Ok(Cow::Borrowed(piece));
            } else {
                whole.push_str(piece);
                return Ok(Cow::Owned(whole));
            }
        }
    }

    /// What stands behind a backslash.
    fn escaped(&mut self) -> Result<char> {
        let byte = self.byte().ok_or(Wrong)?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.hexadecimal()?;
                // Two of them are one character, beyond the first 65,536.
                let code = match first {
                    0xd800..=0xdbff => {
                        self.word("\\u")?;
                        let second = self.hexadecimal()?;
                        if !matches!(second, 0xdc00..=0xdfff) {
                            return Err(Wrong);
                        }
                        0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
                    }
                    _ => first,
                };
                char::from_u32(code).ok_or(Wrong)?
            }
            _ => return Err(Wrong),
        })
    }

    fn hexadecimal(&mut self) -> Result<u32> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(Wrong)?;
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|_| Wrong)
    }

    /// Reads what stands between the brackets of an array or an object.
    pub(super) fn within<T>(
        &mut self,
        open: u8,
        close: u8,
        read: impl FnOnce(Elements<'_, 'de>) -> Result<T>,
    ) -> Result<T> {
        self.take(open)?;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Wrong);
        }
        let value = read(Elements { reader: self, close, first: true })?;
        self.depth -= 1;
        self.take(close)?;
        Ok(value)
    }

    /// Passes over a value; answers its text.
    pub(super) fn skip(&mut self) -> Result<&'de str> {
        self.space();
        let start = self.at;
        match self.peek()? {
            b'"' => drop(self.string()?),
            b'[' => self.within(b'[', b']', |mut elements| {
                while elements.is_another()? {
                    elements.reader.skip()?;
                }
                Ok(())
            })?,
            b'{' => self.within(b'{', b'}', |mut members| {
                while members.is_another()? {
                    members.reader.string()?;
                    members.reader.take(b':')?;
                    members.reader.skip()?;
                }
                Ok(())
            })?,
            b'n' => self.word("null")?,
            b't' | b'f' => drop(self.bool()?),
            _ if self.number()?.is_empty() => return Err(Wrong),
            _ => {}
        }
        self.text.get(start..self.at).ok_or(Wrong)
    }
}

/// What is left of an array or an object.
pub(super) struct Elements<'a, 'de> {
    pub(super) reader: &'a mut Reader<'de>,
    close: u8,
    first: bool,
}

impl Elements<'_, '_> {
    pub(super) fn is_another(&mut self) -> Result<bool> {
        if self.reader.peek()? == self.close {
            return Ok(false);
        }
        if !std::mem::take(&mut self.first) {
            self.reader.take(b',')?;
        }
        Ok(true)
    }
}
