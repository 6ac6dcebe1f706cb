//! The administration port: how the emulator is doing. Never limited, and apart from the IMDS port.
//!
//! A page in a browser may reach it through a name it has made to point here, so requests for a
//! foreign host and from a foreign origin are refused.

#![expect(
    clippy::disallowed_methods,
    reason = "a driver: waits for the stop in real time"
)]

mod attested;
mod openid;
mod scheduled_events;

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing::debug;

use crate::VERSION;
use crate::config::Config;
use crate::server::GRACE;
use crate::service::Service;
use crate::tally::Tally;

/// Serves until the sender of `stop` is dropped; then lets answers in flight finish for [`GRACE`].
pub(crate) async fn serve(
    listener: TcpListener,
    service: Arc<Service>,
    mut stop: watch::Receiver<()>,
) {
    let mut told = stop.clone();
    let serving = axum::serve(listener, router(service))
        .with_graceful_shutdown(async move { drop(told.changed().await) });
    let time_is_up = async {
        drop(stop.changed().await);
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = serving => debug!(?served, "the administration port is closed"),
        () = time_is_up => debug!("the administration port is closed with requests in flight"),
    }
}

fn router(service: Arc<Service>) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(readiness))
        .route("/version", get(version))
        .route("/config", get(config))
        .route("/tally", get(tally))
        .merge(attested::router())
        .merge(openid::router())
        .merge(scheduled_events::router())
        .layer(middleware::from_fn(guard))
        .with_state(service)
}

async fn guard(request: Request, next: Next) -> Result<Response, (StatusCode, &'static str)> {
    if !is_own_host(request.headers()) {
        return Err((StatusCode::FORBIDDEN, "foreign Host\n"));
    }
    if !is_own_origin(request.headers()) {
        return Err((StatusCode::FORBIDDEN, "foreign Origin\n"));
    }
    Ok(next.run(request).await)
}

/// An address, whichever it is, or the name of this machine: a page that has made its own name point
/// here asks by that name.
fn is_own_host(headers: &HeaderMap) -> bool {
    let Some(authority) = text(headers, HOST).and_then(|host| host.parse::<Authority>().ok())
    else {
        return false;
    };
    let host = authority.host().trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok()
}

/// None, as programs send it, or the host that is asked.
fn is_own_origin(headers: &HeaderMap) -> bool {
    match (headers.get(ORIGIN), text(headers, HOST)) {
        (None, _) => true,
        (Some(origin), Some(host)) => origin.as_bytes() == format!("http://{host}").as_bytes(),
        (Some(_), None) => false,
    }
}

fn text(headers: &HeaderMap, name: axum::http::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Whether tokens can be signed.
async fn readiness(State(service): State<Arc<Service>>) -> (StatusCode, &'static str) {
    if service.mint().is_ready() {
        (StatusCode::OK, "ready\n")
    } else {
        let why = "the signing key is being made\n";
        (StatusCode::SERVICE_UNAVAILABLE, why)
    }
}

async fn version() -> Json<Value> {
    Json(json!({ "name": "imds-emulator", "version": VERSION }))
}

async fn config(State(service): State<Arc<Service>>) -> Json<Config> {
    Json(service.config().clone())
}

async fn tally(State(service): State<Arc<Service>>) -> Json<Tally> {
    Json(service.vm().tally().clone())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(host: &'static str, origin: Option<&'static str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static(host));
        if let Some(origin) = origin {
            headers.insert(ORIGIN, HeaderValue::from_static(origin));
        }
        headers
    }

    #[test]
    fn answers_only_to_its_own_names() {
        let own = |host| is_own_host(&headers(host, None));
        for host in [
            "localhost",
            "LocalHost:1",
            "127.0.0.1:16926",
            "127.9.9.9",
            "[::1]:1",
            "10.0.0.7:80",
        ] {
            assert!(own(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example:1",
        ] {
            assert!(!own(host), "{host}");
        }
        assert!(!is_own_host(&HeaderMap::new()));
    }

    #[test]
    fn answers_no_foreign_page() {
        let own = |origin| is_own_origin(&headers("localhost:1", origin));
        assert!(own(None));
        assert!(own(Some("http://localhost:1")));
        for origin in [
            "null",
            "http://localhost:2",
            "https://localhost:1",
            "http://evil.example",
        ] {
            assert!(!own(Some(origin)), "{origin}");
        }
    }
}
