//! Assumptions as settings of the VM, each written as a word.

use std::time::Duration;

use imds_emulator::config::VmSettings;
use imds_emulator::document::FriendlyDuration;
use imds_emulator::latency::ServiceTime;
use imds_emulator::limit::{
    Abandoned, Algorithm, Limiter, Queue, RateChecked, RateLimit, RetryAfter,
};

use super::kind::Assumption;

/// The queue of `when_full = "queue"` holds so many: more than a herd of a thousand.
const LONG_QUEUE: u32 = 1000;

/// The value that the settings have.
pub(super) fn of(vm: &VmSettings, assumption: Assumption) -> String {
    let limits = &vm.limits;
    match assumption {
        Assumption::ServiceTime => service_time(vm),
        Assumption::Window => {
            let rate = limits.identity.rate.as_ref();
            rate.map_or("none", |rate| algorithm(rate.algorithm))
                .to_owned()
        }
        Assumption::Order => match limits.check_first {
            Limiter::Rate => "rate",
            _ => "concurrency",
        }
        .to_owned(),
        Assumption::Charging => limits.charge_refused.to_string(),
        Assumption::Penalty => limits.penalty.map_or("false".to_owned(), written),
        Assumption::WhenFull => when_full(limits.queue).to_owned(),
        Assumption::TokenRate => {
            let rate = limits.identity.rate.as_ref();
            rate.map_or("none".to_owned(), token_rate)
        }
        Assumption::RetryAfter => retry_after(limits.retry_after),
        Assumption::Abandoned => match limits.abandoned {
            Abandoned::Hold => "hold",
            Abandoned::Release => "release",
        }
        .to_owned(),
    }
}

/// Sets it.
///
/// # Errors
/// What was expected instead of the value.
pub(super) fn set(vm: &mut VmSettings, assumption: Assumption, value: &str) -> Result<(), String> {
    let set = match assumption {
        Assumption::ServiceTime => set_service_time(vm, value),
        Assumption::Window => set_window(vm, value),
        Assumption::Order => set_order(vm, value),
        Assumption::Charging => set_charging(vm, value),
        Assumption::Penalty => set_penalty(vm, value),
        Assumption::WhenFull => set_when_full(vm, value),
        Assumption::TokenRate => set_token_rate(vm, value),
        Assumption::RetryAfter => set_retry_after(vm, value),
        Assumption::Abandoned => set_abandoned(vm, value),
    };
    set.map_err(|expected| format!("{expected} for {}, not \"{value}\"", assumption.name()))
}

/// What was expected, if it was something else.
type Set = Result<(), String>;

fn set_service_time(vm: &mut VmSettings, value: &str) -> Set {
    let time = length(value).filter(|time| *time <= ServiceTime::LONGEST);
    let time = time.ok_or("a length of time up to an hour")?;
    vm.latency.token_cold = ServiceTime::Fixed(time);
    vm.latency.token_warm = ServiceTime::Fixed(time);
    Ok(())
}

fn set_window(vm: &mut VmSettings, value: &str) -> Set {
    let found = ALGORITHMS.into_iter().find(|one| algorithm(*one) == value);
    let expected = || format!("one of {}", ALGORITHMS.map(algorithm).join(", "));
    let found = found.ok_or_else(expected)?;
    if let Some(rate) = &mut vm.limits.identity.rate {
        (rate.algorithm, rate.burst) = (found, None);
    }
    Ok(())
}

fn set_order(vm: &mut VmSettings, value: &str) -> Set {
    vm.limits.check_first = match value {
        "concurrency" => Limiter::Concurrency,
        "rate" => Limiter::Rate,
        _ => return Err("concurrency or rate".to_owned()),
    };
    Ok(())
}

fn set_charging(vm: &mut VmSettings, value: &str) -> Set {
    vm.limits.charge_refused = value.parse().map_err(|_| "true or false")?;
    Ok(())
}

fn set_penalty(vm: &mut VmSettings, value: &str) -> Set {
    let penalty = length(value).filter(|length| !length.is_zero());
    vm.limits.penalty = match (value, penalty) {
        ("false", _) => None,
        (_, Some(penalty)) => Some(penalty),
        _ => return Err("a length of time, or false".to_owned()),
    };
    Ok(())
}

