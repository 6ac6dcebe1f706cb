//! Every release of Azure PowerShell retries as it was recorded (`tests/recordings/README.md`): the recorded outcomes are
//! fed to its model, which has to make as many attempts, at times that can be the recorded ones, and to end alike.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use imds_client::policy::{Policy, RestsOn, libraries, resolve};
use imds_client::{Acquisition, Outcome, RetryAfter, Step, TransportFailure};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use serde::Deserialize;

/// What the machine adds to a gap or takes from it, in seconds: eight processes ran on two cores.
const MACHINE: f64 = 0.15;

/// The same where an attempt ended by the client's own timer, whose end is not recorded (measured: up to 0.213 s).
const TIMER: f64 = 0.25;

/// The longest that the cmdlet itself works, before its first and after its last attempt (measured: up to 1.8 s).
const CMDLET: f64 = 2.0;

/// How often an acquisition with random waits is run, to find the range of each.
const DRAWS: u64 = 2000;

#[derive(Deserialize)]
struct Recordings {
    library: BTreeMap<String, String>,
    faults: Vec<Run>,
    tokens: Vec<Tokens>,
}

/// One run of `Connect-AzAccount` against a fault.
#[derive(Deserialize)]
struct Run {
    version: String,
    fault: String,
    attempts: Vec<Attempt>,
    elapsed_ms: u32,
    connected: bool,
}

