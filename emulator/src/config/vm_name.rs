//! What a VM may be called: its name is a part of the administration port's paths.

/// The VM that a file's own settings are of. It lasts as long as the process.
pub(crate) const FIRST: &str = "default";

/// What was expected of a name that will not do; `None` for one that will.
pub(super) fn expected(name: &str) -> Option<&'static str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let begins = name.starts_with(|first: char| first.is_ascii_alphanumeric());
    if !begins || !name.bytes().all(is_plain) || name.len() > 63 {
        return Some(
            "expected up to 63 letters, digits, `-`, `.` and `_`, a letter or digit first",
        );
    }
    (name == FIRST).then_some("`default` is taken: the first VM is called so")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_part_of_a_path_that_needs_no_escape() {
        for name in ["a", "vm-1", "Test.7_x", &"x".repeat(63)] {
            assert_eq!(expected(name), None, "{name}");
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
            assert!(expected(name).is_some(), "{name}");
        }
    }
}
