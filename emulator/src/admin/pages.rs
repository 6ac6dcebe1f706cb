//! A journal as the body of an answer, written page by page as it is read: it takes memory for one page
//! only, and requests to IMDS do not wait long for it.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hyper::body::Frame;

use crate::observe::journal::reading::Reading;

/// A JSON document: a list of entries, with something before and after it.
pub(super) struct Pages {
    page: Box<dyn FnMut() -> Option<Vec<String>> + Send>,
    /// The document's start; none once it is sent.
    start: Option<String>,
    /// What goes before the next entry: nothing, and then commas.
    comma: &'static str,
    /// What comes last; none once it is sent.
    end: Option<&'static str>,
    /// Whether other tasks have run since the last page.
    rested: bool,
}

impl Pages {
    /// Each entry that `read` has for the next page of the reading, as `write` writes it.
    pub(super) fn new<E>(
        (start, end): (String, &'static str),
        mut reading: Reading,
        read: impl Fn(&mut Reading) -> Option<Vec<Arc<E>>> + Send + 'static,
        write: impl Fn(&E) -> String + Send + 'static,
    ) -> Pages {
        let page = move || {
            let entries = read(&mut reading)?;
            Some(entries.iter().map(|entry| write(entry)).collect())
        };
        Pages {
            page: Box::new(page),
            start: Some(start),
            comma: "",
            end: Some(end),
            rested: true,
        }
    }

    /// The next part of the document; none after its end.
    fn next(&mut self) -> Option<String> {
        if let Some(start) = self.start.take() {
            return Some(start);
        }
        match (self.page)() {
            Some(entries) => Some(self.separated(entries)),
            None => self.end.take().map(str::to_owned),
        }
    }

    fn separated(&mut self, entries: Vec<String>) -> String {
        let mut text = String::new();
        for entry in entries {
            text += std::mem::replace(&mut self.comma, ",");
            text += &entry;
        }
        text
    }
}

impl hyper::body::Body for Pages {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.rested = !self.rested;
        if self.rested {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let part = self.next();
        Poll::Ready(part.map(|text| Ok(Frame::data(text.into()))))
    }
}

impl IntoResponse for Pages {
    fn into_response(self) -> Response {
        let json = [(CONTENT_TYPE, "application/json")];
        (json, Body::new(self)).into_response()
    }
}
