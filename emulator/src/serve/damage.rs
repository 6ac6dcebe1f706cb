//! Answers that faults have damaged on their way out.

#![expect(
    clippy::disallowed_methods,
    reason = "a driver: lets a body drip in real time"
)]

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, Response};
use http_body_util::{BodyExt, Either, Full};
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

use crate::model::fault::{Drip, Effect};
use crate::wire::reply::Answer;

/// An answer that may be damaged.
pub(crate) type Outgoing = Response<Either<Full<Bytes>, Pieces>>;

/// Before the connection is cut, so that what came first is sent.
const BEFORE_THE_CUT: Duration = Duration::from_millis(5);

/// An answer as it should be.
pub(crate) fn intact(answer: Answer) -> Outgoing {
    answer.map(Either::Left)
}

/// The answer after that fault; those that do nothing to an answer leave it as it is.
pub(crate) async fn damaged(answer: Answer, effect: &Effect) -> Outgoing {
    let (mut head, body) = answer.into_parts();
    let Ok(body) = body.collect().await;
    let body = body.to_bytes();
    let half = body.slice(..body.len() / 2);
    let (body, length) = match effect {
        Effect::Malformed => (Either::Left(Full::new(half.clone())), half.len()),
        Effect::Truncated => (Either::Right(Pieces::cut_after(half)), body.len()),
        Effect::Drip(drip) => (Either::Right(Pieces::drip(&body, drip)), body.len()),
        Effect::ContentType => {
            let web_page = HeaderValue::from_static("text/html; charset=utf-8");
            head.headers.insert(CONTENT_TYPE, web_page);
            (Either::Left(Full::new(body.clone())), body.len())
        }
        _ => (Either::Left(Full::new(body.clone())), body.len()),
    };
    head.headers
        .insert(CONTENT_LENGTH, HeaderValue::from(length));
    Response::from_parts(head, body)
}

/// A body that comes in pieces.
pub(crate) struct Pieces {
    left: VecDeque<Bytes>,
    every: Duration,
    pause: Pin<Box<Sleep>>,
    cut: bool,
}

/// The body ends here, and the connection with it.
#[derive(Debug, thiserror::Error)]
#[error("a fault has cut the answer short")]
pub(crate) struct CutShort;

impl Pieces {
    fn cut_after(start: Bytes) -> Pieces {
        Pieces::new(VecDeque::from([start]), BEFORE_THE_CUT, true)
    }

    /// As many pieces as wanted, or as there are bytes.
    fn drip(body: &Bytes, drip: &Drip) -> Pieces {
        let length = body.len().div_ceil(drip.pieces as usize).max(1);
        let starts = (0..body.len()).step_by(length);
        let piece = |start: usize| body.slice(start..body.len().min(start + length));
        Pieces::new(starts.map(piece).collect(), drip.every, false)
    }

    fn new(left: VecDeque<Bytes>, every: Duration, cut: bool) -> Pieces {
        Pieces {
            left,
            every,
            pause: Box::pin(tokio::time::sleep(every)),
            cut,
        }
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = CutShort;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, CutShort>>> {
        if self.left.is_empty() && !self.cut {
            return Poll::Ready(None);
        }
        ready!(self.pause.as_mut().poll(cx));
        self.pause = Box::pin(tokio::time::sleep(self.every));
        let piece = self.left.pop_front();
        Poll::Ready(Some(piece.map(Frame::data).ok_or(CutShort)))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
