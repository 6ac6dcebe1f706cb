//! What contexts call an identity.

use imds_client::wire::Identity;

/// What the VM's own identity is called in contexts.
const SYSTEM: &str = "MSI@50342";

/// What contexts call an identity.
#[must_use]
pub(crate) fn account(identity: &Identity) -> String {
    match identity {
        Identity::SystemAssigned => SYSTEM.to_owned(),
        Identity::ClientId(id) | Identity::ObjectId(id) | Identity::ResourceId(id) => id.clone(),
    }
}

/// The identity that contexts call so.
#[must_use]
pub(crate) fn identity_of(account: &str) -> Identity {
    if account == SYSTEM {
        Identity::SystemAssigned
    } else {
        Identity::ClientId(account.to_owned())
    }
}
