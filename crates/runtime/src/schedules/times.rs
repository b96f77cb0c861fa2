//! The calendar: when a schedule's times are, by the machine's clock. A time of day that the clock leaves out in spring
//! is as long after it; one that it shows twice in autumn is the first. What runs every hour or more often keeps its
//! pace over both.

use bosk_core::schedule::When;
use bosk_core::{Problem, ProblemCode};
use cronexpr::{Crontab, FallbackTimezoneOption, ParseOptions};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::journal::writer::wall_clock;

/// So many changes of the clock, or times that were left out, are looked beyond: the cron expressions that are so rare
/// are leap days.
const MOST: usize = 32;

/// Most times that are asked for at once.
const MOST_TIMES: usize = 100;

/// A schedule's times.
#[derive(Debug)]
pub(super) struct Times {
    rule: Rule,
    zone: TimeZone,
}

#[derive(Debug)]
enum Rule {
    Once(i64),
    /// Milliseconds: since when, and how often.
    Every(i64, i64),
    /// What the clock shows.
    Clock(Crontab),
    /// What the clock shows, at every hour: both of those that are shown twice.
    Hours(Crontab),
    /// Nothing of time.
    Never,
}

/// The next times of what a person has chosen, from now on: milliseconds since 1970.
///
/// # Errors
/// It cannot be understood, or never comes.
pub fn times(when: &When, count: usize) -> Result<Vec<i64>, Problem> {
    let now = wall_clock();
    let times = Times::of(when, now)?;
    let all = std::iter::successors(times.after(now), |at| times.after(*at));
    let all: Vec<i64> = all.take(count.min(MOST_TIMES)).collect();
    match when {
        When::Commit { .. } | When::Reset => Ok(all),
        _ if all.is_empty() && count > 0 => Err(never()),
        _ => Ok(all),
    }
}

impl Times {
    /// The times of a schedule that has been as it is since then.
    pub(super) fn of(when: &When, since: i64) -> Result<Self, Problem> {
        Self::in_zone(when, since, TimeZone::system())
    }

    fn in_zone(when: &When, since: i64, zone: TimeZone) -> Result<Self, Problem> {
        let rule = match when {
            When::At { at } => Rule::Once(*at),
            When::Minutes { minutes } => {
                if !(1..=527_040).contains(minutes) {
                    return Err(invalid("It must be between one minute and a year."));
                }
                Rule::Every(since, i64::from(*minutes) * 60_000)
            }
            When::Days { days, minute } => {
                if *minute >= 1440 || days.iter().any(|day| *day > 6) {
                    return Err(invalid("That is no time of a day of the week."));
                }
                let days: Vec<String> = days.iter().map(u8::to_string).collect();
                let days = if days.is_empty() { "*".to_owned() } else { days.join(",") };
                Rule::Clock(crontab(&format!("{} {} * * {days}", minute % 60, minute / 60))?)
            }
            When::Cron { expression } => {
                let hours = expression.split_whitespace().nth(1).unwrap_or_default();
                let each = hours.starts_with('*');
                let crontab = crontab(expression)?;
                if each { Rule::Hours(crontab) } else { Rule::Clock(crontab) }
            }
            When::Commit { .. } | When::Reset => Rule::Never,
        };
        Ok(Self { rule, zone })
    }

    /// The first time after that: milliseconds since 1970.
    pub(super) fn after(&self, at: i64) -> Option<i64> {
        match &self.rule {
            Rule::Once(once) => Some(*once).filter(|once| *once > at),
            Rule::Every(since, step) => {
                let passed = (at - since).div_euclid(*step).max(0);
                since.checked_add((passed + 1).checked_mul(*step)?)
            }
            Rule::Clock(crontab) => self.by_clock(crontab, at),
            Rule::Hours(crontab) => self.by_hours(crontab, at),
            Rule::Never => None,
        }
    }

