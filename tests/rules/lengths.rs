//! A function fits a screen, and most are much shorter.

use crate::modules::Modules;
use crate::source::{Fact, Function};
use crate::violation::Violation;
use crate::workspace::Workspace;

const RULE: &str = "length of functions";

/// The lines of a screen.
const MOST: usize = 60;

/// The functions that are longer than a screen, those of tests among them.
fn violations(workspace: &Workspace) -> Vec<Violation> {
    let files = workspace.sources.iter();
    let functions = files.flat_map(|(path, source)| {
        let functions = source.functions.iter();
        functions.map(move |function| (path, function))
    });
    let long = functions.filter(|(_, function)| function.what.lines > MOST);
    let violation = |(path, function): (&String, &Fact<Function>)| Violation {
        file: path.clone(),
        line: function.line,
        rule: RULE,
        found: format!(
            "`{}` has {} lines, more than {MOST}",
            function.what.name, function.what.lines
        ),
        instead: "split it into functions that are named for its steps".to_owned(),
    };
    long.map(violation).collect()
}

/// Of the lengths of the functions that are not only for tests, in lines: those that half of them and nine
/// tenths of them do not exceed.
fn median_and_ninetieth(modules: &Modules) -> (usize, usize) {
    let functions = modules.sources().flat_map(|(_, source)| &source.functions);
    let lengths = functions
        .filter(|function| !function.test)
        .map(|function| function.what.lines);
    let mut lengths: Vec<usize> = lengths.collect();
    lengths.sort_unstable();
    let at = |percent: usize| lengths[(lengths.len() * percent).div_ceil(100) - 1];
    (at(50), at(90))
}

mod tests {
    use super::{median_and_ninetieth, violations};
    use crate::modules::Modules;
    use crate::packages::{CLIENT, EMULATOR, LOADGEN, PLANTED};
    use crate::violation::{lines, none};
    use crate::workspace::Workspace;

    /// A function of so many lines, three or more.
    fn function(name: &str, lines: usize) -> String {
        format!(
            "fn {name}(\n) {{\n{}}}\n",
            "    step();\n".repeat(lines - 3)
        )
    }

    #[test]
    fn functions_fit_a_screen() {
        none(violations(Workspace::here()));
    }

    #[test]
    fn most_functions_are_much_shorter() {
        for (package, most) in [
            (&EMULATOR, (7, 18)),
            (&CLIENT, (7, 16)),
            (&LOADGEN, (8, 20)),
        ] {
            let (median, ninetieth) =
                median_and_ninetieth(&Modules::of(Workspace::here(), package));
            let folder = package.folder;
            assert!(
                median <= most.0 && ninetieth <= most.1,
                "{folder}: functions have {median} lines at the median and {ninetieth} at the 90th \
                 percentile, more than {most:?}. Instead: split the long ones."
            );
        }
    }

    #[test]
    fn a_function_of_61_lines_is_found_wherever_it_stands() {
        let long = function("long", 61);
        let method = format!("impl X {{\n{long}}}\n#[cfg(test)] mod tests {{\n{long}}}\n");
        let workspace = Workspace::of(&[
            (
                "planted/src/lib.rs",
                &format!("{}{}", function("fits", 60), long),
            ),
            ("planted/tests/suite.rs", &method),
        ]);
        let found = violations(&workspace);
        let expected = [
            "planted/src/lib.rs:61",
            "planted/tests/suite.rs:2",
            "planted/tests/suite.rs:65",
        ];
        assert_eq!(lines(&found), expected);
        let told = found[0].to_string();
        assert!(
            told.contains("`long` has 61 lines, more than 60. Instead: split it"),
            "{told}"
        );
    }

    #[test]
    fn the_figures_are_of_the_functions_that_are_not_tests() {
        let lengths = (3..=12)
            .map(|lines| function("f", lines))
            .collect::<String>();
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", function("g", 50));
        let workspace = Workspace::planted(&[("lib.rs", &(lengths + &tests))]);
        assert_eq!(
            median_and_ninetieth(&Modules::of(&workspace, &PLANTED)),
            (7, 11)
        );
    }
}
