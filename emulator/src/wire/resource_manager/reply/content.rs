//! 200: what is granted, in the fields that clients read.

use http::StatusCode;
use serde_json::{Value, json};

use super::inventory;
use super::shape::{listed, with_left};
use crate::model::resource_manager::Content;
use crate::model::resource_manager::Left;
use crate::model::resource_manager::{Page, Resource, Subscription};
use crate::wire::reply::{Answer, answer_json};

/// 200 with what is granted. `next` makes the URL of the page that begins at an index.
pub(crate) fn content(
    content: &Content,
    tenant_id: &str,
    left: Option<Left>,
    next: &dyn Fn(usize) -> String,
) -> Answer {
    let body = match content {
        Content::Tenants => listed(vec![tenant(tenant_id)]),
        Content::Subscriptions(all) => {
            let mut list = listed(all.iter().map(|one| subscription(one)).collect());
            list["count"] = json!({ "type": "Total", "value": all.len() });
            list
        }
        Content::Subscription(one) => subscription(one),
        Content::Groups(names, of) => listed(names.iter().map(|name| group(of, name)).collect()),
        Content::Group(of, name) => group(of, name),
        Content::Resources(Page {
            subscription,
            resources,
            next: from,
        }) => {
            let page = resources.iter().map(|one| resource(subscription, one));
            let mut list = listed(page.collect());
            if let Some(from) = from {
                list["nextLink"] = Value::from(next(*from));
            }
            list
        }
        Content::Resource(of, one) => whole(of, one),
        Content::Locations(of, names) => inventory::locations(&of.id, names),
        Content::TagNames(tags, of) => inventory::tag_names(&of.id, tags),
        Content::Tags(place, tags) => inventory::tags(place, tags),
        Content::Providers(of, all) => inventory::providers(of.as_deref(), all),
        Content::Provider(of, one) => inventory::provider(of.as_deref(), one),
        Content::RoleAssignments(all) => inventory::role_assignments(all),
        Content::RoleDefinitions(of) => inventory::role_definitions(&of.id),
    };
    with_left(answer_json(StatusCode::OK, &body), left)
}

/// 204: it is there.
pub(crate) fn there(left: Option<Left>) -> Answer {
    let mut answer = Answer::default();
    *answer.status_mut() = StatusCode::NO_CONTENT;
    with_left(answer, left)
}

/// The fields are documented; what they say is assumed.
fn tenant(id: &str) -> Value {
    json!({
        "id": format!("/tenants/{id}"),
        "tenantId": id,
        "countryCode": "US",
        "displayName": "imds-emulator",
        "domains": ["imds-emulator.test"],
        "tenantCategory": "Home",
        "defaultDomain": "imds-emulator.test",
        "tenantType": "AAD",
    })
}

/// The fields are documented; the policies are assumed.
fn subscription(one: &Subscription) -> Value {
    let Subscription {
        id,
        name,
        tenant_id,
        state,
        ..
    } = one;
    json!({
        "id": format!("/subscriptions/{id}"),
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": id,
        "tenantId": tenant_id,
        "displayName": name,
        "state": state,
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    })
}

/// The fields are documented.
fn group(subscription: &Subscription, name: &str) -> Value {
    json!({
        "id": format!("/subscriptions/{}/resourceGroups/{name}", subscription.id),
        "name": name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": subscription.location_of(name),
        "properties": { "provisioningState": "Succeeded" },
    })
}

/// The fields are documented.
fn resource(subscription: &Subscription, one: &Resource) -> Value {
    let mut value = described(subscription, one);
    value["provisioningState"] = "Succeeded".into();
    value
}

/// The resource alone, as its provider tells of it: with its properties, whatever the api-version.
fn whole(subscription: &Subscription, one: &Resource) -> Value {
    let mut value = described(subscription, one);
    let state = [("provisioningState".to_owned(), "Succeeded".into())];
    let own = one.details.properties.clone();
    value["properties"] = state.into_iter().chain(own).collect();
    value
}

fn described(subscription: &Subscription, one: &Resource) -> Value {
    let mut value = json!({
        "id": one.id(subscription),
        "name": one.name,
        "type": one.kind,
        "location": one.location,
        "tags": one.details.tags,
    });
    if let Some(kind) = &one.details.kind {
        value["kind"] = kind.as_str().into();
    }
    if let Some(sku) = &one.details.sku {
        value["sku"] = sku.clone().into();
    }
    value
}
