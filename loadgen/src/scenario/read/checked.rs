//! Keys that are checked as they are read.

use imds_emulator::document::Section;

/// Reads a key and checks it; what the check expected instead is a problem at the key's place.
pub(super) fn checked<T, U>(
    section: &mut Section,
    key: &str,
    check: impl FnOnce(T) -> Result<U, String>,
) -> Option<U>
where
    T: serde::de::DeserializeOwned,
{
    let value = section.required(key)?;
    let checked = check(value);
    checked
        .map_err(|expected| section.refuse(key, format_args!("expected {expected}")))
        .ok()
}
