//! A stream of lines, cut anywhere: the lines are the same, or it is given up at the same line.
#![no_main]

use formwork_core::{LineReader, NotALine};
use libfuzzer_sys::fuzz_target;

fn read<'a>(chunks: impl Iterator<Item = &'a [u8]>) -> Result<Vec<String>, (NotALine, usize)> {
    let (mut reader, mut lines) = (LineReader::default(), Vec::new());
    for chunk in chunks {
        reader.push(chunk);
        while let Some(line) = reader.next().map_err(|error| (error, lines.len()))? {
            lines.push(serde_json::to_string(&line).expect("a line that was read is written"));
        }
    }
    Ok(lines)
}

fuzz_target!(|input: (u8, &[u8])| {
    let (size, stream) = input;
    let whole = read(std::iter::once(stream));
    assert_eq!(read(stream.chunks(usize::from(size.max(1)))), whole);
});
