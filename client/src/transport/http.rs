//! HTTP/1.1 over reqwest, without its features that would hide an attempt or redirect it.

use std::mem;
use std::time::Duration;

use reqwest::header::{
    CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING,
};
use reqwest::{RequestBuilder, redirect};
use thiserror::Error;
use zeroize::Zeroizing;

use super::failure;
use super::interface::Transport;
use crate::endpoint::Endpoint;
use crate::outcome::TransportFailure;
use crate::wire::{Answer, Request};

/// The longest it takes to connect; IMDS is one hop away. (Ours; real clients take 1 to 20 s.)
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// HTTP/1.1 to one endpoint over connections of its own.
///
/// It follows no redirect, repeats no request, and uses no proxy whatever the environment says: IMDS
/// must not be used through one (documented).
#[derive(Debug, Clone)]
pub struct HttpTransport {
    endpoint: Endpoint,
    http: reqwest::Client,
    /// What goes with every request.
    headers: HeaderMap,
}

/// The headers that HTTP itself needs: what they say, the connection decides.
const OF_HTTP: [HeaderName; 4] = [CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING];

impl HttpTransport {
    /// A transport to the endpoint; it connects later.
    ///
    /// # Errors
    /// If the HTTP client cannot be set up.
    pub fn new(endpoint: Endpoint) -> Result<Self, HttpTransportError> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .http1_only()
            .connect_timeout(CONNECT_TIMEOUT)
            .build()?;
        Ok(Self {
            endpoint,
            http,
            headers: HeaderMap::new(),
        })
    }

    /// The same with one more header on every request; a request that has one of that name keeps its own.
    /// It is meant for what stands between the client and IMDS, or in its place, such as an emulator.
    ///
    /// # Errors
    /// If that is not the name of a header (a token of RFC 9110) or is one that HTTP itself sets
    /// (`connection`, `content-length`, `host`, `transfer-encoding`), or if the value has more than
    /// visible ASCII, spaces and tabs.
    pub fn with_header(mut self, name: &str, value: &str) -> Result<Self, HeaderError> {
        let known = HeaderName::from_bytes(name.as_bytes()).ok();
        let allowed = known.filter(|name| !OF_HTTP.contains(name));
        let key = allowed.ok_or_else(|| HeaderError::Name(name.to_owned()))?;
        let ascii = HeaderValue::from_str(value)
            .ok()
            .filter(|_| value.is_ascii());
        let value = ascii.ok_or_else(|| HeaderError::Value(name.to_owned()))?;
        self.headers.insert(key, value);
        Ok(self)
    }

    fn written(&self, request: &Request) -> RequestBuilder {
        let address = self.endpoint.address(&request.target);
        let mut sending = match &request.body {
            None => self.http.get(address),
            Some(body) => self.http.post(address).body(body.clone()),
        };
        for (name, value) in &request.headers {
            sending = sending.header(*name, value);
        }
        for (name, value) in &self.headers {
            if request.headers.iter().all(|(own, _)| name != own) {
                sending = sending.header(name, value);
            }
        }
        sending
    }
}

impl Transport for HttpTransport {
    async fn send(&self, request: &Request) -> Result<Answer, TransportFailure> {
        let answer = self
            .written(request)
            .send()
            .await
            .map_err(|error| failure::kind(&error))?;
        let status = answer.status().as_u16();
        let headers = answer
            .headers()
            .iter()
            .map(|(name, value)| {
                (
                    name.to_string(),
                    String::from_utf8_lossy(value.as_bytes()).into(),
                )
            })
            .collect();
        let body = bounded_body(answer).await?;
        Ok(Answer {
            status,
            headers,
            body,
        })
    }
}

/// Answers are a few kilobytes. A longer body is a failure.
const LONGEST_BODY: usize = 1024 * 1024;

/// The room for a body at first: more than that of a token takes.
const USUAL_BODY: usize = 16 * 1024;

async fn bounded_body(mut answer: reqwest::Response) -> Result<Vec<u8>, TransportFailure> {
    let mut body = Zeroizing::new(Vec::with_capacity(USUAL_BODY));
    while let Some(chunk) = answer
        .chunk()
        .await
        .map_err(|error| failure::kind(&error))?
    {
        append(&mut body, &chunk);
        if body.len() > LONGEST_BODY {
            return Err(TransportFailure::Other);
        }
    }
    Ok(mem::take(&mut *body))
}

/// Where it has to grow, what it leaves behind is wiped: it may hold a token.
fn append(body: &mut Zeroizing<Vec<u8>>, more: &[u8]) {
    if body.capacity() - body.len() < more.len() {
        let mut longer = Vec::with_capacity(2 * (body.len() + more.len()));
        longer.extend_from_slice(body);
        *body = Zeroizing::new(longer);
    }
    body.extend_from_slice(more);
}

/// Why a header cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HeaderError {
    /// There is no such name, or HTTP itself sets that header.
    #[error("expected the name of a header that HTTP does not set itself, not {0:?}")]
    Name(String),
    /// Its value, which is not told, holds what no header may; this is the name.
    #[error("expected visible ASCII, spaces and tabs as the value of the header {0:?}")]
    Value(String),
}

/// The HTTP client could not be set up.
#[derive(Debug, Error)]
#[error("the HTTP client could not be set up")]
pub struct HttpTransportError(#[from] reqwest::Error);
