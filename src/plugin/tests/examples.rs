//! Every example that the help shows is run, and gives what the help says.

use nu_plugin::Plugin;
use nu_plugin_test_support::PluginTest;
use ulid_nu::UlidPlugin;

#[test]
fn every_example_gives_its_result() {
    let mut test = PluginTest::new("ulid", UlidPlugin::new().into()).unwrap();
    for command in UlidPlugin::new().commands() {
        let examples = command.examples();
        assert!(
            examples.iter().any(|example| example.result.is_some()),
            "{} has no example with a result",
            command.name()
        );
        eprintln!("{}", command.name());
        test.test_examples(&examples).unwrap();
    }
}

#[test]
fn help_is_whole() {
    for command in UlidPlugin::new().commands() {
        let (name, signature) = (command.name(), command.signature());
        assert!(command.description().ends_with('.'), "{name}");
        assert!(!command.search_terms().is_empty(), "{name}");
        for flag in signature.named.iter().filter(|flag| flag.long != "help") {
            assert!(flag.desc.ends_with('.'), "{name} --{}", flag.long);
        }
    }
}
