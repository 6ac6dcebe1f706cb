//! The `resource_manager` table.

pub(crate) mod answers;
mod resource;

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use toml::Value;
use uuid::Uuid;

use super::{identities, latency};
use crate::document::Section;
use crate::model::identity::Identities;
use crate::model::instance::Instance;
use crate::model::latency::ServiceTime;
use crate::model::resource_manager::{
    CustomAnswer, Details, Limit, Readers, Resource, State, Subscription,
};

/// The settings of the stub of Azure Resource Manager.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ResourceManagerSettings {
    /// Whether it is served at all.
    pub enabled: bool,
    /// Where; port 0 picks a free one.
    pub listen: SocketAddr,
    /// The name of the cloud that it describes itself as: a client that reads the description uses this
    /// cloud in place of its built-in one of the same name. 1 to 64 letters, digits, `-`, `_` and `.`.
    pub cloud: String,
    /// DNS names and addresses, besides loopback's and the one it listens at, that its certificate is
    /// for.
    pub tls_names: Vec<String>,
    /// Where the certificate that clients have to trust is written at the start.
    pub ca_file: Option<PathBuf>,
    /// How long an answer takes.
    pub latency: ServiceTime,
    /// How many resources a page holds, 1 to 1000.
    pub page: usize,
    /// The Azure regions that are listed beside those of the resources; the VM's own is the first.
    pub locations: Vec<String>,
    /// How much each principal may read; `None` for no limit.
    pub limit: Option<Limit>,
    /// What there is to be read; at least one.
    pub subscriptions: Vec<Subscription>,
    /// The answers that come before the stub's own, in their order.
    pub answers: Vec<Arc<CustomAnswer>>,
}

/// What a subscription takes from the rest of the configuration.
pub(super) struct Surroundings<'a> {
    pub(super) tenant_id: &'a str,
    pub(super) vm: &'a Instance,
    pub(super) identities: &'a Identities,
}

pub(super) fn read(
    section: &mut Section,
    around: &Surroundings<'_>,
) -> Option<ResourceManagerSettings> {
    let enabled = section.required("enabled");
    let listen = section.required("listen");
    let cloud = cloud(section);
    let tls_names = tls_names(section);
    let ca_file = section.optional("ca_file");
    let latency = latency::service_time(section, "latency");
    let page = within(section, "page", 1000);
    let locations = locations(section, around);
    let limit = limit(section);
    let subscriptions = subscriptions(section, around);
    let folder = section.folder();
    let answers = answers::read(section, Some(&folder));
    Some(ResourceManagerSettings {
        enabled: enabled?,
        listen: listen?,
        cloud: cloud?,
        tls_names: tls_names?,
        ca_file,
        latency: latency?,
        page: page?,
        locations: locations?,
        limit,
        subscriptions,
        answers,
    })
}

fn cloud(section: &mut Section) -> Option<String> {
    let name: String = section.required("cloud")?;
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let fits = (1..=64).contains(&name.len()) && name.bytes().all(is_of_name);
    if !fits {
        let expected = "expected 1 to 64 letters, digits, `-`, `_` and `.`, such as \"AzureCloud\"";
        section.refuse("cloud", expected);
    }
    fits.then_some(name)
}

fn tls_names(section: &mut Section) -> Option<Vec<String>> {
    let names: Vec<String> = section.required("tls_names")?;
    let wrong = names.iter().find(|name| !is_tls_name(name));
    if let Some(wrong) = wrong {
        let expected = "expected a DNS name or an IP address";
        section.refuse("tls_names", format!("`{wrong}`: {expected}"));
        return None;
    }
    Some(names)
}

fn is_tls_name(name: &str) -> bool {
    let is_of_label = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(is_of_label);
    let is_name = || name.len() <= 253 && name.split('.').all(is_label);
    name.parse::<IpAddr>().is_ok() || is_name()
}

fn locations(section: &mut Section, around: &Surroundings<'_>) -> Option<Vec<String>> {
    let further: Vec<String> = section.required("locations")?;
    if further.iter().any(String::is_empty) {
        section.refuse(
            "locations",
            "expected names of Azure regions such as \"westeurope\"",
        );
    }
    Some(std::iter::once(around.location()).chain(further).collect())
}

/// A number from 1 to `most`.
fn within(section: &mut Section, key: &str, most: usize) -> Option<usize> {
    let number = section.required(key)?;
    let fits = (1..=most).contains(&number);
    if !fits {
        section.refuse(key, format!("expected 1 to {most}"));
    }
    fits.then_some(number)
}

