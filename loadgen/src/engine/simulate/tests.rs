//! A sample has the numbers of the whole record, and plain scripts make the runs of suspended sessions, whatever happens
//! in the run.

mod through;

use std::fmt::Debug;

use imds_client::policy::presets;
use proptest::prelude::*;

use super::session::Session;
use super::*;
use crate::record::GroupRecord;
use crate::record::distribution::{Distribution, ms};
use crate::record::raw::ServiceTimes;
use crate::record::sample::GroupSample;
use crate::record::traces::SessionTrace;
use crate::scenario::library::SCENARIOS;

fn scenario(text: &str) -> Scenario {
    Scenario::from_toml("any.toml", text, |_| |_: &str| Ok(())).expect("a valid scenario")
}

/// That the sample of this scenario is as its whole record, stories of all sessions included.
fn agree(mut scenario: Scenario) -> Result<(), TestCaseError> {
    scenario.traces = scenario.sessions();
    let sample = match (simulate(&scenario), sample(&scenario)) {
        (Ok(raw), Ok(sample)) => {
            same(&whole(&raw), &run(&sample))?;
            groups(&scenario, &raw, &sample)?;
            return Ok(());
        }
        (_, sample) => sample,
    };
    prop_assert!(sample.is_err(), "the record has no end and the sample has");
    Ok(())
}

/// That the run of this scenario is the same if all of its sessions are suspended ones.
fn agree_suspended(mut scenario: Scenario) -> Result<(), TestCaseError> {
    scenario.traces = scenario.sessions();
    let sample = sample(&scenario).map_err(|error| error.to_string());
    same(&sample, &suspended_sample(&scenario))?;
    let raw = simulate(&scenario).map_err(|error| error.to_string());
    same(&format!("{raw:?}"), &format!("{:?}", suspended(&scenario)))
}

fn suspended(scenario: &Scenario) -> Result<Raw, String> {
    let streams = Streams::new(scenario.seed);
    let mut simulation = Simulation::new(scenario, &streams, |starts| {
        let mut record = Record::new(kinds(scenario));
        record.traces = stories::sample(scenario, starts, &streams);
        record
    });
    simulation.world.plain.fill(false);
    let cut_at = simulation.run().map_err(|error| error.to_string())?;
    Ok(simulation.into_raw(cut_at))
}

fn suspended_sample(scenario: &Scenario) -> Result<Sample, String> {
    let streams = Streams::new(scenario.seed);
    let record = Sample::new(scenario);
    let mut simulation = Simulation::new(scenario, &streams, |_| record);
    simulation.world.plain.fill(false);
    simulation.run().map_err(|error| error.to_string())?;
    Ok(simulation.into_sample())
}

fn same<T: PartialEq + Debug>(record: &T, sample: &T) -> Result<(), TestCaseError> {
    prop_assert_eq!(record, sample);
    Ok(())
}

/// Both ends of a story are rounded to a microsecond.
fn close(stories_ms: &[f64], sample_ms: &[f64]) -> Result<(), TestCaseError> {
    same(&stories_ms.len(), &sample_ms.len())?;
    for (story, sample) in stories_ms.iter().zip(sample_ms) {
        prop_assert!((story - sample).abs() < 0.0016, "{story} and {sample}");
    }
    Ok(())
}

/// What is said of a whole run.
type OfRun = (
    Option<Duration>,
    Option<Duration>,
    [Duration; 2],
    Option<ServiceTimes>,
    bool,
);

fn whole(raw: &Raw) -> OfRun {
    let record = &raw.record;
    (
        record.first_start,
        record.last_token,
        [record.longest_own_path, record.working.before_last_token],
        raw.service_time,
        raw.cut_short,
    )
}

fn run(sample: &Sample) -> OfRun {
    (
        sample.first_start,
        sample.last_token,
        [sample.longest_own_path, sample.processor],
        sample.service_time,
        sample.cut_short,
    )
}

fn groups(scenario: &Scenario, raw: &Raw, sample: &Sample) -> Result<(), TestCaseError> {
    let stories = raw.record.traces.clone().into_kept();
    let groups = raw.record.groups.iter().zip(&sample.groups);
    for ((record, sample), group) in groups.zip(&scenario.groups) {
        let total = record.size(group.planned());
        same(&(total, record.kind), &(sample.total, sample.kind))?;
        counts(record, sample)?;
        let mut times: Vec<f64> = sample.session_times.iter().copied().map(ms).collect();
        times.sort_by(f64::total_cmp);
        close(&session_times(&stories, &group.name), &times)?;
    }
    Ok(())
}

