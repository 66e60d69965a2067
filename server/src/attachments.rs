//! The contents of attachments, for members: `GET /attachments/{id}`, and of images `…/small`.

use app::{session::current_user, store::attachments};
use axum::{
    Extension,
    body::Body,
    extract::{Path, Request},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sqlx::SqlitePool;
use tower_http::services::ServeFile;

/// What a browser may show in a page of this origin; anything else is saved to a file.
const SHOWN: &[&str] = &["image/png", "image/jpeg", "image/gif", "image/webp"];

/// What a file name can't have as it is (RFC 8187).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

pub(crate) async fn serve(
    Path(id): Path<i64>,
    Extension(pool): Extension<SqlitePool>,
    Extension(folder): Extension<attachments::Folder>,
    request: Request,
) -> Response {
    content(id, pool, folder, request, false).await
}

/// An image small, or as it is if it has no small copy.
pub(crate) async fn serve_small(
    Path(id): Path<i64>,
    Extension(pool): Extension<SqlitePool>,
    Extension(folder): Extension<attachments::Folder>,
    request: Request,
) -> Response {
    content(id, pool, folder, request, true).await
}

async fn content(
    id: i64,
    pool: SqlitePool,
    folder: attachments::Folder,
    request: Request,
    small: bool,
) -> Response {
    let (parts, _) = request.into_parts();
    match current_user(&parts).await {
        Ok(Some(_)) => {}
        Ok(None) => return StatusCode::UNAUTHORIZED.into_response(),
        Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
    let found = match attachments::by_id(&pool, id).await {
        Ok(Some(found)) => found,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, id, "an attachment can't be read");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let mut attachment = found.attachment;
    let thumbnail = small.then(|| folder.thumbnail(&found.stored)).flatten();
    if thumbnail.is_some() {
        "image/png".clone_into(&mut attachment.content_type);
    }
    let request = Request::from_parts(parts, Body::empty());
    let mut file = ServeFile::new(thumbnail.unwrap_or_else(|| folder.path(&found.stored)));
    let mut response = match file.try_call(request).await {
        Ok(response) => response.map(Body::new),
        Err(error) => {
            tracing::error!(%error, id, "an attachment's content can't be read");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let shown = SHOWN.contains(&attachment.content_type.as_str());
    let kind = if shown { &attachment.content_type } else { "application/octet-stream" };
    let disposition = if shown { "inline" } else { "attachment" };
    let file_name = utf8_percent_encode(&attachment.file_name, ENCODED);
    let named = format!("{disposition}; filename*=UTF-8''{file_name}");
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, &named),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (header::CACHE_CONTROL, "private, no-cache"),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    response
}
