//! The paths of the page, and what answers there.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, Request, State};
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use imds_client::policy::Product;
use imds_emulator::foreign;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::played::{Drawn, FILE};
use crate::report;
use crate::report::html::ui::{self, POLICY, Page, SCRIPT};
use crate::scenario::sketch::Sketch;

const HTML: &str = "text/html; charset=utf-8";

/// What all requests share.
#[derive(Clone)]
struct Shared {
    products: Arc<Vec<Product>>,
    /// One sketch is played at a time, by all cores: a page that changes faster waits.
    turn: Arc<Semaphore>,
}

/// A text of a type, or all that is wrong with what was asked.
type Answered = Result<(&'static str, String), Vec<String>>;

/// All of it.
pub(super) fn router() -> Router {
    let shared = Shared {
        products: Arc::new(Product::all()),
        turn: Arc::new(Semaphore::new(1)),
    };
    Router::new()
        .route("/", get(page))
        .route("/results", get(results))
        .route("/ui.js", get(script))
        .route("/scenario.toml", get(scenario))
        .route("/result.json", get(result))
        .route("/report.html", get(report_page))
        .route("/remedies.html", get(remedies))
        .layer(middleware::from_fn(own))
        .with_state(shared)
}

/// Lets a request pass that is for this host and from no other page; no answer is kept, or shown within another page.
async fn own(request: Request, next: Next) -> Response {
    let mut response = match foreign(request.headers(), &[]) {
        Some(what) => (StatusCode::FORBIDDEN, what).into_response(),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_FRAME_OPTIONS, "DENY"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, value.parse().expect("a header's value"));
    }
    response
}

impl Shared {
    /// Does with a query's sketch what takes a while, when it is its turn.
    async fn do_with<T: Send + 'static>(
        &self,
        query: Option<String>,
        work: impl FnOnce(&Sketch, Drawn) -> Result<T, Vec<String>> + Send + 'static,
    ) -> (Sketch, Result<T, Vec<String>>) {
        let (sketch, wrong) = Sketch::from_query(query.as_deref().unwrap_or_default());
        if !wrong.is_empty() {
            return (sketch, Err(wrong));
        }
        let turn = Arc::clone(&self.turn).acquire_owned().await;
        let turn = turn.expect("nothing closes it");
        let asked = sketch.clone();
        let work = spawn_blocking(move || {
            // Held to the work's end, also if the browser does not wait for it.
            let _turn = turn;
            work(&asked, Drawn::of(&asked)?)
        });
        (sketch, work.await.expect("it does not panic"))
    }
}

async fn page(State(shared): State<Shared>, RawQuery(query): RawQuery) -> Response {
    let (sketch, played) = shared.do_with(query, |_, drawn| drawn.played()).await;
    let page = ui::page(&Page {
        sketch: &sketch,
        products: &shared.products,
        played: played.as_ref().map_err(Vec::as_slice),
    });
    (status(&played), [(CONTENT_TYPE, HTML)], page).into_response()
}

/// What of the page changes.
async fn results(State(shared): State<Shared>, RawQuery(query): RawQuery) -> Response {
    let (sketch, played) = shared.do_with(query, |_, drawn| drawn.played()).await;
    let text = ui::results(&sketch, played.as_ref().map_err(Vec::as_slice)).into_string();
    (status(&played), [(CONTENT_TYPE, HTML)], text).into_response()
}

async fn script() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT)
}

async fn scenario(State(shared): State<Shared>, RawQuery(query): RawQuery) -> Response {
    let (_, text) = shared.do_with(query, |_, drawn| Ok(drawn.text)).await;
    let answered = text.map(|text| ("application/toml", text));
    downloaded(answered)
}

async fn result(State(shared): State<Shared>, RawQuery(query): RawQuery) -> Response {
    let (_, result) = shared.do_with(query, |_, drawn| drawn.result()).await;
    answer(result.map(|result| ("application/json", report::json(&result))))
}

async fn report_page(State(shared): State<Shared>, RawQuery(query): RawQuery) -> Response {
    let report = |_: &Sketch, drawn: Drawn| {
        let result = drawn.result()?;
        Ok(report::html::html(&result, &drawn.replay()))
    };
    let (_, report) = shared.do_with(query, report).await;
    answer(report.map(|text| (HTML, text)))
}

async fn remedies(State(shared): State<Shared>, RawQuery(query): RawQuery) -> Response {
    let (_, remedies) = shared.do_with(query, |_, drawn| drawn.remedies()).await;
    answer(remedies.map(|remedies| (HTML, report::html::remedies::of_remedies(&remedies))))
}

fn status<T>(result: &Result<T, Vec<String>>) -> StatusCode {
    match result {
        Ok(_) => StatusCode::OK,
        Err(_) => StatusCode::BAD_REQUEST,
    }
}

fn answer(answered: Answered) -> Response {
    let status = status(&answered);
    let (kind, text) = answered.unwrap_or_else(|wrong| {
        let text = wrong.join("\n") + "\n";
        ("text/plain; charset=utf-8", text)
    });
    (status, [(CONTENT_TYPE, kind)], text).into_response()
}

/// An answer that a browser stores under its name, if it is one.
fn downloaded(answered: Answered) -> Response {
    let as_file: [(HeaderName, String); 1] = [(
        CONTENT_DISPOSITION,
        format!("attachment; filename=\"{FILE}\""),
    )];
    match answered {
        Ok(_) => (as_file, answer(answered)).into_response(),
        Err(_) => answer(answered),
    }
}
