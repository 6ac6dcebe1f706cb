//! What an attested document says.

use std::time::Duration;

use serde::Serialize;

use crate::config::VmSettings;
use crate::model::calendar::utc;

/// The VM that a statement is about, as `/metadata/instance` describes it.
#[derive(Clone, Debug, Default)]
pub(super) struct Subject {
    vm_id: String,
    subscription_id: String,
    sku: String,
    license_type: String,
    plan: PurchasePlan,
}

impl Subject {
    pub(super) fn of(config: &VmSettings) -> Subject {
        let text = |pointer| config.instance.text(pointer).to_owned();
        Subject {
            vm_id: text("/compute/vmId"),
            subscription_id: text("/compute/subscriptionId"),
            sku: text("/compute/sku"),
            license_type: text("/compute/licenseType"),
            plan: PurchasePlan {
                name: text("/compute/plan/name"),
                product: text("/compute/plan/product"),
                publisher: text("/compute/plan/publisher"),
            },
        }
    }
}

/// The versions that brought a field (documented). Before them it is absent (assumed, as observed of
/// `/metadata/instance`).
const SUBSCRIPTION_ID: &str = "2019-04-30";
const SKU: &str = "2019-11-01";
const LICENSE_TYPE: &str = "2020-09-01";

/// The fields are documented; their order is observed (2022, 2023).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Statement<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    license_type: Option<&'a str>,
    nonce: &'a str,
    plan: &'a PurchasePlan,
    #[serde(skip_serializing_if = "Option::is_none")]
    sku: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subscription_id: Option<&'a str>,
    time_stamp: TimeStamp,
    vm_id: &'a str,
}

/// An image that is not from the marketplace has no plan: all three are empty.
#[derive(Clone, Debug, Default, Serialize)]
struct PurchasePlan {
    name: String,
    product: String,
    publisher: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TimeStamp {
    created_on: String,
    expires_on: String,
}

/// The statement as JSON. `made_at` is the time since 1970.
///
/// Without a nonce a time takes its place. It is that of expiry, to the second (observed in 2022 and twice in
/// 2023). The guide calls it the present time; then each document would have expired when it is made.
pub(super) fn statement(
    subject: &Subject,
    version: &str,
    nonce: Option<&str>,
    made_at: Duration,
    lifetime: Duration,
) -> String {
    let since = |first: &str| version >= first;
    let time_as_nonce = text(made_at + lifetime, "%Y%m%d-%H%M%S");
    let statement = Statement {
        license_type: since(LICENSE_TYPE).then_some(&subject.license_type),
        nonce: nonce.unwrap_or(&time_as_nonce),
        plan: &subject.plan,
        sku: since(SKU).then_some(&subject.sku),
        subscription_id: since(SUBSCRIPTION_ID).then_some(&subject.subscription_id),
        time_stamp: TimeStamp {
            created_on: text(made_at, "%m/%d/%y %H:%M:%S -0000"),
            expires_on: text(made_at + lifetime, "%m/%d/%y %H:%M:%S -0000"),
        },
        vm_id: &subject.vm_id,
    };
    serde_json::to_string(&statement).expect("text is always JSON")
}

fn text(since_1970: Duration, format: &str) -> String {
    utc(since_1970).strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(version: &str, nonce: Option<&str>) -> String {
        let subject = Subject {
            vm_id: "v".to_owned(),
            subscription_id: "s".to_owned(),
            sku: "k".to_owned(),
            ..Subject::default()
        };
        let (made_at, hours) = (Duration::from_secs(1_543_364_177), Duration::from_hours(6));
        statement(&subject, version, nonce, made_at, hours)
    }

    #[test]
    fn has_the_fields_of_its_version_and_its_times() {
        let times = r#""timeStamp":{"createdOn":"11/28/18 00:16:17 -0000","expiresOn":"11/28/18 06:16:17 -0000"}"#;
        let plan = r#""plan":{"name":"","product":"","publisher":""}"#;
        assert_eq!(
            said("2021-02-01", Some("1234567890")),
            format!(
                r#"{{"licenseType":"","nonce":"1234567890",{plan},"sku":"k","subscriptionId":"s",{times},"vmId":"v"}}"#
            )
        );
        assert_eq!(
            said("2018-10-01", None),
            format!(r#"{{"nonce":"20181128-061617",{plan},{times},"vmId":"v"}}"#)
        );
    }

    #[test]
    fn says_what_a_captured_document_says_but_for_its_ids() {
        let subject = Subject {
            vm_id: "00000000-0000-4000-8000-00000000000a".to_owned(),
            subscription_id: "00000000-0000-4000-8000-00000000000b".to_owned(),
            sku: "84sapha-gen2".to_owned(),
            ..Subject::default()
        };
        let (made_at, hours) = (Duration::from_secs(1_696_249_991), Duration::from_hours(6));
        assert_eq!(
            statement(&subject, "2021-12-13", None, made_at, hours),
            r#"{"licenseType":"","nonce":"20231002-183311","plan":{"name":"","product":"","publisher":""},"sku":"84sapha-gen2","subscriptionId":"00000000-0000-4000-8000-00000000000b","timeStamp":{"createdOn":"10/02/23 12:33:11 -0000","expiresOn":"10/02/23 18:33:11 -0000"},"vmId":"00000000-0000-4000-8000-00000000000a"}"#
        );
    }

    #[test]
    fn a_field_is_absent_before_its_version() {
        for (field, before, since) in [
            ("subscriptionId", "2019-03-11", "2019-04-30"),
            ("sku", "2019-08-15", "2019-11-01"),
            ("licenseType", "2020-07-15", "2020-09-01"),
        ] {
            assert!(!said(before, None).contains(field), "{field}");
            assert!(said(since, None).contains(field), "{field}");
        }
    }
}
