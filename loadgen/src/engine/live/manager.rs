//! Resource Manager over HTTP, as a session's client asks it.

use std::time::Duration;

use imds_client::acquire::TransportFailure;
use reqwest::header::{AUTHORIZATION, RETRY_AFTER};
use reqwest::{Client, Error, Response, redirect, retry};
use serde_json::Value;

use super::failure::LiveError;
use crate::engine::simulate::profile::{answer, unanswered, unmanaged};
use crate::record::Answer;
use crate::session::course::{Managed, Query, Unmanaged};

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

    /// Asks once; what the record counts, and what the session hears.
    pub(super) async fn ask(
        &self,
        token: Option<&str>,
        query: &Query,
    ) -> (Answer, Result<Managed, Unmanaged>) {
        let mut request = self.http.get(self.target(query));
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        match request.send().await {
            Ok(response) => read(response, query).await,
            Err(error) => broken(&error),
        }
    }

    fn target(&self, query: &Query) -> String {
        let url = &self.url;
        match query {
            Query::Tenants => format!("{url}/tenants?api-version={LISTING}"),
            Query::Subscriptions => format!("{url}/subscriptions?api-version={LISTING}"),
            Query::Resources(_, Some(next)) => next.clone(),
            Query::Resources(subscription, None) => {
                format!("{url}/subscriptions/{subscription}/resources?api-version={RESOURCES}")
            }
        }
    }
}

async fn read(response: Response, query: &Query) -> (Answer, Result<Managed, Unmanaged>) {
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
        Ok(body) => (Answer::Granted, Ok(managed(&body, query))),
        Err(_) => (Answer::Status(status), Err(unmanaged(status, None))),
    }
}

fn managed(body: &Value, query: &Query) -> Managed {
    match query {
        Query::Tenants => Managed::Tenants,
        Query::Subscriptions => {
            let all = body["value"].as_array().into_iter().flatten();
            let enabled = all.filter(|one| one["state"] == "Enabled");
            let ids = enabled.filter_map(|one| one["subscriptionId"].as_str());
            Managed::Subscriptions(ids.map(str::to_owned).collect())
        }
        Query::Resources(..) => Managed::Resources(body["nextLink"].as_str().map(str::to_owned)),
    }
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    seconds.parse().ok().map(Duration::from_secs)
}

fn broken(error: &Error) -> (Answer, Result<Managed, Unmanaged>) {
    let failure = if error.is_timeout() {
        TransportFailure::Timeout
    } else if error.is_connect() {
        TransportFailure::Connect
    } else {
        TransportFailure::Other
    };
    (Answer::None(failure), Err(unanswered(failure)))
}
