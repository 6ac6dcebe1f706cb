//! What a VM may be called: its name is a part of the administration port's paths.

/// The VM that a file's own settings are of. It lasts as long as the process.
pub(crate) const FIRST: &str = "default";

/// Whether a VM can be called so; the first is called `default`.
///
/// # Errors
/// What is expected of a name.
pub fn check(name: &str) -> Result<(), &'static str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let begins = name.starts_with(|first: char| first.is_ascii_alphanumeric());
    let is_name = begins && name.bytes().all(is_plain) && name.len() <= 63;
    is_name
        .then_some(())
        .ok_or("expected up to 63 letters, digits, `-`, `.` and `_`, a letter or digit first")
}

/// Whether a VM beside the first can be called so.
pub(super) fn check_further(name: &str) -> Result<(), &'static str> {
    if name == FIRST {
        return Err("`default` is taken: the first VM is called so");
    }
    check(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_part_of_a_path_that_needs_no_escape() {
        for name in ["a", "vm-1", "Test.7_x", &"x".repeat(63)] {
            assert_eq!(check_further(name), Ok(()), "{name}");
        }
        for name in [
            "",
            ".",
            "..",
            "-a",
            "a b",
            "a/b",
            "\u{e9}",
            &"x".repeat(64),
            FIRST,
        ] {
            assert!(check_further(name).is_err(), "{name}");
        }
        assert_eq!(check(FIRST), Ok(()));
    }
}
