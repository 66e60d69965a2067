//! Step 2: the body as names and values, within the limits.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use formwork_core::{ActionError, Entries, path};
use futures::TryStreamExt;
use http::{HeaderMap, header};
use http_body_util::{BodyDataStream, BodyExt, LengthLimitError, Limited};
use multer::{Constraints, Multipart, SizeLimit};

use super::Submission;
use crate::{refusal::Refusal, urlencoded};

/// A browser shows no answer while it is still sending, so what was refused before its end is read
/// on, and thrown away, for a while.
const DISCARD_BYTES: usize = 64 * 1024 * 1024;
const DISCARD_TIME: Duration = Duration::from_secs(10);

pub(super) async fn read(submission: &mut Submission, body: &mut Body) -> Result<(), ActionError> {
    let limit = submission.site.body_limit();
    let max_fields = submission.site.config().max_fields;
    let headers = &submission.parts.headers;
    if declared_length(headers).is_some_and(|length| length > limit as u64) {
        return Err(Refusal::BodyTooLarge.into());
    }
    (submission.entries, submission.body_bytes) = match media_type(headers)? {
        MediaType::UrlEncoded => {
            let bytes = collect(body, limit).await?;
            (urlencoded::parse(&bytes, max_fields)?, bytes.len())
        }
        MediaType::Multipart { boundary } => {
            let files = submission.site.config().max_files;
            multipart(body, boundary, Limits { bytes: limit, fields: max_fields, files }).await?
        }
    };
    if submission.entries.iter().any(|(name, _)| path::depth(name) > path::MAX_DEPTH) {
        return Err(Refusal::TooDeep.into());
    }
    Ok(())
}

/// As many bytes as must arrive in a second, after the time that every body has.
const SLOWEST: u64 = 16 * 1024;

/// How long the body may take as a whole: who sends a byte now and then never stands still.
pub(super) fn patience(submission: &Submission) -> Duration {
    let limit = submission.site.body_limit() as u64;
    let length = declared_length(&submission.parts.headers).unwrap_or(limit).min(limit);
    Duration::from_secs(submission.site.config().body_timeout + length / SLOWEST)
}

/// Reads on after a refusal.
pub(crate) async fn discard(body: &mut Body) {
    let read_on = async {
        let mut seen = 0;
        while let Some(Ok(frame)) = body.frame().await {
            seen += frame.data_ref().map_or(0, Bytes::len);
            if seen > DISCARD_BYTES {
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

/// `multipart/form-data` (RFC 7578). Parts with a file name are read past, piece by piece: no field
/// takes them yet.
async fn multipart(
    body: &mut Body,
    boundary: String,
    limits: Limits,
) -> Result<(Entries, usize), Refusal> {
    let whole = SizeLimit::new().whole_stream(limits.bytes as u64);
    let constraints = Constraints::new().size_limit(whole);
    let total = AtomicUsize::new(0);
    let counted = BodyDataStream::new(body).inspect_ok(|piece| {
        total.fetch_add(piece.len(), Ordering::Relaxed);
    });
    let mut parts = Multipart::with_constraints(counted, boundary, constraints);
    let (mut entries, mut fields, mut files) = (Entries::default(), 0, 0);
    while let Some(mut part) = parts.next_field().await.map_err(refuse_part)? {
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
            while part.chunk().await.map_err(refuse_part)?.is_some() {}
            continue;
        }
        let bytes = part.bytes().await.map_err(refuse_part)?;
        let value = String::from_utf8(bytes.to_vec()).map_err(|_| Refusal::NotUtf8)?;
        entries.push(name, value);
    }
    drop(parts);
    Ok((entries, total.into_inner()))
}

/// What a body may have.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) bytes: usize,
    pub(crate) fields: usize,
    pub(crate) files: usize,
}

/// The parts of a body of this type, for the fuzz target.
pub(crate) async fn parts(content_type: &str, body: &mut Body, limits: Limits) -> Option<Entries> {
    let boundary = multer::parse_boundary(content_type).ok()?;
    Some(multipart(body, boundary, limits).await.ok()?.0)
}

fn refuse_part(error: multer::Error) -> Refusal {
    match error {
        multer::Error::StreamSizeExceeded { .. } | multer::Error::FieldSizeExceeded { .. } => {
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
