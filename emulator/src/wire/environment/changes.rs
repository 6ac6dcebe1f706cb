//! All that is changed in an environment so that a client asks the emulator and nothing else.

use std::ffi::OsString;

use super::manager::{ManagerAt, resource_manager};
use super::protocol::Access;
use super::proxy::{NO_PROXY, own_list, without_proxy};
use super::strangers::{APPLICATIONS, CREDENTIALS, MANAGED_ALONE, STRANGERS, Stranger};
use super::way::Way;

/// What is changed in an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// Variables that would lead elsewhere.
    pub removed: Vec<&'static str>,
    /// Variables and their values.
    pub set: Vec<(&'static str, String)>,
    /// Hosts, with commas, that are asked without a proxy.
    pub without_proxy: String,
    /// Whether those are added to the user's own lists ([`NO_PROXY`]), or take their place.
    pub keeps_lists: bool,
}

impl Changes {
    /// Those that lead a client in that way to the emulator, and to Resource Manager's stub if it is served.
    #[must_use]
    pub fn new(way: Way, access: &Access<'_>, manager: Option<ManagerAt<'_>>) -> Changes {
        let mut set = way.settings(access);
        let cloud = manager.iter();
        set.extend(cloud.flat_map(|it| resource_manager(it.endpoint, it.ca_file)));
        let is_set = |name: &str| set.iter().any(|(set, _)| *set == name);
        let matters = |stranger: &&Stranger| way.asks_storage() || !stranger.is_of_storage();
        let names = STRANGERS.iter().filter(matters).map(|it| it.name);
        let removed = names.filter(|name| !is_set(name)).collect();
        set.push((CREDENTIALS.0, CREDENTIALS.1.to_owned()));
        let by_proxy = way.asks_by_proxy();
        let asked = (!by_proxy).then_some(access.endpoint).into_iter();
        let hosts = asked.chain(manager.map(|it| it.endpoint));
        Changes {
            removed,
            set,
            without_proxy: without_proxy(hosts),
            keeps_lists: !by_proxy,
        }
    }

    /// The variables that are removed from an environment with these variables: also the ids of applications.
    #[must_use]
    pub fn removed_from(&self, own: impl Fn(&str) -> Option<OsString>) -> Vec<&'static str> {
        let is_there = |name: &&str| own(name).is_some_and(|value| !value.is_empty());
        let ids = APPLICATIONS.iter();
        let ids = ids.filter(|(_, others)| others.iter().any(is_there));
        let ids = ids.map(|(id, _)| *id);
        self.removed.iter().copied().chain(ids).collect()
    }

    /// The variables that a process gets, with their values; `own` are the user's.
    #[must_use]
    pub fn variables(
        &self,
        own: impl Fn(&str) -> Option<OsString>,
    ) -> Vec<(&'static str, OsString)> {
        let set = self.set.iter();
        let mut set: Vec<_> = set
            .map(|(name, value)| (*name, OsString::from(value)))
            .collect();
        if let Some(own) = own(CREDENTIALS.0).filter(|own| own.eq_ignore_ascii_case(MANAGED_ALONE))
        {
            set.retain(|(name, _)| *name != CREDENTIALS.0);
            set.push((CREDENTIALS.0, own));
        }
        let list = |name: &'static str| {
            let kept = own_list(name, &own).filter(|_| self.keeps_lists);
            (name, appended(kept, &self.without_proxy))
        };
        set.extend(NO_PROXY.map(list));
        set
    }
}

