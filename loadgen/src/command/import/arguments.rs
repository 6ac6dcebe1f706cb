//! The arguments of `imds-loadgen import`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;

use crate::scenario::shell::quoted;

/// What to import.
#[derive(Debug, Subcommand)]
pub(crate) enum ImportArguments {
    /// Crontabs, as `crontab -l` prints them or as they are in /etc.
    #[command(after_help = CRONTAB)]
    Crontab(CrontabArguments),
    /// Tables of jobs with a header: start, command or client, count.
    #[command(after_help = CSV)]
    Csv(FilesArguments),
    /// Timers of systemd, each with the service beside it.
    #[command(after_help = SYSTEMD)]
    SystemdTimers(FilesArguments),
    /// Tasks of Windows' Task Scheduler as XML, one or several in a file.
    #[command(name = "taskscheduler", after_help = TASK_SCHEDULER)]
    TaskScheduler(FilesArguments),
}

const CRONTAB: &str = "\
Examples:
  crontab -l >jobs; imds-loadgen import crontab jobs --date 2026-11-30 --zone Europe/Berlin --out night.toml
  imds-loadgen import crontab --system /etc/crontab --date 2026-11-30 --skip logrotate --default-client azure-cli --worst";

const CSV: &str = "\
Example: imds-loadgen import csv jobs.csv --date 2026-11-30 --zone Europe/Berlin --out night.toml

  start,command,count
  02:00,az login --identity,25
  2026-11-30T02:00:30,python3 sync.py,

`start` is a time of each day, or a date and time, in --zone or with an offset of its own. `client` in the place of `command`, or
beside it, is a policy. Other columns are left alone.";

const SYSTEMD: &str = "\
Example: imds-loadgen import systemd-timers /etc/systemd/system/*.timer --date 2026-11-30 --zone Europe/Berlin --out night.toml";

const TASK_SCHEDULER: &str = "\
On Windows, all tasks, or those of a folder:
  schtasks /query /xml ONE >tasks.xml
  Get-ScheduledTask -TaskPath '\\Jobs\\' | ForEach-Object { $_ | Export-ScheduledTask } >tasks.xml
Example: imds-loadgen import taskscheduler tasks.xml --date 2026-11-30 --zone Europe/Berlin --skip '\\Microsoft\\' --out night.toml

Patterns may also be of a task's name, such as \\Microsoft\\Windows\\Defrag\\ScheduledDefrag.";

/// `import csv`, `import systemd-timers` and `import taskscheduler`
#[derive(Debug, Args)]
pub(crate) struct FilesArguments {
    /// The files.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub common: CommonArguments,
}

/// `import crontab`
#[derive(Debug, Args)]
pub(crate) struct CrontabArguments {
    /// The crontabs.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// They have the column of the user, as /etc/crontab and the files of /etc/cron.d do.
    #[arg(long)]
    pub system: bool,
    #[command(flatten)]
    pub common: CommonArguments,
}

/// What all formats are told.
#[derive(Debug, Args)]
pub(crate) struct CommonArguments {
    /// The first day.
    #[arg(long, value_name = "DATE")]
    pub date: Date,
    /// How many days, up to a week.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=7))]
    pub days: u32,
    /// The time zone of the days, and of all times that have none of their own, such as Europe/Berlin [default: that of the files
    /// where they name one, else UTC].
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
    /// Jobs with PATTERN in their command, or in a task's name, are of this client: a preset, or a release of a library; may be repeated, and the
    /// first that fits decides.
    #[arg(long, value_name = "PATTERN=POLICY")]
    pub client: Vec<String>,
    /// The client of jobs whose command shows none.
    #[arg(long, value_name = "POLICY")]
    pub default_client: Option<String>,
    /// Leave out jobs with PATTERN in their command, or in a task's name: those that ask IMDS for nothing; may be repeated.
    #[arg(long, value_name = "PATTERN")]
    pub skip: Vec<String>,
    /// The scenario's name [default: that of the first file].
    #[arg(long)]
    pub name: Option<String>,
    /// Make the scenario of the worst minute alone, and try every remedy on it.
    #[arg(long)]
    pub worst: bool,
    /// Do not play the remedies with other values of what is not documented.
    #[arg(long, requires = "worst")]
    pub no_vary: bool,
    /// The seed of the simulation, and of the first run of each remedy.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// How to report.
    #[arg(long, value_enum, default_value_t = ImportFormat::Text)]
    pub format: ImportFormat,
    /// Write the scenario into this file, and the report to stdout; without it the scenario goes to stdout, and the report to
    /// stderr.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Show no progress.
    #[arg(long, short)]
    pub quiet: bool,
}

/// How `import` reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImportFormat {
    /// A report to read.
    Text,
    /// The same for a page or a job's summary.
    Markdown,
    /// The document.
    Json,
}

impl ImportArguments {
    /// What all formats are told.
    pub(crate) fn common(&self) -> &CommonArguments {
        match self {
            Self::Crontab(arguments) => &arguments.common,
            Self::Csv(arguments)
            | Self::SystemdTimers(arguments)
            | Self::TaskScheduler(arguments) => &arguments.common,
        }
    }

    pub(crate) fn files(&self) -> &[PathBuf] {
        match self {
            Self::Crontab(arguments) => &arguments.files,
            Self::Csv(arguments)
            | Self::SystemdTimers(arguments)
            | Self::TaskScheduler(arguments) => &arguments.files,
        }
    }

    /// The format's name on the command line.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Crontab(_) => "crontab",
            Self::Csv(_) => "csv",
            Self::SystemdTimers(_) => "systemd-timers",
            Self::TaskScheduler(_) => "taskscheduler",
        }
    }

    /// The command that makes the same again.
    pub(crate) fn replay(&self) -> String {
        let mut words = vec![format!("imds-loadgen import {}", self.name())];
        let files = self.files().iter();
        words.extend(files.map(|file| quoted(&file.display().to_string())));
        let system = matches!(self, Self::Crontab(crontab) if crontab.system);
        words.extend(system.then(|| "--system".to_owned()));
        words.extend(self.common().words());
        words.join(" ")
    }
}

impl CommonArguments {
    fn words(&self) -> Vec<String> {
        let Self {
            date, days, seed, ..
        } = self;
        let mut words = vec![format!("--date {date} --days {days} --seed {seed}")];
        let zone = self.zone.iter().map(|zone| ("--zone", zone));
        let client = self.client.iter().map(|client| ("--client", client));
        let default = self.default_client.iter();
        let default = default.map(|client| ("--default-client", client));
        let skip = self.skip.iter().map(|pattern| ("--skip", pattern));
        let name = self.name.iter().map(|name| ("--name", name));
        let all = zone.chain(client).chain(default).chain(skip).chain(name);
        words.extend(all.map(|(flag, value)| format!("{flag} {}", quoted(value))));
        words.extend(self.worst.then(|| "--worst".to_owned()));
        words.extend(self.no_vary.then(|| "--no-vary".to_owned()));
        let out = self.out.iter().map(|out| out.display().to_string());
        words.extend(out.map(|out| format!("--out {}", quoted(&out))));
        words
    }
}