    fn by_clock(&self, crontab: &Crontab, at: i64) -> Option<i64> {
        let now = Timestamp::from_millisecond(at).ok()?;
        let mut shown = now.to_zoned(self.zone.clone()).datetime();
        for _ in 0..MOST {
            shown = next(crontab, shown)?;
            let time = self.zone.to_ambiguous_zoned(shown).compatible().ok()?;
            if time.timestamp() > now {
                return Some(time.timestamp().as_millisecond());
            }
        }
        None
    }

    fn by_hours(&self, crontab: &Crontab, at: i64) -> Option<i64> {
        let mut from = Timestamp::from_millisecond(at).ok()?;
        let mut offset = self.zone.to_offset(from);
        let mut shown = offset.to_datetime(from);
        for _ in 0..MOST {
            let time = offset.to_timestamp(next(crontab, shown)?).ok()?;
            let change = self.zone.following(from).next();
            let Some(change) = change.filter(|change| change.timestamp() <= time) else {
                return Some(time.as_millisecond());
            };
            // The clock is put on or back before that: from there it is another one.
            (from, offset) = (change.timestamp(), change.offset());
            shown = offset.to_datetime(from).checked_sub(1.minute()).ok()?;
        }
        None
    }
}

/// What the expression names after that, whatever place shows it.
fn next(crontab: &Crontab, shown: DateTime) -> Option<DateTime> {
    let shown = shown.to_zoned(TimeZone::UTC).ok()?.timestamp();
    crontab.find_next(shown).ok().map(|next| next.datetime())
}

fn crontab(expression: &str) -> Result<Crontab, Problem> {
    let fields: Vec<&str> = expression.split_whitespace().collect();
    if fields.len() != 5 {
        let text = "A cron expression has five fields: minute, hour, day of the month, month, day of the week.";
        return Err(invalid(text).hint("Such as `30 2 * * 1-5`: at 02:30 from Monday to Friday."));
    }
    let mut options = ParseOptions::default();
    options.fallback_timezone_option = FallbackTimezoneOption::UTC;
    cronexpr::parse_crontab_with(&fields.join(" "), options).map_err(|error| {
        let text = error.to_string();
        let why =
            text.lines().next_back().unwrap_or_default().trim().trim_start_matches('^').trim();
        invalid(&format!("The cron expression cannot be understood: {why}."))
            .hint("Such as `30 2 * * 1-5`: at 02:30 from Monday to Friday.")
    })
}

pub(super) fn never() -> Problem {
    invalid("That time is over or never comes, so it would never run.")
        .hint("Choose a time to come.")
}