fn set_when_full(vm: &mut VmSettings, value: &str) -> Set {
    vm.limits.queue = match value {
        "refuse" => None,
        "queue" => Some(queue(RateChecked::Arrival)),
        "queue-then-rate" => Some(queue(RateChecked::Start)),
        _ => return Err("one of refuse, queue, queue-then-rate".to_owned()),
    };
    Ok(())
}

fn set_token_rate(vm: &mut VmSettings, value: &str) -> Set {
    let requests = value.parse().ok().filter(|requests| *requests > 0);
    let requests = requests.ok_or("a number of requests a second")?;
    if let Some(rate) = &mut vm.limits.identity.rate {
        (rate.requests, rate.window) = (requests, Duration::from_secs(1));
    }
    Ok(())
}

fn set_retry_after(vm: &mut VmSettings, value: &str) -> Set {
    let whole = length(value).filter(|wait| wait.subsec_nanos() == 0);
    vm.limits.retry_after = match (value, whole) {
        ("none", _) => RetryAfter::None,
        ("exact", _) => RetryAfter::Exact,
        ("whole-seconds", _) => RetryAfter::WholeSeconds,
        (_, Some(wait)) => RetryAfter::Fixed(wait),
        _ => return Err("none, exact, whole-seconds or whole seconds such as 2s".to_owned()),
    };
    Ok(())
}

fn set_abandoned(vm: &mut VmSettings, value: &str) -> Set {
    vm.limits.abandoned = match value {
        "hold" => Abandoned::Hold,
        "release" => Abandoned::Release,
        _ => return Err("hold or release".to_owned()),
    };
    Ok(())
}

const ALGORITHMS: [Algorithm; 4] = [
    Algorithm::SlidingWindow,
    Algorithm::FixedWindow,
    Algorithm::TokenBucket,
    Algorithm::Gcra,
];

fn algorithm(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::SlidingWindow => "sliding-window",
        Algorithm::FixedWindow => "fixed-window",
        Algorithm::TokenBucket => "token-bucket",
        Algorithm::Gcra => "gcra",
    }
}

fn token_rate(rate: &RateLimit) -> String {
    if rate.window == Duration::from_secs(1) {
        rate.requests.to_string()
    } else {
        format!("{} in {}", rate.requests, written(rate.window))
    }
}

fn queue(rate_checked: RateChecked) -> Queue {
    Queue {
        most: LONG_QUEUE,
        rate_checked,
    }
}

fn when_full(queue: Option<Queue>) -> &'static str {
    match queue.map(|queue| queue.rate_checked) {
        None => "refuse",
        Some(RateChecked::Arrival) => "queue",
        Some(RateChecked::Start) => "queue-then-rate",
    }
}

fn retry_after(advice: RetryAfter) -> String {
    match advice {
        RetryAfter::None => "none".to_owned(),
        RetryAfter::Exact => "exact".to_owned(),
        RetryAfter::WholeSeconds => "whole-seconds".to_owned(),
        RetryAfter::Fixed(wait) => written(wait),
        RetryAfter::Reservation => "reservation".to_owned(),
    }
}

/// One time for all tokens, or the cold and the warm one.
fn service_time(vm: &VmSettings) -> String {
    let (cold, warm) = (vm.latency.token_cold, vm.latency.token_warm);
    if cold == warm {
        drawn(cold)
    } else {
        format!("{} cold, {} warm", drawn(cold), drawn(warm))
    }
}

fn drawn(time: ServiceTime) -> String {
    match time {
        ServiceTime::Fixed(time) => written(time),
        ServiceTime::LogNormal { p50, p99 } => {
            format!("p50 {}, p99 {}", written(p50), written(p99))
        }
    }
}

fn length(text: &str) -> Option<Duration> {
    FriendlyDuration::parse(text).map(|length| length.0)
}

fn written(length: Duration) -> String {
    FriendlyDuration(length).to_string()
}