fn appended(list: Option<OsString>, hosts: &str) -> OsString {
    let Some(mut list) = list else {
        return hosts.into();
    };
    list.push(",");
    list.push(hosts);
    list
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::wire::environment::client::Client;
    use crate::wire::protocol_name::ProtocolName as Protocol;

    const HERE: Access<'_> = Access {
        endpoint: "http://127.0.0.1:1",
        secret: "s",
        client_id: Some("c"),
    };

    const PROTOCOLS: [Protocol; 6] = [
        Protocol::Imds,
        Protocol::Appservice,
        Protocol::Appservice2017,
        Protocol::Azureml,
        Protocol::Arc,
        Protocol::Cloudshell,
    ];

    fn ways() -> impl Iterator<Item = Way> {
        let clients = Client::ALL.into_iter().map(Way::Client);
        let protocols = PROTOCOLS.into_iter().map(Way::Protocol);
        clients.chain(protocols).chain([Way::AtMetadataAddress])
    }

    #[test]
    fn whatever_the_environment_had_a_client_is_led_by_the_emulator_s_values_alone() {
        let manager = ManagerAt {
            endpoint: "https://127.0.0.1:2",
            ca_file: Some("/root.pem"),
        };
        let mut names: BTreeSet<&str> = STRANGERS.iter().map(|it| it.name).collect();
        assert_eq!(names.len(), STRANGERS.len(), "one is there twice");
        names.extend(["AZURE_TOKEN_CREDENTIALS", "HTTP_PROXY", "http_proxy"]);
        for way in ways() {
            let changes = Changes::new(way, &HERE, Some(manager));
            let set = changes.variables(|_| Some("elsewhere.example".into()));
            for name in &names {
                let is_proxy = name.eq_ignore_ascii_case("HTTP_PROXY");
                let is_kept = STRANGERS
                    .iter()
                    .any(|it| it.name == *name && it.is_of_storage());
                let is_kept = is_proxy || is_kept && !way.asks_storage();
                let value = set.iter().find(|(set, _)| set == name);
                let is_removed = changes.removed.contains(name);
                match value {
                    Some((_, value)) => assert!(!is_removed && value != "elsewhere.example"),
                    None => assert!(is_removed || is_kept, "{way:?} leaves {name}"),
                }
            }
        }
    }

    #[test]
    fn every_variable_that_leads_to_the_emulator_is_removed_where_another_way_is_taken() {
        for way in ways() {
            for (name, _) in way.settings(&HERE) {
                let known = STRANGERS.iter().any(|it| it.name == name);
                assert!(known || name.eq_ignore_ascii_case("HTTP_PROXY"), "{name}");
            }
        }
    }

    #[test]
    fn an_id_is_removed_with_the_application_s_secret_and_kept_as_an_identity_s() {
        let changes = Changes::new(Way::Protocol(Protocol::Imds), &HERE, None);
        let is_removed = |there: &[&str]| {
            let own = |name: &str| there.contains(&name).then(|| OsString::from("x"));
            changes.removed_from(own).contains(&"AZURE_CLIENT_ID")
        };
        assert!(is_removed(&["AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"]));
        assert!(!is_removed(&["AZURE_CLIENT_ID", "ARM_CLIENT_SECRET"]));
        assert!(!is_removed(&["AZURE_CLIENT_ID"]));
    }

    #[test]
    fn a_proxy_is_kept_away_or_is_the_emulator() {
        let own = |_: &str| Some(OsString::from("169.254.169.254"));
        let value = |client| {
            let changes = Changes::new(Way::Client(client), &HERE, None);
            let set = changes.variables(own);
            let list = set.into_iter().find(|(name, _)| *name == "NO_PROXY");
            list.map(|(_, list)| list).unwrap_or_default()
        };
        let loopback = "127.0.0.1,localhost,::1";
        assert_eq!(value(Client::Azidentity), loopback);
        let added = format!("169.254.169.254,{loopback}");
        assert_eq!(value(Client::AzureSdk), *added);
    }

    #[test]
    fn a_list_of_one_name_is_not_hidden_by_the_other() {
        let changes = Changes::new(Way::Protocol(Protocol::Imds), &HERE, None);
        for there in NO_PROXY {
            let own = |name: &str| (name == there).then(|| OsString::from("corp.example"));
            let set = changes.variables(own);
            let lists = set.iter().filter(|(name, _)| NO_PROXY.contains(name));
            let lists: Vec<_> = lists.map(|(_, list)| list.to_string_lossy()).collect();
            assert_eq!(
                lists, ["corp.example,127.0.0.1,localhost,::1"; 2],
                "{there}"
            );
        }
    }

    #[test]
    fn a_user_who_restricts_the_credentials_to_managed_identities_keeps_that() {
        let changes = Changes::new(Way::Protocol(Protocol::Imds), &HERE, None);
        let value = |own: &'static str| {
            let set = changes.variables(|name| (name == CREDENTIALS.0).then(|| own.into()));
            let found = set.into_iter().find(|(name, _)| *name == CREDENTIALS.0);
            found.map(|(_, value)| value).unwrap_or_default()
        };
        assert_eq!(value("dev"), "prod");
        assert_eq!(
            value("managedidentitycredential"),
            "managedidentitycredential"
        );
    }
}
