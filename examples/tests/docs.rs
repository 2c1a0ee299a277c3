//! The README and the guide against the files they speak of.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every Markdown file below `folder`.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("docs/book") {
            found.extend(pages(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found
}

/// The targets of the links in a page, without those to other sites and those in code.
fn links(text: &str) -> Vec<&str> {
    let prose = text.split("```").step_by(2);
    prose
        .flat_map(|part| part.split("](").skip(1))
        .filter_map(|rest| rest.split(')').next())
        .filter(|link| !link.contains("://"))
        .collect()
}

/// The anchors of a page's headings, as mdBook and GitHub make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let word = |c: char| match c {
        ' ' => Some('-'),
        c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c.to_ascii_lowercase()),
        _ => None,
    };
    headings
        .map(|line| {
            line.trim_start_matches('#')
                .trim()
                .chars()
                .filter_map(word)
                .collect()
        })
        .collect()
}

fn assert_link(page: &Path, link: &str) {
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = match file {
        "" => page.to_owned(),
        file => page.parent().unwrap().join(file),
    };
    assert!(
        target.exists(),
        "{}: `{link}` leads nowhere",
        page.display()
    );
    if !anchor.is_empty() {
        let found = anchors(&fs::read_to_string(&target).unwrap());
        assert!(
            found.contains(anchor),
            "{}: no `{link}` among {found:?}",
            page.display()
        );
    }
}

#[test]
fn links_lead_somewhere() {
    let mut all = pages(&root().join("docs"));
    all.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|page| root().join(page)));
    assert!(all.len() > 20, "{all:?}");
    for page in all {
        for link in links(&fs::read_to_string(&page).unwrap()) {
            assert_link(&page, link);
        }
    }
}

#[test]
fn every_page_is_in_the_summary() {
    let docs = root().join("docs");
    let summary = read("docs/SUMMARY.md");
    let listed: BTreeSet<PathBuf> = links(&summary)
        .into_iter()
        .map(|link| docs.join(link))
        .collect();
    let missing: Vec<PathBuf> = pages(&docs)
        .into_iter()
        .filter(|page| !page.ends_with("SUMMARY.md") && !listed.contains(page))
        .collect();
    assert_eq!(missing, Vec::<PathBuf>::new());
}

/// mdBook makes the start page of the first one listed; from another folder its links would be dead.
#[test]
fn the_first_page_is_in_the_folder_of_the_book() {
    let summary = read("docs/SUMMARY.md");
    assert_eq!(links(&summary).first(), Some(&"README.md"));
}

#[test]
fn the_code_of_every_page_of_the_guide_is_compiled() {
    let included = read("examples/src/guide.rs");
    for page in pages(&root().join("docs/guide")) {
        let page = page.to_string_lossy().into_owned();
        let (_, name) = page.rsplit_once("docs/guide/").unwrap();
        assert!(
            included.contains(&format!("docs/guide/{name}\"")),
            "{name} is not in guide.rs"
        );
    }
}

#[test]
fn the_readme_begins_with_the_quickstart() {
    let readme = read("README.md");
    let quickstart = read("examples/src/bin/quickstart.rs");
    let listing = readme
        .split("```rust\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    assert_eq!(listing, Some(quickstart.as_str()));
    assert!(quickstart.lines().count() < 30);
}

#[test]
fn the_readme_has_two_set_up_commands() {
    let readme = read("README.md");
    let commands: Vec<&str> = readme
        .split("```sh\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .flat_map(str::lines)
        .collect();
    assert_eq!(
        commands,
        [
            "cargo run --release -p examples --bin shop",
            "cargo test --workspace"
        ]
    );
}
