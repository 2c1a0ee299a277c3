use super::*;

fn labels(build: &BuildInfo) -> Vec<(String, String)> {
    let mut families = Vec::new();
    build.collect(&mut Sink::new(&mut families));
    assert_eq!(families.len(), 1);
    assert_eq!(families[0].samples[0].value, 1.0);
    let labels = families.remove(0).samples.remove(0).labels;
    labels
        .into_iter()
        .map(|(name, value)| (name.into_owned(), value))
        .collect()
}

#[test]
fn a_commit_that_nobody_said_is_unknown() {
    let commit = |build| {
        let found = labels(&build)
            .into_iter()
            .find(|(name, _)| name == "commit");
        found.map(|(_, value)| value)
    };
    assert_eq!(commit(BuildInfo::new("1.0")).as_deref(), Some("unknown"));
    assert_eq!(
        commit(BuildInfo::new("1.0").commit("")).as_deref(),
        Some("unknown")
    );
    assert_eq!(
        commit(BuildInfo::new("1.0").commit("abc")).as_deref(),
        Some("abc")
    );
}

#[test]
fn the_compiler_is_the_one_that_builds() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = std::process::Command::new(rustc)
        .arg("--version")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.split_whitespace().nth(1), Some(RUSTC_VERSION));
}

#[test]
fn distributions_are_called_as_they_call_themselves() {
    for (text, expected) in [
        (
            "NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n",
            Some("Debian GNU/Linux 12 (bookworm)"),
        ),
        ("PRETTY_NAME='Alpine Linux'\r\n", Some("Alpine Linux")),
        ("PRETTY_NAME=Void", Some("Void")),
        (r#"PRETTY_NAME="a \"b\" \$c\""#, Some("a \"b\" $c")),
        (r#"PRETTY_NAME="a \"b\"""#, Some("a \"b\"")),
        ("PRETTY_NAME=\"\"\n", None),
        ("X_PRETTY_NAME=Void\n", None),
        ("", None),
    ] {
        assert_eq!(pretty_name(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn the_second_place_is_read_if_the_first_is_absent() {
    let root = tempfile::tempdir().unwrap();
    assert_eq!(os_name(root.path()), std::env::consts::OS);
    std::fs::create_dir_all(root.path().join("usr/lib")).unwrap();
    std::fs::write(
        root.path().join("usr/lib/os-release"),
        "PRETTY_NAME=Second\n",
    )
    .unwrap();
    assert_eq!(os_name(root.path()), "Second");
    std::fs::create_dir_all(root.path().join("etc")).unwrap();
    std::fs::write(root.path().join("etc/os-release"), "PRETTY_NAME=First\n").unwrap();
    assert_eq!(os_name(root.path()), "First");
}

#[test]
fn the_info_describes_this_process() {
    let info = SystemInfo::read();
    assert_eq!(info.process_id, std::process::id());
    assert_eq!(info.executable, std::env::current_exe().ok());
    assert_eq!(info.obs_version, OBS_VERSION);
    assert!(!info.os.is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn the_names_agree_with_the_kernel() {
    let kernel = |file: &str| {
        let text = std::fs::read_to_string(Path::new("/proc/sys/kernel").join(file));
        Some(text.unwrap().trim().to_owned())
    };
    let info = SystemInfo::read();
    assert_eq!(info.host_name, kernel("hostname"));
    assert_eq!(info.kernel, kernel("osrelease"));
    assert!(info.uptime.unwrap() < info.host_uptime.unwrap());
    assert!(info.memory.used().unwrap() < info.memory.total.unwrap());
}
