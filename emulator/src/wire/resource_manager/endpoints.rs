//! The description of the cloud, for `az cloud register`.

use serde_json::{Value, json};

use crate::model::resource_manager::AUDIENCES;

/// The description as api-version 2022-09-01 has it, with no more in it than this cloud has: a client that
/// uses it learns no address of the real one. `base` is the stub's own URL, `authority` that under which
/// the emulator's keys are.
pub(crate) fn description(base: &str, authority: &str) -> Value {
    json!({
        "name": "imds-emulator",
        "resourceManager": base,
        "authentication": {
            "loginEndpoint": authority,
            "audiences": AUDIENCES,
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "suffixes": {},
    })
}
