//! What sessions have cost, by day and model. The CLI's figures are cumulative over a session and carry on over a
//! resume, so what a turn has cost is by how much they have grown: nothing is ever summed twice. Prices are the
//! CLI's own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::SessionId;
use crate::claude::message::{ModelUsage, TurnResult};
use crate::session::Tokens;

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

/// What the results of one session come to, in order.
#[derive(Debug, Default)]
pub struct Spending {
    seen: BTreeMap<String, (f64, Tokens)>,
    spent: BTreeMap<(i64, String), (f64, Tokens)>,
}

impl Spending {
    /// Takes the end of a turn, at `wall` in milliseconds since 1970.
    pub fn take(&mut self, result: &TurnResult, wall: i64) {
        let hour = wall.div_euclid(1000 * HOUR) * HOUR;
        for (model, usage) in &result.model_usage {
            let before = self.seen.entry(model.clone()).or_default();
            if usage.cost_usd < before.0 {
                // A conversation that has begun anew counts from nothing.
                *before = Default::default();
            }
            let now = (usage.cost_usd, grown(before.1, usage));
            let spent = self.spent.entry((hour, model.clone())).or_default();
            spent.0 += now.0 - before.0;
            add(&mut spent.1, now.1, before.1);
            *before = now;
        }
    }

    /// All of it, by hour and model.
    pub fn all(self, session: &SessionId, repository: &str) -> impl Iterator<Item = Spent> {
        let spent = self.spent.into_iter().filter(|(_, spent)| *spent != Default::default());
        spent.map(|((hour, model), (cost_usd, tokens))| Spent {
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

fn add(to: &mut Tokens, now: Tokens, before: Tokens) {
    to.input += now.input - before.input;
    to.output += now.output - before.output;
    to.cache_read += now.cache_read - before.cache_read;
    to.cache_creation += now.cache_creation - before.cache_creation;
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
