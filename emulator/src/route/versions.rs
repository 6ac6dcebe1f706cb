//! `GET /metadata/versions`: the API versions there are. It needs no version itself.

use serde_json::json;

use super::Ask;
use crate::config::Config;
use crate::guard::{Flaw, ensure};
use crate::head::Head;
use crate::reply::{self, Answer};

/// The endpoint's path.
pub(crate) const PATH: &str = "/metadata/versions";

/// All versions, oldest first (documented, read November 2026).
pub(crate) const ALL: &[&str] = &[
    "2017-03-01",
    "2017-04-02",
    "2017-08-01",
    "2017-10-01",
    "2017-12-01",
    "2018-02-01",
    "2018-04-02",
    "2018-10-01",
    "2019-02-01",
    "2019-03-11",
    "2019-04-30",
    "2019-06-01",
    "2019-06-04",
    "2019-08-01",
    "2019-08-15",
    "2019-11-01",
    "2020-06-01",
    "2020-07-15",
    "2020-09-01",
    "2020-10-01",
    "2020-12-01",
    "2021-01-01",
    "2021-02-01",
    "2021-03-01",
    "2021-05-01",
    "2021-08-01",
    "2021-10-01",
    "2021-11-01",
    "2021-11-15",
    "2021-12-13",
    "2023-07-01",
    "2023-11-15",
    "2024-03-15",
    "2024-07-17",
    "2025-04-07",
];

#[expect(clippy::unnecessary_wraps, reason = "one shape for every route")]
pub(super) fn read<'a>(_: &'a Head, _: &'a Config) -> Result<Ask<'a>, Flaw> {
    Ok(Ask::Versions)
}

/// 200 with all versions (documented).
pub(super) fn answer(request_id: &str) -> Answer {
    reply::json(&json!({ "apiVersions": ALL }), request_id)
}

/// The version that a request names. It must be one that there is, and not be older than the endpoint
/// (that dates which are no version are refused is documented in words, not for each endpoint).
pub(super) fn asked<'a>(head: &'a Head, first: &str) -> Result<&'a str, Flaw> {
    let version = head.parameter("api-version").ok_or(Flaw::VersionInvalid)?;
    let known = version >= first && ALL.contains(&version);
    ensure(known, Flaw::VersionInvalid)?;
    Ok(version)
}

/// The newest versions, newest first, as a request without a valid one is told.
pub(crate) fn newest() -> [&'static str; 3] {
    let [.., third, second, first] = ALL else {
        unreachable!("there are more than three")
    };
    [first, second, third]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::head::get;

    #[test]
    fn the_oldest_version_comes_first() {
        assert!(ALL.is_sorted_by(|a, b| a < b));
        assert_eq!(newest(), ["2025-04-07", "2024-07-17", "2024-03-15"]);
    }

    #[test]
    fn a_version_is_one_that_there_is_and_not_older_than_the_endpoint() {
        let asked = |version: &str| {
            let head = get(&format!("/x?api-version={version}"));
            super::asked(&head, "2018-02-01").map(str::to_owned)
        };
        assert_eq!(asked("2018-02-01"), Ok("2018-02-01".to_owned()));
        for version in ["2017-12-01", "2019-08-02", "latest", "2018-02-01+", ""] {
            assert_eq!(asked(version), Err(Flaw::VersionInvalid), "{version}");
        }
    }
}
