//! One field of a crontab's time.

/// What a field may have.
pub(super) struct Kind {
    pub(super) name: &'static str,
    least: u32,
    most: u32,
    /// The first is that of `least`.
    names: &'static [&'static str],
}

/// A field as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Field {
    /// A bit for each value.
    pub(super) values: u64,
    /// Whether it begins with a `*`: that decides on the rule of days, and on changes of the clock.
    pub(super) star: bool,
}

pub(super) const KINDS: [Kind; 5] = [
    Kind::plain("minute", 0, 59),
    Kind::plain("hour", 0, 23),
    Kind::plain("day of the month", 1, 31),
    Kind {
        names: &[
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ],
        ..Kind::plain("month", 1, 12)
    },
    // 7 is Sunday, too.
    Kind {
        names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
        ..Kind::plain("day of the week", 0, 7)
    },
];

impl Kind {
    const fn plain(name: &'static str, least: u32, most: u32) -> Self {
        Self {
            name,
            least,
            most,
            names: &[],
        }
    }

    /// Reads a list of values, ranges and steps.
    ///
    /// # Errors
    /// What was expected, and the byte of the text at which.
    pub(super) fn read(&self, text: &str) -> Result<Field, (usize, String)> {
        let mut values = 0;
        let mut at = 0;
        for part in text.split(',') {
            values |= self.part(part).map_err(|(more, told)| (at + more, told))?;
            at += part.len() + 1;
        }
        let star = text.starts_with('*');
        Ok(Field { values, star })
    }

    /// `*`, `3`, `3-5`, and with a step `*/2`, `3-9/2`.
    fn part(&self, part: &str) -> Result<u64, (usize, String)> {
        let (range, step) = match part.split_once('/') {
            None => (part, 1),
            Some((range, step)) => (range, self.step(step, range)?),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (self.least, self.most),
            None => {
                let one = self.value(range, 0)?;
                (one, one)
            }
            Some((from, to)) => (self.value(from, 0)?, self.value(to, from.len() + 1)?),
        };
        if from > to {
            let expected = format!(
                "expected a range upwards of the {}, found \"{range}\"",
                self.name
            );
            return Err((0, expected));
        }
        let steps = (from..=to).step_by(step);
        Ok(steps.fold(0, |values, value| values | 1 << value))
    }

    /// Cron itself reads `5/15` as 5 and says nothing, so that is refused.
    fn step(&self, step: &str, range: &str) -> Result<usize, (usize, String)> {
        let at = range.len() + 1;
        if range != "*" && !range.contains('-') {
            let expected = format!(
                "expected * or a range of the {} before a step, found \"{range}\"",
                self.name
            );
            return Err((0, expected));
        }
        let digits = step.bytes().all(|byte| byte.is_ascii_digit());
        let step: Option<usize> = step.parse().ok().filter(|step| digits && *step > 0);
        step.ok_or_else(|| (at, "expected a step, a whole number from 1 on".to_owned()))
    }

    fn value(&self, text: &str, at: usize) -> Result<u32, (usize, String)> {
        let names = self.names.iter().zip(self.least..);
        let mut meant = names.filter(|(name, _)| name.eq_ignore_ascii_case(text));
        if let Some((_, value)) = meant.next() {
            return Ok(value);
        }
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number: Option<u32> = text.parse().ok().filter(|_| digits);
        let number = number.filter(|number| (self.least..=self.most).contains(number));
        number.ok_or_else(|| (at, self.expected(text)))
    }

    fn expected(&self, found: &str) -> String {
        let Self {
            name,
            least,
            most,
            names,
        } = self;
        let or_name = match names {
            [] => String::new(),
            [first, ..] => format!(", or a name such as {first}"),
        };
        format!("expected a {name} from {least} to {most}{or_name}, found \"{found}\"")
    }
}
