//! From the path of a file to a program that stands or runs.

use std::path::Path;

use dap::{
    events::{Event, ExitedEventBody},
    requests::{LaunchRequestArguments, RestartArguments},
    types::StoppedEventReason,
};
use serde_json::Value;
use ulid_engine::{
    dataset::{OpenOptions, UnknownFormat, Wait},
    stats::Limits,
};

use super::{
    job::{Job, Opened},
    program::{Launch, Phase, Program, Target},
    refusal::Refusal,
    session::{Answer, Reply, Session},
};

impl Session {
    pub(super) fn launch(&mut self, arguments: &LaunchRequestArguments) -> Answer {
        if self.program.is_some() {
            return Err(Refusal::AlreadyLaunched);
        }
        let data = arguments.additional_data.as_ref();
        let target = target(data, arguments.no_debug, None)?;
        Ok(Reply::Later(Job::Open(target)))
    }

    /// Answers `launch`, once the file is open.
    pub(super) fn opened(&mut self, opened: Opened) -> Answer {
        if self.program.is_some() {
            return Err(Refusal::AlreadyLaunched);
        }
        self.take_up(opened)?;
        self.send(Event::Initialized);
        self.verify_breakpoints();
        if self.is_configured {
            self.begin();
        }
        Ok(Reply::Empty)
    }

    pub(super) fn configuration_done(&mut self) -> Answer {
        self.is_configured = true;
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
        let launch = self.program.as_ref().map(|program| program.target.launch);
        let launch = launch.unwrap_or_default();
        if launch.no_debug {
            self.end();
        } else if launch.stop_on_entry {
            self.land(0, StoppedEventReason::Entry);
        } else {
            self.run_from_entry();
        }
    }

    /// Begins again with what the file holds now: as it was launched, or as the client would launch it now.
    pub(super) fn restart(&mut self, arguments: &RestartArguments) -> Answer {
        let program = self.program()?;
        if program.phase == Phase::Running {
            return Err(Refusal::NotStopped);
        }
        let target = match &arguments.arguments {
            Some(now) => {
                let path = Some(program.target.path.as_path());
                target(now.additional_data.as_ref(), now.no_debug, path)?
            }
            None => program.target.clone(),
        };
        if program.table.is_live && target.path == program.target.path {
            return Err(Refusal::ReadOnce);
        }
        Ok(Reply::Later(Job::Reopen(target)))
    }

    /// Answers `restart`, once the file is open.
    pub(super) fn reopened(&mut self, opened: Opened) -> Answer {
        self.take_up(opened)?;
        self.verify_breakpoints();
        self.begin();
        Ok(Reply::Empty)
    }

    pub(super) fn terminate(&mut self) -> Answer {
        let phase = self.program()?.phase;
        self.cancel_all();
        if phase != Phase::Ended {
            self.end();
        }
        Ok(Reply::Empty)
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

    /// Makes an open file the program, and begins to go over it.
    fn take_up(&mut self, opened: Opened) -> Result<(), Refusal> {
        let dataset = opened.dataset.map_err(Refusal::Open)?;
        let limits = Limits::at((self.clock)());
        let program = Program::new(opened.target, opened.holder, dataset, limits);
        let survey = Job::Survey(program.table.clone());
        self.program = Some(program);
        self.start(survey, None);
        Ok(())
    }
}

/// File to open by a configuration; `known` is the file if the configuration names none.
fn target(
    data: Option<&Value>,
    no_debug: Option<bool>,
    known: Option<&Path>,
) -> Result<Target, Refusal> {
    let argument = |name| data.and_then(|data| data.get(name));
    let text = |name| {
        argument(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let format = text("format").map(str::parse).transpose();
    let stop_on_entry = argument("stopOnEntry").and_then(Value::as_bool);
    Ok(Target {
        path: text("program")
            .map(Path::new)
            .or(known)
            .ok_or(Refusal::NoProgram)?
            .to_owned(),
        options: OpenOptions {
            format: format.map_err(|error: UnknownFormat| Refusal::Open(error.to_string()))?,
            column: text("column").map(str::to_owned),
            field: text("field").map(str::to_owned),
            wait: Wait::FirstRecord,
            ..OpenOptions::default()
        },
        launch: Launch {
            stop_on_entry: stop_on_entry.unwrap_or(true),
            no_debug: no_debug.unwrap_or(false),
            follow: argument("follow").and_then(Value::as_bool).unwrap_or(false),
        },
    })
}
