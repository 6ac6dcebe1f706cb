//! A request's head, prepared for the routes.

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::model::limit::Category;
use crate::wire::protocol_name::ProtocolName;
use crate::wire::target::Target;

/// Names the session that a request is of. Only a load generator sends it.
pub(crate) const SESSION: HeaderName = HeaderName::from_static("x-imds-emulator-session");

/// Makes a request one of that session, unless it names one itself.
pub(crate) fn name_session(headers: &mut HeaderMap, session: Option<&HeaderValue>) {
    if let Some(session) = session {
        headers.entry(SESSION).or_insert_with(|| session.clone());
    }
}

/// The head of a request, and the body of a POST. The body of a GET has no meaning and is never read.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) method: Method,
    pub(crate) target: Arc<Target>,
    pub(crate) headers: HeaderMap,
    /// Empty unless it is a POST; `None` if it was longer than is read.
    pub(crate) body: Option<Bytes>,
}

impl Head {
    /// A head whose target was taken apart.
    pub(crate) fn new(parts: Parts, target: Arc<Target>) -> Head {
        Head {
            method: parts.method,
            target,
            headers: parts.headers,
            body: Some(Bytes::new()),
        }
    }

    /// The path in its one spelling.
    pub(crate) fn path(&self) -> &str {
        &self.target.path
    }

    /// The protocol that the request is in.
    pub(crate) fn protocol(&self) -> ProtocolName {
        self.target.protocol
    }

    pub(crate) fn category(&self) -> Category {
        self.target.category()
    }

    /// The value of a query parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.target.parameter(name)
    }
}

#[cfg(test)]
pub(crate) fn of(request: http::Request<()>) -> Head {
    let (parts, ()) = request.into_parts();
    let target = Arc::new(Target::of(&parts.uri));
    Head::new(parts, target)
}

#[cfg(test)]
pub(crate) fn get(target: &str) -> Head {
    let request = http::Request::get(target)
        .header("Metadata", "true")
        .body(());
    of(request.expect("a test's target is valid"))
}
