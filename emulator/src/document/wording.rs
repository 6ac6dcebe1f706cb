//! What was expected, in words that need no knowledge of Rust.

/// How serde ends its messages, and how they are to end.
const WORDS: [(&str, &str); 5] = [
    ("expected u16", "expected a whole number from 0 to 65535"),
    (
        "expected u32",
        "expected a whole number from 0 to 4294967295",
    ),
    ("expected u64", "expected a whole number from 0"),
    ("expected usize", "expected a whole number from 0"),
    (
        "invalid socket address syntax",
        "expected ADDRESS:PORT such as \"127.0.0.1:16925\" or \"[::1]:0\"",
    ),
];

pub(super) fn in_plain_words(message: &str) -> String {
    let known = WORDS
        .iter()
        .find_map(|(end, words)| Some((message.strip_suffix(end)?, words)));
    known.map_or_else(
        || message.to_owned(),
        |(begin, words)| format!("{begin}{words}"),
    )
}

#[cfg(test)]
mod tests {
    use crate::document;

    fn problem<T: serde::de::DeserializeOwned>(value: &str) -> String {
        let read = document::read("c", &format!("k = {value}"), |section| {
            section.required::<T>("k")
        });
        let problems = read.err().map(|problems| problems.to_string());
        problems.unwrap_or_default()
    }

    #[test]
    fn no_type_of_rust_is_named() {
        let long = "9223372036854775807";
        for found in [
            problem::<u16>("-1"),
            problem::<u16>("'x'"),
            problem::<u32>(long),
            problem::<u64>("1.5"),
            problem::<usize>("true"),
        ] {
            assert!(found.contains("expected a whole number"), "{found}");
        }
        let found = problem::<std::net::SocketAddr>("'localhost:1'");
        assert!(
            found.starts_with("c:1:5: k: expected ADDRESS:PORT such as"),
            "{found}"
        );
    }
}
