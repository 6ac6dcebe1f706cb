//! What can be wrong with a request, at any endpoint.

use crate::model::identity::Rejection;

/// Why a request is answered as faulty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    MetadataHeaderMissing,
    Forwarded,
    ParameterRepeated,
    PathUnknown,
    MethodNotAllowed,
    VersionInvalid,
    /// Scheduled events have versions of their own.
    EventsVersionMissing,
    EventsVersionUnknown,
    ResourceMissing,
    SelectorsMixed,
    IdentityNotFound,
    SeveralIdentities,
    /// The parameter of that name has a value that it may not have.
    ValueNotAllowed(&'static str),
    ElementUnknown,
    LeafAsJson,
    LoadBalancerMissing,
    NonceInvalid,
    NeitherGetNorPost,
    BodyTooLong,
    BodyInvalid,
    EventUnknown,
}

impl From<Rejection> for Flaw {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::IdentityNotFound => Flaw::IdentityNotFound,
            Rejection::SeveralIdentities => Flaw::SeveralIdentities,
        }
    }
}

/// The flaw, unless the condition holds.
pub(crate) fn ensure(condition: bool, flaw: Flaw) -> Result<(), Flaw> {
    condition.then_some(()).ok_or(flaw)
}
