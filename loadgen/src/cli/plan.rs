//! `imds-loadgen plan`: a search in virtual time.

pub(super) mod folder;
mod replay;
mod schedule;

use self::folder::make;
use super::failure::Failure;
use crate::command::plan::arguments::SearchArguments;
use crate::command::plan::command::{Asked, PlanArguments};
use crate::command::plan::failure::PlanError;
use crate::command::plan::format::{AnswerFormat, PlanFormat};
use crate::report;
use crate::report::console::Console;
use crate::report::files::write_all;
use crate::report::reader::Reader;
use crate::result::plan::Answer;
use crate::result::verdict::Verdict;

pub(super) fn run(plan: &PlanArguments, console: &mut Console) -> Result<Verdict, Failure> {
    match plan {
        PlanArguments::Policy(arguments) => {
            let board = arguments.run(console).map_err(failed)?;
            let reader = match arguments.format {
                PlanFormat::Csv => Reader::Program,
                _ => Reader::Person,
            };
            let printed = console.print_result(&board, reader);
            printed.map_err(Failure::not_printed)?;
        }
        PlanArguments::Sessions(arguments) => answer(&Asked::Sessions(arguments), console)?,
        PlanArguments::Spread(arguments) => answer(&Asked::Spread(arguments), console)?,
        PlanArguments::Interval(arguments) => answer(&Asked::Interval(arguments), console)?,
        PlanArguments::Rate(arguments) => answer(&Asked::Rate(arguments), console)?,
    }
    Ok(Verdict::Passed)
}

fn answer(asked: &Asked, console: &mut Console) -> Result<(), Failure> {
    let common = asked.common();
    if let Some(folder) = &common.out {
        make(folder)?;
    }
    let mut answer = asked.answer(console).map_err(failed)?;
    answer.replay = replay::of(asked, answer.seed);
    let printed = console.print_result(&rendered(&answer, common.format), reader(common.format));
    publish(&answer, common)?;
    printed.map_err(Failure::not_printed)
}

fn reader(format: AnswerFormat) -> Reader {
    match format {
        AnswerFormat::Csv => Reader::Program,
        _ => Reader::Person,
    }
}

pub(super) fn failed(error: PlanError) -> Failure {
    match error {
        PlanError::Scenario(unreadable) => Failure::no_scenario(unreadable),
        PlanError::Unreadable { .. } => Failure::could_not_run(error),
        _ => Failure::usage(error),
    }
}

fn rendered(answer: &Answer, format: AnswerFormat) -> String {
    match format {
        AnswerFormat::Text => report::plan::text(answer),
        AnswerFormat::Markdown => report::plan::markdown(answer),
        AnswerFormat::Csv => report::plan::csv(answer),
        AnswerFormat::Json => report::json(answer),
        AnswerFormat::Html => report::html::plan::of_plan(answer),
    }
}

fn publish(answer: &Answer, common: &SearchArguments) -> Result<(), Failure> {
    let Some(folder) = &common.out else {
        return Ok(());
    };
    let files = [
        ("plan.json", AnswerFormat::Json),
        ("plan.csv", AnswerFormat::Csv),
        ("report.txt", AnswerFormat::Text),
        ("summary.md", AnswerFormat::Markdown),
        ("report.html", AnswerFormat::Html),
    ];
    let files = files.map(|(name, format)| (name, rendered(answer, format)));
    write_all(folder, &files).map_err(Failure::could_not_run)?;
    answer
        .schedules
        .iter()
        .try_for_each(|written| schedule::write(folder, written))
}
