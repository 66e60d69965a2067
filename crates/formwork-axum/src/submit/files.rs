//! Files of a submission: each is written to an unnamed temporary file while it arrives, and judged.
//!
//! Nothing is written for whom the guard lets not pass, for an action that this build lacks, or under a
//! name that is no file of its form: such a file is read past. So is one that turns out to be too large,
//! one too many or of another type, so that the fields after it arrive and the visitor is told beside
//! them. A control that belongs to a form by its `form` attribute may stand before it in the document: its
//! file comes before the fields that say whose it is. It is held in memory until these have come, as part
//! of the body and within its limit. An unnamed file is gone when the process is, however that ends.

use std::{collections::HashMap, fs::File, io, path::Path, sync::Arc};

use bytes::Bytes;
use formwork_core::{
    Arrived, Constraints, Content, Entries, FieldSpec, Mistake, Upload, spec_of, wire,
};
use futures::FutureExt;
use multer::Field;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;

use super::{Submission, action, body, guard, shape};
use crate::{refusal::Refusal, upload::Spooled};

/// As much of a file as says what it is.
const HEAD: usize = 4096;
/// As much as is read of what is not kept: files that nobody takes, and what comes after a refusal.
pub(crate) const READ_PAST: u64 = 64 * 1024 * 1024;

/// Who says whether the files of a submission are taken, by the entries before the first of them.
pub(super) trait Admit {
    /// The fields of its form, if they are.
    fn admit(
        &mut self,
        entries: &Entries,
    ) -> impl Future<Output = Option<&'static [FieldSpec]>> + Send;
}

/// Takes none.
pub(super) struct Nobody;

impl Admit for Nobody {
    async fn admit(&mut self, _: &Entries) -> Option<&'static [FieldSpec]> {
        None
    }
}

/// The form's own fields come before all others in it: they say which action it is for, and the guard
/// says who may. The steps after the body ask again, when it is known which button was pressed.
impl Admit for &mut Submission {
    async fn admit(&mut self, entries: &Entries) -> Option<&'static [FieldSpec]> {
        self.entries = entries.clone();
        action::find(self).boxed().await.ok()?;
        shape::is_of_this_build(self).ok().filter(|is| *is)?;
        let checked = guard::check(self).boxed().await;
        self.asks_to_sign_in = false;
        checked.ok()?;
        Some(self.def().fields)
    }
}

/// The files of one submission as they come.
pub(super) struct Files<A> {
    admit: A,
    /// Unknown until the first file.
    fields: Option<Option<&'static [FieldSpec]>>,
    before: HashMap<String, Before>,
    /// Those that came before it was said which action they are for.
    early: Vec<Early>,
    /// So many bytes may yet be read past.
    past: u64,
}

/// What has come under a name.
#[derive(Clone, Copy, Default)]
struct Before {
    files: usize,
    /// Of those that are taken.
    bytes: u64,
}

/// A file whose form is not known yet.
struct Early {
    name: String,
    head: Head,
    content: Bytes,
}

/// What is said of a file before it comes.
#[derive(Default)]
struct Head {
    file_name: String,
    content_type: String,
}

impl<A: Admit> Files<A> {
    pub(super) fn new(admit: A, past: u64) -> Self {
        Files { admit, fields: None, before: HashMap::new(), early: Vec::new(), past }
    }

    /// Takes the file of a part, or reads past it. `entries` are those before it.
    pub(super) async fn take(
        &mut self,
        entries: &mut Entries,
        name: &str,
        part: Field<'_>,
        flow: &body::Flow,
        folder: &Path,
    ) -> Result<(), Refusal> {
        let content_type = part.content_type().map(|kind| kind.essence_str().to_owned());
        let head = Head {
            file_name: part.file_name().unwrap_or_default().to_owned(),
            content_type: content_type.unwrap_or_default(),
        };
        if entries.last(wire::ACTION).is_none() {
            let content = Bytes::from(body::whole(part, flow).await?);
            if !head.file_name.is_empty() || !content.is_empty() {
                self.early.push(Early { name: name.to_owned(), head, content });
            }
            return Ok(());
        }
        self.take_early(entries, folder).await?;
        let mut content = Coming { part, flow };
        let first = content.next().await?;
        if head.file_name.is_empty() && first.is_none() {
            // What a browser sends of an input without a file.
            return Ok(());
        }
        self.keep(entries, name, head, first, &mut content, folder).await
    }

