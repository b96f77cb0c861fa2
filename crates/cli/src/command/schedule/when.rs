//! When a schedule runs, in the words of the command line.

use bosk_core::schedule::When;
use bosk_core::{Problem, ProblemCode};
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, Zoned};

use crate::clean::one_line;
use crate::command::limit::time;

/// The days by the beginnings of their names; Sunday is 0.
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// One of these.
#[derive(Debug, clap::Args)]
#[group(id = "when", required = true, multiple = false)]
pub(crate) struct Words {
    /// Once, such as `2026-11-30 02:00`, or `02:00` for the next time that the clock shows it
    #[arg(long, value_name = "TIME", help_heading = "When")]
    at: Option<String>,
    /// Every so often, such as `30m` or `6h`
    #[arg(long, value_name = "TIME", value_parser = time, help_heading = "When")]
    every: Option<u64>,
    /// Every day, such as `02:00`
    #[arg(long, value_name = "HH:MM", help_heading = "When")]
    daily: Option<String>,
    /// From Monday to Friday, such as `09:00`
    #[arg(long, value_name = "HH:MM", help_heading = "When")]
    weekdays: Option<String>,
    /// On some days of the week, such as `mon 09:00` or `tue,fri 18:30`
    #[arg(long, value_name = "DAYS HH:MM", help_heading = "When")]
    weekly: Option<String>,
    /// By a cron expression of five fields, such as `30 2 1 * *`
    #[arg(long, value_name = "FIELDS", help_heading = "When")]
    cron: Option<String>,
    /// When that branch of the repository gets a commit
    #[arg(long, value_name = "BRANCH", help_heading = "When")]
    on_commit: Option<String>,
    /// When the account's usage limit, after it was reached, starts anew
    #[arg(long, help_heading = "When")]
    on_reset: bool,
}

impl Words {
    /// What is meant. `repository` is where tasks are launched.
    pub(super) fn when(self, repository: &str) -> Result<When, Problem> {
        let days = |days: &[u8], clock: &str| {
            minute(clock).map(|minute| When::Days { days: days.to_vec(), minute })
        };
        if let Some(text) = self.at {
            return at(&text, &Zoned::now());
        }
        if let Some(seconds) = self.every {
            let minutes = u32::try_from(seconds.div_ceil(60)).unwrap_or(u32::MAX);
            return Ok(When::Minutes { minutes });
        }
        if let Some(clock) = self.daily {
            return days(&[], &clock);
        }
        if let Some(clock) = self.weekdays {
            return days(&[1, 2, 3, 4, 5], &clock);
        }
        if let Some(text) = self.weekly {
            let (names, clock) = text.rsplit_once(' ').ok_or_else(|| unclear(&text))?;
            let day = |name: &str| {
                let name = name.trim().to_ascii_lowercase();
                let found = DAYS.iter().position(|day| name.get(..3) == Some(*day));
                found.and_then(|day| u8::try_from(day).ok()).ok_or_else(|| unclear(&text))
            };
            let all = names.split(',').map(day).collect::<Result<Vec<u8>, _>>()?;
            return days(&all, clock);
        }
        if let Some(expression) = self.cron {
            return Ok(When::Cron { expression });
        }
        if let Some(branch) = self.on_commit {
            return Ok(When::Commit { repository: repository.to_owned(), branch });
        }
        Ok(When::Reset)
    }
}

fn minute(clock: &str) -> Result<u16, Problem> {
    let time = on_the_clock(clock.trim()).ok_or_else(|| unclear(clock))?;
    u16::try_from(i32::from(time.hour()) * 60 + i32::from(time.minute()))
        .map_err(|_| unclear(clock))
}

/// A time of day; one with a date is none.
fn on_the_clock(text: &str) -> Option<Time> {
    text.parse().ok().filter(|_| !text.contains('-'))
}

fn at(text: &str, now: &Zoned) -> Result<When, Problem> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(When::At { at: time.as_millisecond() });
    }
    let zone = |time: DateTime| time.to_zoned(now.time_zone().clone()).ok();
    let time = match (on_the_clock(text), text.parse::<DateTime>()) {
        (Some(clock), _) => {
            let today = zone(now.date().to_datetime(clock)).filter(|time| time > now);
            let tomorrow = || now.date().checked_add(1.day()).ok();
            today.or_else(|| zone(tomorrow()?.to_datetime(clock)))
        }
        (None, Ok(time)) => zone(time),
        _ => None,
    };
    let time = time.ok_or_else(|| unclear(text))?;
    Ok(When::At { at: time.timestamp().as_millisecond() })
}

fn unclear(text: &str) -> Problem {
    let text = format!("`{}` is no time that can be understood.", one_line(text, 100));
    Problem::new(ProblemCode::InvalidInput, text)
        .hint("Such as `02:00`, `2026-11-30 02:00` or, with --weekly, `mon,thu 09:00`.")
}

/// When it runs, for people.
pub(super) fn words(when: &When) -> String {
    match when {
        When::At { at } => {
            let at = Timestamp::from_millisecond(*at).unwrap_or_default();
            at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
        }
        When::Minutes { minutes } if minutes % 60 == 0 => format!("every {} h", minutes / 60),
        When::Minutes { minutes } => format!("every {minutes} min"),
        When::Days { days, minute } => {
            let clock = format!("{:02}:{:02}", minute / 60, minute % 60);
            let name = |day: &u8| DAYS.get(usize::from(*day)).copied();
            let names: Vec<&str> = days.iter().filter_map(name).collect();
            match names.is_empty() {
                true => format!("daily {clock}"),
                false => format!("{} {clock}", names.join(",")),
            }
        }
        When::Cron { expression } => one_line(expression, 60),
        When::Commit { branch, .. } => format!("on a commit to {}", one_line(branch, 60)),
        When::Reset => "when the usage limit starts anew".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let now: Zoned = "2026-11-26T12:00[Asia/Seoul]".parse().unwrap();
        let told = |text: &str| match at(text, &now).unwrap() {
            When::At { at } => Timestamp::from_millisecond(at).unwrap().to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!(told("13:30"), "2026-11-26T04:30:00Z");
        assert_eq!(told("02:00"), "2026-11-26T17:00:00Z", "tomorrow");
        assert_eq!(told("2026-12-01 02:00"), "2026-11-30T17:00:00Z");
        assert_eq!(told("2026-12-01T02:00:00Z"), "2026-12-01T02:00:00Z");
        assert!(at("soon", &now).is_err() && minute("25:00").is_err());
        assert!(minute("2026-12-01 02:00").is_err());
        assert_eq!(minute("09:30").unwrap(), 570);
    }
}
