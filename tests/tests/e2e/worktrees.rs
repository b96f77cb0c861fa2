//! The page of a repository's worktrees: what stands in each, adopting one, putting one away and back, deleting one,
//! and the disk; by keyboard, light and dark, wide and narrow, in Korean.

use std::path::{Path, PathBuf};

use bosk_tests::{Session, spec};

use super::desk::Desk;
use super::looks::settings;
use super::window::{Window, at, button};

/// Delete, as WebDriver names it (W3C WebDriver, 17.4.2).
const DELETE: &str = "\u{e017}";

/// What the sessions do.
const TASKS: [&str; 4] = [
    "Sort the list of suppliers\n!say Sorted.",
    "Rename the columns of the stock table\n!say Renamed.",
    "Find the slow query\n!say It was the third.",
    "Write the release notes\n!hold",
];

fn commit(desk: &Desk, folder: &Path, file: &str) {
    std::fs::write(folder.join(file), format!("{file}\n")).unwrap();
    desk.git(folder, ["add", "-A"]);
    desk.git(folder, ["commit", "-qm", file]);
}

/// A repository with one worktree for each task, in different states, and one that somebody else has made.
async fn repository(desk: &Desk) -> (PathBuf, Vec<PathBuf>, PathBuf) {
    let shop = desk.repository("shop");
    std::fs::write(shop.join(".gitignore"), "target/\n").unwrap();
    desk.git(&shop, ["add", "-A"]);
    desk.git(&shop, ["commit", "-qm", "ignored"]);
    let specs: Vec<_> = TASKS.iter().map(|task| spec(&shop, task)).collect();
    let mut folders = Vec::new();
    for (at, launched) in desk.launch_all(&specs).await.into_iter().enumerate() {
        let session: Session<'_> = launched.unwrap();
        if at < 3 {
            session.follow().await.idle().await;
        }
        folders.push(PathBuf::from(session.row().await.unwrap().folder));
    }
    // Not saved; merged; ahead, with builds.
    std::fs::write(folders[0].join("suppliers.txt"), "Ahn\nBaek\n").unwrap();
    commit(desk, &folders[1], "columns.sql");
    let branch = desk.git(&folders[1], ["branch", "--show-current"]);
    desk.git(&shop, ["merge", "-q", "--squash", branch.trim()]);
    desk.git(&shop, ["commit", "-qm", "Rename the columns"]);
    commit(desk, &folders[2], "query.sql");
    std::fs::create_dir(folders[2].join("target")).unwrap();
    std::fs::write(folders[2].join("target/CACHEDIR.TAG"), CACHE_TAG).unwrap();
    std::fs::write(folders[2].join("target/built"), vec![1; 3 << 20]).unwrap();
    let theirs = desk.path("by-hand");
    desk.git(&shop, ["worktree", "add", "-q", "-b", "by-hand", theirs.to_str().unwrap()]);
    (shop, folders, theirs)
}

/// What marks a folder as a cache (bford.info/cachedir).
const CACHE_TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n";

/// A row, as a condition of a selector.
fn row(folder: &Path) -> String {
    format!("[data-testid='worktree'][data-folder='{}']", folder.display())
}

fn cell(folder: &Path, name: &str) -> String {
    let row = row(folder);
    format!("document.querySelector(\"{row} [data-testid='{name}']\")?.textContent")
}

async fn until_cell(window: &Window, folder: &Path, name: &str, words: &str) {
    window.until(&format!("{}.includes('{words}')", cell(folder, name))).await;
}

/// Goes to the row and presses a key there.
async fn press_at(window: &Window, folder: &Path, key: &str) {
    let main = format!("{} {}", row(folder), at("worktree-main"));
    let button = format!("document.querySelector(\"{main}\")");
    window.run(&format!("{button}.focus()")).await;
    window.until(&format!("{button}.ariaCurrent === 'true'")).await;
    window.press(&[key]).await;
}