    /// What has come of files before the form's own fields.
    pub(super) async fn take_early(
        &mut self,
        entries: &mut Entries,
        folder: &Path,
    ) -> Result<(), Refusal> {
        for Early { name, head, content } in std::mem::take(&mut self.early) {
            let first = Some(content).filter(|content| !content.is_empty());
            self.keep(entries, &name, head, first, &mut Nothing, folder).await?;
        }
        Ok(())
    }

    async fn keep(
        &mut self,
        entries: &mut Entries,
        name: &str,
        head: Head,
        first: Option<Bytes>,
        rest: &mut impl Pieces,
        folder: &Path,
    ) -> Result<(), Refusal> {
        let fields = match self.fields {
            Some(fields) => fields,
            None => *self.fields.insert(self.admit.admit(entries).await),
        };
        let constraints = fields.and_then(|fields| spec_of(fields, name)).map(|s| &s.constraints);
        let Some(constraints) = constraints.filter(|constraints| constraints.is_file()) else {
            return self.read_past(first, rest).await;
        };
        let before = self.before.get(name).copied().unwrap_or_default();
        let mut arriving = Arriving::new(constraints, head, before);
        let mut next = first;
        while let Some(piece) = next {
            if arriving.refused.is_some() {
                self.read_past(Some(piece), rest).await?;
                break;
            }
            arriving.take(&piece, folder).await.map_err(unwritten)?;
            next = rest.next().await?;
        }
        let arrived = arriving.end(folder).await.map_err(unwritten)?;
        let taken = if arrived.refused.is_none() { arrived.upload.size() } else { 0 };
        let now = Before { files: before.files + 1, bytes: before.bytes + taken };
        self.before.insert(name.to_owned(), now);
        entries.push_file(name, arrived);
        Ok(())
    }

    async fn read_past(
        &mut self,
        first: Option<Bytes>,
        rest: &mut impl Pieces,
    ) -> Result<(), Refusal> {
        let mut next = first;
        while let Some(piece) = next {
            let left = self.past.checked_sub(piece.len() as u64);
            self.past = left.ok_or(Refusal::BodyTooLarge)?;
            next = rest.next().await?;
        }
        Ok(())
    }
}

/// What comes of a file after its first piece.
trait Pieces: Send {
    fn next(&mut self) -> impl Future<Output = Result<Option<Bytes>, Refusal>> + Send;
}

/// All of it has come.
struct Nothing;

impl Pieces for Nothing {
    async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        Ok(None)
    }
}

/// It is still arriving.
struct Coming<'a, 'f> {
    part: Field<'a>,
    flow: &'f body::Flow,
}

impl Pieces for Coming<'_, '_> {
    async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        while let Some(piece) = self.part.chunk().await.map_err(body::refuse_part)? {
            self.flow.of_file(piece.len());
            if !piece.is_empty() {
                return Ok(Some(piece));
            }
        }
        Ok(None)
    }
}

/// One file that is being written.
struct Arriving {
    constraints: &'static Constraints,
    file_name: String,
    /// The type that the browser says it is of.
    said: String,
    refused: Option<Mistake>,
    head: Vec<u8>,
    size: u64,
    /// Bytes of the files under its name that came before it.
    before: u64,
    hash: Sha256,
    file: Option<tokio::fs::File>,
}

impl Arriving {
    fn new(constraints: &'static Constraints, head: Head, before: Before) -> Self {
        Arriving {
            constraints,
            file_name: head.file_name,
            said: head.content_type,
            refused: constraints.refuses_another(before.files),
            head: Vec::new(),
            size: 0,
            before: before.bytes,
            hash: Sha256::new(),
            file: None,
        }
    }

    async fn take(&mut self, piece: &[u8], folder: &Path) -> io::Result<()> {
        let rest = HEAD.saturating_sub(self.head.len());
        self.head.extend_from_slice(&piece[..rest.min(piece.len())]);
        self.size += piece.len() as u64;
        self.refused = self.constraints.refuses_size(self.size, self.before);
        if self.refused.is_none() && self.head.len() == HEAD {
            self.refused = self.kind().err();
        }
        if self.refused.is_some() {
            self.file = None;
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(unnamed(folder).await?),
        };
        self.hash.update(piece);
        file.write_all(piece).await
    }