/// What is wrong counts as none: its problem is noted, so nothing is ever run with it.
fn limit(section: &mut Section) -> Option<Limit> {
    const MOST: usize = 1_000_000;
    if section.holds_table("limit") {
        let mut table = section.section("limit")?;
        let bucket = within(&mut table, "bucket", MOST);
        let refill = within(&mut table, "refill_per_second", MOST);
        return Some(Limit {
            bucket: u32::try_from(bucket?).ok()?,
            refill_per_second: u32::try_from(refill?).ok()?,
        });
    }
    let value: Value = section.required("limit")?;
    if value != Value::Boolean(false) {
        section.refuse("limit", "expected a table, or false for no limit");
    }
    None
}

/// Those that are listed; else the VM's own, so that there is always something to be read.
fn subscriptions(section: &mut Section, around: &Surroundings<'_>) -> Vec<Subscription> {
    let mut taken = BTreeSet::new();
    let tables = section.sections("subscriptions");
    if tables.is_empty() {
        return vec![around.own_subscription()];
    }
    let mut room = Surroundings::MOST_GENERATED;
    let mut read = |mut table: Section| {
        let subscription = around.subscription(&mut table, &mut room)?;
        if !taken.insert(subscription.id.clone()) {
            table.refuse("id", "this id belongs to another subscription");
        }
        Some(subscription)
    };
    tables.into_iter().filter_map(&mut read).collect()
}

