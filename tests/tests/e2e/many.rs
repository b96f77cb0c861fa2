//! Two hundred tasks in the queue while a person looks at the window: all are done, and the window answers all the
//! while. What it took is written to `artifacts/queued.json`; no limit of time is held here, since machines differ.

use std::path::Path;

use bosk_core::session::Glance;
use bosk_core::settings::Settings;
use serde_json::{Value, json};

use super::desk::{Desk, artifacts};
use super::window::{Window, at};

/// Control, as WebDriver names it (W3C WebDriver, 17.4.2).
const CONTROL: &str = "\u{e009}";

const TASKS: usize = 200;

/// Notes how long each frame took to come, until it is asked.
const BEGIN: &str = "window.gaps = []; let last = performance.now();
    const frame = (now) => { window.gaps.push(now - last); last = now; requestAnimationFrame(frame); };
    requestAnimationFrame(frame);";

/// Presses a key once the one before it was answered, for some seconds: milliseconds from each to the next frame
/// that shows another row as the chosen one.
const WALK: &str = "const done = arguments[arguments.length - 1];
    const chosen = () => document.querySelector('[aria-current=true]')?.dataset.session;
    const took = [];
    const over = performance.now() + 3000;
    let key = 'j';
    const step = () => {
      if (performance.now() > over) return done(took);
      const before = chosen();
      const at = performance.now();
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      const look = () => requestAnimationFrame(() => {
        if (chosen() !== before) took.push(performance.now() - at);
        else if (performance.now() - at < 500) return look();
        else key = key === 'j' ? 'k' : 'j';
        setTimeout(step, 100);
      });
      look();
    };
    step();";

/// Fills the batch's text at once: two hundred prompts are not typed.
const FILL: &str = "const text = document.querySelector('[data-testid=batch-text]');
    text.value = Array.from({ length: TASKS }, (_, at) =>
      `Task ${at + 1}\\n!say ${'Some words. '.repeat(40)}\\n!pause 50\\n!say Done ${at + 1}.`).join('\\n---\\n');
    text.dispatchEvent(new Event('input', { bubbles: true }));";

/// Resident memory of a program and what it has started, in bytes.
fn memory(desk: &Desk, of: &str) -> u64 {
    let own = desk.processes().into_iter().filter(|one| {
        let exe = std::fs::read_link(format!("/proc/{}/exe", one.pid)).unwrap_or_default();
        exe.file_name().is_some_and(|name| name.to_string_lossy().contains(of))
    });
    own.filter_map(|one| {
        let rollup = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", one.pid)).ok()?;
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()
    })
    .sum::<u64>()
        * 1024
}

async fn done(desk: &Desk) -> usize {
    let all = bosk_runtime::catalog::list(desk.home()).await.unwrap();
    all.iter().flatten().filter(|session| session.glance == Glance::Done).count()
}

fn figures(mut all: Vec<f64>) -> Value {
    all.sort_by(f64::total_cmp);
    let part = |part: f64| all.get((all.len() as f64 * part) as usize).copied();
    json!({"count": all.len(), "median": part(0.5), "p95": part(0.95), "p99": part(0.99), "most": all.last()})
}

#[tokio::test]
async fn two_hundred_tasks_are_done_while_the_window_is_used() {
    let desk = Desk::stand_in().await;
    let settings = Settings { parallel: Some(8), ..Settings::default() };
    bosk_runtime::settings::save(desk.home(), &settings).unwrap();
    let shop = desk.repository("shop");
    let window = Window::open(&desk).await;
    let web = || memory(&desk, "WebKitWebProcess");
    let before = web();
    window.press(&[CONTROL, "b"]).await;
    window.until("one('batch-text')").await;
    window.clear(&at("launch-repository")).await;
    window.write(&at("launch-repository"), shop.to_str().unwrap()).await;
    window.run(&FILL.replace("TASKS", &TASKS.to_string())).await;
    window.until(&format!("one('batch-count').textContent.includes('{TASKS}')")).await;
    window.click(&at("batch-submit")).await;
    window.run(BEGIN).await;
    window.until("all('task-row').length > 5").await;
    window.screenshot("two-hundred-queued").await;
    let mut walked: Vec<f64> = Vec::new();
    while done(&desk).await < TASKS {
        let took: Vec<f64> = serde_json::from_value(window.run_until_done(WALK).await).unwrap();
        assert!(!took.is_empty(), "no key was answered for three seconds");
        walked.extend(took);
    }
    let gaps: Vec<f64> = window.read("window.gaps").await;
    window.until("all('task-row').length === 0").await;
    assert!(walked.len() > 10, "the keys were answered {} times", walked.len());
    let report = json!({
        "tasks": TASKS, "frame_ms": figures(gaps), "key_to_frame_ms": figures(walked),
        "web_process_bytes": {"before": before, "after": web()},
    });
    write(&artifacts(), &report);
    let sessions = std::fs::read_dir(desk.home().sessions()).unwrap().count();
    assert_eq!(sessions, TASKS, "each was begun once");
}

fn write(folder: &Path, report: &Value) {
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("queued.json"), serde_json::to_vec_pretty(report).unwrap()).unwrap();
}
