//! Renderings of a report of a check. They do no arithmetic.

use std::fmt::{self, Write};
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use super::case::CheckCase;
use super::report::{CaseReport, GradeReport, Report, Tally};
use super::rule::{Grade, Ground, Rule, Weight};
use crate::report::markdown::escape::{code, escaped};
use crate::report::table::table;
use crate::result::verdict::Verdict;

const WRITES: &str = "writing to a string does not fail";

/// A table to read.
///
/// # Panics
/// Never: a string takes whatever is written to it.
#[must_use]
pub(crate) fn text(report: &Report) -> String {
    let mut out = String::new();
    write_text(&mut out, report).expect(WRITES);
    out
}

/// The same for the summary of a CI job.
///
/// # Panics
/// Never, as above.
#[must_use]
pub(crate) fn markdown(report: &Report) -> String {
    let mut out = String::new();
    write_markdown(&mut out, report).expect(WRITES);
    out
}

/// A suite for each case, in it a test for each rule. Advice is reported as skipped if it was not
/// passed, so that it fails no job.
///
/// # Panics
/// Never: text is always XML.
#[must_use]
pub(crate) fn junit(report: &Report) -> String {
    let mut junit = Junit::new("imds-loadgen check");
    junit.add_test_suites(report.cases.iter().map(|case| suite(report, case)));
    if report.cut_short {
        let mut suite = TestSuite::new("check");
        let mut failed = TestCaseStatus::non_success(NonSuccessKind::Failure);
        failed.set_message("it was interrupted: the other cases were not played");
        suite.add_test_case(TestCase::new("every case was played", failed));
        junit.add_test_suite(suite);
    }
    junit.to_string().expect("a report of text is XML")
}

fn suite(report: &Report, case: &CaseReport) -> TestSuite {
    let mut suite = TestSuite::new(case.name);
    suite.set_system_out(format!("{}: {}", case.about, one_line(report)));
    let cut: Vec<String> = cut_output(case).collect();
    if !cut.is_empty() {
        suite.set_system_err(format!("output cut: {}", cut.join("; ")));
    }
    if let Some(played) = case.played() {
        suite.set_timestamp(played.began);
        suite.set_time(played.took);
    }
    suite.add_test_cases(case.grades.iter().map(|grade| test(case, grade)));
    suite
}

/// The cases and their rules, with the sources.
///
/// # Panics
/// Never, as above.
#[must_use]
pub(crate) fn list(cases: &[CheckCase]) -> String {
    let mut table = table(&["case", "rule", "of tokens", "of metadata", "what happens"]);
    for case in cases {
        let (mut name, mut about) = (case.name.to_owned(), case.about.to_owned());
        if case.long {
            about += " (only with --long)";
        }
        for rule in &case.rules {
            let (tokens, metadata) = (ground(rule.tokens), of_metadata(rule));
            table.add_row([&name, rule.name, &tokens, &metadata, &about]);
            (name, about) = (String::new(), String::new());
        }
    }
    format!("{}\n", trimmed(&table.to_string()))
}

fn of_metadata(rule: &Rule) -> String {
    match rule.metadata {
        None => "-".to_owned(),
        Some(same) if same == rule.tokens => "the same".to_owned(),
        Some(other) => ground(other),
    }
}

fn ground(ground: Ground) -> String {
    format!("{}: {}", ground.weight.name(), ground.source.name())
}

fn write_text(out: &mut String, report: &Report) -> fmt::Result {
    let (command, protocol) = (one_line(report), report.protocol);
    writeln!(
        out,
        "{command} · as a client of IMDS · protocol {protocol}\n"
    )?;
    let mut table = table(&["case", "rule", "weight", "grade", "seen"]);
    for case in &report.cases {
        let mut name = case.name;
        for it in &case.grades {
            let (weight, grade) = (it.weight.name(), it.grade.name());
            table.add_row([name, it.rule, weight, grade, &it.evidence]);
            name = "";
        }
    }
    writeln!(out, "{}\n", trimmed(&table.to_string()))?;
    for case in report.cases.iter().filter(|case| case.has_failed()) {
        writeln!(out, "{}: {}", case.name, case.about)?;
        for it in failures(case) {
            let (rule, weight) = (it.rule, it.weight.name());
            writeln!(out, "    {rule} is {weight} ({})", cited(it))?;
        }
    }
    if report.cases.iter().any(CaseReport::has_failed) {
        writeln!(out)?;
    }
    for it in cut_outputs(report) {
        writeln!(out, "output cut     {it}")?;
    }
    if report.cut_short {
        writeln!(out, "cut short      the other cases were not played")?;
    }
    writeln!(out, "required       {}", counted(report.required))?;
    writeln!(out, "advised        {}", counted(report.advised))?;
    writeln!(out, "verdict        {}", verdict(report))
}

