//! What there is to be read: a tenant's subscriptions with their resources, and what a bearer is granted.

use std::sync::Arc;

use uuid::Uuid;

use super::bearer::Claims;
use super::inventory::{self, Provider};
use super::place::Place;
use super::refusal::Refusal;
use super::request::{Listing, Operation};
use super::subscription::{Resource, Subscription};
use super::verdict::{Content, Page};

/// A tenant with its subscriptions.
#[derive(Clone, Debug)]
pub struct Estate {
    tenant_id: String,
    subscriptions: Vec<Arc<Subscription>>,
    /// Regions that are listed beside those of the resources.
    locations: Vec<String>,
    /// How many resources a page holds.
    page: usize,
}

impl Estate {
    /// A tenant with these subscriptions, whose resources are listed so many a page.
    pub(crate) fn new(
        tenant_id: String,
        subscriptions: Vec<Subscription>,
        locations: Vec<String>,
        page: usize,
    ) -> Estate {
        Estate {
            tenant_id,
            subscriptions: subscriptions.into_iter().map(Arc::new).collect(),
            locations,
            page,
        }
    }

    /// The emulator's tenant, a GUID.
    #[must_use]
    pub fn tenant_id(&self) -> &String {
        &self.tenant_id
    }

    /// The subscription of that id, in any case.
    ///
    /// # Errors
    /// When that is no id, or not one of a subscription.
    pub fn subscription(&self, id: &str) -> Result<&Arc<Subscription>, Refusal> {
        if Uuid::try_parse(id).is_err() {
            return Err(Refusal::SubscriptionMalformed(id.to_owned()));
        }
        let mut all = self.subscriptions.iter();
        all.find(|subscription| subscription.id.eq_ignore_ascii_case(id))
            .ok_or_else(|| Refusal::SubscriptionNotFound(id.to_owned()))
    }

    /// What a bearer of such claims is granted.
    pub(super) fn content(
        &self,
        operation: &Operation<'_>,
        claims: &Claims<'_>,
    ) -> Result<Content, Refusal> {
        let Some(id) = operation.subscription() else {
            return self.of_tenant(operation, claims);
        };
        let subscription = self.subscription(id)?;
        if !subscription.readers.include(claims) {
            return Err(Refusal::Forbidden {
                action: operation.permission(),
                scope: operation.scope(),
            });
        }
        self.of_subscription(Arc::clone(subscription), operation)
    }

    fn of_tenant(
        &self,
        operation: &Operation<'_>,
        claims: &Claims<'_>,
    ) -> Result<Content, Refusal> {
        let readable = self.readable_by(claims);
        let providers = || inventory::providers(readable.iter().map(AsRef::as_ref));
        Ok(match operation {
            Operation::Subscriptions => Content::Subscriptions(readable),
            Operation::Providers(_) => Content::Providers(None, providers()),
            Operation::Provider(_, namespace) => {
                Content::Provider(None, provider(providers(), namespace)?)
            }
            _ => Content::Tenants,
        })
    }

    fn of_subscription(
        &self,
        subscription: Arc<Subscription>,
        operation: &Operation<'_>,
    ) -> Result<Content, Refusal> {
        let providers = || inventory::providers(std::iter::once(subscription.as_ref()));
        Ok(match operation {
            Operation::Groups(_) => Content::Groups(subscription.groups(), subscription),
            Operation::Group(_, name) => {
                let name = subscription.group(name)?;
                Content::Group(subscription, name)
            }
            Operation::Resources(listing) => Content::Resources(self.page(subscription, listing)?),
            Operation::Resource(place) => {
                let resource = subscription.resource(place)?;
                Content::Resource(subscription, resource)
            }
            Operation::Locations(_) => {
                let locations = subscription.locations(&self.locations);
                Content::Locations(subscription, locations)
            }
            Operation::TagNames(_) => {
                Content::TagNames(inventory::tag_names(&subscription), subscription)
            }
            Operation::Tags(place) => tags(&subscription, place)?,
            Operation::Providers(_) => {
                Content::Providers(Some(subscription.id.clone()), providers())
            }
            Operation::Provider(_, namespace) => {
                let provider = provider(providers(), namespace)?;
                Content::Provider(Some(subscription.id.clone()), provider)
            }
            Operation::RoleAssignments(place, principal) => {
                subscription.check(place)?;
                let found = inventory::role_assignments(&subscription, principal.as_deref());
                Content::RoleAssignments(found)
            }
            Operation::RoleDefinitions(place) => {
                subscription.check(place)?;
                Content::RoleDefinitions(subscription)
            }
            _ => Content::Subscription(subscription),
        })
    }

    fn readable_by(&self, claims: &Claims<'_>) -> Vec<Arc<Subscription>> {
        let of_tenant = |subscription: &&Arc<Subscription>| {
            let same = subscription
                .tenant_id
                .eq_ignore_ascii_case(claims.tenant_id);
            same && subscription.readers.include(claims)
        };
        let readable = self.subscriptions.iter().filter(of_tenant);
        readable.cloned().collect()
    }

    fn page(&self, subscription: Arc<Subscription>, of: &Listing<'_>) -> Result<Page, Refusal> {
        let group = of.group.map(|name| subscription.group(name)).transpose()?;
        let in_group = |resource: &&Arc<Resource>| {
            let name = group.as_ref();
            name.is_none_or(|name| resource.group.eq_ignore_ascii_case(name))
        };
        let asked = subscription.resources.iter().filter(in_group);
        let mut asked = asked
            .filter(|resource| of.filter.matches(resource))
            .skip(of.from);
        let size = of.top.map_or(self.page, |top| top.clamp(1, self.page));
        let resources: Vec<_> = asked.by_ref().take(size).cloned().collect();
        let next = asked.next().map(|_| of.from + resources.len());
        Ok(Page {
            subscription,
            resources,
            next,
        })
    }
}

fn provider(all: Vec<Provider>, namespace: &str) -> Result<Provider, Refusal> {
    let mut all = all.into_iter();
    let found = all.find(|one| one.namespace.eq_ignore_ascii_case(namespace));
    found.ok_or_else(|| Refusal::NamespaceInvalid(namespace.to_owned()))
}

/// Subscriptions and groups have none.
fn tags(subscription: &Subscription, place: &Place<'_>) -> Result<Content, Refusal> {
    subscription.check(place)?;
    let tags = match &place.resource {
        Some(_) => subscription.resource(place)?.details.tags.clone(),
        None => std::collections::BTreeMap::new(),
    };
    Ok(Content::Tags(place.id(), tags))
}
