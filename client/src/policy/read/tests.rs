use super::*;

fn errors(text: &str) -> Vec<String> {
    let errors = from_toml("p.toml", text).expect_err("mistakes").to_string();
    errors.lines().map(str::to_owned).collect()
}

const GOOD: &str = r#"
[policies.mine]
deadline = "1m"
[[policies.mine.layers]]
max_retries = 3
[[policies.mine.layers.rules]]
statuses = ["429", "500-599"]
delay = { exponential = { base = "1s", factor = 2 } }
jitter = { factor = { low = 0.5, high = 1.0 } }
[[policies.mine.layers.rules]]
transport = ["any"]
delay = { fixed = "1s" }
"#;

#[test]
fn a_file_of_policies_is_read_by_their_names() {
    let policies = from_toml("p.toml", GOOD).expect("policies");
    assert_eq!(policies["mine"].name, "mine");
    assert_eq!(policies["mine"].layers[0].rules.len(), 2);
}

#[test]
fn every_mistake_is_listed_with_its_line() {
    let bad = GOOD
        .replace("deadline = \"1m\"", "deadline = 60")
        .replace("max_retries = 3", "max_retires = 3")
        .replace("\"500-599\"", "\"5xx\"")
        .replace(
            "base = \"1s\", factor = 2",
            "base = \"soon\", factor = \"x\"",
        )
        .replace("high = 1.0", "high = \"1\"")
        .replace("\"any\"", "\"all\"")
        .replace("delay = { fixed = \"1s\" }", "");
    let expected = [
        ("p.toml:3:12: policies.mine.deadline: ", "expected"),
        (
            "p.toml:5:1: policies.mine.layers[0].max_retires: ",
            "unknown field",
        ),
        (
            "p.toml:7:12: policies.mine.layers[0].rules[0].statuses: ",
            "5xx",
        ),
        (
            "p.toml:8:34: policies.mine.layers[0].rules[0].delay.exponential.base: ",
            "duration",
        ),
        (
            "p.toml:8:51: policies.mine.layers[0].rules[0].delay.exponential.factor: ",
            "f64",
        ),
        (
            "p.toml:9:41: policies.mine.layers[0].rules[0].jitter.factor.high: ",
            "f64",
        ),
        (
            "p.toml:10:1: policies.mine.layers[0].rules[1]: ",
            "missing field `delay`",
        ),
        (
            "p.toml:11:14: policies.mine.layers[0].rules[1].transport[0]: ",
            "unknown variant `all`",
        ),
    ];
    let found = errors(&bad);
    for ((place, message), line) in expected.iter().zip(&found) {
        assert!(
            line.starts_with(place) && line.contains(message),
            "{place}: {found:#?}"
        );
    }
    assert_eq!(
        found.len(),
        expected.len(),
        "and nothing that only follows: {found:#?}"
    );
}

#[test]
fn what_can_be_read_but_makes_no_sense_is_listed_too() {
    let bad = GOOD
        .replace("factor = 2", "factor = 0.5")
        .replace("low = 0.5", "low = 5.0")
        .replace("transport = [\"any\"]\n", "");
    let expected = [
        "p.toml:8:9: policies.mine.layers[0].rules[0].delay: the factor must be 1 or more",
        "p.toml:9:10: policies.mine.layers[0].rules[0].jitter: expected 0 <= low <= high",
        "p.toml:10:1: policies.mine.layers[0].rules[1]: it is for no outcome: give it statuses, transport or malformed",
    ];
    assert_eq!(errors(&bad), expected);
}

#[test]
fn broken_toml_is_reported_with_its_line() {
    assert!(errors("[policies.a]\nlayers = \n")[0].starts_with("p.toml:2:"));
}

#[test]
fn a_file_of_policies_holds_nothing_else() {
    let found = errors("schema = 1\n[policies.a]\n");
    assert_eq!(
        found,
        ["p.toml:1:1: schema: expected nothing but tables [policies.NAME]"]
    );
}