impl Surroundings<'_> {
    const GENERATED: usize = 3;
    /// In all subscriptions: about 40 MB, and a second to read them in a debug build.
    const MOST_GENERATED: usize = 100_000;

    fn own_subscription(&self) -> Subscription {
        Subscription {
            id: self.vm.text("/compute/subscriptionId").to_ascii_lowercase(),
            name: "imds-emulator".to_owned(),
            tenant_id: self.tenant_id.to_owned(),
            state: State::Enabled,
            readers: Readers::Everyone,
            resources: self.generated(Self::GENERATED),
        }
    }

    /// `room` is how many resources may still be generated.
    fn subscription(&self, table: &mut Section, room: &mut usize) -> Option<Subscription> {
        let id = identities::guid(table, "id");
        let name: Option<String> = table.optional("name");
        let tenant_id = identities::guid_if_any(table, "tenant_id");
        let state = table.optional("state").unwrap_or(State::Enabled);
        let readers = self.readers(table);
        let generated = table.optional("generated_resources");
        let Some(left) = room.checked_sub(generated.unwrap_or_default()) else {
            let most = Self::MOST_GENERATED;
            let expected = format!("expected 0 to {most}, in all subscriptions together");
            table.refuse("generated_resources", expected);
            return None;
        };
        *room = left;
        let listed = table.sections("resources").into_iter();
        let listed: Vec<_> = listed
            .filter_map(|mut table| resource::read(&mut table, self.group(), self.location()))
            .collect();
        let default = if listed.is_empty() {
            Self::GENERATED
        } else {
            0
        };
        let mut resources = self.generated(generated.unwrap_or(default));
        resources.extend(listed);
        let id = id?;
        Some(Subscription {
            name: name.unwrap_or_else(|| id.clone()),
            id,
            tenant_id: tenant_id.unwrap_or_else(|| self.tenant_id.to_owned()),
            state,
            readers,
            resources,
        })
    }

    /// Names of identities, or GUIDs of identities that this configuration lacks.
    fn readers(&self, table: &mut Section) -> Readers {
        let Some(names) = table.optional::<Vec<String>>("readers") else {
            return Readers::Everyone;
        };
        let id = |name: &String| match self.identities.named(name) {
            Some(identity) => Some(identity.object_id.clone()),
            None => Uuid::try_parse(name).ok().map(|id| id.to_string()),
        };
        for name in names.iter().filter(|name| id(name).is_none()) {
            let expected = "expected names of identities, or client or object ids";
            table.refuse("readers", format!("`{name}` is no identity: {expected}"));
        }
        Readers::Only(names.iter().filter_map(id).collect())
    }

    fn generated(&self, count: usize) -> Vec<Arc<Resource>> {
        let resource = |number| {
            Arc::new(Resource {
                name: format!("storage{number:05}"),
                kind: "Microsoft.Storage/storageAccounts".to_owned(),
                group: self.group(),
                location: self.location(),
                details: Details::default(),
            })
        };
        (1..=count).map(resource).collect()
    }

    fn group(&self) -> String {
        self.vm.text("/compute/resourceGroupName").to_owned()
    }

    fn location(&self) -> String {
        self.vm.text("/compute/location").to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn read(text: &str) -> ResourceManagerSettings {
        Config::from_toml("c", text).unwrap().resource_manager
    }

    #[test]
    fn without_subscriptions_there_is_that_of_the_vm() {
        let id = "00000000-0000-4000-8000-00000000000a";
        let settings = read(&format!("instance.compute.subscriptionId = '{id}'"));
        let [subscription] = settings.subscriptions.as_slice() else {
            panic!("{settings:?}")
        };
        assert_eq!(
            (subscription.id.as_str(), subscription.resources.len()),
            (id, 3)
        );
    }

    #[test]
    fn no_more_resources_are_generated_than_there_is_room_for_in_all_subscriptions() {
        let two = |first: usize, second: usize| {
            let table = |id: char, count: usize| {
                format!(
                    "[[resource_manager.subscriptions]]\nid = '00000000-0000-4000-8000-00000000000{id}'\n\
                    generated_resources = {count}\n"
                )
            };
            Config::from_toml("c", &(table('a', first) + &table('b', second)))
        };
        let most = Surroundings::MOST_GENERATED;
        assert!(two(most - 5, 5).is_ok());
        let problems = two(most - 5, 6).expect_err("too many").to_string();
        let expected = "c:6:23: resource_manager.subscriptions[1].generated_resources: expected 0 to 100000, in all";
        assert!(problems.starts_with(expected), "{problems}");
        let many = two(usize::MAX >> 1, usize::MAX >> 1);
        assert_eq!(many.expect_err("too many").len(), 2);
    }

    #[test]
    fn what_is_listed_takes_the_place_of_what_is_generated() {
        let text = "[[resource_manager.subscriptions]]\nid = '00000000-0000-4000-8000-00000000000a'\n\
            [[resource_manager.subscriptions.resources]]\nname = 'a'\ntype = 'Microsoft.Web/sites'\n";
        let settings = read(text);
        let [subscription] = settings.subscriptions.as_slice() else {
            panic!("{settings:?}")
        };
        let ids: Vec<_> = subscription
            .resources
            .iter()
            .map(|one| one.id(subscription))
            .collect();
        let expected = "/subscriptions/00000000-0000-4000-8000-00000000000a/resourceGroups/imds-emulator/\
            providers/Microsoft.Web/sites/a";
        assert_eq!(ids, [expected]);
    }

    #[test]
    fn the_limit_can_be_switched_off() {
        assert!(read("").limit.is_some());
        assert_eq!(read("resource_manager.limit = false").limit, None);
    }

    #[test]
    fn names_all_that_is_wrong() {
        let text = "[resource_manager]\nenabled = 1\nlisten = 'x'\ncloud = 'a b'\ntls_names = ['a b']\npage = 0\nlocations = ['']\nlimit.bucket = 0\n\
            [[resource_manager.subscriptions]]\nid = 'x'\nstate = 'on'\nreaders = ['nobody']\n\
            [[resource_manager.subscriptions.resources]]\ntype = 'x'\n\
            [[resource_manager.subscriptions.resources]]\nname = 'a'\ntype = 'a/b/c'\ntags = { a = 1 }\nsku = 1\nproperties = { a = nan }\n";
        let problems = Config::from_toml("c", text).unwrap_err();
        let mut paths: Vec<&str> = problems
            .iter()
            .map(|problem| problem.path.as_str())
            .collect();
        paths.sort_unstable();
        let one = "resource_manager.subscriptions[0]";
        let mut expected = vec![
            "resource_manager.cloud".to_owned(),
            "resource_manager.enabled".to_owned(),
            "resource_manager.limit.bucket".to_owned(),
            "resource_manager.listen".to_owned(),
            "resource_manager.locations".to_owned(),
            "resource_manager.page".to_owned(),
            "resource_manager.tls_names".to_owned(),
            format!("{one}.id"),
            format!("{one}.readers"),
            format!("{one}.resources[0].name"),
            format!("{one}.resources[0].type"),
            format!("{one}.resources[1].name"),
            format!("{one}.resources[1].properties"),
            format!("{one}.resources[1].sku"),
            format!("{one}.resources[1].tags"),
            format!("{one}.state"),
        ];
        expected.sort_unstable();
        assert_eq!(paths, expected, "{problems}");
    }
}
