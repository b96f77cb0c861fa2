use bosk_core::ProblemCode;
use bosk_core::review::Closed;

use crate::review::testing::desk;

#[tokio::test]
async fn a_file_is_saved_as_it_was_written_in() {
    let desk = desk().await;
    let place = desk.path().join("a.txt");
    std::fs::write(&place, "\u{feff}one\r\ntwo\r\n").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&place, std::fs::Permissions::from_mode(0o751)).unwrap();
    }
    let file = desk.reviewed.read_file("a.txt").await.unwrap();
    assert_eq!(file.text.as_deref(), Some("one\ntwo\n"));
    let text = "one\nand a half\ntwo\n".to_owned();
    let saved = desk.reviewed.write_file("a.txt", text, file.stamp.clone()).await.unwrap();
    assert_eq!(std::fs::read(&place).unwrap(), "\u{feff}one\r\nand a half\r\ntwo\r\n".as_bytes());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(place.metadata().unwrap().permissions().mode() & 0o777, 0o751);
    }
    assert_eq!(std::fs::read_dir(desk.path()).unwrap().count(), 3, "nothing is left over");
    // It has changed since the first look; the second is the present one.
    let old = desk.reviewed.write_file("a.txt", "x".to_owned(), file.stamp).await.unwrap_err();
    assert_eq!(old.code, ProblemCode::SessionState);
    desk.reviewed.write_file("a.txt", "x".to_owned(), saved.stamp).await.unwrap();
    assert_eq!(desk.read("a.txt").as_deref(), Some("\u{feff}x"));
}

#[tokio::test]
async fn files_are_found_by_letters_whoever_knows_them() {
    let desk = desk().await;
    desk.scratch.write(".gitignore", "*.log\n");
    desk.scratch.write("src/price list.rs", "");
    desk.scratch.write("price.log", "");
    desk.scratch.run(&["add", ".gitignore"]).await;
    let found = async |query: &str| desk.reviewed.find_files(query.to_owned()).await.unwrap();
    assert_eq!(found("PRI").await, ["src/price list.rs"]);
    assert_eq!(found("readme").await, ["readme.md"]);
    assert!(found("").await.contains(&".gitignore".to_owned()));
}

#[tokio::test]
async fn what_is_no_text_or_leads_elsewhere_is_not_edited() {
    let desk = desk().await;
    std::fs::write(desk.path().join("b.bin"), b"a\0b").unwrap();
    std::fs::write(desk.path().join("latin.txt"), b"caf\xe9\n").unwrap();
    desk.scratch.write("large.txt", &"x".repeat((2 << 20) + 1));
    let closed = async |path: &str| desk.reviewed.read_file(path).await.unwrap().closed;
    assert_eq!(closed("b.bin").await, Some(Closed::Binary));
    assert_eq!(closed("latin.txt").await, Some(Closed::Binary));
    assert_eq!(closed("large.txt").await, Some(Closed::Huge));
    for path in [".git/config", "../x", "gone.txt"] {
        assert!(desk.reviewed.read_file(path).await.is_err(), "{path}");
        let written = desk.reviewed.write_file(path, "x".to_owned(), String::new()).await;
        assert!(written.is_err(), "{path}");
    }
    #[cfg(unix)]
    {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret"), "secret\n").unwrap();
        std::os::unix::fs::symlink(outside.path(), desk.path().join("out")).unwrap();
        std::os::unix::fs::symlink("readme.md", desk.path().join("inside")).unwrap();
        assert!(desk.reviewed.read_file("out/secret").await.is_err());
        // One that stays inside is followed, and stays a link.
        let file = desk.reviewed.read_file("inside").await.unwrap();
        desk.reviewed.write_file("inside", "new\n".to_owned(), file.stamp).await.unwrap();
        assert_eq!(desk.read("readme.md").as_deref(), Some("new\n"));
        assert!(desk.path().join("inside").is_symlink());
    }
}