fn counts(record: &GroupRecord, sample: &GroupSample) -> Result<(), TestCaseError> {
    same(&record.succeeded, &sample.succeeded)?;
    same(&record.by_failure, &sample.by_failure)?;
    same(
        &(record.attempts, record.granted),
        &(sample.attempts, sample.granted),
    )?;
    same(
        &(record.first_done, record.last_done),
        &(sample.first_done, sample.last_done),
    )?;
    let mut times = Distribution::default();
    for time in &sample.times_to_token {
        times.add(*time);
    }
    times.add_never(sample.tokens_never);
    same(&record.time_to_token.curve(), &times.curve())?;
    same(
        &record.time_to_token.percentiles_without_never(),
        &times.percentiles_without_never(),
    )
}

/// How long each session of a group took that succeeded, by its story.
fn session_times(stories: &[SessionTrace], group: &str) -> Vec<f64> {
    let succeeded = stories
        .iter()
        .filter(|story| story.group == group && story.failure.is_none());
    let mut times: Vec<f64> = succeeded
        .filter_map(|story| Some(story.ended_ms? - story.intended_start_ms))
        .collect();
    times.sort_by(f64::total_cmp);
    times
}

fn one_of(texts: &[&'static str]) -> impl Strategy<Value = &'static str> + use<> {
    prop::sample::select(texts.to_vec())
}

fn arrivals() -> impl Strategy<Value = &'static str> {
    one_of(&[
        "count = 60\narrival = { herd = {} }",
        r#"count = 40
           arrival = { herd = { spread = "3s" } }"#,
        r#"count = 30
           arrival = { every = { interval = "90ms" } }"#,
        r"arrival = { closed = { users = 7, iterations = 21 } }",
    ])
}

fn limits() -> impl Strategy<Value = &'static str> {
    one_of(&[
        "",
        r#"retry_after = "exact", penalty = "3s","#,
        r"charge_refused = true,",
        r#"queue = { most = 20, rate_checked = "start" }, abandoned = "release","#,
        r#"abandoned = "release","#,
    ])
}

fn faults() -> impl Strategy<Value = &'static str> {
    one_of(&[
        "",
        r#"{ preset = "outage", lasts = "3s" }"#,
        r#"{ effect = "malformed", probability = 0.2 }"#,
        r#"{ effect = "hang", next = 3 }"#,
        r#"{ effect = { drip = { pieces = 4, every = "100ms" } }, probability = 0.5 }"#,
        r#"{ effect = { drip = { pieces = 4, every = "300ms" } }, probability = 0.5 }"#,
    ])
}

fn scripts() -> impl Strategy<Value = &'static str> {
    one_of(&[
        "{ connect = {} }",
        r#"{ connect = {} }, { think_between = ["1s", "3s"] }, { connect = {} }"#,
        r#"{ connect = {}, retry = { attempts = 3, delay = "2s", factor = 2.0, jitter = "1s" } }, { connect = {} }"#,
        r"{ metadata = {} }, { repeat = { times = 3, steps = [{ connect = {} }] } }",
        "{ connect = {} }, { refresh = {} }",
    ])
}

fn others() -> impl Strategy<Value = &'static str> {
    one_of(&[
        "",
        r#"
        [[sessions]]
        name = "others"
        count = 4
        background = true
        arrival = { herd = {} }
        client = "azure-cli"
        script = [{ connect = {} }, { think = "1s" }]"#,
        r#"
        [[sessions]]
        name = "others"
        count = 9
        arrival = { herd = { at = "2s" } }
        client = "proportional"
        script = [{ connect = {} }]"#,
    ])
}

/// The client with a timeout that is shorter than a slow answer, as often as one of the presets.
fn clients() -> impl Strategy<Value = String> {
    let names: Vec<String> = presets().keys().cloned().collect();
    prop_oneof![prop::sample::select(names), Just(SHORT.to_owned())]
}

const SHORT: &str = "short";

/// The policy of that client, if it is this one.
fn policies(client: &str) -> &'static str {
    match client {
        SHORT => "[policies.short]\nattempt_timeout = \"1s\"\nmax_attempts = 2",
        _ => "",
    }
}

/// That at each moment every request in flight has an event that ends it: its departure, or its timeout.
fn requests_end(scenario: &Scenario) -> Result<(), TestCaseError> {
    let streams = Streams::new(scenario.seed);
    let mut simulation = Simulation::new(scenario, &streams, |_| Sample::new(scenario));
    while simulation.world.awaited > 0
        && let Some((now, next)) = simulation.world.next_event()
        && now <= simulation.world.successions.end()
    {
        let happened = match next {
            Next::Start(start) => simulation.start(start),
            Next::Event(event) => simulation.happen(now, event),
        };
        if happened.is_err() {
            break;
        }
        for session in simulation.sessions.iter() {
            prop_assert!(ends(&simulation, session), "{:?} at {now:?}", session.id);
        }
    }
    Ok(())
}

