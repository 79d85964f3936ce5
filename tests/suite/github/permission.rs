//! `docs/permissions.md` is what the table says.

use readygate::github::permissions_page;

#[test]
fn the_permissions_page_is_what_the_table_says() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/permissions.md");
    let page = permissions_page();
    if std::env::var_os("READYGATE_BLESS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/permissions.md is stale: READYGATE_BLESS=1 cargo test permissions_page"
    );
}
