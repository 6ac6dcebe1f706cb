//! What scripts read of Resource Manager beside lists of resources, as bytes.

use serde_json::{Value, json};

use crate::cloud::{ARM, Cloud, LOCKED, OURS, VERSION};
use crate::raw::Answer;

const RESOURCES: &str = "
readers = ['system']
[[resource_manager.subscriptions.resources]]
name = 'logs'
type = 'Microsoft.Storage/storageAccounts'
group = 'Night'
location = 'westeurope'
kind = 'StorageV2'
sku = { name = 'Standard_LRS' }
tags = { env = 'test', team = 'a' }
properties = { accessTier = 'Hot', keys = [1, 2.5] }
[[resource_manager.subscriptions.resources]]
name = 'server/db'
type = 'Microsoft.Sql/servers/databases'
group = 'Night'
location = 'mars'
tags = { Env = 'prod' }
";

async fn cloud() -> Cloud {
    Cloud::start_changed("name = 'ours'\n", &format!("name = 'ours'{RESOURCES}")).await
}

async fn get(cloud: &Cloud, path: &str) -> Answer {
    cloud.get(&format!("{path}?{VERSION}")).await
}

async fn read(path: &str) -> Value {
    let answer = get(&cloud().await, &format!("{OURS}{path}")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

const LOGS: &str = "/resourceGroups/Night/providers/Microsoft.Storage/storageAccounts/logs";

#[tokio::test]
async fn a_resource_is_shown_with_its_properties_in_any_case_and_version() {
    let expected = json!({
        "id": format!("{OURS}{LOGS}"),
        "name": "logs",
        "type": "Microsoft.Storage/storageAccounts",
        "location": "westeurope",
        "kind": "StorageV2",
        "sku": { "name": "Standard_LRS" },
        "tags": { "env": "test", "team": "a" },
        "properties": { "provisioningState": "Succeeded", "accessTier": "Hot", "keys": [1, 2.5] },
    });
    assert_eq!(read(LOGS).await, expected);
    assert_eq!(read(&LOGS.to_ascii_lowercase()).await, expected);
    let child = "/resourceGroups/Night/providers/Microsoft.Sql/servers/server/databases/db";
    let child = read(child).await;
    assert_eq!(child["name"], "server/db");
    assert_eq!(child["type"], "Microsoft.Sql/servers/databases");
    let list = read("/resources").await;
    assert_eq!(list["value"][1]["id"], child["id"]);
    assert_eq!(list["value"][0]["sku"]["name"], "Standard_LRS");
    assert_eq!(list["value"][0].get("properties"), None);
}

#[tokio::test]
async fn a_resource_that_is_not_there_is_refused_as_the_real_one_does() {
    let cloud = cloud().await;
    let absent = format!("{OURS}{LOGS}2");
    let answer = get(&cloud, &absent).await;
    let words = "The Resource 'Microsoft.Storage/storageAccounts/logs2' under resource group 'Night' was \
        not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix";
    let error = json!({ "error": { "code": "ResourceNotFound", "message": words } });
    assert_eq!((answer.status, answer.json()), (404, error));
    let elsewhere = absent.replace("Night", "x");
    let answer = get(&cloud, &elsewhere).await;
    assert_eq!(answer.json()["error"]["code"], "ResourceGroupNotFound");
    let locked = get(&cloud, &format!("{LOCKED}{LOGS}")).await;
    let message = locked.json()["error"]["message"].to_string();
    let action = format!(
        "perform action 'Microsoft.Storage/storageAccounts/read' over scope '{LOCKED}{LOGS}'"
    );
    assert!(
        locked.status == 403 && message.contains(&action),
        "{message}"
    );
    assert_eq!(cloud.emulator.resource_manager_unmatched(), []);
}

#[tokio::test]
async fn whether_a_group_or_a_resource_is_there_can_be_asked() {
    let cloud = cloud().await;
    for (path, status) in [
        (LOGS, 204),
        ("/resourcegroups/night", 204),
        ("/resourcegroups/day", 404),
        ("/resources", 405),
    ] {
        let target = format!("{OURS}{path}?{VERSION}");
        let answer = cloud.send("HEAD", &target, &[], "").await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (status, ""),
            "{path}"
        );
    }
}

#[tokio::test]
async fn tags_are_counted_by_name_and_value() {
    let tags = read("/tagNames").await;
    let id = format!("{OURS}/tagNames/env");
    let count = |value: u32| json!({ "type": "Total", "value": value });
    let expected = json!({
        "id": id, "tagName": "env", "count": count(2), "values": [
            { "id": format!("{id}/tagValues/prod"), "tagValue": "prod", "count": count(1) },
            { "id": format!("{id}/tagValues/test"), "tagValue": "test", "count": count(1) },
        ],
    });
    assert_eq!(tags["value"][0], expected);
    assert_eq!(tags["value"].as_array().unwrap().len(), 2);
    let path = "/providers/Microsoft.Resources/tags/default";
    let own = read(&format!("{LOGS}{path}")).await;
    assert_eq!(own["properties"]["tags"]["team"], "a");
    assert_eq!(own["id"], format!("{OURS}{LOGS}{path}"));
    let none = read(path).await;
    assert_eq!(none["properties"]["tags"], json!({}));
}

#[tokio::test]
async fn regions_are_those_of_the_vm_its_resources_and_the_settings() {
    let cloud = Cloud::start_with("locations = ['eastus2']\n", ARM).await;
    let answer = get(&cloud, &format!("{OURS}/locations")).await.json();
    let all = answer["value"].as_array().unwrap();
    let names: Vec<_> = all
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["eastus2", "westeurope"]);
    assert_eq!(all[0]["displayName"], "East US 2");
    assert_eq!(all[0]["id"], format!("{OURS}/locations/eastus2"));
    assert_eq!(read("/locations").await["value"][0]["name"], "mars");
}

