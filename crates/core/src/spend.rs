//! What sessions have cost, by hour and model, and whether a day has cost what it may. The CLI's figures are cumulative over a session and carry on over a
//! resume, so what a turn has cost is by how much they have grown: nothing is ever summed twice. Prices are the
//! CLI's own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::claude::message::{ModelUsage, TurnResult};
use crate::session::Tokens;
use crate::{Problem, ProblemCode, SessionId};

/// What a session has cost with one model within one hour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Spent {
    /// The session.
    pub session: SessionId,
    /// Its repository's name.
    pub repository: String,
    /// The model.
    pub model: String,
    /// When that hour began: seconds since 1970.
    #[ts(type = "number")]
    pub hour: i64,
    /// US dollars.
    pub cost_usd: f64,
    /// Tokens.
    pub tokens: Tokens,
}

/// Seconds.
const HOUR: i64 = 3600;

/// The span that is kept apart: seconds. A day begins at such a time in every time zone.
const QUARTER: i64 = 900;

/// Most spans that are kept apart: six weeks without a pause. What is older is one.
const MOST: usize = 4096;

/// What a conversation has come to by a moment, by model: US dollars and tokens. The CLI counts on from there in
/// what goes on from it, be it a resume or a fork (measured on 2.1.330).
pub type Counted = BTreeMap<String, (f64, Tokens)>;

/// What the results of one session come to, in order. It can be kept and gone on with.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Spending {
    seen: Counted,
    /// The same when its process ended last: what the CLI has put away for whoever goes on from there.
    #[serde(default)]
    put_away: Counted,
    /// By the beginning of the span, in seconds since 1970, and the model.
    spent: BTreeMap<i64, BTreeMap<String, (f64, Tokens)>>,
}

impl Spending {
    /// What the CLI counts on from in a session that goes on from this one. It puts that away when it ends.
    #[must_use]
    pub const fn counted(&self) -> &Counted {
        &self.put_away
    }

    /// Its process has ended.
    pub fn ended(&mut self) {
        self.put_away.clone_from(&self.seen);
    }

    /// The session goes on from another one, for which so much was counted: that is not its own.
    pub fn begin_at(&mut self, counted: Counted) {
        self.seen = counted;
    }

    /// Takes the end of a turn, at `wall` in milliseconds since 1970.
    pub fn take(&mut self, result: &TurnResult, wall: i64) {
        let quarter = wall.div_euclid(1000 * QUARTER) * QUARTER;
        for (model, usage) in &result.model_usage {
            let before = self.seen.entry(model.clone()).or_default();
            if usage.cost_usd < before.0 {
                // A conversation that has begun anew counts from nothing.
                *before = Default::default();
            }
            let now = (usage.cost_usd, grown(before.1, usage));
            let grown = (now.0 - before.0, now.1.without(before.1));
            *before = now;
            if grown != Default::default() {
                let spent = self.spent.entry(quarter).or_default();
                add(spent.entry(model.clone()).or_default(), grown);
            }
        }
        while self.spent.len() > MOST
            && let (Some((at, mut first)), Some((_, next))) =
                (self.spent.pop_first(), self.spent.pop_first())
        {
            next.into_iter().for_each(|(model, one)| add(first.entry(model).or_default(), one));
            self.spent.insert(at, first);
        }
    }

    /// What was spent since then (seconds since 1970), in US dollars: exact for the beginning of a day anywhere.
    #[must_use]
    pub fn since(&self, seconds: i64) -> f64 {
        self.spent
            .range(seconds..)
            .flat_map(|(_, models)| models.values())
            .map(|(usd, _)| usd)
            .sum()
    }

    /// All of it, by hour and model.
    pub fn all(self, session: &SessionId, repository: &str) -> impl Iterator<Item = Spent> {
        let mut hours: BTreeMap<(i64, String), (f64, Tokens)> = BTreeMap::new();
        for (quarter, models) in self.spent {
            let hour = quarter.div_euclid(HOUR) * HOUR;
            for (model, one) in models {
                add(hours.entry((hour, model)).or_default(), one);
            }
        }
        hours.into_iter().map(|((hour, model), (cost_usd, tokens))| Spent {
            session: session.clone(),
            repository: repository.to_owned(),
            model,
            hour,
            cost_usd,
            tokens,
        })
    }
}

