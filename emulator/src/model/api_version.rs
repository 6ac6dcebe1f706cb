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

/// The newest versions, newest first, as the answer to a request without a valid one lists them.
pub(crate) fn newest() -> [&'static str; 3] {
    let [.., third, second, first] = ALL else {
        unreachable!("there are more than three")
    };
    [first, second, third]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_version_comes_first() {
        assert!(ALL.is_sorted_by(|a, b| a < b));
        assert_eq!(newest(), ["2025-04-07", "2024-07-17", "2024-03-15"]);
    }
}
