//! The statuses that hyper itself answers with.

/// The status of its answer to a request that it cannot read, which has no body and no `Server`. `None`: it
/// closes the connection (HTTP/2). The length of a head is limited to less than that of a target, so that no
/// answer is a 414.
pub(crate) fn of_unreadable(error: &hyper::Error) -> Option<u16> {
    match error {
        error if error.is_parse_version_h2() => None,
        error if error.is_parse_too_large() => Some(431),
        _ => Some(400),
    }
}
