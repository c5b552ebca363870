//! From the path of a file to a program that stands or runs.

use std::{path::Path, sync::Arc};

use dap::{
    events::{Event, ExitedEventBody},
    requests::{AttachRequestArguments, LaunchRequestArguments, RestartArguments},
    types::StoppedEventReason,
};
use serde_json::Value;
use ulid_engine::{row::Flaw, stats::Limits};

use crate::inspect::{
    advice::in_settings,
    breakpoints::{What, When},
    flaws,
    flaws::counted,
    job::{Job, Opened},
    other::Others,
    program::{Manner, Phase, Program, Target},
    refusal::Refusal,
    session::{Answer, Reply, Session},
    settings,
};

/// Words for a file that has rows and no ID.
const WITHOUT_IDS: &str =
    "no row of the file has an ID; \"format\", \"column\" and \"spelling\" say how it is read\n";

impl Session {
    pub(in crate::inspect) fn launch(&mut self, arguments: &LaunchRequestArguments) -> Answer {
        if self.program.is_some() {
            return Err(Refusal::AlreadyLaunched);
        }
        let data = arguments.additional_data.as_ref();
        self.open(data, arguments.no_debug, Manner::Launch)
    }

    /// As a launch, of a file that is being written, a pipe or a program whose output is read.
    pub(in crate::inspect) fn attach(&mut self, arguments: &AttachRequestArguments) -> Answer {
        if self.program.is_some() {
            return Err(Refusal::AlreadyLaunched);
        }
        let data = arguments.additional_data.as_ref();
        self.open(data, None, Manner::Attach)
    }

    fn open(&mut self, data: Option<&Value>, no_debug: Option<bool>, manner: Manner) -> Answer {
        let target = self.target(data, no_debug, manner, None)?;
        Ok(Reply::Later(Job::Open(target)))
    }

    /// Reads a configuration, and tells the person what of it was left out.
    fn target(
        &mut self,
        data: Option<&Value>,
        no_debug: Option<bool>,
        manner: Manner,
        known: Option<&Path>,
    ) -> Result<Target, Refusal> {
        let (target, notes) = settings::target(data, no_debug, manner, known, self.may_run)?;
        for note in notes {
            self.say(&format!("{note}\n"));
        }
        Ok(target)
    }

    /// Sets what the configuration wants to be written, and says what of it cannot be.
    fn set_logs(&mut self) {
        self.breakpoints.clear(|what| matches!(what, What::Logged));
        let Some(program) = &self.program else {
            return;
        };
        let (table, logs) = (program.table.clone(), program.target.logs.clone());
        for log in logs {
            let when = When {
                condition: log.when.as_deref(),
                hit: None,
                log: Some(&log.message),
                name: None,
                table: Some(&table),
                now: (self.clock)(),
            };
            let set = self.breakpoints.add(What::Logged, when);
            if let Some(words) = set.message {
                self.say(&format!("\"logs\": {words}\n"));
            }
        }
        self.breakpoints.publish();
    }

