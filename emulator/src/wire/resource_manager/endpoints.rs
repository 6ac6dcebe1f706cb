//! The description of the cloud: Azure PowerShell reads it at `ARM_CLOUD_METADATA_URL`, the Azure CLI there and
//! for `az cloud register`.

use serde_json::{Value, json};

use crate::model::resource_manager::AUDIENCES;

/// The first api-version whose answer is an array, and the first whose answer is one object again.
const LISTED_FROM: &str = "2019-05-01";
const LISTED_UNTIL: &str = "2022-09-01";

/// The cloud, with no more in it than this cloud has: a client that uses it learns no address of the real
/// one.
#[derive(Debug)]
pub(crate) struct Cloud<'a> {
    /// A client uses it in place of its built-in cloud of the same name.
    pub(crate) name: &'a str,
    /// The stub's own URL, as the client addresses it.
    pub(crate) base: &'a str,
    /// The URL under which the emulator's keys are.
    pub(crate) authority: &'a str,
}

impl Cloud<'_> {
    /// The description in the form of that api-version, which begins with a date: an array of clouds from
    /// 2019-05-01 on, one cloud before that and from 2022-09-01 on.
    pub(crate) fn described(&self, api_version: &str) -> Value {
        let cloud = json!({
            "name": self.name,
            "resourceManager": self.base,
            "authentication": {
                "loginEndpoint": self.authority,
                "audiences": AUDIENCES,
                "tenant": "common",
                "identityProvider": "AAD",
            },
            "suffixes": {},
        });
        let date = api_version.get(..LISTED_FROM.len());
        if date.is_some_and(|date| (LISTED_FROM..LISTED_UNTIL).contains(&date)) {
            json!([cloud])
        } else {
            cloud
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_versions_of_some_years_list_clouds() {
        let cloud = Cloud {
            name: "AzureCloud",
            base: "http://127.0.0.1:1",
            authority: "http://127.0.0.1:2",
        };
        for (version, is_listed) in [
            ("2015-01-01", false),
            ("2019-05-01", true),
            ("2020-06-01", true),
            ("2022-08-31-preview", true),
            ("2022-09-01", false),
            ("2022-09-01-preview", false),
        ] {
            assert_eq!(cloud.described(version).is_array(), is_listed, "{version}");
        }
    }
}
