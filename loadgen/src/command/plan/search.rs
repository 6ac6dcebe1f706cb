//! Where along a scale of whole steps an answer turns from yes to no.

/// The last step of 1 to `most` at which it holds, found by doubling and then halving, as if it held at
/// all before it and at none after it. None: it does not even hold at the first.
pub(super) fn last<E>(
    most: u32,
    mut holds: impl FnMut(u32) -> Result<bool, E>,
) -> Result<Option<u32>, E> {
    let mut yes = 0;
    let mut no = None;
    while no.is_none() && yes < most {
        let next = yes.saturating_mul(2).clamp(1, most);
        if holds(next)? {
            yes = next;
        } else {
            no = Some(next);
        }
    }
    let mut no = no.unwrap_or(yes + 1);
    while no - yes > 1 {
        let middle = yes.midpoint(no);
        if holds(middle)? {
            yes = middle;
        } else {
            no = middle;
        }
    }
    Ok((yes > 0).then_some(yes))
}

/// Steps on both sides of an answer where it is worth to look whether it really is the turn.
pub(super) fn around(answer: u32, most: u32) -> Vec<u32> {
    let part = |of: u32, by: u32| answer.saturating_mul(of) / by;
    let near = [
        part(1, 2),
        part(3, 4),
        part(9, 10),
        answer.saturating_sub(1),
        answer.saturating_add(1),
        answer.saturating_add(2),
        part(11, 10),
        part(5, 4),
        part(3, 2),
        part(2, 1),
    ];
    let within = near.into_iter().filter(|step| (1..=most).contains(step));
    within.filter(|step| *step != answer).collect()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_turn_is_found_in_few_steps(turn in 0_u32..3000, most in 1_u32..2000) {
            let mut asked = 0;
            let found = last(most, |step| {
                asked += 1;
                assert!((1..=most).contains(&step));
                Ok::<_, Infallible>(step <= turn)
            });
            let expected = turn.min(most);
            prop_assert_eq!(found, Ok((expected > 0).then_some(expected)));
            prop_assert!(asked <= 24, "{asked}");
        }

        #[test]
        fn what_is_around_lies_on_both_sides(answer in 2_u32..1000) {
            let steps = around(answer, 5000);
            prop_assert!(steps.iter().any(|step| *step < answer));
            prop_assert!(steps.iter().any(|step| *step > answer));
        }
    }
}