/// Milliseconds since the first attempt of the run, the status of the answer, and what selects the identity.
#[derive(Deserialize)]
struct Attempt(u32, Option<u16>, #[serde(default)] Option<String>);

#[derive(Deserialize)]
struct Tokens {
    version: String,
    tokens_on_empty_profile: BTreeMap<String, u32>,
}

fn recordings() -> Recordings {
    let text = include_str!("../../tests/recordings/azure-powershell.json");
    serde_json::from_str(text).expect("recordings")
}

#[test]
fn every_release_retries_as_it_was_recorded() {
    let runs = recordings().faults;
    assert_eq!(runs.len(), 108);
    let wrong = runs.iter().filter_map(|run| {
        let problem = run.check().err()?;
        Some(format!("{} on {}: {problem}", run.version, run.fault))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_recorded_release_is_a_measured_one_and_the_reverse() {
    let mut recorded: Vec<String> = recordings()
        .faults
        .into_iter()
        .map(|run| run.version)
        .collect();
    recorded.sort();
    recorded.dedup();
    for version in &recorded {
        let release = model(version).1;
        assert_eq!(release, RestsOn::Measured, "{version}");
    }
    let measured = libraries()["az-accounts"].measured();
    let measured = measured.map(|(version, _)| version.to_string());
    let missing: Vec<String> = measured
        .filter(|version| !recorded.contains(version))
        .collect();
    assert_eq!(missing, ["4.0.2"], "of which only the tokens were counted");
}

#[test]
fn a_release_retries_as_the_library_that_it_carries() {
    for (version, carried) in recordings().library {
        let carried = carried.replace("Azure.Identity ", "dotnet-azure-identity-");
        let library = resolve(&carried).expect("a release");
        assert_eq!(library.policy.layers, model(&version).0.layers, "{version}");
    }
}

#[test]
fn releases_that_retry_alike_ask_for_the_same_tokens() {
    let mut asked: BTreeMap<(String, String), (u32, String)> = BTreeMap::new();
    for Tokens {
        version,
        tokens_on_empty_profile,
    } in recordings().tokens
    {
        let release = resolve(&format!("az-accounts-{version}"))
            .expect("a release")
            .release;
        let generation = &release.expect("a release").generation.policy.name;
        for (command, tokens) in tokens_on_empty_profile {
            let known = asked.entry((generation.clone(), command.clone()));
            let (known, first) = known.or_insert((tokens, version.clone()));
            assert_eq!(*known, tokens, "{command} of {version} and {first}");
        }
    }
}

/// The model of a release, and what it rests on.
fn model(version: &str) -> (Arc<Policy>, RestsOn) {
    let resolved = resolve(&format!("az-accounts-{version}")).expect("a release");
    (
        resolved.policy,
        resolved.release.expect("a release").rests_on,
    )
}

impl Run {
    fn check(&self) -> Result<(), String> {
        let (policy, _) = model(&self.version);
        let (mut now, mut done) = (0.0, false);
        for operation in self.operations() {
            let begins = operation[0].seconds();
            if !done && begins > now + MACHINE {
                return Err(format!(
                    "{now:.3} s: a failed operation, then nothing until {begins:.3} s"
                ));
            }
            (now, done) = self.check_operation(&policy, operation)?;
        }
        let rest = f64::from(self.elapsed_ms) / 1000.0 - now;
        if done != self.connected || !(-MACHINE..CMDLET).contains(&rest) {
            return Err(format!(
                "it ends {rest:.3} s later: connected: {}",
                self.connected
            ));
        }
        Ok(())
    }

    /// The attempts for one token each: a token ends one, and so does another selector.
    fn operations(&self) -> impl Iterator<Item = &[Attempt]> {
        self.attempts
            .chunk_by(|one, next| one.1 != Some(200) && one.2 == next.2)
    }

    /// Compares the attempts for one token with the model's; when it ends, and whether there is a token.
    fn check_operation(
        &self,
        policy: &Arc<Policy>,
        attempts: &[Attempt],
    ) -> Result<(f64, bool), String> {
        let script: Vec<Outcome> = attempts
            .iter()
            .map(|attempt| self.outcome(attempt.1))
            .collect();
        let took: Vec<Duration> = script
            .iter()
            .map(|outcome| duration(policy, outcome))
            .collect();
        let (ranges, end) = played(policy, &script, &took)?;
        for (index, pair) in attempts.windows(2).enumerate() {
            let gap = pair[1].seconds() - pair[0].seconds() - took[index].as_secs_f64();
            let (least, most) = ranges[index];
            let machine = if took[index].is_zero() {
                MACHINE
            } else {
                TIMER
            };
            if !(least - machine..=most + machine).contains(&gap) {
                return Err(format!(
                    "wait {}: {gap:.3} s, not {least:.3} to {most:.3}",
                    index + 1
                ));
            }
        }
        let last = attempts.len() - 1;
        Ok((
            attempts[last].seconds() + took[last].as_secs_f64(),
            end == Step::Done,
        ))
    }

    fn outcome(&self, status: Option<u16>) -> Outcome {
        match (status, self.fault.as_str()) {
            (Some(200), _) => Outcome::Success,
            (Some(status), fault) => Outcome::Status {
                status,
                retry_after: RetryAfter {
                    seconds: (fault == "429ra").then_some(Duration::from_secs(2)),
                    ..RetryAfter::default()
                },
            },
            (None, "hang") => Outcome::Transport(TransportFailure::Timeout),
            (None, "reset") => Outcome::Transport(TransportFailure::Reset),
            (None, fault) => panic!("no answer to {fault}"),
        }
    }
}

impl Attempt {
    fn seconds(&self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

/// How long an attempt takes: a timeout as long as the policy lets it, everything else no time.
fn duration(policy: &Policy, outcome: &Outcome) -> Duration {
    match outcome {
        Outcome::Transport(TransportFailure::Timeout) => {
            policy.attempt_timeout.expect("a time limit")
        }
        _ => Duration::ZERO,
    }
}

type Ranges = Vec<(f64, f64)>;

/// Plays the outcomes to the model many times: least and most of each of its waits, and its end, which is that of
/// the last outcome and of no earlier one.
fn played(
    policy: &Arc<Policy>,
    script: &[Outcome],
    took: &[Duration],
) -> Result<(Ranges, Step), String> {
    let mut ranges = vec![(f64::INFINITY, 0.0_f64); script.len() - 1];
    let mut end = Step::Done;
    for seed in 0..DRAWS {
        let (waits, last) = played_once(policy, script, took, seed);
        if waits.len() != ranges.len() || !matches!(last, Step::Done | Step::Failed(_)) {
            let (recorded, made) = (script.len(), waits.len() + 1);
            return Err(format!(
                "{recorded} attempts, and the model has made {made}, then {last:?}"
            ));
        }
        end = last;
        for ((least, most), wait) in ranges.iter_mut().zip(waits) {
            (*least, *most) = (least.min(wait), most.max(wait));
        }
    }
    Ok((ranges, end))
}

/// The waits of one acquisition in seconds, and its last step.
fn played_once(
    policy: &Arc<Policy>,
    script: &[Outcome],
    took: &[Duration],
    seed: u64,
) -> (Vec<f64>, Step) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut now = Duration::ZERO;
    let mut acquisition = Acquisition::begin(Arc::clone(policy), now);
    let mut waits = Vec::new();
    for (index, outcome) in script.iter().enumerate() {
        now += took[index];
        let step = acquisition.after(outcome, now, &mut rng);
        let due = match step {
            Step::Done | Step::Failed(_) => return (waits, step),
            Step::Send => now,
            Step::WaitUntil(at) => at,
        };
        if index + 1 == script.len() {
            return (waits, step);
        }
        waits.push(due.saturating_sub(now).as_secs_f64());
        now = due;
    }
    unreachable!("a run has attempts")
}