fn write_markdown(out: &mut String, report: &Report) -> fmt::Result {
    let command = one_line(report);
    writeln!(out, "## {}: {}\n", code(&command), verdict(report))?;
    let (required, advised) = (counted(report.required), counted(report.advised));
    writeln!(
        out,
        "Protocol {}. Required: {required}. Advised: {advised}.\n",
        report.protocol
    )?;
    if report.cut_short {
        writeln!(out, "Cut short: the other cases were not played.\n")?;
    }
    for it in cut_outputs(report) {
        writeln!(out, "Output cut: {it}.\n")?;
    }
    writeln!(out, "| case | rule | weight | grade | seen | who says so |")?;
    writeln!(out, "|---|---|---|---|---|---|")?;
    for case in &report.cases {
        for it in &case.grades {
            let (weight, grade) = (it.weight.name(), it.grade.name());
            let (rule, seen) = (it.rule, escaped(&it.evidence));
            let source = match it.source_url {
                Some(url) => format!("[{}]({url})", it.source),
                None => it.source.to_owned(),
            };
            writeln!(
                out,
                "| {} | {rule} | {weight} | {grade} | {seen} | {source} |",
                case.name
            )?;
        }
    }
    Ok(())
}

/// The command as it is shown, however many lines it has.
fn one_line(report: &Report) -> String {
    let words = report.command.iter();
    let words: Vec<&str> = words.flat_map(|word| word.split_whitespace()).collect();
    words.join(" ")
}

/// The runs whose files do not have all that they printed, each in a line.
fn cut_outputs(report: &Report) -> impl Iterator<Item = String> {
    report.cases.iter().flat_map(cut_output)
}

fn cut_output(case: &CaseReport) -> impl Iterator<Item = String> {
    let runs = case.runs.iter().enumerate();
    runs.filter(|(_, run)| run.output_left_out_bytes > 0)
        .map(|(copy, run)| {
            let (name, bytes) = (case.name, run.output_left_out_bytes);
            format!("{bytes} bytes that copy {copy} of {name} printed are not kept")
        })
}

fn failures(case: &CaseReport) -> impl Iterator<Item = &GradeReport> {
    let grades = case.grades.iter();
    grades.filter(|it| it.grade == Grade::Failed)
}

fn cited(it: &GradeReport) -> String {
    match it.source_url {
        Some(url) => format!("{}, {url}", it.source),
        None => it.source.to_owned(),
    }
}

fn test(case: &CaseReport, it: &GradeReport) -> TestCase {
    let mut status = match (it.grade, it.weight) {
        (Grade::Failed, Weight::Required) => {
            let mut failed = TestCaseStatus::non_success(NonSuccessKind::Failure);
            failed.set_type(it.weight.name());
            failed
        }
        (Grade::Undecided, Weight::Required) => {
            let mut undecided = TestCaseStatus::non_success(NonSuccessKind::Error);
            undecided.set_type(it.weight.name());
            undecided
        }
        (Grade::Failed | Grade::NotApplicable | Grade::Undecided, _) => TestCaseStatus::skipped(),
        _ => TestCaseStatus::success(),
    };
    let told = format!(
        "{} ({}): {}",
        it.grade.name(),
        it.weight.name(),
        it.evidence
    );
    if !matches!(status, TestCaseStatus::Success { .. }) {
        status.set_message(told.clone());
    }
    let mut test = TestCase::new(it.rule, status);
    test.set_classname(case.name);
    test.set_time(Duration::ZERO);
    test.set_system_out(format!("{told}\n{}", cited(it)));
    test
}

fn counted(tally: Tally) -> String {
    let Tally {
        passed,
        failed,
        not_applicable,
        undecided,
    } = tally;
    let counted = format!("{passed} passed, {failed} failed, {not_applicable} not applicable");
    match undecided {
        0 => counted,
        undecided => format!("{counted}, {undecided} undecided"),
    }
}

fn verdict(report: &Report) -> &'static str {
    match report.verdict {
        Verdict::Passed => "passed",
        Verdict::Failed => "FAILED",
    }
}

/// Without the blanks at the ends of lines.
fn trimmed(table: &str) -> String {
    let lines: Vec<&str> = table.lines().map(str::trim_end).collect();
    lines.join("\n")
}
