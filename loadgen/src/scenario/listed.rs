//! Names in the message of a problem.

/// So many are named. There may be as many as groups, and as many problems.
const MOST: usize = 50;

/// The first of them, and how many there are beside those.
pub(crate) fn listed<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    let more = names.len().saturating_sub(MOST);
    let names: Vec<&str> = names.take(MOST).collect();
    let names = names.join(", ");
    match more {
        0 => names,
        more => format!("{names} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_many_names_ends_with_their_number() {
        assert_eq!(listed(["a", "b"].into_iter()), "a, b");
        let many = listed(vec!["a"; 20_000].into_iter());
        assert!(many.ends_with("a, a and 19950 more"), "{many}");
    }
}
