//! The environment and the arguments with which a command asks the emulator.

use std::ffi::{OsStr, OsString};

use imds_emulator::environment::{Access, NO_PROXY, Protocol, resource_manager, without_proxy};

use super::manager::ManagerAccess;

/// What stands in arguments for the address of the emulator.
const ENDPOINT: &str = "{endpoint}";
/// What stands in arguments for the address of Resource Manager's stub.
const MANAGER: &str = "{resource_manager}";

/// What is changed in the user's own environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Changes {
    /// Variables and their values.
    pub set: Vec<(&'static str, OsString)>,
    /// Variables that would lead elsewhere.
    pub removed: Vec<&'static str>,
}

/// The variables that lead a client to the emulator in that protocol, and to Resource Manager's stub if it is
/// served. `own` are the user's variables, whose lists of hosts without a proxy are kept.
#[must_use]
pub(crate) fn changes(
    protocol: Protocol,
    access: &Access<'_>,
    manager: Option<&ManagerAccess>,
    own: impl Fn(&str) -> Option<OsString>,
) -> Changes {
    let settings = protocol.settings(access);
    let removed = Protocol::strangers(&settings).collect();
    let valued = |(name, value): (_, String)| (name, value.into());
    let mut set: Vec<(&str, OsString)> = settings.into_iter().map(valued).collect();
    let cloud = manager.into_iter();
    let cloud = cloud.flat_map(|it| resource_manager(&it.endpoint, it.ca_file.as_deref()));
    set.extend(cloud.map(|(name, value)| (name, value.into())));
    let hosts = without_proxy([access.endpoint]);
    set.extend(NO_PROXY.map(|name| (name, appended(own(name), &hosts))));
    Changes { set, removed }
}

/// An argument with the emulator's address and that of Resource Manager's stub in their places.
#[must_use]
pub(crate) fn argument(given: &OsStr, endpoint: &str, manager: Option<&ManagerAccess>) -> OsString {
    let Some(text) = given.to_str() else {
        return given.to_owned();
    };
    let text = text.replace(ENDPOINT, endpoint);
    match manager {
        Some(manager) => text.replace(MANAGER, &manager.endpoint).into(),
        None => text.into(),
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

    const HERE: &str = "http://127.0.0.1:1";

    fn value<'c>(changes: &'c Changes, name: &str) -> Option<&'c OsStr> {
        let found = changes.set.iter().find(|(own, _)| *own == name);
        found.map(|(_, value)| value.as_os_str())
    }

    #[test]
    fn the_user_s_list_of_hosts_without_a_proxy_is_kept() {
        let own = |name: &str| (name == "NO_PROXY").then(|| "a.example".into());
        let access = Access {
            endpoint: HERE,
            secret: "s",
            client_id: None,
        };
        let changes = changes(Protocol::Imds, &access, None, own);
        let expected = "a.example,127.0.0.1,localhost,::1";
        assert_eq!(value(&changes, "NO_PROXY"), Some(OsStr::new(expected)));
        let alone = Some(OsStr::new("127.0.0.1,localhost,::1"));
        assert_eq!(value(&changes, "no_proxy"), alone);
        assert!(changes.removed.contains(&"IDENTITY_ENDPOINT"));
        assert_eq!(value(&changes, "ARM_CLOUD_METADATA_URL"), None);
    }

    #[test]
    fn where_resource_manager_is_served_the_command_is_led_to_it() {
        let access = Access {
            endpoint: HERE,
            secret: "s",
            client_id: None,
        };
        let mut manager = ManagerAccess {
            endpoint: "http://127.0.0.1:2".to_owned(),
            ca_file: None,
        };
        let led =
            |manager: &ManagerAccess| changes(Protocol::Imds, &access, Some(manager), |_| None);
        let plain = led(&manager);
        let url = "http://127.0.0.1:2/metadata/endpoints?api-version=2019-05-01";
        assert_eq!(
            value(&plain, "ARM_CLOUD_METADATA_URL"),
            Some(OsStr::new(url))
        );
        assert_eq!(value(&plain, "SSL_CERT_FILE"), None);
        manager.ca_file = Some("root.pem".to_owned());
        let trusting = led(&manager);
        assert_eq!(
            value(&trusting, "SSL_CERT_FILE"),
            Some(OsStr::new("root.pem"))
        );
    }

    #[test]
    fn the_address_is_put_into_arguments() {
        let manager = ManagerAccess {
            endpoint: "https://127.0.0.1:2".to_owned(),
            ca_file: None,
        };
        let put = |text: &str| argument(OsStr::new(text), HERE, Some(&manager));
        assert_eq!(
            put("--url={endpoint}/metadata"),
            "--url=http://127.0.0.1:1/metadata"
        );
        assert_eq!(
            put("{resource_manager}/tenants"),
            "https://127.0.0.1:2/tenants"
        );
        assert_eq!(put("{other}"), "{other}");
        let off = argument(OsStr::new("{resource_manager}"), HERE, None);
        assert_eq!(off, "{resource_manager}");
    }
}