#[tokio::test]
async fn worktrees_are_looked_at_adopted_put_away_and_back() {
    let desk = Desk::stand_in().await;
    let (_, folders, theirs) = repository(&desk).await;
    let window = Window::open(&desk).await;
    window.until("all('fleet-row').length === 4").await;
    window.click("//*[@data-testid='fleet-row' and contains(., 'suppliers')]").await;
    window.until("one('transcript')").await;
    window.press(&["w"]).await;
    window.until("all('worktree').length === 6").await;
    until_cell(&window, &folders[0], "worktree-files", "1 new").await;
    until_cell(&window, &folders[1], "worktree-commits", "Merged as one commit").await;
    until_cell(&window, &folders[2], "worktree-commits", "1 ahead").await;
    window.inspect("worktrees").await;

    // Adopted by its key, and its size known by another.
    press_at(&window, &theirs, "a").await;
    window.until("one('said')?.textContent.includes('Adopted')").await;
    window
        .until(&format!(
            "document.querySelector(\"{}\").textContent.includes('Adopted')",
            row(&theirs)
        ))
        .await;
    press_at(&window, &folders[2], "s").await;
    until_cell(&window, &folders[2], "worktree-size", "MB").await;
    window.inspect("worktrees-measured").await;

    // Put away: what is not saved comes back with it.
    press_at(&window, &folders[0], "e").await;
    put_away(&window, "worktrees-archive").await;
    window.until(&format!("!document.querySelector(\"{}\")", row(&folders[0]))).await;
    assert!(!folders[0].exists());
    window.click("//label[contains(., 'Archived')] | //button[contains(., 'Archived')]").await;
    window.until("all('archived').length === 1").await;
    window.inspect("worktrees-archived").await;
    window.click(&at("restore")).await;
    window.until("all('archived').length === 0").await;
    let back = std::fs::read_to_string(folders[0].join("suppliers.txt")).unwrap();
    assert_eq!(back, "Ahn\nBaek\n");

    // What is deleted is named, and nothing is when it is not wanted after all.
    window
        .click("//label[normalize-space()='Worktrees'] | //button[normalize-space()='Worktrees']")
        .await;
    window.until("all('worktree').length === 6").await;
    press_at(&window, &folders[0], DELETE).await;
    window
        .until("one('delete-dialog')?.textContent.includes('1 file that git does not know')")
        .await;
    window.inspect("worktrees-delete").await;
    window.press_escape().await;
    window.until("!one('delete-dialog')").await;
    assert!(folders[0].join("suppliers.txt").exists());

    // The disk, and a build that can be made again.
    window.click("//label[normalize-space()='Disk'] | //button[normalize-space()='Disk']").await;
    window.until("one('disk-total')").await;
    window.inspect("worktrees-disk").await;
    window
        .click("//label[normalize-space()='Worktrees'] | //button[normalize-space()='Worktrees']")
        .await;
    window.until("all('worktree').length === 6").await;

    for (theme, option) in [("dark", "Dark"), ("light", "Light")] {
        settings(&window, "Colours", option).await;
        for (size, width) in [("wide", 1600), ("middle", 880), ("narrow", 600)] {
            window.resize(width, 800).await;
            window.until(&format!("innerWidth === {width}")).await;
            window.inspect(&format!("worktrees-{theme}-{size}")).await;
        }
        window.resize(1280, 820).await;
    }
    settings(&window, "Language", "한국어").await;
    window.until("all('worktree').length === 6").await;
    window.inspect("worktrees-korean").await;
}

/// Answers the question whether it is put away; a process that rests ends with it.
async fn put_away(window: &Window, name: &str) {
    window.until("one('archive-confirm') && !one('archive-confirm').disabled").await;
    window.inspect(name).await;
    window.click(&at("archive-confirm")).await;
    window.until("!one('archive-dialog')").await;
}
