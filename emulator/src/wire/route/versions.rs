//! `GET /metadata/versions`: the API versions there are. It needs no version itself.

use serde_json::json;

use crate::model::api_version::ALL;
use crate::wire::flaw::{Flaw, ensure};
use crate::wire::head::Head;
use crate::wire::reply::{self, Answer};

/// The endpoint's path.
pub(crate) const PATH: &str = "/metadata/versions";

/// 200 with all versions (documented).
pub(crate) fn answer() -> Answer {
    reply::json(&json!({ "apiVersions": ALL }))
}

/// The version that a request names. It must be one that there is, and not be older than the endpoint
/// (that dates which are no version are refused is documented in words, not for each endpoint).
pub(super) fn asked<'a>(head: &'a Head, first: &str) -> Result<&'a str, Flaw> {
    let version = head.parameter("api-version").ok_or(Flaw::VersionInvalid)?;
    let known = version >= first && ALL.contains(&version);
    ensure(known, Flaw::VersionInvalid)?;
    Ok(version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::head::get;

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
