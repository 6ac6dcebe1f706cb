//! One attempt on its way, as the VM sees it.

use std::sync::Arc;

use imds_client::InstanceRequest;
use imds_emulator::fault::Facts;
use imds_emulator::limit::Category;

use super::tokens_wanted::{TokenWanted, TokensWanted, selector};

use crate::record::RequestKind;

/// The path that requests for tokens have on the wire.
const PATH: &str = "/metadata/identity/oauth2/token";

/// A request to IMDS, without its attempt and connection.
#[derive(Clone, Debug)]
pub(super) enum ImdsQuery {
    Token(TokenWanted),
    /// Instance metadata, by the path that faults match.
    Metadata(Arc<str>),
}

impl ImdsQuery {
    pub(super) fn metadata(request: &InstanceRequest) -> Self {
        let path = format!("/metadata/instance{}", request.path);
        Self::Metadata(path.to_ascii_lowercase().into())
    }

    pub(super) fn kind(&self) -> RequestKind {
        match self {
            Self::Token(_) => RequestKind::Token,
            Self::Metadata(_) => RequestKind::Metadata,
        }
    }
}

/// A request, and the session that sent it.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) session: u32,
    pub(super) attempt: u32,
    pub(super) connection: u64,
    /// Whether it lacks the header `Metadata`: its answer is 400 at most.
    pub(super) probe: bool,
    pub(super) query: ImdsQuery,
}

impl Sent {
    /// No attempt was made yet.
    pub(super) fn new(session: u32, query: ImdsQuery) -> Self {
        Self {
            session,
            attempt: 0,
            connection: 0,
            probe: false,
            query,
        }
    }

    pub(super) fn key(&self) -> (u32, u32) {
        (self.session, self.attempt)
    }

    /// The category that it counts in.
    pub(super) fn category(&self) -> Category {
        match self.query {
            ImdsQuery::Token(_) => Category::Identity,
            ImdsQuery::Metadata(_) => Category::Other,
        }
    }

    /// What faults match it by, with the number of the session in the form of the live header, if it sends that.
    pub(super) fn facts<'a>(
        &'a self,
        tokens: &'a TokensWanted,
        header: Option<&'a str>,
    ) -> Facts<'a> {
        let (path, request) = match &self.query {
            ImdsQuery::Token(wanted) => (PATH, Some(tokens.request(*wanted))),
            ImdsQuery::Metadata(path) => (&**path, None),
        };
        Facts {
            path,
            identity: request.map(|request| selector(request)),
            resource: request.map(|request| request.resource.as_str()),
            connection: self.connection,
            session: header,
            has_header: !self.probe,
        }
    }
}
