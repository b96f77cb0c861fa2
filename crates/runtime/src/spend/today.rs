//! What the day has cost that the machine's clock shows, and what it may. Sessions that were removed today count too:
//! their journals lie in the trash. Rehearsals cost nothing.

use std::path::Path;

use bosk_core::Problem;
use bosk_core::launch::Backend;
use bosk_core::queue::Load;
use bosk_core::spend::may_spend;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::{changed_since, kept};
use crate::client::blocking;
use crate::home::{self, Home};
use crate::journal::{JOURNAL, writer};
use crate::session_record::SessionRecord;
use crate::settings;

/// A day of the machine's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Day {
    /// When it began: milliseconds since 1970.
    pub from: i64,
    /// When the next one begins.
    pub to: i64,
}

impl Day {
    /// The one that holds that moment: milliseconds since 1970.
    #[must_use]
    pub fn of(now: i64) -> Self {
        Self::at(now, &TimeZone::system()).unwrap_or(Self { from: now, to: now + 86_400_000 })
    }

    fn at(now: i64, zone: &TimeZone) -> Option<Self> {
        let now = Timestamp::from_millisecond(now).ok()?.to_zoned(zone.clone());
        let from = now.start_of_day().ok()?;
        // By the calendar: a day may have 23 hours or 25, and may begin at one o'clock.
        let to = from.checked_add(1.day()).ok()?.start_of_day().ok()?;
        Some(Self { from: from.timestamp().as_millisecond(), to: to.timestamp().as_millisecond() })
    }
}

/// What today has cost, for who asks often: it is read again only when something has cost more.
#[derive(Debug, Clone, Copy, Default)]
pub struct Today {
    day: Day,
    seen: Option<f64>,
    usd: f64,
}

impl Today {
    /// Whether there may be more than was read: all sessions together have cost `costs` by now, in US dollars.
    #[must_use]
    pub fn is_old(&self, costs: f64) -> bool {
        let now = writer::wall_clock();
        !(self.day.from..self.day.to).contains(&now) || self.seen != Some(costs)
    }

    /// Reads again where there may be more.
    ///
    /// # Errors
    /// As for [`super::spent`].
    pub async fn look(&mut self, home: &Home, costs: f64) -> Result<(), Problem> {
        if self.is_old(costs) {
            let day = Day::of(writer::wall_clock());
            // What cannot be read is not tried again before something else has cost more.
            (self.day, self.seen) = (day, Some(costs));
            self.usd = since(home, day.from / 1000).await?;
        }
        Ok(())
    }

    /// Tells the queue.
    pub const fn count(&self, load: &mut Load) {
        (load.usd_today, load.midnight) = (self.usd, self.day.to);
    }
}

/// Refuses a turn that would begin on a day that has cost what it may.
///
/// # Errors
/// It has; or Bosk's folder cannot be read.
pub async fn require_money(home: &Home, backend: &Backend) -> Result<(), Problem> {
    let at = home.clone();
    let cap = blocking(move || Ok(settings::peek(&at).max_usd_a_day)).await?;
    match cap.filter(|_| *backend == Backend::Account) {
        Some(cap) => may_spend_today(home, cap).await?.map(drop).map_err(|(_, problem)| problem),
        None => Ok(()),
    }
}

/// Whether another turn may begin on a day that may cost so much, in US dollars; and that day.
///
/// # Errors
/// Bosk's folder cannot be read.
pub(crate) async fn may_spend_today(
    home: &Home,
    cap: f64,
) -> Result<Result<Day, (Day, Problem)>, Problem> {
    let day = Day::of(writer::wall_clock());
    let spent = since(home, day.from / 1000).await?;
    Ok(may_spend(spent, Some(cap)).map(|()| day).map_err(|problem| (day, problem)))
}

/// What has been spent since then (seconds since 1970), in US dollars.
async fn since(home: &Home, seconds: i64) -> Result<f64, Problem> {
    let home = home.clone();
    blocking(move || {
        let mut usd = 0.0;
        for (folder, must_be) in [(home.sessions(), true), (home.trash(), false)] {
            let entries = match std::fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) if must_be => return Err(home::unwritable(&error)),
                Err(_) => continue,
            };
            usd += entries.flatten().map(|entry| of_folder(&entry.path(), seconds)).sum::<f64>();
        }
        Ok(usd)
    })
    .await
}

/// What cannot be read counts for nothing.
fn of_folder(folder: &Path, seconds: i64) -> f64 {
    if !changed_since(&folder.join(JOURNAL), seconds) {
        return 0.0;
    }
    let spent = kept::spending(folder).map_or(0.0, |(spending, _)| spending.since(seconds));
    let costs = spent > 0.0
        && SessionRecord::in_folder(folder)
            .is_none_or(|record| record.spec.backend == Backend::Account);
    if costs { spent } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str, zone: &str) -> (String, i64) {
        let zone = TimeZone::get(zone).unwrap();
        let now: Timestamp = text.parse().unwrap();
        let day = Day::at(now.as_millisecond(), &zone).unwrap();
        let from = Timestamp::from_millisecond(day.from).unwrap();
        (from.to_string(), (day.to - day.from) / 3_600_000)
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        let word = str::to_owned;
        assert_eq!(day("2026-01-15T12:00:00Z", "Asia/Seoul"), (word("2026-01-14T15:00:00Z"), 24));
        assert_eq!(
            day("2026-03-29T12:00:00Z", "Europe/Berlin"),
            (word("2026-03-28T23:00:00Z"), 23)
        );
        assert_eq!(
            day("2026-10-25T12:00:00Z", "Europe/Berlin"),
            (word("2026-10-24T22:00:00Z"), 25)
        );
        // Midnight is left out there on that day.
        assert_eq!(
            day("2018-11-04T12:00:00Z", "America/Sao_Paulo"),
            (word("2018-11-04T03:00:00Z"), 23)
        );
        assert_eq!(
            day("2026-01-15T12:00:00Z", "Asia/Kathmandu"),
            (word("2026-01-14T18:15:00Z"), 24)
        );
    }
}
