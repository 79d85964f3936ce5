//! The github source under the contract that every source keeps.

use std::cell::RefCell;

use readygate::source::Github;

use super::fixture::{DEFAULT, Fixture};
use super::mock::Mock;
use crate::contract::{on_disk, suite, wait};

#[test]
fn github_keeps_the_contract_with_a_token_and_without() {
    for token in [DEFAULT, ""] {
        let kept = RefCell::new(Vec::new());
        wait(suite(|fixture| {
            let folder = on_disk(fixture);
            let mock = Mock::start(Fixture::of(folder.path()));
            let source = Github::new(mock.client(token), "o", "n");
            kept.borrow_mut().push((mock, folder));
            source
        }));
    }
}