    /// Answers `launch`, once the file is open.
    pub(in crate::inspect) fn opened(&mut self, opened: Opened) -> Answer {
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

    pub(in crate::inspect) fn configuration_done(&mut self) -> Answer {
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
        if self.is_led && !launch.no_debug {
            self.has_begun = true;
        } else if launch.no_debug {
            self.check();
        } else if launch.stop_on_entry {
            self.land(0, StoppedEventReason::Entry);
        } else {
            self.run_from_entry();
        }
    }

    /// Begins again with what the file holds now: as it was launched, or as the client would launch it now.
    pub(in crate::inspect) fn restart(&mut self, arguments: &RestartArguments) -> Answer {
        let program = self.program()?;
        let target = match &arguments.arguments {
            Some(now) => {
                let path = program.target.path.clone();
                let manner = program.target.manner;
                let data = now.additional_data.as_ref();
                self.target(data, now.no_debug, manner, Some(&path))?
            }
            None => program.target.clone(),
        };
        let program = self.program()?;
        let is_same = target.path == program.target.path && target.command.is_none();
        if program.table.is_live && is_same {
            return Err(Refusal::ReadOnce);
        }
        // it begins anew, wherever the way would have led
        self.drop_runs();
        Ok(Reply::Later(Job::Reopen(target)))
    }

    /// Answers `restart`, once the file is open.
    pub(in crate::inspect) fn reopened(&mut self, opened: Opened) -> Answer {
        if let Err(refusal) = self.take_up(opened) {
            self.stand_again();
            return Err(refusal);
        }
        self.verify_breakpoints();
        self.begin();
        Ok(Reply::Empty)
    }

    /// Has a program stand that was under way when it should have begun anew.
    fn stand_again(&mut self) {
        if let Some(program) = &mut self.program
            && program.phase == Phase::Running
        {
            program.phase = Phase::Stopped;
            self.stopped(StoppedEventReason::Pause, None, Vec::new());
        }
    }

    pub(in crate::inspect) fn terminate(&mut self) -> Answer {
        let phase = self.program()?.phase;
        self.end_work();
        if phase != Phase::Ended {
            self.end_now();
        }
        Ok(Reply::Empty)
    }

    /// Goes over the file without a stop, and ends as soon as that is done.
    fn check(&mut self) {
        let Some(program) = &mut self.program else {
            return;
        };
        program.phase = Phase::Running;
        self.is_ending = !program.table.survey.is_complete();
        if !self.is_ending {
            self.end_now();
        }
    }

    /// Ends a program that waits for its exit code, once the file was gone over.
    pub(in crate::inspect) fn checked(&mut self) {
        if std::mem::take(&mut self.is_ending) {
            self.end_now();
        }
    }

    /// The program is over: the last row lies behind. Its exit code waits for the pass over the file.
    pub(in crate::inspect) fn end(&mut self) {
        let survey = self.program.as_ref().map(|program| {
            let table = &program.table;
            let flaws = self.flaws_to_find();
            flaws.iter().all(|&flaw| table.survey.knows(flaw))
        });
        self.is_ending = self.is_surveying() && survey == Some(false);
        if !self.is_ending {
            self.end_now();
        } else if let Some(program) = &mut self.program {
            program.phase = Phase::Running;
        }
    }

    /// Ends the program. Its exit code tells if there was any flaw that a filter is set for.
    fn end_now(&mut self) {
        self.is_ending = false;
        let found = self.flaws_found();
        for line in &found {
            self.say(line);
        }
        if let Some(program) = &mut self.program {
            program.phase = Phase::Ended;
        }
        self.handles.retire();
        let is_cut = self.tell_damage();
        let exit_code = i64::from(is_cut || !found.is_empty());
        self.send(Event::Exited(ExitedEventBody { exit_code }));
        self.send(Event::Terminated(None));
    }

    /// Says why the file cannot be read to its end. True if it cannot.
    fn tell_damage(&mut self) -> bool {
        let program = self.program.as_ref();
        let error = program.and_then(|program| program.table.dataset.extent().error);
        let words = error.map(|error| in_settings(&error));
        if let Some(words) = &words {
            self.say(&format!("{words}\n"));
        }
        words.is_some()
    }

    /// Says that a file which was gone over has no ID: nothing else would, where none is needed.
    pub(in crate::inspect) fn tell_if_without_ids(&mut self) {
        let Some(table) = self.program.as_ref().map(|program| &program.table) else {
            return;
        };
        let figures = table.survey.figures();
        let is_known = figures.complete && !table.is_endless();
        if !is_known || figures.summary.valid > 0 || table.dataset.layout().hint.is_some() {
            return;
        }
        self.say(match figures.rows {
            0 => "the file has no rows\n",
            _ => WITHOUT_IDS,
        });
    }

    /// Flaws that a filter is set for; where a client sets none, those of the usual filters.
    fn flaws_to_find(&self) -> Vec<Flaw> {
        match self.has_filters {
            true => self.breakpoints.flaws(),
            false => flaws::usual(),
        }
    }

    /// A line for each of these flaws that rows have.
    fn flaws_found(&self) -> Vec<String> {
        let Some(table) = self.program.as_ref().map(|program| &program.table) else {
            return Vec::new();
        };
        let flaws = self.flaws_to_find();
        let line = |flaw: Flaw| {
            let (rows, first) = table.survey.count_from(flaw, 0);
            let line = table.line(first?);
            let label = flaw.entry().label;
            let rows = counted(rows);
            Some(format!("{label}: {rows}, the first on line {line}\n"))
        };
        flaws.into_iter().filter_map(line).collect()
    }

    /// Makes an open file the program, and begins to go over it.
    fn take_up(&mut self, opened: Opened) -> Result<(), Refusal> {
        let dataset = opened.dataset.map_err(Refusal::Open)?;
        let limits = Limits::at((self.clock)());
        let mut program = Program::new(opened.target, opened.holder, dataset, limits)?;
        program.table.others = Arc::new(Others::new(self.others.clone()));
        let survey = Job::Survey(program.table.clone());
        // of the file as it was
        self.drop_looks();
        self.is_ending = false;
        let hint = program
            .table
            .dataset
            .layout()
            .hint
            .as_ref()
            .map(in_settings);
        self.program = Some(program);
        self.start(survey, None);
        if let Some(hint) = hint {
            self.say(&format!("{hint}\n"));
        }
        self.set_logs();
        Ok(())
    }
}
