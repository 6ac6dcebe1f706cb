//! The commands that the documentation shows are commands that this program takes.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::arguments::Cli;
use clap::Parser;
use clap::error::ErrorKind;

/// Words that stand for a reader's own, and one that could.
const STAND_INS: [(&str, &str); 6] = [
    ("N", "1"),
    ("az-accounts-R", "az-accounts-2.12.1"),
    ("EXPLANATION", "current"),
    ("EXPECTATION", "makespan_ms < 1"),
    ("PROTOCOL", "imds"),
    ("FILE...", "FILE"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The pages for users, and the workflows to copy.
fn pages() -> Vec<PathBuf> {
    let folders = [root().join("docs"), root().join("docs/ci")];
    let entries = folders.iter().flat_map(|folder| {
        let entries = fs::read_dir(folder).expect("the documentation");
        entries.map(|entry| entry.expect("an entry").path())
    });
    let is_page = |path: &PathBuf| path.extension().is_some_and(|it| it == "md" || it == "yml");
    let mut pages: Vec<PathBuf> = entries.filter(is_page).collect();
    pages.push(root().join("README.md"));
    pages
}

/// What follows the program's name, wherever a page shows it as code.
fn commands(page: &Path) -> Vec<String> {
    let text = fs::read_to_string(page).expect("a page");
    if page.extension().is_some_and(|it| it == "yml") {
        let unfolded = text.replace("\n          ", " ");
        return unfolded.lines().filter_map(command).collect();
    }
    let blocks = text.lines().filter(|line| line.starts_with("    "));
    let spans = text.split('`').skip(1).step_by(2);
    let spans = spans.filter(|span| span.starts_with("imds-loadgen "));
    blocks
        .filter_map(command)
        .chain(spans.filter_map(command))
        .collect()
}

/// The command of a line, without comments and what the shell does with it.
fn command(line: &str) -> Option<String> {
    let line = line.split(" #").next().unwrap_or_default();
    let (before, rest) = line.split_once("imds-loadgen ")?;
    let is_command =
        !before.contains("install") && !before.ends_with(['/', '"']) && !before.contains('#');
    let rest = rest.trim_start_matches("-- ");
    let end = rest
        .find(['>', ';', '&', ')'])
        .filter(|at| !rest[..*at].contains('\''));
    let command = rest[..end.unwrap_or(rest.len())].trim();
    let asks_for_more = if command.ends_with(" --") {
        " COMMAND"
    } else {
        ""
    };
    (is_command && !command.is_empty()).then(|| format!("{command}{asks_for_more}"))
}

/// As a shell has them, with all that may be left out, and the first of what can be chosen.
fn words(command: &str) -> Vec<String> {
    let mut words = vec!["imds-loadgen".to_owned()];
    for (index, part) in command.split('\'').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
            continue;
        }
        let plain = part
            .split_whitespace()
            .map(|word| word.trim_matches(['[', ']']));
        words.extend(plain.map(|word| {
            let word = word.split('|').next().unwrap_or_default();
            let own = STAND_INS.iter().find(|(stand_in, _)| *stand_in == word);
            own.map_or(word, |(_, own)| own).to_owned()
        }));
    }
    words
}

/// Why it is not taken. A verb alone is a mention, not a command.
fn mistake(words: &[String]) -> Option<String> {
    let error = Cli::try_parse_from(words).err()?;
    let incomplete = matches!(
        error.kind(),
        ErrorKind::MissingRequiredArgument | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    let is_mention = words.len() <= 3 && incomplete;
    (!is_mention).then(|| format!("{}\n{error}", words.join(" ")))
}

#[test]
fn every_command_that_the_documentation_shows_is_taken() {
    let commands: Vec<String> = pages().iter().flat_map(|page| commands(page)).collect();
    assert!(commands.len() > 50, "{}", commands.join("\n"));
    let mistakes = commands
        .iter()
        .filter_map(|command| mistake(&words(command)));
    let mistakes: Vec<String> = mistakes.collect();
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

#[test]
fn a_command_that_is_not_taken_is_found() {
    let line = "    imds-loadgen simulate herd --run 3   # many";
    let words = words(&command(line).expect("a command"));
    assert!(mistake(&words).is_some(), "{words:?}");
}

/// The commands in the templates for CI: their lines, joined where they are continued. `$OPTIONS` stands for any options.
fn workflow_commands(workflow: &str) -> Vec<Vec<String>> {
    let lines = workflow.lines().map(str::trim);
    let mut commands: Vec<Vec<String>> = vec![];
    for line in lines {
        let words = || line.split_whitespace().map(str::to_owned);
        let words = || words().filter(|word| word != "\\" && word != "$OPTIONS");
        let command = |words: Vec<String>| {
            let ends = words.iter().position(|word| word == ">");
            words[..ends.unwrap_or(words.len())].to_vec()
        };
        if line.starts_with("imds-loadgen ") {
            commands.push(command(words().collect()));
        } else if let (true, Some(command)) = (line.starts_with("--"), commands.last_mut()) {
            command.extend(words());
        }
    }
    commands
}

#[test]
fn the_templates_for_ci_use_commands_that_there_are() {
    for name in ["github/action.yml", "azure/imds.yml"] {
        let template = fs::read_to_string(root().join("packaging/ci").join(name));
        let commands = workflow_commands(&template.expect("a template"));
        assert_eq!(commands.len(), 3, "{name}: {commands:?}");
        for command in commands {
            let parsed = Cli::try_parse_from(&command);
            assert!(parsed.is_ok(), "{name}: {command:?}");
        }
    }
}

/// Why the command of a line is not taken, if it has one.
pub(super) fn mistake_of(line: &str) -> Option<String> {
    let (line, _piped) = line.split_once(" | ").unwrap_or((line, ""));
    mistake(&words(&command(line)?))
}
