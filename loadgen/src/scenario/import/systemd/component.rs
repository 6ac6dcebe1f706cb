//! One component of a time of a calendar: lists of values, ranges and steps.

/// A millionth of a second, in which seconds are counted.
pub(super) const SECOND: u64 = 1_000_000;

/// Which values a component has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Component(Vec<Part>);

/// From a value to another one, by steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    from: u64,
    to: u64,
    step: u64,
    /// It ends only where the component does: `7/2`.
    open: bool,
}

impl Component {
    /// Those of a list, from `least` to `most`; `scale` is what one is.
    pub(super) fn read(text: &str, least: u64, most: u64, scale: u64) -> Option<Self> {
        if text == "*" {
            return Some(Self(vec![Part {
                from: least,
                to: most,
                step: scale,
                open: false,
            }]));
        }
        let part = |part: &str| Part::read(part, least, most, scale);
        text.split(',').map(part).collect::<Option<_>>().map(Self)
    }

    /// One value.
    pub(super) fn of(value: u64) -> Self {
        Self(vec![Part {
            from: value,
            to: value,
            step: 1,
            open: false,
        }])
    }

    pub(super) fn has(&self, value: u64) -> bool {
        self.0.iter().any(|part| part.has(value))
    }

    /// Counted from the other end: a step without an end goes from its beginning towards 1 there (measured: systemd-analyze 252).
    pub(super) fn has_from_end(&self, value: u64) -> bool {
        let has = |part: &Part| {
            if part.open {
                value <= part.from && (part.from - value).is_multiple_of(part.step)
            } else {
                part.has(value)
            }
        };
        self.0.iter().any(has)
    }

    /// How many values there are at most: one that is in several parts counts for each.
    pub(super) fn count(&self) -> u64 {
        let counts = self
            .0
            .iter()
            .map(|part| (part.to - part.from) / part.step + 1);
        counts.fold(0, u64::saturating_add)
    }

    /// All values, in order.
    pub(super) fn values(&self) -> Vec<u64> {
        let steps = |part: &Part| usize::try_from(part.step).unwrap_or(usize::MAX);
        let all = self.0.iter();
        let mut all: Vec<u64> = all
            .flat_map(|part| (part.from..=part.to).step_by(steps(part)))
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl Part {
    fn has(&self, value: u64) -> bool {
        (self.from..=self.to).contains(&value) && (value - self.from).is_multiple_of(self.step)
    }

    fn read(text: &str, least: u64, most: u64, scale: u64) -> Option<Self> {
        let (range, step) = match text.split_once('/') {
            None => (text, None),
            Some((range, step)) => (range, Some(number(step, scale)?)),
        };
        let (from, to) = if let Some((from, to)) = range.split_once("..") {
            (number(from, scale)?, number(to, scale)?)
        } else {
            let from = number(range, scale)?;
            (from, if step.is_some() { most } else { from })
        };
        let read = Self {
            open: step.is_some() && !range.contains(".."),
            step: step.unwrap_or(scale),
            from,
            to,
        };
        let fits = least <= from && from <= to && to <= most && read.step > 0;
        fits.then_some(read)
    }
}

/// A number, of seconds with a fraction of up to six digits.
fn number(text: &str, scale: u64) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = digits(whole) && digits(fraction) && !whole.is_empty() && whole.len() < 6;
    let dotted = text.contains('.');
    if !fits || fraction.len() > 6 || (dotted && (scale != SECOND || fraction.is_empty())) {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let fraction: u64 = format!("{fraction:0<6}").parse().ok()?;
    Some(whole * scale + if dotted { fraction } else { 0 })
}
