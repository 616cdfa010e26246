//! The guides: each error that the one of state machines shows is one that the compiler gives.

use std::fs;
use std::path::Path;

use crate::{read, root};

const GUIDE: &str = "genserver-runtime/docs/state-machines.md";
const SUPERVISION: &str = "genserver-runtime/docs/supervision.md";

/// What the UI tests expect, file by file.
fn expected(folder: &Path, texts: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("the UI tests are there") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            expected(&path, texts);
        } else if path.extension().is_some_and(|extension| extension == "stderr") {
            texts.push(fs::read_to_string(path).expect("it is text"));
        }
    }
}

/// The errors of the guide's blocks of text: each its first line with the lines that belong to it.
fn shown(guide: &str) -> Vec<String> {
    let mut errors: Vec<String> = Vec::new();
    for block in guide.split("```text\n").skip(1) {
        for line in block.split("```").next().unwrap_or_default().lines() {
            match errors.last_mut() {
                Some(error) if !line.starts_with("error") => error.extend(["\n", line]),
                _ => errors.push(line.to_owned()),
            }
        }
    }
    errors
}

#[test]
fn the_errors_of_the_guide_are_those_of_the_ui_tests() {
    let mut texts = Vec::new();
    expected(&root().join("tests/ui/fail"), &mut texts);
    let errors = shown(&read(GUIDE));
    assert!(errors.len() > 10, "the guide shows errors: {errors:#?}");
    for error in errors {
        let whole = format!("{error}\n");
        assert!(texts.iter().any(|text| text.contains(&whole)), "no UI test gives:\n{error}");
    }
}

/// Whoever looks for them among the documents finds them there.
#[test]
fn the_guides_are_among_the_documents() {
    assert_eq!(read("docs/state-machines.md"), read(GUIDE));
    assert_eq!(read("docs/supervision.md"), read(SUPERVISION));
}

/// The README's tree is one that the tests of the guide compile and run.
#[test]
fn the_tree_of_the_readme_is_in_the_guide() {
    let readme = read("README.md");
    let tree = readme
        .split("```rust\n")
        .map(|block| block.split("```").next().unwrap_or_default())
        .find(|block| block.contains("Supervisor::"))
        .expect("the README has a tree");
    assert!(read(SUPERVISION).contains(tree), "{SUPERVISION} lacks the README's tree:\n{tree}");
}
