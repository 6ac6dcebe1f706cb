//! A configuration of the emulator. Whatever it is, it is read or refused with places; a VM of what is read decides about
//! requests at any time, and counts each of them once.
#![no_main]

use std::time::Duration;

use imds_emulator::limit::Category;
use imds_emulator::vm::{Admission, Request, Selector, Verdict};
use imds_emulator::{Config, Problems, Vm};
use imds_fuzz::documents::{moved, place};
use libfuzzer_sys::fuzz_target;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

const NAME: &str = "vm.toml";

/// The time that passes between two rounds of requests.
const PAUSES: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_millis(1),
    Duration::from_secs(90),
    Duration::from_hours(48),
    Duration::from_hours(24 * 366 * 100),
];

fuzz_target!(|text: &str| {
    let read = Config::from_toml(NAME, text);
    if let Some(moved) = moved(text) {
        compare(&read, &Config::from_toml(NAME, &moved));
    }
    match read {
        Ok(config) => ask(&config),
        Err(problems) => has_places(text, &problems),
    }
});

/// A comment above a document changes nothing but the lines of what is wrong with it.
fn compare(read: &Result<Config, Problems>, moved: &Result<Config, Problems>) {
    match (read, moved) {
        // The document itself is kept for VMs that are made later, so that all else is compared as it is written.
        (Ok(read), Ok(moved)) => assert_eq!(format!("{:?}", read.vm), format!("{:?}", moved.vm)),
        (Err(read), Err(moved)) => {
            let told = |problems: &Problems| -> Vec<_> {
                problems
                    .iter()
                    .map(|problem| (problem.path.clone(), problem.message.clone()))
                    .collect()
            };
            let (mut read, mut moved) = (told(read), told(moved));
            read.sort();
            moved.sort();
            assert_eq!(read, moved);
        }
        (Ok(_), Err(problems)) => panic!("refused with a comment: {problems}"),
        (Err(problems), Ok(_)) => panic!("accepted with a comment: {problems}"),
    }
}

fn has_places(text: &str, problems: &Problems) {
    assert!(!problems.is_empty(), "refused, and nothing is wrong");
    for problem in problems {
        let _place = place(NAME, text, &format!("{NAME}:{problem}"));
    }
}

/// Rounds of more requests than IMDS serves at once. What is admitted departs at the end of a round.
fn ask(config: &Config) {
    let mut rng = ChaCha8Rng::seed_from_u64(config.vm.seed);
    let (mut vm, mut now, mut asked) = (Vm::new(&config.vm), Duration::ZERO, 0);
    for pause in PAUSES {
        now = now.saturating_add(pause);
        let mut admitted = vec![];
        for request in requests() {
            asked += 1;
            if let Verdict::Admitted(admission) = vm.arrive(now, &request, &mut rng) {
                admitted.push(admission);
            }
        }
        for Admission {
            ticket,
            service_time,
            ..
        } in admitted
        {
            now = now.saturating_add(service_time);
            let _departure = vm.depart(now, ticket);
        }
    }
    let tally = vm.tally();
    let counted = [&tally.identity, &tally.other].map(|category| {
        let refused =
            category.refused_rate + category.refused_concurrency + category.refused_penalty;
        category.admitted + refused + category.rejected + u64::from(category.waiting)
    });
    assert_eq!(counted.iter().sum::<u64>(), asked, "{tally:?}");
}

fn requests() -> impl Iterator<Item = Request<'static>> {
    let token = |bypass_cache| Request::Token {
        identity: Selector::Default,
        resource: "https://vault.azure.net",
        bypass_cache,
    };
    let round = [token(false), token(true), Request::Plain(Category::Other)];
    round.into_iter().cycle().take(24)
}
