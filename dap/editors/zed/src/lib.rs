//! The extension for Zed: `ulid-dap inspect` as the debug adapter `ulid`, so that a file of IDs is a program to debug.
//!
//! It finds the adapter and hands the configuration on as it is written; what a setting means is the adapter's.

use std::path::Path;

use zed_extension_api::{
    self as zed, DebugAdapterBinary, DebugConfig, DebugRequest, DebugScenario, DebugTaskDefinition,
    LaunchRequest, StartDebuggingRequestArguments, StartDebuggingRequestArgumentsRequest, TcpArgumentsTemplate,
    Worktree, resolve_tcp_template,
    serde_json::{self, Value, json},
};

/// The program, as it is looked for on the `PATH` of the folder's shell.
const PROGRAM: &str = "ulid-dap";

struct Extension;

impl zed::Extension for Extension {
    fn new() -> Self {
        Self
    }

    fn get_dap_binary(
        &mut self,
        _adapter_name: String,
        task: DebugTaskDefinition,
        program: Option<String>,
        worktree: &Worktree,
    ) -> Result<DebugAdapterBinary, String> {
        let configuration: Value = serde_json::from_str(&task.config).map_err(|error| error.to_string())?;
        let request_args = StartDebuggingRequestArguments {
            request: request_kind(&configuration)?,
            configuration: task.config,
        };
        let mut binary = DebugAdapterBinary {
            command: None,
            arguments: Vec::new(),
            envs: worktree.shell_env(),
            cwd: Some(worktree.root_path()),
            connection: None,
            request_args,
        };
        if let Some(template) = task.tcp_connection {
            binary.connection = Some(resolve_tcp_template(running(template)?)?);
        } else {
            let found = program.or_else(|| worktree.which(PROGRAM));
            binary.command = Some(found.ok_or_else(not_found)?);
            binary.arguments.push("inspect".to_owned());
        }
        Ok(binary)
    }

    fn dap_request_kind(
        &mut self,
        _adapter_name: String,
        configuration: Value,
    ) -> Result<StartDebuggingRequestArgumentsRequest, String> {
        request_kind(&configuration)
    }

    fn dap_config_to_scenario(&mut self, asked: DebugConfig) -> Result<DebugScenario, String> {
        let launch = match asked.request {
            DebugRequest::Launch(launch) => launch,
            DebugRequest::Attach(_) => return Err(NO_PROCESS.to_owned()),
        };
        let mut configuration = json!({ "request": "launch", "program": file(launch)? });
        if let Some(stops) = asked.stop_on_entry {
            configuration["stopOnEntry"] = json!(stops);
        }
        Ok(DebugScenario {
            label: asked.label,
            adapter: asked.adapter,
            build: None,
            config: configuration.to_string(),
            tcp_connection: None,
        })
    }
}

const NO_PROCESS: &str = "A file of IDs has no process. To follow a file that is being written, add a scenario with \
    \"request\": \"attach\" and its path as \"program\" to debug.json.";

fn not_found() -> String {
    format!(
        "{PROGRAM} was not found on the PATH. Install it by `cargo install {PROGRAM}`, or give its path in the settings: \
         {{\"dap\": {{\"ulid\": {{\"binary\": \"/path/to/{PROGRAM}\"}}}}}}"
    )
}

/// The request of a configuration, which has to say it.
fn request_kind(configuration: &Value) -> Result<StartDebuggingRequestArgumentsRequest, String> {
    match configuration.get("request").and_then(Value::as_str) {
        Some("launch") => Ok(StartDebuggingRequestArgumentsRequest::Launch),
        Some("attach") => Ok(StartDebuggingRequestArgumentsRequest::Attach),
        _ => Err("\"request\" is to be \"launch\", or \"attach\" to follow a file".to_owned()),
    }
}

/// The port of a server that runs already: none is started, so that Zed is not to choose one.
fn running(template: TcpArgumentsTemplate) -> Result<TcpArgumentsTemplate, String> {
    if template.port.is_none() {
        let how = format!("\"tcp_connection\" needs the \"port\" of a running `{PROGRAM} inspect --listen PORT`");
        return Err(how);
    }
    Ok(template)
}

/// The path of the file that somebody typed as a program.
fn file(launch: LaunchRequest) -> Result<String, String> {
    if let Some(argument) = launch.args.first() {
        return Err(format!("A file of IDs takes no arguments, such as {argument:?}. Settings go into debug.json."));
    }
    if let Some((name, _)) = launch.envs.first() {
        return Err(format!("A file of IDs takes no environment, such as {name}. Settings go into debug.json."));
    }
    let path = Path::new(&launch.program);
    let path = launch.cwd.map_or_else(|| path.to_owned(), |folder| Path::new(&folder).join(path));
    Ok(path.to_string_lossy().into_owned())
}

zed::register_extension!(Extension);