fn invalid(text: &str) -> Problem {
    Problem::new(ProblemCode::InvalidInput, text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(when: &When, zone: &str, from: &str, count: usize) -> Vec<String> {
        let zone = TimeZone::get(zone).unwrap();
        let from: Timestamp = from.parse().unwrap();
        let times = Times::in_zone(when, from.as_millisecond(), zone.clone()).unwrap();
        let first = times.after(from.as_millisecond());
        let shown = |at| {
            let zoned = Timestamp::from_millisecond(at).unwrap().to_zoned(zone.clone());
            zoned.strftime("%a %d %H:%M %:z").to_string()
        };
        std::iter::successors(first, |at| times.after(*at)).take(count).map(shown).collect()
    }

    fn cron(expression: &str) -> When {
        When::Cron { expression: expression.to_owned() }
    }

    fn daily(hour: u16, minute: u16) -> When {
        When::Days { days: vec![], minute: hour * 60 + minute }
    }

    #[test]
    fn days_and_expressions_are_of_the_machines_clock() {
        let weekly = When::Days { days: vec![1, 3], minute: 9 * 60 };
        let wanted = ["Mon 30 09:00 +09:00", "Wed 02 09:00 +09:00", "Mon 07 09:00 +09:00"];
        assert_eq!(all(&weekly, "Asia/Seoul", "2026-11-26T00:00:00Z", 3), wanted);
        let nights = all(&cron("30 2 * * 1-5"), "Asia/Seoul", "2026-11-26T00:00:00Z", 2);
        assert_eq!(nights, ["Fri 27 02:30 +09:00", "Mon 30 02:30 +09:00"]);
    }

    #[test]
    fn a_time_that_is_left_out_is_as_long_after_it() {
        let spring = "2026-03-28T12:00:00Z";
        let wanted = ["Sun 29 03:30 +02:00", "Mon 30 02:30 +02:00"];
        assert_eq!(all(&daily(2, 30), "Europe/Berlin", spring, 2), wanted);
        let both = all(&cron("30 2,3 * * *"), "Europe/Berlin", spring, 2);
        assert_eq!(both, ["Sun 29 03:30 +02:00", "Mon 30 02:30 +02:00"], "once");
        let midnight = all(&daily(0, 0), "America/Sao_Paulo", "2018-11-03T12:00:00Z", 2);
        assert_eq!(midnight, ["Sun 04 01:00 -02:00", "Mon 05 00:00 -02:00"]);
    }

    #[test]
    fn a_time_that_is_shown_twice_comes_once() {
        let autumn = "2026-10-24T12:00:00Z";
        let wanted = ["Sun 25 02:30 +02:00", "Mon 26 02:30 +01:00"];
        assert_eq!(all(&daily(2, 30), "Europe/Berlin", autumn, 2), wanted);
        // Between both: the first is over.
        let between = all(&daily(2, 30), "Europe/Berlin", "2026-10-25T01:10:00Z", 1);
        assert_eq!(between, ["Mon 26 02:30 +01:00"]);
    }

    #[test]
    fn what_runs_every_hour_keeps_its_pace() {
        let wanted = ["Sun 25 02:20 +02:00", "Sun 25 02:20 +01:00", "Sun 25 03:20 +01:00"];
        assert_eq!(all(&cron("20 * * * *"), "Europe/Berlin", "2026-10-25T00:00:00Z", 3), wanted);
        let wanted = ["Sun 29 01:40 +01:00", "Sun 29 03:00 +02:00", "Sun 29 03:20 +02:00"];
        assert_eq!(
            all(&cron("*/20 */1 * * *"), "Europe/Berlin", "2026-03-29T00:20:00Z", 3),
            wanted
        );
        let every = When::Minutes { minutes: 45 };
        let wanted = ["Sun 29 01:05 +01:00", "Sun 29 01:50 +01:00", "Sun 29 03:35 +02:00"];
        assert_eq!(all(&every, "Europe/Berlin", "2026-03-28T23:20:00Z", 3), wanted);
    }

    #[test]
    fn what_cannot_be_or_never_comes_is_refused() {
        for bad in ["", "* * * *", "* * * * * UTC", "61 * * * *", "a b c d e"] {
            let problem = times(&cron(bad), 1).unwrap_err();
            assert_eq!(problem.code, ProblemCode::InvalidInput);
            assert!(problem.hint.unwrap().contains("30 2"), "{bad}: {}", problem.message);
        }
        assert!(times(&cron("0 0 30 2 *"), 1).is_err());
        assert!(times(&When::At { at: 5 }, 1).is_err());
        assert!(times(&When::Minutes { minutes: 0 }, 1).is_err());
        assert!(times(&When::Days { days: vec![7], minute: 0 }, 1).is_err());
        assert!(times(&When::Reset, 1).unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn each_time_is_later_than_the_one_before(
            from in 1_700_000_000_000_i64..1_900_000_000_000,
            expression in prop::sample::select(vec![
                "*/7 * * * *", "30 2 * * *", "0 0 1 * *", "15 */3 * * *", "30 1,2,3 * * 0", "0 1-4 * 3,10 *",
            ]),
            zone in prop::sample::select(vec!["Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Seoul"]),
        ) {
            let zone = TimeZone::get(zone).unwrap();
            let times = Times::in_zone(&cron(expression), from, zone).unwrap();
            let mut at = from;
            for _ in 0..20 {
                let next = times.after(at).unwrap();
                prop_assert!(next > at);
                // Whatever lies between two of them is before the same next one.
                prop_assert_eq!(times.after(at + (next - at) / 2), Some(next));
                at = next;
            }
        }
    }
}
