//! Tables in the documentation of tests, from what is promised to the tests that hold it.

use std::path::PathBuf;

/// Checks that each row of the table in `documentation` names tests that are there, and that it has `rows` of them beside
/// its head.
pub(crate) fn check(documentation: &str, rows: usize) {
    let sources = sources();
    let lines = documentation.lines();
    let table: Vec<_> = lines
        .filter_map(|line| line.strip_prefix("//! | "))
        .collect();
    assert_eq!(table.len(), rows + 1);
    for row in &table[1..] {
        let tests = row.split('`').filter(|word| word.contains('_'));
        assert!(tests.clone().next().is_some(), "{row}");
        for test in tests {
            assert!(sources.contains(&format!("fn {test}(")), "{test}");
        }
    }
}

/// All code of this package, that of its tests included.
fn sources() -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut sources = String::new();
    let mut left = vec![root.join("src"), root.join("tests")];
    while let Some(path) = left.pop() {
        for entry in std::fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                sources += &std::fs::read_to_string(path).unwrap();
            }
        }
    }
    sources
}
