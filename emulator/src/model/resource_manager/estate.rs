//! What there is to be read: a tenant's subscriptions with their resources, and what a bearer is granted.

use std::sync::Arc;

use uuid::Uuid;

use super::bearer::Claims;
use super::refusal::Refusal;
use super::request::{Listing, Operation};
use super::subscription::{Resource, Subscription};
use super::verdict::{Content, Page};

/// A tenant with its subscriptions.
#[derive(Clone, Debug)]
pub struct Estate {
    tenant_id: String,
    subscriptions: Vec<Arc<Subscription>>,
    /// How many resources a page holds.
    page: usize,
}

impl Estate {
    /// A tenant with these subscriptions, whose resources are listed so many a page.
    pub(crate) fn new(tenant_id: String, subscriptions: Vec<Subscription>, page: usize) -> Estate {
        Estate {
            tenant_id,
            subscriptions: subscriptions.into_iter().map(Arc::new).collect(),
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
        let readable = |id: &str, scope: &dyn Fn() -> String| {
            let subscription = self.subscription(id)?;
            let action = operation.permission();
            let forbidden = || Refusal::Forbidden {
                action,
                scope: scope(),
            };
            let may = subscription.readers.include(claims);
            may.then(|| Arc::clone(subscription)).ok_or_else(forbidden)
        };
        let whole = |id: &str| format!("/subscriptions/{id}");
        let group = |id: &str, name: &str| format!("/subscriptions/{id}/resourceGroups/{name}");
        Ok(match *operation {
            Operation::Tenants => Content::Tenants,
            Operation::Subscriptions => Content::Subscriptions(self.readable_by(claims)),
            Operation::Subscription(id) => Content::Subscription(readable(id, &|| whole(id))?),
            Operation::Groups(id) => {
                let subscription = readable(id, &|| whole(id))?;
                let groups = subscription.groups();
                Content::Groups(subscription, groups)
            }
            Operation::Group(id, name) => {
                let subscription = readable(id, &|| group(id, name))?;
                let name = subscription.group(name)?;
                Content::Group(subscription, name)
            }
            Operation::Resources(ref listing) => {
                let id = listing.subscription;
                let scope = || listing.group.map_or(whole(id), |name| group(id, name));
                let subscription = readable(id, &scope)?;
                Content::Resources(self.page(subscription, listing)?)
            }
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
