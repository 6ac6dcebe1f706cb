//! The arguments with which a command asks the emulator.

use std::ffi::{OsStr, OsString};

use super::manager::ManagerAccess;

/// What stands in arguments for the address of the emulator.
const ENDPOINT: &str = "{endpoint}";
/// What stands in arguments for the address of Resource Manager's stub.
const MANAGER: &str = "{resource_manager}";

/// An argument with the emulator's address and that of Resource Manager's stub in their places.
#[must_use]
pub(crate) fn argument(given: &OsStr, endpoint: &str, manager: Option<&ManagerAccess>) -> OsString {
    let Some(text) = given.to_str() else {
        return given.to_owned();
    };
    let text = text.replace(ENDPOINT, endpoint);
    match manager {
        Some(manager) => text.replace(MANAGER, &manager.endpoint).into(),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "http://127.0.0.1:1";

    #[test]
    fn the_address_is_put_into_arguments() {
        let manager = ManagerAccess {
            endpoint: "https://127.0.0.1:2".to_owned(),
            ca_file: None,
        };
        let put = |text: &str| argument(OsStr::new(text), HERE, Some(&manager));
        assert_eq!(
            put("--url={endpoint}/metadata"),
            "--url=http://127.0.0.1:1/metadata"
        );
        assert_eq!(
            put("{resource_manager}/tenants"),
            "https://127.0.0.1:2/tenants"
        );
        assert_eq!(put("{other}"), "{other}");
        let off = argument(OsStr::new("{resource_manager}"), HERE, None);
        assert_eq!(off, "{resource_manager}");
    }
}
