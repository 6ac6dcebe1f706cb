//! One exchange on a connection: the task that waits for an answer moves the connection on.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::Version;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::destination::HttpRequest;
use crate::outcome::TransportFailure;
use crate::transport::body::Body;
use crate::transport::failure;
use crate::wire::Answer;

/// A connection while it is used: with buffers and a queue, 25 KB of them (measured), which an idle one does not need.
#[derive(Debug)]
pub(super) struct Exchange {
    sender: SendRequest<Full<Bytes>>,
    connection: Driven,
    /// The service's version of HTTP, as its answer says.
    version: Version,
}

/// Why there is no answer.
pub(super) enum Failed {
    /// The connection failed so before any of the request was sent; this is the request.
    Unsent(Box<HttpRequest>, TransportFailure),
    Broken(TransportFailure),
}

impl Failed {
    /// What it is if the request is not sent again.
    pub(super) fn into_failure(self) -> TransportFailure {
        match self {
            Self::Unsent(_, failure) | Self::Broken(failure) => failure,
        }
    }
}

impl Exchange {
    pub(super) async fn over(stream: TcpStream) -> Result<Self, TransportFailure> {
        let (sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| failure::of_exchange(&error))?;
        let connection = Driven(Some(connection));
        Ok(Self {
            sender,
            connection,
            version: Version::HTTP_11,
        })
    }

    /// The connection, if it can take another request. hyper sends HTTP/1.0 to a service that has answered so, but forgets
    /// that with the exchange: such a connection is not used again.
    pub(super) fn into_stream(mut self) -> Option<TcpStream> {
        self.connection
            .go_on(&mut Context::from_waker(Waker::noop()));
        let Driven(connection) = self.connection;
        let parts = connection.filter(|_| self.sender.is_ready())?.into_parts();
        let good = parts.read_buf.is_empty() && self.version == Version::HTTP_11;
        good.then(|| parts.io.into_inner())
    }

    /// Sends it, unless the service has closed the connection by now or sent anything on it.
    pub(super) async fn send(&mut self, request: HttpRequest) -> Result<Answer, Failed> {
        let answer = self.sender.try_send_request(request);
        let answer = self.connection.until(answer).await;
        let answer = answer.map_err(|mut error| {
            let unsent = error.take_message();
            let failure = failure::of_exchange(error.error());
            match unsent {
                Some(request) => Failed::Unsent(Box::new(request), failure),
                None => Failed::Broken(failure),
            }
        })?;
        self.received(answer).await.map_err(Failed::Broken)
    }

    async fn received(
        &mut self,
        answer: http::Response<Incoming>,
    ) -> Result<Answer, TransportFailure> {
        let (head, mut arriving) = answer.into_parts();
        self.version = head.version;
        let mut body = Body::expecting(arriving.size_hint().exact());
        while let Some(frame) = self.connection.until(arriving.frame()).await {
            let frame = frame.map_err(|error| failure::of_exchange(&error))?;
            if let Some(data) = frame.data_ref() {
                body.append(data)?;
            }
        }
        Ok(body.into_answer(head.status.as_u16(), &head.headers))
    }
}

/// The connection itself, which moves only when it is polled; none has ended.
#[derive(Debug)]
struct Driven(Option<http1::Connection<TokioIo<TcpStream>, Full<Bytes>>>);

impl Driven {
    fn go_on(&mut self, context: &mut Context<'_>) {
        let Self(connection) = self;
        if let Some(open) = connection
            && Pin::new(open).poll(context).is_ready()
        {
            *connection = None;
        }
    }

    /// Moves it on until this is done. What the connection does for it while it is moved on need not wake the task; what is
    /// still to wait for then has to: also tokio, where the task may do no more before others had their turn.
    async fn until<F: Future>(&mut self, done: F) -> F::Output {
        let mut done = pin!(done);
        poll_fn(|context| {
            let mut unwaking = Context::from_waker(Waker::noop());
            if let Poll::Ready(output) = done.as_mut().poll(&mut unwaking) {
                return Poll::Ready(output);
            }
            self.go_on(context);
            done.as_mut().poll(context)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;
    use tokio::sync::oneshot;
    use tokio::task::coop;

    use super::*;

    /// Both ends of a connection.
    async fn connected() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let both = tokio::join!(TcpStream::connect(address), listener.accept());
        (both.0.expect("a connection"), both.1.expect("the same").0)
    }

    /// A connection that its service has ended, by a reset or not, and that has arrived.
    async fn ended(by_reset: bool) -> TcpStream {
        let (own, other) = connected().await;
        if by_reset {
            other.set_zero_linger().expect("a reset at its end");
        }
        drop(other);
        own.readable().await.expect("it has ended");
        own
    }

    #[tokio::test]
    async fn a_request_comes_back_unsent_with_what_ended_its_connection() {
        for (by_reset, expected) in [
            (false, TransportFailure::Closed),
            (true, TransportFailure::Reset),
        ] {
            let exchange = Exchange::over(ended(by_reset).await).await;
            let mut exchange = exchange.expect("a connection");
            let mut request = HttpRequest::default();
            *request.uri_mut() = "/a".parse().expect("a target");
            let failed = exchange.send(request).await.expect_err("no answer");
            assert!(matches!(&failed, Failed::Unsent(request, _) if request.uri() == "/a"));
            assert_eq!(failed.into_failure(), expected);
        }
    }

    #[tokio::test]
    async fn a_connection_that_is_answered_before_all_was_sent_is_not_used_again() {
        const LONGER_THAN_BUFFERS: usize = 32 << 20;
        for (length, kept) in [(1, true), (LONGER_THAN_BUFFERS, false)] {
            let (own, mut other) = connected().await;
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
            let mut request = HttpRequest::new(Full::from(vec![b'x'; length]));
            *request.method_mut() = http::Method::POST;
            let mut exchange = Exchange::over(own).await.expect("a connection");
            let answered = async {
                other.readable().await.expect("a request");
                other.write_all(answer).await.expect("it reads");
            };
            let (answer, ()) = tokio::join!(exchange.send(request), answered);
            let answer = answer.map_err(Failed::into_failure);
            assert_eq!(answer.map(|answer| answer.status), Ok(200));
            assert_eq!(exchange.into_stream().is_some(), kept, "{length}");
        }
    }

    /// Takes all that this task may do before others have their turn.
    fn spend() {
        let mut unwaking = Context::from_waker(Waker::noop());
        while let Poll::Ready(turn) = coop::poll_proceed(&mut unwaking) {
            turn.made_progress();
        }
    }

    #[tokio::test]
    async fn what_is_done_is_seen_also_where_the_task_has_to_give_way_first() {
        let (sender, receiver) = oneshot::channel();
        sender.send(7).expect("it is received");
        let mut ended = Driven(None);
        let waiting = tokio::spawn(async move {
            spend();
            ended.until(receiver).await
        });
        let waited = tokio::time::timeout(Duration::from_secs(9), waiting).await;
        let waited = waited.expect("the task is woken").expect("it ends");
        assert_eq!(waited, Ok(7));
    }
}
