//! Templates: own ones and those of a repository, from keeping to a session.

use bosk_core::launch::Effort;
use bosk_core::transcript::EntryBody;
use bosk_tests::Sandbox;

use crate::bosk;

async fn ok(sandbox: &Sandbox, args: &[&str]) -> String {
    let (code, out, said) = bosk(sandbox, args).await;
    assert_eq!(code, 0, "{args:?}: {said}");
    out
}

#[tokio::test]
async fn a_template_is_kept_shared_and_launched_with_values_for_its_names() {
    let sandbox = Sandbox::new();
    let shop = sandbox.repository("shop");
    let save = ["template", "save", "fix", "--effort", "high", "Fix {file}\n!say Fixed {file}."];
    ok(&sandbox, &save).await;
    let path = ok(&sandbox, &["template", "export", "fix"]).await;
    assert_eq!(path.trim(), shop.join("bosk.toml").to_str().unwrap());
    ok(&sandbox, &["template", "rm", "fix"]).await;
    let listed = ok(&sandbox, &["template", "ls"]).await;
    assert!(listed.contains("fix") && listed.contains("the repository"), "{listed}");

    let (code, _, said) = bosk(&sandbox, &["run", "--template", "fix"]).await;
    assert!(code == 2 && said.contains("`file`"), "{said}");
    let run = ["run", "--detach", "--template", "fix", "--set", "file=a.rs"];
    let out = ok(&sandbox, &run).await;
    let id = bosk_core::SessionId::parse(out.trim()).unwrap();
    ok(&sandbox, &["wait", id.as_str()]).await;
    let session = sandbox.session(id);
    assert_eq!(session.texts(), ["Fixed a.rs."]);
    assert_eq!(session.row().await.unwrap().effort, Some(Effort::High));
    let prompts = session.transcript().into_iter().filter(|entry| {
        matches!(&entry.body, EntryBody::Prompt { text, .. } if text.starts_with("Fix a.rs"))
    });
    assert_eq!(prompts.count(), 1);
}

#[tokio::test]
async fn what_a_repository_would_allow_is_shown_and_agreed_to_first() {
    let sandbox = Sandbox::new();
    let shop = sandbox.repository("shop");
    let text = "[templates.all]\nprompt = \"!say Hi.\"\npermission_mode = \"bypassPermissions\"\n\
                allowed_tools = [\"Bash(curl:*)\"]\n[templates.typo]\npromt = \"x\"\n";
    std::fs::write(shop.join("bosk.toml"), text).unwrap();
    let (code, _, said) = bosk(&sandbox, &["template", "ls"]).await;
    assert!(code == 0 && said.contains("without asking") && said.contains("`promt`"), "{said}");
    let (code, _, said) = bosk(&sandbox, &["run", "--detach", "--template", "all"]).await;
    assert!(code == 2 && said.contains("Bash(curl:*)"), "{said}");
    let out = ok(&sandbox, &["run", "--detach", "--template", "all", "--trust"]).await;
    let id = bosk_core::SessionId::parse(out.trim()).unwrap();
    ok(&sandbox, &["wait", id.as_str()]).await;
    let row = sandbox.session(id).row().await.unwrap();
    assert_eq!(row.permission_mode, Default::default());
}
