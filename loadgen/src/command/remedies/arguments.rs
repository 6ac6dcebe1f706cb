//! The arguments of `remedies`, and its answer.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::ladder::ladder;
use super::played::Wanted;
use super::setting::{Changed, Setting};
use crate::command::plan::arguments::share;
use crate::command::plan::asked::{check_varied, loaded, named};
use crate::command::plan::assumption::{Alternative, Assumption, Assumptions, Narrowed};
use crate::command::plan::failure::PlanError;
use crate::engine::pool::Cores;
use crate::engine::simulate::failure::SimulateError;
use crate::report::console::Console;
use crate::report::progress::Steps;
use crate::result::remedies::rank::{ranked, replaces};
use crate::result::remedies::{Dependence, Kind, Outcome, Remedies, Row, SCHEMA};
use crate::scenario::definition::Scenario;
use crate::scenario::overlay;

/// How many runs a remedy has, unless another number is asked for.
const RUNS: u32 = 20;

/// The share of runs in which all sessions have to succeed, likewise.
const SHARE: f64 = 0.95;

/// `remedies`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RemediesArguments {
    /// The scenario: a TOML file, or a name of the library.
    pub scenario: PathBuf,
    /// How many runs each remedy has.
    #[arg(long, value_name = "N", default_value_t = RUNS, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub runs: u32,
    /// A remedy holds if all sessions succeed in this share of its runs.
    #[arg(long, value_name = "SHARE", default_value_t = SHARE, value_parser = share)]
    pub share: f64,
    /// The seed of the first run, not the scenario's.
    #[arg(long)]
    pub seed: Option<u64>,
    /// The other client: a preset, a release of a library, or a policy of the scenario; by default that of `imds-client`, and
    /// of Azure PowerShell the newest release.
    #[arg(long, value_name = "NAME")]
    pub client: Option<String>,
    /// Set a key of the scenario's [imds], such as limits.identity.rate=5; may be repeated.
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<overlay::Setting>,
    /// Play only these other values of an assumption: `service_time=50ms,500ms`; without values the usual ones; may be
    /// repeated. Only what is named is varied then.
    #[arg(long, value_name = "NAME[=VALUE,…]", conflicts_with = "no_vary")]
    pub vary: Vec<Narrowed>,
    /// Vary nothing: do not say on what each row depends.
    #[arg(long)]
    pub no_vary: bool,
    /// What to print.
    #[arg(long, value_enum, default_value_t = RemediesFormat::Text)]
    pub format: RemediesFormat,
    /// Write remedies.json, report.txt, summary.md and report.html into this folder, which is made if need be.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Show no progress.
    #[arg(long, short)]
    pub quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  imds-loadgen remedies sixty-jobs
  imds-loadgen remedies mine.toml --vary service_time=50ms,1s --out out";

/// What `remedies` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RemediesFormat {
    /// A report to read.
    Text,
    /// The same for a page or a job's summary.
    Markdown,
    /// The document.
    Json,
    /// A page for a browser, with a chart.
    Html,
}

/// One remedy that was played.
struct Tried {
    kind: Kind,
    setting: Setting,
    changed: Changed,
    outcome: Option<Outcome>,
}