    async fn end(mut self, folder: &Path) -> io::Result<Arrived> {
        let kind = match self.refused.take() {
            Some(mistake) => Err(mistake),
            None => self.kind(),
        };
        let (content_type, refused) = match kind {
            Ok(content_type) => (content_type, None),
            Err(mistake) => (std::mem::take(&mut self.said), Some(mistake)),
        };
        let mut content = None;
        if refused.is_none() {
            let mut file = match self.file.take() {
                Some(file) => file,
                None => unnamed(folder).await?,
            };
            file.flush().await?;
            let spooled = Spooled::new(file.into_std().await, self.hash.finalize().into());
            content = Some(Arc::new(spooled) as Content);
        }
        let upload = Upload::new(&self.file_name, content_type, self.size, content);
        Ok(Arrived { upload, refused })
    }

    /// What the file is: by its first bytes, and where these say nothing as the browser says. Both must
    /// be accepted.
    fn kind(&self) -> Result<String, Mistake> {
        let said = || match self.said.as_str() {
            "" => "application/octet-stream".to_owned(),
            said => said.to_ascii_lowercase(),
        };
        // What is text has no signature: what looks like a document may be any text.
        let found = infer::get(&self.head).filter(|kind| !kind.mime_type().starts_with("text/"));
        if self.constraints.accept.is_empty() {
            return Ok(found.map_or_else(said, |kind| kind.mime_type().to_owned()));
        }
        if let Some(mistake) = self.constraints.refuses_type(&self.said, &self.file_name) {
            return Err(mistake);
        }
        let mut accepted = self.constraints.accepted();
        match found {
            Some(kind) if accepted.any(|accepted| is_of(&kind, accepted)) => {
                Ok(kind.mime_type().to_owned())
            }
            None if accepted.any(|accepted| self.may_be(accepted)) => Ok(said()),
            _ => Err(self.constraints.wrong_type()),
        }
    }

    /// Whether a file without a signature may be of the accepted type: one that has none.
    fn may_be(&self, accepted: &'static str) -> bool {
        let constraints = self.constraints.accept(accepted);
        let of_it = constraints.refuses_type(&self.said, &self.file_name).is_none();
        of_it
            && match accepted.split_once('/') {
                Some((family, "*")) => family == "text",
                Some((family, _)) => {
                    family == "text" || !infer::is_mime_supported(spelled(accepted))
                }
                None => is_text(accepted) || !infer::is_supported(ending(accepted)),
            }
    }
}

/// Whether a signature is that of an accepted type.
fn is_of(kind: &infer::Type, accepted: &str) -> bool {
    match accepted.strip_suffix("/*") {
        Some(family) => kind.mime_type().split('/').next() == Some(family),
        None if accepted.starts_with('.') => ending(kind.extension()) == ending(accepted),
        None => kind.mime_type().eq_ignore_ascii_case(spelled(accepted)),
    }
}

/// The endings of what is text, though some of it has first bytes that are known.
fn is_text(accepted: &str) -> bool {
    matches!(accepted, ".xml" | ".html" | ".sh")
}

/// A type as `infer` names it: several have more than one name in use.
fn spelled(accepted: &str) -> &str {
    match accepted {
        "audio/wav" | "audio/wave" | "audio/vnd.wave" => "audio/x-wav",
        "audio/flac" => "audio/x-flac",
        "audio/aiff" => "audio/x-aiff",
        "audio/mp3" => "audio/mpeg",
        "audio/mp4" | "audio/x-m4a" => "audio/m4a",
        "audio/mid" | "audio/x-midi" => "audio/midi",
        "image/jpg" => "image/jpeg",
        "image/heic" => "image/heif",
        "application/x-gzip" => "application/gzip",
        "application/x-zip-compressed" | "application/java-archive" => "application/zip",
        accepted => accepted,
    }
}

/// An ending as `infer` names it; that of an archive under another name is the archive's.
fn ending(accepted: &str) -> &str {
    match accepted.trim_start_matches('.') {
        "jpeg" => "jpg",
        "tiff" => "tif",
        "mid" => "midi",
        "aif" => "aiff",
        "heic" => "heif",
        "tgz" => "gz",
        "jar" | "war" | "pages" | "numbers" | "key" | "kmz" | "usdz" | "3mf" => "zip",
        ending => ending,
    }
}

async fn unnamed(folder: &Path) -> io::Result<tokio::fs::File> {
    let folder = folder.to_owned();
    let made = tokio::task::spawn_blocking(move || -> io::Result<File> {
        match folder.as_os_str().is_empty() {
            true => tempfile::tempfile(),
            false => tempfile::tempfile_in(folder),
        }
    });
    Ok(tokio::fs::File::from_std(made.await.map_err(io::Error::other)??))
}

