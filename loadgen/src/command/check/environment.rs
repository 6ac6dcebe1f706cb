//! The environment and the arguments with which a command asks the emulator.

use std::ffi::{OsStr, OsString};

use imds_emulator::environment::{Access, NO_PROXY, Protocol, without_proxy};

/// What stands in arguments for the address of the emulator.
pub(crate) const PLACE: &str = "{endpoint}";

/// What is changed in the user's own environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Changes {
    /// Variables and their values.
    pub set: Vec<(&'static str, OsString)>,
    /// Variables that would lead elsewhere.
    pub removed: Vec<&'static str>,
}

/// The variables that point a client to `endpoint` in that protocol. `own` are the user's variables, whose lists of
/// hosts without a proxy are kept.
#[must_use]
pub(crate) fn changes(
    protocol: Protocol,
    access: &Access<'_>,
    own: impl Fn(&str) -> Option<OsString>,
) -> Changes {
    let settings = protocol.settings(access);
    let removed = Protocol::strangers(&settings).collect();
    let mut set: Vec<(&str, OsString)> = Vec::new();
    set.extend(
        settings
            .into_iter()
            .map(|(name, value)| (name, value.into())),
    );
    let hosts = without_proxy([access.endpoint]);
    set.extend(NO_PROXY.map(|name| (name, appended(own(name), &hosts))));
    Changes { set, removed }
}

/// An argument with the emulator's address in its place.
#[must_use]
pub(crate) fn argument(given: &OsStr, endpoint: &str) -> OsString {
    match given.to_str() {
        Some(text) => text.replace(PLACE, endpoint).into(),
        None => given.to_owned(),
    }
}

fn appended(list: Option<OsString>, hosts: &str) -> OsString {
    let mut list = list.unwrap_or_default();
    if !list.is_empty() {
        list.push(",");
    }
    list.push(hosts);
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDPOINT: &str = "http://127.0.0.1:1";

    fn value<'c>(changes: &'c Changes, name: &str) -> Option<&'c OsStr> {
        let found = changes.set.iter().find(|(own, _)| *own == name);
        found.map(|(_, value)| value.as_os_str())
    }

    #[test]
    fn the_user_s_list_of_hosts_without_a_proxy_is_kept() {
        let own = |name: &str| (name == "NO_PROXY").then(|| "a.example".into());
        let access = Access {
            endpoint: ENDPOINT,
            secret: "s",
            client_id: None,
        };
        let changes = changes(Protocol::Imds, &access, own);
        let expected = "a.example,127.0.0.1,localhost,::1";
        assert_eq!(value(&changes, "NO_PROXY"), Some(OsStr::new(expected)));
        let alone = Some(OsStr::new("127.0.0.1,localhost,::1"));
        assert_eq!(value(&changes, "no_proxy"), alone);
        assert!(changes.removed.contains(&"IDENTITY_ENDPOINT"));
    }

    #[test]
    fn the_address_is_put_into_arguments() {
        let put = |text: &str| argument(OsStr::new(text), ENDPOINT);
        assert_eq!(
            put("--url={endpoint}/metadata"),
            "--url=http://127.0.0.1:1/metadata"
        );
        assert_eq!(put("{other}"), "{other}");
    }
}
