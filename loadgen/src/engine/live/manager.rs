//! Resource Manager over HTTP, as a session's client asks it.

use std::time::Duration;

use imds_client::acquire::TransportFailure;
use reqwest::header::{AUTHORIZATION, RETRY_AFTER};
use reqwest::{Client, Error, Response, redirect, retry};
use serde_json::Value;

use super::failure::LiveError;
use crate::engine::manager::{answer, unanswered, unmanaged};
use crate::record::Answer;
use crate::session::outcome::ManagerFailure;
use crate::session::question::{ManagerQuery, Question};

/// The versions that Azure PowerShell asks for (read in source).
const LISTING: &str = "2021-01-01";
const RESOURCES: &str = "2024-07-01";

/// As long as an attempt may take: more than the stub ever takes.
const TIMEOUT: Duration = Duration::from_mins(1);

/// A client of the stub at an address.
#[derive(Debug)]
pub(super) struct Manager {
    http: Client,
    url: String,
}

impl Manager {
    pub(super) fn new(url: &str) -> Result<Self, LiveError> {
        let http = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .timeout(TIMEOUT)
            .build();
        Ok(Self {
            http: http.map_err(|error| LiveError::Client(error.to_string()))?,
            url: url.to_owned(),
        })
    }

    /// Asks this URL once; what the record counts, and the body of what was asked for.
    pub(super) async fn ask(
        &self,
        token: Option<&str>,
        target: &str,
    ) -> (Answer, Result<Value, ManagerFailure>) {
        let mut request = self.http.get(target);
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        match request.send().await {
            Ok(response) => read(response).await,
            Err(error) => broken(&error),
        }
    }

    /// The URL of what is asked for.
    pub(super) fn target(&self, query: &ManagerQuery) -> String {
        let url = &self.url;
        match query {
            ManagerQuery::Tenants(_) => format!("{url}/tenants?api-version={LISTING}"),
            ManagerQuery::Subscriptions(_) => format!("{url}/subscriptions?api-version={LISTING}"),
            ManagerQuery::Subscription(id, _) => {
                format!("{url}/subscriptions/{id}?api-version={LISTING}")
            }
            ManagerQuery::Resources(_, Some(next), _) => next.clone(),
            ManagerQuery::Resources(subscription, None, _) => {
                format!("{url}/subscriptions/{subscription}/resources?api-version={RESOURCES}")
            }
        }
    }
}

/// Resumes the session with the content of the body; returns its next question.
pub(super) fn answered(
    query: ManagerQuery,
    now: Duration,
    body: Result<Value, ManagerFailure>,
) -> Question {
    match query {
        ManagerQuery::Tenants(session) | ManagerQuery::Subscription(_, session) => {
            session.resume(now, body.map(drop))
        }
        ManagerQuery::Subscriptions(session) => {
            session.resume(now, body.map(|body| enabled(&body)))
        }
        ManagerQuery::Resources(_, _, session) => {
            session.resume(now, body.map(|body| next_link(&body)))
        }
    }
}

async fn read(response: Response) -> (Answer, Result<Value, ManagerFailure>) {
    let status = response.status().as_u16();
    if status != 200 {
        let retry_after = retry_after(&response);
        return (answer(status), Err(unmanaged(status, retry_after)));
    }
    let body = match response.bytes().await {
        Ok(body) => body,
        Err(error) => return broken(&error),
    };
    match serde_json::from_slice::<Value>(&body) {
        Ok(body) => (Answer::Granted, Ok(body)),
        Err(_) => (Answer::Status(status), Err(unmanaged(status, None))),
    }
}

fn enabled(body: &Value) -> Vec<String> {
    let all = body["value"].as_array().into_iter().flatten();
    let enabled = all.filter(|one| one["state"] == "Enabled");
    let ids = enabled.filter_map(|one| one["subscriptionId"].as_str());
    ids.map(str::to_owned).collect()
}

fn next_link(body: &Value) -> Option<String> {
    body["nextLink"].as_str().map(str::to_owned)
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    seconds.parse().ok().map(Duration::from_secs)
}

fn broken(error: &Error) -> (Answer, Result<Value, ManagerFailure>) {
    let failure = if error.is_timeout() {
        TransportFailure::Timeout
    } else if error.is_connect() {
        TransportFailure::Connect
    } else {
        TransportFailure::Other
    };
    (Answer::None(failure), Err(unanswered(failure)))
}
