//! Classifies errors of the HTTP client as kinds of failure, which policies treat differently.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::iter;

use crate::outcome::TransportFailure;

/// The kind of an error in sending a request or in reading its answer.
pub(super) fn kind(error: &reqwest::Error) -> TransportFailure {
    if error.is_connect() {
        of_connecting(error)
    } else if error.is_timeout() {
        TransportFailure::Timeout
    } else {
        of_exchange(error)
    }
}

/// The kind of an error in making a connection.
pub(super) fn of_connecting(error: &(dyn Error + 'static)) -> TransportFailure {
    unconnected(causes::<io::Error>(error).next().map(io::Error::kind))
}

/// The kind of an error on a connection. A request that was not sent any more has the end of its connection as the cause.
pub(super) fn of_exchange(error: &(dyn Error + 'static)) -> TransportFailure {
    let mut of_hyper = causes::<hyper::Error>(error);
    if let Some(io) = causes::<io::Error>(error).next() {
        broken(io.kind())
    } else if of_hyper.any(hyper::Error::is_incomplete_message) {
        TransportFailure::Closed
    } else {
        TransportFailure::Other
    }
}

/// Those of a type, of the error itself and its causes.
fn causes<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a E> {
    let causes = iter::successors(Some(error), |&cause| cause.source());
    causes.filter_map(|cause| cause.downcast_ref())
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