#[tokio::test]
async fn providers_are_those_of_what_is_there_and_the_stub_s_own() {
    let all = read("/providers").await;
    let all = all["value"].as_array().unwrap();
    let names: Vec<_> = all
        .iter()
        .map(|one| one["namespace"].as_str().unwrap())
        .collect();
    let expected = [
        "Microsoft.Authorization",
        "Microsoft.Resources",
        "Microsoft.Sql",
        "Microsoft.Storage",
    ];
    assert_eq!(names, expected);
    let one = read("/providers/microsoft.storage").await;
    assert_eq!(one, all[3]);
    assert_eq!(one["registrationState"], "Registered");
    let kind = &one["resourceTypes"][0];
    assert_eq!(kind["resourceType"], "storageAccounts");
    assert_eq!(kind["locations"], json!(["West Europe"]));
    assert!(kind["apiVersions"].as_array().unwrap().len() > 1, "{kind}");
    let cloud = cloud().await;
    let of_tenant = get(&cloud, "/providers/Microsoft.Sql").await.json();
    assert_eq!(
        of_tenant["resourceTypes"][0]["resourceType"],
        "servers/databases"
    );
    let absent = get(&cloud, &format!("{OURS}/providers/Microsoft.None")).await;
    let words = "The resource namespace 'Microsoft.None' is invalid.";
    let error = json!({ "error": { "code": "InvalidResourceNamespace", "message": words } });
    assert_eq!((absent.status, absent.json()), (404, error));
}

#[tokio::test]
async fn readers_that_are_named_are_readers_by_a_role() {
    let path = "/providers/Microsoft.Authorization/roleAssignments";
    let all = read(&format!("{LOGS}{path}")).await;
    let [one] = all["value"].as_array().unwrap().as_slice() else {
        panic!("{all}")
    };
    let properties = &one["properties"];
    let principal = "5a1f0c9e-0000-4000-8000-000000000002";
    assert_eq!(properties["principalId"], principal);
    assert_eq!(properties["scope"], OURS);
    let role = read("/providers/Microsoft.Authorization/roleDefinitions").await;
    assert_eq!(role["value"][0]["id"], properties["roleDefinitionId"]);
    assert_eq!(role["value"][0]["properties"]["roleName"], "Reader");
    let filter = "$filter=principalId%20eq%20'x'";
    let target = format!("{OURS}{path}?{VERSION}&{filter}");
    let none = cloud().await.get(&target).await;
    assert_eq!(none.json(), json!({ "value": [] }));
    let everyone = Cloud::start().await;
    let none = get(&everyone, &format!("{OURS}{path}")).await;
    assert_eq!(none.json(), json!({ "value": [] }));
}
