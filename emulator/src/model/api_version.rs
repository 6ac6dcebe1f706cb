//! The API versions of IMDS.

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

/// The versions of scheduled events, which are a line of their own, oldest first (documented).
pub(crate) const EVENTS: &[&str] = &[
    "2017-03-01",
    "2017-08-01",
    "2017-11-01",
    "2019-01-01",
    "2019-04-01",
    "2019-08-01",
    "2020-07-01",
];

/// The newest of these versions, newest first, as the answer to a request without a valid one lists them.
/// There must be three.
pub(crate) fn newest<'a>(versions: &[&'a str]) -> [&'a str; 3] {
    let [.., third, second, first] = *versions else {
        unreachable!("there are more than three")
    };
    [first, second, third]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_version_comes_first() {
        for versions in [ALL, EVENTS] {
            assert!(versions.is_sorted_by(|a, b| a < b));
        }
        assert_eq!(newest(ALL), ["2025-04-07", "2024-07-17", "2024-03-15"]);
        assert_eq!(newest(EVENTS), ["2020-07-01", "2019-08-01", "2019-04-01"]);
    }
}
