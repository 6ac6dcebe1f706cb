//! The scenario of a herd: a file's own, or one that is made of the command line and a configuration of the
//! emulator.

use imds_emulator::{Config, Problems};
use thiserror::Error;
use toml::{Table, Value};

use crate::command::check::manager::Manager;
use crate::command::check::settings::{self, Refused};
use crate::result::scenario::from_toml;
use crate::scenario::definition::Scenario;
use crate::scenario::expectation::Expectation;

/// What the herd decides itself.
const DECIDED: [Refused; 7] = [
    ("listen", PORTS),
    ("admin_listen", PORTS),
    ("admin_hosts", PORTS),
    ("vms", VMS),
    ("fleet", VMS),
    ("seed", "not in a herd: --seed says it"),
    ("journal", "not in a herd, which keeps all requests"),
];
const PORTS: &str = "not in a herd, which serves free ports of loopback";
const VMS: &str = "not in a herd: all its processes are on one VM";

/// What is not seen of foreign processes: their steps, and what they do with a profile.
const UNSEEN: [&str; 2] = ["context", "steps"];

/// A herd of processes, all alike, that start within a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crowd<'a> {
    pub seed: u64,
    pub count: u32,
    /// A length of time as settings write it.
    pub spread: &'a str,
    /// The model of the client; none is simulated without one.
    pub client: Option<&'a str>,
}

/// Why there is no herd.
#[derive(Debug, Error)]
pub(crate) enum PlanError {
    /// The configuration or the scenario has mistakes.
    #[error(transparent)]
    Mistakes(#[from] Problems),
    /// The scenario is no herd of processes.
    #[error("expected {0}")]
    Expected(String),
}

/// The scenario of a crowd on the VM of this configuration, which problems call `name`.
///
/// # Errors
/// All that is wrong with the configuration, or with the crowd.
pub(crate) fn crowd(
    name: &str,
    text: &str,
    manager: Manager,
    crowd: &Crowd<'_>,
) -> Result<Scenario, PlanError> {
    let refused = [&DECIDED, manager.refuses()].concat();
    let _: Config = settings::read(name, text, &refused)?;
    let signed_in = read(text, crowd, &[table("connect", Table::new())])?;
    if !signed_in.has_context() {
        return Ok(signed_in);
    }
    let subscriptions = &signed_in.imds.resource_manager.subscriptions;
    let first = subscriptions.first().map(|first| first.id.as_str());
    read(text, crowd, &job(first.unwrap_or_default()))
}

/// The configuration was read before: what is wrong is of the command line.
fn read(text: &str, crowd: &Crowd<'_>, script: &[Value]) -> Result<Scenario, PlanError> {
    let scenario = from_toml(
        "the command line",
        &written(text, crowd, script).to_string(),
    );
    scenario.map_err(|problems| PlanError::Expected(problems.to_string()))
}

/// What a script of Azure PowerShell does at least, in the default scope: it signs in, chooses a subscription
/// and lists what is there.
fn job(subscription: &str) -> [Value; 3] {
    let choice = Table::from_iter([("subscription".to_owned(), subscription.into())]);
    [
        table("connect", Table::new()),
        table("set_context", choice),
        table("list_resources", Table::new()),
    ]
}

/// Whether real processes can take the place of the scenario's sessions.
///
/// # Errors
/// What was expected instead.
pub(crate) fn check(scenario: &Scenario) -> Result<(), PlanError> {
    let expected = |what: String| Err(PlanError::Expected(what));
    let [group] = scenario.groups.as_slice() else {
        let found = scenario.groups.len();
        return expected(format!(
            "a scenario with one group of sessions, whose place the processes take, not {found}"
        ));
    };
    if group.background || group.arrival.closed().is_some() {
        return expected("an open arrival: each process has a time to start".to_owned());
    }
    for (key, is_there) in [
        ("through", group.through.is_some()),
        ("work", group.work.is_some()),
    ] {
        if is_there {
            let name = &group.name;
            return expected(format!(
                "no `{key}` in group \"{name}\": the processes that take the place of its sessions do not do that"
            ));
        }
    }
    match unseen(scenario).as_slice() {
        [] => Ok(()),
        paths => expected(format!(
            "expectations of what is seen of processes, not {}: --no-expectations leaves them out",
            paths.join(", ")
        )),
    }
}

/// The paths of expectations of what is not seen.
fn unseen(scenario: &Scenario) -> Vec<&str> {
    let paths = scenario.expectations.iter().map(Expectation::path);
    let is_unseen = |path: &&str| UNSEEN.contains(&path.split('.').next().unwrap_or(path));
    paths.filter(is_unseen).collect()
}

fn written(text: &str, crowd: &Crowd<'_>, script: &[Value]) -> Table {
    let imds: Table = text.parse().unwrap_or_default();
    let expect = Table::from_iter([("sessions.failed".to_owned(), "== 0".into())]);
    let seed = i64::try_from(crowd.seed).unwrap_or(i64::MAX);
    Table::from_iter([
        ("schema".to_owned(), Value::from(1)),
        ("name".to_owned(), "herd".into()),
        ("seed".to_owned(), Value::from(seed)),
        ("imds".to_owned(), Value::Table(imds)),
        (
            "sessions".to_owned(),
            Value::Array(vec![group(crowd, script)]),
        ),
        ("expect".to_owned(), Value::Table(expect)),
    ])
}

/// Without a model nothing is simulated, and any client will do.
fn group(crowd: &Crowd<'_>, script: &[Value]) -> Value {
    let spread = Table::from_iter([("spread".to_owned(), crowd.spread.into())]);
    let client = crowd.client.unwrap_or("no-retry");
    Value::Table(Table::from_iter([
        ("name".to_owned(), "processes".into()),
        ("count".to_owned(), Value::from(crowd.count)),
        ("arrival".to_owned(), table("herd", spread)),
        ("client".to_owned(), client.into()),
        ("script".to_owned(), Value::Array(script.to_vec())),
    ]))
}

fn table(key: &str, value: Table) -> Value {
    Value::Table(Table::from_iter([(key.to_owned(), Value::Table(value))]))
}
