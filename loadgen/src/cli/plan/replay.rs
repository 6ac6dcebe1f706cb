//! The command that plans the same again.

use std::path::Path;

use imds_emulator::document::FriendlyDuration;

use crate::command::plan::arguments::SearchArguments;
use crate::command::plan::assumption::Narrowed;
use crate::command::plan::command::Asked;
use crate::command::plan::requirement::Requirement;
use crate::command::plan::schedule::EmitArguments;
use crate::scenario::overlay::Setting;
use crate::scenario::shell::quoted;

pub(super) fn of(asked: &Asked, seed: u64) -> String {
    let common = asked.common();
    let mut words = Words(vec![format!("imds-loadgen plan {}", verb(asked))]);
    if let Some(path) = &common.scenario {
        words.0.push(quoted(&path.display().to_string()));
    }
    words.add("--seed", &seed);
    words.common(common);
    match asked {
        Asked::Sessions(asked) => words.add("--max", &asked.max),
        Asked::Spread(asked) => {
            words.scale(asked.max, asked.step);
            words.schedule(&asked.schedule, common.out.as_deref());
        }
        Asked::Interval(asked) => {
            words.scale(asked.max, asked.step);
            words.each("--jitter", &asked.jitter);
            words.schedule(&asked.schedule, common.out.as_deref());
        }
        Asked::Rate(asked) => {
            words.add("--max", &asked.max);
            words.each("--jitter", &asked.jitter);
        }
    }
    words.0.join(" ")
}

fn verb(asked: &Asked) -> &'static str {
    match asked {
        Asked::Sessions(_) => "sessions",
        Asked::Spread(_) => "spread",
        Asked::Interval(_) => "interval",
        Asked::Rate(_) => "rate",
    }
}

struct Words(Vec<String>);

impl Words {
    fn common(&mut self, common: &SearchArguments) {
        self.each("--group", &common.group);
        self.each(
            "--require",
            common
                .require
                .iter()
                .map(Requirement::described)
                .collect::<Vec<_>>()
                .as_slice(),
        );
        self.each("--share", &common.share);
        self.add("--confidence", &common.confidence);
        self.add("--runs", &common.runs);
        self.each("--client", &common.client);
        self.each("--count", &common.count);
        self.each("--service", &common.service);
        self.each(
            "--set",
            common
                .set
                .iter()
                .map(Setting::text)
                .collect::<Vec<_>>()
                .as_slice(),
        );
        self.each(
            "--vary",
            common
                .vary
                .iter()
                .map(Narrowed::text)
                .collect::<Vec<_>>()
                .as_slice(),
        );
        if common.no_vary {
            self.0.push("--no-vary".to_owned());
        }
        self.each(
            "--profile",
            common
                .profile
                .iter()
                .map(|path| path.display())
                .collect::<Vec<_>>()
                .as_slice(),
        );
    }

    /// A schedule is written into a folder.
    fn schedule(&mut self, asked: &EmitArguments, out: Option<&Path>) {
        self.0.extend(
            asked
                .emit
                .iter()
                .map(|format| format!("--emit {}", format.name())),
        );
        self.each("--at", &asked.at);
        if !asked.days.is_empty() {
            let days: Vec<String> = asked.days.iter().map(|day| day.short()).collect();
            self.add("--days", &days.join(","));
        }
        self.each("--command", &asked.command);
        let out = out.filter(|_| !asked.emit.is_empty());
        self.each("--out", &out.map(Path::display));
    }

    fn scale(&mut self, max: FriendlyDuration, step: FriendlyDuration) {
        self.add("--max", &max);
        self.add("--step", &step);
    }

    fn each<'v, V: ToString + 'v>(&mut self, flag: &str, values: impl IntoIterator<Item = &'v V>) {
        values.into_iter().for_each(|value| self.add(flag, value));
    }

    fn add(&mut self, flag: &str, value: &impl ToString) {
        self.0
            .push(format!("{flag} {}", quoted(&value.to_string())));
    }
}
