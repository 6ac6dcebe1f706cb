use proptest::prelude::*;

use super::*;

fn cores(count: f64) -> Cores {
    Cores::of(count).expect("a number of cores")
}

fn ms(length: u64) -> Duration {
    Duration::from_millis(length)
}

/// When each of these jobs ends, which begin in the order of their times, each with its work.
fn ends(count: f64, jobs: &[(Duration, Duration)]) -> Vec<Duration> {
    let mut processor = Processor::new(cores(count));
    let mut ends = vec![Duration::ZERO; jobs.len()];
    let mut waiting = jobs.iter().enumerate().peekable();
    loop {
        let begin = waiting.peek().map(|(_, (at, _))| *at);
        let end = processor.next_end();
        match (begin, end) {
            (Some(begin), end) if end.is_none_or(|end| begin < end) => {
                let (number, (at, work)) = waiting.next().expect("it was seen");
                processor.begin(*at, *work, number);
            }
            (_, Some(end)) => {
                for number in processor.take_ended(end) {
                    ends[number] = end;
                }
            }
            (_, None) => return ends,
        }
    }
}

/// The same without any cleverness: in floating point, from event to event, each job by itself.
fn reference(count: f64, jobs: &[(Duration, Duration)]) -> Vec<f64> {
    let begins: Vec<f64> = jobs.iter().map(|(at, _)| at.as_secs_f64()).collect();
    let mut left: Vec<f64> = jobs.iter().map(|(_, work)| work.as_secs_f64()).collect();
    let mut ends = vec![f64::NAN; jobs.len()];
    let mut now = 0.0;
    loop {
        let runs = |i: &usize| begins[*i] <= now && ends[*i].is_nan();
        let running: Vec<usize> = (0..jobs.len()).filter(runs).collect();
        let rate = (count / f64::from(u32::try_from(running.len()).expect("few"))).min(1.0);
        let next_end = running.iter().map(|i| now + left[*i] / rate);
        let next_begin = begins.iter().copied().filter(|begin| *begin > now);
        let next = next_end.chain(next_begin).fold(f64::INFINITY, f64::min);
        if next.is_infinite() {
            return ends;
        }
        for i in running {
            left[i] -= (next - now) * rate;
            if left[i] <= 1e-9 {
                ends[i] = next;
            }
        }
        now = next;
    }
}

#[test]
fn those_who_have_a_core_of_their_own_take_their_time() {
    let jobs = [(ms(0), ms(100)), (ms(0), ms(200)), (ms(500), ms(300))];
    assert_eq!(ends(2.0, &jobs), [ms(100), ms(200), ms(800)]);
}

#[test]
fn thirty_on_two_cores_take_fifteen_times_as_long() {
    assert_eq!(ends(2.0, &[(ms(0), ms(100)); 30]), [ms(1500); 30]);
}

#[test]
fn half_a_core_takes_twice_the_time() {
    assert_eq!(ends(0.5, &[(ms(10), ms(100))]), [ms(210)]);
}

/// The first has a core alone for 0.5 s; then both share it until the first has had its 1 s.
#[test]
fn a_late_one_slows_the_first_down() {
    let jobs = [(ms(0), ms(1000)), (ms(500), ms(1000))];
    assert_eq!(ends(1.0, &jobs), [ms(1500), ms(2000)]);
}

#[test]
fn at_one_instant_the_first_to_begin_is_the_first_to_end() {
    let mut processor = Processor::new(cores(2.0));
    for job in 0..5 {
        processor.begin(ms(1), ms(10), job);
    }
    assert_eq!(processor.next_end(), Some(ms(26)));
    assert_eq!(processor.take_ended(ms(26)), [0, 1, 2, 3, 4]);
    assert_eq!(processor.next_end(), None);
}

/// A live driver may be late: what ended before ended at its own time, and others had their cores since.
#[test]
fn a_late_look_changes_nothing() {
    let mut processor = Processor::new(cores(1.0));
    processor.begin(ms(0), ms(100), "short");
    processor.begin(ms(0), ms(200), "long");
    processor.begin(ms(250), ms(100), "late");
    assert_eq!(
        processor.next_end(),
        Some(ms(250)),
        "the short one has ended"
    );
    assert_eq!(processor.take_ended(ms(350)), ["short", "long"]);
    assert_eq!(processor.next_end(), Some(ms(400)));
}

