//! Everything is documented, and everything documented exists. Every example in a guide is run besides, by the tests of the
//! documents.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use super::{none, text};

#[test]
fn the_flags_of_the_browser() {
    let known = flags(&help("ulid-tui", &[]));
    agree("docs/tui.md", &known);
}

#[test]
fn the_flags_and_commands_of_the_debug_adapter() {
    let commands = ["inspect", "wrap", "replay", "completions", "man"];
    let listed = help("ulid-dap", &[]);
    let unknown: Vec<_> = listed
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .map_while(|line| line.strip_prefix("  "))
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help" && !commands.contains(name))
        .map(str::to_owned)
        .collect();
    none("this test does not know", &unknown);
    let guide = text("docs/debugging.md").expect("the guide is text");
    let mut known = flags(&listed);
    let mut missing = Vec::new();
    for command in commands {
        known.extend(flags(&help("ulid-dap", &[command])));
        if !guide.contains(&format!("ulid-dap {command}")) {
            missing.push(command.to_owned());
        }
    }
    none("the guide to debugging leaves out", &missing);
    agree("docs/debugging.md", &known);
}

/// The table of actions is what the man page says, which is what the program does.
#[test]
fn the_actions_of_the_browser() {
    let page = output("ulid-tui", &["--man"])
        .replace("\\-", "-")
        .replace("\\e", "\\")
        .replace("\\&", "");
    let lines: Vec<_> = page
        .lines()
        .skip_while(|line| *line != ".SH KEYS")
        .collect();
    let known: BTreeSet<_> = lines
        .windows(3)
        .filter(|lines| lines[0] == ".TP")
        .filter_map(|lines| {
            let (keys, name) = lines[1].strip_prefix("\\fB")?.split_once("\\fR (")?;
            let keys: Vec<_> = keys
                .split(' ')
                .map(|key| format!("`{}`", key.replace('|', "\\|")))
                .collect();
            Some(format!(
                "| `{}` | {} | {} |",
                name.strip_suffix(')')?,
                keys.join(" "),
                lines[2]
            ))
        })
        .collect();
    assert!(
        known.len() > 20,
        "the man page names {} actions",
        known.len()
    );
    let guide = text("docs/tui.md").expect("the guide is text");
    let table = guide
        .split_once("| action | keys | what it does |\n")
        .expect("the table of actions")
        .1;
    let told: BTreeSet<_> = table
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .map(str::to_owned)
        .collect();
    none(
        "the guide to the browser lacks",
        &known.difference(&told).cloned().collect::<Vec<_>>(),
    );
    none(
        "the browser does not have",
        &told.difference(&known).cloned().collect::<Vec<_>>(),
    );
}

#[test]
fn the_capabilities_of_the_inspector() {
    let known: BTreeSet<_> = initialized()
        .as_object()
        .expect("an object of capabilities")
        .iter()
        .filter(|(_, value)| **value == Value::Bool(true))
        .map(|(name, _)| name.clone())
        .collect();
    let guide = text("docs/debugging.md").expect("the guide is text");
    let told: BTreeSet<_> = guide
        .split('`')
        .filter(|code| code.starts_with("supports") && code.chars().all(char::is_alphanumeric))
        .map(str::to_owned)
        .collect();
    none(
        "the guide to debugging lacks",
        &known.difference(&told).cloned().collect::<Vec<_>>(),
    );
    none(
        "the inspector does not announce",
        &told.difference(&known).cloned().collect::<Vec<_>>(),
    );
}

