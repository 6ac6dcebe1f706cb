//! The fields of the instance document, and the api-version that introduced each.
//!
//! Names and versions are documented but for those marked assumed: of an operating system's disk the
//! documents list fields without versions, so they are taken to have come with the disk.

/// A name in the document and what stands there.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
}

/// What a field holds.
#[derive(Debug)]
pub(crate) enum Shape {
    /// Text, since an api-version.
    Text(&'static str),
    /// True or false, since an api-version.
    Flag(&'static str),
    /// Further fields; there as soon as one of them is.
    Table(&'static [Field]),
    /// Any number of tables with these fields; there as soon as one of them would be.
    List(&'static [Field]),
}

impl Field {
    /// Whether an api-version shows it.
    pub(crate) fn is_in(&self, version: &str) -> bool {
        match self.shape {
            Shape::Text(since) | Shape::Flag(since) => since <= version,
            Shape::Table(fields) | Shape::List(fields) => {
                fields.iter().any(|field| field.is_in(version))
            }
        }
    }
}

const fn text(name: &'static str, since: &'static str) -> Field {
    let shape = Shape::Text(since);
    Field { name, shape }
}

const fn flag(name: &'static str, since: &'static str) -> Field {
    let shape = Shape::Flag(since);
    Field { name, shape }
}

const fn table(name: &'static str, fields: &'static [Field]) -> Field {
    let shape = Shape::Table(fields);
    Field { name, shape }
}

const fn list(name: &'static str, fields: &'static [Field]) -> Field {
    let shape = Shape::List(fields);
    Field { name, shape }
}

/// The whole document. `extended` is there only where it is asked for.
pub(crate) const FIELDS: &[Field] = &[
    table("compute", COMPUTE),
    table(EXTENDED, &[table("compute", EXTENDED_COMPUTE)]),
    table("network", NETWORK),
];

/// The part of the document that is there only where it is asked for.
pub(crate) const EXTENDED: &str = "extended";

/// No document has these. They are observed in a test of azure-init (2025); the version is that with which their
/// support begins by a comment of cloud-init (read in 22.4.2, `_get_metadata_from_imds`).
const EXTENDED_COMPUTE: &[Field] = &[
    flag("hasCustomData", "2021-03-01"),
    text("ppsType", "2021-03-01"),
];

const COMPUTE: &[Field] = &[
    table(
        "additionalCapabilities",
        &[text("hibernationEnabled", "2021-11-01")],
    ),
    text("azEnvironment", "2018-10-01"),
    text("customData", "2019-02-01"),
    text("evictionPolicy", "2020-12-01"),
    table(
        "extendedLocation",
        &[text("name", "2021-03-01"), text("type", "2021-03-01")],
    ),
    table("host", &[text("id", "2021-11-15")]),
    table("hostGroup", &[text("id", "2021-11-15")]),
    text("isHostCompatibilityLayerVm", "2020-06-01"),
    // No document has it. Observed absent at 2021-12-13 (2023) and present in a document without
    // `physicalZone` (2025), and 2023-07-01 is the one version between these two.
    text("isVmInStandbyPool", "2023-07-01"),
    text("licenseType", "2020-09-01"),
    text("location", "2017-04-02"),
    text("name", "2017-04-02"),
    text("offer", "2017-04-02"),
    table(
        "osProfile",
        &[
            text("adminUsername", "2020-07-15"),
            text("computerName", "2020-07-15"),
            text("disablePasswordAuthentication", "2020-10-01"),
        ],
    ),
    text("osType", "2017-04-02"),
    text("physicalZone", "2023-11-15"),
    text("placementGroupId", "2017-08-01"),
    table(
        "plan",
        &[
            text("name", "2018-04-02"),
            text("product", "2018-04-02"),
            text("publisher", "2018-04-02"),
        ],
    ),
    text("platformFaultDomain", "2017-04-02"),
    text("platformSubFaultDomain", "2021-10-01"),
    text("platformUpdateDomain", "2017-04-02"),
    text("priority", "2020-12-01"),
    text("provider", "2018-10-01"),
    list(
        "publicKeys",
        &[text("keyData", "2018-04-02"), text("path", "2018-04-02")],
    ),
    text("publisher", "2017-04-02"),
    text("resourceGroupName", "2017-08-01"),
    text("resourceId", "2019-03-11"),
    table(
        "securityProfile",
        &[
            text("encryptionAtHost", "2021-11-01"),
            text("secureBootEnabled", "2020-06-01"),
            text("securityType", "2021-12-13"),
            text("virtualTpmEnabled", "2020-06-01"),
        ],
    ),
    text("sku", "2017-04-02"),
    table("storageProfile", STORAGE),
    text("subscriptionId", "2017-08-01"),
    text("tags", "2017-08-01"),
    list(
        "tagsList",
        &[text("name", "2019-06-04"), text("value", "2019-06-04")],
    ),
    text("userData", "2021-01-01"),
    text("version", "2017-04-02"),
    table("virtualMachineScaleSet", &[text("id", "2021-03-01")]),
    text("vmId", "2017-04-02"),
    text("vmScaleSetName", "2017-12-01"),
    text("vmSize", "2017-04-02"),
    text("zone", "2017-12-01"),
];

const STORAGE: &[Field] = &[
    list("dataDisks", DATA_DISK),
    table(
        "imageReference",
        &[
            text("communityGalleryImageId", "2023-07-01"),
            text("exactVersion", "2023-07-01"),
            text("id", "2019-06-01"),
            text("offer", "2019-06-01"),
            text("publisher", "2019-06-01"),
            text("sharedGalleryImageId", "2023-07-01"),
            text("sku", "2019-06-01"),
            text("version", "2019-06-01"),
        ],
    ),
    table("osDisk", OS_DISK),
    table("resourceDisk", &[text("size", "2021-02-01")]),
];

const DATA_DISK: &[Field] = &[
    text("bytesPerSecondThrottle", "2021-05-01"),
    text("caching", "2019-06-01"),
    text("createOption", "2019-06-01"),
    text("diskCapacityBytes", "2021-05-01"),
    text("diskSizeGB", "2019-06-01"),
    table("image", IMAGE),
    text("isSharedDisk", "2021-05-01"),
    text("isUltraDisk", "2021-05-01"),
    text("lun", "2019-06-01"),
    table("managedDisk", MANAGED_DISK),
    text("name", "2019-06-01"),
    text("opsPerSecondThrottle", "2021-05-01"),
    table("vhd", IMAGE),
    text("writeAcceleratorEnabled", "2019-06-01"),
];

/// The versions are assumed, but for those of the keys.
const OS_DISK: &[Field] = &[
    text("caching", "2019-06-01"),
    text("createOption", "2019-06-01"),
    table("diffDiskSettings", &[text("option", "2019-06-01")]),
    text("diskSizeGB", "2019-06-01"),
    table("encryptionSettings", ENCRYPTION),
    table("image", IMAGE),
    table("managedDisk", MANAGED_DISK),
    text("name", "2019-06-01"),
    text("osType", "2019-06-01"),
    table("vhd", IMAGE),
    text("writeAcceleratorEnabled", "2019-06-01"),
];

const ENCRYPTION: &[Field] = &[
    table(
        "diskEncryptionKey",
        &[
            text("secretUrl", "2021-11-01"),
            table("sourceVault", &[text("id", "2021-11-01")]),
        ],
    ),
    text("enabled", "2019-06-01"),
    table(
        "keyEncryptionKey",
        &[
            text("keyUrl", "2021-11-01"),
            table("sourceVault", &[text("id", "2021-11-01")]),
        ],
    ),
];

const IMAGE: &[Field] = &[text("uri", "2019-06-01")];

const MANAGED_DISK: &[Field] = &[
    text("id", "2019-06-01"),
    text("storageAccountType", "2019-06-01"),
];

const NETWORK: &[Field] = &[list(
    "interface",
    &[
        table(
            "ipv4",
            &[
                list(
                    "ipAddress",
                    &[
                        text("privateIpAddress", "2017-04-02"),
                        text("publicIpAddress", "2017-04-02"),
                    ],
                ),
                list(
                    "subnet",
                    &[text("address", "2017-04-02"), text("prefix", "2017-04-02")],
                ),
            ],
        ),
        table(
            "ipv6",
            &[list("ipAddress", &[text("privateIpAddress", "2017-04-02")])],
        ),
        text("macAddress", "2017-04-02"),
    ],
)];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::api_version;

    fn each(fields: &'static [Field], see: &mut impl FnMut(&'static Field)) {
        for field in fields {
            see(field);
            if let Shape::Table(fields) | Shape::List(fields) = field.shape {
                each(fields, see);
            }
        }
    }

    #[test]
    fn every_field_came_with_a_version_that_there_is() {
        each(FIELDS, &mut |field| {
            if let Shape::Text(since) | Shape::Flag(since) = field.shape {
                assert!(api_version::ALL.contains(&since), "{}: {since}", field.name);
            }
        });
    }

    #[test]
    fn no_table_has_a_name_twice_or_out_of_order() {
        let sorted = |fields: &[Field]| fields.is_sorted_by(|a, b| a.name < b.name);
        assert!(sorted(FIELDS));
        each(FIELDS, &mut |field| {
            if let Shape::Table(fields) | Shape::List(fields) = field.shape {
                assert!(sorted(fields), "{}", field.name);
            }
        });
    }
}
