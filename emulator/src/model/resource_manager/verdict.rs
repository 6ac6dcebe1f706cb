//! The decision about a request: what it is granted, or why it is refused.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::budget::Left;
use super::custom::CustomAnswer;
use super::inventory::{Provider, RoleAssignment, TagName};
use super::refusal::Refusal;
use super::subscription::{Resource, Subscription};

/// The decision about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What it is granted, or why it is refused.
    pub outcome: Result<Content, Refusal>,
    /// What its bearer may still ask for; `None` if no budget was looked at.
    pub left: Option<Left>,
    /// From arrival to answer; zero for a refusal.
    pub service_time: Duration,
}

impl Verdict {
    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        match &self.outcome {
            Ok(_) => 200,
            Err(refusal) => refusal.status(),
        }
    }
}

/// The decision about a request that an answer of the user's own is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomVerdict {
    /// That answer, or why it is not given.
    pub outcome: Result<Arc<CustomAnswer>, Refusal>,
    /// What its bearer may still ask for; `None` if no budget was looked at.
    pub left: Option<Left>,
    /// From arrival to answer; zero for a refusal.
    pub service_time: Duration,
}

/// What is granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// The tenant of the token, the only one there is.
    Tenants,
    /// Those that the bearer may read.
    Subscriptions(Vec<Arc<Subscription>>),
    /// One of them.
    Subscription(Arc<Subscription>),
    /// The resource groups of a subscription, by name.
    Groups(Vec<String>, Arc<Subscription>),
    /// One of them.
    Group(Arc<Subscription>, String),
    /// Some of the resources that were asked for, and where the rest begins.
    Resources(Page),
    /// One of them.
    Resource(Arc<Subscription>, Arc<Resource>),
    /// The regions of a subscription, by name.
    Locations(Arc<Subscription>, Vec<String>),
    /// The tags of a subscription's resources.
    TagNames(Vec<TagName>, Arc<Subscription>),
    /// The tags of the place with that ARM id.
    Tags(String, BTreeMap<String, String>),
    /// The providers of the subscription with that id; of the tenant without one.
    Providers(Option<String>, Vec<Provider>),
    /// One of them.
    Provider(Option<String>, Provider),
    /// The readers of a subscription that are named.
    RoleAssignments(Vec<RoleAssignment>),
    /// The only role there is: Reader.
    RoleDefinitions(Arc<Subscription>),
}

/// Some of the resources that were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Where they are.
    pub subscription: Arc<Subscription>,
    /// In the order of the configuration.
    pub resources: Vec<Arc<Resource>>,
    /// Where the next page begins, if there is one.
    pub next: Option<usize>,
}
