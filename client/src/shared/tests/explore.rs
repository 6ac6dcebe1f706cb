//! Every order in which the steps of some processes can happen: a small model checker.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Debug;

/// All that processes share, and where each of them is.
pub(in crate::shared) trait State: Clone + Debug + Ord {
    /// What can happen next, each with a name and the state after it.
    fn steps(&self) -> Vec<(String, Self)>;

    /// Whether all has happened that has to.
    fn is_over(&self) -> bool;

    /// What must not be, if it is so here.
    fn flaw(&self) -> Option<String>;
}

/// The states that can be reached from the first, or the shortest way to a flaw: its steps, then what is wrong. It is a
/// flaw, too, if a state is reached from which no way leads to the end.
pub(in crate::shared) fn explore<S: State>(first: S) -> Result<usize, Vec<String>> {
    let mut reached = BTreeMap::from([(first.clone(), None)]);
    let mut before: BTreeMap<S, Vec<S>> = BTreeMap::new();
    let mut next = VecDeque::from([first]);
    while let Some(state) = next.pop_front() {
        if let Some(flaw) = state.flaw() {
            return Err(way(&reached, &state, flaw));
        }
        for (name, after) in state.steps() {
            before.entry(after.clone()).or_default().push(state.clone());
            if !reached.contains_key(&after) {
                reached.insert(after.clone(), Some((name, state.clone())));
                next.push_back(after);
            }
        }
    }
    let ending = ending(&reached, &before);
    match reached.keys().find(|state| !ending.contains(*state)) {
        Some(stuck) => Err(way(
            &reached,
            stuck,
            format!("no way leads on from {stuck:?}"),
        )),
        None => Ok(reached.len()),
    }
}

type Reached<S> = BTreeMap<S, Option<(String, S)>>;

/// The states from which a way leads to the end.
fn ending<S: State>(reached: &Reached<S>, before: &BTreeMap<S, Vec<S>>) -> BTreeSet<S> {
    let over = reached.keys().filter(|state| state.is_over());
    let mut ending: BTreeSet<S> = over.cloned().collect();
    let mut next: VecDeque<S> = ending.iter().cloned().collect();
    while let Some(state) = next.pop_front() {
        for earlier in before.get(&state).into_iter().flatten() {
            if ending.insert(earlier.clone()) {
                next.push_back(earlier.clone());
            }
        }
    }
    ending
}

fn way<S: State>(reached: &Reached<S>, last: &S, flaw: String) -> Vec<String> {
    let mut way = vec![flaw];
    let mut state = last;
    while let Some(Some((name, earlier))) = reached.get(state) {
        way.push(name.clone());
        state = earlier;
    }
    way.reverse();
    way
}
