//! What follows from the resources: tags, providers, regions and roles. Fields are documented, and those
//! that the stub knows nothing for are left out.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::region;
use super::shape::listed;
use crate::model::resource_manager::{Provider, ProviderKind, RoleAssignment, TagName};

/// The api-versions of every type. Each date is taken; these are named (assumed).
const VERSIONS: [&str; 4] = ["2024-11-01", "2022-09-01", "2021-04-01", "2016-06-01"];

/// The built-in role Reader (documented).
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba80ae7";

pub(super) fn locations(subscription_id: &str, names: &[String]) -> Value {
    let all = names.iter();
    listed(
        all.map(|name| region::described(subscription_id, name))
            .collect(),
    )
}

pub(super) fn tag_names(subscription_id: &str, tags: &[TagName]) -> Value {
    let count = |count: usize| json!({ "type": "Total", "value": count });
    let tag = |TagName { name, values }: &TagName| {
        let id = format!("/subscriptions/{subscription_id}/tagNames/{name}");
        let value = |(value, uses): (&String, &usize)| {
            json!({
                "id": format!("{id}/tagValues/{value}"),
                "tagValue": value,
                "count": count(*uses),
            })
        };
        json!({
            "id": id,
            "tagName": name,
            "count": count(values.values().sum()),
            "values": values.iter().map(value).collect::<Vec<_>>(),
        })
    };
    listed(tags.iter().map(tag).collect())
}

pub(super) fn tags(place: &str, tags: &BTreeMap<String, String>) -> Value {
    json!({
        "id": format!("{place}/providers/Microsoft.Resources/tags/default"),
        "name": "default",
        "type": "Microsoft.Resources/tags",
        "properties": { "tags": tags },
    })
}

pub(super) fn providers(subscription_id: Option<&str>, all: &[Provider]) -> Value {
    let all = all.iter();
    listed(all.map(|one| provider(subscription_id, one)).collect())
}

/// That of a tenant has no state.
pub(super) fn provider(subscription_id: Option<&str>, one: &Provider) -> Value {
    let kind = |ProviderKind { name, locations }: &ProviderKind| {
        let locations = locations.iter().map(|name| region::display_name(name));
        json!({
            "resourceType": name,
            "locations": locations.collect::<Vec<_>>(),
            "apiVersions": VERSIONS,
            "defaultApiVersion": VERSIONS[0],
            "capabilities": "None",
        })
    };
    let kinds: Vec<Value> = one.kinds.iter().map(kind).collect();
    let mut value = json!({ "namespace": one.namespace, "resourceTypes": kinds });
    if let Some(id) = subscription_id {
        let namespace = &one.namespace;
        value["id"] = format!("/subscriptions/{id}/providers/{namespace}").into();
        value["registrationState"] = "Registered".into();
        value["registrationPolicy"] = "RegistrationRequired".into();
    }
    value
}

/// Each is a Reader of the whole subscription (assumed).
pub(super) fn role_assignments(all: &[RoleAssignment]) -> Value {
    let assignment = |one: &RoleAssignment| {
        let scope = format!("/subscriptions/{}", one.subscription_id);
        json!({
            "id": format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{}", one.name),
            "name": one.name,
            "type": "Microsoft.Authorization/roleAssignments",
            "properties": {
                "roleDefinitionId": reader_id(&one.subscription_id),
                "principalId": one.principal_id,
                "principalType": "ServicePrincipal",
                "scope": scope,
            },
        })
    };
    listed(all.iter().map(assignment).collect())
}

pub(super) fn role_definitions(subscription_id: &str) -> Value {
    let reader = json!({
        "id": reader_id(subscription_id),
        "name": READER,
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": "Reader",
            "type": "BuiltInRole",
            "description": "View all resources, but does not allow you to make any changes.",
            "assignableScopes": ["/"],
            "permissions": [
                { "actions": ["*/read"], "notActions": [], "dataActions": [], "notDataActions": [] },
            ],
        },
    });
    listed(vec![reader])
}

fn reader_id(subscription_id: &str) -> String {
    format!(
        "/subscriptions/{subscription_id}/providers/Microsoft.Authorization/roleDefinitions/{READER}"
    )
}