fn unwritten(error: io::Error) -> Refusal {
    tracing::error!(%error, "a file of a form could not be written to the folder for uploads");
    Refusal::CanNotKeepFile
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_is_kept_of_a_file_once_it_is_too_large_with_those_before_it() {
        static CONSTRAINTS: Constraints = Constraints::FILE.max_files(3).max_total(30);
        let before = Before { files: 1, bytes: 20 };
        let mut arriving = Arriving::new(&CONSTRAINTS, Head::default(), before);
        for (piece, kept) in [(&b"12345"[..], true), (b"67890", true), (b"1", false)] {
            arriving.take(piece, Path::new("")).await.unwrap();
            assert_eq!((arriving.file.is_some(), arriving.refused.is_none()), (kept, kept));
        }
        let arrived = arriving.end(Path::new("")).await.unwrap();
        assert!(arrived.upload.content().is_none());
        assert!(
            matches!(arrived.refused, Some(Mistake::FilesTooLarge { max }) if max == "30 bytes")
        );
    }

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    fn kind(accept: &'static str, name: &str, said: &str, head: &[u8]) -> Option<String> {
        let constraints = Box::leak(Box::new(Constraints::FILE.accept(accept)));
        let file = Head { file_name: name.to_owned(), content_type: said.to_owned() };
        let mut arriving = Arriving::new(constraints, file, Before::default());
        arriving.head = head.to_vec();
        arriving.kind().ok()
    }

    #[test]
    fn f2_a_type_is_what_is_said_and_what_the_first_bytes_say() {
        let png = Some("image/png".to_owned());
        assert_eq!(kind("image/png", "a.png", "image/png", PNG), png);
        assert_eq!(kind("image/*", "a.png", "image/png", PNG), png);
        assert_eq!(kind(".png", "a.png", "", PNG), png);
        assert_eq!(kind("", "a", "", PNG), png);
        // Said and shown to be different things.
        assert_eq!(kind("image/png", "a.png", "image/png", b"<script>alert(1)</script>"), None);
        assert_eq!(kind("image/*", "a.svg", "image/svg+xml", b"<svg/>"), None);
        assert_eq!(kind("text/csv, .csv", "a.csv", "text/csv", PNG), None);
        assert_eq!(kind("image/jpeg", "a.jpg", "image/jpeg", PNG), None);
        assert_eq!(kind("image/png", "a.png", "text/plain", PNG), None);
        // What has no signature.
        let csv = Some("text/csv".to_owned());
        assert_eq!(kind("text/csv", "a.csv", "text/csv", b"a;b\n"), csv);
        assert_eq!(kind(".csv", "a.csv", "text/csv", b"a;b\n"), csv);
        assert_eq!(
            kind("image/*, image/svg+xml", "a", "image/svg+xml", b"<svg/>").as_deref(),
            Some("image/svg+xml")
        );
        // What is text, though its first bytes are known.
        for (accept, name, said, head) in [
            ("text/xml", "a.xml", "text/xml", "<?xml version=\"1.0\"?><a/>"),
            (".xml", "a.xml", "application/xml", "<?xml version=\"1.0\"?><a/>"),
            ("text/html", "a.html", "text/html", "<!DOCTYPE html><p>a"),
            (".html", "a.html", "text/html", "<p>a"),
            (".sh", "a.sh", "application/x-sh", "#!/bin/sh\n"),
        ] {
            assert_eq!(
                kind(accept, name, said, head.as_bytes()).as_deref(),
                Some(said),
                "{accept}"
            );
            assert_eq!(kind(accept, name, said, PNG), None, "{accept}");
        }
        // What has several names, and what is an archive under another one.
        let (wav, zip) = (b"RIFF\0\0\0\0WAVEfmt ", b"PK\x03\x04\x14\0\0\0\0\0\0\0");
        for (accept, name, said, head, is) in [
            ("audio/wav", "a.wav", "audio/wav", &wav[..], "audio/x-wav"),
            (".tgz", "a.tgz", "", b"\x1f\x8b\x08\0", "application/gzip"),
            (".mid", "a.mid", "audio/mid", b"MThd\0\0\0\x06", "audio/midi"),
            (".jar", "a.jar", "application/java-archive", &zip[..], "application/zip"),
            (".pages", "a.pages", "", &zip[..], "application/zip"),
        ] {
            assert_eq!(kind(accept, name, said, head).as_deref(), Some(is), "{accept}");
            assert_eq!(kind(accept, name, said, b"echo 1"), None, "{accept}");
            assert_eq!(kind(accept, name, said, PNG), None, "{accept}");
        }
        assert_eq!(kind("", "a", "", b"?").as_deref(), Some("application/octet-stream"));
    }
}
