//! The transcript as the window shows it. It renders only what is on screen, so reading all of it
//! means scrolling through it. Not here: what it should say.

use serde_json::Value;

use super::window::Window;

/// One entry: its kind, and its words as a person reads them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub(crate) struct Shown {
    /// Its place.
    pub(crate) index: u32,
    /// What it is.
    pub(crate) kind: String,
    /// Its words.
    pub(crate) text: String,
}

impl Window {
    /// Every entry of the transcript on screen, in order, read from its beginning to its end.
    pub(crate) async fn transcript(&self) -> Vec<Shown> {
        let script = "const done = arguments[arguments.length - 1];
            const place = document.querySelector(`[data-testid='transcript']`);
            const scroller = place.querySelector('[role=region]');
            const seen = new Map();
            const frame = () => new Promise((next) => requestAnimationFrame(() => next()));
            (async () => {
              const began = performance.now();
              scroller.scrollTop = 0;
              while (seen.size < Number(place.dataset.total) && performance.now() - began < 30000) {
                await frame();
                for (const entry of place.querySelectorAll(`[data-testid='entry']`)) {
                  const { index, kind } = entry.dataset;
                  seen.set(Number(index), { index: Number(index), kind, text: entry.innerText.trim() });
                }
                if (place.querySelector(`[data-testid='entry-loading']`)) continue;
                const before = scroller.scrollTop;
                scroller.scrollTop += scroller.clientHeight / 2;
                if (scroller.scrollTop === before) scroller.scrollTop = 0;
              }
              scroller.scrollTop = scroller.scrollHeight;
              done([...seen.values()].sort((a, b) => a.index - b.index));
            })();";
        let shown: Value = self.run_until_done(script).await;
        let shown: Vec<Shown> = serde_json::from_value(shown).unwrap();
        let total: u32 = self.read("Number(one('transcript').dataset.total)").await;
        assert_eq!(shown.len() as u32, total, "every entry can be scrolled to: {shown:#?}");
        shown
    }

    /// Waits until some entry of a kind on screen holds a text.
    pub(crate) async fn until_shown(&self, kind: &str, text: &str) {
        let text = Value::from(text);
        self.until(&format!(
            "all('entry').some((e) => e.dataset.kind === '{kind}' && e.innerText.includes({text}))"
        ))
        .await;
    }
}

/// The words of all entries of one kind.
pub(crate) fn of_kind<'a>(shown: &'a [Shown], kind: &str) -> Vec<&'a str> {
    shown.iter().filter(|one| one.kind == kind).map(|one| one.text.as_str()).collect()
}
