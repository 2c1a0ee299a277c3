//! The size of compiled code.

use std::path::Path;

use object::read::archive::ArchiveFile;
use object::{Object, ObjectSection, SectionKind};

/// Bytes of machine code in a Rust library: the sections with code of all its objects.
pub(super) fn of_library(path: &Path) -> Result<u64, String> {
    let data = std::fs::read(path).map_err(|error| format!("`{}`: {error}", path.display()))?;
    sum(&data).map_err(|error| format!("`{}`: {error}", path.display()))
}

fn sum(data: &[u8]) -> object::Result<u64> {
    let mut bytes = 0;
    for member in ArchiveFile::parse(data)?.members() {
        let member = member?;
        // The metadata of the crate is a member as well.
        if !member.name().ends_with(b".o") {
            continue;
        }
        let file = object::File::parse(member.data(data)?)?;
        let code = file
            .sections()
            .filter(|section| section.kind() == SectionKind::Text);
        bytes += code.map(|section| section.size()).sum::<u64>();
    }
    Ok(bytes)
}
