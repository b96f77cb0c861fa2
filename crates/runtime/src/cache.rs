//! Answers that are asked for again and again, kept for a while. Each has a stamp, which is what it was made from: an
//! answer whose stamp has changed is none, whatever its age. What has no stamp that tells of every change gets a short
//! life. Not here: what is asked, and what the stamps are.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Most answers that are kept at a time.
const MOST: usize = 256;

/// Answers of one kind.
#[derive(Debug)]
pub(crate) struct Cache<K, S, V> {
    life: Duration,
    kept: Mutex<Option<HashMap<K, Kept<S, V>>>>,
}

#[derive(Debug)]
struct Kept<S, V> {
    stamp: S,
    since: Instant,
    answer: V,
}

impl<K: Eq + Hash + Clone, S: PartialEq, V: Clone> Cache<K, S, V> {
    /// One whose answers are believed for so long.
    pub(crate) const fn new(life: Duration) -> Self {
        Self { life, kept: Mutex::new(None) }
    }

    /// The answer that was made from this, if it is still believed.
    pub(crate) fn get(&self, key: &K, stamp: &S) -> Option<V> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.as_ref()?.get(key)?;
        let good = found.stamp == *stamp && found.since.elapsed() < self.life;
        good.then(|| found.answer.clone())
    }

    /// Keeps an answer; the stamp is from before it was asked for, so that what changed meanwhile is noticed.
    pub(crate) fn keep(&self, key: K, stamp: S, answer: &V) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.get_or_insert_default();
        if kept.len() >= MOST {
            kept.retain(|_, one| one.since.elapsed() < self.life);
        }
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(key, Kept { stamp, since: Instant::now(), answer: answer.clone() });
    }

    /// What was kept of it is not believed any more.
    pub(crate) fn forget(&self, key: &K) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_mut().map(|kept| kept.remove(key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_believed_while_it_is_young_and_nothing_has_changed() {
        let cache: Cache<&str, u32, u8> = Cache::new(Duration::from_secs(60));
        assert_eq!(cache.get(&"a", &1), None);
        cache.keep("a", 1, &7);
        assert_eq!(cache.get(&"a", &1), Some(7));
        assert_eq!(cache.get(&"a", &2), None, "it has changed");
        assert_eq!(cache.get(&"b", &1), None);
        let old: Cache<&str, u32, u8> = Cache::new(Duration::ZERO);
        old.keep("a", 1, &7);
        assert_eq!(old.get(&"a", &1), None, "it is too old");
    }

    #[test]
    fn it_is_bounded() {
        let cache: Cache<usize, (), usize> = Cache::new(Duration::from_secs(60));
        (0..MOST * 3).for_each(|one| cache.keep(one, (), &one));
        let kept = (0..MOST * 3).filter(|one| cache.get(one, &()).is_some()).count();
        assert!(kept <= MOST && kept > 0, "{kept}");
    }
}
