//! The tokens the service holds, by identity and resource.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::departure::Grant;
use crate::model::identity::Identity;

/// Which tokens were issued, and when. A token is handed out again until it has expired (documented;
/// whether the real service renews a little earlier is unknown).
#[derive(Debug)]
pub(super) struct WarmTokens {
    lifetime: Duration,
    /// Times of issue by client id and resource.
    issued: BTreeMap<String, BTreeMap<Arc<str>, Duration>>,
    /// The token that was issued last, if it is held: most requests are for that one.
    latest: Option<Latest>,
}

#[derive(Debug)]
struct Latest {
    identity: Arc<Identity>,
    resource: Arc<str>,
    issued_at: Duration,
}

/// How many tokens are held for one identity. Beyond it the oldest is dropped: this bounds the memory that
/// a client with ever new resources takes.
const MOST_RESOURCES: usize = 256;

impl WarmTokens {
    pub(super) fn new(lifetime: Duration) -> WarmTokens {
        WarmTokens {
            lifetime,
            issued: BTreeMap::new(),
            latest: None,
        }
    }

    /// Sets the lifetime of tokens, also of those that are held.
    pub(super) fn set_lifetime(&mut self, lifetime: Duration) {
        self.lifetime = lifetime;
    }

    /// Whether a token for that identity and resource is held and still good.
    pub(super) fn holds(
        &self,
        identity: &Arc<Identity>,
        resource: &Arc<str>,
        now: Duration,
    ) -> bool {
        let issued_at = self.issued_at(identity, resource);
        issued_at.is_some_and(|issued_at| now < issued_at + self.lifetime)
    }

    fn issued_at(&self, identity: &Arc<Identity>, resource: &Arc<str>) -> Option<Duration> {
        if let Some(latest) = &self.latest
            && Arc::ptr_eq(&latest.identity, identity)
            && Arc::ptr_eq(&latest.resource, resource)
        {
            return Some(latest.issued_at);
        }
        let held = self.issued.get(&identity.client_id)?;
        held.get(resource).copied()
    }

    /// Drops that token.
    pub(super) fn forget(&mut self, identity: &Identity, resource: &str) {
        if let Some(held) = self.issued.get_mut(&identity.client_id) {
            held.remove(resource);
        }
        self.latest = None;
    }

    /// The token held, or one issued now.
    pub(super) fn grant(
        &mut self,
        identity: Arc<Identity>,
        resource: Arc<str>,
        now: Duration,
    ) -> Grant {
        let issued_at = match self.issued_at(&identity, &resource) {
            Some(issued_at) if now < issued_at + self.lifetime => issued_at,
            _ => {
                let held = self.issued.entry(identity.client_id.clone());
                let held = held.or_default();
                keep(held, Arc::clone(&resource), now);
                self.latest = held.contains_key(&resource).then(|| Latest {
                    identity: Arc::clone(&identity),
                    resource: Arc::clone(&resource),
                    issued_at: now,
                });
                now
            }
        };
        let expires_at = issued_at + self.lifetime;
        Grant {
            identity,
            resource,
            issued_at,
            expires_at,
        }
    }
}

fn keep(held: &mut BTreeMap<Arc<str>, Duration>, resource: Arc<str>, now: Duration) {
    held.insert(resource, now);
    if held.len() > MOST_RESOURCES {
        let oldest = held.iter().min_by_key(|(_, issued_at)| **issued_at);
        if let Some(oldest) = oldest.map(|(resource, _)| Arc::clone(resource)) {
            held.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgets_the_oldest_when_there_are_too_many() {
        let mut held = BTreeMap::new();
        for index in 0..MOST_RESOURCES + 2 {
            let resource = format!("https://{index}.example");
            keep(
                &mut held,
                Arc::from(resource),
                Duration::from_secs(index as u64),
            );
        }
        assert_eq!(held.len(), MOST_RESOURCES);
        assert_eq!(held.values().min(), Some(&Duration::from_secs(2)));
    }
}