#[test]
fn the_commands_and_flags_of_the_plugin() {
    let Some(known) = plugin_commands() else {
        return;
    };
    let guide = text("docs/nushell.md").expect("the guide is text");
    let missing = known.keys().filter(|name| {
        let mut behind = guide
            .match_indices(name.as_str())
            .map(|(at, _)| &guide[at + name.len()..]);
        !behind.any(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-'))
    });
    none(
        "the guide to Nushell leaves out",
        &missing.cloned().collect::<Vec<_>>(),
    );
    let mut wrong = Vec::new();
    // What follows names the commands of other plugins, too.
    let own = guide.split("## Coming from").next().unwrap_or_default();
    for code in own.split('`').skip(1).step_by(2) {
        for call in code
            .split(" | ")
            .filter(|call| call.starts_with("ulid ") && !call.contains('\n'))
        {
            let is_called = |name: &&String| {
                call.strip_prefix(name.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
            };
            // The longest name is the one that Nushell calls.
            let name = known.keys().filter(is_called).max_by_key(|name| name.len());
            let Some(flags) = name
                .filter(|name| *name != "ulid")
                .and_then(|name| known.get(name))
            else {
                wrong.push(call.to_owned());
                continue;
            };
            let unknown = self::flags(call)
                .into_iter()
                .filter(|flag| !flags.contains(flag));
            wrong.extend(unknown.map(|flag| format!("{flag} in {call}")));
        }
    }
    none("Nushell does not know", &wrong);
}

/// The guide to performance prints what the gates hold the engine and the programs to.
#[test]
fn the_thresholds() {
    let file = text("benches/thresholds.toml").expect("the thresholds are text");
    let file: toml::Table = file.parse().expect("TOML");
    let figures = |table: &toml::Value| table.as_table().expect("figures").clone();
    let programs = ["baseline", "limit"].iter().flat_map(|kind| {
        let rows = figures(&file["programs"][kind]).into_iter();
        rows.map(move |(name, value)| format!("| {name} | {value} | {kind} |"))
    });
    let counted = &file["instructions"]["baseline"];
    let instructions = figures(&counted["avx2"]).into_iter();
    let instructions = instructions.map(|(name, avx2)| {
        let scalar = &counted["scalar"][&name];
        format!("| {name} | {avx2} | {scalar} |")
    });
    let memory = figures(&file["memory"]).into_iter();
    let memory = memory.map(|(name, most)| {
        let (bytes, allocations) = (&most["peak_bytes"], &most["allocations"]);
        format!("| {name} | {bytes} | {allocations} |")
    });
    let guide = text("docs/performance.md").expect("the guide is text");
    for (head, rows) in [
        ("| program and figure | threshold | |", programs.collect()),
        ("| operation | avx2 | scalar |", instructions.collect()),
        (
            "| work | bytes at the peak | allocations |",
            memory.collect::<BTreeSet<_>>(),
        ),
    ] {
        let table = guide.split_once(&format!("{head}\n"));
        let table = table.expect("a table of thresholds").1.lines().skip(1);
        let told: BTreeSet<String> = table
            .take_while(|line| line.starts_with('|'))
            .map(str::to_owned)
            .collect();
        let missing: Vec<_> = rows.difference(&told).cloned().collect();
        none("the guide to performance lacks", &missing);
        let unknown: Vec<_> = told.difference(&rows).cloned().collect();
        none("no threshold says", &unknown);
    }
}

/// Lists of the formats, as sentences and as a setting: a format that is added is added to each.
#[test]
fn the_names_of_formats_stand_wherever_they_are_listed() {
    let names = ulid_engine::dataset::Format::ALL.map(|format| format.name());
    let sentence = ulid_engine::dataset::Format::names();
    let marked = sentence.replace(", ", "`, `").replace(" or ", "` or `");
    let setting = serde_json::to_string(&names)
        .expect("texts are JSON")
        .replace(',', ", ");
    for (file, list) in [
        ("tui/src/cli.rs", sentence.as_str()),
        ("src/plugin/src/args.rs", &sentence),
        ("docs/debugging.md", &format!("`{marked}`")),
        (
            "dap/editors/vscode/package.json",
            &format!("\"enum\": {setting}"),
        ),
    ] {
        let text = text(file).expect("the file is text");
        assert!(text.contains(list), "{file} lacks {list}");
    }
    let guide = text("docs/formats.md").expect("the guide is text");
    for name in names {
        assert!(
            guide.contains(&format!("| `{name}` |")),
            "docs/formats.md lacks {name}"
        );
    }
}

/// The commands of the plugin and of its module, each with its flags.
fn plugin_commands() -> Option<BTreeMap<String, BTreeSet<String>>> {
    let nu = ulid_tests::nu()?;
    let plugins = json!([ulid_tests::binary("nu_plugin_ulid")]).to_string();
    let module = ulid_tests::root().join("src/plugin/ulid");
    let code = "scope commands | where type == plugin or name starts-with 'ulid ' | each {|command| {name: $command.name, flags: ($command.signatures | values | flatten | where parameter_type in [switch named] | get parameter_name | uniq)} } | to json --raw";
    let listed = Command::new(nu)
        .args([
            "--no-config-file",
            "--plugins",
            &plugins,
            "--commands",
            &format!("use {}; {code}", json!(module)),
        ])
        .output()
        .expect("nu runs");
    assert!(
        listed.status.success(),
        "{}",
        String::from_utf8_lossy(&listed.stderr)
    );
    let listed: Vec<Value> = serde_json::from_slice(&listed.stdout).expect("JSON");
    let name = |value: &Value| value.as_str().expect("a name").to_owned();
    let flags = |command: &Value| {
        command["flags"]
            .as_array()
            .expect("flags")
            .iter()
            .map(|flag| format!("--{}", name(flag)))
            .collect()
    };
    Some(
        listed
            .iter()
            .map(|command| (name(&command["name"]), flags(command)))
            .collect(),
    )
}

/// The answer of the inspector to `initialize`.
fn initialized() -> Value {
    let request = json!({ "seq": 1, "type": "request", "command": "initialize", "arguments": {} })
        .to_string();
    let mut process = Command::new(ulid_tests::binary("ulid-dap"))
        .arg("inspect")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the adapter starts");
    let mut input = process.stdin.take().expect("an input");
    std::io::Write::write_all(
        &mut input,
        format!("Content-Length: {}\r\n\r\n{request}", request.len()).as_bytes(),
    )
    .expect("the adapter listens");
    drop(input);
    let output = process.wait_with_output().expect("the adapter ends");
    let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    let body = text.split_once("\r\n\r\n").expect("a header").1;
    let mut messages = serde_json::Deserializer::from_str(body).into_iter::<Value>();
    messages.next().expect("a message").expect("JSON")["body"].take()
}

/// Compares the flags that a guide names with those that there are.
fn agree(guide: &str, known: &BTreeSet<String>) {
    let text = text(guide).expect("the guide is text");
    // What cargo and git are given is theirs.
    let own: Vec<_> = text
        .lines()
        .filter(|line| !line.contains("cargo ") && !line.contains("git "))
        .collect();
    let told = flags(&own.join("\n"));
    let common = BTreeSet::from(["--help".to_owned(), "--version".to_owned()]);
    let lacking: Vec<_> = known
        .difference(&told)
        .filter(|flag| !common.contains(*flag))
        .cloned()
        .collect();
    none(&format!("{guide} leaves out"), &lacking);
    none(
        &format!("{guide} names what there is not"),
        &told.difference(known).cloned().collect::<Vec<_>>(),
    );
}

/// The long options in a text.
fn flags(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.split(|c| !is_part(c))
        .filter(|word| {
            word.starts_with("--") && word[2..].starts_with(|c: char| c.is_ascii_lowercase())
        })
        .map(str::to_owned)
        .collect()
}

fn help(program: &str, commands: &[&str]) -> String {
    output(program, &[commands, &["--help"]].concat())
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(ulid_tests::binary(program))
        .args(arguments)
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{program} {arguments:?}");
    String::from_utf8(output.stdout).expect("help is UTF-8")
}

#[test]
fn flags_are_found_in_help_and_prose() {
    let text = "  -c, --column <NAME>\n`--no-header`, a -- b, --- and ---x, --sort=id";
    assert_eq!(
        flags(text),
        BTreeSet::from(["--column", "--no-header", "--sort"].map(str::to_owned))
    );
}
