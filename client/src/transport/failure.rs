//! Classifies errors of the HTTP client as kinds of failure, which policies treat differently.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::iter;

use crate::outcome::TransportFailure;

/// The kind of an error in sending a request or in reading its answer.
pub(super) fn kind(error: &reqwest::Error) -> TransportFailure {
    let io = cause::<io::Error>(error).map(io::Error::kind);
    if error.is_connect() {
        unconnected(io)
    } else if error.is_timeout() {
        TransportFailure::Timeout
    } else if let Some(io) = io {
        broken(io)
    } else if cause::<hyper::Error>(error).is_some_and(hyper::Error::is_incomplete_message) {
        TransportFailure::Closed
    } else {
        TransportFailure::Other
    }
}

/// The first error of a type among the error's causes.
fn cause<E: Error + 'static>(error: &reqwest::Error) -> Option<&E> {
    iter::successors(error.source(), |&cause| cause.source()).find_map(|cause| cause.downcast_ref())
}

fn unconnected(io: Option<ErrorKind>) -> TransportFailure {
    match io {
        Some(ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable) => {
            TransportFailure::Unreachable
        }
        _ => TransportFailure::Connect,
    }
}

fn broken(io: ErrorKind) -> TransportFailure {
    match io {
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
            TransportFailure::Reset
        }
        ErrorKind::UnexpectedEof => TransportFailure::Closed,
        ErrorKind::TimedOut => TransportFailure::Timeout,
        _ => TransportFailure::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_route_it_is_unreachable() {
        for io in [ErrorKind::HostUnreachable, ErrorKind::NetworkUnreachable] {
            assert_eq!(unconnected(Some(io)), TransportFailure::Unreachable);
        }
    }

    #[test]
    fn any_other_failure_to_connect_is_one_kind() {
        for io in [
            None,
            Some(ErrorKind::ConnectionRefused),
            Some(ErrorKind::TimedOut),
        ] {
            assert_eq!(unconnected(io), TransportFailure::Connect);
        }
    }
}
