//! HTTP/1.1 over reqwest, without its features that would hide an attempt or redirect it.

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, redirect};
use thiserror::Error;

use super::body::Body;
use super::failure;
use super::header::{self, HeaderError};
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
        header::insert(&mut self.headers, name, value)?;
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
        let mut answer = self
            .written(request)
            .send()
            .await
            .map_err(|error| failure::kind(&error))?;
        let mut body = Body::expecting(answer.content_length());
        while let Some(chunk) = answer
            .chunk()
            .await
            .map_err(|error| failure::kind(&error))?
        {
            body.append(&chunk)?;
        }
        Ok(body.into_answer(answer.status().as_u16(), answer.headers()))
    }
}

/// The HTTP client could not be set up.
#[derive(Debug, Error)]
#[error("the HTTP client could not be set up")]
pub struct HttpTransportError(#[from] reqwest::Error);
