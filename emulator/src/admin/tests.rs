use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::HOST;
use serde_json::Value;
use tower::ServiceExt;

use super::*;
use crate::config::Config;
use crate::host::server::Listeners;

/// For each path of the document the methods it has there.
fn described() -> BTreeMap<String, BTreeSet<String>> {
    let document: Value = serde_json::from_str(openapi::DOCUMENT).expect("JSON");
    let paths = document["paths"].as_object().expect("paths").iter();
    let methods = |item: &Value| item.as_object().expect("methods").keys().cloned().collect();
    paths
        .map(|(path, item)| (path.clone(), methods(item)))
        .collect()
}

async fn port() -> Router {
    let config = Config {
        listen: ([127, 0, 0, 1], 0).into(),
        admin_listen: ([127, 0, 0, 1], 0).into(),
        ..Config::default()
    };
    let listeners = Listeners::bind(&config).await.expect("free ports");
    routes::router(listeners.open(config, None).0)
}

async fn status(port: &Router, method: &str, path: &str) -> StatusCode {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(HOST, "localhost");
    let request = request.body(Body::empty()).expect("a request");
    let answered = port.clone().oneshot(request).await;
    answered.expect("the router always answers").status()
}

#[tokio::test]
async fn every_route_is_described_and_every_description_has_its_route() {
    let described = described();
    let of_one_vm = routes::routes_of_vm()
        .into_iter()
        .map(|(path, _)| path.to_owned());
    let once = routes::routes()
        .into_iter()
        .map(|(path, _)| path.to_owned());
    let routed: BTreeSet<String> = of_one_vm.chain(once).collect();
    assert_eq!(described.keys().cloned().collect::<BTreeSet<_>>(), routed);
    let port = port().await;
    for (path, methods) in described {
        for method in ["get", "put", "post", "delete", "patch"] {
            let status = status(&port, &method.to_uppercase(), &path).await;
            let exists = status != StatusCode::METHOD_NOT_ALLOWED;
            assert_eq!(
                exists,
                methods.contains(method),
                "{method} {path}: {status}"
            );
        }
    }
}

#[tokio::test]
async fn foreigners_are_refused_whatever_they_want() {
    let port = port().await;
    for (method, path) in [
        ("GET", "/"),
        ("PUT", "/limits"),
        ("POST", "/reset"),
        ("DELETE", "/journal"),
    ] {
        let foreign = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, "localhost:1");
        let foreign = foreign
            .header("Origin", "http://evil.example")
            .body(Body::empty());
        let answer = port
            .clone()
            .oneshot(foreign.expect("a request"))
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{method} {path}");
    }
}