fn ends(simulation: &Simulation<'_, Sample>, session: &Session<'_>) -> bool {
    let latest = session.attempts.checked_sub(1);
    let Some(attempt) = latest.filter(|latest| session.waits_for(*latest)) else {
        return true;
    };
    let Some(place) = session.slot else {
        return session.time_out.is_some();
    };
    let served = simulation.world.pending.serving.get(place);
    served.is_some_and(|request| {
        (request.session, request.attempt) == (session.id.session, attempt)
            && request.ticket.is_some()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn samples_and_plain_scripts_agree_in_any_scenario(
        client in clients(),
        arrival in arrivals(),
        limits in limits(),
        fault in faults(),
        script in scripts(),
        others in others(),
        longest in one_of(&["9s", "10m"]),
        on_error in one_of(&["stop", "continue"]),
        processor in one_of(&["", r#"processor = { cores = 2, costs = { connect = ["10ms", "300ms"] } }"#]),
        seed: u32,
    ) {
        let policies = policies(&client);
        let scenario = scenario(&format!(r#"
            schema = 1
            name = "any"
            seed = {seed}
            max_duration = "{longest}"
            {processor}
            [imds]
            limits = {{ {limits} identity = {{ rate = {{ algorithm = "sliding-window" }} }} }}
            faults = [{fault}]
            {policies}
            [[sessions]]
            name = "all"
            {arrival}
            client = "{client}"
            script = [{script}]
            on_error = "{on_error}"
            {others}
        "#));
        requests_end(&scenario)?;
        agree(scenario.clone())?;
        agree_suspended(scenario)?;
    }
}

/// The first session gives up a slow answer whose service has ended; by then the second is served at its place.
#[test]
fn a_session_that_gives_up_a_slow_answer_releases_no_slot_of_another() {
    for abandoned in ["hold", "release"] {
        let scenario = scenario(&format!(
            r#"
            schema = 1
            name = "slow"
            [imds]
            latency = {{ token_cold = "1500ms", token_warm = "1500ms" }}
            limits = {{ abandoned = "{abandoned}" }}
            faults = [{{ effect = {{ drip = {{ pieces = 8, every = "1s" }} }}, next = 1 }}]
            [policies.hasty]
            attempt_timeout = "2s"
            max_attempts = 1
            [[sessions]]
            name = "hasty"
            count = 1
            arrival = {{ herd = {{ spread = "0s" }} }}
            client = "hasty"
            script = [{{ connect = {{}} }}]
            [[sessions]]
            name = "patient"
            count = 1
            arrival = {{ herd = {{ spread = "0s", at = "1600ms" }} }}
            client = "azure-cli"
            script = [{{ connect = {{}} }}]
            "#
        ));
        let sample = sample(&scenario).expect("it ends");
        let succeeded = sample.groups.iter().map(|group| group.succeeded);
        assert_eq!(succeeded.collect::<Vec<_>>(), [0, 1], "{abandoned}");
        let failed = &sample.groups[0].by_failure;
        assert_eq!(failed.keys().collect::<Vec<_>>(), ["imds_timeout"]);
        assert!(!sample.cut_short, "{abandoned}");
    }
}

#[test]
fn samples_and_plain_scripts_agree_in_every_scenario_of_the_library() {
    // A fleet has no sample.
    let entries = SCENARIOS.iter();
    for entry in entries.filter(|entry| !scenario(entry.text).is_fleet()) {
        let agreed =
            agree(scenario(entry.text)).and_then(|()| agree_suspended(scenario(entry.text)));
        agreed.unwrap_or_else(|error| panic!("{}: {error}", entry.name));
    }
}

/// Five sessions of one user, five minutes apart, take twenty minutes, and none is ended before.
#[test]
fn closed_sessions_have_ten_minutes_from_the_last_start_and_not_from_the_first() {
    let of = |max_duration: &str| {
        let raw = simulate(&scenario(&format!(
            r#"
            schema = 1
            name = "closed"
            {max_duration}
            [[sessions]]
            name = "all"
            arrival = {{ closed = {{ users = 1, iterations = 5, pause = "5m" }} }}
            client = "azure-cli"
            script = [{{ connect = {{}} }}]
            "#
        )));
        let raw = raw.expect("it ends");
        (raw.record.ended().succeeded, raw.cut_short)
    };
    assert_eq!(of(""), (5, false));
    assert_eq!(of("max_duration = '12m'"), (3, true));
}
