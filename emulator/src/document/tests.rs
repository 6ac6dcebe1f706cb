use super::*;

fn problems(text: &str, read_root: impl FnOnce(&mut Section)) -> String {
    read("f.toml", text, |root| {
        read_root(root);
        Some(())
    })
    .map_or_else(|problems| problems.to_string(), |()| String::new())
}

#[test]
fn reports_every_problem_in_the_order_of_their_places() {
    let text = "b = 1\na = 'x'\n\n[inner]\nc = -1\n";
    let found = problems(text, |root| {
        root.required::<u32>("a");
        root.required::<String>("b");
        root.required::<u32>("missing");
        root.section("inner").unwrap().optional::<u32>("c");
    });
    assert_eq!(
        found,
        "f.toml:1:1: missing: required, but missing\n\
         f.toml:1:5: b: invalid type: integer `1`, expected a string\n\
         f.toml:2:5: a: invalid type: string \"x\", expected a whole number from 0 to 4294967295\n\
         f.toml:5:5: inner.c: invalid value: integer `-1`, expected a whole number from 0 to 4294967295"
    );
}

#[test]
fn reports_every_error_of_syntax_and_reads_no_further() {
    let found = problems("a = \nb = 'x\nc = 1", |_| panic!("must not be read"));
    assert_eq!(found.lines().count(), 2, "{found}");
    assert!(found.starts_with("f.toml:1:"), "{found}");
}

#[test]
fn names_the_known_keys_when_one_is_unknown() {
    let found = problems("[[jobs]]\ncuont = 1\n", |root| {
        for mut job in root.sections("jobs") {
            job.optional::<u32>("count");
            job.optional::<String>("name");
        }
    });
    assert_eq!(
        found,
        "f.toml:2:1: jobs[0].cuont: unknown key, did you mean `count`? Expected one of `count`, `name`"
    );
}

#[test]
fn refuses_a_taken_value_at_its_place() {
    let found = problems("[window]\nlength = '0s'\n", |root| {
        let mut window = root.section("window").unwrap();
        window.required::<FriendlyDuration>("length");
        window.refuse("length", "expected more than zero");
        window.refuse("other", "expected with `length`");
    });
    assert_eq!(
        found,
        "f.toml:1:1: window.other: expected with `length`\n\
         f.toml:2:10: window.length: expected more than zero"
    );
}

#[test]
fn tells_tables_arrays_and_values_apart() {
    let found = problems("a = 1\nb = [{}, 2]\nc = 3\n[d.x]\nk = 1\n", |root| {
        assert!(root.section("a").is_none());
        assert_eq!(root.sections("b").len(), 1);
        assert!(root.sections("c").is_empty());
        assert!(root.holds_table("d"));
        for (name, mut section) in root.named_sections("d") {
            assert_eq!((name.as_str(), section.required("k")), ("x", Some(1)));
        }
        assert!(root.section("e").is_none());
    });
    assert_eq!(
        found,
        "f.toml:1:5: a: expected a table\n\
         f.toml:2:10: b[1]: expected a table\n\
         f.toml:3:5: c: expected an array of tables"
    );
}

#[test]
fn answers_from_the_uppermost_layer_that_has_the_key() {
    let lower = DeTable::parse("a = 1\nb = 1\nt = { x = 1, y = 1 }").unwrap();
    let upper = DeTable::parse("b = 2\nu = 2").unwrap();
    let found = problems("c = 3\nt = { y = 3 }", |root| {
        root.underlay(lower.into_inner());
        root.underlay(upper.into_inner());
        let mut value = |key| root.optional::<u32>(key);
        assert_eq!(
            (value("a"), value("b"), value("c")),
            (Some(1), Some(2), Some(3))
        );
        let mut table = root.section("t").unwrap();
        assert_eq!(table.required("x"), Some(1));
        assert_eq!(table.required("y"), Some(3));
    });
    assert_eq!(found, "");
}

#[test]
fn an_integer_that_toml_does_not_have_is_an_error_wherever_it_stands() {
    let text = "a = 9223372036854775808\nb = { c = [1, 0xffff_ffff_ffff_ffff] }\nd = 9223372036854775807\n";
    let found = problems(text, |_| panic!("must not be read"));
    let expected = "expected a whole number from -9223372036854775808 to 9223372036854775807";
    assert_eq!(
        found,
        format!("f.toml:1:5: a: {expected}\nf.toml:2:15: b.c[1]: {expected}")
    );
}
