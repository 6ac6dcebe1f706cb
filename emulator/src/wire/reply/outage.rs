//! What the service answers when it cannot do its work: only faults make it.

use http::StatusCode;

use super::shape::{Answer, answer, error_body, too_many};
use crate::model::limit::Category;

/// An error status. No capture shows such a body (except that of a 429), so all are assumed, in the
/// shape of their category; the words of 500 and 503 are documented, for other paths.
pub(crate) fn outage(category: Category, status: u16) -> Answer {
    let (code, text) = match status {
        429 => return too_many(category),
        404 => ("not_found", "Not found"),
        408 => ("timeout", "The request timed out"),
        410 => ("gone", "The service is being updated. Retry later"),
        500 => (
            "unknown",
            "Failed to retrieve token from the Active directory",
        ),
        502 => ("bad_gateway", "Bad gateway"),
        503 => (
            "service_unavailable",
            "Internal service unavailable. Retry later",
        ),
        504 => ("timeout", "Gateway timeout"),
        _ => ("unknown", "Unknown error"),
    };
    let known = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer(known, error_body(category, code, text))
}
