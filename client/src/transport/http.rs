//! HTTP/1.1 over reqwest, without its features that would hide an attempt or redirect it.

use std::time::Duration;

use reqwest::redirect;
use thiserror::Error;

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
        Ok(Self { endpoint, http })
    }
}

impl Transport for HttpTransport {
    async fn send(&self, request: &Request) -> Result<Answer, TransportFailure> {
        let address = self.endpoint.address(&request.target);
        let mut sending = match &request.body {
            None => self.http.get(address),
            Some(body) => self.http.post(address).body(body.clone()),
        };
        for (name, value) in &request.headers {
            sending = sending.header(*name, value);
        }
        let answer = sending
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

async fn bounded_body(mut answer: reqwest::Response) -> Result<Vec<u8>, TransportFailure> {
    let mut body = Vec::new();
    while let Some(chunk) = answer
        .chunk()
        .await
        .map_err(|error| failure::kind(&error))?
    {
        body.extend_from_slice(&chunk);
        if body.len() > LONGEST_BODY {
            return Err(TransportFailure::Other);
        }
    }
    Ok(body)
}

/// The HTTP client could not be set up.
#[derive(Debug, Error)]
#[error("the HTTP client could not be set up")]
pub struct HttpTransportError(#[from] reqwest::Error);