fn jobs() -> impl Strategy<Value = Vec<(Duration, Duration)>> {
    let job = (0_u64..3_000_000, 0_u64..2_000_000);
    prop::collection::vec(job, 1..40).prop_map(|jobs| {
        let us = Duration::from_micros;
        let mut jobs: Vec<_> = jobs
            .into_iter()
            .map(|(at, work)| (us(at), us(work)))
            .collect();
        jobs.sort_unstable();
        jobs
    })
}

/// Thousandths of cores.
fn counts() -> impl Strategy<Value = f64> {
    (100_u32..9000).prop_map(|thousandths| f64::from(thousandths) / 1000.0)
}

proptest! {
    #[test]
    fn each_job_ends_when_a_slow_reference_says(jobs in jobs(), count in counts()) {
        let (found, expected) = (ends(count, &jobs), reference(count, &jobs));
        for (found, expected) in found.iter().zip(&expected) {
            let found = found.as_secs_f64();
            prop_assert!((found - expected).abs() < 1e-6, "{found} for {expected}");
        }
    }

    #[test]
    fn no_job_has_more_than_a_core_and_all_together_no_more_than_there_are(jobs in jobs(), count in counts()) {
        let ends = ends(count, &jobs);
        for ((begin, work), end) in jobs.iter().zip(&ends) {
            prop_assert!(*end >= *begin + *work, "{end:?}");
        }
        for end in &ends {
            let done = jobs.iter().zip(&ends).filter(|(_, other)| *other <= end);
            let done: Duration = done.map(|((_, work), _)| *work).sum();
            let most = end.saturating_sub(jobs[0].0).as_secs_f64() * count;
            prop_assert!(done.as_secs_f64() <= most + 1e-6, "{done:?} by {end:?}");
        }
    }

    /// As long as there is enough to do no core is idle, so no work is lost.
    #[test]
    fn work_that_is_there_from_the_beginning_ends_with_all_cores_busy(works in prop::collection::vec(1_u64..1_000_000, 1..40), count in counts()) {
        let jobs: Vec<_> = works.iter().map(|us| (ms(0), Duration::from_micros(*us))).collect();
        let last = ends(count, &jobs).into_iter().max().expect("a job").as_secs_f64();
        let all: Duration = jobs.iter().map(|(_, work)| *work).sum();
        let longest = jobs.iter().map(|(_, work)| *work).max().expect("a job").as_secs_f64();
        let least = (all.as_secs_f64() / count).max(longest / count.min(1.0));
        prop_assert!(last >= least - 1e-6, "{last} for {least}");
        prop_assert!(last <= all.as_secs_f64() / count + longest + 1e-6, "{last}");
    }

    #[test]
    fn the_order_in_which_jobs_begin_at_one_instant_does_not_matter(jobs in jobs(), count in counts()) {
        let at_once: Vec<_> = jobs.iter().map(|(_, work)| (ms(0), *work)).collect();
        let backwards: Vec<_> = at_once.iter().rev().copied().collect();
        let mut found = ends(count, &backwards);
        found.reverse();
        prop_assert_eq!(found, ends(count, &at_once));
    }

    /// Looking at it between events changes no end by more than the rounding of whole nanoseconds.
    #[test]
    fn looking_at_it_changes_nothing(jobs in jobs(), count in counts(), looks in prop::collection::vec(0_u64..9_000_000, 0..20)) {
        let ends = ends(count, &jobs);
        let mut times: Vec<Duration> = looks.into_iter().map(Duration::from_micros).collect();
        times.sort_unstable();
        let mut processor = Processor::new(cores(count));
        let mut waiting = jobs.iter().enumerate().peekable();
        let mut taken = vec![];
        for look in times {
            while let Some((number, (at, work))) = waiting.next_if(|(_, (at, _))| *at <= look) {
                processor.begin(*at, *work, number);
            }
            for number in processor.take_ended(look) {
                taken.push(number);
                prop_assert!(ends[number] <= look + Duration::from_micros(1));
            }
            let missing = (0..jobs.len()).filter(|number| !taken.contains(number));
            for number in missing {
                prop_assert!(ends[number] + Duration::from_micros(1) > look, "{number}");
            }
        }
    }
}