/// Tokens so far: they never go down as long as the cost does not.
fn grown(before: Tokens, now: &ModelUsage) -> Tokens {
    Tokens {
        input: now.input_tokens.max(before.input),
        output: now.output_tokens.max(before.output),
        cache_read: now.cache_read.max(before.cache_read),
        cache_creation: now.cache_creation.max(before.cache_creation),
    }
}

fn add(to: &mut (f64, Tokens), (usd, tokens): (f64, Tokens)) {
    to.0 += usd;
    to.1 = to.1.with(tokens);
}

/// Whether another turn may begin on a day that has cost so much, in US dollars.
///
/// # Errors
/// All sessions together have cost what they may a day.
pub fn may_spend(spent: f64, cap: Option<f64>) -> Result<(), Problem> {
    let Some(cap) = cap.filter(|cap| spent >= *cap) else { return Ok(()) };
    let text = format!(
        "All sessions together have cost ${spent:.2} today, and may cost ${cap:.2} a day, so no turn was begun. \
         Those that run go on."
    );
    let hint = "Raise the day's cap in the settings, or wait until midnight.";
    Err(Problem::new(ProblemCode::LimitReached, text).hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claude::message::{Message, parse};

    fn result(model: &str, cost: f64, output: u64) -> TurnResult {
        let line = format!(
            r#"{{"type":"result","subtype":"success","modelUsage":{{"{model}":{{"costUSD":{cost},"outputTokens":{output}}}}}}}"#
        );
        let Message::Result(result) = parse(line.as_bytes()).unwrap() else { panic!() };
        *result
    }

    #[test]
    fn it_can_be_kept_and_gone_on_with_and_a_day_is_exact() {
        let mut spending = Spending::default();
        // A day that begins at half past seven, as it does somewhere.
        spending.take(&result("a", 0.5, 10), 7 * 3_600_000 + 1_799_999);
        spending.take(&result("a", 0.75, 15), 7 * 3_600_000 + 1_800_000);
        let kept = serde_json::to_string(&spending).unwrap();
        let mut spending: Spending = serde_json::from_str(&kept).unwrap();
        spending.take(&result("a", 1.75, 20), 7 * 3_600_000 + 1_900_000);
        assert!((spending.since(7 * 3600 + 1800) - 1.25).abs() < 1e-9);
        assert!((spending.since(0) - 1.75).abs() < 1e-9);
    }

    #[test]
    fn it_does_not_grow_for_ever_and_nothing_is_lost() {
        let mut spending = Spending::default();
        for quarter in 0..5000 {
            spending.take(&result("a", f64::from(quarter + 1), 1), i64::from(quarter) * 900_000);
        }
        assert_eq!(spending.spent.len(), MOST);
        assert!((spending.since(0) - 5000.0).abs() < 1e-9);
        assert!((spending.since(4999 * 900) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_cap_is_reached_and_said() {
        assert!(may_spend(1.0, None).is_ok() && may_spend(0.99, Some(1.0)).is_ok());
        let problem = may_spend(1.5, Some(1.0)).unwrap_err();
        assert_eq!(problem.code, ProblemCode::LimitReached);
        assert!(problem.message.contains("$1.50") && problem.message.contains("$1.00"));
    }

    #[test]
    fn what_has_grown_is_counted_once_and_where_it_was_spent() {
        let mut spending = Spending::default();
        spending.take(&result("a", 0.5, 10), 1_000);
        spending.take(&result("a", 0.75, 15), 3_599_999);
        // After a resume the figures carry on; after a new beginning they count from nothing.
        spending.take(&result("a", 1.75, 20), 3_600_000);
        spending.take(&result("a", 0.25, 1), 7_200_000);
        spending.take(&result("b", 2.0, 5), 7_200_001);
        let id = SessionId::parse("00000000-0000-4000-8000-000000000000").unwrap();
        let all: Vec<(i64, String, f64, u64)> = spending
            .all(&id, "shop")
            .map(|one| (one.hour, one.model, one.cost_usd, one.tokens.output))
            .collect();
        let word = str::to_owned;
        let wanted = [
            (0, word("a"), 0.75, 15),
            (3600, word("a"), 1.0, 5),
            (7200, word("a"), 0.25, 1),
            (7200, word("b"), 2.0, 5),
        ];
        assert_eq!(all, wanted);
    }
}
