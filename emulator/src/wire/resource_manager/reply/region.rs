//! Azure regions as Resource Manager describes them.

use serde_json::{Value, json};

/// Name, display name and geography group of public regions (documented; those of 2024, without the ones
/// that few may use).
const KNOWN: [(&str, &str, &str); 38] = [
    ("australiacentral", "Australia Central", "Asia Pacific"),
    ("australiaeast", "Australia East", "Asia Pacific"),
    ("australiasoutheast", "Australia Southeast", "Asia Pacific"),
    ("brazilsouth", "Brazil South", "South America"),
    ("canadacentral", "Canada Central", "Canada"),
    ("canadaeast", "Canada East", "Canada"),
    ("centralindia", "Central India", "Asia Pacific"),
    ("centralus", "Central US", "US"),
    ("eastasia", "East Asia", "Asia Pacific"),
    ("eastus", "East US", "US"),
    ("eastus2", "East US 2", "US"),
    ("francecentral", "France Central", "Europe"),
    ("germanywestcentral", "Germany West Central", "Europe"),
    ("israelcentral", "Israel Central", "Middle East"),
    ("italynorth", "Italy North", "Europe"),
    ("japaneast", "Japan East", "Asia Pacific"),
    ("japanwest", "Japan West", "Asia Pacific"),
    ("koreacentral", "Korea Central", "Asia Pacific"),
    ("northcentralus", "North Central US", "US"),
    ("northeurope", "North Europe", "Europe"),
    ("norwayeast", "Norway East", "Europe"),
    ("polandcentral", "Poland Central", "Europe"),
    ("qatarcentral", "Qatar Central", "Middle East"),
    ("southafricanorth", "South Africa North", "Africa"),
    ("southcentralus", "South Central US", "US"),
    ("southeastasia", "Southeast Asia", "Asia Pacific"),
    ("southindia", "South India", "Asia Pacific"),
    ("spaincentral", "Spain Central", "Europe"),
    ("swedencentral", "Sweden Central", "Europe"),
    ("switzerlandnorth", "Switzerland North", "Europe"),
    ("uaenorth", "UAE North", "Middle East"),
    ("uksouth", "UK South", "Europe"),
    ("ukwest", "UK West", "Europe"),
    ("westcentralus", "West Central US", "US"),
    ("westeurope", "West Europe", "Europe"),
    ("westus", "West US", "US"),
    ("westus2", "West US 2", "US"),
    ("westus3", "West US 3", "US"),
];

/// A region of a subscription. One that is not known has its own name as the display name. Where it lies
/// and which region it is paired with is left out.
pub(super) fn described(subscription_id: &str, name: &str) -> Value {
    let mut value = json!({
        "id": format!("/subscriptions/{subscription_id}/locations/{name}"),
        "name": name,
        "type": "Region",
        "displayName": display_name(name),
        "regionalDisplayName": display_name(name),
        "metadata": { "regionType": "Physical", "regionCategory": "Recommended" },
    });
    if let Some((_, display_name, group)) = known(name) {
        value["regionalDisplayName"] = format!("({group}) {display_name}").into();
        value["metadata"]["geographyGroup"] = (*group).into();
    }
    value
}

pub(super) fn display_name(name: &str) -> &str {
    known(name).map_or(name, |(_, display_name, _)| display_name)
}

fn known(name: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    let mut known = KNOWN.iter();
    known.find(|(own, ..)| own.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_that_is_not_known_is_described_by_its_name() {
        let known = described("s", "westeurope");
        assert_eq!(known["regionalDisplayName"], "(Europe) West Europe");
        assert_eq!(known["metadata"]["geographyGroup"], "Europe");
        let own = described("s", "nowhere");
        assert_eq!(own["displayName"], "nowhere");
        assert!(own["metadata"].get("geographyGroup").is_none(), "{own}");
    }
}
