//! The stub of Resource Manager where there are several VMs: they share one.

use crate::cloud::{ARM, Cloud, VERSION};
use crate::raw::{admin, ask};

#[tokio::test]
async fn it_takes_the_tokens_of_every_vm_and_is_set_once() {
    let cloud = Cloud::start().await;
    let url = cloud.emulator.admin_url();
    let make = |body: &'static str| ask(&url, "POST", "/vms", &[], body);
    let vm = make(r#"{"name":"a"}"#).await.json();
    let imds = vm["imds"].as_str().unwrap();
    let path = format!("/metadata/identity/oauth2/token?api-version=2018-02-01&resource={ARM}");
    let token = ask(imds, "GET", &path, &["Metadata: true"], "")
        .await
        .json();
    let authorization = format!(
        "Authorization: Bearer {}",
        token["access_token"].as_str().unwrap()
    );
    let target = format!("/subscriptions?{VERSION}");
    assert_eq!(cloud.get_as(&target, &[&authorization]).await.status, 200);
    let own = make(r#"{"resource_manager":{"page":1}}"#).await;
    assert_eq!(own.status, 400);
    assert!(own.body.contains("only at the top of a file"), "{own:?}");
    let of_vm = admin(&cloud.emulator, "/vms/a/resource_manager/tally").await;
    assert_eq!(of_vm.status, 404);
    let tally = admin(&cloud.emulator, "/resource_manager/tally")
        .await
        .json();
    assert_eq!(tally["requests"].as_array().unwrap().len(), 1, "{tally}");
}

#[tokio::test]
async fn there_is_one_for_all_vms_and_the_first_one_s_reset_empties_it() {
    let cloud = Cloud::start().await;
    let url = cloud.emulator.admin_url();
    ask(&url, "POST", "/vms", &[], r#"{"name":"a"}"#).await;
    let settings = async |path| admin(&cloud.emulator, path).await.json();
    let [of_first, of_vm] = [settings("/config").await, settings("/vms/a/config").await];
    assert_eq!(of_vm["resource_manager"], of_first["resource_manager"]);
    assert_eq!(of_vm["resource_manager"]["enabled"], true);
    cloud.get("/tenants").await;
    for (path, left) in [("/vms/a/reset", 1), ("/vms/default/reset", 0)] {
        ask(&url, "POST", path, &[], "").await;
        let tally = admin(&cloud.emulator, "/resource_manager/tally").await;
        let requests = tally.json()["requests"].as_array().unwrap().len();
        assert_eq!(requests, left, "{path}");
    }
}
