//! The reference in `docs/` is what the option table says today.

use std::path::PathBuf;
use std::{env, fs};

use obs_schema::reference;

fn compare(file: &str, printed: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../docs/reference")
        .join(file);
    if env::var_os("OBS_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, printed).unwrap();
    }
    let stored = fs::read_to_string(&path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    assert!(
        stored == printed,
        "docs/reference/{file} is stale; run `OBS_BLESS=1 cargo test -p obs-schema --test reference`"
    );
}

#[test]
fn the_options_are_up_to_date() {
    compare("options.md", &reference::options());
}

#[test]
fn the_configuration_keys_are_up_to_date() {
    compare("configuration.md", &reference::configuration());
}

#[test]
fn every_row_of_a_table_has_as_many_cells_as_its_head() {
    for page in [reference::options(), reference::configuration()] {
        let cells = |line: &str| line.replace("\\|", "").matches('|').count();
        let mut head = None;
        for line in page.lines() {
            if line.starts_with('|') {
                assert_eq!(
                    cells(line),
                    *head.get_or_insert_with(|| cells(line)),
                    "{line}"
                );
            } else {
                head = None;
            }
        }
    }
}
