//! A small copy of an image, so that a page of many does not load them whole.

use std::path::Path;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

/// The longer side in pixels: twice as many as it is shown with, for dense screens.
const SIDE: u32 = 128;
/// An image that would be larger in memory has none: a small file can say that it is huge.
const MOST_BYTES: u64 = 128 * 1024 * 1024;

/// Makes one of the PNG or JPEG image, unless it can't be read or is small itself.
pub(super) fn make(from: &Path, to: &Path) -> Option<()> {
    let mut reader = ImageReader::open(from).ok()?.with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    if width.max(height) <= SIDE || decoder.total_bytes() > MOST_BYTES {
        return None;
    }
    let orientation = decoder.orientation().ok()?;
    let mut small = DynamicImage::from_decoder(decoder).ok()?.thumbnail(SIDE, SIDE);
    small.apply_orientation(orientation);
    small.into_rgba8().save_with_format(to, ImageFormat::Png).ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Of a PNG's chunk (its specification, §5.5).
    fn checksum(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0, |sum, byte| {
            let shift =
                |sum: u32, _| if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 };
            (0..8).fold(sum ^ u32::from(*byte), shift)
        })
    }

    #[test]
    fn of_a_large_image_there_is_a_small_one_and_of_others_none() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("from"), dir.path().join("to"));
        DynamicImage::new_rgb8(600, 300).save_with_format(&from, ImageFormat::Jpeg).unwrap();
        make(&from, &to).unwrap();
        let small = image::load_from_memory(&fs::read(&to).unwrap()).unwrap();
        assert_eq!((small.width(), small.height()), (128, 64));

        let none = dir.path().join("none");
        DynamicImage::new_rgb8(128, 9).save_with_format(&from, ImageFormat::Png).unwrap();
        assert_eq!(make(&from, &none), None, "it is small itself");
        fs::write(&from, b"\x89PNG\r\n\x1a\n and nothing of it").unwrap();
        assert_eq!(make(&from, &none), None, "it is none");
        // What says that it has 60,000 times 60,000 pixels is not unpacked.
        let mut huge = Vec::new();
        let mut writer = std::io::Cursor::new(&mut huge);
        DynamicImage::new_luma8(200, 200).write_to(&mut writer, ImageFormat::Png).unwrap();
        huge[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        let sum = checksum(&huge[12..29]).to_be_bytes();
        huge[29..33].copy_from_slice(&sum);
        fs::write(&from, &huge).unwrap();
        assert_eq!(make(&from, &none), None, "it is too large");
        assert!(!none.exists());
    }
}
