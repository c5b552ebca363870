//! From the path of a file to a program that stands or runs.

use std::path::{Path, PathBuf};

use dap::{
    events::{Event, ExitedEventBody},
    requests::LaunchRequestArguments,
    types::StoppedEventReason,
};
use serde_json::Value;
use ulid_engine::dataset::{Dataset, OpenError};

use super::{
    job::Job,
    program::{Phase, Program},
    refusal::Refusal,
    session::{Answer, Launch, Reply, Session},
};

impl Session {
    pub(super) fn launch(&mut self, arguments: &LaunchRequestArguments) -> Answer {
        if self.program.is_some() {
            return Err(Refusal::AlreadyLaunched);
        }
        let argument = |name| {
            arguments
                .additional_data
                .as_ref()
                .and_then(|data| data.get(name))
        };
        let path = argument("program")
            .and_then(Value::as_str)
            .filter(|path| !path.is_empty())
            .ok_or(Refusal::NoProgram)?;
        self.launch = Launch {
            stop_on_entry: argument("stopOnEntry")
                .and_then(Value::as_bool)
                .unwrap_or(true),
            no_debug: arguments.no_debug.unwrap_or(false),
            configured: false,
        };
        Ok(Reply::Later(Job::Open(PathBuf::from(path))))
    }

    /// Answers `launch`, once the file is open.
    pub(super) fn opened(&mut self, result: Result<Dataset, OpenError>) -> Answer {
        if self.program.is_some() {
            return Err(Refusal::AlreadyLaunched);
        }
        let dataset = result.map_err(|error| Refusal::Open(error.to_string()))?;
        let path = PathBuf::from(dataset.name());
        self.program = Some(Program::new(dataset, Path::new(&path)));
        self.send(Event::Initialized);
        self.verify_breakpoints();
        if self.launch.configured {
            self.begin();
        }
        Ok(Reply::Empty)
    }

    pub(super) fn configuration_done(&mut self) -> Answer {
        self.launch.configured = true;
        if self
            .program
            .as_ref()
            .is_some_and(|program| program.phase == Phase::Configuring)
        {
            self.begin();
        }
        Ok(Reply::Empty)
    }

    /// Stands at the first row, or runs on from it.
    fn begin(&mut self) {
        if let Some(program) = &mut self.program {
            program.at = 0;
            program.phase = Phase::Stopped;
        }
        if self.launch.no_debug {
            self.end();
        } else if self.launch.stop_on_entry {
            self.stopped(StoppedEventReason::Entry, None, Vec::new());
        } else {
            self.run_from_entry();
        }
    }

    /// The program is over: the last row lies behind.
    pub(super) fn end(&mut self) {
        if let Some(program) = &mut self.program {
            program.phase = Phase::Ended;
        }
        self.handles.retire();
        self.send(Event::Exited(ExitedEventBody { exit_code: 0 }));
        self.send(Event::Terminated(None));
    }
}
