//! The `instance` table: the instance document of the VM.

mod added;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::attested;
use crate::document::Section;
use crate::model::identity::derived_guid;
use crate::model::instance::{FIELDS, Field, Instance, Shape};

/// What is made of other fields when it is not given: where it stands, and how. `{name}` stands for
/// the field `name` of `compute`. A line may use the lines above it.
const MADE: [(&str, &str); 9] = [
    (
        "/compute/resourceId",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachines/{name}",
    ),
    ("/compute/osProfile/computerName", "{name}"),
    ("/compute/storageProfile/imageReference/offer", "{offer}"),
    (
        "/compute/storageProfile/imageReference/publisher",
        "{publisher}",
    ),
    ("/compute/storageProfile/imageReference/sku", "{sku}"),
    (
        "/compute/storageProfile/imageReference/version",
        "{version}",
    ),
    ("/compute/storageProfile/osDisk/name", "{name}_OsDisk_1"),
    ("/compute/storageProfile/osDisk/osType", "{osType}"),
    (
        "/compute/storageProfile/osDisk/managedDisk/id",
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/disks/{name}_OsDisk_1",
    ),
];

/// Made of `tagsList` and so not to be set.
const TAGS: &str = "tags";

/// The document; problems are noted for what is wrong with it.
pub(super) fn read(section: &mut Section, tenant_id: &str) -> Instance {
    let mut table = section.section("instance");
    let added = table.as_mut().map(added::read).unwrap_or_default();
    let mut document = Value::Object(fields(table.as_mut(), FIELDS));
    for key in ["subscription", "vm"] {
        let pointer = format!("/compute/{key}Id");
        fill(&mut document, &pointer, || {
            derived_guid(&[tenant_id, key, ""])
        });
    }
    for (pointer, pattern) in MADE {
        let made = made(&document, pattern);
        fill(&mut document, pointer, || made);
    }
    let tags = tags(&document["compute"]["tagsList"]);
    fill(&mut document, "/compute/tags", || tags);
    Instance::new(document, added)
}

/// What a table holds, which may be missing altogether.
fn fields(mut table: Option<&mut Section>, fields: &[Field]) -> Map<String, Value> {
    let mut value_of = |field: &Field| match field.shape {
        Shape::Text(_) => text(table.as_deref_mut(), field.name),
        Shape::Flag(_) => {
            let table = table.as_deref_mut();
            let flag: Option<bool> = table.and_then(|table| table.optional(field.name));
            Value::Bool(flag.unwrap_or_default())
        }
        Shape::Table(inner) => {
            let mut inner_table = table
                .as_deref_mut()
                .and_then(|table| table.section(field.name));
            Value::Object(self::fields(inner_table.as_mut(), inner))
        }
        Shape::List(inner) => {
            let items = table.as_deref_mut().map(|table| table.sections(field.name));
            let items = items.unwrap_or_default().into_iter();
            items
                .map(|mut item| Value::Object(self::fields(Some(&mut item), inner)))
                .collect()
        }
    };
    let pairs = fields
        .iter()
        .map(|field| (field.name.to_owned(), value_of(field)));
    pairs.collect()
}

fn text(table: Option<&mut Section>, name: &str) -> Value {
    let Some(table) = table.filter(|_| name != TAGS) else {
        return Value::String(String::new());
    };
    let text: Option<String> = table.optional(name);
    if let Some(expected) = text.as_deref().and_then(|text| objection(name, text)) {
        table.refuse(name, expected);
        return Value::String(String::new());
    }
    Value::String(text.unwrap_or_default())
}

/// What was expected of a field of which something else is made, and which will not do for that.
fn objection(name: &str, text: &str) -> Option<&'static str> {
    match name {
        "location" if !attested::is_dns_name(text) => Some(attested::EXPECTED_NAME),
        "subscriptionId" | "vmId" if Uuid::try_parse(text).is_err() => Some("expected a GUID"),
        _ => None,
    }
}

/// Puts a text where there is none yet.
fn fill(document: &mut Value, pointer: &str, text: impl FnOnce() -> String) {
    let place = document.pointer_mut(pointer);
    let empty = place.filter(|value| value.as_str() == Some(""));
    if let Some(place) = empty {
        *place = Value::String(text());
    }
}

