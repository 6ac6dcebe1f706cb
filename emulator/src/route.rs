//! Which endpoint a request is for, and what it asks of it.

pub(crate) mod attested;
pub(crate) mod scheduled_events;
pub(crate) mod token;
pub(crate) mod versions;

use http::Method;

use crate::guard::Flaw;
use crate::head::Head;
use crate::limit::Category;
use crate::vm::{Request, Selector};

/// What a well-formed request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ask<'a> {
    Token {
        identity: Selector<'a>,
        resource: &'a str,
    },
    Versions,
    Attested {
        version: &'a str,
        nonce: Option<&'a str>,
    },
    Events {
        version: &'a str,
    },
    Approve {
        ids: scheduled_events::Ids,
    },
}

impl Ask<'_> {
    /// What the VM has to know of it.
    pub(crate) fn request(&self) -> Request<'_> {
        match *self {
            Ask::Token { identity, resource } => Request::Token { identity, resource },
            Ask::Versions | Ask::Attested { .. } | Ask::Events { .. } | Ask::Approve { .. } => {
                Request::Plain(Category::Other)
            }
        }
    }
}

/// Reads a request that passed the guard.
pub(crate) fn read(head: &Head) -> Result<Ask<'_>, Flaw> {
    let read = match head.path.as_str() {
        attested::PATH => attested::read,
        token::PATH => token::read,
        versions::PATH => versions::read,
        scheduled_events::PATH => return scheduled_events::read(head),
        _ => return Err(Flaw::PathUnknown),
    };
    if head.method != Method::GET {
        return Err(Flaw::MethodNotAllowed);
    }
    read(head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::head::get;

    #[test]
    fn finds_the_path_before_it_minds_the_method() {
        let mut head = get("/metadata/versions");
        assert_eq!(read(&head), Ok(Ask::Versions));
        for method in [Method::POST, Method::HEAD, Method::OPTIONS] {
            head.method = method;
            assert_eq!(read(&head), Err(Flaw::MethodNotAllowed));
        }
        head.path = "/metadata/nothing".to_owned();
        assert_eq!(read(&head), Err(Flaw::PathUnknown));
    }
}
