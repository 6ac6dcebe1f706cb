//! The `resources` tables of a subscription.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::config::json;
use crate::document::Section;
use crate::model::resource_manager::{Details, Resource};

/// One of them; the group and the location are the VM's own where it names none.
pub(super) fn read(table: &mut Section, group: String, location: String) -> Option<Arc<Resource>> {
    let name: Option<String> = table.required("name");
    let kind: Option<String> = table.required("type");
    check(table, name.as_deref(), kind.as_deref());
    let group = table.optional("group").unwrap_or(group);
    let location = table.optional("location").unwrap_or(location);
    let details = Details {
        tags: table.optional("tags").unwrap_or_default(),
        kind: table.optional("kind"),
        sku: json_table(table, "sku"),
        properties: json_table(table, "properties").unwrap_or_default(),
    };
    Some(Arc::new(Resource {
        name: name?,
        kind: kind?,
        group,
        location,
        details,
    }))
}

/// A resource that is part of another has both names, and both types.
fn check(table: &Section, name: Option<&str>, kind: Option<&str>) {
    let parts = |text: &str| {
        let are_there = text.split('/').all(|part| !part.is_empty());
        are_there.then(|| text.split('/').count())
    };
    let kinds = kind.map(|kind| parts(kind).filter(|count| *count >= 2));
    if kinds == Some(None) {
        let expected = "expected a type such as \"Microsoft.Storage/storageAccounts\"";
        table.refuse("type", expected);
    }
    let names = name.map(parts);
    if names == Some(None) {
        table.refuse(
            "name",
            "expected a name, or names with one `/` between them",
        );
    }
    if let (Some(Some(kinds)), Some(Some(names))) = (kinds, names)
        && kinds != names + 1
    {
        let expected = kinds - 1;
        let message = format!("expected a name of {expected} parts, for its type has {kinds}");
        table.refuse("name", message);
    }
}

fn json_table(table: &mut Section, key: &str) -> Option<Map<String, Value>> {
    let own: toml::Table = table.optional(key)?;
    if let Some(Value::Object(map)) = json::of(own.into()) {
        return Some(map);
    }
    table.refuse(key, json::EXPECTED);
    None
}
