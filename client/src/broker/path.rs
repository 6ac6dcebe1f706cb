//! Which paths lead out of the folder that they begin with.
//!
//! The broker checks a path by how it begins. A URL parser resolves `..`, some gateways decode a path first, once or
//! twice, some take `\\` for `/` (the URL standard does), and some cut a segment off at `;`. So a path that climbs
//! by any of these is refused, and none has to be resolved.

use percent_encoding::percent_decode_str;

/// Whether a segment of the path is `.` or `..` in some spelling, or there is a backslash.
pub(super) fn climbs(path: &str) -> bool {
    let mut path = path.to_owned();
    loop {
        if path.contains('\\') || path.split('/').any(is_dots) {
            return true;
        }
        let decoded = percent_decode_str(&path).decode_utf8_lossy();
        // Each turn makes it shorter.
        if decoded.len() >= path.len() {
            return false;
        }
        path = decoded.into_owned();
    }
}

fn is_dots(segment: &str) -> bool {
    let name = segment.split(';').next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_ascii_control()).collect();
    name == "." || name == ".."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_climbs_in_any_spelling() {
        for path in [
            "/metadata/../vm-b",
            "/metadata/./instance",
            "/metadata/..",
            "/metadata/%2e%2E/vm-b",
            "/metadata/.%2e/vm-b",
            "/metadata/%252e%252e/vm-b",
            "/metadata/x%2f..%2f..%2fvm-b",
            "/metadata/..%5cvm-b",
            "/metadata/..\\vm-b",
            "/metadata/..;a/vm-b",
            "/metadata/.%09./vm-b",
        ] {
            assert!(climbs(path), "{path}");
        }
        for path in [
            "/",
            "/metadata/instance/compute",
            "/metadata/...",
            "/metadata/a..b/.c",
            "/metadata/%41%",
        ] {
            assert!(!climbs(path), "{path}");
        }
    }
}
