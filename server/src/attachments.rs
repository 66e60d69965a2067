//! The contents of attachments, for members: `GET /attachments/{id}`.

use app::{session::current_user, store::attachments};
use axum::{
    Extension,
    body::Body,
    extract::{Path, Request},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use sqlx::SqlitePool;
use tower_http::services::ServeFile;

/// What a browser may show in a page of this origin; anything else is saved to a file.
const SHOWN: &[&str] = &["image/png", "image/jpeg", "image/gif", "image/webp"];

pub(crate) async fn serve(
    Path(id): Path<i64>,
    Extension(pool): Extension<SqlitePool>,
    Extension(folder): Extension<attachments::Folder>,
    request: Request,
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
    let attachment = found.attachment;
    let request = Request::from_parts(parts, Body::empty());
    let mut file = ServeFile::new(folder.path(&found.stored));
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
    let named = format!("{disposition}; filename*=UTF-8''{}", encoded(&attachment.file_name));
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

/// A file name as RFC 8187 has it.
fn encoded(name: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._".contains(byte);
    let byte = |byte: u8| match plain(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    name.bytes().map(byte).collect()
}
