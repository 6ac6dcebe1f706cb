//! What there is to be read: a tenant's subscriptions with their resources, and who may read them.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;

use super::bearer::Claims;
use super::request::{Listing, Operation};
use super::verdict::{Content, Refusal};

/// A tenant with its subscriptions.
#[derive(Clone, Debug)]
pub struct Estate {
    tenant_id: String,
    subscriptions: Vec<Arc<Subscription>>,
    /// How many resources a page holds.
    page: usize,
}

/// A subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Subscription {
    /// A GUID.
    pub id: String,
    /// The name that people see.
    pub name: String,
    /// The tenant it belongs to, a GUID. Tokens of another are refused.
    pub tenant_id: String,
    /// Whether it can be used.
    pub state: State,
    /// Who may read it.
    pub readers: Readers,
    /// What is in it; written as how many.
    #[serde(serialize_with = "counted")]
    pub resources: Vec<Arc<Resource>>,
}

/// The state of a subscription, as the real service names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum State {
    /// In use.
    Enabled,
    /// Disabled, and still to be read.
    Disabled,
    /// With a payment due.
    PastDue,
    /// Enabled for a while yet.
    Warned,
    /// About to be deleted.
    Deleted,
}

/// Who may read a subscription: everyone whose token is good, or principals by client or object id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Readers {
    /// Every identity.
    Everyone,
    /// The identities with these client or object ids, in lower case.
    Only(BTreeSet<String>),
}

/// A resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Resource {
    /// Its name within its group.
    pub name: String,
    /// Its type, such as `Microsoft.Storage/storageAccounts`.
    pub kind: String,
    /// The name of its resource group.
    pub group: String,
    /// An Azure region.
    pub location: String,
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

impl Subscription {
    /// Its resource groups: those of its resources, in their order.
    fn groups(&self) -> Vec<String> {
        let mut groups: Vec<String> = Vec::new();
        for Resource { group, .. } in self.resources.iter().map(AsRef::as_ref) {
            if !groups.iter().any(|known| known.eq_ignore_ascii_case(group)) {
                groups.push(group.clone());
            }
        }
        groups
    }

    /// The name of a group as it was first written.
    fn group(&self, name: &str) -> Result<String, Refusal> {
        let mut resources = self.resources.iter();
        let found = resources.find(|resource| resource.group.eq_ignore_ascii_case(name));
        found
            .map(|resource| resource.group.clone())
            .ok_or_else(|| Refusal::GroupNotFound(name.to_owned()))
    }

    /// The location of a group: that of its first resource.
    pub(crate) fn location_of(&self, group: &str) -> &str {
        let mut resources = self.resources.iter();
        let found = resources.find(|resource| resource.group.eq_ignore_ascii_case(group));
        found.map_or("", |resource| &resource.location)
    }
}

fn counted<S: Serializer>(all: &[Arc<Resource>], serializer: S) -> Result<S::Ok, S::Error> {
    all.len().serialize(serializer)
}

impl Readers {
    fn include(&self, claims: &Claims<'_>) -> bool {
        let has = |ids: &BTreeSet<String>, id: &str| ids.contains(&id.to_ascii_lowercase());
        match self {
            Readers::Everyone => true,
            Readers::Only(ids) => has(ids, claims.object_id) || has(ids, claims.client_id),
        }
    }
}

impl Resource {
    /// Its ARM id.
    #[must_use]
    pub fn id(&self, subscription: &Subscription) -> String {
        let Resource {
            name, kind, group, ..
        } = self;
        let id = &subscription.id;
        format!("/subscriptions/{id}/resourceGroups/{group}/providers/{kind}/{name}")
    }
}
