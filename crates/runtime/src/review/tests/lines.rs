use bosk_core::review::{Against, Closed, FileLines, Side};

use crate::review::testing::{Desk, desk};

async fn lines(desk: &Desk, against: Against, path: &str) -> FileLines {
    desk.reviewed.lines(against, path, None, false, 3).await.unwrap()
}

#[tokio::test]
async fn text_with_its_context_and_without_white_space() {
    let desk = desk().await;
    let text: String = (1..=20).map(|at| format!("{at}\n")).collect();
    desk.scratch.write("a.txt", &text);
    desk.scratch.commit("twenty").await;
    desk.scratch.write("a.txt", &text.replace("10\n", "10  \n").replace("11\n", "eleven\n"));
    let some = desk.reviewed.lines(Against::Uncommitted, "a.txt", None, false, 1).await.unwrap();
    assert!(
        some.text.ends_with("@@ -9,4 +9,4 @@\n 9\n-10\n-11\n+10  \n+eleven\n 12\n"),
        "{}",
        some.text
    );
    let less = desk.reviewed.lines(Against::Uncommitted, "a.txt", None, true, 0).await.unwrap();
    assert!(less.text.contains("-11\n+eleven\n") && !less.text.contains("-10\n"), "{}", less.text);
    assert_eq!((some.closed, some.truncated), (None, false));
    assert_eq!(some.stamp, less.stamp);
    let listed = desk.reviewed.review(Against::Uncommitted, false).await.unwrap();
    assert_eq!(listed.files[0].stamp, some.stamp, "the list says the same");
    let all =
        desk.reviewed.lines(Against::Uncommitted, "a.txt", None, false, u32::MAX).await.unwrap();
    assert!(all.text.contains("@@ -1,20 +1,20 @@"));
}

#[tokio::test]
async fn a_renamed_an_untracked_and_a_staged_file() {
    let desk = desk().await;
    desk.scratch.write("old.txt", "1\n2\n3\n4\n5\n6\n");
    desk.scratch.commit("old").await;
    desk.scratch.run(&["mv", "old.txt", "new.txt"]).await;
    desk.scratch.write("new.txt", "1\n2\n3\n4\n5\nsix\n");
    let moved = desk.reviewed.lines(Against::Uncommitted, "new.txt", Some("old.txt"), false, 3);
    let moved = moved.await.unwrap();
    assert!(moved.text.contains("rename from old.txt") && moved.text.ends_with("-6\n+six\n"));
    let listed = desk.reviewed.review(Against::Uncommitted, false).await.unwrap();
    assert_eq!(listed.files[0].stamp, moved.stamp);
    for name in ["fresh.txt", "-", "-n", "a\nb", "sub/deeper/x y"] {
        desk.scratch.write(name, "fresh\n");
        let fresh = lines(&desk, Against::Base, name).await;
        assert!(fresh.text.ends_with("@@ -0,0 +1 @@\n+fresh\n"), "{name}: {}", fresh.text);
        let listed = desk.reviewed.review(Against::Base, false).await.unwrap();
        let file = listed.files.iter().find(|one| one.file.path == name).unwrap();
        assert_eq!(file.stamp, fresh.stamp, "{name}");
    }
    let staged = desk.reviewed.lines(Against::Staged, "new.txt", Some("old.txt"), false, 3);
    assert!(!staged.await.unwrap().text.contains("six"));
}

#[tokio::test]
async fn what_is_too_long_or_no_text_is_named() {
    let desk = desk().await;
    let closed = async |path: &str| lines(&desk, Against::Base, path).await.closed;
    std::fs::write(desk.path().join("b.bin"), b"\0\x01").unwrap();
    assert_eq!(closed("b.bin").await, Some(Closed::Binary));
    desk.scratch.write("one.txt", &"x".repeat(10 << 20));
    assert_eq!(closed("one.txt").await, Some(Closed::Huge));
    desk.scratch.write("large.txt", &"0123456789\n".repeat(5 << 20));
    let begun = std::time::Instant::now();
    assert_eq!(closed("large.txt").await, Some(Closed::Huge));
    assert!(begun.elapsed().as_secs() < 5, "it was not read");
    desk.scratch.write("long.txt", &"line\n".repeat(400_000));
    let long = lines(&desk, Against::Base, "long.txt").await;
    assert!(long.truncated && long.closed.is_none() && long.text.ends_with("+line\n"));
    assert!(long.text.len() <= 1 << 20);
    // What is gone and was too long.
    desk.scratch.commit("all of it").await;
    std::fs::remove_file(desk.path().join("large.txt")).unwrap();
    let gone = lines(&desk, Against::Uncommitted, "large.txt").await;
    assert_eq!(gone.closed, Some(Closed::Huge));
    // Another repository inside.
    let inner = desk.path().join("inner");
    std::fs::create_dir(&inner).unwrap();
    crate::git::testing::run(&desk.reviewed.git, &inner, &["init", "-q"]).await;
    crate::git::testing::write(&inner, "a.txt", "a\n");
    let listed = desk.reviewed.review(Against::Uncommitted, false).await.unwrap();
    let names: Vec<_> = listed.files.iter().map(|one| one.file.path.as_str()).collect();
    assert_eq!(names, ["inner/", "large.txt"]);
    let inside = lines(&desk, Against::Uncommitted, "inner/").await;
    assert_eq!(inside.closed, Some(Closed::Repository));
    assert_eq!(listed.files[0].stamp, inside.stamp);
}

#[tokio::test]
async fn a_path_that_leads_elsewhere_shows_nothing() {
    let desk = desk().await;
    for path in ["../../etc/passwd", "/etc/passwd", ".git/config"] {
        let found = desk.reviewed.lines(Against::Base, path, None, false, 3).await;
        assert!(found.map_or(true, |found| found.text.is_empty()), "{path}");
    }
}

#[tokio::test]
async fn both_sides_of_a_picture() {
    let desk = desk().await;
    let at = |name: &str| desk.path().join(name);
    std::fs::write(at("a.png"), b"old\0").unwrap();
    desk.scratch.commit("a picture").await;
    std::fs::write(at("a.png"), b"index\0").unwrap();
    desk.scratch.run(&["add", "-A"]).await;
    std::fs::write(at("a.png"), b"new\0").unwrap();
    let side = async |against, side| {
        let found = desk.reviewed.picture(against, "a.png", side).await.unwrap();
        found.map(|one| (one.media_type, one.data))
    };
    let png = |data: &str| Some(("image/png".to_owned(), data.to_owned()));
    assert_eq!(side(Against::Uncommitted, Side::Old).await, png("b2xkAA=="));
    assert_eq!(side(Against::Uncommitted, Side::New).await, png("bmV3AA=="));
    assert_eq!(side(Against::Staged, Side::New).await, png("aW5kZXgA"));
    assert_eq!(side(Against::Unstaged, Side::Old).await, png("aW5kZXgA"));
    assert_eq!(side(Against::Base, Side::Old).await, None, "it was not there");
    assert_eq!(desk.reviewed.picture(Against::Base, "readme.md", Side::New).await.unwrap(), None);
    std::fs::write(at("large.png"), vec![0; (8 << 20) + 1]).unwrap();
    let large = desk.reviewed.picture(Against::Base, "large.png", Side::New).await.unwrap();
    assert_eq!(large, None);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/hostname", at("out.png")).unwrap();
        assert!(desk.reviewed.picture(Against::Base, "out.png", Side::New).await.is_err());
    }
}