impl RemediesArguments {
    /// The document, without its replay line. The console shows the progress.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn answer(&self, console: &Console) -> Result<Remedies, PlanError> {
        self.of(loaded(&self.scenario, &self.set)?, console)
    }

    /// As they are without options.
    pub(crate) fn usual(scenario: PathBuf, seed: Option<u64>, no_vary: bool, quiet: bool) -> Self {
        Self {
            scenario,
            runs: RUNS,
            share: SHARE,
            seed,
            client: None,
            set: vec![],
            vary: vec![],
            no_vary,
            format: RemediesFormat::Text,
            out: None,
            quiet,
        }
    }

    /// The same of a scenario that was read already.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn of(
        &self,
        mut scenario: Scenario,
        console: &Console,
    ) -> Result<Remedies, PlanError> {
        scenario.seed = self.seed.unwrap_or(scenario.seed);
        scenario.traces = 0;
        scenario.expectations.clear();
        let known = named(&self.vary)?;
        let assumptions = Assumptions::new(&mut scenario, &known, |one| self.varies(one));
        check_varied(&self.vary, &assumptions)?;
        let progress = console.progress(self.quiet, || Steps::new(Kind::ALL.len()));
        let mut rows = vec![];
        for kind in Kind::ALL {
            let tried = self.tried(kind, &scenario)?;
            rows.push(self.row(tried, &assumptions.alternatives)?);
            progress.iter().for_each(Steps::one_more);
        }
        Ok(self.document(&scenario, rows, assumptions))
    }

    fn wanted(&self) -> Wanted {
        let (runs, share) = (self.runs, self.share);
        Wanted { runs, share }
    }

    /// The first setting of a remedy that holds, or the best one.
    fn tried(&self, kind: Kind, scenario: &Scenario) -> Result<Tried, PlanError> {
        let mut best: Option<Tried> = None;
        for setting in ladder(kind, self.client.as_deref()) {
            let changed = setting.applied(scenario).map_err(PlanError::Expected)?;
            let outcome = if changed.groups.is_empty() {
                None
            } else {
                Some(self.wanted().play(&changed.scenario, Cores::All)?)
            };
            let holds = outcome.as_ref().is_some_and(|one| one.holds);
            let before = best.as_ref().map(|best| best.outcome.as_ref());
            if before.is_none_or(|before| replaces(outcome.as_ref(), before)) {
                best = Some(Tried {
                    kind,
                    setting,
                    changed,
                    outcome,
                });
            }
            if holds {
                break;
            }
        }
        Ok(best.expect("each remedy has a setting"))
    }

    fn row(&self, tried: Tried, alternatives: &[Alternative]) -> Result<Row, SimulateError> {
        let depends_on = self.dependences(&tried, alternatives)?;
        let Tried {
            kind,
            setting,
            changed,
            outcome,
        } = tried;
        let played = outcome.is_some().then(|| setting.shown(&changed));
        Ok(Row {
            remedy: kind,
            setting: played.unwrap_or_default(),
            change: kind.change(),
            to_change: kind.to_change().to_owned(),
            left_out: changed.left_out,
            in_place_of: changed.in_place_of,
            outcome,
            depends_on,
        })
    }

    /// Whether an assumption is played with other values, too.
    fn varies(&self, assumption: Assumption) -> bool {
        let meant = |one: &Narrowed| one.assumption == assumption;
        (self.vary.is_empty() || self.vary.iter().any(meant)) && !self.no_vary
    }

    /// The other values of assumptions that turn what came of it.
    fn dependences(
        &self,
        tried: &Tried,
        alternatives: &[Alternative],
    ) -> Result<Vec<Dependence>, SimulateError> {
        let Some(outcome) = &tried.outcome else {
            return Ok(vec![]);
        };
        let play = |index: usize| {
            let one: &Alternative = &alternatives[index];
            let mut scenario = tried.changed.scenario.clone();
            one.apply(&mut scenario);
            let then = self.wanted().play(&scenario, Cores::One)?;
            Ok((then.holds != outcome.holds).then(|| Dependence {
                assumption: one.assumption.name().to_owned(),
                value: one.value.clone(),
                share: then.share,
            }))
        };
        let found = Cores::All.share(alternatives.len(), play, || ());
        let found = found.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(found.into_iter().flatten().collect())
    }

    fn document(&self, scenario: &Scenario, rows: Vec<Row>, assumptions: Assumptions) -> Remedies {
        let awaited = scenario.groups.iter().filter(|group| !group.background);
        let mut clients: Vec<String> = awaited.map(|group| group.policy.name.clone()).collect();
        clients.sort_unstable();
        clients.dedup();
        let nothing = rows.iter().find(|row| row.remedy == Kind::Nothing);
        let as_they_are = nothing.and_then(|row| row.outcome.as_ref());
        let as_they_are = as_they_are.map_or(0, |outcome| outcome.sessions);
        let (rows, recommended) = ranked(rows);
        Remedies {
            schema: SCHEMA,
            scenario: scenario.name.clone(),
            sessions: as_they_are,
            clients,
            seed: scenario.seed,
            runs: self.runs,
            share: self.share,
            replay: String::new(),
            recommended,
            rows,
            assumptions: assumptions.into_rests_on(),
        }
    }
}
