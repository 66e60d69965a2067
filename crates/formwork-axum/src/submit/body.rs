//! Step 2: the body as names and values, within the limits.

use std::{
    error::Error,
    fmt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    task::Poll,
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use formwork_core::{ActionError, Entries, path};
use futures::{Stream, StreamExt, stream};
use http::{HeaderMap, header};
use http_body_util::{BodyDataStream, BodyExt, LengthLimitError, Limited};
use multer::{Field, Multipart};

use super::{
    Submission,
    files::{Admit, Files, Nobody, READ_PAST},
};
use crate::{refusal::Refusal, urlencoded};

/// A browser shows no answer while it is still sending, so what was refused before its end is read
/// on, and thrown away, up to [`READ_PAST`] and for a while.
const DISCARD_TIME: Duration = Duration::from_secs(10);

pub(super) async fn read(submission: &mut Submission, body: &mut Body) -> Result<(), ActionError> {
    let limit = submission.site.body_limit();
    let config = submission.site.config();
    let past = submission.site.read_past();
    let limits = Limits { bytes: limit, fields: config.max_fields, files: config.max_files, past };
    let headers = &submission.parts.headers;
    let media_type = media_type(headers)?;
    let most = match media_type {
        MediaType::UrlEncoded => limit as u64,
        MediaType::Multipart { .. } => submission.site.upload_limit(),
    };
    if declared_length(headers).is_some_and(|length| length > most) {
        return Err(Refusal::BodyTooLarge.into());
    }
    let (entries, bytes) = match media_type {
        MediaType::UrlEncoded => {
            let bytes = collect(body, limit).await?;
            (urlencoded::parse(&bytes, limits.fields)?, bytes.len())
        }
        MediaType::Multipart { boundary } => {
            let folder = PathBuf::from(&config.upload_dir);
            // On the heap: every submission would have room for it otherwise, wherever it is moved.
            Box::pin(multipart(body, boundary, limits, &folder, &mut *submission)).await?
        }
    };
    (submission.entries, submission.body_bytes) = (entries, bytes);
    if submission.entries.iter().any(|(name, _)| path::depth(name) > path::MAX_DEPTH) {
        return Err(Refusal::TooDeep.into());
    }
    Ok(())
}

/// As many bytes as must arrive in a second, after the time that every body has.
const SLOWEST: u64 = 16 * 1024;

/// How long the body may take as a whole: who sends a byte now and then never stands still.
pub(super) fn patience(submission: &Submission) -> Duration {
    let limit = submission.site.upload_limit();
    let length = declared_length(&submission.parts.headers).unwrap_or(limit).min(limit);
    Duration::from_secs(submission.site.config().body_timeout + length / SLOWEST)
}

/// Reads on after a refusal.
pub(crate) async fn discard(body: &mut Body) {
    let read_on = async {
        let mut seen: u64 = 0;
        while let Some(Ok(frame)) = body.frame().await {
            seen += frame.data_ref().map_or(0, Bytes::len) as u64;
            if seen > READ_PAST {
                return;
            }
        }
    };
    let _ = tokio::time::timeout(DISCARD_TIME, read_on).await;
}

enum MediaType {
    UrlEncoded,
    Multipart { boundary: String },
}

fn media_type(headers: &HeaderMap) -> Result<MediaType, Refusal> {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let value = value.ok_or(Refusal::NotAForm)?;
    let essence = value.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        Ok(MediaType::UrlEncoded)
    } else if essence.eq_ignore_ascii_case("multipart/form-data") {
        let boundary = multer::parse_boundary(value).map_err(|_| Refusal::BrokenBody)?;
        Ok(MediaType::Multipart { boundary })
    } else {
        Err(Refusal::NotAForm)
    }
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn collect(body: &mut Body, limit: usize) -> Result<Bytes, Refusal> {
    let collected = Limited::new(body, limit).collect().await;
    collected.map(|body| body.to_bytes()).map_err(|error| {
        if error.is::<LengthLimitError>() { Refusal::BodyTooLarge } else { Refusal::BrokenBody }
    })
}

/// `multipart/form-data` (RFC 7578). Files are for [`Files`]; they don't count among the bytes.
async fn multipart(
    body: &mut Body,
    boundary: String,
    limits: Limits,
    folder: &Path,
    admit: impl Admit,
) -> Result<(Entries, usize), Refusal> {
    let flow = Flow::new(limits.bytes);
    let mut parts = Multipart::new(flow.count(BodyDataStream::new(body)), boundary);
    let (mut entries, mut fields, mut files) = (Entries::default(), 0, 0);
    let mut taken = Files::new(admit, limits.past);
    while let Some(part) = parts.next_field().await.map_err(refuse_part)? {
        fields += 1;
        if fields > limits.fields {
            return Err(Refusal::TooManyFields);
        }
        let Some(name) = part.name().map(str::to_owned) else {
            return Err(Refusal::BrokenBody);
        };
        if part.file_name().is_some() {
            files += 1;
            if files > limits.files {
                return Err(Refusal::TooManyFiles);
            }
            taken.take(&mut entries, &name, part, &flow, folder).await?;
            continue;
        }
        let bytes = whole(part, &flow).await?;
        entries.push(name, String::from_utf8(bytes).map_err(|_| Refusal::NotUtf8)?);
    }
    taken.take_early(&mut entries, folder).await?;
    drop(parts);
    match flow.beside_files() {
        bytes if bytes > limits.bytes => Err(Refusal::BodyTooLarge),
        bytes => Ok((entries, bytes)),
    }
}

/// All of a part that is in memory as a whole.
pub(super) async fn whole(mut part: Field<'_>, flow: &Flow) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    while let Some(piece) = part.chunk().await.map_err(refuse_part)? {
        if flow.beside_files() > flow.limit + SLACK {
            return Err(Refusal::BodyTooLarge);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// What of a body has come, and how much of it was files.
pub(super) struct Flow {
    limit: usize,
    read: AtomicUsize,
    of_files: AtomicUsize,
}

/// So much of a file may have been read and not yet be known to be of it.
const SLACK: usize = 1024 * 1024;

impl Flow {
    fn new(limit: usize) -> Self {
        Flow { limit, read: AtomicUsize::new(0), of_files: AtomicUsize::new(0) }
    }

    /// So many bytes were those of a file.
    pub(super) fn of_file(&self, bytes: usize) {
        self.of_files.fetch_add(bytes, Ordering::Relaxed);
    }

    fn beside_files(&self) -> usize {
        self.read.load(Ordering::Relaxed) - self.of_files.load(Ordering::Relaxed)
    }

    /// The pieces of a body, until there are too many bytes beside the files. After each the reader has
    /// its turn: it would read on for as long as more is there, and hold it all.
    fn count<S>(&self, pieces: S) -> impl Stream<Item = Result<Bytes, Cut>>
    where
        S: Stream<Item = Result<Bytes, axum::Error>> + Unpin,
    {
        let mut pieces = pieces;
        let mut pause = false;
        stream::poll_fn(move |cx| {
            pause = !pause;
            if !pause {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            let polled = pieces.poll_next_unpin(cx);
            if polled.is_pending() {
                pause = false;
            }
            polled.map(|piece| {
                Some(piece?.map_err(|_| Cut::Broken).and_then(|piece| {
                    self.read.fetch_add(piece.len(), Ordering::Relaxed);
                    let fits = self.beside_files() <= self.limit + SLACK + piece.len();
                    if fits { Ok(piece) } else { Err(Cut::TooLarge) }
                }))
            })
        })
    }
}

/// Why a body is not read on.
#[derive(Debug)]
enum Cut {
    Broken,
    TooLarge,
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl Error for Cut {}

/// What a body may have.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) bytes: usize,
    pub(crate) fields: usize,
    pub(crate) files: usize,
    /// Bytes of files that are not kept.
    pub(crate) past: u64,
}

/// The parts of a body of this type, for the fuzz target.
pub(crate) async fn parts(content_type: &str, body: &mut Body, limits: Limits) -> Option<Entries> {
    let boundary = multer::parse_boundary(content_type).ok()?;
    Some(multipart(body, boundary, limits, Path::new(""), Nobody).await.ok()?.0)
}

pub(super) fn refuse_part(error: multer::Error) -> Refusal {
    match error {
        multer::Error::StreamReadFailed(error)
            if matches!(error.downcast_ref(), Some(Cut::TooLarge)) =>
        {
            Refusal::BodyTooLarge
        }
        _ => Refusal::BrokenBody,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_forms_are_forms() {
        let check = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, value.parse().unwrap());
            media_type(&headers).map(|_| ())
        };
        assert_eq!(check("Application/X-WWW-Form-Urlencoded; charset=utf-8"), Ok(()));
        assert_eq!(check("multipart/form-data; boundary=x"), Ok(()));
        assert_eq!(check("multipart/form-data"), Err(Refusal::BrokenBody));
        assert_eq!(check("application/json"), Err(Refusal::NotAForm));
        assert_eq!(check("text/plain"), Err(Refusal::NotAForm));
    }
}
