//! The body of an answer while it arrives: bounded, and wiped where it is left behind.

use std::mem;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use zeroize::Zeroizing;

use crate::outcome::TransportFailure;
use crate::wire::Answer;

/// Answers are a few kilobytes. A longer body is a failure.
const LONGEST: usize = 1024 * 1024;

/// The room at first for a body whose length is not announced: more than that of a token takes.
const USUAL: usize = 16 * 1024;

/// The bytes that have arrived so far.
pub(super) struct Body(Zeroizing<Vec<u8>>);

impl Body {
    /// Nothing yet, with room for a body of this length if that is announced. All of the room is wiped in the end, so that
    /// much more of it than a body takes costs time.
    pub(super) fn expecting(length: Option<u64>) -> Self {
        let length = length.and_then(|length| usize::try_from(length).ok());
        let room = length.filter(|&length| length <= LONGEST).unwrap_or(USUAL);
        Self(Zeroizing::new(Vec::with_capacity(room)))
    }

    /// Where it has to grow, what it leaves behind is wiped: it may hold a token.
    pub(super) fn append(&mut self, more: &[u8]) -> Result<(), TransportFailure> {
        let Self(body) = self;
        if body.capacity() - body.len() < more.len() {
            let mut longer = Vec::with_capacity(2 * (body.len() + more.len()));
            longer.extend_from_slice(body);
            *body = Zeroizing::new(longer);
        }
        body.extend_from_slice(more);
        if body.len() > LONGEST {
            return Err(TransportFailure::Other);
        }
        Ok(())
    }

    /// The answer with this body.
    pub(super) fn into_answer(mut self, status: u16, headers: &HeaderMap) -> Answer {
        Answer {
            status,
            headers: headers.iter().map(header).collect(),
            body: mem::take(&mut *self.0),
        }
    }
}

fn header((name, value): (&HeaderName, &HeaderValue)) -> (String, String) {
    let value = String::from_utf8_lossy(value.as_bytes());
    (name.as_str().to_owned(), value.into_owned())
}
