//! Rules with the page that each is from: Microsoft's about tokens, that about metadata, or neither.

use crate::command::check::rule::{Ground, Judgement, Rule, Source, Weight};
use crate::command::check::seen::Seen;

type Judge = fn(&Seen) -> Judgement;

/// The same of tokens and of metadata.
pub(super) const fn rule(name: &'static str, ground: (Weight, Source), judge: Judge) -> Rule {
    by_page(name, ground, ground, judge)
}

/// Where each of both pages says another thing, or one of them nothing and it is this project's advice.
pub(super) const fn by_page(
    name: &'static str,
    tokens: (Weight, Source),
    metadata: (Weight, Source),
    judge: Judge,
) -> Rule {
    Rule {
        name,
        tokens: ground(tokens),
        metadata: Some(ground(metadata)),
        judge,
    }
}

/// Of tokens only.
pub(super) const fn of_tokens(name: &'static str, tokens: (Weight, Source), judge: Judge) -> Rule {
    Rule {
        name,
        tokens: ground(tokens),
        metadata: None,
        judge,
    }
}

const fn ground((weight, source): (Weight, Source)) -> Ground {
    Ground { weight, source }
}
