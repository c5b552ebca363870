//! Jumps: to a row, and to the first row of its millisecond, hour or day.

use dap::{
    requests::{GotoArguments, GotoTargetsArguments},
    responses::{GotoTargetsResponse, ResponseBody},
    types::{GotoTarget, StoppedEventReason},
};

use crate::inspect::{
    frame::Frame,
    refusal::Refusal,
    session::{Answer, Reply, Session, check_thread},
};

impl Session {
    pub(in crate::inspect) fn goto_targets(&mut self, arguments: &GotoTargetsArguments) -> Answer {
        let line = self.line_from_client(arguments.line);
        let program = self.program()?;
        if !program.is_source(&arguments.source) {
            let targets = Vec::new();
            let none = GotoTargetsResponse { targets };
            return Ok(Reply::Body(ResponseBody::GotoTargets(none)));
        }
        let table = &program.table;
        let row = table.row_of_line(line)?.filter(|&row| row < table.end());
        let row = row.ok_or_else(|| match table.dataset.extent().complete {
            true => Refusal::Line(line, table.end()),
            false => Refusal::NotYet(line, table.end()),
        })?;
        let mut offers: Vec<(usize, String)> = Vec::new();
        for frame in Frame::all(table, row)? {
            let target = frame.row();
            if frame.is_whole() && !offers.iter().any(|&(offered, _)| offered == target) {
                offers.push((target, frame.start_label(table)?));
            }
        }
        let targets = offers
            .into_iter()
            .map(|(row, label)| self.offer(row, label))
            .collect::<Result<_, Refusal>>()?;
        Ok(Reply::Body(ResponseBody::GotoTargets(
            GotoTargetsResponse { targets },
        )))
    }

    fn offer(&mut self, row: usize, label: String) -> Result<GotoTarget, Refusal> {
        let id = i64::try_from(self.targets.0.len()).unwrap_or(i64::MAX);
        self.targets.0.insert(id, row);
        Ok(GotoTarget {
            id,
            label,
            line: self.line_to_client(self.program()?.table.line(row)),
            ..GotoTarget::default()
        })
    }

    pub(in crate::inspect) fn goto(&mut self, arguments: &GotoArguments) -> Answer {
        check_thread(arguments.thread_id)?;
        self.standing()?;
        let target = arguments.target_id;
        let row = *self.targets.0.get(&target).ok_or(Refusal::Target(target))?;
        self.land(row, StoppedEventReason::Goto);
        Ok(Reply::Empty)
    }
}
