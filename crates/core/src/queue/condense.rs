//! A long history made short: the orders that come to the same queue, without what is over and nobody waits for.

use std::collections::BTreeSet;

use super::orders::Entry;
use super::{Hold, Order, Queue, Stage, Task};
use crate::SessionId;

impl Queue {
    /// The orders that make this queue without what is over and nobody waits for: what a long history comes to.
    #[must_use]
    pub fn condensed(&self) -> Vec<Order> {
        let open = |entry: &Entry| !matches!(entry.stage, Stage::Ended { .. });
        let wanted: BTreeSet<&SessionId> =
            self.entries.values().filter(|one| open(one)).flat_map(|one| &one.task.after).collect();
        // What those have cost counts for the rest of their batch.
        let counts = self.open_batches();
        let all = self.order.iter().filter_map(|id| self.entries.get(id));
        let all: Vec<&Entry> = all
            .filter(|one| open(one) || wanted.contains(&one.task.id) || counts.has(&one.task))
            .collect();
        let mut made = Self::default();
        let mut orders = Vec::new();
        // It takes its own orders, so none of them can be refused.
        let mut order = |made: &mut Self, order: Order| {
            if made.take(order.clone()).is_ok() {
                orders.push(order);
            }
        };
        let mut tasks: Vec<Task> = all.iter().map(|one| one.task.clone()).collect();
        let kept: BTreeSet<SessionId> = tasks.iter().map(|task| task.id.clone()).collect();
        for task in &mut tasks {
            task.after.retain(|id| kept.contains(id));
            task.builds_on = task.builds_on.take().filter(|id| kept.contains(id));
        }
        order(&mut made, Order::Added { tasks });
        let (ended, rest): (Vec<&Entry>, Vec<&Entry>) = all.into_iter().partition(|one| !open(one));
        for Entry { task, stage, .. } in ended {
            if let Stage::Ended { how } = stage {
                order(&mut made, Order::Ended { id: task.id.clone(), how: *how });
            }
        }
        for Entry { task, stage, retries } in rest {
            let id = || task.id.clone();
            if made.stage(&task.id).is_ok_and(|stage| stage != Stage::Waiting { hold: None }) {
                order(&mut made, Order::Released { id: id() });
            }
            for _ in 0..*retries {
                order(&mut made, Order::Starting { id: id() });
                order(&mut made, Order::Retrying { id: id(), at: 0, counts: true });
            }
            if let Stage::Waiting { hold } = stage {
                if *retries > 0 {
                    order(&mut made, Order::Held { id: id(), hold: Hold::Person });
                    order(&mut made, Order::Released { id: id() });
                }
                if let Some(hold) = hold.clone() {
                    order(&mut made, Order::Held { id: id(), hold });
                }
                continue;
            }
            order(&mut made, Order::Starting { id: id() });
            match stage {
                Stage::Running => order(&mut made, Order::Started { id: id() }),
                Stage::Retrying { at } => {
                    order(&mut made, Order::Retrying { id: id(), at: *at, counts: false });
                }
                _ => {}
            }
        }
        orders
    }
}
