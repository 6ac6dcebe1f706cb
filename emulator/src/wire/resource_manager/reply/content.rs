//! 200: what is granted, in the fields that clients read.

use http::StatusCode;
use serde_json::{Value, json};

use super::shape::with_left;
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
        Content::Groups(of, names) => listed(names.iter().map(|name| group(of, name)).collect()),
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
    };
    with_left(answer_json(StatusCode::OK, &body), left)
}

fn listed(value: Vec<Value>) -> Value {
    Value::from_iter([("value", Value::from(value))])
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
    json!({
        "id": one.id(subscription),
        "name": one.name,
        "type": one.kind,
        "location": one.location,
        "tags": {},
        "provisioningState": "Succeeded",
    })
}