fn made(document: &Value, pattern: &str) -> String {
    let compute = document["compute"].as_object().into_iter().flatten();
    let texts = compute.filter_map(|(name, value)| Some((name, value.as_str()?)));
    texts.fold(pattern.to_owned(), |made, (name, text)| {
        made.replace(&format!("{{{name}}}"), text)
    })
}

fn tags(list: &Value) -> String {
    let pair = |tag: &Value| {
        let part = |key: &str| tag[key].as_str().unwrap_or_default().to_owned();
        format!("{}:{}", part("name"), part("value"))
    };
    let pairs: Vec<String> = list.as_array().into_iter().flatten().map(pair).collect();
    pairs.join(";")
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    fn read(text: &str) -> Config {
        Config::from_toml("c.toml", text).unwrap_or_else(|problems| panic!("{problems}"))
    }

    #[test]
    fn a_field_is_overridden_by_itself_and_what_is_made_of_it_follows() {
        let config = read("instance.compute.name = 'web-1'\ninstance.compute.sku = '24_04'\n");
        let text = |pointer| config.vm.instance.text(pointer);
        assert_eq!(text("/compute/location"), "westeurope");
        assert_eq!(text("/compute/osProfile/computerName"), "web-1");
        assert_eq!(text("/compute/storageProfile/imageReference/sku"), "24_04");
        let subscription = text("/compute/subscriptionId");
        assert_eq!(
            text("/compute/resourceId"),
            format!(
                "/subscriptions/{subscription}/resourceGroups/imds-emulator/providers/Microsoft.Compute/virtualMachines/web-1"
            )
        );
        let custom = read("instance.compute.resourceId = '/mine'\n");
        assert_eq!(custom.vm.instance.text("/compute/resourceId"), "/mine");
    }

    #[test]
    fn the_identities_belong_to_the_vm_that_is_described() {
        let id = "00000000-0000-4000-8000-00000000000a";
        let config = read(&format!(
            "instance.compute = {{ name = 'web-1', resourceGroupName = 'Shop', subscriptionId = '{id}' }}\n\
             [[identities]]\nname = 'jobs'\nclient_id = '00000000-0000-4000-8000-000000000001'\n",
        ));
        let ids: Vec<&str> = config
            .vm
            .identities
            .iter()
            .map(|identity| identity.resource_id.as_str())
            .collect();
        let own = config.vm.instance.text("/compute/resourceId");
        assert!(ids[0].eq_ignore_ascii_case(own), "{ids:?} {own}");
        assert_eq!(
            ids[1],
            format!(
                "/subscriptions/{id}/resourcegroups/Shop/providers/Microsoft.ManagedIdentity/userAssignedIdentities/jobs"
            )
        );
    }

    #[test]
    fn tags_are_made_of_the_list() {
        let tags = "[{ name = 'Department', value = 'IT' }, { name = 'n', value = '1' }]";
        let config = read(&format!("instance.compute.tagsList = {tags}"));
        assert_eq!(
            config.vm.instance.text("/compute/tags"),
            "Department:IT;n:1"
        );
        assert_eq!(
            read("instance.compute.tagsList = []")
                .vm
                .instance
                .text("/compute/tags"),
            ""
        );
    }

    #[test]
    fn unknown_fields_and_values_that_are_no_text_are_refused_with_their_place() {
        let text = "[instance.compute]\nlocaton = 'x'\ntags = 'a:b'\nvmSize = 2\n\
            storageProfile.dataDisks = [{ lun = 0 }]\nhost = 'h'\nsubscriptionId = 's'\nvmId = 'v'\n[instance.storage]\n";
        let problems = Config::from_toml("c.toml", text).unwrap_err().to_string();
        let places: Vec<String> = problems
            .lines()
            .map(|line| line.split(": ").take(2).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(
            places,
            [
                "c.toml:2:1 instance.compute.locaton",
                "c.toml:3:1 instance.compute.tags",
                "c.toml:4:10 instance.compute.vmSize",
                "c.toml:5:37 instance.compute.storageProfile.dataDisks[0].lun",
                "c.toml:6:8 instance.compute.host",
                "c.toml:7:18 instance.compute.subscriptionId",
                "c.toml:8:8 instance.compute.vmId",
                "c.toml:9:11 instance.storage",
            ],
            "{problems}"
        );
        assert!(problems.contains("unknown key, did you mean `location`?"));
    }
}
