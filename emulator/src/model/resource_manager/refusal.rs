//! Why a request is refused.

use std::borrow::Cow;
use std::time::Duration;

use super::place::Named;

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// 401: it does not prove its sender's identity.
    Unproven(Unproven),
    /// 403: its bearer may not read that.
    Forbidden {
        /// What it would have to be allowed to do.
        action: Cow<'static, str>,
        /// On what.
        scope: String,
    },
    /// 400: that is no subscription's id.
    SubscriptionMalformed(String),
    /// 404: there is no such subscription.
    SubscriptionNotFound(String),
    /// 404: the subscription has no such resource group.
    GroupNotFound(String),
    /// 404: the group has no such resource.
    ResourceNotFound {
        /// Its type and name.
        resource: Named,
        /// The group's name.
        group: String,
    },
    /// 404: there is no resource provider of that name.
    NamespaceInvalid(String),
    /// 429: a budget is spent.
    Throttled {
        /// The budget's scope.
        scope: Scope,
        /// The retry advice of the answer: whole seconds, at least one.
        retry_after: Duration,
    },
}

impl Refusal {
    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Refusal::SubscriptionMalformed(_) => 400,
            Refusal::Unproven(_) => 401,
            Refusal::Forbidden { .. } => 403,
            Refusal::SubscriptionNotFound(_)
            | Refusal::GroupNotFound(_)
            | Refusal::ResourceNotFound { .. }
            | Refusal::NamespaceInvalid(_) => 404,
            Refusal::Throttled { .. } => 429,
        }
    }

    /// Azure's code for it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::Unproven(unproven) => unproven.code(),
            Refusal::Forbidden { .. } => "AuthorizationFailed",
            Refusal::SubscriptionMalformed(_) => "InvalidSubscriptionId",
            Refusal::SubscriptionNotFound(_) => "SubscriptionNotFound",
            Refusal::GroupNotFound(_) => "ResourceGroupNotFound",
            Refusal::ResourceNotFound { .. } => "ResourceNotFound",
            Refusal::NamespaceInvalid(_) => "InvalidResourceNamespace",
            Refusal::Throttled { scope, .. } => match scope {
                Scope::Subscription(_) => "SubscriptionRequestsThrottled",
                Scope::Tenant(_) => "TenantRequestsThrottled",
            },
        }
    }
}

/// Why a request does not prove its sender's identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unproven {
    /// It has no `Authorization` header.
    Missing,
    /// The header is not `Bearer` and a token.
    Malformed,
    /// Its token is none, or another key has signed it.
    Forged,
    /// Its token is valid no more.
    Expired {
        /// Since then, from the run's start.
        expired_at: Duration,
    },
    /// Its token is for something else.
    WrongAudience {
        /// For that.
        audience: String,
    },
    /// Its token is of another tenant than the resource.
    WrongTenant {
        /// That tenant.
        expected: String,
    },
}

impl Unproven {
    fn code(&self) -> &'static str {
        match self {
            Unproven::Missing => "AuthenticationFailed",
            Unproven::Malformed => "AuthenticationFailedInvalidHeader",
            Unproven::Forged => "InvalidAuthenticationToken",
            Unproven::Expired { .. } => "ExpiredAuthenticationToken",
            Unproven::WrongAudience { .. } => "InvalidAuthenticationTokenAudience",
            Unproven::WrongTenant { .. } => "InvalidAuthenticationTokenTenant",
        }
    }
}

/// What a budget is for, by its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Reading in one subscription.
    Subscription(String),
    /// Reading what belongs to no subscription.
    Tenant(String),
}
