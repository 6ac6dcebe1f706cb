//! A page to watch the emulator live: one file that needs nothing else.

use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};

/// The tags that HTML lets be left out are.
const PAGE: &str = concat!(
    include_str!("page/top.html"),
    "<style>\n",
    include_str!("page/page.css"),
    "</style>\n",
    include_str!("page/main.html"),
    "<script>\n\"use strict\";\n",
    include_str!("page/drawing.js"),
    include_str!("page/page.js"),
    "</script>\n",
);

/// Nothing but what is in the page itself, and questions to this port.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) async fn show() -> ([(HeaderName, &'static str); 3], &'static str) {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "no-store"),
    ];
    (headers, PAGE)
}
